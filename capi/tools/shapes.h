// The shapes of products that a command is given.
#ifndef OTTAVA_CAPI_TOOLS_SHAPES_H_
#define OTTAVA_CAPI_TOOLS_SHAPES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace ottava::tools {

// A product of an M x K and a K x N matrix.
struct Shape {
  std::int64_t m = 0, n = 0, k = 0;

  double multiply_adds() const { return static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k); }
  std::string name() const { return std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k); }
  bool operator==(const Shape& other) const { return m == other.m && n == other.n && k == other.k; }
};

// Each of `asked` is one shape MxNxK, or random:COUNT[:SEED], the random shapes of ottava_bench; the lines of `file`,
// where there is one, are "origin M N K", "M N K" or MxNxK. Shapes that are there already are left out. Throws Misused,
// and Refused where the file says something else.
std::vector<Shape> shapes_of(const std::vector<std::string>& asked, const std::string& file);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_SHAPES_H_
