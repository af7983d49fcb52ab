// What cannot be computed of an output is refused, each with its own words. Arguments are called as in the public
// header: output.zero_point and so on.
#ifndef OTTAVA_SRC_OUTPUT_VALIDATE_OUTPUT_H_
#define OTTAVA_SRC_OUTPUT_VALIDATE_OUTPUT_H_

#include "base/status.h"
#include "output/output.h"

namespace ottava {

// "s8" and so on.
const char* name_of(Type type);

// What is wrong with a scale, which is finite and above 0, in words; null if nothing is.
const char* fault_of_scale(float scale);
// Appends that to a message, with the value where the words do not tell it.
void explain_scale(float scale, Text& text);
bool is_infinite(float value);

// Refuses a scale, or a zero point, that cannot be one.
Status check_scale(float scale, const char* argument, Error* error);
Status check_zero_point(int32_t zero_point, Type type, const char* argument, Error* error);

// What the numbers alone can show. Type, requantization, parameters and activation hold known values already.
Status validate_output(const Output& output, Error* error);

// Which arrays are there. Only after validate_output().
Status validate_arrays(const Output& output, const OutputArrays& arrays, Error* error);

// The values of one channel. Only after validate_arrays().
Status validate_channel(const Output& output, const OutputArrays& arrays, size_t channel, Error* error);

// What real parameters ask of the scale of the accumulators, itself finite and above 0; `argument` is to blame.
// `channel` tells which one of an array; null for a single scale.
Status validate_accumulator_scale(const Output& output, double scale, const char* argument, const size_t* channel,
                                  Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VALIDATE_OUTPUT_H_
