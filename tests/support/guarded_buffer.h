// Memory between two pages that no access survives: a test puts an operand here, and a kernel that reads
// or writes one byte beyond it dies on the spot. The bytes that remain between the buffer and the far
// guard page hold a pattern, so that a write there is noticed too.
#ifndef OTTAVA_TESTS_GUARDED_BUFFER_H_
#define OTTAVA_TESTS_GUARDED_BUFFER_H_

#include <stddef.h>
#include <stdint.h>

namespace ottava {

// The guard page that the buffer is pushed against.
enum class Side { lower, upper };

class GuardedBuffer {
 public:
  // The buffer starts `misalignment` bytes past a multiple of `alignment`, a power of two up to the page
  // size; misalignment < alignment. The lower side puts `misalignment` bytes of slack before the buffer,
  // the upper side up to alignment - 1 bytes behind it: with alignment 1 it touches the guard page.
  // A buffer of no bytes is a valid pointer, with alignment 1 to memory that cannot be accessed.
  // The bytes of the buffer itself hold the pattern at first. Throws where there is no memory or the
  // arguments make no sense.
  GuardedBuffer(size_t bytes, Side side, size_t alignment = 1, size_t misalignment = 0);
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  uint8_t* data() { return data_; }
  const uint8_t* data() const { return data_; }
  size_t size() const { return bytes_; }

  template <typename T>
  T* as() {
    return reinterpret_cast<T*>(data_);
  }

  // Whether everything between the guard pages but the buffer is as it was.
  bool check() const;

  // From now on a write into the buffer, too, is fatal. For operands that a function may only read.
  void make_read_only();

 private:
  uint8_t* block_;     // what lies between the guard pages
  size_t accessible_;  // its bytes
  uint8_t* data_;
  size_t bytes_;
};

}  // namespace ottava

#endif  // OTTAVA_TESTS_GUARDED_BUFFER_H_
