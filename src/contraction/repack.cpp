#include "contraction/repack.h"

#include "base/checked.h"
#include "base/memory.h"
#include "contraction/prepared.h"
#include "contraction/weights.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

// Where the depths of one channel and position lie in its panel, one after the other.
class DepthOffset {
 public:
  DepthOffset(const ContractionPlan& plan, size_t channel, size_t position)
      : kr_(plan.routes.many.tile.kr), to_next_step_((plan.nr - 1) * kr_), left_(kr_) {
    at_ = channel / plan.nr * plan.packed.panel_bytes + position * plan.padded_k * plan.nr + channel % plan.nr * kr_;
  }
  size_t next() {
    if (left_ == 0) {
      at_ += to_next_step_;
      left_ = kr_;
    }
    --left_;
    return at_++;
  }

 private:
  size_t kr_;
  size_t to_next_step_;
  size_t left_;
  size_t at_;
};

void put(uint8_t* memory, size_t offset, size_t n, int32_t value) {
  copy_bytes(memory + offset + n * sizeof value, &value, sizeof value);
}

// What the output makes of each channel depends on no kernel: only the length of the arrays and the canonical zero
// points do.
void copy_channels(const PackedSource& from, const ContractionPlan& to, uint8_t* channels) {
  const ChannelLayout &source = from.plan->channels, &layout = to.channels;
  zero_bytes(channels, layout.total);
  const struct {
    size_t from, to;
  } arrays[] = {{source.bias_s32, layout.bias_s32},
                {source.multiplier, layout.multiplier},
                {source.exponent, layout.exponent},
                {source.scale, layout.scale},
                {source.bias, layout.bias}};
  for (const auto& array : arrays) {
    copy_bytes(channels + array.to, from.channels + array.from, to.n * sizeof(int32_t));
  }
  if (layout.table != 0) copy_bytes(channels + layout.table, from.channels + source.table, 256);
  const int32_t shift = to.rhs.zero_shift - from.plan->rhs.zero_shift;
  for (size_t n = 0; n < to.n; ++n) {
    put(channels, layout.rhs_zero, n, *channel_array<int32_t>(from.channels, source.rhs_zero, n) + shift);
  }
}

}  // namespace

void repack(const PackedSource& from, const ContractionPlan& to, const Contraction& problem, uint8_t* channels,
            uint8_t* packed) {
  copy_channels(from, to, channels);
  zero_bytes(packed, to.packed.total);
  const Routes& routes = to.routes;
  const int32_t lhs_zero = routes.many.lhs_zero_point;
  const int32_t small_m_zero = routes.small_m.kernel != nullptr ? routes.small_m.lhs_zero_point : lhs_zero;
  const uint8_t flip = from.plan->rhs.flip ^ to.rhs.flip;
  const bool is_unsigned = (problem.rhs.type == Type::u8) != (to.rhs.flip != 0);
  const int32_t depth = static_cast<int32_t>(static_cast<uint32_t>(to.depth()));
  const ChannelLayout& source = from.plan->channels;
  // As pack_rhs_panels: padded channels have no bias, no weights and the zero point 0.
  for (size_t n = 0; n < to.n; ++n) {
    uint32_t elements = 0;
    for (size_t position = 0; position < to.positions; ++position) {
      DepthOffset read(*from.plan, n, position), write(to, n, position);
      for (size_t k = 0; k < to.k; ++k) {
        const uint8_t element = from.packed[read.next()] ^ flip;
        packed[write.next()] = element;
        elements += static_cast<uint32_t>(is_unsigned ? element : static_cast<int8_t>(element));
      }
    }
    const int32_t rhs_zero =
        *channel_array<int32_t>(from.channels, source.rhs_zero, n) - from.plan->rhs.zero_shift + to.rhs.zero_shift;
    const int32_t bias = *channel_array<int32_t>(from.channels, source.bias_s32, n);
    const int32_t sum = wrap_add(static_cast<int32_t>(elements), wrap_multiply(-1, wrap_multiply(depth, rhs_zero)));
    put(packed, to.packed.weight_sum, n, sum);
    put(packed, to.packed.offset, n, wrap_add(bias, wrap_multiply(-lhs_zero, sum)));
    put(packed, to.packed.small_m_offset, n, wrap_add(bias, wrap_multiply(-small_m_zero, sum)));
  }
}

bool packed_rule_out(const Kernel& kernel, const PackedSource& from, const Contraction& problem) {
  if (kernel.weights == Weights::any || problem.runtime_rhs || problem.weights_unfit) return false;
  // Canonical weights as s8, whatever the sign of those in the file.
  const bool is_unsigned = (problem.rhs.type == Type::u8) != (from.plan->rhs.flip != 0);
  const uint8_t flip = is_unsigned ? 0x80 : 0;
  for (size_t n = 0; n < from.plan->n; ++n) {
    for (size_t position = 0; position < from.plan->positions; ++position) {
      DepthOffset read(*from.plan, n, position);
      const auto next = [&] { return static_cast<int8_t>(from.packed[read.next()] ^ flip); };
      for (size_t k = 0; k < from.plan->k; k += 2) {
        const int16_t first = next();
        const int16_t second = k + 1 < from.plan->k ? next() : int16_t{0};
        if (!pair_fits(kernel.weights, first, second)) return true;
      }
    }
  }
  return false;
}

}  // namespace ottava
