// What the files of the C ABI that show, change and tune routes share.
#ifndef OTTAVA_CAPI_TUNING_H_
#define OTTAVA_CAPI_TUNING_H_

#include "contraction/route.h"
#include "ottava/tuning.h"

namespace ottava {

Status read_knobs(const ottava_knobs* caller, const Machine& machine, const Choice& choice, Knobs* knobs, Error* error);

}  // namespace ottava

struct ottava_tuning {
  ottava::TunedLookUp look_up;
};

#endif  // OTTAVA_CAPI_TUNING_H_
