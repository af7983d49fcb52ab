#include "files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "handles.h"

namespace ottava::tools {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

[[noreturn]] void refuse(const std::string& path, const char* what) {
  throw Refused(path + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Bytes read_file(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) refuse(path, "cannot be opened");
  std::string content;
  char block[1 << 16];
  for (std::size_t got; (got = std::fread(block, 1, sizeof block, file.get())) != 0;) content.append(block, got);
  if (std::ferror(file.get()) != 0) refuse(path, "cannot be read");
  Bytes bytes(content.size());
  std::copy(content.begin(), content.end(), bytes.data());
  return bytes;
}

void write_file(const std::string& path, std::string_view content) {
  File file(std::fopen(path.c_str(), "wb"));
  if (!file) refuse(path, "cannot be written");
  const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
  if (std::fclose(file.release()) != 0 || !written) refuse(path, "cannot be written");
}

}  // namespace ottava::tools
