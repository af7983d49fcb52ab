// What the depthwise kernels of AArch64 with dot products share: SDOT adds four taps of a channel at once. Four inputs
// of eight channels are transposed into two vectors, whose lanes are the four inputs of a channel. Two lines of output
// share them: each has its own weights for the four rows of a column, one of which is 0 where the window does not
// reach.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_ARM_DOTPROD_DEPTHWISE_QUADS_H_
#define OTTAVA_SRC_KERNELS_ARM_DOTPROD_DEPTHWISE_QUADS_H_

#if !defined(__ARM_FEATURE_DOTPROD)
#error "arm_dotprod is code for AArch64 with dot products: compile it with -march=armv8.2-a+dotprod"
#endif

#include "kernels/arm_neon/depthwise_frame.h"
#include "kernels/arm_neon/output_stage.h"

namespace ottava {
namespace {

constexpr size_t kVectorChannels = 8;

// Four inputs of eight channels: the quads of the lower and of the upper channels.
struct Quads {
  int8x16_t low, high;
};

// The lower halves count.
OTTAVA_INLINE Quads transposed(int8x16_t a, int8x16_t b, int8x16_t c, int8x16_t d) {
  const int16x8_t upper = vreinterpretq_s16_s8(vzip1q_s8(a, b));
  const int16x8_t lower = vreinterpretq_s16_s8(vzip1q_s8(c, d));
  return {vreinterpretq_s8_s16(vzip1q_s16(upper, lower)), vreinterpretq_s8_s16(vzip2q_s16(upper, lower))};
}

OTTAVA_INLINE Quads load_quads(const int8_t* from) { return {vld1q_s8(from), vld1q_s8(from + 16)}; }
OTTAVA_INLINE void add_dot(int32x4_t (&sums)[2], const Quads& x, const Quads& w) {
  sums[0] = vdotq_s32(sums[0], x.low, w.low);
  sums[1] = vdotq_s32(sums[1], x.high, w.high);
}

template <bool kUnsigned>
OTTAVA_INLINE int8x16_t load_pixel(const uint8_t* from) {
  const uint8x8_t x = vld1_u8(from);
  const uint8x8_t flipped = kUnsigned ? veor_u8(x, vdup_n_u8(0x80)) : x;
  return vreinterpretq_s8_u8(vcombine_u8(flipped, vdup_n_u8(0)));
}

// Which tap a lane of a quad multiplies: kSize * i + j, or none.
constexpr size_t kNoTap = SIZE_MAX;

// Packed weights: of each eight channels, and once more of the last eight of the layer, the quads of a plan.
template <class Plan>
size_t packed_quads_bytes(size_t, size_t channels) {
  return ((channels + kVectorChannels - 1) / kVectorChannels + 1) * Plan::quads * 4 * kVectorChannels;
}
template <class Plan>
void pack_quads(const DepthwisePackArgs* args) {
  auto* to = static_cast<int8_t*>(args->to);
  const size_t blocks = (args->channels + kVectorChannels - 1) / kVectorChannels;
  for (size_t block = 0; block <= blocks; ++block) {
    const size_t first = block < blocks ? block * kVectorChannels : args->channels - kVectorChannels;
    for (size_t quad = 0; quad < Plan::quads; ++quad) {
      for (size_t c = first; c < first + kVectorChannels; ++c) {
        for (size_t lane = 0; lane < 4; ++lane) {
          const size_t tap = Plan::tap(quad, lane);
          *to++ = static_cast<int8_t>(tap == kNoTap ? 0 : difference(*args, tap, c));
        }
      }
    }
  }
}

template <class Plan, bool kUnsigned, size_t kLines, class End>
__attribute__((noinline)) void passes(const DepthwiseArgs& args, const StageArgs* stage) {
  const typename End::Bounds bounds(stage);
  const auto* const weights = static_cast<const int8_t*>(args.weights);
  for (size_t first = 0; first < args.channels; first += kVectorChannels) {
    size_t block = (args.channel + first) / kVectorChannels;
    if (first + kVectorChannels > args.channels) {
      first = args.channels - kVectorChannels;
      ++block;
    }
    const Pass pass = {first, args.channel + first, weights + block * Plan::quads * 4 * kVectorChannels,
                       args.bias + first};
    Plan::template run<kUnsigned, kLines>(args, pass, End(args, stage, bounds, first));
  }
}

template <class Plan, bool kUnsigned, class End>
OTTAVA_INLINE void run_to(const DepthwiseArgs& args, const StageArgs* stage) {
  if (args.lines == 2) {
    passes<Plan, kUnsigned, 2, End>(args, stage);
  } else {
    passes<Plan, kUnsigned, 1, End>(args, stage);
  }
}
template <class Plan, bool kUnsigned>
void run(const DepthwiseArgs* args) {
  run_to<Plan, kUnsigned, ToAcc<2>>(*args, nullptr);
}
template <class Plan, bool kUnsigned>
void run_fused(const DepthwiseArgs* args, const StageArgs* stage) {
  if (needs_no_bounds(*stage)) {
    run_to<Plan, kUnsigned, ToDst<2, true>>(*args, stage);
  } else {
    run_to<Plan, kUnsigned, ToDst<2, false>>(*args, stage);
  }
}

template <class Plan, bool kUnsigned>
constexpr DepthwiseKernel::Entry entry_of() {
  DepthwiseKernel::Entry entry = {};
  entry.run = run<Plan, kUnsigned>;
  entry.fused[static_cast<size_t>(Stage::float_nearest_even)] = run_fused<Plan, kUnsigned>;
  entry.zero_shift = kUnsigned ? -128 : 0;
  return entry;
}
template <class Plan>
constexpr DepthwiseKernel kernel_of(const char* name, uint16_t size) {
  DepthwiseKernel kernel = depthwise_kernel<Narrow8<false>>(name, Isa::arm_dotprod, arm_neon_stages, size, 1,
                                                            entry_of<Plan, false>(), entry_of<Plan, true>());
  kernel.packed_bytes = packed_quads_bytes<Plan>;
  kernel.pack = pack_quads<Plan>;
  return kernel;
}

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_ARM_DOTPROD_DEPTHWISE_QUADS_H_
