#include "shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <sstream>

#include "files.h"
#include "handles.h"

namespace ottava::tools {
namespace {

constexpr double kLargestSize = 4096;               // of a random shape, in each direction,
constexpr double kMostMultiplyAdds = 2147483648.0;  // and in all: 200 shapes take minutes
constexpr std::int64_t kMostSize = 99999999;        // of a shape that was asked for

bool sound(const Shape& s) {
  const auto in_range = [](std::int64_t size) { return size >= 1 && size <= kMostSize; };
  return in_range(s.m) && in_range(s.n) && in_range(s.k);
}

bool read_shape(const std::string& text, Shape* shape) {
  long long m = 0, n = 0, k = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%lldx%lldx%lld%c", &m, &n, &k, &rest) != 3) return false;
  *shape = {m, n, k};
  return sound(*shape);
}

void add(const Shape& shape, std::vector<Shape>* shapes) {
  if (std::find(shapes->begin(), shapes->end(), shape) == shapes->end()) shapes->push_back(shape);
}

// Each size is as likely to be from 1 to 2 as from 1000 to 2000. The numbers are those of every C++ library.
void add_random(std::size_t count, std::uint64_t seed, std::vector<Shape>* shapes) {
  std::mt19937_64 numbers(seed);
  const auto size = [&numbers] {
    const double uniform = std::ldexp(static_cast<double>(numbers() >> 11), -53);
    return static_cast<std::int64_t>(std::pow(kLargestSize + 1, uniform));
  };
  for (const std::size_t wanted = shapes->size() + count; shapes->size() < wanted;) {
    Shape shape;
    shape.m = size();
    shape.n = size();
    shape.k = size();
    if (shape.multiply_adds() <= kMostMultiplyAdds) add(shape, shapes);
  }
}

void add_file(const std::string& path, std::vector<Shape>* shapes) {
  std::istringstream lines{std::string(read_file(path).text())};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    line.erase(std::min(line.find('#'), line.size()));
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (found.empty()) continue;
    std::string text = found[0];
    if (found.size() == 3 || found.size() == 4) {
      const std::size_t first = found.size() - 3;
      text = found[first] + "x" + found[first + 1] + "x" + found[first + 2];
    }
    Shape shape;
    if (found.size() == 2 || found.size() > 4 || !read_shape(text, &shape)) {
      throw Refused(path + ":" + std::to_string(number) + ": is " + line + ", expected M N K, each 1 or more");
    }
    add(shape, shapes);
  }
}

}  // namespace

std::vector<Shape> shapes_of(const std::vector<std::string>& asked, const std::string& file) {
  std::vector<Shape> shapes;
  for (const std::string& text : asked) {
    Shape shape;
    unsigned long long seed = 1;
    unsigned count = 0;
    char rest = 0;
    if (read_shape(text, &shape)) {
      add(shape, &shapes);
      continue;
    }
    const int read = std::sscanf(text.c_str(), "random:%5u%c%llu%c", &count, &rest, &seed, &rest);
    if (count == 0 || (read != 1 && (read != 3 || rest != ':'))) {
      throw Misused("shape is " + text + ", expected MxNxK, each 1 or more, or random:COUNT[:SEED]");
    }
    add_random(count, seed, &shapes);
  }
  if (!file.empty()) add_file(file, &shapes);
  if (shapes.empty()) throw Misused("shape is missing, expected MxNxK, random:COUNT[:SEED] or --file");
  return shapes;
}

}  // namespace ottava::tools
