// The kernels of x86 that add four products of u8 by s8 to a lane (vpdpbusd, or vpmaddubsw for some weights), for every
// width of vector: of packed or strided panels, and of rows in place. vector_kernel.h stores their tiles and has the
// fused epilogues.
//
// Registers in a step, add_quads:
//
//                  weights[0]   weights[1]       a vector of channels each
//     row 0  quad  acc[0][0]    acc[0][1]
//     row 1  quad  acc[1][0]    acc[1][1]        the quad, four bytes of the row, is in every lane
//     ...
//
// Read it, then MultiplyPanels::add, the loop over steps, and MultiplyRows::add, the same from rows in place.
//
// Everything here is a template on a type of the including file's anonymous namespace: files with different ISA flags
// share no code. Dot has the vector operations V of vector_kernel.h, exclusive_or(a, b), bytes, the size of a vector,
// and
//
//   part_of(n)                  how broadcast_part is told of n bytes, 0 to 3; 0 for 0
//   broadcast_part(quad, part)  1 to 3 bytes in every lane; zeros fill the quad, nothing behind them is read
//   add_dot(sum, u8, s8)
//   kRegisters                  of vectors
//   kWeightsInMemory            add_dot takes registers of its own: with more than a few rows its instructions
//                               read the weights, once for each row
#ifndef OTTAVA_SRC_KERNELS_DOT_QUADS_H_
#define OTTAVA_SRC_KERNELS_DOT_QUADS_H_

#include "kernels/fetch_weights.h"
#include "kernels/kernel.h"
#include "kernels/next_panel.h"
#include "kernels/unroll.h"
#include "kernels/vector_kernel.h"

namespace ottava {

constexpr size_t kQuad = 4;     // KR
constexpr size_t kFewRows = 2;  // so many leave registers for everything

// NR channels are two vectors, of which a tile multiplies by W.
template <class Dot>
constexpr size_t kQuadStepBytes = 2 * Dot::bytes;

// Hides a vector from the compiler, which then keeps it in one register.
template <class I>
OTTAVA_INLINE void keep_register(I* vector) {
  __asm__("" : "+v"(*vector));
}

template <class Dot>
OTTAVA_INLINE typename Dot::I broadcast_quad(const uint8_t* quad) {
  int32_t bits;
  __builtin_memcpy(&bits, quad, sizeof bits);
  return Dot::broadcast(bits);
}

// A step: W vectors of weights, two of a panel, by a quad of each row. quad_of(i) is that of row i.
template <class Dot, size_t M, size_t W, class QuadOf>
OTTAVA_INLINE void add_quads(const uint8_t* rhs, typename Dot::I (&acc)[M][W], QuadOf quad_of,
                             size_t panel_stride = 0) {
  if constexpr (Dot::kWeightsInMemory && M > kFewRows) {
    unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
      const auto quad = quad_of(i);
      unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
        acc[i][v] = Dot::add_dot(acc[i][v], quad, Dot::load(rhs + v * Dot::bytes));
      });
      __asm__ volatile("" : : : "memory");  // or the compiler would keep the weights, for which no registers are left
    });
    return;
  }
  typename Dot::I weights[W];
  unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA {
    weights[v] = Dot::load(rhs + v / 2 * panel_stride + v % 2 * Dot::bytes);
    if constexpr (M > 1) keep_register(&weights[v]);  // or few rows would each read them anew
  });
  unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA {
    const auto quad = quad_of(i);
    unroll<W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[i][v] = Dot::add_dot(acc[i][v], quad, weights[v]); });
  });
}

// The packed form, with any strides.
template <class Dot, size_t kTileRows>
struct MultiplyPanels {
  static constexpr size_t kMr = kTileRows;
  static constexpr bool kIndirect = false;
  static constexpr bool kWideTiles = Dot::kRegisters == 32;
  static constexpr size_t kKr = kQuad;
  static constexpr size_t kRowStepBytes = kQuad;
  static constexpr size_t kRowsPerPointer = 3;  // what an address can say in one instruction

