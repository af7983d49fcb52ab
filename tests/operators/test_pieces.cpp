// Pieces of a run that kernels compute in one call: many rows, several panels, rows of dst side by side or apart, and
// tables that are looked up in what such a call has written.
#include <cstring>
#include <vector>

#include "catch.h"
#include "guarded_buffer.h"
#include "operator_case.h"
#include "support.h"

using namespace ottava;

namespace {

std::int64_t up_to(Random& random, std::size_t most) { return random.between(1, static_cast<std::int64_t>(most)); }

struct Shape {
  std::int64_t m, n, k;
};

// A matmul of s8 with a float scale, with a table behind it or without.
class Matmul {
 public:
  Matmul(const ottava_context* context, const Shape& shape, std::uint32_t rule, const std::int8_t* weights,
         const std::uint8_t* table) {
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    desc.k = shape.k, desc.n = shape.n, desc.lhs_zero_point = 3;
    output.scale = 300.0f, output.requantization = rule, output.zero_point = -5;
    if (table != nullptr) output.activation = OTTAVA_ACTIVATION_TABLE, output.table = table;
    constants.rhs = weights;
    REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul_, nullptr) == OTTAVA_OK);
  }
  ~Matmul() { ottava_matmul_destroy(matmul_); }
  Matmul(const Matmul&) = delete;
  Matmul& operator=(const Matmul&) = delete;

  void run(std::int64_t m, const std::int8_t* lhs, std::uint8_t* dst, std::int64_t dst_stride) const {
    REQUIRE(ottava_matmul_run(matmul_, m, lhs, 0, dst, dst_stride, nullptr, 0, nullptr) == OTTAVA_OK);
  }

 private:
  ottava_matmul* matmul_ = nullptr;
};

std::vector<std::int8_t> random_bytes(Random& random, std::int64_t count) {
  std::vector<std::int8_t> bytes(static_cast<std::size_t>(count));
  for (std::int8_t& byte : bytes) byte = static_cast<std::int8_t>(random.between(-64, 63));  // that any kernel takes
  return bytes;
}

}  // namespace

TEST_CASE("pieces: many rows and panels of few depths equal the oracle") {
  Random random(test_seed() + 18);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    const TileShape tile = tile_here(*kernel);
    for (int repeat = 0; repeat < fewer(60); ++repeat) {
      const std::size_t width = random.chance(2) ? tile.width : 4 * tile.width;
      OperatorCase c =
          random_case(random, up_to(random, 12 * tile.mr), up_to(random, width), up_to(random, 3 * tile.kr));
      if (kernel->form == LhsForm::indirect) c.lhs_order = OTTAVA_ORDER_ROW;
      c.weights = kernel->weights;
      if (random.chance(2)) c.dst_order = OTTAVA_ORDER_ROW, c.dst_gap = 0, c.dst_negative = false;
      check_case(context.get(), c);
    }
  }
}

TEST_CASE("pieces: a table behind an output stage gives what it has for the stage's results") {
  Random random(test_seed() + 19);
  std::uint8_t table[256];
  for (std::uint8_t& value : table) value = static_cast<std::uint8_t>(random.bits());
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    const TileShape tile = tile_here(*kernel);
    for (int repeat = 0; repeat < fewer(60); ++repeat) {
      const std::size_t width = random.chance(2) ? tile.width : 6 * tile.width;
      // The last of these depths has weights that the second-level cache does not hold.
      const bool deep = repeat == 0 && !kEmulated;
      const Shape shape = {up_to(random, 400), deep ? 600 : up_to(random, width),
                           deep ? 4000 : up_to(random, 3 * tile.kr)};
      const std::uint32_t rule =
          random.chance(2) ? OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN : OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS;
      const std::vector<std::int8_t> weights = random_bytes(random, shape.n * shape.k);
      const std::vector<std::int8_t> lhs = random_bytes(random, shape.m * shape.k);
      const std::int64_t stride = shape.n + (random.chance(2) ? 0 : random.between(1, 9));
      INFO(kernel->name << " " << shape.m << "x" << shape.n << "x" << shape.k << " rule " << rule << " stride "
                        << stride << " seed " << test_seed());
      const std::size_t bytes = static_cast<std::size_t>((shape.m - 1) * stride + shape.n);
      GuardedBuffer plain(bytes, Side::upper), looked_up(bytes, random.chance(2) ? Side::upper : Side::lower);
      memset(plain.data(), 0x5a, bytes);
      memset(looked_up.data(), 0x5a, bytes);
      Matmul(context.get(), shape, rule, weights.data(), nullptr).run(shape.m, lhs.data(), plain.data(), stride);
      Matmul(context.get(), shape, rule, weights.data(), table).run(shape.m, lhs.data(), looked_up.data(), stride);
      REQUIRE(looked_up.check());
      std::vector<std::uint8_t> expected(plain.data(), plain.data() + bytes);
      for (std::size_t i = 0; i < bytes; ++i) {
        if (i % static_cast<std::size_t>(stride) < static_cast<std::size_t>(shape.n)) expected[i] = table[expected[i]];
      }
      REQUIRE(memcmp(looked_up.data(), expected.data(), bytes) == 0);
    }
  }
}
