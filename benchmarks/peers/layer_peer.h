// Layers of other libraries, timed beside ottava's on the same data.
#ifndef OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_
#define OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "networks/layer_problem.h"

namespace bench {

// A peer's layer, ready to run.
class LayerPeer {
 public:
  virtual ~LayerPeer() = default;
  virtual void run() = 0;
  virtual const std::uint8_t* output() const = 0;
};

struct LayerLibrary {
  const char* name;
  const char* does;  // what it really does, in words
  bool is_unsigned;  // its outputs are u8
  ZeroPoint zero_point;
  // Keeps `problem`, which outlives the peer. NULL where the library declines.
  std::unique_ptr<LayerPeer> (*make)(const LayerProblem& problem, std::uint32_t threads);
};

extern const LayerLibrary kXnnpackLayers, kOneDnnLayers, kOnnxRuntimeLayers, kOnnxRuntimeU8Layers;

// Those of this program that can be run here.
std::vector<const LayerLibrary*> layer_libraries();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_