  template <size_t M>
  using Rows = PlainRows;

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, const PlainRows* rows,
                                typename Dot::I (&acc)[M][W]) {
    constexpr size_t kPointers = (M + kRowsPerPointer - 1) / kRowsPerPointer;
    const ptrdiff_t row_stride = static_cast<ptrdiff_t>(args.row_stride);  // of either sign
    const size_t step_stride = args.step_stride;
    const auto part = Dot::part_of(args.depth % kQuad);
    const uint8_t* lhs[kPointers];
    lhs[0] = static_cast<const uint8_t*>(rows->lhs);
    unroll<kPointers - 1>([&](auto p) OTTAVA_INLINE_LAMBDA {
      lhs[p + 1] = lhs[p] + static_cast<ptrdiff_t>(kRowsPerPointer) * row_stride;
    });

    const auto row = [&](size_t i) OTTAVA_INLINE_LAMBDA {
      return lhs[i / kRowsPerPointer] + static_cast<ptrdiff_t>(i % kRowsPerPointer) * row_stride;
    };
    FetchWeights<kQuadStepBytes<Dot>> fetch(args);
    const auto add_steps = [&](auto fetches) OTTAVA_INLINE_LAMBDA {
      for (size_t steps = args.depth / kQuad; steps != 0; --steps) {
        if constexpr (decltype(fetches)::value) fetch.step();
        add_quads<Dot>(
            rhs, acc, [&](auto i) OTTAVA_INLINE_LAMBDA { return broadcast_quad<Dot>(row(i)); }, args.panel_stride);
        rhs += kQuadStepBytes<Dot>;
        unroll<kPointers>([&](auto p) OTTAVA_INLINE_LAMBDA { lhs[p] += step_stride; });
      }
    };
    if (W == 2 && fetch.wanted()) {
      add_steps(Index<true>{});
    } else {
      add_steps(Index<false>{});
    }
    if (part != 0) {
      add_quads<Dot>(
          rhs, acc, [&](auto i) OTTAVA_INLINE_LAMBDA { return Dot::broadcast_part(row(i), part); }, args.panel_stride);
    }
  }
};

// The indirect form.
template <class Dot, size_t kTileRows, bool kSignFlip>
struct MultiplyRows {
  static constexpr size_t kMr = kTileRows;
  static constexpr size_t kVectors = 2;
  static constexpr bool kIndirect = true;
  static constexpr bool kWidensRows = false;
  static constexpr bool kTwoPanels = false;

  template <size_t M>
  using Rows = PlainRows;

  // Independent sets of accumulators, each for every kSets-th step: as many as hide the latency of the instruction.
  static constexpr size_t kRowsOfTwoSets = Dot::kRegisters == 32 ? 4 : 3;
  template <size_t M, size_t W>
  static constexpr size_t kSets = (M == 1                ? 4
                                   : M <= kRowsOfTwoSets ? 2
                                                         : 1) *
                                  (Dot::kWeightsInMemory || W == 2 ? 1 : 2);

  // So many rows wait for memory.
  static constexpr size_t kRowsThatWait = 4;

  static OTTAVA_INLINE typename Dot::I canonical(typename Dot::I raw) {
    return kSignFlip ? Dot::exclusive_or(raw, Dot::broadcast(static_cast<int32_t>(0x80808080))) : raw;
  }

  // The last bytes of a row of a quad or more, fewer than a quad, in every lane.
  static OTTAVA_INLINE typename Dot::I broadcast_last(const uint8_t* end, size_t bytes) {
    uint32_t quad;
    __builtin_memcpy(&quad, end - kQuad, sizeof quad);
    return Dot::broadcast(static_cast<int32_t>(quad >> 8 * (kQuad - bytes)));
  }

  template <size_t M, size_t W>
  static OTTAVA_INLINE void add(const TileArgs& args, const uint8_t* rhs, const PlainRows* lhs,
                                typename Dot::I (&sums)[M][W]) {
    constexpr size_t kStepBytes = kQuadStepBytes<Dot>;
    const uint8_t* const* rows = static_cast<const uint8_t* const*>(lhs->lhs);
    const uint8_t* const panel = rhs;
    for (size_t position = 0; position < args.positions; ++position, rows += M) {
      const uint8_t* row[M];
      unroll<M>([&](auto i) OTTAVA_INLINE_LAMBDA { row[i] = rows[i]; });
      size_t k = 0, depth = args.depth;
      if (depth >= kSets<M, W> * kQuad) add_sets(args, row, panel, &k, &rhs, sums);
      keep_inside(&depth);
      for (; k + kQuad <= depth; k += kQuad, rhs += kStepBytes) {
        add_quads<Dot>(rhs, sums,
                       [&](auto i) OTTAVA_INLINE_LAMBDA { return canonical(broadcast_quad<Dot>(row[i] + k)); });
      }
      if (k == depth) continue;
      const size_t left = depth - k;
      if (k != 0) {
        add_quads<Dot>(rhs, sums,
                       [&](auto i) OTTAVA_INLINE_LAMBDA { return canonical(broadcast_last(row[i] + depth, left)); });
      } else {
        const auto part = Dot::part_of(left);
        add_quads<Dot>(rhs, sums,
                       [&](auto i) OTTAVA_INLINE_LAMBDA { return canonical(Dot::broadcast_part(row[i], part)); });
      }
      rhs += kStepBytes;
    }
  }

