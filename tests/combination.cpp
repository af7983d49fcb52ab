#include "combination.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <sstream>

#include "catch.h"
#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "oracle/quantize.h"
#include "output/fixed_tanh.h"

namespace ottava {
namespace {

bool is_8bit(std::uint32_t type) { return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8; }
std::int64_t lowest(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 ? -128 : type == OTTAVA_TYPE_S16 ? -32768 : type == OTTAVA_TYPE_S32 ? INT32_MIN : 0;
}
std::int64_t highest(std::uint32_t type) { return type == OTTAVA_TYPE_U8 ? 255 : -1 - lowest(type); }
std::size_t element_bytes(std::uint32_t type) { return is_8bit(type) ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4; }
bool is_dynamic_rule(std::uint32_t quantization) { return quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; }

// The 8-bit type of the lhs inside.
std::uint32_t inner_type(const Combination& c) {
  if (c.lhs_type != OTTAVA_TYPE_F32) return c.lhs_type;
  if (c.quantized_type != 0) return c.quantized_type;
  return c.quantization == OTTAVA_QUANTIZE_ONNX_DYNAMIC ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
}

oracle::Rule oracle_rule(std::uint32_t rule) {
  const oracle::Rule rules[] = {oracle::Rule::none,
                                oracle::Rule::fixed_two_roundings,
                                oracle::Rule::fixed_one_rounding,
                                oracle::Rule::float_nearest_even,
                                oracle::Rule::fixed_two_roundings_saturating,
                                oracle::Rule::gemmlowp_by_fixed_point,
                                oracle::Rule::fixed_one_rounding_away,
                                oracle::Rule::fixed_acl_fused,
                                oracle::Rule::fixed_16_bit_multiplier,
                                oracle::Rule::power_of_two,
                                oracle::Rule::multiply_shift_floor,
                                oracle::Rule::multiply_shift_half_up,
                                oracle::Rule::multiply_shift_half_away};
  return rules[rule];
}
oracle::Output oracle_output(std::uint32_t type) {
  const oracle::Output outputs[] = {oracle::Output::s8, oracle::Output::u8, oracle::Output::s16, oracle::Output::s32,
                                    oracle::Output::f32};
  return outputs[type - 1];
}

// The matrices of one operand of a batch, somewhere in memory full of random bytes, sometimes between guard pages.
class Batch {
 public:
  Batch(Random& random, std::size_t batches, std::size_t rows, std::size_t columns, std::uint32_t order,
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
      const std::size_t gap = bytes == 1 ? static_cast<std::size_t>(random.between(0, 3)) : 0;
      plain_.resize(gap + size_ + 1);  // never null
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
  std::uint8_t* at(std::size_t batch, std::size_t row, std::size_t column) const {
    const ptrdiff_t o = static_cast<ptrdiff_t>(by_row_ ? row : column);
    const ptrdiff_t i = static_cast<ptrdiff_t>(by_row_ ? column : row);
    return first_ + (static_cast<ptrdiff_t>(batch) * static_cast<ptrdiff_t>(batch_stride_) + o * step_ + i) * bytes_;
  }
  std::uint8_t* first() const { return first_; }
  std::int64_t stride() const { return stride_; }
  std::int64_t batch_stride() const { return batch_stride_; }
  std::size_t distinct(std::size_t batch) const { return shared_ ? 0 : batch; }
  void* const* pointers() const { return pointers_.data(); }
  const std::uint8_t* begin() const { return begin_; }
  std::vector<std::uint8_t> bytes() const { return std::vector<std::uint8_t>(begin_, begin_ + size_); }
  bool intact() const { return guarded_ == nullptr || guarded_->check(); }

 private:
  bool by_row_;
  ptrdiff_t bytes_;
  bool shared_;
  ptrdiff_t inner_ = 0, step_ = 0;
  std::int64_t stride_ = 0, batch_stride_ = 0;
  std::uint8_t* first_ = nullptr;
  std::size_t size_ = 0;
  std::uint8_t* begin_ = nullptr;
  std::vector<std::uint8_t> plain_;
  std::unique_ptr<GuardedBuffer> guarded_;  // sometimes instead
  std::vector<void*> pointers_;
};

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

// Draws the lhs of one batch into memory, and returns it as 8-bit values with what its rows have of their own.
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
                        std::size_t n) {
  oracle::Matrix matrix;
  matrix.rows = static_cast<std::int64_t>(k);
  matrix.columns = static_cast<std::int64_t>(n);
  const std::int64_t low = lowest(c.rhs_type);
  for (std::size_t d = 0; d < k; ++d) {
    for (std::size_t channel = 0; channel < n; ++channel) {
      const std::int64_t value = random.between(low, low + 255);
      matrix.values.push_back(value);
      *rhs.at(batch, d, channel) = static_cast<std::uint8_t>(value);
    }
  }
  return matrix;
}

// Descriptor, constants and oracle stage of one combination with parameters drawn at random.
struct Parameters {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  oracle::Stage stage;
  std::vector<std::int64_t> rhs_zeros;
  std::vector<float> scales, bias_f32;
  std::vector<std::int32_t> zero_points, bias, multipliers, shifts;
  std::uint8_t table[256];
};

std::uint32_t flipped(std::uint32_t order, bool left) { return left ? order ^ 1u : order; }

void draw_parameters(Random& random, const Combination& c, std::size_t n, std::size_t k, Parameters* p) {
  ottava_matmul_desc& desc = p->desc;
  oracle::Stage& stage = p->stage;
  desc.n = static_cast<std::int64_t>(n);
  desc.k = static_cast<std::int64_t>(k);
  desc.flags = (c.weights_left ? OTTAVA_MATMUL_WEIGHTS_LEFT : 0) | (c.runtime_rhs ? OTTAVA_MATMUL_RUNTIME_RHS : 0) |
               (c.row_scales ? OTTAVA_MATMUL_LHS_ROW_SCALES : 0) |
               (c.row_zeros ? OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS : 0);
  desc.lhs_type = c.lhs_type;
  desc.rhs_type = c.rhs_type;
  desc.dst_type = c.dst_type;
  desc.rule = c.rule;
  desc.parameters = c.integer ? OTTAVA_PARAMETERS_INTEGER : OTTAVA_PARAMETERS_REAL;
  desc.lhs_quantization = c.quantization;
  desc.lhs_quantized_type = c.quantized_type;
  desc.activation = c.activation;
  const auto zero = [&random](std::uint32_t type) {
    return static_cast<std::int32_t>(random.between(lowest(type), highest(type)));
  };
  desc.lhs_zero_point = c.row_zeros ? -1000 : zero(inner_type(c));  // not read where rows have their own
  desc.rhs_zero_point = random.chance(2) ? 0 : zero(c.rhs_type);
  const bool exact = c.rule == OTTAVA_RULE_POWER_OF_TWO;
  desc.lhs_scale = c.row_scales ? -1.0f : exact ? 0.25f : 0.0123f;
  desc.rhs_scale = exact ? 0.5f : 0.6f;
  if (c.rule != OTTAVA_RULE_NONE) {
    desc.dst_zero_point = is_8bit(c.dst_type) ? zero(c.dst_type)
                          : c.dst_type == OTTAVA_TYPE_S16
                              ? static_cast<std::int32_t>(random.between(-32768, 32767))
                              : static_cast<std::int32_t>(random.between(INT32_MIN, INT32_MAX));
    if (c.dst_type == OTTAVA_TYPE_S32 && random.chance(2)) desc.dst_zero_point = 0;
    desc.dst_scale = exact ? std::ldexp(1.0f, static_cast<int>(random.between(-6, 8)))
                           : random.pick(std::vector<float>{0.017f, 0.3f, 2.0f, 40.0f});
  }
  if (c.dst_type == OTTAVA_TYPE_F32) {
    if (random.chance(3)) desc.clamp_min_f32 = 0.0f, desc.clamp_max_f32 = 6.0f;
  } else if (random.chance(3)) {
    const std::int64_t reach = std::max<std::int64_t>(lowest(c.dst_type), -100000);
    desc.clamp_min = static_cast<std::int32_t>(random.between(reach, highest(c.dst_type)));
    desc.clamp_max = static_cast<std::int32_t>(random.between(desc.clamp_min, highest(c.dst_type)));
  }
  if (c.activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH) {
    desc.tanh_zero = static_cast<std::int32_t>(random.between(-1000, 1000));
    desc.tanh_amplitude = static_cast<std::int32_t>(random.between(1, 1 << random.between(1, 22)));
  }
  for (std::uint8_t& entry : p->table) entry = static_cast<std::uint8_t>(random.bits());
  if (c.activation == OTTAVA_ACTIVATION_TABLE) p->constants.table = p->table;

  desc.multiplier = static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX));
  desc.shift = static_cast<std::int32_t>(random.between(-9, 0));
  if (c.rule >= OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR) desc.multiplier = static_cast<std::int32_t>(random.between(-40, 90));
  for (std::size_t channel = 0; channel < n; ++channel) {
    const float wobble = exact ? std::ldexp(1.0f, static_cast<int>(random.between(-3, 3)))
                               : static_cast<float>(random.between(1, 4000)) / 2000.0f;
    p->scales.push_back(desc.rhs_scale * (c.channel_scales ? wobble : 1.0f));
    p->zero_points.push_back(c.channel_zeros ? zero(c.rhs_type) : desc.rhs_zero_point);
    p->rhs_zeros.push_back(p->zero_points.back());
    p->bias.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
    p->bias_f32.push_back(static_cast<float>(random.between(-1000, 1000)) / 7.0f);
    const bool any = c.rule >= OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR;
    p->multipliers.push_back(
        c.channel_scales ? static_cast<std::int32_t>(any ? random.between(-40, 90) : random.between(0, INT32_MAX))
                         : desc.multiplier);
    p->shifts.push_back(c.channel_scales ? static_cast<std::int32_t>(random.between(-9, 0)) : desc.shift);
  }
  if (c.rule == OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT && !c.integer) desc.dst_scale = 1.0f;  // scales below 1
  if (c.channel_zeros) p->constants.rhs_zero_points = p->zero_points.data();
  if (c.channel_scales && !c.integer) p->constants.rhs_scales = p->scales.data();
  if (c.channel_scales && c.integer) {
    p->constants.multipliers = p->multipliers.data();
    p->constants.shifts = p->shifts.data();
  }
  const bool with_s32 = c.bias == Bias::s32 || c.bias == Bias::both;
  const bool with_f32 = c.bias == Bias::f32 || c.bias == Bias::both;
  if (with_s32) p->constants.bias = p->bias.data();
  if (with_f32) p->constants.bias_f32 = p->bias_f32.data();

