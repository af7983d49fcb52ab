// A packed operator as C source, for firmware without a file system.
#ifndef OTTAVA_CAPI_TOOLS_C_SOURCE_H_
#define OTTAVA_CAPI_TOOLS_C_SOURCE_H_

#include <string>

#include "files.h"

namespace ottava::tools {

// Whether `text` can be the name of an object in C.
bool is_identifier(const std::string& text);

// `<name>_packed`, the aligned bytes. With a part, the code for kernel and rule that ottava/firmware.h declares, and
// `<name>`, which binds both; without one `<name>_packed_bytes`.
std::string c_source(const Bytes& file, const std::string& about, const std::string& name, const std::string& part);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_C_SOURCE_H_
