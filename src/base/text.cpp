#include "base/text.h"

namespace ottava {

void Text::append(char character) {
  if (length_ + 1 >= capacity_) return;
  buffer_[length_++] = character;
  buffer_[length_] = '\0';
}

Text& Text::operator<<(const char* words) {
  for (; *words != '\0'; ++words) append(*words);
  return *this;
}

Text& Text::operator<<(uint64_t number) {
  char digits[20];
  size_t count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count != 0) append(digits[--count]);
  return *this;
}

Text& Text::operator<<(int64_t number) {
  if (number < 0) append('-');
  const uint64_t magnitude = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  return *this << magnitude;
}

bool same_text(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

size_t text_length(const char* words) {
  size_t length = 0;
  while (words[length] != '\0') ++length;
  return length;
}

}  // namespace ottava
