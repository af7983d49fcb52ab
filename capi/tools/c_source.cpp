#include "c_source.h"

namespace ottava::tools {

bool is_identifier(const std::string& text) {
  constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !text.empty() && (text[0] < '0' || text[0] > '9') && text.find_first_not_of(kLetters) == std::string::npos;
}

std::string c_source(const Bytes& file, const std::string& kernel, const std::string& name) {
  const std::string array = name + "_packed", size = std::to_string(file.size());
  std::string text = "/* Written by ottava: a packed file, for " + kernel + ". */\n#include <stdint.h>\n\n";
  text += "extern const uint8_t " + array + "[" + size + "];\nextern const uint64_t " + array + "_bytes;\n\n";
  text += "__attribute__((aligned(64))) const uint8_t " + array + "[" + size + "] = {";
  constexpr std::size_t kOfLine = 24;
  for (std::size_t i = 0; i < file.size(); ++i) {
    text += (i % kOfLine == 0 ? "\n  " : "") + std::to_string(unsigned{file.data()[i]}) + ",";
  }
  return text + "\n};\n\nconst uint64_t " + array + "_bytes = " + size + ";\n";
}

}  // namespace ottava::tools
