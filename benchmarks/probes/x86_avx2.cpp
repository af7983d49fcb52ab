// Limits of x86_avx2: vpmaddwd with vpaddd, the exact way to sum products of bytes in this tier.
#include "probes/x86_loops.h"

#define CHAIN(i) "vpmaddwd %%ymm15, %%ymm14, %%ymm13\n\tvpaddd %%ymm13, %%ymm" #i ", %%ymm" #i "\n\t"

namespace bench {
X86_PROBE(kProbeX86Avx2, "x86_avx2", CHAIN, 16);
}  // namespace bench
