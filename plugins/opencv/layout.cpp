// SPDX-License-Identifier: Apache-2.0
#include "layout.h"

#include <algorithm>
#include <cstring>

namespace ottava_opencv {
namespace {

constexpr std::size_t kBlock = 8;  // a block of 8 x 8 bytes is transposed in eight registers

// Exchanges the bits of a that `mask << shift` names with those of b that `mask` names.
void exchange(std::uint64_t& a, std::uint64_t& b, unsigned shift, std::uint64_t mask) {
  const std::uint64_t difference = ((a >> shift) ^ b) & mask;
  b ^= difference;
  a ^= difference << shift;
}

// Rows `stride_from` and `stride_to` bytes apart. Little-endian: byte j of a row is the j-th lowest of its word.
void transpose_block(const std::int8_t* from, std::size_t stride_from, std::int8_t* to, std::size_t stride_to) {
  std::uint64_t row[kBlock];
  for (std::size_t i = 0; i < kBlock; ++i) std::memcpy(&row[i], from + i * stride_from, kBlock);
  for (std::size_t i = 0; i < 4; ++i) exchange(row[i], row[i + 4], 32, 0x00000000FFFFFFFFu);
  for (const std::size_t i : {0u, 1u, 4u, 5u}) exchange(row[i], row[i + 2], 16, 0x0000FFFF0000FFFFu);
  for (const std::size_t i : {0u, 2u, 4u, 6u}) exchange(row[i], row[i + 1], 8, 0x00FF00FF00FF00FFu);
  for (std::size_t i = 0; i < kBlock; ++i) std::memcpy(to + i * stride_to, &row[i], kBlock);
}

// Few rows, as the three channels of a picture, or few columns.
void transpose_narrow(const std::int8_t* from, std::int8_t* to, std::size_t rows, std::size_t columns) {
  for (std::size_t j = 0; j < columns; ++j)
    for (std::size_t i = 0; i < rows; ++i) to[j * rows + i] = from[i * columns + j];
}

void transpose_one(const std::int8_t* from, std::int8_t* to, std::size_t rows, std::size_t columns) {
  if (rows < kBlock || columns < kBlock) return transpose_narrow(from, to, rows, columns);
  // The last block of a line ends where the line does: it does some of the block before it once more.
  for (std::size_t i = 0; i < rows; i += kBlock) {
    const std::size_t y = std::min(i, rows - kBlock);
    for (std::size_t j = 0; j < columns; j += kBlock) {
      const std::size_t x = std::min(j, columns - kBlock);
      transpose_block(from + y * columns + x, columns, to + x * rows + y, rows);
    }
  }
}

}  // namespace

void transpose(const std::int8_t* from, std::int8_t* to, std::size_t images, std::size_t rows, std::size_t columns) {
  for (std::size_t n = 0; n < images; ++n, from += rows * columns, to += rows * columns)
    transpose_one(from, to, rows, columns);
}

}  // namespace ottava_opencv
