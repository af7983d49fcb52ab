// The vector operations of AVX2 for the depthwise kernels, on inputs of s8 or u8, 8 or 16 channels. vpmaddwd multiplies
// pairs of s16 and adds each two products exactly: an input is of 8 bits, a weight less its zero point of 9.
//
// In an anonymous namespace: files with different ISA flags share no code.
#ifndef OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_
#define OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_

#include "kernels/unroll.h"
#include "kernels/x86_avx2/vector_operations.h"

namespace ottava {
namespace {

template <class Input>
struct DepthwiseAvx2;

// The empty statement keeps compilers from gathering products before they add them, which takes more registers than
// there are.
OTTAVA_INLINE __m256i add_products_avx2(__m256i sum, __m256i a, __m256i b) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  __asm__("" : "+x"(sum));
  return sum;
}

struct DepthwiseOneAvx2 : Avx2 {
  static constexpr size_t columns_of_round(size_t) { return 4; }
  static constexpr size_t place_of(size_t lane) { return lane; }
  static OTTAVA_INLINE I load_slot(const uint8_t* from) { return load(from); }
  static OTTAVA_INLINE I load_channels(const int32_t* from) { return load(from); }
};

template <>
struct DepthwiseAvx2<int8_t> : DepthwiseOneAvx2 {
  using Bytes = __m128i;
  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) { return eight_bytes(from); }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) { return _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b)); }
  static OTTAVA_INLINE I add_products(I sum, I a, I b) { return add_products_avx2(sum, a, b); }
};

// Where no sign is to be extended, a broadcast, which is part of the load, and a shuffle within 128 bits do it: fewer
// steps than vpmovzxbw takes on some CPUs.
template <>
struct DepthwiseAvx2<uint8_t> : DepthwiseOneAvx2 {
  using Bytes = __m256i;
  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) { return _mm256_broadcastq_epi64(eight_bytes(from)); }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) {
    const I widen = _mm256_setr_epi8(0, -1, 1, -1, 2, -1, 3, -1, 4, -1, 5, -1, 6, -1, 7, -1,  //
                                     8, -1, 9, -1, 10, -1, 11, -1, 12, -1, 13, -1, 14, -1, 15, -1);
    return _mm256_shuffle_epi8(_mm256_unpacklo_epi8(a, b), widen);
  }
  static OTTAVA_INLINE I add_products(I sum, I a, I b) { return add_products_avx2(sum, a, b); }
};

// The same for 16 channels in two vectors, for windows of one size: rows are widened to 16 bits as they are loaded, and
// interleaved within 128 bits, so that channels 0 to 3 and 8 to 11 are in the first vector, the others in the second.
// Packing both into one puts them in order.
template <class Input>
struct DepthwiseTwoAvx2 {
  struct I {
    __m256i first, second;
  };
  using Bytes = __m256i;  // widened already
  static constexpr size_t bytes = 64;
  static constexpr size_t lanes = 16;
  static constexpr const StageTable* stages = Avx2::stages;

  // Stride 1 goes on by fewer columns: their sums alone take half of the registers.
  static constexpr size_t columns_of_round(size_t stride) { return 2 * stride; }
  static constexpr size_t place_of(size_t lane) { return (lane & 3) | (lane & 4) << 1 | (lane & 8) >> 1; }