  stage.rule = oracle_rule(c.rule);
  stage.output = oracle_output(c.dst_type);
  stage.lhs_scale = desc.lhs_scale;
  stage.rhs_scales = p->scales;
  stage.dst_scale = desc.dst_scale;
  for (std::size_t channel = 0; c.integer && channel < n; ++channel) {
    // The oracle's power of two counts as real scales do.
    stage.integers.push_back({p->multipliers[channel], p->shifts[channel] + (exact ? 1 : 0)});
  }
  if (with_s32) stage.bias.assign(p->bias.begin(), p->bias.end());
  if (with_f32) stage.bias_f32 = p->bias_f32;
  stage.zero_point = desc.dst_zero_point;
  stage.clamp_min = desc.clamp_min == INT32_MIN ? lowest(c.dst_type) : desc.clamp_min;
  stage.clamp_max = desc.clamp_max == INT32_MAX ? highest(c.dst_type) : desc.clamp_max;
  stage.clamp_min_f32 = desc.clamp_min_f32;
  stage.clamp_max_f32 = desc.clamp_max_f32;
}

std::int64_t activated(const Parameters& p, std::int64_t y) {
  if (p.desc.activation == OTTAVA_ACTIVATION_TABLE) return p.table[static_cast<std::uint8_t>(y)];
  if (p.desc.activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH) {
    return fixed_tanh(static_cast<std::int32_t>(y), p.desc.tanh_zero, p.desc.tanh_amplitude);
  }
  return y;
}

