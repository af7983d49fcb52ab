// A layer, or all of a network one after the other, on one number of threads: tiers of ottava, every peer, and, for a
// convolution of more than one tap, the matmul of its size on contiguous rows, measured together, in turn.
#ifndef OTTAVA_BENCHMARKS_NETWORKS_LAYER_COMPARISON_H_
#define OTTAVA_BENCHMARKS_NETWORKS_LAYER_COMPARISON_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "networks/layer.h"
#include "peers/layer_peer.h"
#include "turns.h"

namespace bench {

struct LayerContestant : Timed {
  std::uint32_t tier = 0;                 // ottava's, or
  const LayerLibrary* library = nullptr;  // the peer
  bool matmul = false;                    // the matmul instead of the layer
  std::string kernel, route;              // of ottava

  bool is_layer() const { return library == nullptr && !matmul; }
};

class LayerComparison {
 public:
  LayerComparison(const std::string& network, std::vector<Layer> layers, std::uint32_t threads, std::uint32_t rule,
                  int turns)
      : network_(network), layers_(std::move(layers)), threads_(threads), rule_(rule), turns_(turns) {}

  const std::string& network() const { return network_; }
  const std::vector<Layer>& layers() const { return layers_; }
  bool is_whole() const { return layers_.size() > 1; }  // the network
  std::uint32_t threads() const { return threads_; }
  std::vector<LayerContestant>& contestants() { return contestants_; }
  const std::vector<LayerContestant>& contestants() const { return contestants_; }
  bool measured() const { return measured_; }

  // Checks each result, then times. Done once.
  void measure();

  // The fastest that ran and whose result is right: of ottava's tiers, of the peers. NULL if there is none.
  const LayerContestant* best_tier() const;
  const LayerContestant* best_peer() const;
  const LayerContestant* find(const std::string& name) const;

 private:
  std::string network_;
  std::vector<Layer> layers_;
  std::uint32_t threads_, rule_;
  int turns_;
  std::vector<LayerContestant> contestants_;
  bool measured_ = false;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_LAYER_COMPARISON_H_
