#include "tune_workload.h"
#include "base/checked.h"
#include "boundary.h"
#include "tuning/plan.h"

using namespace ottava;

namespace {

// What a function of the C ABI has said.
Status take_error(ottava_status status, const ottava_error& said, Error* error) {
  if (status != OTTAVA_OK) error->set(static_cast<Status>(status), said.argument) << said.message;
  return static_cast<Status>(status);
}

Size elements(int64_t rows, int64_t columns, size_t bytes) {
  return Size::from(static_cast<uint64_t>(rows)) * Size::from(static_cast<uint64_t>(columns)) * Size(bytes);
}

// Operands begin at any multiple of 16 within a page.
constexpr size_t kPlaces = 256;
constexpr size_t kPlaceBytes = 16;
constexpr size_t kSkipped = kPlaces * kPlaceBytes;

template <class T>
void set_all(const Memory& memory, int64_t count, T value) {
  for (int64_t i = 0; i < count; ++i) memory.as<T>()[i] = value;
}

}  // namespace

Status Memory::allocate(const Allocator& allocator, Size bytes, Error* error) {
  const Size padded = bytes + Size(kSkipped);
  if (!padded.valid()) {
    error->set(Status::size_overflow, "desc") << "and m: the operands would not fit the address space";
    return Status::size_overflow;
  }
  release();
  void* const memory = allocator.allocate(allocator.user, padded.value(), kAlignment);
  if (memory == nullptr) {
    error->set(Status::out_of_memory, "context")
        << "the allocator returned NULL for " << static_cast<uint64_t>(padded.value()) << " bytes of operands";
    return Status::out_of_memory;
  }
  allocator_ = allocator;
  memory_ = memory;
  bytes_ = padded.value();
  return Status::ok;
}

void Memory::release() {
  if (memory_ != nullptr) allocator_.release(allocator_.user, memory_, bytes_);
  memory_ = nullptr;
}

void Memory::fill(uint64_t seed) {
  uint64_t state = seed;
  for (uint64_t i = 0; i + sizeof state <= bytes_; i += sizeof state) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const uint64_t word = state * 0x2545f4914f6cdd1du;
    copy_bytes(as<uint8_t>() + i, &word, sizeof word);
  }
}

Status Workload::make_operands(Error* error) {
  const Allocator& allocator = context->allocator;
  const bool runtime_rhs = (desc.flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0;
  const bool row_scales = (desc.flags & OTTAVA_MATMUL_LHS_ROW_SCALES) != 0;
  const bool row_zero_points = (desc.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0;
  const bool floats = desc.lhs_type == OTTAVA_TYPE_F32;
  const bool own_weights = !has_constants;
  plain = !runtime_rhs && !row_scales && !row_zero_points && output.addition == nullptr;

  const Size weights = elements(desc.n, desc.k, own_weights || runtime_rhs ? 1 : 0);
  const size_t dst_bytes = bytes_of(static_cast<Type>(output.type));
  Status status = rhs.allocate(allocator, weights, error);
  if (status == Status::ok) status = lhs.allocate(allocator, elements(most_rows, desc.k, floats ? 4 : 1), error);
  if (status == Status::ok) status = dst.allocate(allocator, elements(most_rows, desc.n, dst_bytes), error);
  if (status == Status::ok) status = second.allocate(allocator, elements(most_rows, desc.n, plain ? 0 : 1), error);
  if (status == Status::ok) status = scales.allocate(allocator, elements(most_rows, 1, sizeof(float)), error);
  if (status == Status::ok) status = zero_points.allocate(allocator, elements(most_rows, 1, sizeof(int32_t)), error);
  if (status != Status::ok) return status;

  rhs.fill(1);
  lhs.fill(2);
  dst.fill(3);
  second.fill(4);
  if (floats) {
    const int8_t* const bytes = rhs.as<int8_t>();  // as random as any
    const size_t count = static_cast<size_t>(lhs.bytes() / sizeof(float));
    for (size_t i = 0; i < count; ++i) lhs.as<float>()[i] = static_cast<float>(bytes[i % kSkipped]) * 0.01f;
  }
  set_all(scales, most_rows, 0.01f);
  set_all(zero_points, most_rows, int32_t{1});
  if (own_weights) {
    desc.rhs_stride = 0;
    if (!runtime_rhs) constants.rhs = rhs.as<void>();
  }
  place(0);
  if (row_scales) operands.lhs_scales = scales.as<float>();
  if (row_zero_points) operands.lhs_zero_points = zero_points.as<int32_t>();
  if (output.addition != nullptr) operands.second = second.as<void>();
  return Status::ok;
}

void Workload::place(uint64_t random) {
  const auto next = [&random] {
    const size_t skipped = random % kPlaces * kPlaceBytes;
    random /= kPlaces;
    return skipped;
  };
  operands.lhs = lhs.as<uint8_t>() + next();
  operands.dst = dst.as<uint8_t>() + next();
  if ((desc.flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0) operands.rhs = rhs.as<uint8_t>() + next();
}

Status Contender::make(const Workload& workload, const Knobs& knobs, Error* error) {
  release();
  context_ = *workload.context;
  context_.choice.knobs = knobs;
  context_.choice.tuned = {plan_tuned, nullptr};
  ottava_error said = OTTAVA_ERROR_INIT;
  ottava_status status =
      ottava_matmul_create(&context_, &workload.desc, &workload.output, &workload.constants, &operation_, &said);
  if (status != OTTAVA_OK) return take_error(status, said, error);
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  run.m = workload.most_rows;
  ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
  uint64_t bytes = 0;
  status = ottava_matmul_query(operation_, run.m, &info, &said);
  if (status == OTTAVA_OK && !workload.plain) status = ottava_matmul_workspace(operation_, &run, &bytes, &said);
  if (status != OTTAVA_OK) return take_error(status, said, error);
  if (bytes < info.workspace_bytes) bytes = info.workspace_bytes;
  return workspace_.allocate(workload.context->allocator, Size::from(bytes), error);
}

Status Contender::try_run(const Workload& workload, int64_t m, Error* error) const {
  ottava_error said = OTTAVA_ERROR_INIT;
  return take_error(run_with(workload, m, &said), said, error);
}

void Contender::release() {
  ottava_matmul_destroy(operation_);
  operation_ = nullptr;
  workspace_.release();
}

ottava_status Contender::run_with(const Workload& workload, int64_t m, ottava_error* said) const {
  if (workload.plain) {
    return ottava_matmul_run(operation_, m, workload.operands.lhs, 0, workload.operands.dst, 0, workspace_.as<void>(),
                             workspace_.bytes(), said);
  }
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands operands = workload.operands;
  run.m = m;
  operands.workspace = workspace_.as<void>();
  operands.workspace_bytes = workspace_.bytes();
  return ottava_matmul_execute(operation_, &run, &operands, said);
}
