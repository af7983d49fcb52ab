// What the packed files of all convolutions have in common.
#ifndef OTTAVA_SRC_OPERATORS_CONVOLUTION_PACKED_H_
#define OTTAVA_SRC_OPERATORS_CONVOLUTION_PACKED_H_

#include "operators/convolution/problem.h"
#include "operators/packed_layer.h"

namespace ottava {

void visit(Numbers& numbers, ConvolutionProblem& problem);

// All that creation checks of a problem without its arrays.
Status validate_stored(const ConvolutionProblem& problem, Error* error);

// So many contractions of a layer, `step` apart in an array, of which they have consecutive channels.
PackedSource source_of(const PreparedContraction* first, size_t count, size_t step, const WeightRuns& runs = {});

}  // namespace ottava

#endif  // OTTAVA_SRC_OPERATORS_CONVOLUTION_PACKED_H_
