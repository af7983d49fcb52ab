// Depthwise kernels of square windows of odd size at stride 1 or 2, over vector operations V of an instruction set that
// multiplies pairs of s16 and adds each two products. Read Window, then Walk::go_on, which goes on by some columns,
// then Walk::run.
//
// Two lines of output are computed together, and of each a few pixels at a time, in registers. A vector holds a pair of
// inputs for each of its channels. Of the rows that a line wants, an odd number, all but one make pairs of rows, column
// by column; the one left over makes pairs of columns. Rows are paired so that both lines share what they can: of a
// window of 3 x 3, the rows of lines 0 and 1 are
//
//     stride 1                                        stride 2
//     row 0         pairs of columns, for line 0      rows 0 and 1  for line 0
//     rows 1 and 2  for both lines                    row 2         pairs of columns, for both lines
//     row 3         pairs of columns, for line 1      rows 3 and 4  for line 1
//
// so that 9 taps take 5 multiplications of pairs, and each input is widened once for all its outputs, or twice.
//
// Every two columns begin kPixels pixels, and add to those that the columns before them began, whose sums wait in
// registers. Where no column is left the last one stands in for it: there it meets weights of zero, or adds to a pixel
// that is not there.
//
// The sums go to memory, for the output stage to take them from there, or to an epilogue of V, which keeps those of a
// round until the next one: at the end of a round all its instructions would wait for the last sums.
//
// Everything here is a template on types of the including file's anonymous namespace: files with different ISA flags
// share no code. Besides those of output/vector_stage.h, V has
//   columns_of_round(stride)                that a round of the loop goes on by, as many as registers allow
//   place_of(lane)                          of a channel among the lanes of an I
//   load_bytes(const uint8_t*) -> Bytes     one input for each lane
//   pair(Bytes, Bytes) -> I                 widened by their sign, side by side in each lane
//   load_slot(const uint8_t*) -> I          packed weights
//   load_channels(const int32_t*) -> I      a number for each channel; store_32(int32_t*, I) stores them so
//   add_products(I sum, I, I) -> I          the two products of each lane added
// and may provide
//   Epilogue(args, stage, channel)          an output of a Walk, as SumsInMemory is, for stages that it serves()
#ifndef OTTAVA_SRC_KERNELS_DEPTHWISE_PAIRS_H_
#define OTTAVA_SRC_KERNELS_DEPTHWISE_PAIRS_H_

#include "kernels/depthwise_pack.h"
#include "kernels/unroll.h"

namespace ottava {

template <size_t kSizeOfWindow, size_t kStrideOfWindow>
struct Window {
  static constexpr size_t kSize = kSizeOfWindow;
  static constexpr size_t kStride = kStrideOfWindow;
  static constexpr size_t kLines = 2;
  static constexpr size_t kPixels = 2 / kStride;             // that two columns begin
  static constexpr size_t kAges = (kSize + 1) / 2;           // two columns each, that a pixel takes
  static constexpr size_t kWaiting = (kAges - 1) * kPixels;  // pixels begun and not finished

  // Rows of the input, counted from the first of line 0.
  static constexpr size_t kPairs = kStride == 1 ? (kSize - 1) / 2 : (kSize + 1) / 2;
  static constexpr size_t kSingles = kStride == 1 ? 2 : 1;
  static constexpr size_t pair_row(size_t pair) { return 2 * pair + (kStride == 1 || 2 * pair >= kSize - 1 ? 1 : 0); }
  static constexpr size_t single_row(size_t single) { return kStride == 1 ? single * kSize : kSize - 1; }
  static constexpr bool takes(size_t line, size_t row) { return row >= line * kStride && row - line * kStride < kSize; }

  // Rows of weights: the one that is left over, and the first of a line's pairs.
  static constexpr size_t single_weight(size_t line) {
    return kStride == 1 ? line * (kSize - 1) : kSize - 1 - 2 * line;
  }
  static constexpr size_t pair_weight(size_t line, size_t pair) {
    return 2 * pair + (2 * pair >= single_weight(line) ? 1 : 0);
  }

