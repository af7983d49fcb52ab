// An operator as text: lines `key = value`, comments from `#` on. What the keys of an operator are, the operator says
// in one table; here lines are read, and values are put where the table wants them. docs/packing.md has the format.
#ifndef OTTAVA_CAPI_TOOLS_DESCRIPTION_H_
#define OTTAVA_CAPI_TOOLS_DESCRIPTION_H_

#include <functional>
#include <vector>

#include "array_file.h"

namespace ottava::tools {

// A word that stands for a number of the C API.
struct Word {
  const char* text;
  std::uint32_t value;
};
using Words = std::vector<Word>;

struct Key {
  std::string name;
  std::string expected;                              // what a value is, in words
  std::function<bool(const std::string& text)> put;  // false: the text is no such value
  // Of an array instead: reads the file, once all other keys have been put. May throw Refused.
  std::function<void(const std::string& path)> read = nullptr;
  bool required = false;
};

Key integer_key(const char* name, std::int32_t* to);
Key integer_key(const char* name, std::int64_t* to);
Key real_key(const char* name, float* to);
Key word_key(const char* name, std::uint32_t* to, const Words& words);
Key flag_key(const char* name, std::uint32_t* flags, std::uint32_t flag);

// "s8, u8".
std::string list_of(const Words& words);

class Description {
 public:
  // Both throw Refused with file, line and key.
  Description(const std::string& path, std::string_view text);
  void read(const std::vector<Key>& keys) const;

  // Of the operator that is described, as one of `words`.
  std::uint32_t kind(const Words& words) const;
  // Whether a key begins so.
  bool mentions(const std::string& beginning) const;
  // "file:line: key", or without a line where the key is not there.
  std::string where(const std::string& key) const;

 private:
  struct Entry {
    std::string key, value;
    int line;
  };
  const Entry* find(const std::string& key) const;

  std::string path_;
  std::vector<Entry> entries_;
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_DESCRIPTION_H_
