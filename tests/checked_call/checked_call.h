// Calls a function and checks that it kept the calling convention of the machine. Tests call every
// kernel, packing function and output stage through it: a wrong convention shows in no result.
//
// Before the call: every register that the function must keep holds a known value, every register
// that it need not keep holds garbage, so does the stack below it (the red zone included), and a
// canary lies above its frame, where stack arguments would be.
//
// Reported after it, by these names:
//   x86-64 (System V)    rbx rbp r12 r13 r14 r15 rsp, stack canary, direction flag, emms (x87 and MMX
//                        registers not empty), x87 control word, MXCSR (control bits), vzeroupper
//   AArch64 (AAPCS64)    x19 to x29, x18, sp, d8 to d15, stack canary, FPCR
//   ARMv7 (hard float)   r4 to r11, sp, d8 to d15, stack canary, FPSCR (control bits)
// Violations come in this order. Other machines, and systems other than Linux, get a plain call that
// reports none; checked_call_is_checking() tells.
//
// x18 belongs to the platform on several systems, so no kernel may use it. Linux lets compilers use
// it: C++ code called from here is compiled with -ffixed-x18, and a program that calls libc from there is
// linked with -z now, since the lazy binding of glibc uses x18, too. On Android, where it may hold the
// shadow call stack, it is neither filled nor checked.
//
// vzeroupper: a function that writes the upper half of a ymm register must execute vzeroupper before
// it returns. See UpperHalves for how that is seen. In C++ code the compiler inserts it; GCC does so only
// with -fexpensive-optimizations, which is part of -O2: kernels for x86 need that flag in every build.
//
// The function must return and must not throw: there is no unwind information. Calls take turns
// behind a lock; the function cannot make a checked call itself.
#ifndef OTTAVA_TESTS_CHECKED_CALL_CHECKED_CALL_H_
#define OTTAVA_TESTS_CHECKED_CALL_CHECKED_CALL_H_

#include <stdint.h>

#include "base/platform.h"

// Where the assembly beside this file is compiled in.
#if defined(__linux__) && (OTTAVA_ARCH_IS_X86_64 || OTTAVA_ARCH_IS_ARM64 || OTTAVA_ARCH_IS_ARM32)
#define OTTAVA_CHECKED_CALL_HAS_ASSEMBLY 1
#else
#define OTTAVA_CHECKED_CALL_HAS_ASSEMBLY 0
#endif

namespace ottava {

struct CheckedCallReport {
  bool clean;
  char what[128];  // every violation, separated by ", "; empty if clean
};

// What the upper halves of ymm0 to ymm15 hold at the call. Neither choice shows everything:
//   garbage  A function that takes them for zero goes wrong. On return each must still hold the
//            garbage (never touched) or zero (vzeroupper, or a 128-bit AVX instruction, which clears
//            the upper half of its destination and leaves nothing to clean). A function that leaves
//            nothing but zeros in wide registers looks the same and passes.
//   clean    On return each must be zero, and XGETBV with ECX = 1 must report the upper halves as
//            not in use, which shows even zeros left in wide registers (unless the system switches
//            tasks just then). Processors may report "in use" at will (QEMU always does), so the
//            answer counts only where a trial shows that it follows vzeroupper; elsewhere the values
//            alone decide.
enum class UpperHalves { garbage, clean };

// The two choices take turns from call to call, so a test that calls a function twice sees both.
CheckedCallReport checked_call(void (*function)(const void*), const void* argument);
CheckedCallReport checked_call(void (*function)(const void*), const void* argument, UpperHalves upper_halves);

// For kernels and the like: any function of one pointer to constant arguments.
template <typename Arguments>
CheckedCallReport checked_call(void (*function)(const Arguments*), const Arguments* argument) {
  return checked_call(reinterpret_cast<void (*)(const void*)>(function), static_cast<const void*>(argument));
}

// For a function of up to four integers and pointers, cast to void (*)(). Kernels take one pointer to
// machine words and no 32-bit argument; for a function that does, poisoned_word() makes the argument.
CheckedCallReport checked_call_words(void (*function)(), const uintptr_t words[4]);

// A quiet NaN as a float, no address as a pointer. Garbage consists of the 32-bit lanes kPoison,
// kPoison + 1, ... kPoison + 15.
constexpr uint32_t kPoison = 0x7fd5a3c0;

// A 32-bit argument as a register may carry it: garbage in the upper half, where there is one.
constexpr uintptr_t poisoned_word(uint32_t value) {
  return static_cast<uintptr_t>(sizeof(uintptr_t) > sizeof(uint32_t) ? uint64_t{kPoison} << 32 | value : value);
}

bool checked_call_is_checking();

// Whether a missing vzeroupper can be seen: the CPU has AVX.
bool checked_call_sees_upper_halves();

// Whether even zeros left in wide registers are seen (UpperHalves::clean).
bool checked_call_sees_upper_halves_in_use();

}  // namespace ottava

#endif  // OTTAVA_TESTS_CHECKED_CALL_CHECKED_CALL_H_
