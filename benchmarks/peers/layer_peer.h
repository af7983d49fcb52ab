// Layers of other libraries, timed beside ottava's on the same data.
#ifndef OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_
#define OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "networks/layer_problem.h"

namespace bench {

// A layer, or several one after the other, ready to run.
class RunnableLayers {
 public:
  virtual ~RunnableLayers() = default;
  virtual void run() = 0;
  virtual const std::uint8_t* output(std::size_t layer) const = 0;
};

// Layers that are called one by one.
class LayerSequence : public RunnableLayers {
 public:
  // Of what `make_one` makes of each problem; NULL where it makes nothing of one.
  template <class MakeOne>
  static std::unique_ptr<RunnableLayers> make(const std::vector<const LayerProblem*>& problems, MakeOne make_one) {
    auto sequence = std::make_unique<LayerSequence>();
    for (const LayerProblem* problem : problems) {
      sequence->parts_.push_back(make_one(*problem));
      if (!sequence->parts_.back()) return nullptr;
    }
    return sequence;
  }

  void run() override {
    for (const auto& part : parts_) part->run();
  }
  const std::uint8_t* output(std::size_t layer) const override { return parts_[layer]->output(0); }

 private:
  std::vector<std::unique_ptr<RunnableLayers>> parts_;
};

struct LayerLibrary {
  const char* name;
  const char* does;  // what it really does, in words
  bool is_unsigned;  // its outputs are u8
  ZeroPoint zero_point;
  std::string (*version)();  // NULL where the library does not tell
  // Keeps the problems, which outlive what is made. NULL where the library declines one.
  std::unique_ptr<RunnableLayers> (*make)(const std::vector<const LayerProblem*>& problems, std::uint32_t threads);
};

extern const LayerLibrary kXnnpackLayers, kOneDnnLayers, kOnnxRuntimeLayers, kOnnxRuntimeU8Layers;

// Those of this program that can be run here.
std::vector<const LayerLibrary*> layer_libraries();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_LAYER_PEER_H_
