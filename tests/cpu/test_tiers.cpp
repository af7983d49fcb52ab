// A promise kept: OTTAVA_TEST_PROMISED lists tiers, separated by spaces, that this machine must be able to
// run. ./dev test sets it for each machine and emulated CPU; without it every usable tier is listed only.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "contraction/route.h"
#include "cpu/tiers.h"
#include "small_layer.h"
#include "support.h"

using namespace ottava;

TEST_CASE("every promised tier is usable, and is the best where nothing better is promised") {
  const char* promised = std::getenv("OTTAVA_TEST_PROMISED");
  std::istringstream names(promised != nullptr ? promised : "portable");
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(nullptr, nullptr, &context, nullptr) == OTTAVA_OK);
  for (std::string name; names >> name;) {
    INFO("promised: " << name);
    const Tier* tier = tier_named(name.c_str());
    REQUIRE(tier != nullptr);
    bool found = false;
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    for (std::uint32_t i = 0; ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK; ++i) {
      if (info.name != name) continue;
      found = true;
      INFO(info.reason);
      CHECK(info.built == 1);
      CHECK(info.detected == 1);
      CHECK(info.usable == 1);
    }
    CHECK(found);
  }
  ottava_context_destroy(context);
}

TEST_CASE("tiers of this architecture come first, each unusable one says why") {
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(nullptr, nullptr, &context, nullptr) == OTTAVA_OK);
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  std::uint32_t count = 0;
  bool foreign_seen = false;
  for (; ottava_tier_query(context, count, &info, nullptr) == OTTAVA_OK; ++count) {
    const Tier* tier = tier_named(info.name);
    REQUIRE(tier != nullptr);
    const bool foreign = tier->architecture != kThisArchitecture && tier->architecture != Architecture::portable;
    CHECK_FALSE((foreign_seen && !foreign));
    foreign_seen = foreign_seen || foreign;
    CHECK((std::string(info.reason).empty()) == (info.usable == 1));
    CHECK(std::string(info.kernel).empty() == (info.built == 0));
    if (foreign) CHECK(info.usable == 0);
  }
  CHECK(count == tier_count());
  ottava_context_destroy(context);
}

TEST_CASE("a context that names a kernel leaves its tier usable, without a reason, and no other") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    for (std::uint32_t i = 0; ottava_tier_query(context.get(), i, &info, nullptr) == OTTAVA_OK; ++i) {
      const bool own = info.tier == static_cast<std::uint32_t>(kernel->isa);
      CHECK(info.usable == (own ? 1u : 0u));
      CHECK(std::string(info.reason).empty() == own);
      if (own) CHECK(info.kernel == std::string(kernel->name));
    }
  }
}

TEST_CASE("a cap or a named kernel of another tier keeps a context from the tiers that it excludes") {
  const Isa tiers[] = {Isa::x86_amx, Isa::x86_avx512vnni, Isa::x86_avx2, Isa::portable};
  for (const Isa tier : tiers) {
    CHECK(admits({built_kernels(), Isa::any, nullptr}, tier));
    for (const Isa cap : tiers) CHECK(admits({built_kernels(), cap, nullptr}, tier) == (tier <= cap));
    for (const Kernel* kernel : runnable_kernels()) {
      CHECK(admits({built_kernels(), Isa::any, kernel}, tier) == (tier == kernel->isa));
      CHECK(admits({built_kernels(), Isa::x86_amx, kernel}, tier) == (tier == kernel->isa));
    }
  }
}

TEST_CASE("a tier that a cap excludes is unusable for that reason") {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = OTTAVA_TIER_PORTABLE;
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(&options, nullptr, &context, nullptr) == OTTAVA_OK);
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK; ++i) {
    if (info.built == 0 || info.tier == OTTAVA_TIER_PORTABLE) continue;
    CHECK(std::string(info.reason) == "above the cap portable");  // whether the machine has it or not
  }
  ottava_context_destroy(context);
}

namespace {

// Of a product that every tier keeps, where it has as many rows: AMX leaves short depths and few rows to the tier
// below.
constexpr std::int64_t kSize = 128;

ottava_matmul* create_square(const ottava_context* context) {
  const std::vector<std::int8_t> weights(static_cast<std::size_t>(kSize * kSize), 1);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.n = desc.k = kSize;
  constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  return matmul;
}

}  // namespace

TEST_CASE("a tier cap and OTTAVA_ISA hold, the lower one wins") {
  for (const Kernel* kernel : runnable_kernels()) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.tier_cap = static_cast<std::uint32_t>(kernel->isa);
    ottava_context* capped = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &capped, nullptr) == OTTAVA_OK);
    REQUIRE(setenv("OTTAVA_ISA", tier_name(*kernel), 1) == 0);
    ottava_context* by_environment = nullptr;
    REQUIRE(ottava_context_create(nullptr, nullptr, &by_environment, nullptr) == OTTAVA_OK);
    options.tier_cap = OTTAVA_TIER_PORTABLE;
    ottava_context* lower = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &lower, nullptr) == OTTAVA_OK);
    REQUIRE(unsetenv("OTTAVA_ISA") == 0);

    const ottava_context* const contexts[] = {capped, by_environment, lower};
    for (const ottava_context* context : contexts) {
      ottava_matmul* const matmul = create_square(context);
      ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
      REQUIRE(ottava_matmul_query(matmul, kSize, &info, nullptr) == OTTAVA_OK);
      CHECK(info.tier == (context == lower ? OTTAVA_TIER_PORTABLE : static_cast<std::uint32_t>(kernel->isa)));
      ottava_matmul_destroy(matmul);
    }
    ottava_context_destroy(capped);
    ottava_context_destroy(by_environment);
    ottava_context_destroy(lower);
  }
}

TEST_CASE("a query tells the tier of the kernel that it names, be it another for few rows") {
  const auto check = [](const char* name, std::uint32_t tier) {
    INFO(name << ", tier " << tier);
    bool found = false;
    for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
      if (std::string(kernel->name) != name) continue;
      found = true;
      CHECK(tier == static_cast<std::uint32_t>(kernel->isa));
    }
    CHECK(found);
  };
  const ottava_output output = OTTAVA_OUTPUT_INIT;
  for (const Kernel* best : first_kernels()) {
    const KernelContext context(best->isa);
    ottava_matmul* const matmul = create_square(context.get());
    for (const std::int64_t m : {std::int64_t{1}, kSize}) {
      ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
      REQUIRE(ottava_matmul_query(matmul, m, &info, nullptr) == OTTAVA_OK);
      check(info.kernel, info.tier);
    }
    ottava_matmul_destroy(matmul);

    for (const auto kind : {LayerShapeCase::conv2d, LayerShapeCase::transposed}) {
      const SmallLayer layer(context.get(), {kind, kSize, kSize, 1, 1, 1}, output);
      for (const std::int64_t width : {1, 64}) {
        const ottava_layer_info info = layer.query(1, width);
        check(info.kernel, info.tier);
      }
    }
  }
}
