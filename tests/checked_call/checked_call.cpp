// The checked call: prepares the state for the assembly of this machine, which makes the call, and
// turns what the assembly found into words.
#include "checked_call/checked_call.h"

#include <stddef.h>
#include <string.h>

#include <mutex>

#include "checked_call/state.h"

#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY && OTTAVA_ARCH_IS_X86_64
#include <cpuid.h>
#endif
#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY && OTTAVA_ARCH_IS_ARM64
#include <sys/auxv.h>
#endif

namespace ottava {

#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY

struct CheckedCallState {
  uintptr_t function;
  uintptr_t arguments[4];
  uintptr_t features;
  uintptr_t own_stack;
  uintptr_t canary_damage;
  uintptr_t known[16];
  uintptr_t found[16];
  uintptr_t control_before;
  uintptr_t control_after;
  uintptr_t x87_control_before;
  uintptr_t x87_control_after;
  uintptr_t x87_tags;
  uintptr_t flags;
  uintptr_t xinuse;
  uintptr_t padding;
  uint32_t garbage[16];
  uint64_t known_vectors[8];
  uint64_t found_vectors[32];
};

#define OTTAVA_STATE_WORD(field, index) \
  static_assert(offsetof(CheckedCallState, field) == (index) * sizeof(uintptr_t), "the assembly knows this offset")
OTTAVA_STATE_WORD(function, OTTAVA_STATE_FUNCTION);
OTTAVA_STATE_WORD(arguments, OTTAVA_STATE_ARGUMENTS);
OTTAVA_STATE_WORD(features, OTTAVA_STATE_FEATURES);
OTTAVA_STATE_WORD(own_stack, OTTAVA_STATE_OWN_STACK);
OTTAVA_STATE_WORD(canary_damage, OTTAVA_STATE_CANARY_DAMAGE);
OTTAVA_STATE_WORD(known, OTTAVA_STATE_KNOWN);
OTTAVA_STATE_WORD(found, OTTAVA_STATE_FOUND);
OTTAVA_STATE_WORD(control_before, OTTAVA_STATE_CONTROL_BEFORE);
OTTAVA_STATE_WORD(control_after, OTTAVA_STATE_CONTROL_AFTER);
OTTAVA_STATE_WORD(x87_control_before, OTTAVA_STATE_X87_CONTROL_BEFORE);
OTTAVA_STATE_WORD(x87_control_after, OTTAVA_STATE_X87_CONTROL_AFTER);
OTTAVA_STATE_WORD(x87_tags, OTTAVA_STATE_X87_TAGS);
OTTAVA_STATE_WORD(flags, OTTAVA_STATE_FLAGS);
OTTAVA_STATE_WORD(xinuse, OTTAVA_STATE_XINUSE);
#undef OTTAVA_STATE_WORD

#define OTTAVA_STATE_VECTORS(field, byte)                                                             \
  static_assert(offsetof(CheckedCallState, field) == OTTAVA_STATE_WORDS * sizeof(uintptr_t) + (byte), \
                "the assembly knows this offset")
OTTAVA_STATE_VECTORS(garbage, OTTAVA_STATE_GARBAGE_BYTE);
OTTAVA_STATE_VECTORS(known_vectors, OTTAVA_STATE_KNOWN_VECTORS_BYTE);
OTTAVA_STATE_VECTORS(found_vectors, OTTAVA_STATE_FOUND_VECTORS_BYTE);
#undef OTTAVA_STATE_VECTORS

extern "C" void ottava_checked_call_run(CheckedCallState*);

namespace {

class Violations {
 public:
  Violations() : report_{true, ""} {}

  void add(const char* name) {
    report_.clean = false;
    size_t used = strlen(report_.what);
    const char* separator = used == 0 ? "" : ", ";
    if (used + strlen(separator) + strlen(name) >= sizeof(report_.what)) return;
    strcat(strcat(report_.what, separator), name);
  }

  void add_if(bool violated, const char* name) {
    if (violated) add(name);
  }

  CheckedCallReport report() const { return report_; }

