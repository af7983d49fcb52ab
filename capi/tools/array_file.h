// Arrays of numbers in files: raw little-endian elements, or NumPy's .npy of version 1 or 2.
#ifndef OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_
#define OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_

#include <ottava/ottava.h>

#include "files.h"

namespace ottava::tools {

// What an array must be. One row is a vector, which a .npy file holds in one dimension.
struct ArrayShape {
  std::uint32_t type;  // OTTAVA_TYPE_...
  std::int64_t rows;
  std::int64_t columns;
  bool is_matrix;
};

struct Array {
  Bytes elements;
  bool column_order;  // of a matrix: a .npy file in Fortran order
};

// Throws Refused; the words begin with what `path` is and say what was expected.
Array read_array(const std::string& path, const ArrayShape& shape);

const char* type_name(std::uint32_t type);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_ARRAY_FILE_H_
