// XNNPACK: s8 layers, convolutions with a scale per channel (qc8). Weights are packed when the operator is created, and
// its table of pointers into the input is made before the first run.
#include <pthreadpool.h>
#include <xnnpack.h>

#include <map>
#include <memory>

#include "peers/layer_peer.h"
#include "support.h"

namespace bench {
namespace {

struct OperatorCloser {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
struct PoolCloser {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};

// One for all layers; NULL for one thread.
pthreadpool_t pool_of(std::uint32_t threads) {
  static std::map<std::uint32_t, std::unique_ptr<struct pthreadpool, PoolCloser>> pools;
  if (threads > 1 && !pools[threads]) pools[threads].reset(pthreadpool_create(threads));
  return threads > 1 ? pools[threads].get() : nullptr;
}

// It may read so much further than its inputs go.
std::vector<std::int8_t> with_room(const std::vector<std::int8_t>& values) {
  std::vector<std::int8_t> longer = values;
  longer.resize(values.size() + XNN_EXTRA_BYTES);
  return longer;
}

class XnnpackLayer : public RunnableLayers {
 public:
  XnnpackLayer(const LayerProblem& p, pthreadpool_t pool)
      : input_(with_room(p.input)),
        second_(with_room(p.second)),
        output_(p.output_size() + XNN_EXTRA_BYTES, 0x55),
        pool_(pool) {
    if (xnn_initialize(nullptr) != xnn_status_success) return;
    xnn_operator_t created = nullptr;
    if (create(p, &created) != xnn_status_success) return;
    operator_.reset(created);
    ready_ = setup(p.layer) == xnn_status_success;
  }

  bool ready() const { return ready_; }
  void run() override {
    if (xnn_run_operator(operator_.get(), pool_) != xnn_status_success) fail("XNNPACK failed");
  }
  const std::uint8_t* output(std::size_t) const override { return output_.data(); }

 private:
  static xnn_status create(const LayerProblem& p, xnn_operator_t* created) {
    const Layer& l = p.layer;
    const auto whole = [](std::int64_t number) { return static_cast<std::uint32_t>(number); };
    const auto zero = static_cast<std::int8_t>(p.input_zero_point);
    const auto output_zero = static_cast<std::int8_t>(p.output_zero_point);
    const std::size_t c = index(l.channels), o = index(l.outputs);
    switch (l.kind) {
      case Layer::Kind::kConv:
      case Layer::Kind::kDepthwise:
        return xnn_create_convolution2d_nhwc_qc8(
            whole(l.top), whole(l.right), whole(l.bottom), whole(l.left), whole(l.kernel), whole(l.kernel),
            whole(l.stride), whole(l.stride), whole(l.dilation), whole(l.dilation), whole(l.groups),
            index(l.group_channels()), index(l.outputs / l.groups), c, o, zero, p.input_scale, p.scales.data(),
            p.weights.data(), p.bias.data(), output_zero, p.output_scale, -128, 127, 0, created);
      case Layer::Kind::kAdd:
        return xnn_create_add_nd_qs8(zero, p.input_scale, zero, p.second_scale, output_zero, p.output_scale, -128, 127,
                                     0, created);
      case Layer::Kind::kAverage:
        return xnn_create_global_average_pooling_nwc_qs8(c, c, o, zero, p.input_scale, output_zero, p.output_scale,
                                                         -128, 127, 0, created);
      case Layer::Kind::kMaximum:
        return xnn_create_max_pooling2d_nhwc_s8(whole(l.top), whole(l.right), whole(l.bottom), whole(l.left),
                                                whole(l.kernel), whole(l.kernel), whole(l.stride), whole(l.stride),
                                                whole(l.dilation), whole(l.dilation), c, c, o, -128, 127, 0, created);
    }
    return xnn_status_unsupported_parameter;
  }

  xnn_status setup(const Layer& l) {
    auto* output = reinterpret_cast<std::int8_t*>(output_.data());
    const std::size_t height = index(l.height), width = index(l.width);
    const std::size_t shape[] = {height, width, index(l.channels)};
    switch (l.kind) {
      case Layer::Kind::kConv:
      case Layer::Kind::kDepthwise:
        return xnn_setup_convolution2d_nhwc_qc8(operator_.get(), 1, height, width, input_.data(), output, pool_);
      case Layer::Kind::kAdd:
        return xnn_setup_add_nd_qs8(operator_.get(), 3, shape, 3, shape, input_.data(), second_.data(), output, pool_);
      case Layer::Kind::kAverage:
        return xnn_setup_global_average_pooling_nwc_qs8(operator_.get(), 1, height * width, input_.data(), output,
                                                        pool_);
      case Layer::Kind::kMaximum:
        return xnn_setup_max_pooling2d_nhwc_s8(operator_.get(), 1, height, width, input_.data(), output, pool_);
    }
    return xnn_status_unsupported_parameter;
  }

  std::vector<std::int8_t> input_, second_;
  std::vector<std::uint8_t> output_;
  pthreadpool_t pool_;
  std::unique_ptr<struct xnn_operator, OperatorCloser> operator_;
  bool ready_ = false;
};

std::unique_ptr<RunnableLayers> make(const std::vector<const LayerProblem*>& problems, std::uint32_t threads) {
  return LayerSequence::make(problems, [threads](const LayerProblem& problem) {
    auto layer = std::make_unique<XnnpackLayer>(problem, pool_of(threads));
    if (!layer->ready()) layer.reset();
    return layer;
  });
}

}  // namespace

const LayerLibrary kXnnpackLayers = {"xnnpack", "XNNPACK, s8 x s8 to s8, float scale per channel, NHWC",
                                     false,     ZeroPoint::kAfterRounding,
                                     nullptr,   make};

}  // namespace bench
