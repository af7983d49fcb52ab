// Where int32 stops being exact: depths, weights and biases, each at its last accepted value and one beyond.
#include <algorithm>
#include <utility>

#include "sound_desc.h"
#include "support.h"

using namespace ottava;

namespace {

// One channel of depth k, and the largest of which the types and zero points alone show that int32 holds it.
struct Deep {
  std::uint32_t lhs_type, rhs_type;
  std::int32_t lhs_zero, rhs_zero;
  std::int64_t last_exact_k;
};

// Whether some lhs drives a sum of k equal weights out of int32.
bool overflows(const Deep& deep, std::int64_t k, std::int32_t weight) {
  const bool is_unsigned = deep.lhs_type == OTTAVA_TYPE_U8;
  for (const std::int32_t lhs : {is_unsigned ? 0 : -128, is_unsigned ? 255 : 127}) {
    const std::int64_t sum = k * (lhs - deep.lhs_zero) * (weight - deep.rhs_zero);
    if (sum > INT32_MAX || sum < INT32_MIN) return true;
  }
  return false;
}

ottava_matmul_desc deep_desc(const Deep& deep, std::int64_t k) {
  ottava_matmul_desc desc = sound_desc(1, k);
  desc.lhs_type = deep.lhs_type;
  desc.rhs_type = deep.rhs_type;
  desc.lhs_zero_point = deep.lhs_zero;
  desc.rhs_zero_point = deep.rhs_zero;
  return desc;
}

}  // namespace

TEST_CASE("errors: the last exact depth, and one more", "[errors]") {
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8;
  // floor((2^31 - 1) / largest product) or floor(2^31 / magnitude of the smallest), whichever is less.
  const Deep deeps[] = {
      {s8, s8, 0, 0, 131071},       // -128 * -128 = 16384
      {u8, u8, 0, 0, 33025},        // 255 * 255 = 65025
      {s8, u8, 0, 0, 65793},        // -128 * 255 = -32640
      {u8, s8, 0, 0, 65793},        // 255 * -128
      {u8, u8, 128, 128, 131071},   // -128 * -128
      {u8, u8, 255, 255, 33025},    // -255 * -255
      {u8, u8, 0, 255, 33025},      // 255 * -255 = -65025
      {s8, s8, -128, -128, 33025},  // 255 * 255
      {s8, s8, 127, -128, 33025},   // -255 * 255
      {s8, s8, 127, 0, 65793},      // -255 * -128 = 32640
      {s8, u8, 0, 128, 131071},     // -128 * -128
      {u8, s8, 127, 0, 131072},     // 128 * -128 = -16384: one deeper, as int32 reaches -2^31
  };
  for (const Deep& deep : deeps) {
    INFO("types " << deep.lhs_type << ", " << deep.rhs_type << ", zero points " << deep.lhs_zero << ", "
                  << deep.rhs_zero);
    const bool is_unsigned = deep.rhs_type == OTTAVA_TYPE_U8;
    const std::int64_t last = deep.last_exact_k;
    const auto last_exact_k = static_cast<std::uint64_t>(last);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    int refused = 0;
    for (const std::int32_t weight : {is_unsigned ? 0 : -128, is_unsigned ? 255 : 127, deep.rhs_zero}) {
      INFO("all weights are " << weight);
      const std::vector<std::uint8_t> weights(static_cast<std::size_t>(last) + 1, static_cast<std::uint8_t>(weight));
      constants.rhs = weights.data();
      CHECK(!overflows(deep, last, weight));
      CHECK(create(deep_desc(deep, last), kOutput, constants, &error, &info) == OTTAVA_OK);
      CHECK(info.max_exact_k == last_exact_k);
      CHECK((info.exactness == OTTAVA_EXACT_BY_TYPES && info.wrapping_channels == 0));

      // One deeper the weights decide.
      ottava_matmul_desc beyond = deep_desc(deep, last + 1);
      if (!overflows(deep, last + 1, weight)) {
        for (const std::uint32_t flags : {0u, OTTAVA_MATMUL_ALLOW_WRAP}) {
          beyond.flags = flags;
          CHECK(create(beyond, kOutput, constants, &error, &info) == OTTAVA_OK);
          CHECK(info.max_exact_k == last_exact_k);
          CHECK((info.exactness == OTTAVA_EXACT_BY_WEIGHTS && info.wrapping_channels == 0));
        }
        continue;
      }
      ++refused;
      check_refusal(
          {OTTAVA_NOT_EXACT,
           "desc.k",
           {std::to_string(beyond.k), std::to_string(last), "channel 0", "weights", "OTTAVA_MATMUL_ALLOW_WRAP"}},
          create(beyond, kOutput, constants, &error), error);
      beyond.flags = OTTAVA_MATMUL_ALLOW_WRAP;
      CHECK(create(beyond, kOutput, constants, &error, &info) == OTTAVA_OK);
      CHECK(info.max_exact_k == last_exact_k);
      CHECK((info.exactness == OTTAVA_MAY_WRAP && info.wrapping_channels == 1));

      // The same zero point, given per channel: the bound is that of the constants.
      const std::int32_t zero_points[] = {deep.rhs_zero};
      constants.rhs_zero_points = zero_points;
      ottava_matmul_desc per_channel = deep_desc(deep, last);
      per_channel.rhs_zero_point = deep.rhs_type == s8 ? -1 : 1;
      CHECK(create(per_channel, kOutput, constants, &error, &info) == OTTAVA_OK);
      CHECK((info.max_exact_k == last_exact_k && info.exactness == OTTAVA_EXACT_BY_TYPES));
      per_channel.k += 1;
      check_refusal({OTTAVA_NOT_EXACT, "desc.k", {std::to_string(last), "channel 0"}},
                    create(per_channel, kOutput, constants, &error), error);
      constants.rhs_zero_points = nullptr;
    }
    CHECK(refused != 0);

    // Weights that are known at run time only may be any.
    constants.rhs = nullptr;
    ottava_matmul_desc runtime = deep_desc(deep, last);
    runtime.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    CHECK(create(runtime, kOutput, constants, &error, &info) == OTTAVA_OK);
    CHECK((info.max_exact_k == last_exact_k && info.exactness == OTTAVA_EXACT_BY_TYPES));
    runtime.k += 1;
    check_refusal({OTTAVA_NOT_EXACT, "desc.k", {std::to_string(runtime.k), std::to_string(last), "ALLOW_WRAP"}},
                  create(runtime, kOutput, constants, &error), error);
    CHECK(std::string(error.message).find("large weights") == std::string::npos);
    runtime.flags |= OTTAVA_MATMUL_ALLOW_WRAP;
    CHECK(create(runtime, kOutput, constants, &error, &info) == OTTAVA_OK);
    CHECK((info.exactness == OTTAVA_MAY_WRAP && info.wrapping_channels == 1));
  }
}

