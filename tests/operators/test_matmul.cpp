// Whole operators through the C ABI, on every kernel that this machine can run, against the oracle.
#include "catch.h"
#include "operator_case.h"
#include "support.h"

using namespace ottava;

namespace {

// The rows kernel takes no column-ordered lhs: a context that names it would rightly refuse.
bool takes(const Kernel& kernel, const OperatorCase& c) {
  return kernel.form == LhsForm::packed || c.lhs_order == OTTAVA_ORDER_ROW;
}

void check_on(const Kernel& kernel, const ottava_context* context, OperatorCase c) {
  if (!takes(kernel, c)) c.lhs_order = OTTAVA_ORDER_ROW;
  c.weights = kernel.weights;
  check_case(context, c);
}

std::int64_t up_to(Random& random, std::size_t most) { return random.between(1, static_cast<std::int64_t>(most)); }

struct ProductShape {
  std::int64_t m, n, k;
};

// What a context says of a product whose weights are all alike.
ottava_matmul_info info_of(const ottava_context* context, const ProductShape& shape, std::int8_t weight,
                           std::uint32_t lhs_type = OTTAVA_TYPE_S8) {
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(shape.n * shape.k), weight);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.n = shape.n, desc.k = shape.k, desc.lhs_type = lhs_type, constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  REQUIRE(ottava_matmul_query(matmul, shape.m, &info, nullptr) == OTTAVA_OK);
  REQUIRE(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  return info;
}

bool reads_in_place(const ottava_matmul_info& info) {
  return std::string(info.route).find("rows in place") != std::string::npos;
}

}  // namespace

TEST_CASE("matmul: every m and n around one tile, parameters drawn at random") {
  Random random(test_seed() + 10);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (std::int64_t m = 1; m <= static_cast<std::int64_t>(tile_here(*kernel).mr) + 1; ++m) {
      for (std::int64_t n = 1; n <= static_cast<std::int64_t>(tile_here(*kernel).width) + 1; ++n) {
        check_on(*kernel, context.get(), random_case(random, m, n, random.between(1, 3 * kernel->rhs->kr)));
      }
    }
    record_exercised(*kernel);
  }
}

TEST_CASE("matmul: every K from 0 to several steps, then large ones") {
  Random random(test_seed() + 11);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (std::int64_t k = 0; k <= 5 * kernel->rhs->kr + 2; ++k) {
      for (int repeat = 0; repeat < 3; ++repeat) {
        check_on(
            *kernel, context.get(),
            random_case(random, up_to(random, 2 * tile_here(*kernel).mr), up_to(random, 2 * tile_here(*kernel).nr), k));
      }
    }
    for (const std::int64_t k : {777, 2048, 4999}) {
      check_on(*kernel, context.get(), random_case(random, 3, 5, k));
    }
  }
}

TEST_CASE("matmul: empty sizes in every combination") {
  Random random(test_seed() + 12);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (const std::int64_t m : {0, 3}) {
      for (const std::int64_t n : {0, 4}) {
        for (const std::int64_t k : {0, 5}) {
          for (int repeat = 0; repeat < 8; ++repeat) check_on(*kernel, context.get(), random_case(random, m, n, k));
        }
      }
    }
  }
}

