// Which bytes an operand occupies, and whether two operands share one: what is written lies apart from what is read.
#ifndef OTTAVA_SRC_OPERATORS_OVERLAP_H_
#define OTTAVA_SRC_OPERATORS_OVERLAP_H_

#include "base/status.h"

namespace ottava {

// Whether neither block of memory reaches into the other.
inline bool are_apart(const void* a, size_t a_bytes, const void* b, size_t b_bytes) {
  const uintptr_t x = reinterpret_cast<uintptr_t>(a);
  const uintptr_t y = reinterpret_cast<uintptr_t>(b);
  return y - x >= a_bytes && x - y >= b_bytes;  // modulo the address space: one of the two is the distance
}

// Lines of bytes at equal steps, in matrices at equal steps. What lies between the lines belongs to others, who may
// write there: two slices of the columns of one tensor share no byte.
struct Region {
  uintptr_t low;      // the lowest address
  size_t span;        // bytes from there to the end of the highest line
  size_t line_bytes;  // 1 or more
  size_t step, more_lines;
  size_t batch_step, more_batches;
};

// `first` is the address of line 0 of matrix 0; `line_bytes`, `lines` and `batches` are at least 1, steps may be
// negative.
Region region_of(uintptr_t first, size_t line_bytes, size_t lines, ptrdiff_t step, size_t batches,
                 ptrdiff_t batch_step);
inline Region region_of(const void* first, size_t bytes) {
  return region_of(reinterpret_cast<uintptr_t>(first), bytes, 1, 0, 1, 0);
}

// Decides line by line, with arithmetic alone where the steps are equal.
bool do_lines_meet(const Region& a, const Region& b);

inline bool overlap(const Region& a, const Region& b) {
  return (a.low < b.low ? b.low - a.low < a.span : a.low - b.low < b.span) && do_lines_meet(a, b);
}

// Words of a refusal: where `other` begins, seen from `written`.
void tell_distance(uintptr_t written, uintptr_t other, Text& message);

// Refuses memory to be written, the argument `name`, that shares a byte with other memory of the call.
Status check_apart(const Region& written, const char* name, const Region& other, const char* other_name, Error* error);

// Whether `to` may begin where `from` does: elements are made line by line, first to last, none larger than the one it
// is made of, so that what is written is never what has yet to be read.
inline bool may_replace(const void* from, size_t from_line_bytes, ptrdiff_t from_step, const void* to,
                        ptrdiff_t to_step, size_t lines) {
  return from == to &&
         (lines <= 1 || (from_step >= static_cast<ptrdiff_t>(from_line_bytes) && to_step >= 0 && to_step <= from_step));
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_OVERLAP_H_
