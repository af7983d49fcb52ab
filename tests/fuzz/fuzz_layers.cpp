// Layers of every kind from random bytes: a descriptor, a query, a run. What the library accepts has the oracle's bits;
// what it refuses leaves every byte as it was, and says why.
#include <algorithm>

#include "layer_subject.h"

namespace fuzz {
namespace {

// One direction of a window of a layer that exists, by the words of the header; false where it does not fit.
bool place_axis(const Subject& s, std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                std::int64_t before, std::int64_t after, std::int64_t adjustment, std::int64_t* pad,
                std::int64_t* output) {
  const std::int64_t span = (kernel - 1) * dilation + 1;
  const bool same = s.window.padding == OTTAVA_PADDING_SAME, valid = s.window.padding == OTTAVA_PADDING_VALID;
  *pad = before, *output = 0;
  if (size == 0) return true;
  if (s.transposed) {
    const std::int64_t reached = (size - 1) * stride + span;
    *output = same ? size * stride : valid ? std::max(reached, size * stride) : reached - before - after + adjustment;
    if (same) *pad = std::max<std::int64_t>(reached - *output, 0) / 2;
    return *output >= 1;
  }
  if (same) {
    *output = (size + stride - 1) / stride;
    *pad = std::max<std::int64_t>((*output - 1) * stride + span - size, 0) / 2;
    return true;
  }
  if (span > size + before + after) return false;
  *output = (size + before + after - span) / stride + 1;
  return true;
}

bool place_window(const Subject& s, std::int64_t height, std::int64_t width, Place* place) {
  const ottava_window& w = s.window;
  if (s.global) {
    const std::int64_t output = height != 0 && width != 0 ? 1 : 0;
    *place = {output, output, 0, 0};
    return true;
  }
  return place_axis(s, height, w.kernel_height, w.stride_height, w.dilation_height, w.pad_top, w.pad_bottom,
                    s.adjustment_height, &place->pad_top, &place->height) &&
         place_axis(s, width, w.kernel_width, w.stride_width, w.dilation_width, w.pad_left, w.pad_right,
                    s.adjustment_width, &place->pad_left, &place->width);
}

// A tensor in memory: pixels of `channels` elements at equal steps.
struct Tensor {
  std::uint8_t* first = nullptr;
  std::int64_t pixels = 0, channels = 0, stride = 0, element = 1;

  std::int64_t bytes() const { return pixels == 0 || channels == 0 ? 0 : ((pixels - 1) * stride + channels) * element; }
  std::uint8_t* at(std::int64_t pixel, std::int64_t channel) const {
    return first + (pixel * stride + channel) * element;
  }
  bool equals(const Tensor& other) const { return first == other.first && stride == other.stride; }
};

// Reads elements as values: bits of four bytes as an s32, as the oracle has them.
oracle::Image image_of(const Tensor& tensor, std::int64_t batch, std::int64_t height, std::int64_t width,
                       std::uint32_t type) {
  oracle::Image image = {batch, height, width, tensor.channels, {}};
  for (std::int64_t pixel = 0; pixel < tensor.pixels; ++pixel) {
    for (std::int64_t c = 0; c < tensor.channels; ++c) {
      std::int32_t value = 0;
      std::memcpy(&value, tensor.at(pixel, c), static_cast<std::size_t>(tensor.element));
      image.values.push_back(type == OTTAVA_TYPE_S8 ? static_cast<std::int8_t>(value) : value);
    }
  }
  return image;
}

// Whether a byte of an element of one is one of the other, by marks.
bool share_a_byte(const Tensor& a, const Tensor& b, const std::vector<std::uint8_t>& memory) {
  std::vector<bool> marked(memory.size());
  const auto visit = [&](const Tensor& t, auto body) {
    for (std::int64_t pixel = 0; pixel < t.pixels; ++pixel) {
      for (std::int64_t i = 0; i < t.channels * t.element; ++i) {
        body(static_cast<std::size_t>(t.at(pixel, 0) - memory.data() + i));
      }
    }
  };
  bool shared = false;
  visit(a, [&](std::size_t at) { marked[at] = true; });
  visit(b, [&](std::size_t at) { shared = shared || marked[at]; });
  return shared;
}

// The memory of a run: its tensors in blocks of their own, or all in one block, wherever the bytes say.
struct Memory {
  std::vector<std::uint8_t> input, second, output;
  bool shared = false;

