// Guarded buffers: one byte past either end is fatal, the slack is watched, the alignment is as asked.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

#include "catch.h"
#include "guarded_buffer.h"

using ottava::GuardedBuffer;
using ottava::Side;

namespace {

enum class Access { read, write };

constexpr int kFaultedThere = 77;
constexpr int kFaultedElsewhere = 78;

volatile uint8_t* volatile expected_fault;

void on_fault(int, siginfo_t* info, void*) {
  _exit(info->si_addr == const_cast<uint8_t*>(expected_fault) ? kFaultedThere : kFaultedElsewhere);
}

// Touches one byte in a child process. Its handler takes the place of those of the test framework and of
// sanitizers, and keeps the fault silent.
int touch_in_child(uint8_t* byte, Access access) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    struct sigaction action = {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGBUS, &action, nullptr);
    volatile uint8_t* target = byte;
    expected_fault = target;
    if (access == Access::read) {
      static_cast<void>(*target);
    } else {
      *target = 1;
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

bool is_fatal(uint8_t* byte, Access access) { return touch_in_child(byte, access) == kFaultedThere; }
bool is_harmless(uint8_t* byte, Access access) { return touch_in_child(byte, access) == 0; }

}  // namespace

TEST_CASE("guarded buffer: one byte past the guarded end is fatal, the bytes inside are not") {
  for (size_t bytes : {size_t{1}, size_t{63}, size_t{4096}, size_t{100001}}) {
    for (Access access : {Access::read, Access::write}) {
      CAPTURE(bytes, access == Access::write);
      GuardedBuffer lower(bytes, Side::lower);
      CHECK(is_fatal(lower.data() - 1, access));
      CHECK(is_harmless(lower.data(), access));
      CHECK(is_harmless(lower.data() + bytes - 1, access));

      GuardedBuffer upper(bytes, Side::upper);
      CHECK(is_fatal(upper.data() + bytes, access));
      CHECK(is_harmless(upper.data(), access));
      CHECK(is_harmless(upper.data() + bytes - 1, access));
    }
  }
}

TEST_CASE("guarded buffer: behind the slack of the other side is a guard page, too") {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (Access access : {Access::read, Access::write}) {
    GuardedBuffer lower(10, Side::lower);
    CHECK(is_fatal(lower.data() + page, access));
    GuardedBuffer upper(10, Side::upper);
    CHECK(is_fatal(upper.data() + 10 - page - 1, access));
    GuardedBuffer full(page, Side::upper);
    CHECK(is_fatal(full.data() - 1, access));
    CHECK(is_fatal(full.data() + page, access));
  }
}

TEST_CASE("guarded buffer: no bytes, no access") {
  for (Side side : {Side::lower, Side::upper}) {
    for (Access access : {Access::read, Access::write}) {
      GuardedBuffer empty(0, side);
      CHECK(empty.size() == 0);
      CHECK(empty.check());
      CHECK(is_fatal(empty.data(), access));
      CHECK(is_fatal(empty.data() - 1, access));
    }
  }
}

TEST_CASE("guarded buffer: alignment as asked, as close to the guard page as it allows") {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t alignment : {size_t{1}, size_t{4}, size_t{64}, page}) {
    for (size_t misalignment : {size_t{0}, size_t{1}, size_t{63}, page - 1}) {
      if (misalignment >= alignment) continue;
      for (size_t bytes : {size_t{0}, size_t{1}, size_t{64}, page - 1, page, 2 * page + 5}) {
        CAPTURE(alignment, misalignment, bytes);
        for (Side side : {Side::lower, Side::upper}) {
          GuardedBuffer buffer(bytes, side, alignment, misalignment);
          const uintptr_t begin = reinterpret_cast<uintptr_t>(buffer.data());
          CHECK(begin % alignment == misalignment);
          if (side == Side::lower) {
            CHECK(begin % page == misalignment);
          } else {
            CHECK((page - (begin + bytes) % page) % page < alignment);
          }
          for (size_t i = 0; i < bytes; ++i) buffer.data()[i] = 0;  // all of it is accessible
          CHECK(buffer.check());
        }
      }
    }
  }
}

TEST_CASE("guarded buffer: arguments that make no sense are refused") {
  CHECK_THROWS_AS(GuardedBuffer(1, Side::lower, 0), std::invalid_argument);
  CHECK_THROWS_AS(GuardedBuffer(1, Side::lower, 3), std::invalid_argument);
  CHECK_THROWS_AS(GuardedBuffer(1, Side::lower, 4, 4), std::invalid_argument);
  CHECK_THROWS_AS(GuardedBuffer(1, Side::lower, size_t{1} << 30), std::invalid_argument);
  CHECK_THROWS_AS(GuardedBuffer(SIZE_MAX, Side::lower), std::bad_alloc);
}

TEST_CASE("guarded buffer: check sees a write to any byte of the slack, and none inside") {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (Side side : {Side::lower, Side::upper}) {
    GuardedBuffer buffer(100, side, 64, 3);
    uint8_t* first = buffer.data() - reinterpret_cast<uintptr_t>(buffer.data()) % page;
    size_t missed = 0;
    size_t false_alarms = 0;
    for (size_t i = 0; i < page; ++i) {
      const bool inside = first + i >= buffer.data() && first + i < buffer.data() + buffer.size();
      first[i] ^= 1;
      if (inside && !buffer.check()) ++false_alarms;
      if (!inside && buffer.check()) ++missed;
      first[i] ^= 1;
    }
    CHECK(missed == 0);
    CHECK(false_alarms == 0);
    CHECK(buffer.check());
  }
}

TEST_CASE("guarded buffer: read-only means fatal to write") {
  GuardedBuffer buffer(100, Side::upper);
  buffer.data()[0] = 1;
  buffer.make_read_only();
  CHECK(is_harmless(buffer.data(), Access::read));
  CHECK(is_fatal(buffer.data(), Access::write));
  CHECK(buffer.data()[0] == 1);
}
