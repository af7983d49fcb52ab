// Limits of x86_avx512vnni: vpdpbusd on 512 bits.
#include "probes/x86_loops.h"

#define CHAIN(i) "vpdpbusd %%zmm15, %%zmm14, %%zmm" #i "\n\t"

namespace bench {
X86_PROBE(kProbeX86Avx512Vnni, "x86_avx512vnni", CHAIN, 64);
}  // namespace bench
