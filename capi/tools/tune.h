// `ottava tune`: measures what is better than the library's own choices, and writes it to a tuning file.
#ifndef OTTAVA_CAPI_TOOLS_TUNE_H_
#define OTTAVA_CAPI_TOOLS_TUNE_H_

#include "machine.h"
#include "operands.h"

namespace ottava::tools {

struct TuneOptions {
  std::vector<std::string> shapes;
  std::string file;    // of shapes, or empty
  std::string output;  // the tuning file
  std::string merge;   // another one, whose lines are kept; or empty
  double seconds = 0;  // in all; 0: one for each shape
  OperandOptions operands;
  MachineOptions machine;
  bool json = false;
};

// Throws Misused and Refused.
void tune(const TuneOptions& options);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_TUNE_H_
