// What the benchmarks share: owners of the C handles, refusals that end the program, reproducible bytes.
#ifndef OTTAVA_BENCHMARKS_SUPPORT_H_
#define OTTAVA_BENCHMARKS_SUPPORT_H_

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "ottava/ottava.h"

namespace bench {

[[noreturn]] inline void fail(const std::string& words) {
  std::cerr << "ottava_bench: " << words << "\n";
  std::exit(1);
}

inline void check(ottava_status status, const ottava_error& error) {
  if (status != OTTAVA_OK) fail(std::string(error.argument) + " " + error.message);
}

struct ContextCloser {
  void operator()(ottava_context* context) const { ottava_context_destroy(context); }
};
struct MatmulCloser {
  void operator()(ottava_matmul* matmul) const { ottava_matmul_destroy(matmul); }
};
using Context = std::unique_ptr<ottava_context, ContextCloser>;
using Matmul = std::unique_ptr<ottava_matmul, MatmulCloser>;

inline Context make_context(std::uint32_t tier, std::uint32_t threads) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = tier;
  options.threads = threads;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  check(ottava_context_create(&options, nullptr, &context, &error), error);
  return Context(context);
}

inline std::size_t elements(std::int64_t rows, std::int64_t columns) {
  return static_cast<std::size_t>(rows * columns);
}

inline std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Where weights are drawn from, for all that is timed: all of s8, or 7 bits of it, with which the products of peers
// that saturate are right.
enum class WeightBits { k8, k7 };
inline WeightBits weight_bits = WeightBits::k8;

// The same bytes in every run.
class Bytes {
 public:
  std::uint8_t next() { return static_cast<std::uint8_t>((state_ = state_ * 1664525u + 1013904223u) >> 24); }
  std::int8_t next_weight() {
    const std::int8_t full = static_cast<std::int8_t>(next());
    return weight_bits == WeightBits::k8 ? full : static_cast<std::int8_t>(full >> 1);
  }

 private:
  std::uint32_t state_ = 12345;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_SUPPORT_H_
