#include "operators/matmul/apart.h"

namespace ottava {
namespace {

// One operand as a run touches it, and what the interface calls it.
struct Touched {
  const char* name;
  Region region;  // with `matrices`, of each of them, from its pointer on
  const void* const* matrices;
  size_t count;  // of pointers, or 1

  uintptr_t low(size_t matrix) const {
    return region.low + (matrices != nullptr ? reinterpret_cast<uintptr_t>(matrices[matrix]) : 0);
  }
};

struct Part {
  size_t first_row, rows, first_column, columns;
};

template <class Matrices>
Touched touched(const Matrices& at, size_t element_bytes, const Part& part, size_t batches, const char* name,
                const char* array_name) {
  const bool array = at.matrices != nullptr;
  const bool by_row = at.column_stride == static_cast<ptrdiff_t>(element_bytes);
  const ptrdiff_t offset = static_cast<ptrdiff_t>(part.first_row) * at.row_stride +
                           static_cast<ptrdiff_t>(part.first_column) * at.column_stride;
  const uintptr_t first = (array ? 0 : reinterpret_cast<uintptr_t>(at.first)) + static_cast<uintptr_t>(offset);
  const Region region =
      region_of(first, (by_row ? part.columns : part.rows) * element_bytes, by_row ? part.rows : part.columns,
                by_row ? at.row_stride : at.column_stride, array ? 1 : batches, at.batch_stride);
  return {array ? array_name : name, region, at.matrices, array ? batches : 1};
}

Touched touched(const void* memory, size_t bytes, const char* name) {
  return {name, region_of(memory, bytes), nullptr, 1};
}

// One value for each row of each lhs.
Touched values_of_rows(const void* values, const RunRequest& request, const char* name) {
  const uintptr_t first = reinterpret_cast<uintptr_t>(values) + request.first_row * sizeof(float);
  return {name,
          region_of(first, request.rows * sizeof(float), request.batches,
                    static_cast<ptrdiff_t>(request.m * sizeof(float)), 1, 0),
          nullptr, 1};
}

Status refuse_overlap(const Touched& written, size_t i, const Touched& other, size_t j, Error* error) {
  Text message = error->set(Status::bad_stride, written.name);
  if (written.matrices != nullptr) message << "of batch " << static_cast<uint64_t>(i) << " ";
  message << "overlaps " << other.name;
  if (other.matrices != nullptr) message << " of batch " << static_cast<uint64_t>(j);
  tell_distance(written.low(i), other.low(j), message);
  return Status::bad_stride;
}

Status check_pair(const Touched& written, const Touched& other, Error* error) {
  const bool same = &written == &other;
  Region a = written.region;
  Region b = other.region;
  for (size_t i = 0; i < written.count; ++i) {
    a.low = written.low(i);
    for (size_t j = same ? i + 1 : 0; j < other.count; ++j) {
      b.low = other.low(j);
      if (overlap(a, b)) return refuse_overlap(written, i, other, j, error);
    }
  }
  return Status::ok;
}

// Whether dst replaces the second matrix that is added to it, each its own.
bool is_second_dst(const RunRequest& request) {
  if (request.second.row_stride != request.dst.row_stride ||
      request.second.column_stride != request.dst.column_stride) {
    return false;
  }
  for (size_t batch = 0; batch < request.batches; ++batch) {
    if (request.second.data(batch) != request.dst.data(batch)) return false;
  }
  return true;
}

// A matrix from its lowest byte to its highest.
struct Block {
  const uint8_t* low;
  size_t bytes;
};
template <class Matrix>
Block block_of(const Matrix& at, size_t element_bytes, const Part& part) {
  const ptrdiff_t down = static_cast<ptrdiff_t>(part.rows - 1) * at.row_stride;
  const ptrdiff_t across = static_cast<ptrdiff_t>(part.columns - 1) * at.column_stride;
  const ptrdiff_t first = static_cast<ptrdiff_t>(part.first_row) * at.row_stride +
                          static_cast<ptrdiff_t>(part.first_column) * at.column_stride;
  return {at.first + first + (down < 0 ? down : 0) + (across < 0 ? across : 0),
          static_cast<size_t>(down < 0 ? -down : down) + static_cast<size_t>(across < 0 ? -across : across) +
              element_bytes};
}

// Whether a run is of one lhs and one dst, which lie apart from each other and from the workspace, as most do.
bool are_blocks_apart(const ContractionPlan& plan, const RunRequest& request, const Scratch& scratch) {
  if (request.batches != 1 || plan.runtime_rhs || plan.k == 0 || plan.output.add != nullptr ||
      request.lhs.matrices != nullptr || request.dst.matrices != nullptr || request.row_scales != nullptr ||
      request.row_zeros != nullptr || scratch.counters != nullptr) {
    return false;
  }
  const Block lhs = block_of(request.lhs, plan.lhs_element_bytes, {request.first_row, request.rows, 0, plan.k});
  const Block dst = block_of(request.dst, plan.output.element_bytes,
                             {request.first_row, request.rows, request.first_column, request.columns});
  return are_apart(lhs.low, lhs.bytes, dst.low, dst.bytes) &&
         (scratch.workspace == nullptr || (are_apart(lhs.low, lhs.bytes, scratch.workspace, scratch.workspace_bytes) &&
                                           are_apart(dst.low, dst.bytes, scratch.workspace, scratch.workspace_bytes)));
}

}  // namespace

Status check_apart(const Matmul& matmul, const ContractionSizes& sizes, const RunRequest& request,
                   const Scratch& scratch, Error* error) {
  const ContractionPlan& plan = matmul.plan;
  if (are_blocks_apart(plan, request, scratch)) return Status::ok;
  const size_t batches = request.batches;
  Touched inputs[5];
  size_t count = 0;
  if (sizes.k != 0) {
    inputs[count++] = touched(request.lhs, plan.lhs_element_bytes, {request.first_row, request.rows, 0, sizes.k},
                              batches, "lhs", "operands.lhs_matrices");
  }
  if (sizes.k != 0 && plan.runtime_rhs) {
    inputs[count++] = touched(request.rhs, 1, {0, sizes.k, request.first_column, request.columns}, batches,
                              "operands.rhs", "operands.rhs_matrices");
  }
  if (request.row_scales != nullptr) {
    inputs[count++] = values_of_rows(request.row_scales, request, "operands.lhs_scales");
  }
  if (request.row_zeros != nullptr) {
    inputs[count++] = values_of_rows(request.row_zeros, request, "operands.lhs_zero_points");
  }
  const Part part = {request.first_row, request.rows, request.first_column, request.columns};
  const Touched dst = touched(request.dst, plan.output.element_bytes, part, batches, "dst", "operands.dst_matrices");
  Status status = check_pair(dst, dst, error);
  for (size_t i = 0; i < count && status == Status::ok; ++i) status = check_pair(dst, inputs[i], error);
  if (plan.output.add != nullptr) {
    inputs[count] = touched(request.second, 1, part, batches, "operands.second", "operands.second_matrices");
    if (status == Status::ok && !is_second_dst(request)) status = check_pair(dst, inputs[count], error);
    ++count;
  }
  if (status == Status::ok && scratch.counters != nullptr) {
    status = check_pair(dst, touched(scratch.counters, 2 * sizeof(uint64_t), "operands.saturated"), error);
  }
  if (status != Status::ok || scratch.workspace == nullptr || scratch.workspace_bytes == 0) return status;
  const Touched workspace = touched(scratch.workspace, scratch.workspace_bytes, "workspace");
  status = check_pair(dst, workspace, error);
  for (size_t i = 0; i < count && status == Status::ok; ++i) status = check_pair(workspace, inputs[i], error);
  return status;
}

bool is_small_m_apart(const Matmul& matmul, size_t rows, const void* lhs, const Strides& lhs_strides, const void* dst,
                      const Strides& dst_strides, const void* workspace) {
  const auto lowest = [rows](const void* first, const Strides& strides) {
    const ptrdiff_t last_row = static_cast<ptrdiff_t>(rows - 1) * strides.row;
    return static_cast<const uint8_t*>(first) + (last_row < 0 ? last_row : 0);
  };
  const size_t workspace_bytes = small_m_workspace(matmul, rows);
  if (are_small_m_blocks_apart(lowest(lhs, lhs_strides), lhs_strides.span, lowest(dst, dst_strides), dst_strides.span,
                               workspace, workspace_bytes)) {
    return true;
  }
  const ContractionPlan& plan = matmul.plan;
  const auto rows_of = [rows](const void* first, size_t bytes, const Strides& strides) {
    return region_of(reinterpret_cast<uintptr_t>(first), bytes, rows, strides.row, 1, 0);
  };
  const Region from = rows_of(lhs, plan.k * plan.lhs_element_bytes, lhs_strides);
  const Region to = rows_of(dst, plan.n * plan.output.element_bytes, dst_strides);
  if (overlap(to, from)) return false;
  if (workspace == nullptr || workspace_bytes == 0) return true;
  const Region scratch = region_of(workspace, workspace_bytes);
  return !overlap(to, scratch) && !overlap(scratch, from);
}

}  // namespace ottava
