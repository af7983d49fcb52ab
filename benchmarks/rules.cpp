// A matmul under every rule and output type, and what is in reach around it: a table after it, a float lhs quantized
// before it; of 256 x 256 x 256, and of two shapes whose depths are so short that the output takes much of the time.
// Each is timed against all others of its tier and shape: they take turns, a slice at a time, so that whatever else the
// machine does hits all of them alike.
//
// The counter `ratio` is the median, over the turns, of the time of this one by that of the float rule with an 8-bit
// dst in the same turn; the time shown is the median of its own slices. u8 activations with a zero point, s8 weights,
// and bias, multiplier, shift or scale per channel.
#include "rules.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <vector>

#include "support.h"

namespace bench {
namespace {

struct Size {
  std::int64_t m, n, k;
};
const Size kSizes[] = {{256, 256, 256}, {12544, 96, 16}, {12544, 64, 32}};
constexpr int kTurns = 101;
constexpr double kSliceSeconds = 0.0004;

struct Named {
  const char* name;
  std::uint32_t value;
};
const Named kRules[] = {
    {"fixed_two_roundings", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS},
    {"fixed_two_roundings_saturating", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING},
    {"gemmlowp_by_fixed_point", OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT},
    {"fixed_one_rounding", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING},
    {"fixed_one_rounding_away", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY},
    {"fixed_acl_fused", OTTAVA_REQUANTIZE_FIXED_ACL_FUSED},
    {"fixed_16_bit_multiplier", OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER},
    {"power_of_two", OTTAVA_REQUANTIZE_POWER_OF_TWO},
    {"multiply_shift_floor", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR},
    {"multiply_shift_half_up", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP},
    {"multiply_shift_half_away", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY},
    {"float_nearest_even", OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN},
};
const Named kQuantizations[] = {
    {"divide", OTTAVA_QUANTIZE_DIVIDE},
    {"multiply", OTTAVA_QUANTIZE_MULTIPLY},
    {"tflite_symmetric", OTTAVA_QUANTIZE_TFLITE_SYMMETRIC},
    {"tflite_asymmetric", OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC},
    {"xnnpack", OTTAVA_QUANTIZE_XNNPACK},
    {"kleidiai", OTTAVA_QUANTIZE_KLEIDIAI},
    {"onnx_dynamic", OTTAVA_QUANTIZE_ONNX_DYNAMIC},
};
// A dst type, the bytes of an element, its range.
struct Dst {
  const char* name;
  std::uint32_t type;
  std::size_t bytes;
  double low, high;
};
const Dst kDsts[] = {{"s8", OTTAVA_TYPE_S8, 1, -128, 127},
                     {"s16", OTTAVA_TYPE_S16, 2, -32768, 32767},
                     {"s32", OTTAVA_TYPE_S32, 4, -2147483648.0, 2147483647.0},
                     {"f32", OTTAVA_TYPE_F32, 4, -INFINITY, INFINITY}};
constexpr int kF32 = 3;

// What all cases read.
struct Data {
  Size shape;
  std::vector<std::uint8_t> lhs;
  std::vector<float> lhs_f32;
  std::vector<std::int8_t> rhs;
  std::vector<float> scales;
  std::vector<std::int32_t> bias;
  std::vector<std::int32_t> multipliers, shifts;  // of the rules that multiply and shift
  std::vector<float> powers;                      // rhs scales for the rule that only shifts
  std::vector<float> bias_f32;
  std::uint8_t inverted[256];  // a table: the bits of its argument, inverted

