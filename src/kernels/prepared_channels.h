// Fixed-point rules whose constants are formed once for all tiles of a call, in forms of few instructions, for channels
// that are proven to take them: accumulators are small, scales are below 1/2 and not too far below. Nearly all are
// such. Read prepare_channels, then the two forms. fused_registers.h asks here first.
//
// Each of these channels shifts right alone, by s = -exponent. With p the product of an accumulator x and the
// multiplier,
//
//   one rounding    y = floor((p + 2^(30 + s)) / 2^(31 + s))
//   two roundings   y = floor((p + 2^30 * sign(x) + 2^(30 + s)) / 2^(31 + s)): v = floor((p + 2^30) / 2^31) is rounded
//                   half away from zero, y = floor((v + 2^(s - 1) - (x < 0 ? 1 : 0)) / 2^s); where x is 0, so is y
//
// What is added lies above the low bits of p, which are dropped first. The rules that multiply and shift are such sums
// as well, of a p that fits 32 bits. A zero point is one more term.
//
// V has, besides what fused_registers.h says,
//   load_odd_lanes(const int32_t*)   odd lanes as even ones, from memory: no work for a port that multiplies
//   middle_words(even, odd)          bits 24 to 55 of 64-bit lanes
//   rounded_by_sign(sum, x)          sum + 64 * sign(x) - V::sign_excess; where x is 0, anything from -64 to 64 is
//                                    added. |x| < 2^24
//   less_if_below_zero(sum, x)       sum - 1 where x < 0, else sum. |x| < 2^24
//   TwoFinishedRows                  TwoRows that add no zero point
#ifndef OTTAVA_SRC_KERNELS_PREPARED_CHANNELS_H_
#define OTTAVA_SRC_KERNELS_PREPARED_CHANNELS_H_

#include "kernels/kernel.h"
#include "output/vector_stage.h"

namespace ottava {

struct PreparedChannels {
  static constexpr size_t kMost = 1024;
  static constexpr size_t kFewestLanes = 8;
  enum class Form : uint8_t { one_rounding, two_roundings, multiply_shift, multiply_shift_half_away };

