// Arrays of numbers in files: raw little-endian elements, or NumPy's .npy of version 1 or 2.
#ifndef OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_
#define OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_

#include <ottava/ottava.h>

#include <vector>

#include "files.h"

namespace ottava::tools {

// What an array must be.
struct ArrayShape {
  std::uint32_t type;  // OTTAVA_TYPE_...
  std::vector<std::int64_t> sizes;
};

struct Array {
  Bytes elements;
  bool column_order;  // of a matrix: a .npy file in Fortran order, which others than vectors and matrices may not be
};

// Throws Refused; the words begin with what `path` is and say what was expected.
Array read_array(const std::string& path, const ArrayShape& shape);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_
