// `ottava verify`: products and layers drawn at random, by every kernel that this CPU can run, beside the reference.
#ifndef OTTAVA_CAPI_TOOLS_VERIFY_H_
#define OTTAVA_CAPI_TOOLS_VERIFY_H_

#include "machine.h"

namespace ottava::tools {

struct VerifyOptions {
  double seconds = 10;
  std::uint64_t cases = 0;  // of each subject, instead of seconds; 0: seconds
  std::uint64_t seed = 0;   // of the first case; the next ones have the numbers that follow
  bool seeded = false;      // else the clock gives one
  std::string only;         // one subject by name; empty: all
  std::string tier;
  bool json = false;
};

// Returns whether everything was equal, and every kernel that can run has run. Throws Misused and Refused.
bool verify(const VerifyOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_VERIFY_H_
