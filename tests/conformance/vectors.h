// What a file of conformance vectors is made of: random numbers that are the same on every machine, values as text, and
// the file itself. README.md describes the format.
#ifndef OTTAVA_TESTS_CONFORMANCE_VECTORS_H_
#define OTTAVA_TESTS_CONFORMANCE_VECTORS_H_

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "floats.h"
#include "oracle/oracle.h"
#include "random.h"

namespace conformance {

using ottava::bits_of;
using ottava::float_of;

// No expression draws two numbers in an order left to the compiler.
class Random : public ottava::Random {
 public:
  using ottava::Random::Random;
  // A float32 of any significand, with an exponent in [low, high].
  float real(int low, int high) {
    const float significand = static_cast<float>(8388608 + between(0, 8388607)) / 8388608.0f;
    return std::ldexp(significand, static_cast<int>(between(low, high)));
  }
};

struct Type {
  const char* name;
  oracle::Output output;
  std::int64_t low, high;
};

constexpr Type kS8{"s8", oracle::Output::s8, -128, 127};
constexpr Type kU8{"u8", oracle::Output::u8, 0, 255};
constexpr Type kS16{"s16", oracle::Output::s16, -32768, 32767};
constexpr Type kS32{"s32", oracle::Output::s32, INT32_MIN, INT32_MAX};
constexpr Type kF32{"f32", oracle::Output::f32, 0, 0};
constexpr Type kQuantized[] = {kS8, kU8, kS16, kS32};
constexpr Type kBytes[] = {kS8, kU8};

std::string hex(std::uint32_t bits);
std::string hex(float value);

template <class Values, class Write>
std::string list(const Values& values, Write write) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ",") + write(value);
  return text;
}
std::string list(const std::vector<std::int64_t>& values);
std::string list(const std::vector<float>& values);

// Written when all of its vectors are known: the count stands in its first line.
class File {
 public:
  File(std::string folder, std::string name, std::string kind)
      : folder_(std::move(folder)), name_(std::move(name)), kind_(std::move(kind)) {}
  void add(const std::string& vector) {
    text_ += vector + "\n";
    ++count_;
  }
  std::string name() const { return name_; }
  std::int64_t count() const { return count_; }
  bool write() const;

 private:
  std::string folder_, name_, kind_, text_;
  std::int64_t count_ = 0;
};

}  // namespace conformance

#endif  // OTTAVA_TESTS_CONFORMANCE_VECTORS_H_
