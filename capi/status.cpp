// Status values in words, and the proof that the C values are the internal ones.
#include "base/status.h"

#include "ottava/ottava.h"

namespace {

#define OTTAVA_SAME_STATUS(c_name, name) \
  static_assert(c_name == static_cast<uint32_t>(ottava::Status::name), "the C ABI pins this value")
OTTAVA_SAME_STATUS(OTTAVA_OK, ok);
OTTAVA_SAME_STATUS(OTTAVA_NULL_POINTER, null_pointer);
OTTAVA_SAME_STATUS(OTTAVA_BAD_STRUCT, bad_struct);
OTTAVA_SAME_STATUS(OTTAVA_BAD_SHAPE, bad_shape);
OTTAVA_SAME_STATUS(OTTAVA_BAD_STRIDE, bad_stride);
OTTAVA_SAME_STATUS(OTTAVA_BAD_TYPE, bad_type);
OTTAVA_SAME_STATUS(OTTAVA_BAD_SCALE, bad_scale);
OTTAVA_SAME_STATUS(OTTAVA_BAD_ZERO_POINT, bad_zero_point);
OTTAVA_SAME_STATUS(OTTAVA_BAD_CLAMP, bad_clamp);
OTTAVA_SAME_STATUS(OTTAVA_BAD_BIAS, bad_bias);
OTTAVA_SAME_STATUS(OTTAVA_UNSUPPORTED, unsupported);
OTTAVA_SAME_STATUS(OTTAVA_NOT_EXACT, not_exact);
OTTAVA_SAME_STATUS(OTTAVA_SIZE_OVERFLOW, size_overflow);
OTTAVA_SAME_STATUS(OTTAVA_BAD_MEMORY, bad_memory);
OTTAVA_SAME_STATUS(OTTAVA_OUT_OF_MEMORY, out_of_memory);
OTTAVA_SAME_STATUS(OTTAVA_UNKNOWN_NAME, unknown_name);
OTTAVA_SAME_STATUS(OTTAVA_KERNEL_UNAVAILABLE, kernel_unavailable);
OTTAVA_SAME_STATUS(OTTAVA_BAD_OPTION, bad_option);
OTTAVA_SAME_STATUS(OTTAVA_OUT_OF_RANGE, out_of_range);
OTTAVA_SAME_STATUS(OTTAVA_BAD_MULTIPLIER, bad_multiplier);
OTTAVA_SAME_STATUS(OTTAVA_BAD_PACKED, bad_packed);
OTTAVA_SAME_STATUS(OTTAVA_BAD_TUNING, bad_tuning);
#undef OTTAVA_SAME_STATUS

// Indexed by status.
const char* const kWords[] = {
    "OTTAVA_OK: success",
    "OTTAVA_NULL_POINTER: a required pointer is NULL",
    "OTTAVA_BAD_STRUCT: struct_size is impossible, or an unknown tail is not zero",
    "OTTAVA_BAD_SHAPE: a negative size, or an M, N or K above the operator's",
    "OTTAVA_BAD_STRIDE: a stride shorter than a row, or what is written overlaps itself or other operands",
    "OTTAVA_BAD_TYPE: an element type, order, requantization or activation that does not exist",
    "OTTAVA_BAD_SCALE: a scale that is NaN, infinite, zero or negative",
    "OTTAVA_BAD_ZERO_POINT: a zero point outside its element type",
    "OTTAVA_BAD_CLAMP: clamp minimum above maximum, both 0, NaN, or outside the dst type",
    "OTTAVA_BAD_BIAS: a NaN or infinite float bias",
    "OTTAVA_UNSUPPORTED: each part is known, the combination is not offered",
    "OTTAVA_NOT_EXACT: the int32 accumulator could overflow",
    "OTTAVA_SIZE_OVERFLOW: a size or address computed from the arguments does not fit",
    "OTTAVA_BAD_MEMORY: caller-owned memory or workspace is too small",
    "OTTAVA_OUT_OF_MEMORY: the allocator returned NULL",
    "OTTAVA_UNKNOWN_NAME: no kernel, or no ISA, of that name",
    "OTTAVA_KERNEL_UNAVAILABLE: this build, CPU or OS cannot run the kernel",
    "OTTAVA_BAD_OPTION: an unknown flag, a thread count out of range, half a callback pair",
    "OTTAVA_OUT_OF_RANGE: an index past the end, a version that does not exist",
    "OTTAVA_BAD_MULTIPLIER: an integer multiplier or shift outside the range of its requantization",
    "OTTAVA_BAD_PACKED: a packed operator that is truncated, corrupt, or none",
    "OTTAVA_BAD_TUNING: the text of a tuning that has something wrong in it",
};
constexpr ottava_status kStatusCount = static_cast<ottava_status>(sizeof kWords / sizeof kWords[0]);
static_assert(kStatusCount == OTTAVA_BAD_TUNING + 1, "every status has words");

}  // namespace

extern "C" ottava_status ottava_status_string(ottava_status status, const char** text) {
  if (text == nullptr) return OTTAVA_NULL_POINTER;
  const bool known = status < kStatusCount;
  *text = known ? kWords[status] : "a status that this version of ottava does not define";
  return known ? OTTAVA_OK : OTTAVA_OUT_OF_RANGE;
}
