// `ottava pack`: weights packed on any machine for any other. docs/packing.md tells its users.
#ifndef OTTAVA_CAPI_TOOLS_PACK_H_
#define OTTAVA_CAPI_TOOLS_PACK_H_

#include <string>

namespace ottava::tools {

struct PackOptions {
  std::string input;
  std::string kernel;  // or tier; empty: the kernel that this machine runs
  std::string output;  // files to be written, or empty
  std::string c_output;
  std::string name;  // in C; empty: from c_output
  bool no_bind = false;
  bool verify = false;
  bool info = false;
  bool json = false;  // what --info says, and whether it was verified
};

// Throws Refused.
void pack(const PackOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_PACK_H_
