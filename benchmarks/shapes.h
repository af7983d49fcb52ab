// The shapes to time.
#ifndef OTTAVA_BENCHMARKS_SHAPES_H_
#define OTTAVA_BENCHMARKS_SHAPES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

// A product of an M x K and a K x N matrix.
struct Shape {
  std::int64_t m = 0, n = 0, k = 0;
  std::string origin;  // what it is, in a word: the layer of a network

  double multiply_adds() const { return static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k); }
  double operations() const { return 2 * multiply_adds(); }
  std::string name() const { return std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k); }
};

// Appends what is asked for and is not there yet, as usage() in options.cpp says: one shape MxNxK, random ones, or
// those of a file, whose lines are "origin M N K". A file without a slash, such as "squares", is one of
// benchmarks/shapes. Returns the same in full, with the seed.
std::string add_shapes(const std::string& asked, std::vector<Shape>* shapes);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_SHAPES_H_