  explicit Data(const Size& of) : shape(of) {
    Bytes bytes;
    for (std::size_t i = 0; i < elements(shape.m, shape.k); ++i) {
      lhs.push_back(bytes.next());
      lhs_f32.push_back(static_cast<float>(bytes.next() - 117) * 0.0131f + static_cast<float>(bytes.next()) * 1e-4f);
    }
    for (std::size_t i = 0; i < elements(shape.k, shape.n); ++i) rhs.push_back(static_cast<std::int8_t>(bytes.next()));
    for (std::int64_t n = 0; n < shape.n; ++n) {
      scales.push_back(0.0001f + 0.000001f * static_cast<float>(bytes.next()));
      bias.push_back(bytes.next() * 16);
      multipliers.push_back(128 + bytes.next() % 128);
      shifts.push_back(-17 - bytes.next() % 3);
      powers.push_back(0x1p-9f / static_cast<float>(1 << bytes.next() % 3));
      bias_f32.push_back(0.01f * static_cast<float>(bytes.next()));
    }
    for (int i = 0; i < 256; ++i) inverted[i] = static_cast<std::uint8_t>(~i);
  }
};

// One thing to time.
struct Case {
  std::string name;
  Dst dst_type;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  bool table = false;
  Matmul matmul;
  std::vector<std::uint8_t> workspace;
  std::vector<std::uint8_t> dst;
  std::vector<double> slices;  // seconds of one run, by turn
  bool wrong = false;

