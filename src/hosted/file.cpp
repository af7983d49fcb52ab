#include "hosted/file.h"

#include <stdio.h>
#include <stdlib.h>

namespace ottava {
namespace {

constexpr size_t kFirstBytes = 4096;
constexpr size_t kMostBytes = size_t{1} << 26;  // what is larger is nothing that this library has written

}  // namespace

FileContent::FileContent(const char* path) : text(nullptr), bytes(0) {
  FILE* const file = fopen(path, "rb");
  if (file == nullptr) return;
  size_t room = kFirstBytes, length = 0;
  char* read = static_cast<char*>(malloc(room));
  while (read != nullptr) {
    length += fread(read + length, 1, room - length, file);
    if (length < room) break;
    room *= 2;
    char* const larger = room <= kMostBytes ? static_cast<char*>(realloc(read, room)) : nullptr;
    if (larger == nullptr) free(read);
    read = larger;
  }
  if (read != nullptr && ferror(file) != 0) {  // a folder, or a device that fails
    free(read);
    read = nullptr;
  }
  fclose(file);
  text = read;
  bytes = read != nullptr ? length : 0;
}

FileContent::~FileContent() { free(text); }

}  // namespace ottava
