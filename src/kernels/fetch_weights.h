// What TileArgs::fetch_step asks of a kernel of the packed form: in each step of a tile, the weights that come next are
// brought into the second-level cache, a few of their bytes at a time, so that they are there when their tile begins.
// Where nothing is asked for, another loop does without.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_FETCH_WEIGHTS_H_
#define OTTAVA_SRC_KERNELS_FETCH_WEIGHTS_H_

#include "kernels/kernel.h"

namespace ottava {
namespace {

// kStepBytes: what a step reads of a panel, and so the most that it is asked to fetch.
template <size_t kStepBytes>
class FetchWeights {
 public:
  explicit OTTAVA_INLINE FetchWeights(const TileArgs& args)
      : at_(reinterpret_cast<uintptr_t>(args.fetch_from)), bytes_(args.fetch_step) {}

  OTTAVA_INLINE bool wanted() const { return bytes_ != 0; }

  // In integers: the addresses may lie beyond the weights, where nothing is fetched.
  OTTAVA_INLINE void step() {
    for (size_t line = 0; line < kStepBytes; line += kLine) {
      __builtin_prefetch(reinterpret_cast<const void*>(at_ + line), 0, kSecondLevel);
    }
    at_ += bytes_;
  }

 private:
  static constexpr size_t kLine = 64;
  static constexpr int kSecondLevel = 2;

  uintptr_t at_;
  size_t bytes_;
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_FETCH_WEIGHTS_H_
