// Every combination of types, quantization, zero points, scales, rule, bias, activation and accumulation: those that
// are offered, against the oracle, on every kernel; the others, refused with words.
#include <algorithm>

#include "catch.h"
#include "combination.h"
#include "combination_check.h"
#include "support.h"

using namespace ottava;

namespace {

// All offered combinations, or a sample of them, in one context.
void sweep(const ottava_context* context, const std::string& what, bool rows_only) {
  const std::size_t sample = test_sample();
  Random random(test_seed() + 50);
  std::size_t offered = 0, covered = 0, refused = 0;
  for_each_combination([&](const Combination& c) {
    if (!c.offered()) return;
    if (c.accumulate && !c.can_accumulate()) {
      if (++refused % (16 * sample) == 0) check_offered(context, c, random, rows_only);  // all by one check
      return;
    }
    // A sample begins anywhere, so that repeated runs with other seeds cover the rest.
    if ((++offered + test_seed()) % sample != 0) return;
    ++covered;
    check_offered(context, c, random, rows_only);
  });
  report(what + ": " + std::to_string(covered) + " of " + std::to_string(offered) +
         " offered combinations equal the oracle");
  CHECK(covered >= offered / sample);
}

}  // namespace

TEST_CASE("combinations: each that is offered equals the oracle") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    sweep(context.get(), kernel->name, kernel->form == LhsForm::indirect);
    record_exercised(*kernel);
  }
}

// A named kernel stands alone. Left to itself a tier takes turns between its kernels, one for few rows.
TEST_CASE("combinations: each that is offered equals the oracle on the kernels that a tier chooses") {
  std::vector<Isa> seen;
  for (const Kernel* kernel : runnable_kernels()) {
    if (std::find(seen.begin(), seen.end(), kernel->isa) != seen.end()) continue;
    seen.push_back(kernel->isa);
    const KernelContext context(kernel->isa);
    sweep(context.get(), tier_name(*kernel), false);
  }
}

TEST_CASE("combinations: each that is not offered is refused with the two things that do not go together") {
  const KernelContext context(nullptr);
  const std::size_t sample = test_sample();
  std::size_t refused = 0, covered = 0;
  for_each_combination([&](const Combination& c) {
    if (c.offered() || (++refused + test_seed()) % sample != 0) return;
    ++covered;
    check_refused(context.get(), c);
  });
  report(std::to_string(covered) + " of " + std::to_string(refused) + " other combinations refused with words");
  CHECK(covered >= refused / sample);
}