  void run(const Data& data) {
    const void* lhs =
        desc.lhs_type == OTTAVA_TYPE_F32 ? static_cast<const void*>(data.lhs_f32.data()) : data.lhs.data();
    const ottava_status status = ottava_matmul_run(matmul.get(), data.shape.m, lhs, 0, dst.data(), 0, workspace.data(),
                                                   workspace.size(), nullptr);
    if (status != OTTAVA_OK) fail("a run failed");
  }
};

Case new_case(const Data& data, const std::string& name, const Dst& dst) {
  Case c;
  c.name = name;
  c.dst_type = dst;
  c.desc.n = data.shape.n;
  c.desc.k = data.shape.k;
  c.desc.lhs_type = OTTAVA_TYPE_U8;
  c.desc.lhs_zero_point = 117;
  c.output.type = dst.type;
  c.output.requantization = OTTAVA_REQUANTIZE_NONE;
  c.constants.rhs = data.rhs.data();
  c.constants.rhs_scales = data.scales.data();
  c.output.bias = data.bias.data();
  return c;
}

Case rule_case(const Data& data, const Named& rule, const Dst& dst) {
  Case c = new_case(data, std::string(dst.name) + "/" + rule.name, dst);
  c.output.requantization = rule.value;
  c.output.zero_point = dst.type == OTTAVA_TYPE_S8 ? -3 : 0;  // wider types are symmetric
  c.output.scale = 0.3f;
  if (rule.value == OTTAVA_REQUANTIZE_POWER_OF_TWO) {
    c.output.scale = 1.0f;
    c.constants.rhs_scales = data.powers.data();
  } else if (std::strncmp(rule.name, "multiply_shift", 14) == 0) {
    c.output.parameters = OTTAVA_PARAMETERS_INTEGER;
    c.constants.rhs_scales = nullptr;
    c.output.multipliers = data.multipliers.data();
    c.output.shifts = data.shifts.data();
  }
  return c;
}

Case float_case(const Data& data, const std::string& name) {
  Case c = new_case(data, name, kDsts[kF32]);
  c.output.bias = nullptr;
  c.output.bias_f32 = data.bias_f32.data();
  return c;
}

std::vector<Case> all_cases(const Data& data) {
  std::vector<Case> cases;
  for (int i = 0; i < kF32; ++i) {
    for (const Named& rule : kRules) cases.push_back(rule_case(data, rule, kDsts[i]));
  }
  cases.push_back(new_case(data, "s32/none", kDsts[2]));
  cases.push_back(float_case(data, "f32/none"));
  for (const Named& rule : kRules) {
    if (rule.value != OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS && rule.value != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN)
      continue;
    cases.push_back(rule_case(data, rule, kDsts[0]));
    cases.back().name = std::string("s8/table_after_") + rule.name;
    cases.back().table = true;
    cases.back().output.activation = OTTAVA_ACTIVATION_TABLE;
    cases.back().output.table = data.inverted;
  }
  for (const Named& quantization : kQuantizations) {
    cases.push_back(float_case(data, std::string("f32_from_f32/") + quantization.name));
    ottava_matmul_desc& desc = cases.back().desc;
    desc.lhs_type = OTTAVA_TYPE_F32;
    desc.lhs_quantization = quantization.value;
    desc.lhs_scale = 0.0131f;
    desc.lhs_zero_point = -11;
  }
  return cases;
}

// The lhs as the integers less their zero point, and the scale of each row. A float lhs is quantized by the function
// for tensors.
struct Integers {
  std::vector<int> values;
  std::vector<float> scales;
};
Integers integers_of(const ottava_context* context, const Data& data, const ottava_matmul_desc& desc) {
  Integers result;
  const Size& shape = data.shape;
  result.scales.assign(static_cast<std::size_t>(shape.m), desc.lhs_scale);
  if (desc.lhs_type != OTTAVA_TYPE_F32) {
    for (std::uint8_t value : data.lhs) result.values.push_back(value - desc.lhs_zero_point);
    return result;
  }
  std::vector<std::uint8_t> values(data.lhs_f32.size());
  std::vector<std::int32_t> zero_points(static_cast<std::size_t>(shape.m), desc.lhs_zero_point);
  ottava_error error = OTTAVA_ERROR_INIT;
  const std::int64_t count = shape.m * shape.k;
  const std::uint32_t rule = desc.lhs_quantization;
  if (rule == OTTAVA_QUANTIZE_DIVIDE || rule == OTTAVA_QUANTIZE_MULTIPLY) {
    check(ottava_quantize(context, rule, OTTAVA_TYPE_S8, desc.lhs_scale, desc.lhs_zero_point, count,
                          data.lhs_f32.data(), values.data(), &error),
          error);
  } else {
    check(ottava_quantize_rows(context, rule, shape.m, shape.k, data.lhs_f32.data(), 0, values.data(), 0,
                               result.scales.data(), zero_points.data(), &error),
          error);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int value = rule == OTTAVA_QUANTIZE_ONNX_DYNAMIC ? values[i] : static_cast<std::int8_t>(values[i]);
    result.values.push_back(value - zero_points[i / static_cast<std::size_t>(shape.k)]);
  }
  return result;
}

double element_of(const Case& c, std::size_t at) {
  const std::uint8_t* from = c.dst.data() + at * c.dst_type.bytes;
  const auto read = [from](auto value) {
    std::memcpy(&value, from, sizeof value);
    return static_cast<double>(value);
  };
  if (c.output.type == OTTAVA_TYPE_S8) return c.table ? -1.0 - read(std::int8_t{}) : read(std::int8_t{});
  if (c.output.type == OTTAVA_TYPE_S16) return read(std::int16_t{});
  return c.output.type == OTTAVA_TYPE_S32 ? read(std::int32_t{}) : read(float{});
}

// A few elements by the plain formula in double; how each rule rounds is proven by the tests.
bool spot_check(const ottava_context* context, const Data& data, const Case& c) {
  const Integers lhs = integers_of(context, data, c.desc);
  const Size& shape = data.shape;
  for (std::int64_t probe = 0; probe < 64; ++probe) {
    const std::int64_t m = probe * 7919 % shape.m;
    const std::size_t n = static_cast<std::size_t>(probe * 104729 % shape.n);
    std::int64_t sum = c.output.bias != nullptr ? data.bias[n] : 0;
    for (std::int64_t k = 0; k < shape.k; ++k) {
      sum += lhs.values[elements(m, shape.k) + static_cast<std::size_t>(k)] * data.rhs[elements(k, shape.n) + n];
    }
    double factor = 1.0;
    if (c.output.multipliers != nullptr) {
      factor = std::ldexp(static_cast<double>(data.multipliers[n]), data.shifts[n]);
    } else if (c.name != "s32/none") {
      factor = static_cast<double>(lhs.scales[static_cast<std::size_t>(m)]) *
               static_cast<double>(c.constants.rhs_scales[n]) / static_cast<double>(c.output.scale);
    }
    double exact = static_cast<double>(sum) * factor + c.output.zero_point;
    if (c.output.bias_f32 != nullptr) exact += static_cast<double>(data.bias_f32[n]);
    const double bounded = std::min(std::max(exact, c.dst_type.low), c.dst_type.high);
    const bool rounded = c.output.requantization != OTTAVA_REQUANTIZE_NONE;
    const double relative = c.output.requantization == OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER ? 0x1p-15
                            : rounded || c.output.type == OTTAVA_TYPE_F32                        ? 0x1p-20
                                                                                                 : 0.0;
    const double tolerance = (rounded ? 1.0 : 0.0) + relative * std::max(std::fabs(exact), 1.0);
    const std::size_t at = elements(m, shape.n) + n;
    if (!(std::fabs(element_of(c, at) - bounded) <= tolerance)) return false;
  }
  return true;
}

double seconds_of(Case* c, const Data& data, int runs) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < runs; ++i) {
    c->run(data);
    benchmark::ClobberMemory();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / runs;
}

// All cases of one tier and shape, measured together when the first of them is asked for.
class RuleComparison {
 public:
  RuleComparison(std::uint32_t tier, const Size& shape) : tier_(tier), data_(shape), cases_(all_cases(data_)) {
    while (cases_[reference_].name != "s8/float_nearest_even") ++reference_;
  }

