#include "operators/placement.h"

#include "output/validate_output.h"

namespace ottava {
namespace {

uint64_t magnitude_of(int64_t stride) {
  return stride < 0 ? 0 - static_cast<uint64_t>(stride) : static_cast<uint64_t>(stride);
}

}  // namespace

Status resolve_strides(const Placement& at, Strides* strides, Error* error) {
  const uint64_t outer = at.order == Order::row ? at.rows : at.columns;
  const uint64_t inner = at.order == Order::row ? at.columns : at.rows;
  const int64_t element = static_cast<int64_t>(at.element_bytes);
  if (at.batches <= 1 && resolve_dense(at.rows, at.columns, at.order, at.element_bytes, at.stride, strides)) {
    return Status::ok;
  }
  int64_t step = 0;
  int64_t reach = 0;
  int64_t line = 0;
  const bool overflow =
      __builtin_mul_overflow(at.stride != 0 ? at.stride : static_cast<int64_t>(inner), element, &step) ||
      __builtin_mul_overflow(static_cast<int64_t>(outer) - 1, step, &reach) ||
      __builtin_mul_overflow(static_cast<int64_t>(inner), element, &line) ||
      __builtin_add_overflow(reach < 0 ? -(reach + 1) : reach, line, &reach) || reach > PTRDIFF_MAX ||
      step > PTRDIFF_MAX || step < -PTRDIFF_MAX;
  if (overflow) {
    error->set(Status::size_overflow, at.stride_argument)
        << "is " << at.stride << ": the matrix would not fit the address space";
    return Status::size_overflow;
  }
  int64_t batch = 0;
  if (at.batches > 1) {
    int64_t far = 0;
    if (__builtin_mul_overflow(at.batch_stride, element, &batch) ||
        __builtin_mul_overflow(static_cast<int64_t>(at.batches) - 1, batch, &far) ||
        __builtin_add_overflow(far < 0 ? -(far + 1) : far, reach, &far) || far > PTRDIFF_MAX) {
      error->set(Status::size_overflow, at.batch_argument)
          << "is " << at.batch_stride << ": the matrices would not fit the address space";
      return Status::size_overflow;
    }
  }
  const size_t span = static_cast<size_t>(magnitude_of(step) * (outer - 1) + inner * at.element_bytes);
  const ptrdiff_t by_line = static_cast<ptrdiff_t>(step);
  const ptrdiff_t by_element = static_cast<ptrdiff_t>(element);
  *strides = at.order == Order::row ? Strides{by_line, by_element, static_cast<ptrdiff_t>(batch), span}
                                    : Strides{by_element, by_line, static_cast<ptrdiff_t>(batch), span};
  return Status::ok;
}

Status check_scale(float scale, const char* argument, const uint64_t* row, Error* error) {
  if (fault_of_scale(scale) == nullptr) return Status::ok;
  Text message = error->set(Status::bad_scale, argument);
  if (row != nullptr) message << "of row " << *row << " ";
  explain_scale(scale, message);
  return Status::bad_scale;
}

Status check_stride(const Placement& at, Error* error) {
  const bool by_row = at.order == Order::row;
  const uint64_t inner = by_row ? at.columns : at.rows;
  const uint64_t outer = by_row ? at.rows : at.columns;
  if (outer <= 1 || at.stride == 0 || magnitude_of(at.stride) >= inner) return Status::ok;
  error->set(Status::bad_stride, at.stride_argument)
      << "is " << at.stride << ", shorter than a " << (by_row ? "row" : "column") << ", " << inner << " elements";
  return Status::bad_stride;
}

Status check_dst_overlap(const Placement& dst, Error* error) {
  const Status status = check_stride(dst, error);
  if (status != Status::ok || dst.batches <= 1) return status;
  const bool by_row = dst.order == Order::row;
  const uint64_t inner = by_row ? dst.columns : dst.rows;
  const uint64_t outer = by_row ? dst.rows : dst.columns;
  const uint64_t line = dst.stride == 0 ? inner : magnitude_of(dst.stride);
  const uint64_t batch = magnitude_of(dst.batch_stride);
  const uint64_t extent = (outer - 1) * line + inner;
  const bool apart = batch >= extent;
  const bool interleaved = batch >= inner && (outer == 1 || batch * (dst.batches - 1) + inner <= line);
  if (apart || interleaved) return Status::ok;
  error->set(Status::bad_stride, dst.batch_argument)
      << "is " << dst.batch_stride << ": the dst of " << static_cast<uint64_t>(dst.batches) << " batches overlap";
  return Status::bad_stride;
}

Status check_pointers(const void* first, const void* const* matrices, size_t batches, const char* argument,
                      const char* array, Error* error) {
  if (matrices == nullptr && first == nullptr) return refuse(Status::null_pointer, argument, "is NULL", error);
  for (size_t batch = 0; batch < (matrices != nullptr ? batches : 1); ++batch) {
    const void* const pointer = matrices != nullptr ? matrices[batch] : first;
    if (pointer == nullptr) {
      error->set(Status::null_pointer, array) << "of batch " << static_cast<uint64_t>(batch) << " is NULL";
      return Status::null_pointer;
    }
  }
  return Status::ok;
}

Status resolve_part(int64_t first, int64_t count, size_t whole, const char* first_argument, const char* count_argument,
                    size_t* begin, size_t* length, Error* error) {
  if (first < 0 || static_cast<uint64_t>(first) > whole) {
    error->set(Status::out_of_range, first_argument)
        << "is " << first << ", not within " << static_cast<uint64_t>(whole);
    return Status::out_of_range;
  }
  const uint64_t left = whole - static_cast<uint64_t>(first);
  if (count != kToTheEnd && (count < 0 || static_cast<uint64_t>(count) > left)) {
    error->set(Status::out_of_range, count_argument) << "is " << count << ", and " << left << " follow";
    return Status::out_of_range;
  }
  *begin = static_cast<size_t>(first);
  *length = static_cast<size_t>(count == kToTheEnd ? left : static_cast<uint64_t>(count));
  return Status::ok;
}

}  // namespace ottava
