// Limits of x86_avxvnni: vpdpbusd on 256 bits.
#include "probes/x86_loops.h"

#define CHAIN(i) "%{vex%} vpdpbusd %%ymm15, %%ymm14, %%ymm" #i "\n\t"

namespace bench {
X86_PROBE(kProbeX86AvxVnni, "x86_avxvnni", CHAIN, 32);
}  // namespace bench
