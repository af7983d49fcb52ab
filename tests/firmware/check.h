// What the tests of kernels on a core without an operating system share: numbers, memory that ends at a guard, and how
// a failure is told. A plain loop is the reference of each; an access behind a guard ends the run.
#ifndef OTTAVA_TESTS_FIRMWARE_CHECK_H_
#define OTTAVA_TESTS_FIRMWARE_CHECK_H_

#include <stddef.h>
#include <stdint.h>

extern "C" {  // of examples/firmware/board
void board_text(const char* text);
void board_decimal(uint32_t number);
void board_guard(uint32_t slot, const void* address);
}

namespace ottava_test {

inline uint32_t random_state = 1;
inline uint32_t draw() {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}
inline uint32_t draw(uint32_t less_than) { return draw() % less_than; }

// Bytes as operands have them: now and then all at one end of the range.
inline void draw_bytes(uint8_t* to, size_t count) {
  const uint32_t kind = draw(8);
  for (size_t i = 0; i < count; ++i) to[i] = kind == 0 ? 0x80 : kind == 1 ? 0x7F : static_cast<uint8_t>(draw());
}

// Memory of which the last byte lies before a guard, the first behind garbage. The guard begins a page of the emulator,
// which looks at the second half of an access only where it lies on another one.
template <size_t kLeastBytes>
class Guarded {
 public:
  explicit Guarded(uint32_t slot) : slot_(slot) { board_guard(slot, memory_ + kBytes); }
  ~Guarded() { board_guard(slot_, nullptr); }
  uint8_t* last(size_t bytes) { return memory_ + kBytes - bytes; }

 private:
  static constexpr size_t kPage = 4096;
  static constexpr size_t kBytes = (kLeastBytes + kPage - 1) / kPage * kPage;
  alignas(kPage) uint8_t memory_[kBytes + 32];
  uint32_t slot_;
};

struct Word {
  const char* name;
  uint32_t value;
};
inline bool failed(const char* what, const Word* words, size_t count) {
  board_text(what);
  for (size_t i = 0; i < count; ++i) {
    board_text(i == 0 ? ": " : ", ");
    board_text(words[i].name);
    board_text(" ");
    board_decimal(words[i].value);
  }
  board_text("\n");
  return false;
}
template <size_t kCount>
bool failed(const char* what, const Word (&words)[kCount]) {
  return failed(what, words, kCount);
}

}  // namespace ottava_test

#endif  // OTTAVA_TESTS_FIRMWARE_CHECK_H_