oracle::Matrix rows_of(const oracle::Matrix& whole, std::size_t first, std::size_t count) {
  oracle::Matrix part = whole;
  part.rows = static_cast<std::int64_t>(count);
  const std::size_t columns = static_cast<std::size_t>(whole.columns);
  const std::int64_t* const begin = whole.values.data() + first * columns;
  part.values.assign(begin, begin + count * columns);
  return part;
}

}  // namespace

bool Combination::can_accumulate() const {
  return activation == OTTAVA_ACTIVATION_NONE &&
         (dst_type == OTTAVA_TYPE_F32 || (dst_type == OTTAVA_TYPE_S32 && rule == OTTAVA_RULE_NONE));
}

bool Combination::offered() const {
  const bool fixed = rule != OTTAVA_RULE_NONE && rule != OTTAVA_RULE_FLOAT_NEAREST_EVEN;
  if (integer ? !fixed : rule >= OTTAVA_RULE_MULTIPLY_SHIFT_FLOOR) return false;
  if (dst_type == OTTAVA_TYPE_F32 && rule != OTTAVA_RULE_NONE) return false;
  if ((is_8bit(dst_type) || dst_type == OTTAVA_TYPE_S16) && rule == OTTAVA_RULE_NONE) return false;
  if (row_scales || is_dynamic_rule(quantization)) {
    if (integer || rule == OTTAVA_RULE_GEMMLOWP_BY_FIXED_POINT || rule == OTTAVA_RULE_POWER_OF_TWO) return false;
    if (dst_type == OTTAVA_TYPE_S32 && rule == OTTAVA_RULE_NONE) return false;
  }
  const bool with_f32 = bias == Bias::f32 || bias == Bias::both;
  if (with_f32 && dst_type != OTTAVA_TYPE_F32 && rule != OTTAVA_RULE_FLOAT_NEAREST_EVEN) return false;
  if (activation == OTTAVA_ACTIVATION_TABLE && !is_8bit(dst_type)) return false;
  if (activation == OTTAVA_ACTIVATION_GEMMLOWP_TANH && dst_type != OTTAVA_TYPE_S32) return false;
  return true;
}

