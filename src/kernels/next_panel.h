// The weights of the next panel, fetched while a tile of few rows is computed: such a tile waits for memory. A
// processor reads memory faster from several places at once than in one line from end to end, so the four quarters of
// the next panel are fetched side by side, a line of each in turn. Panels that are too large to wait in the
// second-level cache are fetched in order, two pages ahead: the processor's own streams end at each page. So are all
// weights that are far: the caches of a server deliver as much to one stream as to several.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_NEXT_PANEL_H_
#define OTTAVA_SRC_KERNELS_NEXT_PANEL_H_

#include "kernels/kernel.h"

namespace ottava {
namespace {

class NextPanel {
 public:
  static constexpr size_t kQuarters = 4;
  static constexpr size_t kLine = 64;
  // What a call of fetch() stands for: so many bytes of the panel at hand.
  static constexpr size_t kBytes = kQuarters * kLine;

  // `rhs` is where the panel at hand will be read next. `waits` says whether the tile has so few rows that it waits for
  // memory; all wait for what is far.
  OTTAVA_INLINE NextPanel(const TileArgs& args, const uint8_t* panel, const uint8_t* rhs, bool waits)
      : wanted_(args.fetch == Fetch::far || (args.fetch == Fetch::next_panel && waits)),
        at_(0),
        quarter_(0),
        advance_(0) {
    if (!wanted_) return;
    const bool whole = args.fetch == Fetch::next_panel && args.panel_stride <= kMostOfPanel;
    const size_t read = static_cast<size_t>(rhs - panel);
    at_ = reinterpret_cast<uintptr_t>(panel) + (whole ? args.panel_stride + read / kQuarters : kAhead + read);
    quarter_ = whole ? args.panel_stride / kQuarters / kLine * kLine : kLine;
    advance_ = whole ? kLine : kBytes;
  }

  // In integers: the addresses may lie beyond the weights, where nothing is fetched.
  OTTAVA_INLINE void fetch() {
    if (!wanted_) return;
    for (size_t quarter = 0; quarter < kQuarters; ++quarter) {
      __builtin_prefetch(reinterpret_cast<const void*>(at_ + quarter * quarter_));
    }
    at_ += advance_;
  }

 private:
  static constexpr size_t kMostOfPanel = size_t{192} << 10;
  static constexpr size_t kAhead = 8192;

  bool wanted_;
  uintptr_t at_;
  size_t quarter_, advance_;
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_NEXT_PANEL_H_
