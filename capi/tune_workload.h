// What ottava_tune runs: the operands of a problem, and operators that differ in their knobs.
#ifndef OTTAVA_CAPI_TUNE_WORKLOAD_H_
#define OTTAVA_CAPI_TUNE_WORKLOAD_H_

#include "base/checked.h"
#include "tuning.h"

namespace ottava {

// Memory of a context's allocator.
class Memory {
 public:
  Memory() = default;
  ~Memory() { release(); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // So many bytes, behind any that Workload::place may skip.
  Status allocate(const Allocator& allocator, Size bytes, Error* error);
  void release();
  void fill(uint64_t seed);  // with random bytes
  template <class T>
  T* as() const {
    return static_cast<T*>(memory_);
  }
  uint64_t bytes() const { return bytes_; }

 private:
  Allocator allocator_ = {};
  void* memory_ = nullptr;
  uint64_t bytes_ = 0;
};

constexpr uint32_t kMostTunedRows = 16;

// One problem with all that its runs read and write.
struct Workload {
  const ottava_context* context = nullptr;
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  bool has_constants = false;
  uint32_t m_count = 0;
  int64_t m[kMostTunedRows];
  int64_t most_rows = 0;  // of these

  bool plain = false;  // ottava_matmul_run takes it
  ottava_matmul_operands operands = OTTAVA_MATMUL_OPERANDS_INIT;
  Memory rhs, lhs, dst, second, scales, zero_points;

  // Once all above is set and has been found sound but for arrays: makes the rest.
  Status make_operands(Error* error);

  // Moves what a run reads and writes, as a heap would have it, by some of the lower bits of a random number: what is
  // fast at one address alone is not faster.
  void place(uint64_t random);
};

// An operator of the problem with knobs of its own.
class Contender {
 public:
  Contender() = default;
  ~Contender() { release(); }
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;

  Status make(const Workload& workload, const Knobs& knobs, Error* error);
  void release();
  Status try_run(const Workload& workload, int64_t m, Error* error) const;
  void run(const Workload& workload, int64_t m) const { run_with(workload, m, nullptr); }

  const Knobs& knobs() const { return context_.choice.knobs; }
  const Matmul& matmul() const { return operation_->op; }

 private:
  ottava_status run_with(const Workload& workload, int64_t m, ottava_error* said) const;

  ottava_context context_;
  ottava_matmul* operation_ = nullptr;
  Memory workspace_;
};

}  // namespace ottava

#endif  // OTTAVA_CAPI_TUNE_WORKLOAD_H_