  static OTTAVA_INLINE Bytes load_bytes(const uint8_t* from) {
    const __m128i narrow = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<Input>(-1) < 0 ? _mm256_cvtepi8_epi16(narrow) : _mm256_cvtepu8_epi16(narrow);
  }
  static OTTAVA_INLINE I pair(Bytes a, Bytes b) { return {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)}; }
  static OTTAVA_INLINE I load_slot(const uint8_t* from) { return {Avx2::load(from), Avx2::load(from + 32)}; }
  static OTTAVA_INLINE I in_order(__m256i a, __m256i b) {
    return {_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31)};
  }
  static OTTAVA_INLINE I load_channels(const void* from) {
    const I channels = load_slot(static_cast<const uint8_t*>(from));
    return in_order(channels.first, channels.second);
  }
  static OTTAVA_INLINE void store_32(int32_t* to, I x) {
    const I channels = in_order(x.first, x.second);
    Avx2::store_32(to, channels.first);
    Avx2::store_32(to + 8, channels.second);
  }

  // Float arithmetic without bias, for scales that leave no value at 2^31 or above, where the conversion ends: nearly
  // all channels. Values less the lower bound are saturated to u8, which is that bound, and get it back.
  struct Epilogue {
    Avx2::F first_scale, second_scale;
    __m256i zero_point, low, range;
    uint8_t* to;
    ptrdiff_t stride, line_stride;
    I held[2][2];
    size_t held_pixels = 0, last = 0;

    static OTTAVA_INLINE bool serves(const StageArgs& stage) {
      auto largest = Avx2::broadcast_f32(0.0f);
      for (size_t channel = 0; channel < stage.n; channel += Avx2::lanes) {
        largest = Avx2::max_f32(largest, Avx2::load_f32(stage.scale + channel));
      }
      return stage.has_bias == 0 && !Avx2::any_above_f32(largest, Avx2::broadcast_f32(0.5f));
    }
    OTTAVA_INLINE Epilogue(const DepthwiseArgs& args, const StageArgs& stage, size_t channel)
        : zero_point(_mm256_set1_epi16(static_cast<int16_t>(stage.zero_point - stage.clamp_min))),
          low(Avx2::broadcast_byte(static_cast<uint8_t>(stage.clamp_min))),
          range(Avx2::broadcast_byte(static_cast<uint8_t>(stage.clamp_max - stage.clamp_min))),
          to(stage.dst + channel),
          stride(stage.dst_row_stride),
          line_stride(args.dst_line_stride) {
      const I scales = load_channels(stage.scale + channel);
      first_scale = _mm256_castsi256_ps(scales.first);
      second_scale = _mm256_castsi256_ps(scales.second);
    }
    OTTAVA_INLINE __m256i packed(const I& x) const {
      const auto scaled = [](__m256i values, Avx2::F scale) OTTAVA_INLINE_LAMBDA {
        return Avx2::round_half_even(Avx2::multiply_f32(Avx2::to_f32(values), scale));
      };
      return _mm256_adds_epi16(_mm256_packs_epi32(scaled(x.first, first_scale), scaled(x.second, second_scale)),
                               zero_point);
    }
    // Those that are held, of the round before.
    OTTAVA_INLINE void write(size_t line, size_t count) const {
      uint8_t* const at = to + static_cast<ptrdiff_t>(line) * line_stride;
      const __m256i both = _mm256_packus_epi16(packed(held[line][0]), packed(held[line][1]));
      const __m256i rows = _mm256_permute4x64_epi64(_mm256_add_epi8(_mm256_min_epu8(both, range), low), 0xD8);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm256_castsi256_si128(rows));
      if (count > 1) _mm_storeu_si128(reinterpret_cast<__m128i*>(at + stride), _mm256_extracti128_si256(rows, 1));
    }
    template <size_t kPixels>
    OTTAVA_INLINE void store(size_t line, const I* sums, size_t count) {
      static_assert(kPixels == 2, "a round begins as many");
      if (held_pixels != 0) write(line, 2);
      held[line][0] = sums[0];
      held[line][1] = sums[1];
      last = count;
    }
    template <size_t kPixels>
    OTTAVA_INLINE void go_on() {
      if (held_pixels != 0) to += 2 * stride;
      held_pixels = 2;
    }
    template <size_t kLines>
    OTTAVA_INLINE void finish() {
      unroll<kLines>([&](auto line) OTTAVA_INLINE_LAMBDA { write(line, last); });
    }
  };

  static OTTAVA_INLINE I add_products(I sum, I a, I b) {
    return {add_products_avx2(sum.first, a.first, b.first), add_products_avx2(sum.second, a.second, b.second)};
  }
};

}  // namespace
}  // namespace ottava

#endif  // OTTAVA_SRC_KERNELS_X86_AVX2_DEPTHWISE_VECTORS_H_
