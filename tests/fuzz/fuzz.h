// What the programs of this folder share: values from the fuzzer's bytes, structures with odd values in any field,
// contexts with a small heap, and outputs for the library and for the oracle.
#ifndef OTTAVA_TESTS_FUZZ_FUZZ_H_
#define OTTAVA_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "oracle/elementwise.h"
#include "ottava/ottava.h"

namespace fuzz {

// Everything larger is only asked about, not run.
constexpr std::int64_t kMostElements = 1 << 16;
constexpr std::int64_t kMostProducts = 1 << 18;

// Prints the words and ends the program.
[[noreturn]] void fail(const std::string& words);
inline void require(bool holds, const char* words) {
  if (!holds) fail(words);
}

// The fuzzer's bytes, one value after the other; zeros when they are used up.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  std::uint64_t bits(int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i, ++at_) value |= std::uint64_t{at_ < size_ ? data_[at_] : std::uint8_t{0}} << 8 * i;
    return value;
  }
  // At most 256 values.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(bits(1) % static_cast<std::uint64_t>(high - low + 1));
  }
  std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(between(0, std::int64_t{end} - 1)); }
  bool chance(int one_in) { return between(1, one_in) == one_in; }
  template <class T, std::size_t kCount>
  T pick(const T (&choices)[kCount]) {
    return choices[below(static_cast<std::uint32_t>(kCount))];
  }
  // At or near the end of some type or some range, or anything.
  std::int64_t odd();

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

// A structure in memory that any struct_size which the library believes stays within.
template <class T>
struct Sized {
  T value;
  std::uint8_t tail[4096];

  explicit Sized(const T& from) : value(from) { std::memset(tail, 0, sizeof tail); }
  T* operator->() { return &value; }
  const T* operator->() const { return &value; }
};

// Writes odd values over up to two of the fields in the first `bytes` bytes, more often over none.
void harm(Bytes& bytes, void* structure, std::size_t size);

// Contexts of one and three threads, of the best tier and of the portable one, whose allocator refuses what is large.
const ottava_context* context_of(Bytes& bytes);
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 25;

// Fails unless a call says what it returned, and a refusal has words.
void check_words(ottava_status status, const ottava_error& error);

std::int64_t lowest(std::uint32_t type);
std::int64_t highest(std::uint32_t type);
std::int64_t bytes_of(std::uint32_t type);

// An addition, its scales near `scale`; and what the oracle takes for one that the library has accepted, whose first
// tensor has this scale and zero point.
ottava_add_desc draw_addition(Bytes& bytes, std::uint32_t type, float scale);
oracle::Sum sum_of(const ottava_add_desc& desc, std::uint32_t type, float first_scale, std::int32_t first_zero_point);

// An output for so many channels, its arrays as long as they, unless these are many: then there are none.
struct Output {
  Output(Bytes& bytes, std::int64_t channels);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  Sized<ottava_output> numbers;
  Sized<ottava_add_desc> addition;
  std::vector<std::int32_t> bias, multipliers, shifts;
  std::vector<float> bias_f32;
  std::uint8_t table[256];

  // Of an output that the library has accepted.
  oracle::Stage stage(float lhs_scale, const std::vector<float>& rhs_scales) const;
  // What becomes of a result of the stage: the activation, then the addition of an element of the second tensor.
  std::int64_t finished(std::int64_t result, std::int64_t second) const;
  bool adds() const { return numbers->addition != nullptr; }
  bool has_oracle() const { return numbers->activation != OTTAVA_ACTIVATION_GEMMLOWP_TANH; }
};

// A value of an 8-bit type, often at its ends.
inline std::int64_t draw_element(std::uint64_t bits, std::uint32_t type) {
  const std::int64_t value = lowest(type) + static_cast<std::int64_t>(bits & 255);
  return (bits & 0x700) != 0 ? value : (bits & 1) != 0 ? lowest(type) : highest(type);
}

}  // namespace fuzz

#endif  // OTTAVA_TESTS_FUZZ_FUZZ_H_
