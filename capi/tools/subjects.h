// What `ottava verify` holds to the reference: kernels, each by products of its own, and kinds of layers on each tier.
#ifndef OTTAVA_CAPI_TOOLS_SUBJECTS_H_
#define OTTAVA_CAPI_TOOLS_SUBJECTS_H_

#include <functional>

#include "machine.h"

namespace ottava::tools {

// A case differs from the reference, in words.
struct Difference : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Subject {
  std::string name;  // of a kernel, or layer@tier
  bool kernel;       // one that must run
  // Draws a case from the seed and runs it. Returns whether it was the subject that computed it: a kernel may decline.
  // Throws Difference.
  std::function<bool(std::uint64_t seed)> run;
};

// All that this machine can run up to a tier, whose contexts live as long as the subjects.
std::vector<Subject> subjects_of(const std::string& tier);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_SUBJECTS_H_
