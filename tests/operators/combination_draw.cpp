#include "combination_draw.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "oracle/quantize.h"
#include "oracle_values.h"

namespace ottava {

std::int64_t lowest(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 ? -128 : type == OTTAVA_TYPE_S16 ? -32768 : type == OTTAVA_TYPE_S32 ? INT32_MIN : 0;
}
std::size_t element_bytes(std::uint32_t type) { return is_8bit(type) ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4; }

namespace {

std::int64_t highest(std::uint32_t type) { return type == OTTAVA_TYPE_U8 ? 255 : -1 - lowest(type); }

// The 8-bit type of the lhs inside.
std::uint32_t inner_type(const Combination& c) {
  if (c.lhs_type != OTTAVA_TYPE_F32) return c.lhs_type;
  if (c.quantized_type != 0) return c.quantized_type;
  return c.quantization == OTTAVA_QUANTIZE_ONNX_DYNAMIC ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
}

float draw_float(Random& random) {
  if (random.chance(40)) {
    const float odd[] = {0.0f,
                         -0.0f,
                         1e-41f,
                         -3e-39f,
                         3e38f,
                         std::numeric_limits<float>::infinity(),
                         -std::numeric_limits<float>::infinity(),
                         std::numeric_limits<float>::quiet_NaN()};
    return odd[random.between(0, 7)];
  }
  return static_cast<float>(random.between(-4000, 4000)) / 512.0f;
}

}  // namespace

Batch::Batch(Random& random, std::size_t batches, std::size_t rows, std::size_t columns, std::uint32_t order,
             std::size_t bytes, bool shared)
    : by_row_(order == OTTAVA_ORDER_ROW), bytes_(static_cast<ptrdiff_t>(bytes)), shared_(shared) {
  const std::size_t outer = by_row_ ? rows : columns;
  inner_ = static_cast<ptrdiff_t>(by_row_ ? columns : rows);
  step_ = inner_ + static_cast<ptrdiff_t>(random.chance(2) ? 0 : random.between(1, 5));
  const bool dense = step_ == inner_;
  const ptrdiff_t extent = outer == 0 || inner_ == 0 ? 0 : (static_cast<ptrdiff_t>(outer) - 1) * step_ + inner_;
  batch_stride_ = shared ? 0 : extent + (random.chance(2) ? 0 : random.between(1, 7));
  const ptrdiff_t count = shared ? 1 : static_cast<ptrdiff_t>(batches);
  const ptrdiff_t elements = extent == 0 ? 0 : (count - 1) * static_cast<ptrdiff_t>(batch_stride_) + extent;
  size_ = static_cast<std::size_t>(elements * bytes_);
  if (random.chance(16)) {
    guarded_ = std::make_unique<GuardedBuffer>(size_, random.chance(2) ? Side::lower : Side::upper, bytes);
    first_ = guarded_->data();
  } else {
    const std::size_t gap = static_cast<std::size_t>(random.between(0, 3));  // any alignment
    plain_.resize(gap + size_ + 1);                                          // never null
    first_ = plain_.data() + gap;
  }
  begin_ = first_;
  for (std::size_t i = 0; i < size_; ++i) begin_[i] = static_cast<std::uint8_t>(random.bits());
  if (random.chance(4) && outer > 0) {  // from the end, backwards
    first_ += (static_cast<ptrdiff_t>(outer) - 1) * step_ * bytes_;
    step_ = -step_;
  }
  stride_ = dense && step_ > 0 && random.chance(2) ? 0 : step_;
  for (std::size_t batch = 0; batch < batches; ++batch) pointers_.push_back(at(batch, 0, 0));
}

oracle::Matrix draw_lhs(Random& random, const Combination& c, const Batch& lhs, std::size_t batch, std::size_t m,
                        std::size_t k, const ottava_matmul_desc& desc, oracle::Rows* rows) {
  oracle::Matrix matrix;
  matrix.rows = static_cast<std::int64_t>(m);
  matrix.columns = static_cast<std::int64_t>(k);
  const std::int64_t low = lowest(inner_type(c));
  for (std::size_t row = 0; row < m; ++row) {
    if (c.lhs_type != OTTAVA_TYPE_F32) {
      for (std::size_t d = 0; d < k; ++d) {
        const std::int64_t value =
            random.chance(8) ? low + (random.chance(2) ? 0 : 255) : random.between(low, low + 255);
        matrix.values.push_back(value);
        *lhs.at(batch, row, d) = static_cast<std::uint8_t>(value);
      }
      continue;
    }
    std::vector<float> floats(k);
    for (std::size_t d = 0; d < k; ++d) {
      floats[d] = draw_float(random);
      std::memcpy(lhs.at(batch, row, d), &floats[d], sizeof floats[d]);
    }
    const oracle::QuantizeRule rule = static_cast<oracle::QuantizeRule>(c.quantization - 1);
    const oracle::QuantizedRow q =
        is_dynamic_rule(c.quantization)
            ? oracle::quantize_dynamic(rule, floats)
            : oracle::quantize_static(rule, desc.lhs_scale, desc.lhs_zero_point, static_cast<int>(low),
                                      static_cast<int>(low + 255), floats);
    matrix.values.insert(matrix.values.end(), q.values.begin(), q.values.end());
    if (is_dynamic_rule(c.quantization)) {
      rows->scales.push_back(q.scale);
      rows->zero_points.push_back(q.zero_point);
    }
  }
  return matrix;
}

oracle::Matrix draw_rhs(Random& random, const Combination& c, const Batch& rhs, std::size_t batch, std::size_t k,
                        std::size_t n, std::int64_t most) {
  oracle::Matrix matrix;
  matrix.rows = static_cast<std::int64_t>(k);
  matrix.columns = static_cast<std::int64_t>(n);
  const std::int64_t middle = lowest(c.rhs_type) + 128;
  const std::int64_t low = middle - (most == 0 ? 128 : most), high = middle + (most == 0 ? 127 : most);
  for (std::size_t d = 0; d < k; ++d) {
    for (std::size_t channel = 0; channel < n; ++channel) {
      const std::int64_t value = random.between(low, high);
      matrix.values.push_back(value);
      *rhs.at(batch, d, channel) = static_cast<std::uint8_t>(value);
    }
  }
  return matrix;
}

void draw_parameters(Random& random, const Combination& c, std::size_t n, std::size_t k, Parameters* p) {
  ottava_matmul_desc& desc = p->desc;
  ottava_output& output = p->output;
  oracle::Stage& stage = p->stage;
  desc.n = static_cast<std::int64_t>(n);
  desc.k = static_cast<std::int64_t>(k);
  desc.flags = (c.weights_left ? OTTAVA_MATMUL_WEIGHTS_LEFT : 0) | (c.runtime_rhs ? OTTAVA_MATMUL_RUNTIME_RHS : 0) |
               (c.row_scales ? OTTAVA_MATMUL_LHS_ROW_SCALES : 0) |
               (c.row_zeros ? OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS : 0);
  desc.lhs_type = c.lhs_type;
  desc.rhs_type = c.rhs_type;
  output.type = c.dst_type;
  output.requantization = c.rule;
  const bool fixed = c.rule != OTTAVA_REQUANTIZE_NONE && c.rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  stage.float_product = fixed && !c.integer && random.chance(2);
  output.parameters = c.integer             ? OTTAVA_PARAMETERS_INTEGER
                      : stage.float_product ? OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT
                                            : OTTAVA_PARAMETERS_REAL;
  desc.lhs_quantization = c.quantization;
  desc.lhs_quantized_type = c.quantized_type;
  output.activation = c.activation;
  const auto zero = [&random](std::uint32_t type) {
    return static_cast<std::int32_t>(random.between(lowest(type), highest(type)));
  };
  desc.lhs_zero_point = c.row_zeros ? -1000 : zero(inner_type(c));  // not read where rows have their own
  desc.rhs_zero_point = random.chance(2) ? 0 : zero(c.rhs_type);
  const bool exact = c.rule == OTTAVA_REQUANTIZE_POWER_OF_TWO;
  desc.lhs_scale = c.row_scales ? -1.0f : exact ? 0.25f : 0.0123f;
  desc.rhs_scale = exact ? 0.5f : 0.6f;
  if (c.rule != OTTAVA_REQUANTIZE_NONE) {
    output.zero_point = is_8bit(c.dst_type) ? zero(c.dst_type)
                        : c.dst_type == OTTAVA_TYPE_S16
                            ? static_cast<std::int32_t>(random.between(-32768, 32767))
                            : static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX));
    if (c.dst_type == OTTAVA_TYPE_S32 && random.chance(2)) output.zero_point = 0;
    output.scale = exact ? std::ldexp(1.0f, static_cast<int>(random.between(-6, 8)))
                         : random.pick(std::vector<float>{0.017f, 0.3f, 2.0f, 40.0f});
  }
  if (c.dst_type == OTTAVA_TYPE_F32) {
    if (random.chance(3)) output.clamp_min_f32 = 0.0f, output.clamp_max_f32 = 6.0f;
  } else if (random.chance(3)) {
    const std::int64_t reach = std::max<std::int64_t>(lowest(c.dst_type), -100000);
    output.clamp_min = static_cast<std::int32_t>(random.between(reach, highest(c.dst_type)));
    output.clamp_max = static_cast<std::int32_t>(random.between(output.clamp_min, highest(c.dst_type)));
  }
  if (c.activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH) {
    output.tanh_zero = static_cast<std::int32_t>(random.between(-1000, 1000));
    output.tanh_amplitude = static_cast<std::int32_t>(random.between(1, 1 << random.between(1, 22)));
  }
  if (output.clamp_min == 0 && output.clamp_max == 0) output.clamp_max = 1;  // what a structure of zeros has is refused
  for (std::uint8_t& entry : p->table) entry = static_cast<std::uint8_t>(random.bits());
  if (c.activation == OTTAVA_ACTIVATION_TABLE) output.table = p->table;

  output.multiplier = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
  output.shift = static_cast<std::int32_t>(random.between(-9, 0));
  if (c.rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR)
    output.multiplier = static_cast<std::int32_t>(random.between(-40, 90)) | 1;  // one of 0 is refused
  for (std::size_t channel = 0; channel < n; ++channel) {
    const float wobble = exact ? std::ldexp(1.0f, static_cast<int>(random.between(-3, 3)))
                               : static_cast<float>(random.between(1, 4000)) / 2000.0f;
    p->scales.push_back(desc.rhs_scale * (c.channel_scales ? wobble : 1.0f));
    p->zero_points.push_back(c.channel_zeros ? zero(c.rhs_type) : desc.rhs_zero_point);
    p->rhs_zeros.push_back(p->zero_points.back());
    p->bias.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
    p->bias_f32.push_back(static_cast<float>(random.between(-1000, 1000)) / 7.0f);
    const bool any = c.rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR;
    p->multipliers.push_back(
        c.channel_scales ? static_cast<std::int32_t>(any ? random.between(-40, 90) : random.between(0, INT32_MAX))
                         : output.multiplier);
    p->shifts.push_back(c.channel_scales ? static_cast<std::int32_t>(random.between(-9, 0)) : output.shift);
  }
  if (c.rule == OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT && !c.integer) output.scale = 1.0f;  // scales below 1
  if (c.channel_zeros) p->constants.rhs_zero_points = p->zero_points.data();
  if (c.channel_scales && !c.integer) p->constants.rhs_scales = p->scales.data();
  if (c.channel_scales && c.integer) {
    output.multipliers = p->multipliers.data();
    output.shifts = p->shifts.data();
  }
  const bool with_s32 = c.bias == Bias::s32 || c.bias == Bias::both;
  const bool with_f32 = c.bias == Bias::f32 || c.bias == Bias::both;
  if (with_s32) output.bias = p->bias.data();
  if (with_f32) output.bias_f32 = p->bias_f32.data();

  stage.rule = oracle_rule(c.rule);
  stage.output = oracle_output(c.dst_type);
  stage.lhs_scale = desc.lhs_scale;
  stage.rhs_scales = p->scales;
  stage.dst_scale = output.scale;
  for (std::size_t channel = 0; c.integer && channel < n; ++channel) {
    // The oracle's power of two counts as real scales do.
    stage.integers.push_back({p->multipliers[channel], p->shifts[channel] + (exact ? 1 : 0)});
  }
  if (with_s32) stage.bias.assign(p->bias.begin(), p->bias.end());
  if (with_f32) stage.bias_f32 = p->bias_f32;
  stage.zero_point = output.zero_point;
  stage.clamp_min = output.clamp_min == INT32_MIN ? lowest(c.dst_type) : output.clamp_min;
  stage.clamp_max = output.clamp_max == INT32_MAX ? highest(c.dst_type) : output.clamp_max;
  stage.clamp_min_f32 = output.clamp_min_f32;
  stage.clamp_max_f32 = output.clamp_max_f32;
}

}  // namespace ottava