  // Slots of weights: column j of the pair that a row begins; and for pixel q of those that two columns begin, two
  // columns of an age.
  static constexpr size_t kPairSlots = kSize * (kSize - 1);
  static constexpr size_t kSlots = kPairSlots + kLines * kPixels * kAges;
  static constexpr size_t pair_slot(size_t line, size_t row, size_t j) {
    return (line * (kSize - 1) / 2 + (row - line * kStride) / 2) * kSize + j;
  }
  static constexpr size_t single_slot(size_t line, size_t q, size_t age) {
    return kPairSlots + (line * kPixels + q) * kAges + age;
  }

  static constexpr size_t tap(size_t row, size_t column) {
    return column < kSize ? row * kSize + column : SIZE_MAX;  // a column before the first is none, too
  }
};

template <class V, class W>
size_t packed_window_bytes(size_t, size_t channels) {
  return packed_slots_bytes<V>(W::kSlots, channels);
}

template <class V, class W>
void pack_window(const DepthwisePackArgs* args) {
  pack_slots<V>(*args, W::kSlots, [](auto put) {
    for (size_t line = 0; line < W::kLines; ++line) {
      for (size_t pair = 0; pair < (W::kSize - 1) / 2; ++pair) {
        const size_t row = W::pair_weight(line, pair);
        for (size_t j = 0; j < W::kSize; ++j) {
          put(W::pair_slot(line, row + line * W::kStride, j), W::tap(row, j), W::tap(row + 1, j));
        }
      }
      const size_t row = W::single_weight(line);
      for (size_t q = 0; q < W::kPixels; ++q) {
        for (size_t age = 0; age < W::kAges; ++age) {
          put(W::single_slot(line, q, age), W::tap(row, 2 * age - q), W::tap(row, 2 * age + 1 - q));
        }
      }
    }
  });
}

// Columns from left to right, and what they add to the sums of a line: those that wait, then those that the
// columns begin.
template <class V, class W, size_t kColumns>
struct InputColumns {
  using Sums = typename V::I[W::kWaiting + kColumns / W::kStride];

  const uint8_t* const* column[kColumns];
  size_t channel;
  const uint8_t* weights;
  typename V::I pairs[W::kPairs][kColumns];          // of rows
  typename V::I singles[W::kSingles][kColumns / 2];  // pairs of columns

  OTTAVA_INLINE auto bytes(size_t x, size_t row) const { return V::load_bytes(column[x][row] + channel); }
  OTTAVA_INLINE auto slot(size_t index) const { return V::load_slot(weights + index * V::bytes); }

  // Widens what line 0 has not. Leaves out the pixels before the first.
  template <size_t kLine, size_t kFirst>
  OTTAVA_INLINE void add_to(Sums& sums) {
    unroll<W::kPairs>([&](auto pair) OTTAVA_INLINE_LAMBDA {
      constexpr size_t row = W::pair_row(decltype(pair)::value);
      if constexpr (W::takes(kLine, row)) {
        unroll<kColumns>([&](auto x) OTTAVA_INLINE_LAMBDA {
          if constexpr (kLine == 0 || !W::takes(0, row)) pairs[pair][x] = V::pair(bytes(x, row), bytes(x, row + 1));
          unroll<W::kSize>([&](auto j) OTTAVA_INLINE_LAMBDA {
            constexpr size_t begins_at = W::kWaiting * W::kStride + decltype(x)::value - decltype(j)::value;
            constexpr size_t pixel = begins_at / W::kStride;
            if constexpr (begins_at % W::kStride == 0 && pixel >= kFirst) {
              sums[pixel] = V::add_products(sums[pixel], pairs[pair][x], slot(W::pair_slot(kLine, row, j)));
            }
          });
        });
      }
    });
    unroll<W::kSingles>([&](auto single) OTTAVA_INLINE_LAMBDA {
      constexpr size_t row = W::single_row(decltype(single)::value);
      if constexpr (W::takes(kLine, row)) {
        unroll<kColumns / 2>([&](auto x) OTTAVA_INLINE_LAMBDA {
          if constexpr (kLine == 0 || !W::takes(0, row)) {
            singles[single][x] = V::pair(bytes(2 * x, row), bytes(2 * x + 1, row));
          }
          unroll<W::kPixels * W::kAges>([&](auto i) OTTAVA_INLINE_LAMBDA {
            constexpr size_t q = decltype(i)::value / W::kAges;
            constexpr size_t age = decltype(i)::value % W::kAges;
            constexpr size_t pixel = W::kWaiting + (decltype(x)::value - age) * W::kPixels + q;
            if constexpr (pixel >= kFirst) {
              sums[pixel] = V::add_products(sums[pixel], singles[single][x], slot(W::single_slot(kLine, q, age)));
            }
          });
        });
      }
    });
  }
};

// Accumulators as the output of a Walk.
template <class V>
struct SumsInMemory {
  int32_t* to;
  size_t stride, line_stride;

