// `ottava cpu`: what the library finds on this machine, and what of it runs here.
#ifndef OTTAVA_CAPI_TOOLS_CPU_H_
#define OTTAVA_CAPI_TOOLS_CPU_H_

namespace ottava::tools {

struct CpuOptions {
  bool json = false;
};

// Throws Refused.
void cpu(const CpuOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_CPU_H_