TEST_CASE("errors: a bias that makes up for a depth, where weights are known at run time alone", "[errors]") {
  struct Types {
    std::uint32_t lhs_type, rhs_type, flags;
    std::int32_t lhs_zero, rhs_zero;
  };
  const std::uint32_t s8 = OTTAVA_TYPE_S8, u8 = OTTAVA_TYPE_U8;
  for (const Types& types : {Types{s8, s8, 0, 0, 0}, Types{u8, s8, 0, 127, 0}, Types{u8, u8, 0, 3, 200},
                             Types{s8, s8, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS, 0, 5}}) {
    const std::int32_t lhs_low = types.lhs_type == u8 ? 0 : -128, rhs_low = types.rhs_type == u8 ? 0 : -128;
    const bool any_zero = types.flags != 0;
    std::int64_t least = 0, most = 0;  // of one product
    for (std::int32_t z = any_zero ? lhs_low : types.lhs_zero; z <= (any_zero ? lhs_low + 255 : types.lhs_zero); ++z) {
      for (std::int32_t l = lhs_low; l <= lhs_low + 255; ++l) {
        for (std::int32_t r = rhs_low; r <= rhs_low + 255; ++r) {
          const std::int64_t product = std::int64_t{l - z} * (r - types.rhs_zero);
          least = product < least ? product : least;
          most = product > most ? product : most;
        }
      }
    }
    const std::int64_t limit = std::min(INT32_MAX / most, std::int64_t{INT32_MIN} / least);
    const std::int64_t last = ((std::int64_t{1} << 32) - 1) / (most - least);  // with the best bias
    INFO("types " << types.lhs_type << ", " << types.rhs_type << ", limit " << limit << ", last " << last);
    ottava_matmul_desc desc = sound_desc(1, 0);
    desc.lhs_type = types.lhs_type;
    desc.rhs_type = types.rhs_type;
    desc.lhs_zero_point = types.lhs_zero;
    desc.rhs_zero_point = types.rhs_zero;
    desc.flags = types.flags | OTTAVA_MATMUL_RUNTIME_RHS;
    std::int32_t bias = 0;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    ottava_output output = kOutput;
    output.bias = &bias;
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    for (const std::int64_t k : {limit, limit + 1, last, last + 1}) {
      INFO("k " << k);
      desc.k = k;
      const std::int64_t above = INT32_MAX - k * most, below = INT32_MIN - k * least;
      CHECK((above < below) == (k > last));
      for (const std::int64_t value : {below - 1, below, above, above + 1}) {
        if (value < INT32_MIN || value > INT32_MAX) continue;
        bias = static_cast<std::int32_t>(value);
        if (value < below || value > above) {
          check_refusal({OTTAVA_NOT_EXACT, k > limit ? "desc.k" : "output.bias", {"K = "}},
                        create(desc, output, constants, &error), error);
        } else {
          CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
          CHECK((info.exactness == OTTAVA_EXACT_BY_TYPES && info.wrapping_channels == 0));
          CHECK(info.max_exact_k == static_cast<std::uint64_t>(limit));
        }
      }
    }
    for (const std::int64_t k : {std::int64_t{UINT32_MAX}, std::int64_t{1} << 32, (std::int64_t{1} << 48) + 1}) {
      if (!kWide) continue;
      desc.k = k;  // products that do not fit 64 bits prove nothing
      bias = -1;
      CHECK(create(desc, output, constants, &error) != OTTAVA_OK);
    }
  }
}