  OTTAVA_INLINE SumsInMemory(const DepthwiseArgs& args, size_t first_channel)
      : to(args.acc + first_channel), stride(args.acc_stride), line_stride(args.acc_line_stride) {}
  template <size_t kPixels>
  OTTAVA_INLINE void store(size_t line, const typename V::I* sums, size_t count) const {
    unroll<kPixels>([&](auto i) OTTAVA_INLINE_LAMBDA {
      if (i < count) V::store_32(to + line * line_stride + i * stride, sums[i]);
    });
  }
  template <size_t kPixels>
  OTTAVA_INLINE void go_on() {
    to += kPixels * stride;
  }
  template <size_t>
  OTTAVA_INLINE void finish() {}
};

// One vector of channels of all pixels.
template <class V, class W, size_t kLines, class Output>
struct Walk {
  static constexpr size_t kRound = V::columns_of_round(W::kStride);
  static constexpr size_t kRoundPixels = kRound / W::kStride;

  size_t rows, channel, left;
  typename V::I bias;
  Output output;
  const uint8_t* weights;
  const uint8_t* const* column;
  const uint8_t* const* last;
  typename V::I waiting[kLines][W::kWaiting];

  OTTAVA_INLINE Walk(const DepthwiseArgs& args, size_t first_channel, const uint8_t* of_channels, const Output& to)
      : rows(args.column_rows),
        channel(args.channel + first_channel),
        left(args.pixels),
        bias(V::load_channels(args.bias + first_channel)),
        output(to),
        weights(of_channels),
        column(args.table),
        last(column + ((args.pixels - 1) * W::kStride + W::kSize - 1) * rows) {}

  // Goes on by so many columns, and writes so many pixels as they begin, if so many are left: kWhole says that they
  // are. Pixels before kFirst are none.
  template <size_t kColumns, size_t kFirst, bool kWhole>
  OTTAVA_INLINE void go_on() {
    constexpr size_t kBegun = kColumns / W::kStride;
    InputColumns<V, W, kColumns> columns;
    columns.channel = channel;
    columns.weights = weights;
    unroll<kColumns>([&](auto x) OTTAVA_INLINE_LAMBDA {
      columns.column[x] = column + x * rows;
      if (!kWhole && columns.column[x] > last) columns.column[x] = last;
    });
    unroll<kLines>([&](auto line) OTTAVA_INLINE_LAMBDA {
      typename InputColumns<V, W, kColumns>::Sums sums;
      unroll<W::kWaiting>([&](auto i) OTTAVA_INLINE_LAMBDA { sums[i] = waiting[line][i]; });
      unroll<kBegun>([&](auto i) OTTAVA_INLINE_LAMBDA { sums[W::kWaiting + i] = bias; });
      columns.template add_to<decltype(line)::value, kFirst>(sums);
      if constexpr (kFirst == 0) output.template store<kBegun>(line, sums, kWhole ? kBegun : left);
      unroll<W::kWaiting>([&](auto i) OTTAVA_INLINE_LAMBDA { waiting[line][i] = sums[kBegun + i]; });
    });
    column += kColumns * rows;
    if (kFirst == 0) output.template go_on<kBegun>();
  }