  alignas(64) int32_t multiplier[kMost];
  alignas(64) int32_t added[kMost];
  alignas(64) int32_t shift[kMost];
  bool served[kMost / kFewestLanes];  // by vector of channels
  Form form;
};

// Accumulators stay below 3 * 2^22: products of u8 by s8 below 2^23, offsets to 2^22.
constexpr int32_t kMostPreparedOffset = INT32_C(1) << 22;
constexpr size_t kMostPreparedDepth = (size_t{1} << 23) / (255 * 128);

// A sum in units of 2^24 stays inside int32: p is below 3 * 2^29 of them, and what is added, for these shifts and
// |zero point| <= 255, at most 511 * 2^20 + 64 < 2^29. In those of 2^32 all the more.
constexpr int32_t kMostPreparedShift = 14;
// Of the rules that multiply and shift: their p stays below 2^29, and what is added below 511 * 2^20.
constexpr int32_t kMostMultiplyShift = 21;
// From here on p is below half of the divisor, and y is 0.
constexpr int32_t kNothingLeft = 25;

// Half away from zero is half up but where p is an odd multiple of 2^(30 + s) below 0. With x below 2^24 there is none
// if the multiplier has a bit set below 2^(7 + s).
template <class V>
OTTAVA_INLINE typename V::I has_ties(typename V::I multiplier, typename V::I s) {
  const auto bits = V::add(V::shift_left(V::broadcast(1 << 7), s), V::broadcast(-1));
  return V::subtract(V::broadcast(1), V::min(V::bits_of_both(multiplier, bits), V::broadcast(1)));
}

constexpr bool is_prepared_rule(Stage stage) { return is_fixed(stage); }

constexpr PreparedChannels::Form prepared_form(Stage stage) {
  using Form = PreparedChannels::Form;
  return stage <= Stage::fixed_two_roundings_saturating ? Form::two_roundings
         : stage <= Stage::fixed_acl_fused              ? Form::one_rounding
         : stage == Stage::multiply_shift_half_away     ? Form::multiply_shift_half_away
                                                        : Form::multiply_shift;
}

// The constants of a vector of channels. Above 0 in a lane that is not served.
template <class V>
struct PreparedConstants {
  typename V::I multiplier, added, shift, refused;
};

// floor((p + 2^(30 + s) ...) / 2^(31 + s)), see above.
template <class V>
OTTAVA_INLINE PreparedConstants<V> prepare_product(const StageArgs& args, Stage stage, size_t channel) {
  const bool two_roundings = prepared_form(stage) == PreparedChannels::Form::two_roundings;
  const int32_t unit = two_roundings ? 24 : 32;  // the low bits that are dropped
  const auto one = V::broadcast(1), zero = V::broadcast(0);
  auto multiplier = V::load(args.multiplier + channel);
  auto s = V::subtract(zero, V::load(args.exponent + channel));
  // 1 for a channel that yields 0, 0 for others
  const auto none = V::max(V::subtract(one, V::min(multiplier, one)),
                           V::min(V::max(V::subtract(s, V::broadcast(kNothingLeft - 1)), zero), one));
  multiplier = V::multiply(multiplier, V::subtract(one, none));
  s = V::add(V::multiply(s, V::subtract(one, none)), V::add(none, none));
  auto refused = V::max(V::subtract(V::broadcast(2), s), V::subtract(s, V::broadcast(kMostPreparedShift)));
  if (stage == Stage::fixed_one_rounding_away) {
    refused = V::max(refused, V::subtract(has_ties<V>(multiplier, s), none));
  }
  const auto half = V::shift_left(V::broadcast(2 * args.zero_point + 1), V::add(s, V::broadcast(30 - unit)));
  const auto added = two_roundings ? V::add(half, V::broadcast(V::sign_excess)) : half;
  return {multiplier, added, V::add(s, V::broadcast(31 - unit)), refused};
}

// floor((p + 2^(s - 1)) / 2^s), without 2^(s - 1) where it is to floor, less 1 where p is below 0 to round half away.
// p, and what is added, stay below 2^29: p as float32, to a relative 2^-22.
template <class V>
OTTAVA_INLINE PreparedConstants<V> prepare_multiply_shift(const TileArgs& tile, const StageArgs& args, Stage stage,
                                                          size_t channel) {
  const auto zero = V::broadcast(0);
  const auto multiplier = V::load(args.multiplier + channel);
  const auto s = V::subtract(zero, V::load(args.exponent + channel));
  auto refused = V::max(V::subtract(V::broadcast(1), s), V::subtract(s, V::broadcast(kMostMultiplyShift)));
  if (stage == Stage::multiply_shift_half_away) refused = V::max(refused, V::subtract(zero, multiplier));
  const auto products = V::broadcast_f32(static_cast<float>(255 * 128 * tile.depth * tile.positions));
  const auto most = V::add_f32(V::to_f32(V::absolute(V::load(tile.bias + channel))), products);
  if (V::any_above_f32(V::multiply_f32(V::to_f32(multiplier), most), V::broadcast_f32(0x1.FFFp28f))) {
    refused = V::broadcast(1);
  }
  const bool floors = stage == Stage::multiply_shift_floor;
  const auto halves = V::broadcast(2 * args.zero_point + (floors ? 0 : 1));
  return {multiplier, V::shift_left(halves, V::subtract(s, V::broadcast(1))), s, refused};
}

// False: no channel is served.
template <class V>
OTTAVA_NOINLINE bool prepare_channels(const TileArgs& tile, const StageArgs& args, Stage stage,
                                      PreparedChannels* prepared) {
  static_assert(V::lanes >= PreparedChannels::kFewestLanes, "no more vectors than flags");
  if (tile.n > PreparedChannels::kMost || tile.depth * tile.positions > kMostPreparedDepth) return false;
  if (args.row_zero != nullptr || args.row_sum != nullptr) return false;
  if (args.zero_point < -255 || args.zero_point > 255) return false;
  prepared->form = prepared_form(stage);
  bool any = false;
  for (size_t channel = 0; channel < tile.n; channel += V::lanes) {
    const bool product = stage <= Stage::fixed_acl_fused;
    const PreparedConstants<V> constants =
        product ? prepare_product<V>(args, stage, channel) : prepare_multiply_shift<V>(tile, args, stage, channel);
    // The magnitude of INT32_MIN wraps around, to above 0.
    const auto beyond = V::subtract(V::absolute(V::load(tile.bias + channel)), V::broadcast(kMostPreparedOffset));
    const bool served = !V::any_above_zero(V::max(constants.refused, beyond));
    prepared->served[channel / V::lanes] = served;
    if (!served) continue;
    any = true;
    V::store_32(prepared->multiplier + channel, constants.multiplier);
    V::store_32(prepared->added + channel, constants.added);
    V::store_32(prepared->shift + channel, constants.shift);
  }
  return any;
}

// Whether W vectors from `channel` on are served.
template <class V, size_t W>
OTTAVA_INLINE bool is_prepared(const StageArgs& args, size_t channel) {
  if (args.prepared == nullptr) return false;
  const bool* const served = args.prepared->served + channel / V::lanes;
  return served[0] && served[W - 1];
}

template <class V>
struct PreparedProduct {
  typename V::I multiplier, odd_multiplier, added, shift;

