// oneDNN 2.x: its matmul primitive, u8 x s8 to s8, weights reordered beforehand into the layout that it asks for.
//
// Output scales in float32 per channel and half-to-even rounding; the zero point of dst is added before the rounding,
// so to ottava it is a float bias. Whether the zero point of src is an attribute or has been folded into the int32 bias
// is all the same to the result while sums stay below 2^24, which they do here; folded is never slower, so it is.
#include <dlfcn.h>

#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

#include "peers/peer.h"

namespace bench {
namespace {

using dnnl::memory;

// Of the OpenMP that oneDNN has brought along, not one of this compiler. The number holds for the calling thread.
void set_threads(std::uint32_t threads) {
  using SetThreads = void (*)(int);
  const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (set != nullptr) set(static_cast<int>(threads));
}

class OneDnn : public Peer {
 public:
  OneDnn(const Problem& problem, std::uint32_t threads)
      : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_), dst_(elements(problem.shape.m, problem.shape.n), 0x55) {
    set_threads(threads);
    const std::int64_t m = problem.shape.m, n = problem.shape.n, k = problem.shape.k;
    constexpr auto kRows = memory::format_tag::ab;
    const memory::desc src({m, k}, memory::data_type::u8, kRows);
    const memory::desc given({k, n}, memory::data_type::s8, kRows);
    const memory::desc chosen({k, n}, memory::data_type::s8, memory::format_tag::any);
    const memory::desc bias({1, n}, memory::data_type::s32, kRows);
    const memory::desc dst({m, n}, memory::data_type::s8, kRows);
    dnnl::primitive_attr attributes;
    attributes.set_output_scales(2, scales_of(problem));
    attributes.set_zero_points(DNNL_ARG_DST, 0, {Problem::dst_zero_point});
    const dnnl::matmul::primitive_desc primitive(dnnl::matmul::desc(src, chosen, bias, dst), attributes, engine_);
    matmul_ = dnnl::matmul(primitive);

    bias_ = problem.bias;
    for (std::int64_t depth = 0; depth < k; ++depth) {
      for (std::int64_t channel = 0; channel < n; ++channel)
        bias_[index(channel)] -= Problem::lhs_zero_point * problem.rhs[index(depth * n + channel)];
    }
    const auto view = [this](const memory::desc& desc, const void* data) {
      return memory(desc, engine_, const_cast<void*>(data));
    };
    memory weights = view(given, problem.rhs.data());
    if (primitive.weights_desc() != given) {
      memory packed(primitive.weights_desc(), engine_);
      dnnl::reorder(weights, packed).execute(stream_, weights, packed);
      stream_.wait();
      weights = packed;
    }
    arguments_ = {{DNNL_ARG_SRC, view(src, problem.lhs.data())},
                  {DNNL_ARG_WEIGHTS, weights},
                  {DNNL_ARG_BIAS, view(bias, bias_.data())},
                  {DNNL_ARG_DST, view(dst, dst_.data())}};
  }

  void run() override {
    matmul_.execute(stream_, arguments_);
    stream_.wait();
  }
  const std::uint8_t* dst() const override { return dst_.data(); }
  void describe_equal(const Problem& problem, Description* equal) const override {
    equal->output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN;
    equal->output.scale = 1.0f;
    equal->output.zero_point = 0;
    equal->scales = scales_of(problem);
    equal->bias_f32.assign(index(problem.shape.n), static_cast<float>(Problem::dst_zero_point));
  }

 private:
  static std::vector<float> scales_of(const Problem& problem) {
    std::vector<float> scales = problem.scales;
    for (float& scale : scales) scale /= Problem::dst_scale;
    return scales;
  }

  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<std::int32_t> bias_;
  std::vector<std::uint8_t> dst_;
  dnnl::matmul matmul_;
  std::unordered_map<int, memory> arguments_;
};

std::unique_ptr<Peer> make(const Problem& problem, std::uint32_t threads) {
  try {
    return std::make_unique<OneDnn>(problem, threads);
  } catch (const dnnl::error&) {
    return nullptr;
  }
}

void cap(std::uint32_t tier) {
  if (tier == OTTAVA_TIER_X86_AVX512VNNI) dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx512_core_vnni);
  if (tier == OTTAVA_TIER_X86_AVXVNNI) dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2_vnni);
  if (tier == OTTAVA_TIER_X86_AVX2) dnnl::set_max_cpu_isa(dnnl::cpu_isa::avx2);
  if (tier == OTTAVA_TIER_PORTABLE) dnnl::set_max_cpu_isa(dnnl::cpu_isa::sse41);
}

}  // namespace

const PeerLibrary kOneDnn = {
    "onednn", "oneDNN matmul, u8 x s8 to s8, float scale per channel, weights reordered beforehand", make, cap};

}  // namespace bench
