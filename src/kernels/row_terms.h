// What accumulators are still to lose where rows have zero points of their own, or weights have some: for each of these
// a number of the row times one of the channel.
//
// A template on the vector operations V of fused_registers.h, which a file of an ISA folder keeps in an anonymous
// namespace.
#ifndef OTTAVA_SRC_KERNELS_ROW_TERMS_H_
#define OTTAVA_SRC_KERNELS_ROW_TERMS_H_

#include "kernels/unroll.h"
#include "output/stage.h"

namespace ottava {

OTTAVA_INLINE bool has_row_terms(const StageArgs& args) {
  return (args.rhs_zero != nullptr && args.row_sum != nullptr) || args.row_zero != nullptr;
}

// Of W vectors of channels.
template <class V, size_t W>
class RowTerms {
 public:
  OTTAVA_INLINE RowTerms(const StageArgs& args, size_t channel)
      : sums_(args.rhs_zero != nullptr ? args.row_sum : nullptr), zeros_(args.row_zero) {
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
      of_sums_[v] = sums_ != nullptr ? V::load(args.rhs_zero + channel + v * V::lanes) : V::broadcast(0);
      of_zeros_[v] = zeros_ != nullptr ? V::load(args.weight_sum + channel + v * V::lanes) : V::broadcast(0);
    });
  }
  OTTAVA_INLINE typename V::I taken_from(typename V::I x, size_t row, size_t v) const {
    if (sums_ != nullptr) x = V::subtract(x, V::multiply(V::broadcast(sums_[row]), of_sums_[v]));
    if (zeros_ != nullptr) x = V::subtract(x, V::multiply(V::broadcast(zeros_[row]), of_zeros_[v]));
    return x;
  }

 private:
  const int32_t *sums_, *zeros_;
  typename V::I of_sums_[W], of_zeros_[W];
};

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ROW_TERMS_H_
