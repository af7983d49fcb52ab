// Files as bytes, in memory that is aligned as packed operators are.
#ifndef OTTAVA_CAPI_TOOLS_FILES_H_
#define OTTAVA_CAPI_TOOLS_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ottava::tools {

class Bytes {
 public:
  explicit Bytes(std::size_t size = 0) : blocks_((size + sizeof(Block) - 1) / sizeof(Block)), size_(size) {}
  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(blocks_.data()); }
  const std::uint8_t* data() const { return reinterpret_cast<const std::uint8_t*>(blocks_.data()); }
  std::size_t size() const { return size_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data()), size_}; }

 private:
  struct alignas(64) Block {
    std::uint8_t bytes[64];
  };
  std::vector<Block> blocks_;
  std::size_t size_;
};

// Both throw Refused, whose words begin with `path`.
Bytes read_file(const std::string& path);
void write_file(const std::string& path, std::string_view content);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_FILES_H_
