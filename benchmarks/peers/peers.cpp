// Which peers this program has.
#include "peers/peer.h"

namespace bench {

std::vector<const PeerLibrary*> peer_libraries() {
  std::vector<const PeerLibrary*> libraries;
#if defined(OTTAVA_PEER_ONEDNN)
  libraries.push_back(&kOneDnn);
#endif
#if defined(OTTAVA_PEER_XNNPACK)
  libraries.push_back(&kXnnpack);
#endif
#if defined(OTTAVA_PEER_GEMMLOWP)
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) libraries.push_back(&kGemmlowp);  // compiled for it
#else
  libraries.push_back(&kGemmlowp);
#endif
#endif
  return libraries;
}

}  // namespace bench