  std::size_t size() const { return cases_.size(); }
  const std::string& name(std::size_t i) const { return cases_[i].name; }

  void report(benchmark::State& state, std::size_t i) {
    if (!context_) measure();
    const Case& c = cases_[i];
    if (c.wrong) {
      state.SkipWithError("wrong result");
      return;
    }
    const double seconds = median(c.slices);
    for (auto _ : state) state.SetIterationTime(seconds);
    std::vector<double> ratios;
    for (std::size_t turn = 0; turn < c.slices.size(); ++turn) {
      ratios.push_back(c.slices[turn] / cases_[reference_].slices[turn]);
    }
    state.counters["ratio"] = median(ratios);
  }

 private:
  void prepare(Case* c) {
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul* matmul = nullptr;
    check(ottava_matmul_create(context_.get(), &c->desc, &c->output, &c->constants, &matmul, &error), error);
    c->matmul.reset(matmul);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    check(ottava_matmul_query(matmul, data_.shape.m, &info, &error), error);
    c->workspace.resize(static_cast<std::size_t>(info.workspace_bytes));
    c->dst.assign(elements(data_.shape.m, data_.shape.n) * c->dst_type.bytes, 0x55);
    c->run(data_);
    c->wrong = !spot_check(context_.get(), data_, *c);
  }

  void measure() {
    context_ = make_context(tier_, 1);
    for (Case& c : cases_) prepare(&c);
    const double once = seconds_of(&cases_[0], data_, 3);
    const int runs = std::max(1, static_cast<int>(kSliceSeconds / once));
    for (int turn = 0; turn < kTurns; ++turn) {
      for (Case& c : cases_) {
        c.run(data_);  // brings its own memory into the cache
        c.slices.push_back(seconds_of(&c, data_, runs));
      }
    }
  }

  std::uint32_t tier_;
  Data data_;
  std::vector<Case> cases_;
  Context context_;
  std::size_t reference_ = 0;
};

}  // namespace

std::uint32_t rule_of(const std::string& name) {
  std::string all;
  for (const Named& rule : kRules) {
    if (name == rule.name) return rule.value;
    all += std::string(" ") + rule.name;
  }
  fail("no rule " + name + "; there are" + all);
}

void register_rules(const std::string& tier_name, std::uint32_t tier) {
  for (const Size& shape : kSizes) {
    const auto comparison = std::make_shared<RuleComparison>(tier, shape);
    const std::string group = "rules/" + tier_name + "/" + std::to_string(shape.m) + "x" + std::to_string(shape.n) +
                              "x" + std::to_string(shape.k) + "/";
    for (std::size_t i = 0; i < comparison->size(); ++i) {
      auto* timed =
          benchmark::RegisterBenchmark((group + comparison->name(i)).c_str(),
                                       [comparison, i](benchmark::State& state) { comparison->report(state, i); });
      timed->UseManualTime();
      timed->Iterations(1);
      timed->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace bench