 private:
  CheckedCallReport report_;
};

CheckedCallState fresh_state() {
  CheckedCallState state;
  memset(&state, 0, sizeof(state));
  // Known values have nothing in common with the garbage, differ from each other, and have both halves set.
  for (unsigned i = 0; i < 16; ++i) {
    state.known[i] = static_cast<uintptr_t>(0x3e91c75b'91d30a67u + uint64_t{i} * 0x01000001'01000001u);
  }
  for (unsigned i = 0; i < 8; ++i) state.known_vectors[i] = 0x4b17e25d'86f93c11u + uint64_t{i} * 0x01000001'01000001u;
  for (unsigned i = 0; i < 16; ++i) state.garbage[i] = kPoison + i;
  return state;
}

#if OTTAVA_ARCH_IS_X86_64

extern "C" uintptr_t ottava_checked_call_upper_halves_in_use(const CheckedCallState*);

const char* const kRegisterNames[] = {"rbx", "rbp", "r12", "r13", "r14", "r15", "rsp"};

// Which state components XGETBV with ECX = 1 reports truly: in use when wide registers hold something,
// not in use after vzeroupper. None where the instruction is absent or always says "in use".
uintptr_t find_upper_halves_components(uintptr_t features) {
  if ((features & OTTAVA_FEATURE_XGETBV1) == 0) return 0;
  constexpr uintptr_t kYmmAndZmm = 0x44;
  CheckedCallState state = fresh_state();
  uintptr_t components = kYmmAndZmm;
  for (int trial = 0; trial < 16; ++trial) {
    state.features = features;
    components &= ottava_checked_call_upper_halves_in_use(&state);
    state.features = features | OTTAVA_FEATURE_CLEAN_UPPER_HALVES;
    components &= ~ottava_checked_call_upper_halves_in_use(&state);
  }
  return components;
}

struct Machine {
  uintptr_t features;
  uintptr_t upper_halves_components;
};

const Machine& machine() {
  static const Machine found = [] {
    Machine result = {0, 0};
    if (__builtin_cpu_supports("avx")) {
      result.features |= OTTAVA_FEATURE_AVX;
      if (__builtin_cpu_supports("avx512f")) result.features |= OTTAVA_FEATURE_AVX512;
      unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
      if (__get_cpuid_count(0xd, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & 4) != 0) {
        result.features |= OTTAVA_FEATURE_XGETBV1;
      }
      result.upper_halves_components = find_upper_halves_components(result.features);
    }
    return result;
  }();
  return found;
}

uintptr_t features_for(UpperHalves upper_halves) {
  return machine().features | (upper_halves == UpperHalves::clean ? OTTAVA_FEATURE_CLEAN_UPPER_HALVES : 0u);
}

bool upper_halves_are_dirty(const CheckedCallState& state) {
  if ((state.features & OTTAVA_FEATURE_AVX) == 0) return false;
  const bool zero_only = (state.features & OTTAVA_FEATURE_CLEAN_UPPER_HALVES) != 0;
  if (zero_only && (state.xinuse & machine().upper_halves_components) != 0) return true;
  const uint64_t zero[2] = {0, 0};
  for (unsigned i = 0; i < 16; ++i) {
    const uint64_t* upper_half = state.found_vectors + i * 2;
    const bool untouched = !zero_only && memcmp(upper_half, state.garbage + 4, 16) == 0;
    if (!untouched && memcmp(upper_half, zero, 16) != 0) return true;
  }
  return false;
}

void check_the_rest(const CheckedCallState& state, Violations* violations) {
  constexpr uintptr_t kDirectionFlag = 0x400;
  constexpr uintptr_t kAllEmpty = 0xffff;
  constexpr uintptr_t kMxcsrControl = 0xffc0;
  violations->add_if((state.flags & kDirectionFlag) != 0, "direction flag");
  violations->add_if(state.x87_tags != kAllEmpty, "emms");
  violations->add_if(state.x87_control_before != state.x87_control_after, "x87 control word");
  violations->add_if(((state.control_before ^ state.control_after) & kMxcsrControl) != 0, "MXCSR");
  violations->add_if(upper_halves_are_dirty(state), "vzeroupper");
}

#else  // Arm, 64 or 32 bits

#if OTTAVA_ARCH_IS_ARM64
const char* const kRegisterNames[] = {"x19", "x20", "x21", "x22", "x23", "x24", "x25",
                                      "x26", "x27", "x28", "x29", "x18", "sp"};
const char* const kControlName = "FPCR";
constexpr uintptr_t kControlMask = ~uintptr_t{0};

uintptr_t features_for(UpperHalves) {
  constexpr unsigned long kSve = 1ul << 22;  // HWCAP_SVE, which old headers lack
  return (getauxval(AT_HWCAP) & kSve) != 0 ? OTTAVA_FEATURE_SVE : 0u;
}
#else
const char* const kRegisterNames[] = {"r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "sp"};
const char* const kControlName = "FPSCR";
constexpr uintptr_t kControlMask = 0x07f79f00;  // without the condition flags and the sticky exception flags

uintptr_t features_for(UpperHalves) { return 0; }
#endif

void check_the_rest(const CheckedCallState& state, Violations* violations) {
  static const char* const kNames[] = {"d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15"};
  for (unsigned i = 0; i < 8; ++i) violations->add_if(state.known_vectors[i] != state.found_vectors[i], kNames[i]);
  violations->add_if(((state.control_before ^ state.control_after) & kControlMask) != 0, kControlName);
}

#endif

CheckedCallReport run(void (*function)(), const uintptr_t words[4], UpperHalves upper_halves) {
  CheckedCallState state = fresh_state();
  state.function = reinterpret_cast<uintptr_t>(function);
  memcpy(state.arguments, words, sizeof(state.arguments));
  state.features = features_for(upper_halves);
  {
    static std::mutex one_at_a_time;  // the assembly finds its state through a variable
    std::lock_guard<std::mutex> lock(one_at_a_time);
    ottava_checked_call_run(&state);
  }
  Violations violations;
  for (size_t i = 0; i < sizeof(kRegisterNames) / sizeof(kRegisterNames[0]); ++i) {
    violations.add_if(state.known[i] != state.found[i], kRegisterNames[i]);
  }
  violations.add_if(state.canary_damage != 0, "stack canary");
  check_the_rest(state, &violations);
  return violations.report();
}

}  // namespace

bool checked_call_is_checking() { return true; }

#else

namespace {

CheckedCallReport run(void (*function)(), const uintptr_t words[4], UpperHalves) {
  reinterpret_cast<void (*)(uintptr_t, uintptr_t, uintptr_t, uintptr_t)>(function)(words[0], words[1], words[2],
                                                                                   words[3]);
  return {true, ""};
}

}  // namespace

bool checked_call_is_checking() { return false; }

#endif

namespace {

UpperHalves next_turn() {
  static std::mutex mutex;
  static bool garbage = false;
  std::lock_guard<std::mutex> lock(mutex);
  garbage = !garbage;
  return garbage ? UpperHalves::garbage : UpperHalves::clean;
}

}  // namespace

bool checked_call_sees_upper_halves() {
#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY && OTTAVA_ARCH_IS_X86_64
  return (machine().features & OTTAVA_FEATURE_AVX) != 0;
#else
  return false;
#endif
}

bool checked_call_sees_upper_halves_in_use() {
#if OTTAVA_CHECKED_CALL_HAS_ASSEMBLY && OTTAVA_ARCH_IS_X86_64
  return machine().upper_halves_components != 0;
#else
  return false;
#endif
}

CheckedCallReport checked_call(void (*function)(const void*), const void* argument, UpperHalves upper_halves) {
  const uintptr_t words[4] = {reinterpret_cast<uintptr_t>(argument), poisoned_word(kPoison + 1),
                              poisoned_word(kPoison + 2), poisoned_word(kPoison + 3)};
  return run(reinterpret_cast<void (*)()>(function), words, upper_halves);
}

CheckedCallReport checked_call(void (*function)(const void*), const void* argument) {
  return checked_call(function, argument, next_turn());
}

CheckedCallReport checked_call_words(void (*function)(), const uintptr_t words[4]) {
  return run(function, words, next_turn());
}

}  // namespace ottava