  void place(Bytes& bytes, Tensor* in, Tensor* more, Tensor* out) {
    shared = bytes.chance(4);
    const std::uint64_t seed = bytes.bits(4) + 1;
    const auto make = [seed](std::vector<std::uint8_t>* block, std::int64_t size) {
      block->resize(static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < block->size(); ++i) {
        (*block)[i] = static_cast<std::uint8_t>(draw_element(seed * 0x9E3779B97F4A7C15u * (i + 1) >> 40, 2));
      }
      return block->data();
    };
    if (!shared) {
      in->first = make(&input, in->bytes()), more->first = make(&second, more->bytes());
      out->first = make(&output, out->bytes());
      return;
    }
    std::int64_t offsets[3], size = 0;
    const Tensor* const tensors[] = {in, more, out};
    for (int i = 0; i < 3; ++i) {
      offsets[i] = bytes.chance(2) ? 0 : static_cast<std::int64_t>(bytes.bits(2) % 600);
      size = std::max(size, offsets[i] + tensors[i]->bytes());
    }
    make(&output, size);
    in->first = output.data() + offsets[0], more->first = output.data() + offsets[1];
    out->first = output.data() + offsets[2];
  }
};

class Run {
 public:
  Run(Bytes& bytes, const Subject& subject, const ottava_layer* layer)
      : bytes_(bytes),
        s_(subject),
        layer_(layer),
        run_(OTTAVA_LAYER_RUN_DESC_INIT),
        operands_(OTTAVA_LAYER_OPERANDS_INIT) {
    ottava_layer_run_desc& r = run_.value;
    r.batch = bytes.chance(3) ? bytes.between(0, 3) : 1;
    r.height = bytes.between(0, 10), r.width = bytes.between(0, 10);
    const auto stride = [&](std::int64_t channels) {
      return bytes.chance(3) && channels < 1000 ? channels + bytes.between(0, 9) : 0;
    };
    r.input_pixel_stride = stride(s_.input_channels), r.output_pixel_stride = stride(s_.output_channels);
    if (s_.adds) r.second_pixel_stride = stride(s_.output_channels);
    if (bytes.chance(4)) r.flags = OTTAVA_RUN_ACCUMULATE;
    harm(bytes, &r, sizeof r);
    if (bytes.chance(30)) operands_->reserved = bytes.below(2);
    if (bytes.chance(30)) operands_->struct_size = static_cast<std::uint32_t>(bytes.odd());
  }

  void check() {
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_layer_info info = OTTAVA_LAYER_INFO_INIT;
    const ottava_status queried = ottava_layer_query(layer_, &run_.value, &info, &error);
    check_words(queried, error);
    const ottava_layer_run_desc& r = run_.value;
    Place place = {};
    if (queried == OTTAVA_OK) {
      require(place_window(s_, r.height, r.width, &place), "a window that does not fit is accepted");
      require(info.output_height == place.height && info.output_width == place.width, "another size of output");
      require(info.output_channels == s_.output_channels, "another number of channels");
    }
    // Nothing large is given memory: such a run must be refused, or have nothing to compute.
    const auto stride = [](std::int64_t given, std::int64_t channels) { return given != 0 ? given : channels; };
    const Wide images = queried == OTTAVA_OK ? r.batch : 0;
    const Wide in_pixels = images * r.height * r.width, out_pixels = images * place.height * place.width;
    const std::int64_t in_stride = stride(r.input_pixel_stride, s_.input_channels),
                       out_stride = stride(r.output_pixel_stride, s_.output_channels),
                       second_stride = stride(r.second_pixel_stride, s_.output_channels);
    const auto small = [](Wide pixels, Wide step) { return pixels <= kMostElements && pixels * step <= kMostElements; };
    const bool sound = queried == OTTAVA_OK && in_stride >= s_.input_channels && out_stride >= s_.output_channels &&
                       second_stride >= s_.output_channels;
    if (!sound || !small(in_pixels, in_stride) || !small(out_pixels, out_stride) || !small(out_pixels, second_stride) ||
        out_pixels * s_.products > kMostProducts || info.workspace_bytes > kMostBytes) {
      const ottava_status status = ottava_layer_run(layer_, &r, &operands_.value, &error);
      check_words(status, error);
      require(status != OTTAVA_OK || out_pixels == 0 || s_.output_channels == 0, "a run without memory is accepted");
      require(status != OTTAVA_OK || queried == OTTAVA_OK, "a run is accepted whose query is refused");
      return;
    }
    in_ = {nullptr, static_cast<std::int64_t>(in_pixels), s_.input_channels, in_stride, 1};
    out_ = {nullptr, static_cast<std::int64_t>(out_pixels), s_.output_channels, out_stride, bytes_of(s_.output_type)};
    second_ = {nullptr, s_.adds ? out_.pixels : 0, s_.output_channels, second_stride, 1};
    run(place, info);
  }