TEST_CASE("errors: deep operators that their weights prove, to the last one", "[errors]") {
  // s8 x s8 without zero points: positive weights that add up to A reach 127 A and -128 A, negative ones -127 B, 128 B.
  const std::int64_t k = 200000;
  const struct {
    std::int32_t sign;
    std::int64_t last_sum;    // of the magnitudes of the weights
    std::int32_t extreme;     // what an lhs of -128 makes of them
    std::int32_t bias, over;  // the last bias on that side, and one more
  } limits[] = {{1, std::int64_t{1} << 24, INT32_MIN, 0, -1},
                {-1, (std::int64_t{1} << 24) - 1, INT32_MAX - 127, 127, 128}};
  const KernelContext context(nullptr);
  for (const auto& limit : limits) {
    INFO("weights of sign " << limit.sign);
    const std::size_t depth = static_cast<std::size_t>(k);
    const std::int32_t least = static_cast<std::int32_t>(limit.last_sum / k);
    // Channel 0 has weights of 1, -1 and 0; channel 1 reaches the limit, see below.
    std::vector<std::int8_t> weights(2 * depth);
    for (std::size_t i = 0; i < depth; ++i) {
      const std::int32_t one_more = static_cast<std::int64_t>(i) < limit.last_sum % k ? 1 : 0;
      weights[i] = static_cast<std::int8_t>(static_cast<int>(i % 3) - 1);
      weights[depth + i] = static_cast<std::int8_t>(limit.sign * (least + one_more));
    }
    std::int32_t bias[] = {0, 0};
    ottava_matmul_desc desc = sound_desc(2, k);
    desc.rhs_order = OTTAVA_ORDER_COLUMN;
    ottava_output output = s32_output();
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    output.bias = bias;
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK((info.exactness == OTTAVA_EXACT_BY_WEIGHTS && info.wrapping_channels == 0 && info.max_exact_k == 131071));

    // And it does not overflow.
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
    const std::vector<std::int8_t> lowest(depth, -128);
    std::int32_t dst[] = {0, 0};
    CHECK(ottava_matmul_run(matmul, 1, lowest.data(), 0, dst, 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK(dst[1] == limit.extreme);
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);

    bias[1] = limit.bias;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.exactness == OTTAVA_EXACT_BY_WEIGHTS);
    const auto refused = [&](const char* channel) {
      desc.flags = 0;
      check_refusal({OTTAVA_NOT_EXACT, "desc.k", {"200000", "131071", channel, "weights", "OTTAVA_MATMUL_ALLOW_WRAP"}},
                    create(desc, output, constants, &error), error);
      desc.flags = OTTAVA_MATMUL_ALLOW_WRAP;
      CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
      CHECK((info.exactness == OTTAVA_MAY_WRAP && info.wrapping_channels == 1));
      desc.flags = 0;
    };
    bias[1] = limit.over;
    refused("channel 1");
    bias[1] = 0;
    std::int8_t& last = weights[2 * depth - 1];
    last = static_cast<std::int8_t>(last + limit.sign);
    refused("channel 1");
    // The other way round it is channel 0.
    std::vector<std::int8_t> swapped(weights.begin() + static_cast<std::ptrdiff_t>(depth), weights.end());
    swapped.insert(swapped.end(), weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(depth));
    constants.rhs = swapped.data();
    refused("channel 0");
  }
}

