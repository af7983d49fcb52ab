// The checker checked: every function that breaks the calling convention on purpose is caught under the
// right name, every honest one passes, and what need not be kept holds garbage at the call.
#include <stdint.h>
#include <string.h>

#include <string>

#include "catch.h"
#include "checked_call/checked_call.h"

using ottava::checked_call;
using ottava::checked_call_is_checking;
using ottava::checked_call_sees_upper_halves;
using ottava::checked_call_sees_upper_halves_in_use;
using ottava::checked_call_words;
using ottava::CheckedCallReport;
using ottava::kPoison;
using ottava::poisoned_word;
using ottava::UpperHalves;

TEST_CASE("checked call: a C++ function passes and gets its argument") {
  struct Sum {
    int a;
    int b;
    int* to;
  };
  int sum = 0;
  const Sum arguments = {19, 23, &sum};
  void (*add)(const Sum*) = [](const Sum* from) { *from->to = from->a + from->b; };
  const CheckedCallReport report = checked_call(add, &arguments);
  CHECK(report.clean);
  CHECK(std::string(report.what).empty());
  CHECK(sum == 42);
}

TEST_CASE("checked call: four words, a 32-bit argument with a poisoned upper half") {
  uintptr_t whole = 0;
  uint32_t half = 0;
  const uintptr_t words[4] = {reinterpret_cast<uintptr_t>(&half), poisoned_word(0x80000001u),
                              reinterpret_cast<uintptr_t>(&whole), poisoned_word(0x80000001u)};
  // The second argument is taken as the 32 bits that it is, the fourth, as if by mistake, as a word.
  void (*take)(uint32_t*, uint32_t, uintptr_t*, uintptr_t) = [](uint32_t* half_to, uint32_t half_from,
                                                                uintptr_t* whole_to, uintptr_t whole_from) {
    *half_to = half_from;
    *whole_to = whole_from;
  };
  CHECK(checked_call_words(reinterpret_cast<void (*)()>(take), words).clean);
  CHECK(half == 0x80000001u);
  CHECK((whole != 0x80000001u) == (sizeof(uintptr_t) > 4));
  CHECK(static_cast<uint32_t>(whole) == 0x80000001u);
}

#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY

// Of broken_<architecture>.S.
struct Expectation {
  const char* name;
  void (*function)(const void*);
  const char* report;  // empty: clean
  uintptr_t needs_avx;
};
extern "C" const Expectation ottava_broken_functions[];  // up to one without name
extern "C" void ottava_witness(const void*);

namespace {

constexpr UpperHalves kBothFills[] = {UpperHalves::garbage, UpperHalves::clean};

bool is_garbage(uint32_t lane) { return lane - kPoison < 16; }

}  // namespace

TEST_CASE("checked call: each violation is caught and named, and nothing else") {
  REQUIRE(checked_call_is_checking());
  size_t broken = 0;
  size_t honest = 0;
  size_t skipped = 0;
  for (const Expectation* expected = ottava_broken_functions; expected->name != nullptr; ++expected) {
    if (expected->needs_avx != 0 && !checked_call_sees_upper_halves()) {
      ++skipped;
      continue;
    }
    for (UpperHalves fill : kBothFills) {
      CAPTURE(expected->name, fill == UpperHalves::clean);
      const CheckedCallReport report = checked_call(expected->function, nullptr, fill);
      CHECK(std::string(report.what) == expected->report);
      CHECK(report.clean == (expected->report[0] == '\0'));
    }
    ++(expected->report[0] == '\0' ? honest : broken);
  }
  if (skipped != 0) WARN("this CPU has no AVX: a missing vzeroupper is not looked for");
#if OTTAVA_ARCH_IS_X86_64
  CHECK(broken + honest + skipped == 18 + 16 + 3);
#elif OTTAVA_ARCH_IS_ARM64
  CHECK(broken >= 27);  // 28 with x18, which belongs to Android
  CHECK(honest == 1);
#else
  CHECK(broken == 31);
  CHECK(honest == 1);
#endif
}

TEST_CASE("checked call: scratch registers and the stack below hold garbage") {
#if OTTAVA_ARCH_IS_X86_64
  constexpr size_t kLanes = 2 * (7 + 32 + 3);
#elif OTTAVA_ARCH_IS_ARM64
  constexpr size_t kLanes = 2 * (16 + 48 + 8 + 2);
#else
  constexpr size_t kLanes = 4 + 48 + 2;
#endif
  uint32_t seen[kLanes + 2];
  for (UpperHalves fill : kBothFills) {
    memset(seen, 0, sizeof(seen));
    CHECK(checked_call(ottava_witness, seen, fill).clean);
    for (size_t i = 0; i < kLanes; ++i) {
      CAPTURE(i, seen[i]);
      CHECK(is_garbage(seen[i]));
    }
    CHECK(seen[kLanes] == 0);  // the count is right
    CHECK(seen[kLanes + 1] == 0);
  }
}

#endif

#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY && OTTAVA_ARCH_IS_X86_64

extern "C" void ottava_broken_vzeroupper_zeros(const void*);
extern "C" void ottava_witness_upper_halves(const void*);

TEST_CASE("checked call: zeros left in a wide register are caught") {
  if (!checked_call_sees_upper_halves_in_use()) {
    WARN("this CPU does not tell whether upper halves are in use: zeros left in them are not looked for");
    return;
  }
  // The system may switch tasks between function and check, and zeros come back as "not in use" then.
  bool caught = false;
  for (int attempt = 0; attempt < 20 && !caught; ++attempt) {
    const CheckedCallReport report = checked_call(ottava_broken_vzeroupper_zeros, nullptr, UpperHalves::clean);
    caught = std::string(report.what) == "vzeroupper";
  }
  CHECK(caught);
}

TEST_CASE("checked call: upper halves hold garbage, or zeros, and both within two calls") {
  if (!checked_call_sees_upper_halves()) return;
  uint32_t seen[64] = {};
  CHECK(checked_call(ottava_witness_upper_halves, seen, UpperHalves::garbage).clean);
  for (uint32_t lane : seen) CHECK(is_garbage(lane));
  CHECK(checked_call(ottava_witness_upper_halves, seen, UpperHalves::clean).clean);
  for (uint32_t lane : seen) CHECK(lane == 0);

  uint32_t seen_next[64] = {};
  CHECK(checked_call(ottava_witness_upper_halves, seen).clean);
  CHECK(checked_call(ottava_witness_upper_halves, seen_next).clean);
  CHECK(is_garbage(seen[0]) != is_garbage(seen_next[0]));
}

#endif
