// The layers of networks: lines of text,
//
//   name kind H W C O kernel stride padding dilation groups clamp
//
// kind     conv, depthwise, add (of two tensors), average (over the whole image), maximum
// H W C    height, width and channels of the input       O  channels of the output
// kernel, stride, dilation: the same in height and width
// padding  same (TensorFlow's: ceil(in / stride) outputs), valid (none) or a number of pixels on each side
// clamp    relu or relu6: the output's zero point is its least value, so that the type itself clamps; or none
#ifndef OTTAVA_BENCHMARKS_NETWORKS_LAYER_H_
#define OTTAVA_BENCHMARKS_NETWORKS_LAYER_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Layer {
  enum class Kind { kConv, kDepthwise, kAdd, kAverage, kMaximum };

  std::string name;
  Kind kind = Kind::kConv;
  std::int64_t height = 0, width = 0, channels = 0, outputs = 0;
  std::int64_t kernel = 1, stride = 1, dilation = 1, groups = 1;
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;  // padding
  std::string clamp;

  int count = 1;  // of a distinct one: so many of the network's layers are the same

  bool convolves() const { return kind == Kind::kConv || kind == Kind::kDepthwise; }
  bool clamps() const { return clamp != "none"; }
  bool padded() const { return top + left + bottom + right > 0; }
  std::int64_t output_height() const { return extent(height + top + bottom); }
  std::int64_t output_width() const { return extent(width + left + right); }
  std::int64_t group_channels() const { return channels / groups; }
  // Of a convolution: products for each output.
  std::int64_t depth() const { return kernel * kernel * group_channels(); }
  double operations() const;
  // What it is reported under: stem, depthwise, pointwise, 3x3, ...
  std::string family() const;
  std::string words() const;
  // Equal for layers that are the same but for the name.
  std::string identity() const;

 private:
  std::int64_t extent(std::int64_t padded_extent) const {
    return (padded_extent - (kernel - 1) * dilation - 1) / stride + 1;
  }
};

struct Network {
  std::string name;
  std::vector<Layer> layers;    // all, in order
  std::vector<Layer> distinct;  // each of those that are the same once, the first
};

// A name without a slash, such as "resnet50", is that of a file of benchmarks/networks.
Network read_network(const std::string& file);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_LAYER_H_
