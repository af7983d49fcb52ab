// Makes the data of a layer, and what its outputs have to be.
#include "networks/layer_problem.h"

#include <algorithm>
#include <cmath>

#include "support.h"

namespace bench {
namespace {

constexpr std::int32_t kLeast = -128, kMost = 127;
constexpr float kOutputScale = 0.3f;

// The pixel of the input under a tap, or -1 for padding.
std::int64_t under(std::int64_t out, std::int64_t tap, const Layer& layer, std::int64_t before, std::int64_t extent) {
  const std::int64_t at = out * layer.stride + tap * layer.dilation - before;
  return at < extent ? at : -1;
}

}  // namespace

LayerProblem::LayerProblem(const Layer& given)
    : layer(given), input_zero_point(given.padded() ? kLeast : -11), output_zero_point(given.clamps() ? kLeast : -3) {
  Bytes bytes;
  const auto fill = [&bytes](std::int64_t count, std::vector<std::int8_t>* values) {
    values->resize(index(count));
    for (std::int8_t& value : *values) value = static_cast<std::int8_t>(bytes.next());
  };
  fill(layer.height * layer.width * layer.channels, &input);
  if (layer.kind == Layer::Kind::kAdd) {
    fill(layer.height * layer.width * layer.channels, &second);
    second_scale = 0.8f;
    output_scale = 1.4f;
  }
  if (!layer.convolves()) {
    if (layer.kind != Layer::Kind::kAdd) output_zero_point = input_zero_point;
    return;
  }
  weights.resize(index(layer.outputs * layer.depth()));
  for (std::int8_t& value : weights) value = bytes.next_weight();
  // Products of such bytes spread by about 5550, or 10900 with the zero point at the end of the range; these scales
  // spread the outputs by about 40, so that few are clamped and each tells right from wrong.
  output_scale = kOutputScale;
  const float products = input_zero_point == kLeast ? 10900.0f : 5550.0f;
  const float spread = output_scale * 40.0f / (products * std::sqrt(static_cast<float>(layer.depth())));
  for (std::int64_t n = 0; n < layer.outputs; ++n) {
    scales.push_back(spread * (0.5f + static_cast<float>(bytes.next()) / 256.0f));
    bias.push_back(bytes.next() * 16);
  }
}

// Plain loops, the one over output channels innermost: it is the one that compilers make fast.
void LayerProblem::convolve() const {
  const std::int64_t per_group = layer.outputs / layer.groups, in_group = layer.group_channels();
  std::vector<std::int16_t> turned(weights.size());  // kernel x kernel x C / groups x O
  for (std::int64_t o = 0; o < layer.outputs; ++o) {
    for (std::int64_t k = 0; k < layer.depth(); ++k)
      turned[index(k * layer.outputs + o)] = weights[index(o * layer.depth() + k)];
  }
  std::vector<std::int32_t> sums(index(layer.outputs));
  for (std::int64_t y = 0; y < layer.output_height(); ++y) {
    for (std::int64_t x = 0; x < layer.output_width(); ++x) {
      sums = bias;
      for (std::int64_t i = 0; i < layer.kernel; ++i) {
        const std::int64_t line = under(y, i, layer, layer.top, layer.height);
        for (std::int64_t j = 0; line >= 0 && j < layer.kernel; ++j) {
          const std::int64_t column = under(x, j, layer, layer.left, layer.width);
          if (column < 0) continue;
          const std::int8_t* pixel = input.data() + (line * layer.width + column) * layer.channels;
          for (std::int64_t c = 0; c < layer.channels; ++c) {
            const std::int16_t value = static_cast<std::int16_t>(pixel[c] - input_zero_point);
            const std::int64_t k = (i * layer.kernel + j) * in_group + c % in_group;
            const std::int64_t first = c / in_group * per_group;
            const std::int16_t* w = turned.data() + k * layer.outputs + first;
            std::int32_t* sum = sums.data() + first;
            for (std::int64_t o = 0; o < per_group; ++o) sum[o] += value * w[o];
          }
        }
      }
      for (std::int64_t o = 0; o < layer.outputs; ++o) {
        const float scale = input_scale * scales[index(o)] / output_scale;
        exact_.push_back(static_cast<float>(sums[index(o)]) * scale);
      }
    }
  }
}

const std::vector<float>& LayerProblem::exact() const {
  if (!exact_.empty()) return exact_;
  exact_.reserve(output_size());
  const auto real = [this](std::int8_t value) { return static_cast<float>(value - input_zero_point); };
  if (layer.convolves()) {
    convolve();
  } else if (layer.kind == Layer::Kind::kAdd) {
    for (std::size_t i = 0; i < input.size(); ++i) {
      exact_.push_back((real(input[i]) * input_scale + real(second[i]) * second_scale) / output_scale);
    }
  } else {
    const bool average = layer.kind == Layer::Kind::kAverage;
    for (std::int64_t at = 0; at < layer.output_height() * layer.output_width(); ++at) {
      for (std::int64_t c = 0; c < layer.channels; ++c) {
        float sum = 0, most = static_cast<float>(kLeast - input_zero_point);
        for (std::int64_t i = 0; i < layer.kernel; ++i) {
          const std::int64_t line = under(at / layer.output_width(), i, layer, layer.top, layer.height);
          for (std::int64_t j = 0; line >= 0 && j < layer.kernel; ++j) {
            const std::int64_t column = under(at % layer.output_width(), j, layer, layer.left, layer.width);
            if (column < 0) continue;
            const float value = real(input[index((line * layer.width + column) * layer.channels + c)]);
            sum += value;
            most = std::max(most, value);
          }
        }
        exact_.push_back(average ? sum / static_cast<float>(layer.kernel * layer.kernel) : most);
      }
    }
  }
  return exact_;
}

std::vector<std::uint8_t> as_unsigned(const std::vector<std::int8_t>& values) {
  std::vector<std::uint8_t> more;
  more.reserve(values.size());
  for (std::int8_t value : values) more.push_back(static_cast<std::uint8_t>(value + 128));
  return more;
}

double share_wrong(const LayerProblem& problem, const std::uint8_t* outputs, bool is_unsigned, ZeroPoint zero_point,
                   bool loosely) {
  const std::vector<float>& exact = problem.exact();
  const std::int32_t offset = is_unsigned ? 128 : 0;
  const auto zero = static_cast<float>(problem.output_zero_point + offset);
  const bool convolves = problem.layer.convolves();
  const std::int32_t tolerance = loosely || !(convolves || problem.layer.kind == Layer::Kind::kMaximum) ? 1 : 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const float rounded =
        zero_point == ZeroPoint::kAfterRounding ? std::nearbyint(exact[i]) + zero : std::nearbyint(exact[i] + zero);
    const float bounded =
        std::min(std::max(rounded, static_cast<float>(kLeast + offset)), static_cast<float>(kMost + offset));
    const std::int32_t output = is_unsigned ? outputs[i] : static_cast<std::int8_t>(outputs[i]);
    wrong += std::abs(output - static_cast<std::int32_t>(bounded)) > tolerance ? 1u : 0u;
  }
  return static_cast<double>(wrong) / static_cast<double>(exact.size());
}

}  // namespace bench
