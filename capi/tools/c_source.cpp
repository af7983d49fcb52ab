#include "c_source.h"

namespace ottava::tools {

bool is_identifier(const std::string& text) {
  constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !text.empty() && (text[0] < '0' || text[0] > '9') && text.find_first_not_of(kLetters) == std::string::npos;
}

std::string c_source(const Bytes& file, const std::string& about, const std::string& name, const std::string& part) {
  std::string text = "/* " + about + " Made by `ottava pack`. */\n#include <stdint.h>\n";
  if (!part.empty()) text += "\n#include \"ottava/firmware.h\"\n";
  text +=
      "\n#if defined(__GNUC__)\n__attribute__((aligned(64)))\n#else\n_Alignas(64) /* C11 */\n#endif\n"
      "const uint8_t " +
      name + "_packed[" + std::to_string(file.size()) + "] = {";
  constexpr std::size_t kOfLine = 24;
  for (std::size_t i = 0; i < file.size(); ++i) {
    text += (i % kOfLine == 0 ? "\n    " : " ") + std::to_string(unsigned{file.data()[i]}) + ",";
  }
  text += "\n};\n";
  if (part.empty()) return text + "const uint64_t " + name + "_packed_bytes = sizeof " + name + "_packed;\n";
  return text + "const ottava_bound_matmul " + name + " = {sizeof(ottava_bound_matmul), 0, sizeof " + name +
         "_packed, " + name + "_packed,\n    &" + part + "};\n";
}

}  // namespace ottava::tools
