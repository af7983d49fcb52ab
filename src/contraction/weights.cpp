#include "contraction/weights.h"

#include "contraction/route.h"

namespace ottava {
namespace {

// Whether two canonical weights of a channel, at depths 2 i and 2 i + 1 of a position, are as a kernel wants them. In
// 16 bits, which compilers make vectors of.
struct NoMinus128 {
  static bool fit(int16_t a, int16_t b) { return a != -128 && b != -128; }
};
struct NarrowPairs {
  static bool fit(int16_t a, int16_t b) { return static_cast<uint16_t>(a + b + 128) <= 256; }
};

// Pairs from `first` and `second`, `step` bytes from one to the next.
template <class Want, size_t kStep>
bool pairs_fit(const uint8_t* first, const uint8_t* second, size_t pairs, uint8_t flip) {
  uint16_t unfit = 0;
  for (size_t i = 0; i < pairs; ++i) {
    const int16_t a = static_cast<int8_t>(first[i * kStep] ^ flip);
    const int16_t b = static_cast<int8_t>(second[i * kStep] ^ flip);
    unfit = static_cast<uint16_t>(unfit | (Want::fit(a, b) ? 0 : 1));
  }
  return unfit == 0;
}

// Of one position. Depths or channels lie side by side; what has no partner is paired with a weight of 0.
template <class Want>
bool position_fits(const ConstView& at, size_t k, size_t n, uint8_t flip) {
  const size_t even = k / 2 * 2;
  const bool by_depth = at.column_stride == 1;
  for (size_t d = 0; by_depth && d < even; d += 2) {
    if (!pairs_fit<Want, 1>(at.at(d, 0), at.at(d + 1, 0), n, flip)) return false;
  }
  for (size_t channel = 0; !by_depth && channel < n; ++channel) {
    if (!pairs_fit<Want, 2>(at.at(0, channel), at.at(0, channel) + 1, even / 2, flip)) return false;
  }
  for (size_t channel = 0; k != even && channel < n; ++channel) {
    if (!Want::fit(static_cast<int8_t>(*at.at(even, channel) ^ flip), 0)) return false;
  }
  return true;
}

// Of channels that have weights for a part of the depths alone, and elsewhere their zero points.
template <class Want>
bool parts_fit(const Contraction& problem, const Constants& constants, const ConstView& at, CanonicalOperand rhs) {
  const size_t depth = static_cast<size_t>(problem.k);
  for (size_t n = 0; n < static_cast<size_t>(problem.n); ++n) {
    const size_t begin = n / constants.rhs.part_channels * constants.rhs.part_depth;
    const int32_t zero = rhs_zero_point(problem, constants, n) + rhs.zero_shift;
    const auto weight = [&](size_t k) {
      if (k == depth) return int16_t{0};
      const bool in_part = k - begin < constants.rhs.part_depth;
      return static_cast<int16_t>(in_part ? static_cast<int8_t>(*at.at(k - begin, n) ^ rhs.flip) : zero);
    };
    for (size_t k = 0; k < depth; k += 2) {
      if (!Want::fit(weight(k), weight(k + 1))) return false;
    }
  }
  return true;
}

template <class Want>
bool weights_fit(const Contraction& problem, const Constants& constants, CanonicalOperand rhs) {
  for (size_t position = 0; position < static_cast<size_t>(problem.positions); ++position) {
    const ConstView at = constants.rhs.at_position(position);
    const bool fit = constants.rhs.part_channels != 0 ? parts_fit<Want>(problem, constants, at, rhs)
                                                      : position_fits<Want>(at, static_cast<size_t>(problem.k),
                                                                            static_cast<size_t>(problem.n), rhs.flip);
    if (!fit) return false;
  }
  return true;
}

}  // namespace

bool weights_rule_out(const Kernel& kernel, const Contraction& problem, const Constants& constants) {
  if (kernel.weights == Weights::any || problem.runtime_rhs || problem.weights_unfit) return false;
  if (problem.n == 0 || problem.k == 0) return false;
  const CanonicalOperand rhs = canonical_operand(problem.rhs.type, kernel.rhs->element);
  return kernel.weights == Weights::no_minus_128 ? !weights_fit<NoMinus128>(problem, constants, rhs)
                                                 : !weights_fit<NarrowPairs>(problem, constants, rhs);
}

bool pair_fits(Weights wants, int16_t first, int16_t second) {
  switch (wants) {
    case Weights::any: break;
    case Weights::no_minus_128: return NoMinus128::fit(first, second);
    case Weights::narrow_pairs: return NarrowPairs::fit(first, second);
  }
  return true;
}

WeightsWords words_of(Weights weights) {
  switch (weights) {
    case Weights::any: return {nullptr, nullptr, nullptr};
    case Weights::no_minus_128:
      return {"a weight is -128: sums of two products could leave 16 bits",
              "a weight may be -128, weights being known at run time alone: sums of two products could leave 16 bits",
              "no weight is -128"};
    case Weights::narrow_pairs: break;
  }
  return {"the weights of a pair add up to more than 128",
          "weights known at run time alone may add up to more than 128",
          "no weights of a pair add up to more than 128"};
}

}  // namespace ottava
