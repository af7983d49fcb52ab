// gemmlowp: u8 x u8 to u8, both zero points as offsets, and of its output stages that with a multiplier per channel and
// a shift for all, QuantizeDownInt32ToUint8ScalePC: of those that are vector code on x86, the one with a scale per
// channel. The weights are the same with 128 added. It packs both operands in each call; there is no other way.
#include <cmath>
#include <tuple>

#include "peers/peer.h"
#include "public/gemmlowp.h"

namespace bench {
namespace {

using gemmlowp::MapOrder;
using gemmlowp::MatrixMap;
using gemmlowp::VectorMap;
using gemmlowp::VectorShape;

constexpr int kMultiplierBits = 8;

class Gemmlowp : public Peer {
 public:
  Gemmlowp(const Problem& problem, std::uint32_t threads)
      : problem_(&problem), dst_(elements(problem.shape.m, problem.shape.n), 0x55) {
    context_.set_max_num_threads(static_cast<int>(threads));
    for (std::int8_t value : problem.rhs) rhs_.push_back(static_cast<std::uint8_t>(value + 128));
    double largest = 0;
    for (float scale : problem.scales) largest = std::fmax(largest, static_cast<double>(scale / Problem::dst_scale));
    while (shift_ < 31 && std::ldexp(largest, shift_ + 1) < (1 << kMultiplierBits)) ++shift_;
    for (std::size_t n = 0; n < problem.scales.size(); ++n) {
      const double scale = static_cast<double>(problem.scales[n] / Problem::dst_scale);
      multipliers_.push_back(static_cast<std::int32_t>(std::lround(std::ldexp(scale, shift_))));
      // The zero point of dst comes before the scale, as part of the bias; dst is unsigned.
      const double zero_point = (Problem::dst_zero_point + 128) / scale;
      bias_.push_back(problem.bias[n] + static_cast<std::int32_t>(std::lround(zero_point)));
    }
  }

  void run() override {
    const int m = static_cast<int>(problem_->shape.m), n = static_cast<int>(problem_->shape.n);
    const int k = static_cast<int>(problem_->shape.k);
    const MatrixMap<const std::uint8_t, MapOrder::RowMajor> lhs(problem_->lhs.data(), m, k);
    const MatrixMap<const std::uint8_t, MapOrder::RowMajor> rhs(rhs_.data(), k, n);
    MatrixMap<std::uint8_t, MapOrder::RowMajor> dst(dst_.data(), m, n);
    gemmlowp::OutputStageQuantizeDownInt32ToUint8ScalePC<VectorShape::Row> stage;
    stage.result_offset = VectorMap<const std::int32_t, VectorShape::Row>(bias_.data(), n);
    stage.result_mult_int = VectorMap<const std::int32_t, VectorShape::Row>(multipliers_.data(), n);
    stage.result_shift = shift_;
    gemmlowp::GemmWithOutputPipeline<std::uint8_t, std::uint8_t, gemmlowp::DefaultL8R8BitDepthParams>(
        &context_, lhs, rhs, &dst, -Problem::lhs_zero_point, -128,
        std::make_tuple(stage, gemmlowp::OutputStageSaturatingCastToUint8()));
  }
  const std::uint8_t* dst() const override { return dst_.data(); }
  void describe_equal(const Problem&, Description* equal) const override {
    equal->output.requantization = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY;
    equal->output.parameters = OTTAVA_PARAMETERS_INTEGER;
    equal->output.type = OTTAVA_TYPE_U8;
    equal->output.zero_point = 0;
    equal->scales.clear();
    equal->bias = bias_;
    equal->multipliers = multipliers_;
    equal->shifts.assign(multipliers_.size(), -shift_);
  }

 private:
  const Problem* problem_;
  gemmlowp::GemmContext context_;
  std::vector<std::uint8_t> rhs_, dst_;
  std::vector<std::int32_t> bias_, multipliers_;
  int shift_ = 0;
};

std::unique_ptr<Peer> make(const Problem& problem, std::uint32_t threads) {
  return std::make_unique<Gemmlowp>(problem, threads);
}

}  // namespace

const PeerLibrary kGemmlowp = {"gemmlowp",
                               "gemmlowp, u8 x u8 to u8, multiplier per channel and one shift, packs the weights in "
                               "each call",
                               make, nullptr};

}  // namespace bench