std::string Combination::describe() const {
  std::ostringstream words;
  words << "lhs type " << lhs_type << " quantization " << quantization << " to " << quantized_type
        << (row_scales ? " row scales" : "") << (row_zeros ? " row zeros" : "") << ", rhs type " << rhs_type
        << (channel_zeros ? " channel zeros" : "") << (channel_scales ? " channel scales" : "")
        << (runtime_rhs ? " at run time" : "") << (weights_left ? " left" : "") << ", dst type " << dst_type << " rule "
        << rule << (integer ? " integer" : "") << " bias " << static_cast<int>(bias) << " activation " << activation
        << (accumulate ? " accumulate" : "");
  return words.str();
}

void for_each_combination(const std::function<void(const Combination&)>& visit) {
  struct Lhs {
    std::uint32_t type, quantization, quantized_type;
    bool row_scales, row_zeros;
  };
  std::vector<Lhs> kinds;
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
    for (int own = 0; own < 4; ++own) kinds.push_back({type, OTTAVA_QUANTIZE_NONE, 0, (own & 1) != 0, (own & 2) != 0});
    kinds.push_back({OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_DIVIDE, type, false, false});
    kinds.push_back({OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_MULTIPLY, type, false, false});
  }
  for (std::uint32_t rule = OTTAVA_QUANTIZE_TFLITE_SYMMETRIC; rule <= OTTAVA_QUANTIZE_ONNX_DYNAMIC; ++rule) {
    kinds.push_back({OTTAVA_TYPE_F32, rule, 0, false, false});
  }
  for (const Lhs& lhs : kinds) {
    for (int rhs = 0; rhs < 32; ++rhs) {
      for (std::uint32_t dst = OTTAVA_TYPE_S8; dst <= OTTAVA_TYPE_F32; ++dst) {
        for (std::uint32_t rule = OTTAVA_RULE_NONE; rule <= OTTAVA_RULE_MULTIPLY_SHIFT_HALF_AWAY; ++rule) {
          for (int rest = 0; rest < 48; ++rest) {
            const std::uint32_t rhs_type = (rhs & 1) != 0 ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
            visit({lhs.type, lhs.quantization, lhs.quantized_type, lhs.row_scales, lhs.row_zeros, rhs_type,
                   (rhs & 2) != 0, (rhs & 4) != 0, (rhs & 8) != 0, (rhs & 16) != 0, dst, rule, (rest & 1) != 0,
                   static_cast<Bias>(rest / 4 % 4), static_cast<std::uint32_t>(rest / 16), (rest & 2) != 0});
          }
        }
      }
    }
  }
}

