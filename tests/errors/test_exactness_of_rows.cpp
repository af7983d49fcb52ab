// Where int32 stops being exact for an lhs whose rows have zero points of their own: depths, weights and biases, each
// at its last accepted value and one beyond.
#include <utility>

#include "random.h"
#include "sound_desc.h"
#include "support.h"

using namespace ottava;

TEST_CASE("errors: the last exact depth of an lhs whose rows have their own zero points", "[errors]") {
  const struct {
    std::uint32_t lhs_type, quantization, flags;
    std::int64_t last_exact_k;
  } deeps[] = {
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_DIVIDE, 0, 131071},            // -128 to 127: as s8 with zero point 0
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_TFLITE_SYMMETRIC, 0, 132104},  // -127 to 127: 127 * 128 = 16256
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC, 0, 65793},  // -255 to 255: 255 * 128 = 32640
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_XNNPACK, 0, 65793},
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_KLEIDIAI, 0, 65793},
      {OTTAVA_TYPE_F32, OTTAVA_QUANTIZE_ONNX_DYNAMIC, 0, 65793},
      {OTTAVA_TYPE_S8, OTTAVA_QUANTIZE_NONE, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS, 65793},
      {OTTAVA_TYPE_U8, OTTAVA_QUANTIZE_NONE, OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS, 65793},
      {OTTAVA_TYPE_S8, OTTAVA_QUANTIZE_NONE, OTTAVA_MATMUL_LHS_ROW_SCALES, 131071},
  };
  for (const auto& deep : deeps) {
    INFO("lhs type " << deep.lhs_type << ", quantization " << deep.quantization << ", flags " << deep.flags);
    const std::vector<std::int8_t> weights(static_cast<std::size_t>(deep.last_exact_k) + 1, -128);
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    ottava_matmul_desc desc = sound_desc(1, deep.last_exact_k);
    desc.lhs_type = deep.lhs_type;
    desc.lhs_quantization = deep.quantization;
    desc.flags = deep.flags;
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    CHECK(create(desc, kOutput, constants, &error, &info) == OTTAVA_OK);
    CHECK(info.max_exact_k == static_cast<std::uint64_t>(deep.last_exact_k));
    CHECK(info.exactness == OTTAVA_EXACT_BY_TYPES);
    desc.k += 1;
    check_refusal(
        {OTTAVA_NOT_EXACT, "desc.k", {std::to_string(desc.k), std::to_string(deep.last_exact_k), "channel 0"}},
        create(desc, kOutput, constants, &error), error);
  }
}