  OTTAVA_INLINE PreparedProduct(const StageArgs& args, size_t channel)
      : multiplier(V::load(args.prepared->multiplier + channel)),
        odd_multiplier(V::load_odd_lanes(args.prepared->multiplier + channel)),
        added(V::load(args.prepared->added + channel)),
        shift(V::load(args.prepared->shift + channel)) {}
  OTTAVA_INLINE typename V::I even(typename V::I x) const { return V::multiply_even(x, multiplier); }
  OTTAVA_INLINE typename V::I odd(typename V::I odd_lanes) const { return V::multiply_even(odd_lanes, odd_multiplier); }
};

// In units of 2^32. From s = 2 on 2^(30 + s) is a multiple of that.
template <class V>
struct PreparedOneRounding : PreparedProduct<V> {
  OTTAVA_INLINE PreparedOneRounding(const StageArgs& args, size_t channel, Stage) : PreparedProduct<V>(args, channel) {}
  OTTAVA_INLINE typename V::I of(typename V::I x, typename V::I odd_lanes) const {
    const auto sum = V::add(V::high_halves(this->even(x), this->odd(odd_lanes)), this->added);
    return V::shift_right(sum, this->shift);
  }
};

// In units of 2^24, of which 2^30 has 64.
template <class V>
struct PreparedTwoRoundings : PreparedProduct<V> {
  OTTAVA_INLINE PreparedTwoRoundings(const StageArgs& args, size_t channel, Stage)
      : PreparedProduct<V>(args, channel) {}
  OTTAVA_INLINE typename V::I of(typename V::I x, typename V::I odd_lanes) const {
    const auto rounding = V::rounded_by_sign(this->added, x);
    const auto sum = V::add(V::middle_words(this->even(x), this->odd(odd_lanes)), rounding);
    return V::shift_right(sum, this->shift);
  }
};

// The low 32 bits of the product are all of it.
template <class V, bool kHalfAway>
struct PreparedMultiplyShift : PreparedProduct<V> {
  OTTAVA_INLINE PreparedMultiplyShift(const StageArgs& args, size_t channel, Stage)
      : PreparedProduct<V>(args, channel) {}
  OTTAVA_INLINE typename V::I of(typename V::I x, typename V::I) const {
    const auto rounding = kHalfAway ? V::less_if_below_zero(this->added, x) : this->added;
    return V::shift_right(V::add(V::multiply(x, this->multiplier), rounding), this->shift);
  }
};

template <class Form>
constexpr bool kPrepared = false;
template <class V, bool kHalfAway>
constexpr bool kPrepared<PreparedMultiplyShift<V, kHalfAway>> = true;
template <class V>
constexpr bool kPrepared<PreparedOneRounding<V>> = true;
template <class V>
constexpr bool kPrepared<PreparedTwoRoundings<V>> = true;

}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_PREPARED_CHANNELS_H_
