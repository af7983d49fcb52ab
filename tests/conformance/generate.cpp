// All conformance vectors, from the oracle's formulas alone: nothing here knows of ottava. They are the same on every
// machine: random numbers of its own from a fixed seed.
#include "conformance/generate.h"

#include <fstream>

namespace conformance {

std::vector<File> generate(const std::string& folder) {
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
  return files;
}

bool write(const std::string& folder, const std::vector<File>& files) {
  bool written = true;
  std::string names;
  for (const File& file : files) {
    written = file.write() && written;
    names += file.name() + "\n";
  }
  std::ofstream index(folder + "/index.txt", std::ios::binary);
  index << names;
  index.close();
  return written && !index.fail();
}

}  // namespace conformance
