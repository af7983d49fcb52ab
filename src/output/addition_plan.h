// An addition checked, and its multipliers formed from real scales as the system whose bits it has forms them.
#ifndef OTTAVA_SRC_OUTPUT_ADDITION_PLAN_H_
#define OTTAVA_SRC_OUTPUT_ADDITION_PLAN_H_

#include "base/status.h"
#include "output/addition.h"

namespace ottava {

// What messages call the fields.
struct AdditionNames {
  const char* first_zero_point;
  const char* first_scale;
  const char* second_zero_point;
  const char* second_scale;
  const char* zero_point;
  const char* scale;
  const char* clamp_min;
  const char* clamp_max;
};

Status validate_addition(const Addition& addition, const AdditionNames& names, Error* error);

// Of one that is valid.
AddParameters form_addition(const Addition& addition);

// Runs rows; where they follow each other without gaps, as one.
void run_addition(AddFn add, AddArgs args);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_ADDITION_PLAN_H_
