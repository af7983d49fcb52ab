#include "operator_case.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <sstream>

#include "catch.h"
#include "fitting_weights.h"
#include "oracle_values.h"

namespace ottava {
namespace {

std::int64_t lowest(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 ? -128 : type == OTTAVA_TYPE_S16 ? -32768 : type == OTTAVA_TYPE_S32 ? INT32_MIN : 0;
}
std::int64_t highest(std::uint32_t type) { return type == OTTAVA_TYPE_U8 ? 255 : -1 - lowest(type); }
bool is_8bit_type(std::uint32_t type) { return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8; }
bool is_quantized_type(std::uint32_t type) { return is_8bit_type(type) || type == OTTAVA_TYPE_S16; }
std::int64_t element_bytes(std::uint32_t type) { return is_8bit_type(type) ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4; }
bool is_multiply_shift_rule(std::uint32_t rule) { return rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR; }

// A matrix in guarded memory, as the C ABI takes it.
class Placed {
 public:
  Placed(std::int64_t rows, std::int64_t columns, std::uint32_t order, std::int64_t gap, bool negative,
         std::int64_t bytes, Side side)
      : by_row_(order == OTTAVA_ORDER_ROW), bytes_(bytes) {
    outer_ = by_row_ ? rows : columns;
    inner_ = by_row_ ? columns : rows;
    step_ = inner_ + gap;
    const std::int64_t elements = outer_ == 0 || inner_ == 0 ? 0 : (outer_ - 1) * step_ + inner_;
    // Alignment 1: elements of any type may lie anywhere.
    memory_ = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(elements * bytes), side);
    negative_ = negative && outer_ > 1 && inner_ > 0;
  }

  std::uint8_t* first() { return memory_->data() + (negative_ ? (outer_ - 1) * step_ * bytes_ : 0); }
  // 0 (dense) where that says the same, so that it is exercised too.
  std::int64_t stride() const { return negative_ ? -step_ : step_ == inner_ ? 0 : step_; }
  std::uint8_t* at(std::int64_t row, std::int64_t column) {
    const std::int64_t o = by_row_ ? row : column;
    const std::int64_t i = by_row_ ? column : row;
    return first() + (o * (negative_ ? -step_ : step_) + i) * bytes_;
  }
  GuardedBuffer& memory() { return *memory_; }

