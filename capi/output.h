// The caller's ottava_output, read for every function that takes one.
#ifndef OTTAVA_CAPI_OUTPUT_H_
#define OTTAVA_CAPI_OUTPUT_H_

#include "boundary.h"
#include "output/output.h"

namespace ottava {

// A value chosen from a list, 0 or `first` up to `last`; `offered` names them in an error message.
struct ListedValue {
  const char* argument;
  uint32_t value;
  uint32_t first;
  uint32_t last;
  const char* offered;
};

Status refuse_listed(const char* argument, uint32_t value, const char* offered, Error* error);

template <size_t kCount>
Status check_listed(const ListedValue (&values)[kCount], Error* error) {
  for (const ListedValue& entry : values) {
    if (entry.value >= entry.first && entry.value <= entry.last) continue;
    return refuse_listed(entry.argument, entry.value, entry.offered, error);
  }
  return Status::ok;
}

// What becomes of the `addition` of an output.
enum class Adding { refused, taken };

// Both parts; nothing but struct_size, flags and what is chosen from a list has been checked then.
Status read_output(const ottava_output* caller, Output* output, OutputArrays* arrays, Error* error,
                   Adding adding = Adding::refused);

// Refuses, in these words, what belongs to single channels or to the memory of an operator.
Status refuse_channels(const Output& output, const OutputArrays& arrays, const char* words, Error* error);

// Everything but channels and, for an output, what it has itself; `nested`: as ottava_output.addition.
Status read_addition(const ottava_add_desc& caller, bool nested, ottava_add_desc* read, Addition* addition,
                     Error* error);

}  // namespace ottava

#endif  // OTTAVA_CAPI_OUTPUT_H_
