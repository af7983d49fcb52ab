// A table of 256 bytes, looked up by shuffles of 16: for vectors V that have
//
//   repeat_16(from)             16 bytes, again and again
//   shuffle_16(table, x)        of such a vector the byte at the low four bits of each byte of x; 0 where bit 7 is set
//   subtract_saturated(x, y)    bytes with signs
//
// and exclusive_or, broadcast_byte, load_halves, store_32, broadcast, made_now, bytes.
//
// Everything here is a template on V, which the including file keeps in an anonymous namespace: no code is shared
// between files with different ISA flags.
#ifndef OTTAVA_SRC_OUTPUT_VECTOR_LOOK_UP_H_
#define OTTAVA_SRC_OUTPUT_VECTOR_LOOK_UP_H_

#include "base/memory.h"
#include "base/platform.h"

namespace ottava {

// An index below 128 less 16 r has bit 7 set, and finds 0, in all rows r of the table above its own. So the differences
// (exclusive or) from each row to the next add up to that of the index: those of all rows up to it, no other. Indices
// from 128 on are negative, and remain so where the subtraction saturates. They are treated likewise, with bit 7
// inverted, in the upper half of the table.
template <class V, size_t kVectors>
OTTAVA_INLINE void look_up_vectors(const uint8_t* table, uint8_t* bytes) {
  constexpr size_t kRow = 16;
  constexpr size_t kHalf = 128;
  typename V::I lower[kVectors], upper[kVectors], found[kVectors];
  for (size_t i = 0; i < kVectors; ++i) {
    lower[i] = V::load_halves(bytes + i * V::bytes);
    upper[i] = V::exclusive_or(lower[i], V::broadcast_byte(0x80));
    found[i] = V::broadcast(0);
  }
  auto lower_row = V::broadcast(0), upper_row = V::broadcast(0);
  for (size_t row = 0; row < kHalf; row += kRow) {
    const auto next_lower = V::repeat_16(table + row);
    const auto next_upper = V::repeat_16(table + kHalf + row);
    const auto lower_step = V::exclusive_or(next_lower, lower_row);
    const auto upper_step = V::exclusive_or(next_upper, upper_row);
    lower_row = next_lower;
    upper_row = next_upper;
    for (size_t i = 0; i < kVectors; ++i) {
      const auto both = V::exclusive_or(V::shuffle_16(lower_step, lower[i]), V::shuffle_16(upper_step, upper[i]));
      found[i] = V::made_now(V::exclusive_or(found[i], both));
      lower[i] = V::subtract_saturated(lower[i], V::broadcast_byte(kRow));
      upper[i] = V::subtract_saturated(upper[i], V::broadcast_byte(kRow));
    }
  }
  for (size_t i = 0; i < kVectors; ++i) V::store_32(bytes + i * V::bytes, found[i]);
}

// See LookUpFn.
template <class V>
void look_up(const uint8_t* table, uint8_t* bytes, size_t count) {
  constexpr size_t kVectors = 3;  // with more there are not registers enough on some
  size_t i = 0;
  for (; count - i >= kVectors * V::bytes; i += kVectors * V::bytes) look_up_vectors<V, kVectors>(table, bytes + i);
  for (; count - i >= V::bytes; i += V::bytes) look_up_vectors<V, 1>(table, bytes + i);
  if (i == count) return;
  uint8_t last[V::bytes] = {};
  copy_few(last, bytes + i, count - i);
  look_up_vectors<V, 1>(table, last);
  copy_few(bytes + i, last, count - i);
}

}  // namespace ottava

#endif  // OTTAVA_SRC_OUTPUT_VECTOR_LOOK_UP_H_
