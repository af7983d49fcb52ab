// What a program of tests/firmware says of each of its tests.
#ifndef OTTAVA_TESTS_FIRMWARE_TOLD_H_
#define OTTAVA_TESTS_FIRMWARE_TOLD_H_

#include <new>

#include "firmware/check.h"

namespace ottava_test {

inline bool told(const char* name, bool good) {
  board_text(name);
  board_text(good ? ": good\n" : ": failed\n");
  return good;
}

// Too large for the stack.
template <class Test, class... Arguments>
bool run_test(const char* name, const Arguments&... arguments) {
  alignas(Test) static uint8_t memory[sizeof(Test)];
  Test* const test = new (memory) Test(arguments...);
  const bool good = told(name, test->run());
  test->~Test();
  return good;
}

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_TOLD_H_
