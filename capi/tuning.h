// What the files of the C ABI that show, change and tune routes share.
#ifndef OTTAVA_CAPI_TUNING_H_
#define OTTAVA_CAPI_TUNING_H_

#include "handles.h"
#include "tuning/tuning.h"

namespace ottava {

Status read_knobs(const ottava_knobs* caller, const Machine& machine, const Choice& choice, Knobs* knobs, Error* error);

// Of what a context's tunings are.
TuningKey key_of(const ottava_context& context);

// A tuning without lines, and with room for so many.
Status make_tuning(const Allocator& allocator, uint32_t room, ottava_tuning** tuning, Error* error);

Status read_tuning(const ottava_context& context, const char* text, uint64_t bytes, bool of_any_machine,
                   ottava_tuning** tuning, Error* error);

// As the C ABI has it.
void write_knobs(const Knobs& knobs, const char* kernel, ottava_knobs* written);

}  // namespace ottava

struct ottava_tuning {
  ottava::TunedLines lines;  // behind this structure
  ottava::Allocator allocator;
  uint64_t memory_bytes;
};

#endif  // OTTAVA_CAPI_TUNING_H_
