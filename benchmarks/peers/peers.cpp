// Which peers this program has.
#include "peers/peer.h"

#include "peers/float_peer.h"
#include "peers/layer_peer.h"

namespace bench {

std::vector<const PeerLibrary*> peer_libraries() {
  std::vector<const PeerLibrary*> libraries;
#if defined(OTTAVA_PEER_ONEDNN)
  libraries.push_back(&kOneDnn);
#endif
#if defined(OTTAVA_PEER_XNNPACK)
  libraries.push_back(&kXnnpack);
#endif
#if defined(OTTAVA_PEER_ONNXRUNTIME)
  libraries.push_back(&kOnnxRuntime);
  libraries.push_back(&kOnnxRuntimeU8);
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

std::vector<const LayerLibrary*> layer_libraries() {
  std::vector<const LayerLibrary*> libraries;
#if defined(OTTAVA_PEER_XNNPACK)
  libraries.push_back(&kXnnpackLayers);
#endif
#if defined(OTTAVA_PEER_ONEDNN)
  libraries.push_back(&kOneDnnLayers);
#endif
#if defined(OTTAVA_PEER_ONNXRUNTIME)
  libraries.push_back(&kOnnxRuntimeLayers);
  libraries.push_back(&kOnnxRuntimeU8Layers);
#endif
  return libraries;
}

const FloatLibrary* float_library() {
#if defined(OTTAVA_PEER_ONNXRUNTIME)
  return &kOnnxRuntimeFloat;
#else
  return nullptr;
#endif
}

}  // namespace bench
