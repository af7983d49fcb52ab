#include "conformance/vectors.h"

#include <cstdio>
#include <fstream>

namespace conformance {

std::string hex(std::uint32_t bits) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(bits));
  return text;
}
std::string hex(float value) { return hex(bits_of(value)); }

std::string list(const std::vector<std::int64_t>& values) {
  return list(values, [](std::int64_t value) { return std::to_string(value); });
}
std::string list(const std::vector<float>& values) {
  return list(values, [](float value) { return hex(value); });
}

bool File::write() const {
  std::ofstream file(folder_ + "/" + name_, std::ios::binary);
  file << "ottava-vectors 1 " << kind_ << " " << count_ << "\n" << text_;
  file.close();
  return !file.fail();
}

}  // namespace conformance
