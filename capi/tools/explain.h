// `ottava explain`: how a product, or a packed operator, runs here, before it does.
#ifndef OTTAVA_CAPI_TOOLS_EXPLAIN_H_
#define OTTAVA_CAPI_TOOLS_EXPLAIN_H_

#include "machine.h"
#include "operands.h"

namespace ottava::tools {

struct ExplainOptions {
  std::vector<std::int64_t> sizes;  // M N K; of a packed operator M, or batch, height and width
  std::string packed;               // a file, or empty
  OperandOptions operands;
  MachineOptions machine;
  KnobOptions knobs;
  TuningOptions tuning;
  bool json = false;
};

// Throws Misused and Refused.
void explain(const ExplainOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_EXPLAIN_H_