TEST_CASE("matmul: all types, orders and dst types together, zero points at both ends") {
  Random random(test_seed() + 13);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (const std::uint32_t lhs_type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
      for (const std::uint32_t rhs_type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8}) {
        for (const std::uint32_t dst_type :
             {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32}) {
          for (std::uint32_t orders = 0; orders < 8; ++orders) {
            for (const bool high : {false, true}) {
              OperatorCase c = random_case(random, up_to(random, 2 * tile_here(*kernel).mr),
                                           up_to(random, 2 * tile_here(*kernel).nr), 19);
              c.lhs_type = lhs_type;
              c.rhs_type = rhs_type;
              c.lhs_zero = (lhs_type == OTTAVA_TYPE_S8 ? -128 : 0) + (high ? 255 : 0);
              c.rhs_zero = (rhs_type == OTTAVA_TYPE_S8 ? -128 : 0) + (random.chance(2) ? 255 : 0);
              c.per_channel_zero = false;
              if (c.dst_type != dst_type) {
                c.dst_type = dst_type;
                c.clamp_min = INT32_MIN;
                c.clamp_max = INT32_MAX;
                c.clamp_min_f32 = OTTAVA_FLOAT_LOWEST_BOUND;
                c.clamp_max_f32 = OTTAVA_FLOAT_HIGHEST_BOUND;
                const bool quantized =
                    dst_type == OTTAVA_TYPE_S8 || dst_type == OTTAVA_TYPE_U8 || dst_type == OTTAVA_TYPE_S16;
                c.dst_zero = !quantized                   ? 0
                             : dst_type == OTTAVA_TYPE_S8 ? -128
                             : dst_type == OTTAVA_TYPE_U8 ? 255
                                                          : -32768;
                c.rule = !quantized ? OTTAVA_REQUANTIZE_NONE : 1 + orders % 3;
                c.integer_parameters = false;
              }
              c.lhs_order = orders & 1;
              c.rhs_order = orders >> 1 & 1;
              c.dst_order = orders >> 2;
              c.content = Content::extremes;
              check_on(*kernel, context.get(), c);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("matmul: every rule, real and integer parameters, to every quantized type") {
  Random random(test_seed() + 17);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    std::size_t combinations = 0;
    for (std::uint32_t rule = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS; rule <= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
         ++rule) {
      for (const std::uint32_t dst_type : {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16}) {
        for (const bool integer : {false, true}) {
          for (const bool per_channel : {false, true}) {
            if (integer && rule == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) continue;
            if (!integer && rule >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR) continue;
            if (!integer && per_channel && rule == OTTAVA_REQUANTIZE_POWER_OF_TWO) continue;
            ++combinations;
            for (int repeat = 0; repeat < fewer(4);) {
              OperatorCase c = random_case(random, up_to(random, 2 * tile_here(*kernel).mr),
                                           up_to(random, 2 * tile_here(*kernel).nr), 17);
              if (c.dst_type != dst_type || c.rule != rule) continue;  // drawn until it fits: all else stays as drawn
              ++repeat;
              c.integer_parameters = integer;
              c.per_channel_scale = per_channel;
              check_on(*kernel, context.get(), c);
            }
          }
        }
      }
    }
    CHECK(combinations == 117);
  }
}

TEST_CASE("matmul: the largest exact K at its extreme, and wrap-around beyond it, equal the oracle") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    OperatorCase c;
    c.n = 2;
    c.k = 131071;
    c.content = Content::lowest;
    c.dst_type = OTTAVA_TYPE_S32;
    c.rule = OTTAVA_REQUANTIZE_NONE;
    check_case(context.get(), c);   // 131071 * 16384 = 2^31 - 16384
    c.content = Content::opposite;  // in unsigned form the products alone pass -2^32
    check_case(context.get(), c);
    c.content = Content::lowest;
    c.k = 131073;
    c.allow_wrap = true;
    check_case(context.get(), c);
    if (fewer(8) < 8) continue;
    c.lhs_type = c.rhs_type = OTTAVA_TYPE_U8;
    c.allow_wrap = false;
    c.k = 33025;
    c.content = Content::opposite;  // 255 x 0
    check_case(context.get(), c);
    c.rhs_zero = 255;  // 255 x -255
    check_case(context.get(), c);
    c.content = Content::lowest;
    c.lhs_zero = 255;
    c.rhs_zero = 255;
    c.k = 33025;
    c.allow_wrap = false;
    check_case(context.get(), c);
  }
}

TEST_CASE("matmul: two roundings of accumulators on both sides of 2^29") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    OperatorCase c;
    c.m = 2;
    c.n = 3;
    c.factor = 0x1p-23f;
    for (const std::int64_t k : {8223, 8224, 8225, 32767, 32768, 32769, 40000}) {  // 2^29 is 32768 * 16384
      if (kSmallMemory && k > 9000) continue;
      c.k = k;
      for (const Content content : {Content::lowest, Content::opposite}) {
        c.content = content;
        check_case(context.get(), c);
      }
    }
  }
}

