// The output stage on a tile that a kernel still holds in registers: the rules of vector_rules.h without the way
// through memory, for tiles whose channels are all valid and whose dst is dense. Included by kernels, with the vector
// operations V of their instruction set; vector_stage.h says what V is, and does the same for any tile.
#ifndef OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
#define OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_

#include "kernels/unroll.h"
#include "output/vector_stage.h"

namespace ottava {

// Row i of the tile is acc[i], W vectors of it: one or two.
template <class V, size_t M, size_t W>
OTTAVA_INLINE void add_row_terms(const StageArgs& args, typename V::I (&acc)[M][W]) {
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
    const size_t channel = v * V::lanes;
    if (args.rhs_zero != nullptr && args.row_sum != nullptr) {
      const auto rhs_zero = V::load(args.rhs_zero + channel);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        acc[i][v] = V::subtract(acc[i][v], V::multiply(V::broadcast(args.row_sum[i]), rhs_zero));
      });
    }
    if (args.row_zero != nullptr) {
      const auto weight_sum = V::load(args.weight_sum + channel);
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
        acc[i][v] = V::subtract(acc[i][v], V::multiply(V::broadcast(args.row_zero[i]), weight_sum));
      });
    }
  });
}

template <class V, size_t M, class Rule>
OTTAVA_INLINE void store_registers(const StageArgs& args, Rule left, Rule right, const typename V::I (&x)[M][2]) {
  constexpr size_t kSecond = V::lanes * Rule::element_bytes;
  uint8_t* const to = args.dst;
  const ptrdiff_t stride = args.dst_row_stride;
  constexpr size_t kPairs = kStoresTwoRows<V, Rule> ? M / 2 : 0;
  if constexpr (kPairs > 0) {
    const typename V::TwoRows two_rows(args.zero_point, args.clamp_min, args.clamp_max);
    unroll<kPairs>([&](auto pair) OTTAVA_INLINE_LAMBDA {
      constexpr size_t i = 2 * decltype(pair)::value;
      uint8_t* const row = to + static_cast<ptrdiff_t>(i) * stride;
      two_rows.store(row, row + stride, left.unbounded(x[i][0]), right.unbounded(x[i][1]), left.unbounded(x[i + 1][0]),
                     right.unbounded(x[i + 1][1]));
    });
  }
  unroll<M - 2 * kPairs>([&](auto rest) OTTAVA_INLINE_LAMBDA {
    constexpr size_t i = 2 * kPairs + decltype(rest)::value;
    uint8_t* const row = to + static_cast<ptrdiff_t>(i) * stride;
    left.begin_row(i);
    left.store(row, x[i][0]);
    right.begin_row(i);
    right.store(row + kSecond, x[i][1]);
  });
}

template <class V, size_t M, class Rule>
OTTAVA_INLINE void store_registers(const StageArgs& args, Rule rule, const typename V::I (&x)[M][1]) {
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    rule.begin_row(i);
    rule.store(args.dst + static_cast<ptrdiff_t>(size_t{i}) * args.dst_row_stride, x[i][0]);
  });
}

// For bias-initialized accumulators: nothing of a channel is left to add.
template <class V, class Rule, size_t M>
OTTAVA_INLINE void fuse_registers(const StageArgs& args, typename V::I (&acc)[M][2]) {
  add_row_terms<V>(args, acc);
  Rule left(&args);
  Rule right = left;
  left.begin_channels(0);
  right.begin_channels(V::lanes);
  with_twins<V>(left, right,
                [&](const auto& l, const auto& r) OTTAVA_INLINE_LAMBDA { store_registers<V, M>(args, l, r, acc); });
}

template <class V, class Rule, size_t M>
OTTAVA_INLINE void fuse_registers(const StageArgs& args, typename V::I (&acc)[M][1]) {
  add_row_terms<V>(args, acc);
  Rule rule(&args);
  rule.begin_channels(0);
  store_registers<V, M>(args, rule, acc);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FUSED_REGISTERS_H_
