// Words in columns.
#ifndef OTTAVA_BENCHMARKS_TEXT_H_
#define OTTAVA_BENCHMARKS_TEXT_H_

#include <cstdio>
#include <string>

namespace bench {

inline std::string number(const char* format, double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

inline std::string left(const std::string& words, std::size_t width) {
  return words.size() < width ? words + std::string(width - words.size(), ' ') : words;
}
inline std::string right(const std::string& words, std::size_t width) {
  return words.size() < width ? std::string(width - words.size(), ' ') + words : words;
}

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_TEXT_H_
