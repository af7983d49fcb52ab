// XNNPACK: its qc8 operator, a 1x1 convolution over M pixels, which is a fully-connected layer with a scale per channel
// (its fully-connected operators of this age have one scale for all). s8 activations: the same real values, each stored
// value and the zero point less 128. Weights are packed when the operator is created.
#include <pthreadpool.h>
#include <xnnpack.h>

#include <memory>

#include "peers/peer.h"

namespace bench {
namespace {

struct OperatorCloser {
  void operator()(xnn_operator_t op) const { xnn_delete_operator(op); }
};
struct PoolCloser {
  void operator()(pthreadpool_t pool) const { pthreadpool_destroy(pool); }
};

class Xnnpack : public Peer {
 public:
  Xnnpack(const Problem& problem, std::uint32_t threads)
      : lhs_(problem.lhs.size() + XNN_EXTRA_BYTES),  // it may read that much further
        dst_(elements(problem.shape.m, problem.shape.n), 0x55) {
    const std::int64_t n = problem.shape.n, k = problem.shape.k;
    for (std::size_t i = 0; i < problem.lhs.size(); ++i) lhs_[i] = static_cast<std::int8_t>(problem.lhs[i] - 128);
    std::vector<std::int8_t> weights(problem.rhs.size());  // N x K
    for (std::int64_t depth = 0; depth < k; ++depth) {
      for (std::int64_t channel = 0; channel < n; ++channel)
        weights[index(channel * k + depth)] = problem.rhs[index(depth * n + channel)];
    }
    if (xnn_initialize(nullptr) != xnn_status_success) return;
    xnn_operator_t created = nullptr;
    const xnn_status status = xnn_create_convolution2d_nhwc_qc8(
        0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, index(k), index(n), index(k), index(n), Problem::lhs_zero_point - 128, 1.0f,
        problem.scales.data(), weights.data(), problem.bias.data(), Problem::dst_zero_point, Problem::dst_scale, -128,
        127, 0, &created);
    if (status != xnn_status_success) return;
    operator_.reset(created);
    if (threads > 1) pool_.reset(pthreadpool_create(threads));
    ready_ = xnn_setup_convolution2d_nhwc_qc8(created, 1, index(problem.shape.m), 1, lhs_.data(),
                                              reinterpret_cast<std::int8_t*>(dst_.data()),
                                              pool_.get()) == xnn_status_success;
  }

  bool ready() const { return ready_; }
  void run() override {
    if (xnn_run_operator(operator_.get(), pool_.get()) != xnn_status_success) fail("XNNPACK failed");
  }
  const std::uint8_t* dst() const override { return dst_.data(); }
  void describe_equal(const Problem&, Description* equal) const override {
    equal->output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
  }

 private:
  std::vector<std::int8_t> lhs_;
  std::vector<std::uint8_t> dst_;
  std::unique_ptr<struct pthreadpool, PoolCloser> pool_;
  std::unique_ptr<struct xnn_operator, OperatorCloser> operator_;
  bool ready_ = false;
};

std::unique_ptr<Peer> make(const Problem& problem, std::uint32_t threads) {
  auto peer = std::make_unique<Xnnpack>(problem, threads);
  if (!peer->ready()) return nullptr;
  return peer;
}

}  // namespace

const PeerLibrary kXnnpack = {"xnnpack",
                              "XNNPACK 1x1 convolution qc8, s8 x s8 to s8, float scale per channel, weights packed "
                              "beforehand",
                              make, nullptr};

}  // namespace bench