 private:
  bool by_row_;
  bool negative_;
  std::int64_t outer_, inner_, step_, bytes_;
  std::unique_ptr<GuardedBuffer> memory_;
};

std::int64_t draw(Random& random, std::uint32_t type, Content content, bool is_lhs) {
  const std::int64_t low = lowest(type);
  if (content == Content::lowest) return low;
  if (content == Content::opposite) return low + (is_lhs ? 255 : 0);
  if (content == Content::extremes) return low + (random.chance(2) ? 0 : 255);
  return random.between(low, low + 255);
}

oracle::Matrix fill(Random& random, Placed& placed, std::int64_t rows, std::int64_t columns, std::uint32_t type,
                    Content content, bool is_lhs, Weights wants = Weights::any) {
  for (std::size_t i = 0; i < placed.memory().size(); ++i)
    placed.memory().data()[i] = static_cast<std::uint8_t>(random.bits());
  oracle::Matrix matrix;
  matrix.rows = rows;
  matrix.columns = columns;
  matrix.values.reserve(static_cast<std::size_t>(rows * columns));  // a microcontroller has no room to grow it
  for (std::int64_t i = 0; i < rows * columns; ++i) matrix.values.push_back(draw(random, type, content, is_lhs));
  const std::int64_t middle = lowest(type) + 128;  // 0 of canonical weights
  for (std::int64_t i = 0; wants != Weights::any && i < rows * columns; ++i) {
    if (i / columns % 2 != 0) continue;
    std::int64_t none = middle;
    std::int64_t& first = matrix.values[static_cast<std::size_t>(i)];
    std::int64_t& second = i + columns < rows * columns ? matrix.values[static_cast<std::size_t>(i + columns)] : none;
    first -= middle, second -= middle;
    make_fit(wants, &first, &second);
    first += middle, second += middle;
  }
  for (std::int64_t i = 0; i < rows * columns; ++i) {
    *placed.at(i / columns, i % columns) = static_cast<std::uint8_t>(matrix.values[static_cast<std::size_t>(i)]);
  }
  placed.memory().make_read_only();
  return matrix;
}

// Integer parameters of one channel as a system would write them, near 2^power.
struct Integers {
  std::int32_t multiplier, shift;
};
Integers draw_integers(Random& random, std::uint32_t rule, std::int64_t power) {
  const auto bounded = [](std::int64_t x, std::int64_t low, std::int64_t high) {
    return static_cast<std::int32_t>(x < low ? low : x > high ? high : x);
  };
  if (rule == OTTAVA_REQUANTIZE_POWER_OF_TWO) return {0, bounded(power, -32, 29)};
  if (is_multiply_shift_rule(rule)) {
    const std::int32_t shift = bounded(power - 5, -31, 0);
    return {static_cast<std::int32_t>(random.between(-40, 80)), shift};
  }
  const std::int64_t low = random.chance(4) ? 0 : std::int64_t{1} << 30;  // also multipliers that no scale yields
  const std::int32_t multiplier = static_cast<std::int32_t>(random.between(low, INT32_MAX));
  return {multiplier, bounded(power + 1, -31, rule == OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT ? 0 : 30)};
}

void require_ok(ottava_status status, const ottava_error& error) {
  INFO("status " << status << ", " << error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
}

std::vector<std::uint8_t> execute(const ottava_context* context, const OperatorCase& c, bool compare) {
  INFO(c.describe());
  Random random(c.seed);
  Placed lhs(c.m, c.k, c.lhs_order, c.lhs_gap, c.lhs_negative, 1, c.side);
  Placed rhs(c.k, c.n, c.rhs_order, c.rhs_gap, c.rhs_negative, 1, c.side);
  Placed dst(c.m, c.n, c.dst_order, c.dst_gap, c.dst_negative, element_bytes(c.dst_type), c.side);
  const oracle::Matrix lhs_values = fill(random, lhs, c.m, c.k, c.lhs_type, c.content, true);
  const oracle::Matrix rhs_values = fill(random, rhs, c.k, c.n, c.rhs_type, c.content, false, c.weights);
  for (std::size_t i = 0; i < dst.memory().size(); ++i)
    dst.memory().data()[i] = static_cast<std::uint8_t>(random.bits());
  const std::vector<std::uint8_t> dst_before(dst.memory().data(), dst.memory().data() + dst.memory().size());

  // Per-channel constants, with the per-tensor value repeated where there is none.
  oracle::Stage stage;
  std::vector<std::int64_t> rhs_zeros;
  std::vector<std::int32_t> zero_points, bias;
  std::vector<float> scales, bias_f32;
  const float rhs_scale = 0.6f;  // no scale a power of two: each rounding of their product shows
  for (std::int64_t channel = 0; channel < c.n; ++channel) {
    const std::int64_t low = lowest(c.rhs_type);
    const std::int64_t zero = c.per_channel_zero ? random.between(low, low + 255) : c.rhs_zero;
    rhs_zeros.push_back(zero);
    zero_points.push_back(static_cast<std::int32_t>(zero));
    const float wobble = static_cast<float>(random.between(1, 4000)) / 2000.0f;
    stage.rhs_scales.push_back(c.per_channel_scale ? rhs_scale * wobble : rhs_scale);
    bias.push_back(static_cast<std::int32_t>(random.between(-100000, 100000)));
    bias_f32.push_back(static_cast<float>(random.between(-1000, 1000)) / 7.0f);
  }
  scales = stage.rhs_scales;
  std::vector<std::int32_t> multipliers, shifts;
  for (std::int64_t channel = 0; c.integer_parameters && channel < c.n; ++channel) {
    if (channel == 0 || c.per_channel_scale) {
      Integers drawn = draw_integers(random, c.rule, static_cast<std::int64_t>(std::ilogb(c.factor)));
      if (!c.per_channel_scale && drawn.multiplier == 0) drawn.multiplier = 1;  // one of 0 for all channels is refused
      multipliers.push_back(drawn.multiplier);
      shifts.push_back(drawn.shift);
    } else {
      multipliers.push_back(multipliers[0]);
      shifts.push_back(shifts[0]);
    }
    // The oracle's power of two counts as real scales do.
    const bool power = c.rule == OTTAVA_REQUANTIZE_POWER_OF_TWO;
    stage.integers.push_back({multipliers.back(), shifts.back() + (power ? 1 : 0)});
  }
  // The float rule takes either bias.
  const bool f32 =
      c.dst_type == OTTAVA_TYPE_F32 || (c.rule == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN && random.chance(2));
  stage.rule = oracle_rule(c.rule);
  stage.output = oracle_output(c.dst_type);
  // The power-of-two rule wants an effective scale that is exact.
  const bool exact = c.rule == OTTAVA_REQUANTIZE_POWER_OF_TWO;
  if (exact) std::fill(stage.rhs_scales.begin(), stage.rhs_scales.end(), 0.5f);
  if (exact) scales = stage.rhs_scales;
  stage.lhs_scale = exact ? 0.25f : 0.3f;
  stage.dst_scale = is_quantized_type(c.dst_type) ? (exact ? 0.125f : 0.17f) / c.factor : 1.0f;
  stage.zero_point = c.dst_zero;
  stage.clamp_min = c.clamp_min == INT32_MIN ? lowest(c.dst_type) : c.clamp_min;
  stage.clamp_max = c.clamp_max == INT32_MAX ? highest(c.dst_type) : c.clamp_max;
  stage.clamp_min_f32 = c.clamp_min_f32;
  stage.clamp_max_f32 = c.clamp_max_f32;
  if (c.biased && f32) stage.bias_f32 = bias_f32;
  if (c.biased && !f32) stage.bias.assign(bias.begin(), bias.end());

  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  desc.flags = c.allow_wrap ? OTTAVA_MATMUL_ALLOW_WRAP : 0;
  desc.n = c.n;
  desc.k = c.k;
  desc.rhs_stride = rhs.stride();
  desc.lhs_type = c.lhs_type;
  desc.lhs_order = c.lhs_order;
  desc.lhs_zero_point = c.lhs_zero;
  desc.lhs_scale = stage.lhs_scale;
  desc.rhs_type = c.rhs_type;
  desc.rhs_order = c.rhs_order;
  desc.rhs_zero_point = c.rhs_zero;
  desc.rhs_scale = exact ? 0.5f : rhs_scale;
  output.type = c.dst_type;
  desc.dst_order = c.dst_order;
  output.zero_point = c.dst_zero;
  output.scale = stage.dst_scale;
  output.requantization = c.rule;
  output.clamp_min = c.clamp_min;
  output.clamp_max = c.clamp_max;
  output.clamp_min_f32 = c.clamp_min_f32;
  output.clamp_max_f32 = c.clamp_max_f32;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  if (c.integer_parameters) {
    output.parameters = OTTAVA_PARAMETERS_INTEGER;
    output.multiplier = multipliers.empty() ? 0 : multipliers[0];
    output.shift = shifts.empty() ? 0 : shifts[0];
    output.multipliers = c.per_channel_scale ? multipliers.data() : nullptr;
    output.shifts = c.per_channel_scale ? shifts.data() : nullptr;
  }
  constants.rhs = rhs.first();
  constants.rhs_scales = c.per_channel_scale ? scales.data() : nullptr;
  constants.rhs_zero_points = c.per_channel_zero ? zero_points.data() : nullptr;
  output.bias = c.biased && !f32 ? bias.data() : nullptr;
  output.bias_f32 = c.biased && f32 ? bias_f32.data() : nullptr;

  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  const std::size_t misalignment = static_cast<std::size_t>(random.between(0, 63));
  std::unique_ptr<GuardedBuffer> handle_memory;
  if (c.in_caller_memory) {
    std::uint64_t bytes = 0;
    require_ok(ottava_matmul_size(context, &desc, &output, &bytes, &error), error);
    handle_memory = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(bytes), c.side, 64, misalignment);
    require_ok(
        ottava_matmul_init_at(handle_memory->data(), bytes, context, &desc, &output, &constants, &matmul, &error),
        error);
    REQUIRE(handle_memory->check());
    handle_memory->make_read_only();  // handles are immutable
  } else {
    require_ok(ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error), error);
  }
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  if (c.way != Way::direct) kept = send_through_file(context, c.way, c.in_caller_memory, &matmul);
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  const ottava_status queried = ottava_matmul_query(matmul, c.m, &info, &error);
  if (c.way != Way::bound || queried != OTTAVA_UNSUPPORTED) require_ok(queried, error);
  GuardedBuffer workspace(static_cast<std::size_t>(info.workspace_bytes), c.side, 64, misalignment);
  void* scratch = c.with_workspace && info.workspace_bytes != 0 ? workspace.data() : nullptr;
  require_ok(ottava_matmul_run(matmul, c.m, lhs.first(), lhs.stride(), dst.first(), dst.stride(), scratch,
                               info.workspace_bytes, &error),
             error);
  ottava_matmul_destroy(matmul);
  REQUIRE(dst.memory().check());
  REQUIRE(workspace.check());

