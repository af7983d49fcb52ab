// The kernel contract: what a kernel is given, what it must do, how its operands are laid out.
// Plain data and function types alone: files with different ISA flags share this header.
//
// A kernel computes one tile of raw accumulators
//
//     acc[i][j] (+)= sum_k lhs[i][k] * rhs[k][j]       i < m <= MR, j < n <= NR, modulo 2^32
//
// over canonical operands: each tier takes s8 and u8 through one form of its own (`lhs_element`,
// `rhs_element`). A u8 value q becomes the s8 value q - 128, an s8 value q the u8 value q + 128, which
// is the same bit flip q ^ 0x80; the zero point moves with it, so every difference q - zero_point, and
// with it the result, is unchanged. Zero points never reach a kernel: the output stage adds their terms.
//
// Packed layout of both operands (lhs panels hold MR rows, rhs panels NR channels):
//
//     panel: for each step of KR depths: for each row r: KR elements, k ascending
//
// The packed depth is the depth rounded up to KR. In the rhs the padded depths are zero, so whatever
// the lhs has there adds nothing. Padded rows of the lhs and padded channels of the rhs may hold
// anything: a kernel may compute with them and may write what comes of it into acc, but never reads
// beyond the panel. Panels start at multiples of kAlignment in memory that ottava lays out itself;
// kernels still accept any alignment.
#ifndef OTTAVA_SRC_KERNELS_KERNEL_H_
#define OTTAVA_SRC_KERNELS_KERNEL_H_

#include "cpu/isa.h"
#include "kernels/tile_offsets.h"
#include "output/quantize.h"
#include "output/stage.h"

