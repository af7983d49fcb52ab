#include "fuzz.h"
#include "support/oracle_values.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fuzz {

void fail(const std::string& words) {
  std::fprintf(stderr, "%s\n", words.c_str());
  std::abort();
}

std::int64_t Bytes::odd() {
  const std::int64_t edges[] = {0,
                                -1,
                                1,
                                -128,
                                255,
                                65535,
                                65536,
                                1 << 30,
                                INT32_MAX,
                                INT32_MIN,
                                std::int64_t{1} << 31,
                                std::int64_t{1} << 32,
                                std::int64_t{1} << 40,
                                INT64_MAX,
                                INT64_MIN,
                                0x7fc00000,   // floats: NaN,
                                0x7f800000,   // infinity,
                                0x00000001};  // the smallest above 0
  switch (below(4)) {
    case 0: return between(0, 255);
    case 1: return static_cast<std::int64_t>(bits(8));
    case 2: return static_cast<std::int64_t>(static_cast<std::uint64_t>(pick(edges)) + bits(1) - 2);
    default: return pick(edges);
  }
}

void harm(Bytes& bytes, void* structure, std::size_t size) {
  if (!bytes.chance(4)) return;
  for (std::int64_t times = bytes.between(1, 2); times > 0; --times) {
    const std::size_t at = 4 * bytes.below(static_cast<std::uint32_t>(size / 4));
    const std::size_t wanted = bytes.chance(2) ? 8 : 4;
    const std::int64_t value = bytes.odd();
    std::memcpy(static_cast<std::uint8_t*>(structure) + at, &value, std::min(wanted, size - at));
  }
}

namespace {

void* allocate(void*, std::uint64_t bytes, std::uint64_t alignment) {
  void* memory = nullptr;
  if (bytes > kMostBytes || posix_memalign(&memory, static_cast<std::size_t>(alignment), bytes) != 0) return nullptr;
  return memory;
}
void release(void*, void* memory, std::uint64_t) { std::free(memory); }

void backwards(void*, std::uint32_t count, ottava_task_fn fn, void* task) {
  for (std::uint32_t i = count; i != 0; --i) fn(task, i - 1);
}

ottava_context* make_context(std::uint32_t threads, std::uint32_t tier_cap) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = threads, options.tier_cap = tier_cap;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = allocate, host.release = release, host.parallel_for = backwards;
  ottava_context* context = nullptr;
  require(ottava_context_create(&options, &host, &context, nullptr) == OTTAVA_OK, "no context");
  return context;
}

}  // namespace

const ottava_context* context_of(Bytes& bytes) {
  static const ottava_context* const contexts[] = {make_context(1, OTTAVA_TIER_ANY), make_context(3, OTTAVA_TIER_ANY),
                                                   make_context(1, OTTAVA_TIER_PORTABLE),
                                                   make_context(3, OTTAVA_TIER_PORTABLE)};
  return bytes.pick(contexts);
}

void check_words(ottava_status status, const ottava_error& error) {
  require(error.status == status, "the error has another status");
  require(std::memchr(error.argument, 0, sizeof error.argument) != nullptr, "an argument without an end");
  require(std::memchr(error.message, 0, sizeof error.message) != nullptr, "a message without an end");
  require((error.message[0] == '\0') == (status == OTTAVA_OK), "a refusal without words, or words without a refusal");
  require((error.argument[0] == '\0') == (status == OTTAVA_OK), "a refusal that names no argument");
}

std::int64_t lowest(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 ? -128 : type == OTTAVA_TYPE_S16 ? -32768 : type == OTTAVA_TYPE_S32 ? INT32_MIN : 0;
}
std::int64_t highest(std::uint32_t type) { return type == OTTAVA_TYPE_U8 ? 255 : -1 - lowest(type); }
std::int64_t bytes_of(std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 || type == OTTAVA_TYPE_U8 ? 1 : type == OTTAVA_TYPE_S16 ? 2 : 4;
}

ottava_add_desc draw_addition(Bytes& bytes, std::uint32_t type, float scale) {
  ottava_add_desc desc = OTTAVA_ADD_DESC_INIT;
  const float ratios[] = {1.0f, 0.5f, 2.0f, 0.7f, 1.3f, 0.01f};
  desc.type = type;
  desc.flags = bytes.below(2), desc.arithmetic = bytes.below(3);
  desc.scale = scale * bytes.pick(ratios);
  desc.first_scale = scale * bytes.pick(ratios), desc.second_scale = scale * bytes.pick(ratios);
  const auto zero = [&] { return static_cast<std::int32_t>(draw_element(bytes.bits(2), type)); };
  desc.first_zero_point = zero(), desc.second_zero_point = zero(), desc.zero_point = zero();
  if (bytes.chance(2)) desc.clamp_min = 11, desc.clamp_max = 99;
  harm(bytes, &desc, sizeof desc);
  return desc;
}

oracle::Sum sum_of(const ottava_add_desc& desc, std::uint32_t type, float first_scale, std::int32_t first_zero_point) {
  const oracle::Adding ways[] = {oracle::Adding::tflite, oracle::Adding::qnnpack, oracle::Adding::xnnpack};
  oracle::Sum sum;
  sum.arithmetic = ways[desc.arithmetic], sum.subtract = desc.flags != 0;
  sum.first_zero_point = first_zero_point, sum.first_scale = first_scale;
  sum.second_zero_point = desc.second_zero_point, sum.second_scale = desc.second_scale;
  sum.zero_point = desc.zero_point, sum.scale = desc.scale;
  sum.clamp_min = desc.clamp_min == INT32_MIN ? lowest(type) : desc.clamp_min;
  sum.clamp_max = desc.clamp_max == INT32_MAX ? highest(type) : desc.clamp_max;
  return sum;
}

