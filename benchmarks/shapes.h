// The shapes to time: lines of text, "name M N K".
#ifndef OTTAVA_BENCHMARKS_SHAPES_H_
#define OTTAVA_BENCHMARKS_SHAPES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Shape {
  std::string name;
  std::int64_t m = 0, n = 0, k = 0;

  double operations() const { return 2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k); }
  std::string words() const { return std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k); }
};

// Appends the shapes of a file whose names are not there yet. A name without a slash, such as "squares", is that of a
// file of benchmarks/shapes.
void read_shapes(const std::string& file, std::vector<Shape>* shapes);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_SHAPES_H_