TEST_CASE("matmul: rows of the lhs may overlap") {
  // A window of 7 over a signal, one further each row: stride 1.
  constexpr std::size_t m = 33, n = 5, k = 7;
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    Random random(test_seed() + 18);
    std::vector<std::int8_t> signal(m + k - 1), weights(k * n);
    for (std::int8_t& value : signal) value = static_cast<std::int8_t>(random.bits());
    for (std::int8_t& value : weights) value = static_cast<std::int8_t>(random.bits());
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    desc.n = n;
    desc.k = k;
    output.type = OTTAVA_TYPE_S32;
    output.requantization = OTTAVA_REQUANTIZE_NONE;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights.data();
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
    std::vector<std::int32_t> dst(m * n);
    REQUIRE(ottava_matmul_run(matmul, m, signal.data(), 1, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
    for (std::size_t row = 0; row < m; ++row) {
      for (std::size_t channel = 0; channel < n; ++channel) {
        std::int32_t expected = 0;
        for (std::size_t d = 0; d < k; ++d) expected += signal[row + d] * weights[d * n + channel];
        CHECK(dst[row * n + channel] == expected);
      }
    }
    ottava_matmul_destroy(matmul);
  }
}

TEST_CASE("matmul: random shapes") {
  Random random(test_seed() + 14);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (int repeat = 0; repeat < fewer(60); ++repeat) {
      check_on(*kernel, context.get(),
               random_case(random, random.between(1, 70), random.between(1, 90), random.between(0, 200)));
    }
  }
}

TEST_CASE("matmul: the context's own choice takes everything, whatever the tier cap") {
  Random random(test_seed() + 15);
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->isa);
    for (int repeat = 0; repeat < fewer(40); ++repeat) {
      check_case(context.get(),
                 random_case(random, random.between(1, 30), random.between(1, 40), random.between(0, 60)));
    }
  }
}

TEST_CASE("matmul: several lhs blocks, as a large K makes them") {
  Random random(test_seed() + 16);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    OperatorCase c = random_case(random, kSmallMemory ? 20 : 41, 6, kSmallMemory ? 9000 : 30000);
    c.lhs_zero = c.lhs_type == OTTAVA_TYPE_S8 ? 0 : 128;
    c.rhs_zero = c.rhs_type == OTTAVA_TYPE_S8 ? 3 : 125;
    c.per_channel_zero = false;
    check_on(*kernel, context.get(), c);
  }
}

TEST_CASE("matmul: a dst that the second-level cache does not hold") {
  Random random(test_seed() + 21);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
    REQUIRE(ottava_cpu_query(context.get(), &cpu, nullptr) == OTTAVA_OK);
    const std::int64_t m = 29;
    const auto n = static_cast<std::int64_t>(cpu.l2_bytes) / m + 35;
    if (kSmallMemory || n > 200000) continue;  // no cache, or one that is not known
    check_on(*kernel, context.get(), random_case(random, m, n, 3));
  }
}

TEST_CASE("matmul: few channels go to the kernel for them, from the depth on at which it pays") {
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->min_depth_per_channel == 0) continue;
    INFO(kernel->name);
    const KernelContext context(kernel->isa);
    const std::int64_t most = kernel->most_channels;
    const std::int64_t each = kernel->min_depth_per_channel, least = std::max<std::int64_t>(each, kernel->min_depth);
    const std::int64_t all = most * each;  // depths for all of them
    const struct {
      std::int64_t n, k;
      bool taken;
    } cases[] = {
        {1, least, true}, {1, least - 1, false}, {most, all, true}, {most, all - 1, false}, {most + 1, 10000, false}};
    for (const auto& c : cases) {
      INFO(c.n << " x " << c.k);
      const std::vector<std::int8_t> weights(static_cast<std::size_t>(c.n * c.k), 127);
      ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
      ottava_output output = OTTAVA_OUTPUT_INIT;
      ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
      desc.n = c.n, desc.k = c.k;
      constants.rhs = weights.data();
      ottava_matmul* matmul = nullptr;
      REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
      for (const std::int64_t m : {1, 1000}) {
        ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
        REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
        INFO(info.route);
        CHECK((std::string(info.kernel) == kernel->name) == c.taken);
      }
      CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    }
  }
}

