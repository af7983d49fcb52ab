// Size arithmetic that notices overflow. A Size turns invalid at the first overflow and stays so, so a
// whole formula can be written out and checked once at its end.
#ifndef OTTAVA_SRC_BASE_CHECKED_H_
#define OTTAVA_SRC_BASE_CHECKED_H_

#include "base/platform.h"

namespace ottava {

class Size {
 public:
  constexpr Size(size_t value) : value_(value), valid_(true) {}

  static Size from(uint64_t value) {
    Size size(static_cast<size_t>(value));
    size.valid_ = value == size.value_;
    return size;
  }

  bool valid() const { return valid_; }
  size_t value() const { return value_; }

  Size operator+(Size other) const {
    Size sum(0);
    sum.valid_ = !__builtin_add_overflow(value_, other.value_, &sum.value_) && valid_ && other.valid_;
    return sum;
  }
  Size operator*(Size other) const {
    Size product(0);
    product.valid_ = !__builtin_mul_overflow(value_, other.value_, &product.value_) && valid_ && other.valid_;
    return product;
  }
  // The next multiple of `step`, which is not 0.
  Size rounded_up(size_t step) const {
    const Size raised = *this + Size(step - 1);
    Size size(raised.value_ / step * step);
    size.valid_ = raised.valid_;
    return size;
  }

 private:
  size_t value_;
  bool valid_;
};

constexpr size_t round_up(size_t value, size_t step) { return (value + step - 1) / step * step; }
constexpr size_t ceil_div(size_t value, size_t step) { return (value + step - 1) / step; }
constexpr size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
constexpr size_t larger(size_t a, size_t b) { return a > b ? a : b; }

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_CHECKED_H_
