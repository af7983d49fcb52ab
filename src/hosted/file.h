// A file that a host has asked to be read.
#ifndef OTTAVA_SRC_HOSTED_FILE_H_
#define OTTAVA_SRC_HOSTED_FILE_H_

#include "base/platform.h"

namespace ottava {

// Its content in memory from the C heap; `text` is null where it cannot be had.
struct FileContent {
  char* text;
  uint64_t bytes;

  explicit FileContent(const char* path);
  ~FileContent();
  FileContent(const FileContent&) = delete;
  FileContent& operator=(const FileContent&) = delete;
};

}  // namespace ottava

#endif  // OTTAVA_SRC_HOSTED_FILE_H_
