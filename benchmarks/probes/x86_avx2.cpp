// Limits of x86_avx2: vpmaddwd with vpaddd, the exact way to sum products of bytes in this tier; and of its kernels for
// weights whose products vpmaddubsw sums exactly.
#include "probes/x86_loops.h"

#define CHAIN(i) "vpmaddwd %%ymm15, %%ymm14, %%ymm13\n\tvpaddd %%ymm13, %%ymm" #i ", %%ymm" #i "\n\t"

#define QUAD_CHAIN(i)                        \
  "vpmaddubsw %%ymm15, %%ymm14, %%ymm13\n\t" \
  "vpmaddwd %%ymm12, %%ymm13, %%ymm13\n\t"   \
  "vpaddd %%ymm13, %%ymm" #i ", %%ymm" #i "\n\t"

namespace bench {
X86_PROBE(kProbeX86Avx2, "x86_avx2", CHAIN, 16);
X86_PROBE(kProbeX86Avx2Quads, "x86_avx2/u8s8s32", QUAD_CHAIN, 32);
}  // namespace bench