TEST_CASE("errors: what no single zero point of a row can overflow is exact, to the last bias", "[errors]") {
  Random random(test_seed() + 41);
  // What a row can make of these weights (already less their zero point) under any zero point of its own: tried one by
  // one, with every value for every weight.
  const auto reach_of = [](const std::vector<std::int32_t>& weights, std::int32_t low) {
    std::int64_t least = 0, most = 0;
    for (std::int32_t z = low; z <= low + 255; ++z) {
      std::int64_t down = 0, up = 0;
      for (const std::int32_t weight : weights) {
        std::int64_t lowest = INT64_MAX, highest = INT64_MIN;
        for (std::int32_t value = low; value <= low + 255; ++value) {
          const std::int64_t product = std::int64_t{value - z} * weight;
          lowest = product < lowest ? product : lowest;
          highest = product > highest ? product : highest;
        }
        down += lowest, up += highest;
      }
      least = down < least ? down : least;
      most = up > most ? up : most;
    }
    return std::pair<std::int64_t, std::int64_t>{least, most};
  };
  for (int repeat = 0; repeat < 40; ++repeat) {
    const bool is_float = random.chance(2), lhs_unsigned = random.chance(2), rhs_unsigned = random.chance(2);
    const std::int64_t k = random.between(1, 9);
    const std::int32_t rhs_low = rhs_unsigned ? 0 : -128;
    const std::int32_t rhs_zero = rhs_low + static_cast<std::int32_t>(random.between(0, 255));
    std::vector<std::uint8_t> weights;
    std::vector<std::int32_t> values;
    for (std::int64_t i = 0; i < k; ++i) {
      const std::int32_t stored = rhs_low + static_cast<std::int32_t>(random.chance(3) ? 255 : random.between(0, 255));
      weights.push_back(static_cast<std::uint8_t>(stored));
      values.push_back(stored - rhs_zero);
    }
    ottava_matmul_desc desc = sound_desc(1, k);
    desc.rhs_type = rhs_unsigned ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
    desc.rhs_zero_point = rhs_zero;
    if (is_float) {
      desc.lhs_type = OTTAVA_TYPE_F32;
      desc.lhs_quantization = lhs_unsigned ? OTTAVA_QUANTIZE_ONNX_DYNAMIC : OTTAVA_QUANTIZE_XNNPACK;
    } else {
      desc.lhs_type = lhs_unsigned ? OTTAVA_TYPE_U8 : OTTAVA_TYPE_S8;
      desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
    }
    INFO("lhs " << desc.lhs_type << ", rhs " << desc.rhs_type << " zero point " << rhs_zero << ", k " << k << ", seed "
                << test_seed());
    const auto reach = reach_of(values, lhs_unsigned ? 0 : -128);
    const std::int64_t last_above = INT32_MAX - reach.second, last_below = INT32_MIN - reach.first;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    std::int32_t bias = 0;
    constants.rhs = weights.data();
    ottava_output output = kOutput;
    output.bias = &bias;
    ottava_error error = OTTAVA_ERROR_INIT;
    for (const std::int64_t value : {last_above, last_below}) {
      bias = static_cast<std::int32_t>(value);
      CHECK(create(desc, output, constants, &error) == OTTAVA_OK);
    }
    for (const std::int64_t value : {last_above + 1, last_below - 1}) {
      if (value > INT32_MAX || value < INT32_MIN) continue;
      bias = static_cast<std::int32_t>(value);
      check_refusal({OTTAVA_NOT_EXACT, "output.bias", {std::to_string(value)}}, create(desc, output, constants, &error),
                    error);
    }
  }
}

TEST_CASE("errors: weights of both signs under zero points per row, to the last depth and weight", "[errors]") {
  // 255 times the sum of the weights of either sign stays within int32 up to a sum of 8421504, 66311 * 127 + 7.
  const std::size_t pairs = 66311;
  for (const std::uint32_t type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_F32}) {
    INFO("lhs type " << type);
    std::vector<std::int8_t> weights(2 * pairs);
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % 2 == 0 ? 127 : -127;
    ottava_matmul_desc desc = sound_desc(1, 66400);
    desc.lhs_type = type;
    if (type == OTTAVA_TYPE_F32) desc.lhs_quantization = OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC;
    if (type != OTTAVA_TYPE_F32) desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    const auto accepted = [&] {
      CHECK(create(desc, kOutput, constants, &error, &info) == OTTAVA_OK);
      CHECK((info.exactness == OTTAVA_EXACT_BY_WEIGHTS && info.max_exact_k == 65793));
    };
    const auto refused = [&] {
      check_refusal({OTTAVA_NOT_EXACT, "desc.k", {std::to_string(desc.k), "65793", "channel 0"}},
                    create(desc, kOutput, constants, &error), error);
    };
    accepted();
    desc.k = static_cast<std::int64_t>(weights.size());
    accepted();
    ++desc.k;
    for (const int sign : {1, -1}) {
      weights.resize(2 * pairs);
      for (const int last : {0, 7 * sign}) {
        weights.push_back(static_cast<std::int8_t>(last));
        constants.rhs = weights.data();
        accepted();
        weights.pop_back();
      }
      for (const int last : {8 * sign, 127 * sign}) {
        weights.push_back(static_cast<std::int8_t>(last));
        constants.rhs = weights.data();
        refused();
        weights.pop_back();
      }
    }
  }
}
