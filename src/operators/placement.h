// Where the operands of a run lie: strides, parts and pointers as the caller gives them, checked one operand at a time.
#ifndef OTTAVA_SRC_OPERATORS_PLACEMENT_H_
#define OTTAVA_SRC_OPERATORS_PLACEMENT_H_

#include "base/status.h"
#include "operators/matmul/problem.h"

namespace ottava {

inline Status refuse(Status status, const char* argument, const char* words, Error* error) {
  error->set(status, argument) << words;
  return status;
}

struct Strides {
  ptrdiff_t row;  // bytes
  ptrdiff_t column;
  ptrdiff_t batch;
  size_t span;  // of one matrix, from its first byte to its last
};

// One operand as its checks see it.
struct Placement {
  uint64_t rows;
  uint64_t columns;
  Order order;
  size_t element_bytes;
  int64_t stride;
  const char* stride_argument;
  int64_t batch_stride;
  const char* batch_argument;
  size_t batches;  // 1 where an array of pointers says where each is
};

constexpr int64_t kToTheEnd = INT64_MAX;  // OTTAVA_TO_THE_END

constexpr int64_t kFewLines = 4096;

// Dense matrices of few lines, as most are: no product of their sizes overflows. False for others.
inline bool resolve_dense(uint64_t rows, uint64_t columns, Order order, size_t element_bytes, int64_t stride,
                          Strides* strides) {
  if (stride != 0 || rows >= uint64_t{kFewLines} || columns >= uint64_t{kFewLines}) return false;
  const ptrdiff_t line = static_cast<ptrdiff_t>((order == Order::row ? columns : rows) * element_bytes);
  const ptrdiff_t next = static_cast<ptrdiff_t>(element_bytes);
  strides->row = order == Order::row ? line : next;
  strides->column = order == Order::row ? next : line;
  strides->batch = 0;
  strides->span = static_cast<size_t>(rows) * static_cast<size_t>(columns) * element_bytes;
  return true;
}

// Matrices of rows x columns as the caller lays them out; refuses what does not fit the address space.
Status resolve_strides(const Placement& at, Strides* strides, Error* error);

// Refuses a scale that is not finite and above 0. For an array `row` tells which one; null for a single scale.
Status check_scale(float scale, const char* argument, const uint64_t* row, Error* error);

// Refuses lines (rows, or columns of a column-ordered matrix) that overlap.
Status check_stride(const Placement& at, Error* error);

// Lines of one dst apart from each other, and the dst of different batches: beyond each other's end, or interleaved
// between two lines.
Status check_dst_overlap(const Placement& dst, Error* error);

// A pointer, or an array of as many pointers as there are batches.
Status check_pointers(const void* first, const void* const* matrices, size_t batches, const char* argument,
                      const char* array, Error* error);

// The part [first, first + count) of `whole`; kToTheEnd for all that follow.
Status resolve_part(int64_t first, int64_t count, size_t whole, const char* first_argument, const char* count_argument,
                    size_t* begin, size_t* length, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_PLACEMENT_H_
