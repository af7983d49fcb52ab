// `ottava conformance`: vectors that another implementation can be held to, and this one.
#ifndef OTTAVA_CAPI_TOOLS_CONFORMANCE_H_
#define OTTAVA_CAPI_TOOLS_CONFORMANCE_H_

#include <string>

namespace ottava::tools {

struct ConformanceOptions {
  std::string folder;
  std::string tier;  // to be checked; empty: every one that is usable
  bool json = false;
};

// Both throw Refused; the second returns whether every vector has passed.
void write_vectors(const ConformanceOptions& options);
bool check_vectors(const ConformanceOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_CONFORMANCE_H_
