// Every combination of types, quantization, zero points, scales, rule, bias, activation and accumulation: those that
// are offered, against the oracle, on every kernel; the others, refused with words.
#include <cstdio>

#include "catch.h"
#include "combination.h"

using namespace ottava;

TEST_CASE("combinations: each that is offered equals the oracle") {
  const std::size_t sample = test_sample();
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->name);
    const bool in_place = kernel->lhs_form == LhsForm::rows;
    Random random(test_seed() + 50);
    std::size_t offered = 0, covered = 0, refused = 0;
    for_each_combination([&](const Combination& c) {
      if (!c.offered()) return;
      if (c.accumulate && !c.can_accumulate()) {
        if (++refused % (16 * sample) == 0) check_offered(context.get(), c, random, in_place);  // all by one check
        return;
      }
      // A sample begins anywhere, so that repeated runs with other seeds cover the rest.
      if ((++offered + test_seed()) % sample != 0) return;
      ++covered;
      check_offered(context.get(), c, random, in_place);
    });
    report(std::string(kernel->name) + ": " + std::to_string(covered) + " of " + std::to_string(offered) +
           " offered combinations equal the oracle");
    CHECK(covered >= offered / sample);
    record_exercised(*kernel);
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
