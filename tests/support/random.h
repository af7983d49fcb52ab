// Random numbers for tests: a small generator of its own, so that a seed means the same on every platform.
#ifndef OTTAVA_TESTS_RANDOM_H_
#define OTTAVA_TESTS_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace ottava {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {  // SplitMix64
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  // Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + (span == 0 ? bits() : bits() % span));
  }
  bool chance(int one_in) { return between(1, one_in) == 1; }
  template <class Choices>
  auto pick(const Choices& choices) {
    return choices[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(choices)) - 1))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace ottava

#endif  // OTTAVA_TESTS_RANDOM_H_
