// A fixed buffer that words are appended to, always NUL-terminated, cut at its end. Serves error
// messages and query results, where neither printf nor the heap is available.
#ifndef OTTAVA_SRC_BASE_TEXT_H_
#define OTTAVA_SRC_BASE_TEXT_H_

#include "base/platform.h"

namespace ottava {

class Text {
 public:
  Text(char* buffer, size_t capacity) : buffer_(buffer), capacity_(capacity), length_(0) {
    if (capacity_ != 0) buffer_[0] = '\0';
  }
  template <size_t N>
  explicit Text(char (&buffer)[N]) : Text(buffer, N) {}

  Text& operator<<(const char* words);
  Text& operator<<(int64_t number);
  Text& operator<<(uint64_t number);
  Text& operator<<(int32_t number) { return *this << static_cast<int64_t>(number); }
  Text& operator<<(uint32_t number) { return *this << static_cast<uint64_t>(number); }
  Text& operator<<(double number);  // to six digits

  bool empty() const { return length_ == 0; }

 private:
  void append(char character);

  char* buffer_;
  size_t capacity_;
  size_t length_;
};

bool same_text(const char* a, const char* b);
size_t text_length(const char* words);

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_TEXT_H_
