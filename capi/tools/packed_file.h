// Files of packed operators, as the commands read them.
#ifndef OTTAVA_CAPI_TOOLS_PACKED_FILE_H_
#define OTTAVA_CAPI_TOOLS_PACKED_FILE_H_

#include "files.h"
#include "handles.h"

namespace ottava::tools {

// The words of an error for the user; `of_packed` stands for the file.
std::string words_of(const ottava_error& error, const std::string& of_packed);

// A packed file begins with a byte that no text begins with.
bool is_packed(const Bytes& file);

// These throw Refused, whose words begin with `path`.
ottava_packed_info query(const Bytes& file, const std::string& path);
Operator load(const ottava_context* context, const Bytes& file, std::uint32_t flags, const std::string& path);

// Of a file that query has described.
const char* kind_name(const ottava_packed_info& info);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_PACKED_FILE_H_
