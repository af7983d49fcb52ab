// A matmul to and from a packed file (contraction/packed_file.h).
//
//     written  Matmul -> a plan for the kernel that is to run it -> repack() into the file
//     read     file -> StoredMatmul, checked -> a plan -> Matmul whose weights lie in the file, or are packed anew
#ifndef OTTAVA_SRC_OPERATORS_MATMUL_PACKED_H_
#define OTTAVA_SRC_OPERATORS_MATMUL_PACKED_H_

#include "contraction/packed_file.h"
#include "operators/matmul/matmul.h"

namespace ottava {

// What a file holds.
struct StoredMatmul {
  const PackedHeader* header;
  MatmulProblem problem;
  StoredContraction contraction;
  bool float_bias;
  Exactness exactness;
  uint64_t max_exact_k;

  void visit(Numbers& numbers);  // all but its arrays
  int64_t n() const { return problem.n; }
  int64_t k() const { return problem.k; }
};

Status read_packed(const void* file, uint64_t bytes, StoredMatmul* stored, Error* error);

// How the weights run where they lie; refused where their kernel cannot run under `choice`.
Status plan_in_place(const StoredMatmul& stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error);
void assemble_in_place(const MatmulPlan& plan, const StoredMatmul& stored, Matmul* matmul);

// The plan that creation would have made; `stored` is told what the weights were found to be.
Status plan_repacked(StoredMatmul* stored, const Machine& machine, const Choice& choice, uint32_t threads,
                     MatmulPlan* plan, Error* error);
// The operator in `memory`: operator_bytes(plan.contraction), aligned to kAlignment.
void assemble_repacked(const MatmulPlan& plan, const StoredMatmul& stored, uint8_t* memory, Matmul* matmul);

// For a kernel or a tier of any architecture by name; null: the kernel that the operator runs, of `kernels`.
// `problem` becomes that of the file.
Status plan_file(const Matmul& matmul, const Machine& machine, const KernelList& kernels, const char* name,
                 MatmulProblem* problem, MatmulPlan* plan, Error* error);
Size file_bytes(const MatmulPlan& plan);
// Into file_bytes(plan), any alignment.
void write_packed(const Matmul& matmul, const MatmulProblem& problem, const MatmulPlan& plan, uint32_t library,
                  uint8_t* file);

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_MATMUL_PACKED_H_
