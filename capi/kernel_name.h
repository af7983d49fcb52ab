// A kernel that the caller names.
#ifndef OTTAVA_CAPI_KERNEL_NAME_H_
#define OTTAVA_CAPI_KERNEL_NAME_H_

#include "contraction/route.h"

namespace ottava {

// The caller's name in a message that has to hold more than that.
struct Shortened {
  char words[40];
  explicit Shortened(const char* name) { Text(words) << name; }
};

// Refuses a name that is none of the list, and says which are.
Status find_kernel(const KernelList& list, const char* name, const char* argument, const Kernel** kernel, Error* error);

// Refuses a kernel that cannot run, and says why.
Status check_usable(const Kernel& kernel, const Machine& machine, const Choice& choice, const char* argument,
                    Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_KERNEL_NAME_H_