void check_refused(const ottava_context* context, const Combination& c) {
  Random random(1);
  Parameters p;
  draw_parameters(random, c, 3, 4, &p);
  const std::uint8_t weights[12] = {};
  if (!c.runtime_rhs) p.constants.rhs = weights;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  const ottava_status status = ottava_matmul_create(context, &p.desc, &p.constants, &matmul, &error);
  if (status == OTTAVA_UNSUPPORTED && error.argument[0] != '\0' && matmul == nullptr &&
      (std::strstr(error.message, "not go with") != nullptr || std::strstr(error.message, "goes with") != nullptr)) {
    return;
  }
  INFO(c.describe() << ": " << error.argument << " " << error.message);
  REQUIRE(status == OTTAVA_UNSUPPORTED);
  REQUIRE(matmul == nullptr);
  FAIL("the message does not say what does not go together");
}

void check_offered(const ottava_context* context, const Combination& c, Random& random, bool rows_only) {
  const std::uint64_t seed = random.bits();
  Random own(seed);
  INFO(c.describe() << "; seed " << seed);
  const auto draw = [&own](std::size_t least, std::size_t most) {
    return static_cast<std::size_t>(own.between(static_cast<std::int64_t>(least), static_cast<std::int64_t>(most)));
  };
  const std::size_t m = draw(1, 6), n = draw(1, own.chance(3) ? 40 : 9), k = draw(0, 18);
  const std::size_t batches = own.chance(2) ? 1 : draw(2, 3);
  Parameters p;
  draw_parameters(own, c, n, k, &p);
  const std::uint32_t lhs_order =
                          rows_only && c.lhs_type != OTTAVA_TYPE_F32 ? 0 : static_cast<std::uint32_t>(draw(0, 1)),
                      rhs_order = static_cast<std::uint32_t>(draw(0, 1)),
                      dst_order = static_cast<std::uint32_t>(draw(0, 1));
  p.desc.lhs_order = flipped(lhs_order, c.weights_left);
  p.desc.rhs_order = flipped(rhs_order, c.weights_left);
  p.desc.dst_order = flipped(dst_order, c.weights_left);

  const Batch lhs(own, batches, m, k, lhs_order, c.lhs_type == OTTAVA_TYPE_F32 ? 4 : 1, own.chance(3));
  const Batch rhs(own, c.runtime_rhs ? batches : 1, k, n, rhs_order, 1, !c.runtime_rhs || own.chance(3));
  Batch dst(own, batches, m, n, dst_order, element_bytes(c.dst_type), false);
  std::vector<oracle::Matrix> lhs_values, rhs_values;
  std::vector<oracle::Rows> rows(batches);
  std::vector<float> row_scales;
  std::vector<std::int32_t> row_zeros;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    if (lhs.distinct(batch) == batch) {
      lhs_values.push_back(draw_lhs(own, c, lhs, batch, m, k, p.desc, &rows[batch]));
    } else {
      lhs_values.push_back(lhs_values[0]);
      if (c.lhs_type == OTTAVA_TYPE_F32) rows[batch] = rows[0];
    }
    const bool drawn = batch != 0 && (!c.runtime_rhs || rhs.distinct(batch) == 0);
    rhs_values.push_back(drawn ? rhs_values[0] : draw_rhs(own, c, rhs, batch, k, n));
    for (std::size_t row = 0; row < m; ++row) {
      row_scales.push_back(static_cast<float>(own.between(1, 4000)) / 170000.0f);
      row_zeros.push_back(static_cast<std::int32_t>(own.between(lowest(c.lhs_type), lowest(c.lhs_type) + 255)));
      if (c.row_scales) rows[batch].scales.push_back(row_scales.back());
      if (c.row_zeros) rows[batch].zero_points.push_back(row_zeros.back());
    }
  }
  if (!c.runtime_rhs) p.constants.rhs = rhs.first();
  p.desc.rhs_stride = c.runtime_rhs ? 0 : rhs.stride();

  ottava_error error = OTTAVA_ERROR_INIT;
  const auto require_ok = [&error](ottava_status status) {
    if (status == OTTAVA_OK) return;
    INFO("status " << status << ", " << error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  };
  ottava_matmul* matmul = nullptr;
  require_ok(ottava_matmul_create(context, &p.desc, &p.constants, &matmul, &error));
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  require_ok(ottava_matmul_query(matmul, static_cast<std::int64_t>(m), &info, &error));

  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  run.m = static_cast<std::int64_t>(m);
  run.batches = static_cast<std::int64_t>(batches);
  run.lhs_stride = lhs.stride();
  run.dst_stride = dst.stride();
  run.flags = c.accumulate ? OTTAVA_RUN_ACCUMULATE : 0;
  const auto place = [&own](const Batch& batch, const void** first, std::int64_t* stride,
                            const void* const** pointers) {
    if (own.chance(3)) {
      *pointers = const_cast<const void* const*>(batch.pointers());
    } else {
      *first = batch.first();
      *stride = batch.batch_stride();
    }
  };
  place(lhs, &operands.lhs, &run.lhs_batch_stride, &operands.lhs_matrices);
  if (c.runtime_rhs) {
    run.rhs_stride = rhs.stride();
    place(rhs, &operands.rhs, &run.rhs_batch_stride, &operands.rhs_matrices);
  }
  if (own.chance(3)) {
    operands.dst_matrices = dst.pointers();
  } else {
    operands.dst = dst.first();
    run.dst_batch_stride = dst.batch_stride();
  }
  if (c.row_scales) operands.lhs_scales = row_scales.data();
  if (c.row_zeros) operands.lhs_zero_points = row_zeros.data();

  std::size_t first_row = 0, part_rows = m, first_column = 0, part_columns = n;
  if (own.chance(3)) {
    first_row = draw(0, m - 1);
    part_rows = draw(1, m - first_row);
    first_column = draw(0, (n - 1) / info.column_granularity) * info.column_granularity;
    part_columns = draw(1, n - first_column);
    run.first_row = static_cast<std::int64_t>(first_row);
    run.rows = static_cast<std::int64_t>(part_rows);
    run.first_column = static_cast<std::int64_t>(first_column);
    run.columns = static_cast<std::int64_t>(part_columns);
  }
  std::unique_ptr<GuardedBuffer> workspace;
  const bool refused = c.accumulate && !c.can_accumulate();
  if (own.chance(8) && !refused) {
    require_ok(ottava_matmul_workspace(matmul, &run, &run.workspace_bytes, &error));
    workspace = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(run.workspace_bytes),
                                                own.chance(2) ? Side::lower : Side::upper, 64, draw(0, 63));
    operands.workspace = workspace->data();
  }
  const bool counting = own.chance(3);
  std::uint64_t saturated[2] = {77, 77};
  if (counting) operands.saturated = saturated;

  const std::vector<std::uint8_t> before = dst.bytes();
  std::vector<std::uint8_t> expected = before;
  oracle::Counts counts;
  const std::size_t bytes = element_bytes(c.dst_type);
  for (std::size_t batch = 0; batch < batches; ++batch) {
    oracle::Rows part;
    const auto pick = [&](auto& from, auto& to) {
      if (!from.empty())
        to.assign(from.begin() + static_cast<std::ptrdiff_t>(first_row),
                  from.begin() + static_cast<std::ptrdiff_t>(first_row + part_rows));
    };
    pick(rows[batch].zero_points, part.zero_points);
    pick(rows[batch].scales, part.scales);
    // A channel at a time, so that those outside the part are not counted.
    for (std::size_t channel = first_column; channel < first_column + part_columns; ++channel) {
      oracle::Matrix column;
      column.rows = static_cast<std::int64_t>(k);
      column.columns = 1;
      for (std::size_t d = 0; d < k; ++d) {
        column.values.push_back(rhs_values[batch].at(static_cast<std::int64_t>(d), static_cast<std::int64_t>(channel)));
      }
      oracle::Stage stage = p.stage;
      stage.rhs_scales = {p.stage.rhs_scales[channel]};
      if (!p.stage.integers.empty()) stage.integers = {p.stage.integers[channel]};
      if (!p.stage.bias.empty()) stage.bias = {p.stage.bias[channel]};
      if (!p.stage.bias_f32.empty()) stage.bias_f32 = {p.stage.bias_f32[channel]};
      oracle::Matrix previous;
      previous.rows = static_cast<std::int64_t>(part_rows);
      previous.columns = 1;
      for (std::size_t row = 0; row < part_rows; ++row) {
        std::int32_t held = 0;
        std::memcpy(&held, dst.at(batch, first_row + row, channel), bytes);
        previous.values.push_back(held);
      }
      const oracle::Matrix result =
          oracle::matmul(rows_of(lhs_values[batch], first_row, part_rows), p.desc.lhs_zero_point, column,
                         {p.rhs_zeros[channel]}, stage, part, c.accumulate ? &previous : nullptr, &counts);
      for (std::size_t row = 0; row < part_rows; ++row) {
        const std::int64_t y = activated(p, result.values[row]);
        const std::uint8_t* const at = dst.at(batch, first_row + row, channel);
        std::memcpy(expected.data() + (at - dst.begin()), &y, bytes);  // little-endian: the low bytes
      }
    }
  }

  const ottava_status status = ottava_matmul_execute(matmul, &run, &operands, &error);
  ottava_matmul_destroy(matmul);
  if (refused) {
    REQUIRE(status == OTTAVA_UNSUPPORTED);
    REQUIRE(std::string(error.message).find("does not go with") != std::string::npos);
    REQUIRE(dst.bytes() == before);
    return;
  }
  require_ok(status);
  if (workspace != nullptr) REQUIRE(workspace->check());
  if (counting) {
    REQUIRE(saturated[0] == counts.below);
    REQUIRE(saturated[1] == counts.above);
  }
  REQUIRE(dst.intact());
  const std::vector<std::uint8_t> after = dst.bytes();
  if (after == expected) return;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("m " << m << " n " << n << " k " << k << " batches " << batches << " byte " << i << " part " << first_row
              << " " << part_rows << " " << first_column << " " << part_columns);
    REQUIRE(static_cast<int>(after[i]) == static_cast<int>(expected[i]));
  }
}

}  // namespace ottava
