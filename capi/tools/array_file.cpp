#include "array_file.h"

#include <algorithm>
#include <cctype>

#include "handles.h"

namespace ottava::tools {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are read as they lie in files");

struct Type {
  std::uint32_t type;
  const char* name;
  const char* numpy;
  std::size_t bytes;
};
constexpr Type kTypes[] = {{OTTAVA_TYPE_S8, "s8", "i1", 1},
                           {OTTAVA_TYPE_U8, "u8", "u1", 1},
                           {OTTAVA_TYPE_S32, "s32", "i4", 4},
                           {OTTAVA_TYPE_F32, "f32", "f4", 4}};

const Type& type_of(std::uint32_t type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes), [&](const Type& known) { return known.type == type; });
}

// As Python writes it.
std::string shape_text(const ArrayShape& shape) {
  if (!shape.is_matrix) return "(" + std::to_string(shape.columns) + ",)";
  return "(" + std::to_string(shape.rows) + ", " + std::to_string(shape.columns) + ")";
}

// The header of a .npy file: a Python dictionary of three entries, in any order.
class NumpyHeader {
 public:
  NumpyHeader(const std::string& path, std::string_view file) : path_(path) {
    if (file.size() < 10) refuse("is cut off within the header of .npy");
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<std::uint8_t>(file[i])); };
    const std::size_t version = byte(6), start = version == 1 ? 10 : 12;
    if (version != 1 && version != 2) {
      refuse("is .npy of version " + std::to_string(version) + ", expected version 1 or 2");
    }
    if (file.size() < start) refuse("is cut off within the header of .npy");
    std::size_t length = byte(8) | byte(9) << 8;
    if (version == 2) length |= byte(10) << 16 | byte(11) << 24;
    if (length > file.size() - start) refuse("is cut off within the header of .npy");
    header_ = file.substr(start, length);
    data_ = file.substr(start + length);
  }

  std::string_view data() const { return data_; }

  // 'i1' of '|i1' or '<i1'.
  std::string element() const {
    std::string_view text = value_of("descr");
    const std::size_t end = text.empty() || (text[0] != '\'' && text[0] != '"') ? 0 : text.find(text[0], 1);
    if (end == std::string_view::npos || end < 2) refuse("has a header of .npy without a plain 'descr'");
    text = text.substr(1, end - 1);
    if (text[0] == '>') refuse("is of the element type " + std::string(text) + ", expected a little-endian one");
    if (text[0] == '|' || text[0] == '<' || text[0] == '=') text.remove_prefix(1);
    return std::string(text);
  }

  bool fortran_order() const {
    const std::string_view text = value_of("fortran_order");
    const bool yes = text.substr(0, 4) == "True";
    if (!yes && text.substr(0, 5) != "False") refuse("has a header of .npy whose 'fortran_order' is no truth value");
    return yes;
  }

  // "(2, 3)", with single spaces alone.
  std::string shape() const {
    const std::string_view text = value_of("shape");
    const std::size_t end = text.find(')');
    if (text.empty() || text[0] != '(' || end == std::string_view::npos) {
      refuse("has a header of .npy whose 'shape' is no tuple");
    }
    std::string plain;
    for (const char c : text.substr(0, end + 1)) {
      if (c == ' ') continue;
      if (!plain.empty() && plain.back() == ',' && c != ')') plain += ' ';
      plain += c;
    }
    return plain;
  }

  [[noreturn]] void refuse(const std::string& words) const { throw Refused(path_ + " " + words); }

 private:
  std::string_view value_of(const char* name) const {
    for (const char quote : {'\'', '"'}) {
      const std::string key = quote + std::string(name) + quote;
      const std::size_t at = header_.find(key);
      if (at == std::string_view::npos) continue;
      std::string_view rest = header_.substr(at + key.size());
      const auto skip = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size())); };
      skip();
      if (rest.empty() || rest[0] != ':') continue;
      rest.remove_prefix(1);
      skip();
      return rest;
    }
    refuse("has a header of .npy without '" + std::string(name) + "'");
  }

  std::string path_;
  std::string_view header_, data_;
};

}  // namespace

const char* type_name(std::uint32_t type) { return type_of(type).name; }

Array read_array(const std::string& path, const ArrayShape& shape) {
  const Type& type = type_of(shape.type);
  const Bytes file = read_file(path);
  std::string_view data = file.text();
  const std::string expected =
      shape.is_matrix ? std::to_string(shape.rows) + " x " + std::to_string(shape.columns) + " of " + type.name
                      : std::to_string(shape.columns) + " of " + type.name;
  bool fortran = false;
  if (data.substr(0, 6) == "\x93NUMPY") {
    const NumpyHeader header(path, data);
    if (header.element() != type.numpy) {
      header.refuse("is of the element type " + header.element() + ", expected " + expected + " (" + type.numpy + ")");
    }
    if (header.shape() != shape_text(shape)) {
      header.refuse("has the shape " + header.shape() + ", expected " + shape_text(shape) + ": " + expected);
    }
    fortran = shape.is_matrix && header.fortran_order();
    data = header.data();
  }
  // The caller has seen to it that the product is one.
  const std::size_t bytes = static_cast<std::size_t>(shape.rows * shape.columns) * type.bytes;
  if (data.size() != bytes) {
    throw Refused(path + " has " + std::to_string(data.size()) + " bytes of elements, expected " +
                  std::to_string(bytes) + ": " + expected);
  }
  Array array = {Bytes(bytes), fortran};
  std::copy(data.begin(), data.end(), array.elements.data());
  return array;
}

}  // namespace ottava::tools
