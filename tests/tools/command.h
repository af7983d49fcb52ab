// Runs the command `ottava` in a folder of its own, and makes the files that it is given.
#ifndef OTTAVA_TESTS_COMMAND_H_
#define OTTAVA_TESTS_COMMAND_H_

#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"

namespace ottava {

using FileBytes = std::vector<std::uint8_t>;

struct Ran {
  int status;
  std::string out, err;
};

class Folder {
 public:
  explicit Folder(const char* name) : path_(std::filesystem::path(OTTAVA_TEST_SCRATCH) / name) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }

  std::string path(const std::string& name) const { return (path_ / name).string(); }

  // A line of the shell, in which `ottava` is the command.
  Ran run(const std::string& line) const {
    const std::string command = "cd '" + path_.string() + "' && PATH='" OTTAVA_TEST_COMMAND_DIR "':$PATH && { " + line +
                                "; } >out.log 2>err.log";
    const int status = std::system(command.c_str());
    INFO(line);
    REQUIRE(WIFEXITED(status));
    return {WEXITSTATUS(status), text("out.log"), text("err.log")};
  }

  void write(const std::string& name, const FileBytes& bytes) const {
    std::ofstream file(path(name), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.good());
  }
  void write(const std::string& name, const std::string& text) const {
    write(name, FileBytes(text.begin(), text.end()));
  }
  FileBytes bytes(const std::string& name) const {
    const std::string content = text(name);
    return {content.begin(), content.end()};
  }
  std::string text(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    INFO(name);
    REQUIRE(file.good());
    std::ostringstream content;
    content << file.rdbuf();
    return content.str();
  }

 private:
  std::filesystem::path path_;
};

template <class Value>
FileBytes raw(const std::vector<Value>& values) {
  const std::uint8_t* const bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  return {bytes, bytes + values.size() * sizeof(Value)};
}

// A .npy file of this version, whose dictionary is `entries`.
inline FileBytes npy(int version, const std::string& entries, const FileBytes& data) {
  std::string header = "{" + entries + "}";
  header += std::string(117 - header.size() % 64, ' ') + "\n";
  FileBytes file = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) file.push_back(static_cast<std::uint8_t>(header.size() >> 8 * i));
  file.insert(file.end(), header.begin(), header.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

// As NumPy writes it.
inline FileBytes npy(const std::string& type, const std::string& shape, const FileBytes& data, bool fortran = false) {
  return npy(1,
             "'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", ",
             data);
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMMAND_H_