TEST_CASE("errors: the channels that may wrap are counted", "[errors]") {
  const std::int64_t n = 5, k = 140000;
  std::vector<std::int8_t> weights(static_cast<std::size_t>(n * k), 3);
  const auto make_heavy = [&](std::int64_t channel) {
    for (std::int64_t i = 0; i < k; ++i) weights[static_cast<std::size_t>(i * n + channel)] = -128;
  };
  ottava_matmul_desc desc = sound_desc(n, k);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_output output = kOutput;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  const auto check_counted = [&](std::uint32_t exactness, std::uint64_t channels) {
    desc.flags |= OTTAVA_MATMUL_ALLOW_WRAP;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.exactness == exactness);
    CHECK(info.wrapping_channels == channels);
  };
  check_counted(OTTAVA_EXACT_BY_WEIGHTS, 0);
  make_heavy(3);
  check_counted(OTTAVA_MAY_WRAP, 1);
  make_heavy(1);
  check_counted(OTTAVA_MAY_WRAP, 2);
  desc.flags = 0;
  check_refusal({OTTAVA_NOT_EXACT, "desc.k", {"140000", "131071", "channel 1"}},
                create(desc, output, constants, &error), error);
  desc.k = 131071;
  check_counted(OTTAVA_EXACT_BY_TYPES, 0);

  // A bias counts for the channel that has it: those with zero points of their own are exact to other depths.
  desc = sound_desc(n, 50000);
  desc.lhs_type = desc.rhs_type = OTTAVA_TYPE_U8;
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  const std::int32_t zero_points[] = {128, 0, 128, 255, 128};
  const std::int32_t bias[] = {0, 0, INT32_MAX, 0, 0};
  constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs_zero_points = zero_points;
  check_counted(OTTAVA_MAY_WRAP, 2);
  output.bias = bias;
  check_counted(OTTAVA_MAY_WRAP, 3);
  CHECK(info.max_exact_k == 33025);
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  check_refusal({OTTAVA_NOT_EXACT, "desc.k", {"50000", "33025"}}, create(desc, output, constants, &error), error);

  // Without any array all channels are alike.
  desc = sound_desc(n, k);
  desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
  constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  output.bias = nullptr;
  check_counted(OTTAVA_MAY_WRAP, static_cast<std::uint64_t>(n));
}

TEST_CASE("errors: a bias that pushes the accumulator over", "[errors]") {
  // s8 x s8, K = 131071: from -131071 * 128 * 127 to 131071 * 128 * 128.
  const std::int64_t k = 131071;
  const std::int32_t last_above = static_cast<std::int32_t>(INT32_MAX - k * 16384);
  const std::int32_t last_below = static_cast<std::int32_t>(INT32_MIN + k * 16256);
  CHECK((last_above == 16383 && last_below == -16793472));
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(k) * 2, -128);
  const std::vector<std::int8_t> light(static_cast<std::size_t>(k) * 2, 1);
  std::int32_t bias[] = {0, 0};
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data();
  ottava_output output = kOutput;
  output.bias = bias;
  ottava_matmul_desc desc = sound_desc(2, k);
  ottava_error error = OTTAVA_ERROR_INIT;
  for (const std::int32_t value : {last_above, last_below, 0}) {
    bias[1] = value;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.exactness == OTTAVA_EXACT_BY_TYPES);
  }
  for (const std::int32_t value : {last_above + 1, last_below - 1, INT32_MAX, INT32_MIN}) {
    bias[1] = value;
    desc.flags = 0;
    check_refusal({OTTAVA_NOT_EXACT,
                   "output.bias",
                   {"channel 1", std::to_string(value), std::to_string(k), "OTTAVA_MATMUL_ALLOW_WRAP"}},
                  create(desc, output, constants, &error), error);
    desc.flags = OTTAVA_MATMUL_ALLOW_WRAP;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK((info.exactness == OTTAVA_MAY_WRAP && info.wrapping_channels == 1));
  }
  // Weights of 1 leave room for all but the ends: 127 * k above, 128 * k below.
  constants.rhs = light.data();
  const std::int32_t light_above = static_cast<std::int32_t>(INT32_MAX - k * 127);
  const std::int32_t light_below = static_cast<std::int32_t>(INT32_MIN + k * 128);
  desc.flags = 0;
  for (const std::int32_t value : {last_above + 1, last_below - 1, light_above, light_below}) {
    bias[1] = value;
    CHECK(create(desc, output, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.exactness == OTTAVA_EXACT_BY_WEIGHTS);
  }
  for (const std::int32_t value : {light_above + 1, light_below - 1}) {
    bias[1] = value;
    check_refusal({OTTAVA_NOT_EXACT, "output.bias", {"channel 1", std::to_string(value)}},
                  create(desc, output, constants, &error), error);
  }
  // With no depth every bias fits.
  desc = sound_desc(2, 0);
  bias[0] = INT32_MIN;
  bias[1] = INT32_MAX;
  CHECK(create(desc, output, constants, &error) == OTTAVA_OK);
}
