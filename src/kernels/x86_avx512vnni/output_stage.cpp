// The output stage and the quantization of AVX-512.
#include "kernels/x86_avx512vnni/output_stage.h"

#include "kernels/x86_avx512vnni/vector_operations.h"
#include "output/vector_look_up.h"
#include "output/vector_quantize.h"
#include "output/vector_stage.h"

namespace ottava {

const StageTable x86_avx512vnni_stages =
    with_look_up(make_vector_stages<Avx512>(), look_up<Avx512>, look_up_x86_avx512vbmi);
const QuantizeTable x86_avx512vnni_quantize = make_vector_quantize<Avx512>();

}  // namespace ottava