  // Take the elements out, and put the old bytes back: then nothing else may differ.
  std::vector<std::uint8_t> elements;
  const std::size_t bytes = static_cast<std::size_t>(element_bytes(c.dst_type));
  for (std::int64_t row = 0; row < c.m; ++row) {
    for (std::int64_t column = 0; column < c.n; ++column) {
      std::uint8_t* element = dst.at(row, column);
      elements.insert(elements.end(), element, element + bytes);
      memcpy(element, dst_before.data() + (element - dst.memory().data()), bytes);
    }
  }
  REQUIRE((dst_before.empty() || memcmp(dst.memory().data(), dst_before.data(), dst_before.size()) == 0));

  if (!compare) return elements;
  const oracle::Matrix expected = oracle::matmul(lhs_values, c.lhs_zero, rhs_values, rhs_zeros, stage);
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    std::int64_t value;
    if (bytes == 1) {
      value = c.dst_type == OTTAVA_TYPE_S8 ? static_cast<std::int8_t>(elements[i]) : elements[i];
    } else if (bytes == 2) {
      std::int16_t stored;
      memcpy(&stored, elements.data() + i * 2, 2);
      value = stored;
    } else {
      std::int32_t stored;
      memcpy(&stored, elements.data() + i * 4, 4);
      value = stored;
    }
    if (value != expected.values[i]) {
      INFO("kernel " << info.kernel << " row " << static_cast<std::int64_t>(i) / c.n << " channel "
                     << static_cast<std::int64_t>(i) % c.n);
      REQUIRE(value == expected.values[i]);
    }
  }
  return elements;
}

}  // namespace

