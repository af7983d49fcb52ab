// How good predictions were: of times, and of which kernel is faster.
#ifndef OTTAVA_CAPI_TOOLS_PREDICTIONS_H_
#define OTTAVA_CAPI_TOOLS_PREDICTIONS_H_

#include <vector>

#include "json.h"

namespace ottava::tools {

// Of a run, in the same unit.
struct Foretold {
  double predicted, measured;
};

class Predictions {
 public:
  // The runs of one shape: the library's own choice, then other kernels, if any.
  void add(const std::vector<Foretold>& runs);

  // In words, or as an object; nothing where nothing was predicted.
  void print() const;
  void write(Json* json) const;

 private:
  int shapes_ = 0, close_ = 0;
  int ranked_ = 0, fastest_ = 0, in_order_ = 0;  // shapes with several kernels
  int pairs_ = 0, pairs_in_order_ = 0;           // of kernels that differ
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_PREDICTIONS_H_
