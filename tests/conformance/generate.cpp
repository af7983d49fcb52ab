// Writes the conformance vectors, from the oracle's formulas alone: this program knows nothing of ottava. README.md
// describes the files. The vectors are the same on every machine: random numbers of its own from a fixed seed.
//
//   conformance_generate <folder>
#include "conformance/generate.h"

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

int main(int count, char** arguments) {
  using namespace conformance;
  if (count != 2) {
    std::cerr << "usage: conformance_generate <folder>\n";
    return 1;
  }
  const std::string folder = arguments[1];
  Random random(20240611);
  std::vector<File> files;
  for (const RuleEntry& rule : kRules) files.push_back(requantize(folder, rule, random));
  files.push_back(s32(folder, random));
  files.push_back(f32(folder, random));
  files.push_back(matmul(folder, random));
  for (const QuantizeRuleEntry& rule : kQuantizeRules) files.push_back(quantize(folder, rule, random));
  files.push_back(hybrid(folder, random));
  files.push_back(rows(folder, random));
  files.push_back(accumulate(folder, random));
  files.push_back(left(folder, random));
  files.push_back(requantize_float_product(folder, random));
  files.push_back(rows_float_product(folder, random));

  bool written = true;
  std::string names;
  for (const File& file : files) {
    written = file.write() && written;
    names += file.name() + "\n";
  }
  std::ofstream index(folder + "/index.txt", std::ios::binary);
  index << names;
  index.close();
  if (!written || index.fail()) {
    std::cerr << "cannot write to " << folder << "\n";
    return 1;
  }
  return 0;
}
