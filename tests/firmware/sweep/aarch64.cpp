// An AArch64 core at EL1: its pages, its faults, and the few system calls that the C library of Linux makes, by
// semihosting.
#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "core.h"

extern "C" {
extern uint64_t level3[512];
extern uint8_t stack_top[];
extern uint8_t _end[];
}

namespace ottava {
namespace {

constexpr size_t kPage = 4096;

enum : uint64_t { kOpen = 1, kClose = 2, kWrite = 5, kSeek = 10, kLength = 12, kExitExtended = 0x20 };

uint64_t standard_output() {
  static uint64_t handle = 0;
  if (handle == 0) {
    const uint64_t block[3] = {reinterpret_cast<uint64_t>(":tt"), 4, 3};
    handle = semihosting(kOpen, block);
  }
  return handle;
}

// Files have the numbers of semihosting, 100 more.
int64_t write_to(uint64_t file, uint64_t from, uint64_t bytes) {
  const uint64_t block[3] = {file < 100 ? standard_output() : file - 100, from, bytes};
  return static_cast<int64_t>(bytes - semihosting(kWrite, block));
}

int64_t write_all(uint64_t file, const iovec* parts, uint64_t count) {
  int64_t written = 0;
  for (uint64_t i = 0; i < count; ++i) {
    written += write_to(file, reinterpret_cast<uint64_t>(parts[i].iov_base), parts[i].iov_len);
  }
  return written;
}

int64_t open_to_append(const char* name) {
  uint64_t length = 0;
  while (name[length] != '\0') ++length;
  const uint64_t block[3] = {reinterpret_cast<uint64_t>(name), 8, length};
  const uint64_t file = semihosting(kOpen, block);
  if (static_cast<int64_t>(file) < 0) return -ENOENT;
  const uint64_t end[2] = {file, semihosting(kLength, &file)};  // QEMU begins at the start
  semihosting(kSeek, end);
  return static_cast<int64_t>(file) + 100;
}

int64_t tell_time(uint64_t* seconds_and_nanoseconds) {
  uint64_t ticks, frequency;
  __asm__ volatile("mrs %0, cntvct_el0\n mrs %1, cntfrq_el0" : "=r"(ticks), "=r"(frequency));
  seconds_and_nanoseconds[0] = ticks / frequency;
  seconds_and_nanoseconds[1] = ticks % frequency * 1000000000 / frequency;
  return 0;
}

// The heap grows from the end of the program up to guarded memory.
int64_t move_break(uint64_t to) {
  static uint64_t end = (reinterpret_cast<uint64_t>(_end) + kPage - 1) & ~(kPage - 1);
  if (to >= reinterpret_cast<uint64_t>(_end) && to <= reinterpret_cast<uint64_t>(guarded_start)) end = to;
  return static_cast<int64_t>(end);
}

int64_t system_call(uint64_t number, const uint64_t* x) {
  switch (number) {
    case SYS_write: return write_to(x[0], x[1], x[2]);
    case SYS_writev: return write_all(x[0], reinterpret_cast<const iovec*>(x[1]), x[2]);
    case SYS_openat: return open_to_append(reinterpret_cast<const char*>(x[1]));
    case SYS_close: {
      const uint64_t file = x[0] - 100;
      return static_cast<int64_t>(semihosting(kClose, &file));
    }
    case SYS_clock_gettime: return tell_time(reinterpret_cast<uint64_t*>(x[1]));
    case SYS_brk: return move_break(x[0]);
    case SYS_futex:  // wakes nobody
    case SYS_lseek:
    case SYS_mprotect:
    case SYS_set_robust_list: return 0;
    case SYS_set_tid_address:
    case SYS_gettid:
    case SYS_getpid: return 1;
    case SYS_exit:
    case SYS_exit_group: {
      const uint64_t block[2] = {0x20026, x[0]};
      semihosting(kExitExtended, block);
      return 0;
    }
    default: return -ENOSYS;
  }
}

struct Frame {
  uint64_t x[31], elr, spsr;
};

extern "C" void handle_exception(Frame* frame) {
  uint64_t syndrome, address;
  __asm__ volatile("mrs %0, esr_el1\n mrs %1, far_el1" : "=r"(syndrome), "=r"(address));
  if (syndrome >> 26 == 0x15) {  // SVC
    frame->x[0] = static_cast<uint64_t>(system_call(frame->x[8], frame->x));
    return;
  }
  frame->x[0] = frame->elr;
  frame->x[1] = syndrome;
  frame->x[2] = address;
  frame->elr = reinterpret_cast<uint64_t>(report_fault);
}

// No arguments, no environment, and what the C library wants to know of the machine.
extern "C" uint64_t* start_stack() {
  extern const Elf64_Ehdr header __asm__("__ehdr_start");
  static const uint64_t random[2] = {0x0123456789abcdef, 0xfedcba9876543210};
  uint64_t* const stack = reinterpret_cast<uint64_t*>(stack_top) - 64;
  const uint64_t values[] = {0,
                             0,
                             0,
                             AT_PHDR,
                             reinterpret_cast<uint64_t>(&header) + header.e_phoff,
                             AT_PHENT,
                             header.e_phentsize,
                             AT_PHNUM,
                             header.e_phnum,
                             AT_PAGESZ,
                             kPage,
                             AT_RANDOM,
                             reinterpret_cast<uint64_t>(random),
                             AT_NULL,
                             0};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; ++i) stack[i] = values[i];
  return stack;
}

}  // namespace

size_t semihosting(size_t operation, const void* parameters) {
  register size_t x0 __asm__("x0") = operation;
  register const void* x1 __asm__("x1") = parameters;
  __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
  return x0;
}

size_t mpu_regions() { return 8; }

MpuExtent mpu_extent(size_t bytes) { return {(bytes + kPage - 1) / kPage * kPage, kPage}; }

void set_mpu_region(size_t region, const uint8_t* start, size_t bytes, bool read_only) {
  static const uint8_t* starts[8];
  static size_t extents[8];
  const auto set = [](const uint8_t* from, size_t count, uint64_t flags) {
    const size_t first = static_cast<size_t>(from - guarded_start) / kPage;
    for (size_t i = 0; i < count / kPage; ++i) {
      level3[first + i] = flags == 0 ? 0 : (reinterpret_cast<uint64_t>(from) + i * kPage) | flags;
    }
  };
  if (extents[region] != 0) set(starts[region], extents[region], 0);
  starts[region] = start;
  extents[region] = bytes;
  if (bytes != 0) set(start, bytes, read_only ? 0x787 : 0x707);
  __asm__ volatile("dsb ish\n tlbi vmalle1\n dsb ish\n isb" ::: "memory");
}

}  // namespace ottava
