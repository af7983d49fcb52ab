// Finds the shapes to time.
#include "shapes.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <regex>
#include <sstream>

#include "support.h"

namespace bench {
namespace {

constexpr double kLargestSize = 4096;               // of a random shape, in each direction,
constexpr double kMostMultiplyAdds = 2147483648.0;  // and in all: 200 shapes take minutes

void add(const Shape& shape, std::vector<Shape>* shapes) {
  const bool known =
      std::any_of(shapes->begin(), shapes->end(), [&shape](const Shape& s) { return s.name() == shape.name(); });
  if (!known) shapes->push_back(shape);
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
    shape.origin = "random";
    if (shape.multiply_adds() <= kMostMultiplyAdds) add(shape, shapes);
  }
}

void add_file(const std::string& file, std::vector<Shape>* shapes) {
  std::ifstream stream(file);
  std::string path = file;
  if (!stream && file.find('/') == std::string::npos) {
    path = std::string(OTTAVA_SHAPES) + "/" + file;
    if (path.find(".txt") == std::string::npos) path += ".txt";
    stream.open(path);
  }
  if (!stream) fail("cannot read " + path);
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Shape shape;
    std::string rest;
    if (!(words >> shape.origin >> shape.m >> shape.n >> shape.k) || words >> rest || shape.m < 1 || shape.n < 1 ||
        shape.k < 1) {
      fail(path + ": not 'origin M N K': " + line);
    }
    add(shape, shapes);
  }
}

}  // namespace

std::string add_shapes(const std::string& asked, std::vector<Shape>* shapes) {
  std::smatch match;
  if (std::regex_match(asked, match, std::regex("([1-9][0-9]{0,7})x([1-9][0-9]{0,7})x([1-9][0-9]{0,7})"))) {
    Shape shape;
    shape.m = std::stoll(match[1]);
    shape.n = std::stoll(match[2]);
    shape.k = std::stoll(match[3]);
    shape.origin = "-";
    add(shape, shapes);
  } else if (std::regex_match(asked, match, std::regex("random:([0-9]{1,5})(?::([0-9]{1,18}))?"))) {
    const std::string seed = match[2].matched ? match[2].str() : "1";
    add_random(std::stoul(match[1]), std::stoull(seed), shapes);
    return "random:" + match[1].str() + ":" + seed;
  } else {
    add_file(asked, shapes);
  }
  return asked;
}

}  // namespace bench
