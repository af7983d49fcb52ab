#include "contraction/repack.h"

#include "base/checked.h"
#include "base/memory.h"
#include "contraction/prepared.h"
#include "contraction/weights.h"
#include "output/arithmetic.h"

namespace ottava {
namespace {

// Where the depths of one channel and position lie in its panel, one after the other, from `first` on.
class DepthOffset {
 public:
  DepthOffset(const ContractionPlan& plan, size_t channel, size_t position, size_t first)
      : kr_(plan.routes.many.tile.kr), to_next_step_((plan.nr - 1) * kr_), left_(kr_ - first % kr_) {
    at_ = channel / plan.nr * plan.packed.panel_bytes + position * plan.padded_k * plan.nr + channel % plan.nr * kr_ +
          first / kr_ * plan.nr * kr_ + first % kr_;
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

WeightRuns whole_or(const WeightRuns& runs, size_t positions, size_t k) {
  return runs.count != 0 ? runs : WeightRuns{positions, k, false, 0};
}
size_t position_of(const WeightRuns& runs, size_t run) { return runs.side_by_side ? 0 : run; }
size_t first_depth(const WeightRuns& runs, size_t run, size_t channel) {
  if (runs.side_by_side) return run * runs.depth;
  return runs.part_channels != 0 ? channel / runs.part_channels * runs.depth : 0;
}

// A channel of the source, in whichever of its contractions.
struct SourceChannel {
  SourceChannel(const PackedSource& from, size_t channel)
      : source(from), n(channel % from.plan->n), runs(whole_or(from.runs, from.plan->positions, from.plan->k)) {
    const size_t contraction = channel / from.plan->n;
    channels = from.channels + contraction * from.channels_step;
    packed = from.packed + contraction * from.packed_step;
    rhs_zero = *channel_array<int32_t>(channels, from.plan->channels.rhs_zero, n);
  }

  // Calls take(element), canonical as the source has it, for the depths of one position of a contraction that has the
  // weights in runs of its own, `to_runs`, as channel to_channel of it.
  template <class Take>
  void for_each_depth(const WeightRuns& to_runs, size_t to_channel, size_t position, size_t depths, Take take) const {
    const uint8_t zero = static_cast<uint8_t>(rhs_zero);
    const size_t first = to_runs.side_by_side ? 0 : position;
    const size_t end = to_runs.side_by_side ? to_runs.count : position + 1;
    size_t k = 0;
    for (size_t run = first; run < end; ++run) {
      for (const size_t begin = first_depth(to_runs, run, to_channel); k < begin; ++k) take(zero);
      DepthOffset read(*source.plan, n, position_of(runs, run), first_depth(runs, run, n));
      for (size_t i = 0; i < to_runs.depth; ++i, ++k) take(packed[read.next()]);
    }
    for (; k < depths; ++k) take(zero);
  }

  const PackedSource& source;
  size_t n;
  WeightRuns runs;
  const uint8_t* channels;
  const uint8_t* packed;
  int32_t rhs_zero;  // canonical
};

void put(uint8_t* memory, size_t offset, size_t n, int32_t value) {
  copy_bytes(memory + offset + n * sizeof value, &value, sizeof value);
}

// What the output makes of each channel depends on no kernel: only the length of the arrays and the canonical zero
// points do.
void copy_channel(const SourceChannel& from, const ContractionPlan& to, size_t n, uint8_t* channels) {
  const ChannelLayout &source = from.source.plan->channels, &layout = to.channels;
  const struct {
    size_t from, to;
  } arrays[] = {{source.bias_s32, layout.bias_s32},
                {source.multiplier, layout.multiplier},
                {source.exponent, layout.exponent},
                {source.scale, layout.scale},
                {source.bias, layout.bias}};
  for (const auto& array : arrays) {
    put(channels, array.to, n, *channel_array<int32_t>(from.channels, array.from, from.n));
  }
}

}  // namespace

void repack(const PackedSource& from, const ContractionPlan& to, const Contraction& problem, uint8_t* channels,
            uint8_t* packed, const WeightRuns& runs, size_t first_channel) {
  zero_bytes(channels, to.channels.total);
  zero_bytes(packed, to.packed.total);
  if (to.channels.table != 0) copy_bytes(channels + to.channels.table, from.channels + from.plan->channels.table, 256);
  const Routes& routes = to.routes;
  const int32_t lhs_zero = routes.many.lhs_zero_point;
  const int32_t small_m_zero = routes.small_m.kernel != nullptr ? routes.small_m.lhs_zero_point : lhs_zero;
  const uint8_t flip = from.plan->rhs.flip ^ to.rhs.flip;
  const bool is_unsigned = (problem.rhs.type == Type::u8) != (to.rhs.flip != 0);
  const int32_t depth = static_cast<int32_t>(static_cast<uint32_t>(to.depth()));
  const WeightRuns placed = whole_or(runs, to.positions, to.k);
  // As pack_rhs_panels: padded channels have no bias, no weights and the zero point 0.
  for (size_t n = 0; n < to.n; ++n) {
    const SourceChannel source(from, first_channel + n);
    copy_channel(source, to, n, channels);
    uint32_t elements = 0;
    for (size_t position = 0; position < to.positions; ++position) {
      DepthOffset write(to, n, position, 0);
      source.for_each_depth(placed, n, position, to.k, [&](uint8_t raw) {
        const uint8_t element = raw ^ flip;
        packed[write.next()] = element;
        elements += static_cast<uint32_t>(is_unsigned ? element : static_cast<int8_t>(element));
      });
    }
    const int32_t rhs_zero = source.rhs_zero - from.plan->rhs.zero_shift + to.rhs.zero_shift;
    put(channels, to.channels.rhs_zero, n, rhs_zero);
    const int32_t bias = *channel_array<int32_t>(source.channels, from.plan->channels.bias_s32, source.n);
    const int32_t sum = wrap_add(static_cast<int32_t>(elements), wrap_multiply(-1, wrap_multiply(depth, rhs_zero)));
    put(packed, to.packed.weight_sum, n, sum);
    put(packed, to.packed.offset, n, wrap_add(bias, wrap_multiply(-lhs_zero, sum)));
    put(packed, to.packed.small_m_offset, n, wrap_add(bias, wrap_multiply(-small_m_zero, sum)));
  }
}

bool packed_rule_out(const Kernel& kernel, const PackedSource& from, const Contraction& problem, const WeightRuns& runs,
                     size_t first_channel) {
  if (kernel.weights == Weights::any || problem.runtime_rhs || problem.weights_unfit) return false;
  // Canonical weights as s8, whatever the sign of those in the file.
  const bool is_unsigned = (problem.rhs.type == Type::u8) != (from.plan->rhs.flip != 0);
  const uint8_t flip = is_unsigned ? 0x80 : 0;
  const size_t k = static_cast<size_t>(problem.k), positions = static_cast<size_t>(problem.positions);
  const WeightRuns placed = whole_or(runs, positions, k);
  for (size_t n = 0; n < static_cast<size_t>(problem.n); ++n) {
    const SourceChannel source(from, first_channel + n);
    for (size_t position = 0; position < positions; ++position) {
      bool fits = true, second = false;
      int16_t held = 0;
      source.for_each_depth(placed, n, position, k, [&](uint8_t raw) {
        const int16_t element = static_cast<int8_t>(raw ^ flip);
        if (second) fits = fits && pair_fits(kernel.weights, held, element);
        held = element;
        second = !second;
      });
      if (second) fits = fits && pair_fits(kernel.weights, held, int16_t{0});
      if (!fits) return true;
    }
  }
  return false;
}

}  // namespace ottava