std::string OperatorCase::describe() const {
  std::ostringstream words;
  words << m << "x" << k << "x" << n << " lhs " << lhs_type << (lhs_order ? "col" : "row") << " zero " << lhs_zero
        << " gap " << lhs_gap << (lhs_negative ? " negative" : "") << " rhs " << rhs_type << (rhs_order ? "col" : "row")
        << " zero " << rhs_zero << (per_channel_zero ? " per channel" : "") << " gap " << rhs_gap
        << (rhs_negative ? " negative" : "") << " dst " << dst_type << (dst_order ? "col" : "row") << " zero "
        << dst_zero << " gap " << dst_gap << (dst_negative ? " negative" : "") << " rule " << rule
        << (integer_parameters ? " integer" : "") << (per_channel_scale ? " per channel" : "") << " factor " << factor
        << " clamp " << clamp_min << ".." << clamp_max << (biased ? " biased" : "") << " content "
        << static_cast<int>(content) << " side " << static_cast<int>(side) << " way " << static_cast<int>(way)
        << " seed " << seed;
  return words.str();
}

OperatorCase random_case(Random& random, std::int64_t m, std::int64_t n, std::int64_t k) {
  const std::vector<std::uint32_t> bytes = {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8};
  OperatorCase c;
  c.m = m;
  c.n = n;
  c.k = k;
  c.lhs_type = random.pick(bytes);
  c.rhs_type = random.pick(bytes);
  c.dst_type = random.pick(std::vector<std::uint32_t>{OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S8, OTTAVA_TYPE_U8,
                                                      OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32});
  c.lhs_order = static_cast<std::uint32_t>(random.between(0, 1));
  c.rhs_order = static_cast<std::uint32_t>(random.between(0, 1));
  c.dst_order = static_cast<std::uint32_t>(random.between(0, 1));
  c.lhs_gap = random.chance(2) ? 0 : random.between(1, 9);
  c.rhs_gap = random.chance(2) ? 0 : random.between(1, 9);
  c.dst_gap = random.chance(2) ? 0 : random.between(1, 9);
  c.lhs_negative = random.chance(4);
  c.rhs_negative = random.chance(4);
  c.dst_negative = random.chance(4);
  const auto zero = [&random](std::uint32_t type) -> std::int32_t {
    const std::int64_t low = lowest(type), high = highest(type);
    switch (random.between(0, 4)) {
      case 0: return 0;
      case 1: return static_cast<std::int32_t>(low);
      case 2: return static_cast<std::int32_t>(high);
      case 3: return static_cast<std::int32_t>((low + high + 1) / 2);
      default: return static_cast<std::int32_t>(random.between(low, high));
    }
  };
  c.lhs_zero = zero(c.lhs_type);
  c.rhs_zero = zero(c.rhs_type);
  c.per_channel_zero = random.chance(4);
  c.per_channel_scale = random.chance(2);
  c.biased = random.chance(2);
  if (is_quantized_type(c.dst_type)) {
    c.dst_zero = zero(c.dst_type);
    c.rule = static_cast<std::uint32_t>(
        random.between(OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS, OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY));
    if (random.chance(3)) {
      c.clamp_min = static_cast<std::int32_t>(random.between(lowest(c.dst_type), highest(c.dst_type)));
      c.clamp_max = static_cast<std::int32_t>(random.between(c.clamp_min, highest(c.dst_type)));
      if (c.clamp_min == 0 && c.clamp_max == 0) c.clamp_max = 1;  // what a structure of zeros has is refused
    }
  } else {
    c.rule = OTTAVA_REQUANTIZE_NONE;
    if (random.chance(3) && c.dst_type == OTTAVA_TYPE_S32) c.clamp_min = 0;
    if (random.chance(3) && c.dst_type == OTTAVA_TYPE_F32) {
      c.clamp_min_f32 = 0.0f;
      c.clamp_max_f32 = 600.0f;
    }
  }
  const std::vector<float> factors = {1e-6f, 0.0001f, 0.003f, 0.01f, 0.25f, 0.5f, 0.99999994f, 1.0f, 1.7f, 64.0f};
  c.factor = random.pick(factors);
  c.integer_parameters =
      c.rule != OTTAVA_REQUANTIZE_NONE && c.rule != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN && random.chance(2);
  c.integer_parameters = c.integer_parameters || is_multiply_shift_rule(c.rule);
  // What these two ask of real scales.
  if (c.rule == OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT && c.factor > 0.25f) c.factor = 0.25f;
  if (c.rule == OTTAVA_REQUANTIZE_POWER_OF_TWO) {
    c.factor = std::ldexp(1.0f, static_cast<int>(random.between(-20, 3)));
    c.per_channel_scale = c.per_channel_scale && c.integer_parameters;
  }
  c.in_caller_memory = random.chance(3);
  c.with_workspace = !random.chance(4);
  c.content = random.chance(4) ? Content::extremes : Content::random;
  c.side = random.chance(2) ? Side::upper : Side::lower;
  c.seed = random.bits();
  return c;
}

std::vector<std::uint8_t> check_case(const ottava_context* context, const OperatorCase& c) {
  return execute(context, c, true);
}
std::vector<std::uint8_t> run_case(const ottava_context* context, const OperatorCase& c) {
  return execute(context, c, false);
}

}  // namespace ottava