namespace ottava {

enum class Element : uint8_t { s8, u8, s16 };  // s16: an s8 value, widened while it is packed

constexpr size_t bytes_of(Element element) { return element == Element::s16 ? 2 : 1; }

// A size of a tile. That of a scalable one is so many for each 16 bytes of the machine's vectors: kernels/tile_shape.h
// says how many that makes, once for each plan, and only there these fields are read.
struct TileSize {
  uint16_t count;
  bool scalable = false;
  constexpr TileSize(uint16_t fixed) : count(fixed) {}
  constexpr TileSize(uint16_t per_16_bytes, bool is_scalable) : count(per_16_bytes), scalable(is_scalable) {}
};

// How a kernel takes the lhs.
enum class LhsForm : uint8_t {
  packed,    // `lhs` is a packed panel
  indirect,  // `lhs` is an array of row pointers, one per row and position: the caller's memory, read in place
};

// Which of the weights that come next are worth fetching while a tile is computed.
enum class Fetch : size_t {
  nothing,     // a cache nearby holds them
  next_panel,  // they come from memory: a tile of few rows waits for it
  far,         // they come from a distant cache or from the memory behind it, for which tiles of many rows wait too
  many_rows,   // tiles of many rows share out the next panel; of few rows the processor foresees all by itself
};

// The one argument of a kernel. Every field is one machine word; assembly finds them by kernels/tile_offsets.h.
struct TileArgs {
  const void* lhs;      // packed: the panel. Indirect: const uint8_t* const[positions][m], each to `depth` raw bytes
  const void* rhs;      // the panel, or the first of several; in it one position after the other, each padded to KR
  int32_t* acc;         // MR rows as wide as the tile, row-major, aligned to kAlignment
  size_t depth;         // K elements of a position; packed form: of all positions, but the last each padded to KR
  size_t m;             // valid rows, 1 to MR
  size_t n;             // valid channels, 1 to the tile's width: there are as many panels as hold them
  size_t positions;     // indirect form; 1 in the packed form
  size_t sign_flip;     // indirect form: 0x80 if raw lhs bytes are to be flipped into canonical ones, else 0
  const int32_t* bias;  // a `bias_initialized` kernel: what the accumulators of each channel begin with, in every row,
                        // if acc is overwritten; as long as the panels. Null: 0
  size_t accumulate;    // 0: acc is overwritten. 1: the tile is added to what acc holds, for depths walked in parts
  size_t panel_stride;  // bytes from one panel of the rhs to the next; a tile of one panel at most fetches by it
  // Packed form: row i, step s of the lhs lies at lhs + i * row_stride + s * step_stride bytes. For panels these are KR
  // and MR * KR elements; for a kernel that says lhs_any_stride they may be those of the caller's rows instead, and
  // then nothing beyond `depth` bytes of a row is read. Indirect form: the rows of a tile, at its one position, are so
  // many bytes apart; 0 where this is not known.
  size_t row_stride;
  size_t step_stride;
  Fetch fetch;  // for a kernel that walks the weights for few rows
  // Packed form: in each step, so many bytes from `fetch_from` on, and from where the step before has ended, are
  // fetched into the second-level cache. 0: nothing is, wherever `fetch_from` lies.
  const void* fetch_from;
  size_t fetch_step;
  size_t width;  // channels of a row of acc, those of all panels of a tile: tells a scalable kernel its NR
  // FusedPanelsFn of a kernel that says wide_tiles: not 0, and it takes two panels by half of its MR rows at a time.
  size_t wide_tiles;
};

#define OTTAVA_ASSERT_OFFSET(field, offset) \
  static_assert(offsetof(TileArgs, field) == (offset), "assembly reads this field")
OTTAVA_ASSERT_OFFSET(lhs, TILE_LHS);
OTTAVA_ASSERT_OFFSET(rhs, TILE_RHS);
OTTAVA_ASSERT_OFFSET(acc, TILE_ACC);
OTTAVA_ASSERT_OFFSET(depth, TILE_DEPTH);
OTTAVA_ASSERT_OFFSET(m, TILE_M);
OTTAVA_ASSERT_OFFSET(n, TILE_N);
OTTAVA_ASSERT_OFFSET(positions, TILE_POSITIONS);
OTTAVA_ASSERT_OFFSET(sign_flip, TILE_SIGN_FLIP);
OTTAVA_ASSERT_OFFSET(bias, TILE_BIAS);
OTTAVA_ASSERT_OFFSET(accumulate, TILE_ACCUMULATE);
OTTAVA_ASSERT_OFFSET(panel_stride, TILE_PANEL_STRIDE);
#undef OTTAVA_ASSERT_OFFSET

extern "C" {
using TileFn = void (*)(const TileArgs*);
}

// Kernel and output stage in one, the accumulators being in registers from first to last: for elements of 8 bits where
// the stage requantizes, else of 32, and a dense dst whose rows are as long as the tile is wide; what lies beyond the
// valid channels may become anything. Without `accumulate`, and with no use for acc. A bias-initialized kernel takes
// its offsets from `bias`, which is not null here, another from the stage. By stage; null where a kernel has none.
using FusedEpilogueFn = void (*)(const TileArgs*, const StageArgs*);
// The same, where what comes with a run is passed beside the structures and not read in them: so those that were filled
// when an operator was created serve all of its runs. n is any number: there are as many panels as hold it, one behind
// the other. Packed form: so is m, the lhs being as many panels, one behind the other, or rows in place; all channels
// of a tile are computed before the next tile (or all rows of a panel before the next panel, by a kernel that knows
// when this costs nothing: s8s8s32_6x16x2 of AVX2), and nothing is fetched. Without `room` nothing but the valid
// channels is written. With it the rows of dst lie side by side, and so many bytes behind the last of them may become
// anything.
using FusedPanelsFn = void (*)(const TileArgs*, const StageArgs*, const void* lhs, size_t m, uint8_t* dst,
                               ptrdiff_t dst_row_stride, size_t room);
constexpr bool kHavePanels = OTTAVA_ARCH_IS_X86_64 != 0;  // kernels of others do not, nor code that asks for them
// The same of one panel at most and one position, where rows lie side by side: `depth` bytes of the lhs, n elements of
// 8 bits of dst. Tiles of one height, one below the other, as many as there is whole before `end`, up to which anything
// may be written behind them.
using DenseTilesFn = void (*)(const TileArgs*, const StageArgs*, const uint8_t* lhs, uint8_t* dst, const uint8_t* end);
// That for tiles of m rows, chosen when an operator is created by all that its runs have in common, the constants of
// its channels among it; null where there is none.
using ChooseDenseTilesFn = DenseTilesFn (*)(const TileArgs&, const StageArgs&, Stage, size_t m);
struct FusedEpilogues {
  FusedEpilogueFn run[kStageCount];
  bool wide;          // requantizing ones serve a dst of 16 or 32 bits too; dst_column_stride tells which
  bool all_rows;      // packed form: m may be any number, the lhs then being as many panels, one behind the other
  uint16_t channels;  // a power of two: where it divides n, n is enough, for dst may end there too. 0: never
  FusedPanelsFn panels[kStageCount];         // where kHavePanels; or null
  ChooseDenseTilesFn dense_tiles = nullptr;  // indirect form, where there are panels; or null
};

// Packs rows of one operand into panels (the rhs is packed through its transpose: a channel is a row): row r
// into row r % panel_rows of panel r / panel_rows. Whole operands in one call, so that the walk over the
// source may follow its cache lines, which are not those of a panel.
//
// Padded depths of the rows are zero. Padded rows of the last panel either become zero or stay as they are,
// whichever is faster. No byte beyond round_up(depth, KR) * panel_rows elements of a panel is written.
struct PackArgs {
  const uint8_t* from;             // element (row, k) lies at from + row * row_stride + k * depth_stride
  const uint8_t* const* gathered;  // or, not null: at gathered[row] + k
  ptrdiff_t row_stride;            // bytes
  ptrdiff_t depth_stride;          // bytes
  size_t rows;                     // at least 1
  size_t panel_rows;               // MR or NR
  size_t depth;                    // K
  size_t kr;
  uint8_t flip;         // 0x80 to turn raw bytes into canonical ones, else 0
  void* to;             // the first panel
  size_t panel_stride;  // bytes from one panel to the next
  int32_t* row_sum;     // to which the sum of the canonical elements of each row is added, modulo 2^32; or null
};

using PackFn = void (*)(const PackArgs*);

// A packed layout of the rhs. Kernels that name the same one read the same weights.
struct RhsLayout {
  Element element;  // s8 or u8
  TileSize nr;      // channels of a panel; a multiple of the lanes of the stages that its kernels use
  uint16_t kr;      // depths of a step
  PackFn pack;
};

// A schedule of a kernel. All of one kernel's take the same operands and give the same results.
struct Tuning {
  TileFn run = nullptr;
  const FusedEpilogues* fused = nullptr;
  const FusedEpilogues* fused_sign_flip = nullptr;  // indirect form: instead, for raw lhs bytes that are to be flipped
};

// What a kernel asks of the canonical weights to be exact. One of the same tier that takes all weights stands behind it
// in the list, and packs them into no more bytes.
enum class Weights : uint8_t {
  any,
  no_minus_128,  // none is -128
  narrow_pairs,  // the weights of depths 2 i and 2 i + 1 of a position add up to -128 at least and 128 at most
};

// One kernel: constant data, defined in the file of the kernel. Fields that few kernels want are set by name.
struct Kernel {
  const char* name;  // types, `indirect`, MRxNRxKR and ISA, as its file and folder are called
  Isa isa;
  LhsForm form;
  Element lhs_element;
  TileSize mr;
  const RhsLayout* rhs;
  PackFn pack_lhs;  // null in the indirect form
  const StageTable* stages;
  const QuantizeTable* quantize;  // of the same instruction set
  Tuning tuning;
  Tuning in_order = {};  // for cores that start instructions in order; without `run`, `tuning` serves them too

