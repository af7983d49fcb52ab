// Reads files of shapes.
#include "shapes.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "support.h"

namespace bench {

void read_shapes(const std::string& file, std::vector<Shape>* shapes) {
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
    if (!(words >> shape.name >> shape.m >> shape.n >> shape.k) || words >> rest || shape.m < 1 || shape.n < 1 ||
        shape.k < 1) {
      fail(path + ": not 'name M N K': " + line);
    }
    const bool known =
        std::any_of(shapes->begin(), shapes->end(), [&shape](const Shape& s) { return s.name == shape.name; });
    if (!known) shapes->push_back(shape);
  }
}

}  // namespace bench