 private:
  void run(const Place& place, const ottava_layer_info& info) {
    const ottava_layer_run_desc& r = run_.value;
    Memory memory;
    memory.place(bytes_, &in_, &second_, &out_);
    std::uint64_t saturated[2] = {7, 8};
    std::vector<std::uint8_t> workspace;
    ottava_layer_operands& o = operands_.value;
    o.input = in_.first, o.output = out_.first;
    if (s_.adds != bytes_.chance(30)) o.second = s_.adds ? second_.first : in_.first;
    if (bytes_.chance(30)) o.input = nullptr;
    if (bytes_.chance(3)) o.saturated = saturated;
    if (bytes_.chance(2)) {
      workspace.resize(static_cast<std::size_t>(info.workspace_bytes) -
                       (bytes_.chance(4) && info.workspace_bytes > 0 ? 1 : 0));
      o.workspace_bytes = workspace.size();
      workspace.push_back(0x5a);  // never null
      o.workspace = workspace.data();
    }
    const bool accumulates = (r.flags & OTTAVA_RUN_ACCUMULATE) != 0;
    const oracle::Image input = image_of(in_, r.batch, r.height, r.width, s_.input_type);
    const oracle::Image previous = image_of(out_, r.batch, place.height, place.width, OTTAVA_TYPE_S32);
    const oracle::Image second = image_of(second_, r.batch, place.height, place.width, s_.output_type);
    std::vector<std::uint8_t> expected = memory.output;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_layer_run(layer_, &r, &o, &error);
    check_words(status, error);
    require(workspace.empty() || workspace.back() == 0x5a, "a byte beyond the workspace is written");
    if (memory.shared) check_overlap(memory, status, error);
    if (status != OTTAVA_OK) {
      require(memory.output == expected, "a refused run has written its output");
      require(saturated[0] == 7 && saturated[1] == 8, "a refused run has counted");
      return;
    }
    if (!s_.compute) return;
    oracle::Counts counts;
    if (out_.pixels * out_.channels != 0) {
      const oracle::Image results = s_.compute(input, second, accumulates ? &previous : nullptr, place, &counts);
      std::size_t next = 0;
      for (std::int64_t pixel = 0; pixel < out_.pixels; ++pixel) {
        for (std::int64_t c = 0; c < out_.channels; ++c, ++next) {
          std::memcpy(expected.data() + (out_.at(pixel, c) - memory.output.data()), &results.values[next],
                      static_cast<std::size_t>(out_.element));
        }
      }
    }
    require(memory.output == expected, "the output is not the oracle's, or something beside it is written");
    if (o.saturated == nullptr || !s_.counts) return;
    require(saturated[0] == counts.below && saturated[1] == counts.above, "other counts of saturated elements");
  }

  void check_overlap(const Memory& memory, ottava_status status, const ottava_error& error) const {
    if (out_.pixels == 0 || out_.channels == 0) return;
    const bool meets_input = share_a_byte(in_, out_, memory.output) && !(s_.in_place && in_.equals(out_));
    const bool meets_second = share_a_byte(second_, out_, memory.output) && !second_.equals(out_);
    require(status != OTTAVA_OK || !(meets_input || meets_second), "an overlap is accepted");
    const bool says_so = std::strstr(error.message, "overlaps") != nullptr;
    require(!says_so || meets_input || meets_second, "an overlap is refused that is none");
  }

  Bytes& bytes_;
  const Subject& s_;
  const ottava_layer* layer_;
  Sized<ottava_layer_run_desc> run_;
  Sized<ottava_layer_operands> operands_;
  Tensor in_, second_, out_;
};

void check_layer(Bytes& bytes, const Subject& s) {
  const ottava_context* const context = context_of(bytes);
  ottava_error error = OTTAVA_ERROR_INIT;
  std::uint64_t size = 77;
  const ottava_status sized = s.size(context, &size, &error);
  check_words(sized, error);
  require(sized == OTTAVA_OK || size == 77, "a refused query of the size has written it");
  ottava_layer* layer = nullptr;
  std::vector<std::uint8_t> memory;
  const bool placed = bytes.chance(3) && sized == OTTAVA_OK && size <= kMostBytes;
  if (placed) memory.resize(static_cast<std::size_t>(size) + 3);
  const ottava_status made = placed ? s.init_at(memory.data() + bytes.below(4), size, context, &layer, &error)
                                    : s.create(context, &layer, &error);
  check_words(made, error);
  require((made == OTTAVA_OK) == (layer != nullptr), "a handle without a layer, or a layer without a handle");
  if (sized != OTTAVA_OK) require(made == sized, "creation and the query of the size differ");
  if (made != OTTAVA_OK) return;
  require(s.has_arrays || s.input_channels == 0 || s.output_channels == 0, "a layer is made of no weights");
  if (s.has_arrays) Run(bytes, s, layer).check();
  ottava_layer_destroy(layer);
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  fuzz::check_layer(bytes, *fuzz::draw_subject(bytes));
  return 0;
}
