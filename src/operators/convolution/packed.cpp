#include "operators/convolution/packed.h"

#include "base/checked.h"

namespace ottava {

void visit(Numbers& numbers, ConvolutionProblem& problem) {
  numbers.integer(problem.input_channels);
  numbers.integer(problem.output_channels);
  numbers.integer(problem.groups);
  visit(numbers, problem.window);
  visit(numbers, problem.input);
  visit(numbers, problem.weights);
  numbers.listed(problem.layout, 0, 1);
  visit(numbers, problem.output);
  numbers.flag(problem.allow_wrap);
}

Status validate_stored(const ConvolutionProblem& problem, Error* error) {
  Status status = validate_window(problem.window, error);
  if (status == Status::ok) status = validate(problem, error);
  if (status != Status::ok) return status;
  const Size depth =
      Size::from(static_cast<uint64_t>(problem.group_depth())) * static_cast<size_t>(problem.window.taps());
  if (depth.valid() && depth.value() <= static_cast<size_t>(PTRDIFF_MAX)) return Status::ok;
  error->set(Status::size_overflow, "desc") << "channels and window: a depth that does not fit the address space";
  return Status::size_overflow;
}

PackedSource source_of(const PreparedContraction* first, size_t count, size_t step, const WeightRuns& runs) {
  PackedSource source = {&first->plan, first->channels, first->packed, runs, 0, 0};
  if (count > 1) {
    source.channels_step = static_cast<size_t>(first[step].channels - first->channels);
    source.packed_step = static_cast<size_t>(first[step].packed - first->packed);
  }
  return source;
}

}  // namespace ottava