TEST_CASE("matmul: where one tile has all channels, rows are read in place whatever their number") {
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->isa < Isa::x86_avx2 || kernel->form != LhsForm::packed) continue;
    const KernelContext context(kernel->isa);
    const std::int64_t width = kernel->rhs->nr.count;
    for (const std::int64_t n : {width, width + 1}) {
      INFO(kernel->name << ", " << n << " channels");
      const std::int8_t weight = kernel->weights == Weights::any ? 127 : 1;
      CHECK(reads_in_place(info_of(context.get(), {1000, n, 64}, weight)) == (n == width));
      // Higher tiles that take the rows as they lie are better still.
      const ottava_matmul_info unsigned_lhs = info_of(context.get(), {1000, n, 64}, weight, OTTAVA_TYPE_U8);
      if (kernel->isa == Isa::x86_avx512vnni) CHECK(std::string(unsigned_lhs.kernel) == kernel->name);
    }
  }
}

TEST_CASE("matmul: AVX2 reads rows in place in longer runs up to the depth that it widens once, and no further") {
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->isa != Isa::x86_avx2 || kernel->form != LhsForm::packed || kernel->lhs_any_stride) continue;
    const KernelContext context(kernel->isa);
    // 256 x 64 weights by 256 rows are 2^22 multiply-accumulates.
    const struct {
      ProductShape shape;
      bool in_place;
    } cases[] = {{{256, 64, 256}, true}, {{257, 64, 256}, false}, {{200, 64, 257}, false},
                 {{480, 64, 16}, true},  {{481, 64, 16}, false},  {{480, 32, 256}, true}};
    for (const auto& c : cases) {
      INFO(kernel->name << ", " << c.shape.m << " x " << c.shape.n << " x " << c.shape.k);
      CHECK(reads_in_place(info_of(context.get(), c.shape, 127)) == c.in_place);
    }
  }
}

TEST_CASE("matmul: AMX leaves few channels, short depths and short runs to AVX512-VNNI, to the last of each") {
  for (const Kernel* kernel : first_kernels()) {
    if (kernel->isa != Isa::x86_amx) continue;
    const KernelContext context(kernel->isa);
    const struct {
      ProductShape shape;
      bool amx;
    } cases[] = {{{1000, 4, 1000}, false}, {{1000, 5, 64}, true},  {{1000, 16, 63}, false}, {{1000, 16, 64}, true},
                 {{1000, 17, 31}, false},  {{1000, 17, 32}, true}, {{32, 32, 64}, false},   {{33, 32, 64}, true},
                 {{3, 512, 512}, false},   {{4, 512, 512}, true}};
    for (const auto& c : cases) {
      INFO(c.shape.m << " x " << c.shape.n << " x " << c.shape.k);
      CHECK((info_of(context.get(), c.shape, 1).tier == OTTAVA_TIER_X86_AMX) == c.amx);
    }
  }
}

TEST_CASE("matmul: the query tells the route of the asked M") {
  const std::vector<std::int8_t> weights(64 * 64, 3);
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name);
    const KernelContext context(kernel->name);
    ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
    ottava_output output = OTTAVA_OUTPUT_INIT;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    desc.n = desc.k = 64;
    output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    constants.rhs = weights.data();
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
    const bool itself_small = kernel->form == LhsForm::indirect && kernel->min_m == 0;
    for (const std::int64_t m : {1, 1000}) {
      ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
      REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
      const std::string route = info.route;
      INFO(route);
      CHECK(route.find(info.kernel) != std::string::npos);
      CHECK((route.find("small M: ") == 0) == (m == 1 && itself_small));
      const bool in_place = kernel->form == LhsForm::indirect || kernel->lhs_any_stride;
      CHECK((route.find("rows in place") != std::string::npos) ==
            (in_place && (kernel->form == LhsForm::indirect || kernel->lhs_element == Element::s8)));
      const FusedEpilogues* const fused = kernel->tuning.fused;
      const bool has_stage =
          fused != nullptr && fused->run[static_cast<std::size_t>(Stage::float_nearest_even)] != nullptr;
      CHECK((route.find("fused epilogue") != std::string::npos) == has_stage);
    }
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  }
}