  uint16_t panels = 1;  // of the rhs that a tile spans, side by side: few rows pay for a call by more channels
  bool bias_initialized =
      false;  // takes TileArgs::bias: a load costs no more than a zero, and saves the stage an addition
  bool lhs_any_stride = false;  // packed form: takes any strides, see TileArgs
  bool wide_tiles = false;      // packed form: has tiles of other proportions too, see TileArgs

  Weights weights = Weights::any;

  // Where it is no gain: a route leaves shorter depths to the kernels behind it, and smaller M to one that reads the
  // same packed rhs. An m of 0: to one whose single tile holds the rows.
  uint16_t min_depth = 0;
  uint16_t min_m = 0;

  // Not 0: it leaves fewer channels to others too and, as half of its work is idle there, twice min_depth for half a
  // panel.
  uint16_t min_n = 0;

  // Not 0: a route takes the kernel for matrices of so few channels, from so many depths for each channel on.
  uint16_t min_depth_per_channel = 0;
  uint16_t most_channels = 0;

  // Indirect form: so many tiles, one below the other, still cost less than packing on cores that start instructions in
  // order, and no more on others, if the second-level cache holds the weights. For machines that have in-order cores.
  uint16_t small_m_in_order_tiles = 1;

  // Indirect form: rows of up to so many depths are widened once for all panels of a call. 0: never widened, or again
  // for each panel.
  uint16_t depth_widened_once = 0;

  // Both or none, for kernels that set up state of the CPU which belongs to a thread. `prepare` is called on the thread
  // that calls `run`: before the first tile and again whenever m or depth changes, which are all that it may look at.
  // `release` after the last tile leaves nothing of it behind.
  TileFn prepare = nullptr;
  void (*release)() = nullptr;
};

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_KERNEL_H_
