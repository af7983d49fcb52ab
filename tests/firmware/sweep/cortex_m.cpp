// From reset to main on a Cortex-M, its faults and its MPU: PMSAv7 (Cortex-M3, M4) or PMSAv8 (Cortex-M55). The program
// has one region, everything else is closed.
#include <stdlib.h>

#include "core.h"

extern "C" {
extern uint32_t stack_top[];
extern uint8_t program_start[], program_end[];  // a power of two at a multiple of itself
int main();
void initialise_monitor_handles();
void __libc_init_array();
void _init() {}
void _fini() {}
void* __dso_handle = nullptr;
#if !defined(__ARM_FEATURE_LDREX)  // nobody else is there to come between
uint32_t fetch_add(volatile void* at, uint32_t addend, int) __asm__("__atomic_fetch_add_4");
__attribute__((weak)) uint32_t fetch_add(volatile void* at, uint32_t addend, int) {
  volatile uint32_t* const value = static_cast<volatile uint32_t*>(at);
  const uint32_t before = *value;
  *value = before + addend;
  return before;
}
#endif
}

namespace ottava {
namespace {

volatile uint32_t& at(uint32_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

constexpr uint32_t kCcr = 0xE000ED14, kShcsr = 0xE000ED24, kCfsr = 0xE000ED28, kMmfar = 0xE000ED34, kBfar = 0xE000ED38,
                   kMmfr0 = 0xE000ED50, kCpacr = 0xE000ED88, kMpuType = 0xE000ED90, kMpuCtrl = 0xE000ED94,
                   kMpuRnr = 0xE000ED98, kMpuRbar = 0xE000ED9C, kMpuRasr = 0xE000EDA0, kMpuMair0 = 0xE000EDC0;

// QEMU looks at the first byte of an access alone unless it crosses a page of so many bytes.
constexpr size_t kPage = 1024;

void synchronize() { __asm__ volatile("dsb\n isb" ::: "memory"); }

bool is_pmsav8() { return (at(kMmfr0) >> 4 & 15) >= 4; }

void set_region(uint32_t region, const uint8_t* start, size_t bytes, bool read_only, bool executable) {
  const uint32_t first = reinterpret_cast<uint32_t>(start);
  uint32_t base = first, attributes = 0;
  if (bytes != 0 && is_pmsav8()) {
    base |= (read_only ? 2u : 0u) << 1 | (executable ? 0u : 1u);
    attributes = (first + static_cast<uint32_t>(bytes) - 32) | 1;
  } else if (bytes != 0) {
    uint32_t log = 5;
    while (size_t{1} << log < bytes) ++log;
    // Eighths of the region that lie behind its end are disabled.
    const uint32_t eighths = static_cast<uint32_t>(bytes >> (log - 3)), disabled = 0xFFu << eighths & 0xFFu;
    attributes =
        (executable ? 0u : 1u << 28) | (read_only ? 6u : 3u) << 24 | 0xBu << 16 | disabled << 8 | (log - 1) << 1 | 1;
  }
  at(kMpuRnr) = region;
  at(kMpuRasr) = 0;
  at(kMpuRbar) = base;
  at(kMpuRasr) = attributes;
  synchronize();
}

void start_mpu() {
  const size_t regions = mpu_regions() + 1;
  for (size_t i = 0; i < regions; ++i) set_region(static_cast<uint32_t>(i), nullptr, 0, false, false);
  if (is_pmsav8()) at(kMpuMair0) = 0xFF;  // attribute 0: cached memory
  set_region(0, program_start, static_cast<size_t>(program_end - program_start), false, true);
  at(kMpuCtrl) = 1;  // on, with nothing behind its regions
  synchronize();
}

extern "C" [[noreturn]] void start() {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  at(kCpacr) |= 0xFu << 20;
#endif
#if defined(__ARM_FEATURE_MVE)
  at(kCcr) |= 1u << 19;  // low-overhead loops
#endif
#if !defined(__ARM_FEATURE_UNALIGNED)
  at(kCcr) |= 1u << 3;  // a fault for each access that a core of this architecture could not do
#endif
  at(kShcsr) |= 7u << 16;  // faults with handlers of their own
  synchronize();
  start_mpu();
  __libc_init_array();
  initialise_monitor_handles();
  exit(main());
}

struct Frame {
  uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

// Goes on in report_fault instead of where the fault was.
extern "C" void leave_fault(Frame* frame) {
  const uint32_t status = at(kCfsr);
  const uint32_t instruction = frame->pc;
  const uint32_t address = (status & 0x80) != 0 ? at(kMmfar) : (status & 0x8000) != 0 ? at(kBfar) : 0;
  at(kCfsr) = status;
  frame->r0 = instruction;
  frame->r1 = status;
  frame->r2 = address;
  frame->pc = reinterpret_cast<uint32_t>(report_fault) & ~1u;
  frame->xpsr = 1u << 24;  // Thumb, within no block of conditions
}

extern "C" __attribute__((naked)) void fault() {
  __asm__ volatile(
      "mov r0, sp\n"
      "push {r4, lr}\n"
      "bl leave_fault\n"
      "pop {r4, pc}\n");
}

union Vector {
  const void* stack;
  void (*handler)();
};
extern "C" __attribute__((section(".vectors"), used)) const Vector vectors[16] = {
    {stack_top},        {.handler = start}, {.handler = fault}, {.handler = fault},
    {.handler = fault}, {.handler = fault}, {.handler = fault}, {.handler = fault},
};

}  // namespace

size_t semihosting(size_t operation, const void* parameters) {
  register size_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = parameters;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

size_t mpu_regions() { return (at(kMpuType) >> 8 & 0xFF) - 1; }

MpuExtent mpu_extent(size_t bytes) {
  size_t granule = kPage;
  while (!is_pmsav8() && granule * 8 < bytes) granule *= 2;
  return {(bytes + granule - 1) / granule * granule, is_pmsav8() ? granule : granule * 8};
}

void set_mpu_region(size_t region, const uint8_t* start, size_t bytes, bool read_only) {
  set_region(static_cast<uint32_t>(region) + 1, start, bytes, read_only, false);
}

}  // namespace ottava
