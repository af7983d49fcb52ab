// Writes the conformance vectors. README.md describes the files.
//
//   conformance_generate <folder>
#include <iostream>

#include "conformance/generate.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: conformance_generate <folder>\n";
    return 1;
  }
  const std::vector<conformance::File> files = conformance::generate(arguments[1]);
  for (const conformance::File& file : files) std::cout << file.name() << ": " << file.count() << " vectors\n";
  if (conformance::write(arguments[1], files)) return 0;
  std::cerr << "cannot write to " << arguments[1] << "\n";
  return 1;
}
