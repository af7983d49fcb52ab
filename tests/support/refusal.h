// What a refused call must say: exact status, exact argument, the words that matter.
#ifndef OTTAVA_TESTS_REFUSAL_H_
#define OTTAVA_TESTS_REFUSAL_H_

#include <cstring>
#include <string>
#include <vector>

#include "catch.h"
#include "ottava/ottava.h"

namespace ottava {

struct Refusal {
  ottava_status status;
  const char* argument;
  std::vector<std::string> words;
};

// An ottava_error full of bytes that the library must overwrite.
inline ottava_error unfilled_error() {
  ottava_error error;
  std::memset(&error, 0x5a, sizeof error);
  error.struct_size = sizeof error;
  return error;
}

inline void check_refusal(const Refusal& expected, ottava_status returned, const ottava_error& error) {
  CHECK(returned == expected.status);
  CHECK(error.status == returned);
  CHECK(error.struct_size == sizeof error);
  REQUIRE(std::memchr(error.argument, 0, sizeof error.argument) != nullptr);
  REQUIRE(std::memchr(error.message, 0, sizeof error.message) != nullptr);
  CHECK(std::string(error.argument) == expected.argument);
  CHECK(error.message[0] != '\0');
  for (const std::string& words : expected.words) {
    INFO("message: " << error.message << "; wanted: " << words);
    CHECK(std::string(error.message).find(words) != std::string::npos);
  }
}

// A handle that no call may dereference or replace.
template <class Handle>
Handle* sentinel() {
  static char place;
  return reinterpret_cast<Handle*>(&place);
}

// A structure whose bytes are all `byte`, but for struct_size.
template <class T>
T patterned(std::uint32_t struct_size, int byte = 0x77) {
  T value;
  std::memset(&value, byte, sizeof value);
  value.struct_size = struct_size;
  return value;
}

template <class T>
bool same_bytes(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

// A structure as a later version of the header has it: `extra` bytes longer, zero but for those set by hand.
template <class T>
class Longer {
 public:
  explicit Longer(const T& value, std::size_t extra = 16) : bytes_(sizeof(T) + extra) {
    std::memcpy(bytes_.data(), &value, sizeof value);
    get()->struct_size = static_cast<std::uint32_t>(bytes_.size());
  }
  T* get() { return reinterpret_cast<T*>(bytes_.data()); }
  std::uint8_t& tail(std::size_t index) { return bytes_[sizeof(T) + index]; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace ottava

#endif  // OTTAVA_TESTS_REFUSAL_H_
