// The bytes of a packed file as C source, for programs that load it where there is no file system.
#ifndef OTTAVA_CAPI_TOOLS_C_SOURCE_H_
#define OTTAVA_CAPI_TOOLS_C_SOURCE_H_

#include <string>

#include "files.h"

namespace ottava::tools {

// Whether `text` can be the name of an object in C.
bool is_identifier(const std::string& text);

// `<name>_packed`, an aligned array, and `<name>_packed_bytes`.
std::string c_source(const Bytes& file, const std::string& kernel, const std::string& name);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_C_SOURCE_H_
