// A combination made an operator: its parameters and operands, drawn at random for the library and for the oracle.
#ifndef OTTAVA_TESTS_COMBINATION_DRAW_H_
#define OTTAVA_TESTS_COMBINATION_DRAW_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "combination.h"
#include "guarded_buffer.h"
#include "oracle/oracle.h"
#include "random.h"

namespace ottava {

std::int64_t lowest(std::uint32_t type);
std::size_t element_bytes(std::uint32_t type);

// The matrices of one operand of a batch, somewhere in memory full of random bytes, sometimes between guard pages.
class Batch {
 public:
  Batch(Random& random, std::size_t batches, std::size_t rows, std::size_t columns, std::uint32_t order,
        std::size_t bytes, bool shared);
  std::uint8_t* at(std::size_t batch, std::size_t row, std::size_t column) const {
    const ptrdiff_t o = static_cast<ptrdiff_t>(by_row_ ? row : column);
    const ptrdiff_t i = static_cast<ptrdiff_t>(by_row_ ? column : row);
    return first_ + (static_cast<ptrdiff_t>(batch) * static_cast<ptrdiff_t>(batch_stride_) + o * step_ + i) * bytes_;
  }
  std::uint8_t* first() const { return first_; }
  std::int64_t stride() const { return stride_; }
  std::int64_t batch_stride() const { return batch_stride_; }
  std::size_t distinct(std::size_t batch) const { return shared_ ? 0 : batch; }
  void* const* pointers() const { return pointers_.data(); }
  const std::uint8_t* begin() const { return begin_; }
  std::vector<std::uint8_t> bytes() const { return std::vector<std::uint8_t>(begin_, begin_ + size_); }
  bool intact() const { return guarded_ == nullptr || guarded_->check(); }

 private:
  bool by_row_;
  ptrdiff_t bytes_;
  bool shared_;
  ptrdiff_t inner_ = 0, step_ = 0;
  std::int64_t stride_ = 0, batch_stride_ = 0;
  std::uint8_t* first_ = nullptr;
  std::size_t size_ = 0;
  std::uint8_t* begin_ = nullptr;
  std::vector<std::uint8_t> plain_;
  std::unique_ptr<GuardedBuffer> guarded_;  // sometimes instead
  std::vector<void*> pointers_;
};

// Draws the lhs of one batch into memory, and returns it as 8-bit values with what its rows have of their own.
oracle::Matrix draw_lhs(Random& random, const Combination& c, const Batch& lhs, std::size_t batch, std::size_t m,
                        std::size_t k, const ottava_matmul_desc& desc, oracle::Rows* rows);
// Draws the rhs of one batch into memory, and returns it. `most`: as in CombinationRange.
oracle::Matrix draw_rhs(Random& random, const Combination& c, const Batch& rhs, std::size_t batch, std::size_t k,
                        std::size_t n, std::int64_t most = 0);

// Descriptor, constants and oracle stage of one combination with parameters drawn at random.
struct Parameters {
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  oracle::Stage stage;
  std::vector<std::int64_t> rhs_zeros;
  std::vector<float> scales, bias_f32;
  std::vector<std::int32_t> zero_points, bias, multipliers, shifts;
  std::uint8_t table[256];
};
void draw_parameters(Random& random, const Combination& c, std::size_t n, std::size_t k, Parameters* p);

}  // namespace ottava

#endif  // OTTAVA_TESTS_COMBINATION_DRAW_H_