  OTTAVA_INLINE void run() {
    unroll<kLines * W::kWaiting>([&](auto i)
                                     OTTAVA_INLINE_LAMBDA { waiting[i / W::kWaiting][i % W::kWaiting] = bias; });
    // A window of one pixel is as many columns as these, or one more.
    unroll<W::kAges - 1>([&](auto i)
                             OTTAVA_INLINE_LAMBDA { go_on<2, W::kWaiting - decltype(i)::value * W::kPixels, true>(); });
    // The columns that are left are as many as the pixels at stride 1, one less than twice as many at stride 2.
    if constexpr (kLines == 2) {
      for (; left >= kRoundPixels + W::kStride - 1; left -= kRoundPixels) go_on<kRound, 0, true>();
    }
    for (; left > 0; left -= left < kRoundPixels ? left : kRoundPixels) go_on<kRound, 0, false>();
    output.template finish<kLines>();
  }
};

template <class V, class W, class Output>
OTTAVA_INLINE void walk_lines(const DepthwiseArgs& args, size_t channel, const uint8_t* weights, const Output& output) {
  if (args.lines == 2) {
    Walk<V, W, 2, Output>(args, channel, weights, output).run();
  } else {
    Walk<V, W, 1, Output>(args, channel, weights, output).run();
  }
}

template <class V, class W>
void run_window(const DepthwiseArgs* args) {
  for_each_vector<V>(*args, W::kSlots, [&](size_t channel, const uint8_t* weights) OTTAVA_INLINE_LAMBDA {
    walk_lines<V, W>(*args, channel, weights, SumsInMemory<V>(*args, channel));
  });
}

// The kernel and its output stage one after the other, a few channels and pixels at a time.
template <class V, class W>
void run_through_memory(const DepthwiseArgs& args, const StageArgs& stage) {
  constexpr size_t kChannels = 2 * kDepthwiseChannels;
  constexpr size_t kPixels = 16;
  alignas(kAlignment) int32_t acc[W::kLines * kPixels * kChannels];
  DepthwiseArgs part = args;
  part.acc = acc;
  part.acc_stride = kChannels;
  part.acc_line_stride = kPixels * kChannels;
  StageArgs after = stage;
  after.acc_stride = kChannels;
  for (size_t channel = 0; channel < args.channels; channel += part.channels) {
    const size_t channels = args.channels - channel;
    part.channel = args.channel + channel;
    part.bias = args.bias + channel;
    part.channels = after.n = channels < kChannels ? channels : kDepthwiseChannels;
    after.scale = stage.scale + channel;
    after.bias = stage.bias + channel;
    for (size_t pixel = 0; pixel < args.pixels; pixel += part.pixels) {
      const size_t pixels = args.pixels - pixel;
      part.pixels = after.m = pixels < kPixels ? pixels : kPixels;
      part.table = args.table + pixel * W::kStride * args.column_rows;
      run_window<V, W>(&part);
      for (size_t line = 0; line < args.lines; ++line) {
        after.acc = acc + line * part.acc_line_stride;
        after.dst = stage.dst + static_cast<ptrdiff_t>(line) * args.dst_line_stride +
                    static_cast<ptrdiff_t>(pixel) * stage.dst_row_stride + channel;
        V::stages->run[static_cast<size_t>(Stage::float_nearest_even)](&after);
      }
    }
  }
}

template <class V, class W>
void run_fused(const DepthwiseArgs* args, const StageArgs* stage) {
  if (!V::Epilogue::serves(*stage)) return run_through_memory<V, W>(*args, *stage);
  for_each_vector<V>(*args, W::kSlots, [&](size_t channel, const uint8_t* weights) OTTAVA_INLINE_LAMBDA {
    walk_lines<V, W>(*args, channel, weights, typename V::Epilogue(*args, *stage, channel));
  });
}

template <class V, class = void>
constexpr bool kHasEpilogue = false;
template <class V>
constexpr bool kHasEpilogue<V, decltype(static_cast<void>(sizeof(typename V::Epilogue)))> = true;

template <class V, class W>
constexpr DepthwiseKernel::Entry window_entry() {
  DepthwiseKernel::Entry entry = {run_window<V, W>, {}, 0};
  if constexpr (kHasEpilogue<V>) entry.fused[static_cast<size_t>(Stage::float_nearest_even)] = run_fused<V, W>;
  return entry;
}

// V<Input>: of s8 and of u8.
template <template <class> class V, class W>
constexpr DepthwiseKernel window_kernel(const char* name, Isa isa, bool wants_whole_vectors = false) {
  using S8 = V<int8_t>;
  constexpr uint16_t size = W::kSize;
  constexpr uint16_t stride = W::kStride;
  return {name,
          isa,
          size,
          size,
          stride,
          stride,
          uint16_t{W::kLines},
          uint16_t{S8::lanes},
          false,
          packed_window_bytes<S8, W>,
          pack_window<S8, W>,
          S8::stages,
          {window_entry<S8, W>(), window_entry<V<uint8_t>, W>()},
          wants_whole_vectors};
}

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_DEPTHWISE_PAIRS_H_
