// Tables of 256 bytes, looked up by every instruction set of this machine: all lengths up to several vectors, at any
// alignment, between guard pages.
#include <cstring>
#include <vector>

#include "catch.h"
#include "cpu/machine.h"
#include "guarded_buffer.h"
#include "output/stage.h"
#include "support.h"

using namespace ottava;

namespace {

void check_look_up(Random& random, LookUpFn look_up) {
  std::uint8_t table[256];
  for (std::uint8_t& value : table) value = static_cast<std::uint8_t>(random.bits());
  for (std::size_t count = 0; count <= 5 * 64 + 1; ++count) {
    for (const Side side : {Side::lower, Side::upper}) {
      INFO("count " << count << " seed " << test_seed());
      GuardedBuffer bytes(count, side);
      std::vector<std::uint8_t> expected;
      for (std::size_t i = 0; i < count; ++i) {
        bytes.data()[i] = static_cast<std::uint8_t>(count < 256 ? random.bits() : i);  // every index at least once
        expected.push_back(table[bytes.data()[i]]);
      }
      look_up(table, bytes.data(), count);
      REQUIRE(bytes.check());
      REQUIRE((count == 0 || memcmp(bytes.data(), expected.data(), count) == 0));
    }
  }
}

}  // namespace

TEST_CASE("tables: bytes looked up by vectors are those of the table") {
  Random random(test_seed() + 62);
  bool some = false;
  for (const Kernel* kernel : kernels_to_sweep()) {
    INFO(kernel->name);
    if (kernel->stages->look_up != nullptr) check_look_up(random, kernel->stages->look_up), some = true;
    if (kernel->stages->look_up_with_vbmi == nullptr || !has(this_machine(), Feature::avx512vbmi)) continue;
    check_look_up(random, kernel->stages->look_up_with_vbmi);
  }
  CHECK((some || kThisArchitecture != Architecture::x86_64));
}
