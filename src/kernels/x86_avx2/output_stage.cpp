// The output stage and the quantization of AVX2.
#include "kernels/x86_avx2/output_stage.h"

#include "kernels/x86_avx2/vector_operations.h"
#include "output/vector_look_up.h"
#include "output/vector_quantize.h"
#include "output/vector_stage.h"

namespace ottava {

const StageTable x86_avx2_stages = with_look_up(make_vector_stages<Avx2>(), look_up<Avx2>);
const QuantizeTable x86_avx2_quantize = make_vector_quantize<Avx2>();

}  // namespace ottava
