// The data of one layer, the same for ottava and for every peer: s8 activations (as u8 for those that take only these:
// 128 more), s8 weights O H W I with a scale per channel, an int32 bias, s8 outputs.
#ifndef OTTAVA_BENCHMARKS_NETWORKS_LAYER_PROBLEM_H_
#define OTTAVA_BENCHMARKS_NETWORKS_LAYER_PROBLEM_H_

#include <cstdint>
#include <vector>

#include "networks/layer.h"

namespace bench {

struct LayerProblem {
  Layer layer;
  std::int32_t input_zero_point;  // the least value where there is padding, as after a ReLU
  std::int32_t output_zero_point;
  float input_scale = 1.0f, second_scale = 1.0f, output_scale = 1.0f;
  std::vector<std::int8_t> input;    // H x W x C
  std::vector<std::int8_t> second;   // of an addition, with the same zero point
  std::vector<std::int8_t> weights;  // O x kernel x kernel x C / groups
  std::vector<float> scales;         // of the weights, one per channel of the output
  std::vector<std::int32_t> bias;    // likewise, in units of the accumulator

  explicit LayerProblem(const Layer& layer);

  std::size_t output_size() const {
    return static_cast<std::size_t>(layer.output_height() * layer.output_width() * layer.outputs);
  }
  // What an s8 output has to be before it is rounded and clamped, less the zero point: the accumulators by plain loops
  // times the scale, in float32 as every library has it here; of additions and averages the real value.
  const std::vector<float>& exact() const;

 private:
  void convolve() const;
  mutable std::vector<float> exact_;
};

// The values plus 128.
std::vector<std::uint8_t> as_unsigned(const std::vector<std::int8_t>& values);

// How a peer adds the zero point of its outputs.
enum class ZeroPoint { kAfterRounding, kBeforeRounding };

// The share of `outputs` (u8 ones are 128 more) that are not what the problem asks for: bit for bit for convolutions
// and maxima, within the 1 by which rules differ for averages and additions, and, `loosely`, for all.
double share_wrong(const LayerProblem& problem, const std::uint8_t* outputs, bool is_unsigned, ZeroPoint zero_point,
                   bool loosely);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_LAYER_PROBLEM_H_
