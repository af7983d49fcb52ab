// Kernels that no CPU would want: odd tiles, odd steps, every element type, both lhs forms, tiles that grow with the
// vectors of the machine. Each is a slow loop over the layout that kernels/kernel.h promises.
#ifndef OTTAVA_TESTS_KERNELS_FAKE_KERNELS_H_
#define OTTAVA_TESTS_KERNELS_FAKE_KERNELS_H_

#include <cstring>
#include <thread>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/pack.h"

namespace ottava {

inline std::int64_t element_at(const void* panel, std::size_t index, Element element) {
  if (element == Element::s16) {
    std::int16_t value;
    memcpy(&value, static_cast<const std::uint8_t*>(panel) + index * 2, 2);
    return value;
  }
  const std::uint8_t byte = static_cast<const std::uint8_t*>(panel)[index];
  return element == Element::u8 ? byte : static_cast<std::int8_t>(byte);
}

// One kernel per instantiation, as real ones are one function each. With `Scales` MR and NR are so many for each 16
// bytes of the machine's vectors.
template <std::size_t MR0, std::size_t NR0, std::size_t KR, LhsForm Form, Element Lhs, Element Rhs,
          std::size_t Panels = 1, bool Scales = false>
void run_fake(const TileArgs* args) {
  const std::size_t vectors = Scales ? args->width / (NR0 * Panels) : 1, MR = MR0 * vectors, NR = NR0 * vectors;
  const std::size_t padded = (args->depth + KR - 1) / KR * KR;
  std::this_thread::yield();  // lets other workers take pieces too
  for (std::size_t i = 0; i < MR; ++i) {
    for (std::size_t j = 0; j < Panels * NR; ++j) {
      const std::uint8_t* rhs = static_cast<const std::uint8_t*>(args->rhs) + j / NR * args->panel_stride;
      std::int32_t* acc = args->acc + i * Panels * NR + j;
      if (i >= args->m || j >= args->n) {
        *acc = 0x5A5A5A5A;  // whatever stands outside the valid tile must not matter
        continue;
      }
      std::uint32_t sum = args->accumulate != 0 ? static_cast<std::uint32_t>(*acc) : 0;
      for (std::size_t k = 0; k < args->positions * padded; ++k) {
        const std::size_t step = k / KR, position = k / padded;
        std::int64_t lhs = 0;
        if (Form == LhsForm::packed) {
          lhs = element_at(args->lhs, (step * MR + i) * KR + k % KR, Lhs);
        } else if (k % padded < args->depth) {
          const std::uint8_t* const row = static_cast<const std::uint8_t* const*>(args->lhs)[position * args->m + i];
          const std::uint8_t flipped = static_cast<std::uint8_t>(row[k % padded] ^ args->sign_flip);
          lhs = element_at(&flipped, 0, Lhs);
        }
        sum += static_cast<std::uint32_t>(lhs * element_at(rhs, (step * NR + j % NR) * KR + k % KR, Rhs));
      }
      *acc = static_cast<std::int32_t>(sum);
    }
  }
}

inline PackFn packer(Element element) {
  return element == Element::u8 ? pack_u8 : element == Element::s16 ? pack_s16 : pack_s8;
}

// One layout for all kernels that ask for the same one.
template <std::size_t NR, std::size_t KR, Element Rhs, bool Scales>
const RhsLayout* fake_layout() {
  static const RhsLayout layout = {Rhs, {NR, Scales}, KR, packer(Rhs)};
  return &layout;
}

template <std::size_t MR, std::size_t NR, std::size_t KR, LhsForm Form, Element Lhs, Element Rhs,
          std::size_t Panels = 1, bool Scales = false>
Kernel fake(const char* name) {
  Kernel kernel = {name,
                   Isa::portable,
                   Form,
                   Lhs,
                   {MR, Scales},
                   fake_layout<NR, KR, Rhs, Scales>(),
                   Form == LhsForm::packed ? packer(Lhs) : nullptr,
                   &portable_stages,
                   &portable_quantize,
                   {run_fake<MR, NR, KR, Form, Lhs, Rhs, Panels, Scales>}};
  kernel.panels = Panels;
  return kernel;
}

inline const std::vector<Kernel>& fake_kernels() {
  constexpr LhsForm packed = LhsForm::packed, rows = LhsForm::indirect;
  constexpr Element s8 = Element::s8, u8 = Element::u8, s16 = Element::s16;
  static const std::vector<Kernel> kernels = {
      fake<1, 1, 1, packed, s8, s8>("fake_1x1x1"),
      fake<3, 5, 7, packed, u8, s8>("fake_3x5x7"),
      fake<5, 3, 2, packed, s16, s8>("fake_5x3x2"),
      fake<7, 1, 3, packed, s8, u8>("fake_7x1x3"),
      fake<2, 9, 16, packed, u8, u8>("fake_2x9x16"),
      fake<1, 11, 5, rows, s8, s8>("fake_indirect_1x11x5"),
      fake<4, 6, 4, rows, u8, s8>("fake_indirect_4x6x4"),
      fake<13, 2, 1, rows, s8, u8>("fake_indirect_13x2x1"),
      fake<16, 17, 8, packed, s8, s8>("fake_16x17x8"),
      fake<2, 3, 2, rows, s8, s8, 4>("fake_indirect_2x12x2"),
      fake<2, 4, 4, packed, s8, s8, 1, true>("fake_scalable_2x4x4"),
      fake<3, 2, 2, rows, u8, s8, 2, true>("fake_scalable_indirect_3x2x2"),
      fake<35, 36, 3, rows, s8, s8>("fake_indirect_35x36x3"),  // wider than the usual stack
  };
  return kernels;
}

// Kernels that read rows in place from the packed weights of one of the above: two that serve its runs of few rows, and
// some that only look so, by a larger tile or other weights. To the first the lhs has other signs.
inline const std::vector<Kernel>& companions() {
  constexpr LhsForm rows = LhsForm::indirect;
  constexpr Element s8 = Element::s8, u8 = Element::u8;
  static std::vector<Kernel> kernels = {
      fake<17, 17, 8, rows, s8, s8>("fake_indirect_17x17x8"), fake<3, 17, 8, rows, u8, s8>("fake_rows_u8_3x17x8"),
      fake<3, 17, 8, rows, s8, u8>("fake_rows_s8u8_3x17x8"),  fake<3, 17, 8, rows, s8, s8>("fake_indirect_3x17x8"),
      fake<2, 3, 2, rows, s8, s8, 4>("fake_indirect_2x3x2"),
  };
  kernels.back().small_m_in_order_tiles = 3;
  return kernels;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_KERNELS_FAKE_KERNELS_H_
