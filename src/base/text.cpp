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

Text& Text::operator<<(double number) {
  if (number != number) return *this << "NaN";
  if (number < 0.0) append('-');
  double rest = number < 0.0 ? -number : number;
  if (rest == 0.0 || rest - rest != 0.0) return *this << (rest == 0.0 ? "0" : "infinity");
  int32_t exponent = 0;
  for (; rest >= 10.0; ++exponent) rest /= 10.0;
  for (; rest < 1.0; --exponent) rest *= 10.0;
  uint32_t digits = static_cast<uint32_t>(rest * 1e5 + 0.5);
  if (digits == 1000000) {
    digits = 100000;
    ++exponent;
  }
  const bool plain = exponent >= -4 && exponent < 6;
  int32_t power = plain ? exponent : 0;  // of ten, that the next digit counts
  if (power < 0) *this << "0.";
  for (int32_t zeros = -1; zeros > power; --zeros) append('0');
  for (uint32_t place = 100000; digits != 0 || power >= 0; place /= 10, --power) {
    append(static_cast<char>('0' + digits / place));
    digits %= place;
    if (power == 0 && digits != 0) append('.');
  }
  return plain ? *this : *this << "e" << exponent;
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