Output::Output(Bytes& bytes, std::int64_t channels) : numbers(OTTAVA_OUTPUT_INIT), addition(OTTAVA_ADD_DESC_INIT) {
  ottava_output& o = numbers.value;
  o.type = bytes.below(5) + 1;
  o.requantization = bytes.below(13);
  if (o.type == OTTAVA_TYPE_F32) o.requantization = OTTAVA_REQUANTIZE_NONE;
  if (o.type == OTTAVA_TYPE_S32 && bytes.chance(2)) o.requantization = OTTAVA_REQUANTIZE_NONE;
  const bool none = o.requantization == OTTAVA_REQUANTIZE_NONE;
  const bool shifts_alone = o.requantization >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR;
  const bool is_float = none || o.requantization == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  if (!is_float) o.parameters = shifts_alone ? OTTAVA_PARAMETERS_INTEGER : bytes.below(3);
  const float scales[] = {1.0f, 0.25f, 64.0f, 1000.0f, 0.37f, 1e-20f};
  if (!none) o.scale = bytes.pick(scales), o.zero_point = static_cast<std::int32_t>(bytes.between(0, 127));
  o.multiplier = static_cast<std::int32_t>(bytes.bits(4) & INT32_MAX);
  o.shift = static_cast<std::int32_t>(-bytes.between(0, 31));
  if (o.type != OTTAVA_TYPE_F32 && bytes.chance(3)) o.clamp_min = 3, o.clamp_max = 90;
  if (o.type == OTTAVA_TYPE_F32 && bytes.chance(3)) o.clamp_min_f32 = -50.0f, o.clamp_max_f32 = 6.5f;
  for (std::uint8_t& entry : table) entry = static_cast<std::uint8_t>(&entry - table + 91);
  if (o.type <= OTTAVA_TYPE_U8 && bytes.chance(4)) o.activation = OTTAVA_ACTIVATION_TABLE, o.table = table;
  if (o.type == OTTAVA_TYPE_S32 && bytes.chance(8)) {
    o.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, o.tanh_amplitude = 1 << 20;
  }
  if (o.type <= OTTAVA_TYPE_U8 && bytes.chance(4)) {
    addition.value = draw_addition(bytes, o.type, o.scale);
    o.addition = &addition.value;
  }
  harm(bytes, &o, offsetof(ottava_output, bias));
  if (channels < 0 || channels > kMostElements) return;

  const auto fill = [&](auto* array, auto value) {
    const std::uint64_t seed = bytes.bits(4) + 1;
    for (std::uint64_t n = 1; n <= static_cast<std::uint64_t>(channels); ++n) {
      array->push_back(value(seed * 0x9E3779B97F4A7C15u * n));
    }
    return array->data();
  };
  const auto any = [](std::uint64_t word) { return static_cast<std::int32_t>(word >> 32); };
  const auto small = [](std::uint64_t word) { return static_cast<std::int32_t>(word >> 32) % 5000; };
  if (bytes.chance(2)) o.bias = fill(&bias, small);
  if (is_float && bytes.chance(2)) {
    o.bias_f32 = fill(&bias_f32, [&](std::uint64_t word) { return static_cast<float>(small(word)) / 7.0f; });
  }
  if (o.parameters != OTTAVA_PARAMETERS_INTEGER || !bytes.chance(2)) return;
  o.multipliers = fill(&multipliers, [&](std::uint64_t word) { return any(word) & INT32_MAX; });
  o.shifts = fill(&shifts, [&](std::uint64_t word) { return any(word) % 10; });
  for (std::int32_t& shift : shifts) shift = -std::abs(shift);
}

oracle::Stage Output::stage(float lhs_scale, const std::vector<float>& rhs_scales) const {
  const ottava_output& o = numbers.value;
  oracle::Stage stage;
  stage.rule = ottava::oracle_rule(o.requantization);
  stage.output = ottava::oracle_output(o.type);
  stage.lhs_scale = lhs_scale, stage.rhs_scales = rhs_scales, stage.dst_scale = o.scale;
  stage.float_product = o.parameters == OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
  const bool is_power = o.requantization == OTTAVA_REQUANTIZE_POWER_OF_TWO;
  for (std::size_t n = 0; o.parameters == OTTAVA_PARAMETERS_INTEGER && n < rhs_scales.size(); ++n) {
    // The oracle's power of two counts as real scales do.
    stage.integers.push_back({o.multipliers != nullptr ? multipliers[n] : o.multiplier,
                              (o.shifts != nullptr ? shifts[n] : o.shift) + (is_power ? 1 : 0)});
  }
  stage.bias.assign(bias.begin(), bias.end());
  stage.bias_f32 = bias_f32;
  stage.zero_point = o.zero_point;
  stage.clamp_min = o.clamp_min == INT32_MIN ? lowest(o.type) : o.clamp_min;
  stage.clamp_max = o.clamp_max == INT32_MAX ? highest(o.type) : o.clamp_max;
  stage.clamp_min_f32 = o.clamp_min_f32, stage.clamp_max_f32 = o.clamp_max_f32;
  return stage;
}

std::int64_t Output::finished(std::int64_t result, std::int64_t second) const {
  const ottava_output& o = numbers.value;
  if (o.activation == OTTAVA_ACTIVATION_TABLE) {
    const std::uint8_t entry = table[static_cast<std::uint8_t>(result)];
    result = o.type == OTTAVA_TYPE_S8 ? static_cast<std::int8_t>(entry) : entry;
  }
  return adds() ? oracle::add(sum_of(addition.value, o.type, o.scale, o.zero_point), result, second) : result;
}

}  // namespace fuzz