  // The depths of a position that all sets take.
  template <size_t M, size_t W>
  static OTTAVA_INLINE void add_sets(const TileArgs& args, const uint8_t* const (&row)[M], const uint8_t* panel,
                                     size_t* at, const uint8_t** weights, typename Dot::I (&sums)[M][W]) {
    constexpr size_t kUnrolled = kSets<M, W>;
    constexpr size_t kStepBytes = kQuadStepBytes<Dot>;
    typename Dot::I acc[kUnrolled][M][W] = {};
    unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { acc[0][v / W][v % W] = sums[v / W][v % W]; });
    const uint8_t* rhs = *weights;
    const size_t depth = args.depth;
    size_t k = 0;
    const auto add_steps = [&]() OTTAVA_INLINE_LAMBDA {
      unroll<kUnrolled>([&](auto set) OTTAVA_INLINE_LAMBDA {
        add_quads<Dot>(rhs + set * kStepBytes, acc[set], [&](auto i) OTTAVA_INLINE_LAMBDA {
          return canonical(broadcast_quad<Dot>(row[i] + k + set * kQuad));
        });
      });
      // Each sum stays in one register: compilers would give it another in each round, and copy it back.
      unroll<kUnrolled * M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { keep_register(&acc[v / W / M][v / W % M][v % W]); });
      k += kUnrolled * kQuad, rhs += kUnrolled * kStepBytes;
    };
    constexpr size_t kSetsBytes = kUnrolled * kStepBytes;
    constexpr size_t kRounds = kSetsBytes > NextPanel::kBytes ? 1 : NextPanel::kBytes / kSetsBytes;
    NextPanel next_panel(args, panel, rhs, M <= kRowsThatWait);
    while (depth - k >= kRounds * kUnrolled * kQuad) {
      unroll<kRounds * kSetsBytes / NextPanel::kBytes>([&](auto) OTTAVA_INLINE_LAMBDA { next_panel.fetch(); });
      size_t end = k + kRounds * kUnrolled * kQuad;
      keep_loop(&end);
      do add_steps();
      while (k < end);
    }
    while (depth - k >= kUnrolled * kQuad) add_steps();
    unroll<kUnrolled - 1>([&](auto set) OTTAVA_INLINE_LAMBDA {
      unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA {
        acc[0][v / W][v % W] = Dot::add(acc[0][v / W][v % W], acc[set + 1][v / W][v % W]);
      });
    });
    unroll<M * W>([&](auto v) OTTAVA_INLINE_LAMBDA { sums[v / W][v % W] = acc[0][v / W][v % W]; });
    *at = k;
    *weights = rhs;
  }
};

template <class Dot, size_t kMr>
void run_rows(const TileArgs* args) {
  args->sign_flip != 0 ? run_to_memory<Dot, MultiplyRows<Dot, kMr, true>>(args)
                       : run_to_memory<Dot, MultiplyRows<Dot, kMr, false>>(args);
}

// The entries of kernels of kMr rows.
template <class Dot, size_t kMr>
constexpr Kernel panels_kernel(const char* name, Isa isa, const RhsLayout& rhs, PackFn pack_lhs) {
  Kernel kernel = tile_kernel<Dot, MultiplyPanels<Dot, kMr>>(name, isa, Element::u8, rhs, pack_lhs);
  kernel.lhs_any_stride = true;
  kernel.wide_tiles = MultiplyPanels<Dot, kMr>::kWideTiles;
  return kernel;
}

template <class Dot, size_t kMr>
constexpr Kernel rows_kernel(const char* name, Isa isa, const RhsLayout& rhs) {
  Kernel kernel = tile_kernel<Dot, MultiplyRows<Dot, kMr, false>>(name, isa, Element::u8, rhs, nullptr);
  kernel.tuning.run = run_rows<Dot, kMr>;
  kernel.tuning.fused_sign_flip = &kFusedEpilogues<Dot, MultiplyRows<Dot, kMr, true>>;
  return kernel;
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DOT_QUADS_H_
