// A layer of ottava, ready to run on one problem, through the C ABI.
#ifndef OTTAVA_BENCHMARKS_NETWORKS_OTTAVA_LAYER_H_
#define OTTAVA_BENCHMARKS_NETWORKS_OTTAVA_LAYER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "networks/layer_problem.h"
#include "ottava/layers.h"
#include "peers/layer_peer.h"
#include "support.h"

namespace bench {

class OttavaLayer : public RunnableLayers {
 public:
  // Keeps `problem`. Not ready, with the reason in words, where the library declines.
  OttavaLayer(const ottava_context* context, const LayerProblem& problem, std::uint32_t rule);

  const std::string& refusal() const { return refusal_; }
  void run() override {
    if (ottava_layer_run(layer_.get(), &run_, &operands_, nullptr) != OTTAVA_OK) fail("a run failed");
  }
  const std::uint8_t* output(std::size_t) const override { return output_.data(); }
  const ottava_layer_info& info() const { return info_; }

 private:
  struct Closer {
    void operator()(ottava_layer* layer) const { ottava_layer_destroy(layer); }
  };
  ottava_status create(const ottava_context* context, const LayerProblem& problem, std::uint32_t rule,
                       ottava_layer** layer, ottava_error* error) const;

  std::string refusal_;
  std::unique_ptr<ottava_layer, Closer> layer_;
  ottava_layer_info info_ = OTTAVA_LAYER_INFO_INIT;
  ottava_layer_run_desc run_ = OTTAVA_LAYER_RUN_DESC_INIT;
  ottava_layer_operands operands_ = OTTAVA_LAYER_OPERANDS_INIT;
  std::vector<std::uint8_t> workspace_, output_;
};

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_NETWORKS_OTTAVA_LAYER_H_
