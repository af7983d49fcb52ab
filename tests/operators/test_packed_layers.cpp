// Layers through packed files: the oracle's bits from weights that lie in read-only memory and from those packed anew,
// for every kernel that this machine runs; files for every kernel of the build, from any machine and back; damage.
// Pooling and additions go through files in the sweeps of test_pooling.cpp and test_additions.cpp.
#include <cstring>

#include "catch.h"
#include "convolution_case.h"
#include "handles.h"
#include "kernels/layouts.h"
#include "layer_file.h"
#include "operators/conv2d/packed.h"
#include "operators/depthwise/packed.h"
#include "operators/transposed/packed.h"
#include "small_layer.h"

using namespace ottava;

namespace {

using File = std::unique_ptr<GuardedBuffer>;

constexpr ConvolutionKind kKinds[] = {ConvolutionKind::conv2d, ConvolutionKind::depthwise, ConvolutionKind::transposed};

// Of every way to cut a convolution into contractions, and every kind of depthwise kernels.
constexpr LayerShapeCase kShapes[] = {
    {LayerShapeCase::conv2d, 8, 20, 1, 1, 1},      {LayerShapeCase::conv2d, 3, 17, 1, 3, 2},
    {LayerShapeCase::conv2d, 33, 9, 1, 3, 1},      {LayerShapeCase::conv2d, 12, 36, 12, 3, 1},
    {LayerShapeCase::conv2d, 64, 80, 2, 1, 2},     {LayerShapeCase::depthwise, 40, 40, 40, 3, 1},
    {LayerShapeCase::depthwise, 19, 19, 19, 3, 2}, {LayerShapeCase::depthwise, 32, 64, 32, 5, 1},
    {LayerShapeCase::depthwise, 5, 5, 5, 2, 3},    {LayerShapeCase::transposed, 7, 5, 1, 3, 2},
    {LayerShapeCase::transposed, 8, 12, 4, 2, 3}};

bool same_bytes(const GuardedBuffer& a, const GuardedBuffer& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

const PackedHeader& header_of(const GuardedBuffer& file) { return *reinterpret_cast<const PackedHeader*>(file.data()); }

// A layer of a file, repacked for a context.
class Repacked {
 public:
  Repacked(const ottava_context* context, const GuardedBuffer& file) {
    const LayerLoading loading = loading_of(describe_file(file).operator_kind);
    REQUIRE(loading.load(context, file.data(), file.size(), OTTAVA_LOAD_REPACK, &layer_, nullptr) == OTTAVA_OK);
  }
  ~Repacked() { ottava_layer_destroy(layer_); }
  Repacked(const Repacked&) = delete;
  Repacked& operator=(const Repacked&) = delete;
  const ottava_layer* get() const { return layer_; }

 private:
  ottava_layer* layer_ = nullptr;
};

// The arrays and weights of a file are those that a kernel's own packing has made of them.
void check_bytes(const ottava_layer* made, const GuardedBuffer& file) {
  const std::uint8_t* weights = file.data() + header_of(file).weights_from;
  const std::uint8_t* channels = file.data() + channels_from(static_cast<std::size_t>(header_of(file).numbers)).value();
  const auto next = [&](const PreparedContraction& op) {
    CHECK(std::string(header_of(file).kernel) == op.plan.routes.kernel->name);
    CHECK(std::memcmp(channels, op.channels, op.plan.channels.total) == 0);
    CHECK(std::memcmp(weights, op.packed, op.plan.packed.total) == 0);
    channels += op.plan.channels.total, weights += op.plan.packed.total;
  };
  if (made->layer->kind == PackedKind::conv2d) {
    const Conv2d& conv = static_cast<const Conv2d&>(*made->layer);
    for (std::size_t i = 0; i < conv.count; ++i) next(conv.contractions[i]);
  } else if (made->layer->kind == PackedKind::transposed_conv2d) {
    const Transposed& layer = static_cast<const Transposed&>(*made->layer);
    const std::size_t of_group = contractions_of_group(layer.y, layer.x);
    // Phases may have chosen kernels of their own, where the file has one for all.
    for (std::size_t i = 0; i < of_group * layer.groups; ++i) {
      if (layer.contractions[i].plan.routes.kernel != layer.contractions[0].plan.routes.many.kernel) return;
    }
    for (std::size_t i = 0; i < of_group * layer.groups; ++i) {
      next(layer.contractions[i % layer.groups * of_group + i / layer.groups]);
    }
  } else {
    const Depthwise& layer = static_cast<const Depthwise&>(*made->layer);
    CHECK(std::string(header_of(file).kernel) == layer.kernel->name);
    const std::size_t packed =
        layer.kernel->packed_bytes(static_cast<std::size_t>(layer.window.taps()), layer.output_channels);
    CHECK(std::memcmp(channels, layer.block, layer.layout.weights + packed) == 0);
  }
}

std::vector<std::string> targets_of(const ottava_layer* layer) {
  std::vector<std::string> names;
  if (layer->layer->kind == PackedKind::depthwise_conv2d) {
    const DepthwiseKernelList list = built_depthwise_kernels();
    for (std::size_t i = 0; i < list.count; ++i) names.push_back(list.kernels[i]->name);
  } else {
    const KernelList list = described_kernels();
    for (std::size_t i = 0; i < list.count; ++i) {
      names.push_back(list.kernels[i]->name);
      names.push_back(tier_name(*list.kernels[i]));
    }
  }
  for (const Kernel* kernel : runnable_kernels()) names.push_back(tier_name(*kernel));
  return names;
}

bool runs_here(const std::string& name) {
  bool runs = false;
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) runs = runs || kernel->name == name;
  for (const DepthwiseKernel* kernel : runnable_depthwise_kernels()) runs = runs || kernel->name == name;
  return runs;
}

}  // namespace

TEST_CASE("packed layers: convolutions drawn at random equal the oracle, in place and repacked, on every kernel") {
  Random random(test_seed() + 80);
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext alone(kernel->name), tier(kernel->isa);
    for (const ConvolutionKind kind : kKinds) {
      INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
      for (std::size_t i = 0; i < 400 / test_sample() + 20; ++i) {
        ConvolutionCase c = draw_convolution(random, kind);
        c.way = random.chance(2) ? Way::in_place : Way::repacked;
        if (random.chance(3)) c.weight_bound = 60;  // for kernels of narrow weights
        check_convolution(c, random.chance(2) ? alone.get() : tier.get());
      }
    }
  }
}

TEST_CASE("packed layers: the bytes of each kernel's own packing, from whatever kernel they were packed for") {
  const KernelContext portable(Isa::portable), best(Isa::any);
  for (const LayerShapeCase& shape : kShapes) {
    INFO("kind " << shape.kind << ", channels " << shape.input_channels << " to " << shape.output_channels);
    const SmallLayer of_best(best.get(), shape, narrow_output());
    for (const Kernel* kernel : runnable_kernels()) {
      const KernelContext context(kernel->isa);
      const SmallLayer layer(context.get(), shape, narrow_output());
      const File own = packed_file(layer.get(), nullptr);
      CHECK(ottava_packed_verify(own->data(), own->size(), nullptr) == OTTAVA_OK);
      check_bytes(layer.get(), *own);
      CHECK(same_bytes(*packed_file(layer.get(), nullptr, 4), *own));  // in memory that is not aligned
      const File other = packed_file(layer.get(), "portable");
      const Repacked in_portable(portable.get(), *own), back(context.get(), *other);
      CHECK(same_bytes(*packed_file(in_portable.get(), nullptr), *other));
      CHECK(same_bytes(*packed_file(back.get(), nullptr), *own));
      check_bytes(back.get(), *own);
      CHECK(same_bytes(*packed_file(in_portable.get(), header_of(*own).kernel), *own));
      // What a machine of that tier makes, a better one makes for it.
      const File for_tier = packed_file(of_best.get(), tier_name(*kernel));
      CHECK(std::string(header_of(*for_tier).kernel) == header_of(*own).kernel);
      CHECK(same_bytes(*for_tier, *own));
    }
  }
}

TEST_CASE("packed layers: for every kernel, of any architecture but for depthwise ones, from any machine, and back") {
  const KernelContext context(Isa::any);
  for (const LayerShapeCase& shape : kShapes) {
    const SmallLayer layer(context.get(), shape, narrow_output());
    const File own = packed_file(layer.get(), nullptr);
    std::size_t saved = 0;
    for (const std::string& name : targets_of(layer.get())) {
      INFO(name << ", kind " << shape.kind << ", channels " << shape.input_channels);
      std::uint64_t bytes = 0;
      const ottava_status status = ottava_layer_save_size(layer.get(), name.c_str(), &bytes, nullptr);
      if (status == OTTAVA_KERNEL_UNAVAILABLE) continue;  // another window, or other weights
      ++saved;
      const File file = packed_file(layer.get(), name.c_str());
      CHECK(ottava_packed_verify(file->data(), file->size(), nullptr) == OTTAVA_OK);
      const Repacked back(context.get(), *file);
      CHECK(same_bytes(*packed_file(back.get(), nullptr), *own));
      ottava_layer* loaded = nullptr;
      const ottava_packed_info info = describe_file(*file);
      const LayerLoading loading = loading_of(info.operator_kind);
      const ottava_status in_place = loading.load(context.get(), file->data(), file->size(), 0, &loaded, nullptr);
      CHECK(in_place == (runs_here(info.kernel) ? OTTAVA_OK : OTTAVA_UNSUPPORTED));
      ottava_layer_destroy(loaded);
    }
    CHECK(saved >= runnable_kernels().size());
  }
}

TEST_CASE("packed layers: what a file says of itself, and its layer is the one that was saved") {
  const KernelContext context(Isa::any);
  for (const LayerShapeCase& shape : kShapes) {
    const SmallLayer layer(context.get(), shape, narrow_output());
    const File file = packed_file(layer.get(), nullptr);
    const ottava_packed_info info = describe_file(*file);
    const std::uint32_t kinds[] = {OTTAVA_PACKED_CONV2D, OTTAVA_PACKED_DEPTHWISE_CONV2D,
                                   OTTAVA_PACKED_TRANSPOSED_CONV2D};
    CHECK(info.operator_kind == kinds[shape.kind]);
    CHECK(info.bytes == file->size());
    CHECK(info.n == shape.output_channels);
    CHECK(info.k == shape.kernel * shape.kernel * (shape.input_channels / shape.groups));
    ottava_layer* loaded = nullptr;
    REQUIRE(loading_of(info.operator_kind).load(context.get(), file->data(), file->size(), 0, &loaded, nullptr) ==
            OTTAVA_OK);
    ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
    run.batch = 2, run.height = 9, run.width = 11;
    ottava_layer_info after = OTTAVA_LAYER_INFO_INIT, before = OTTAVA_LAYER_INFO_INIT;
    REQUIRE(ottava_layer_query(loaded, &run, &after, nullptr) == OTTAVA_OK);
    REQUIRE(ottava_layer_query(layer.get(), &run, &before, nullptr) == OTTAVA_OK);
    CHECK(std::string(after.kernel) == before.kernel);
    CHECK(after.workspace_bytes == before.workspace_bytes);
    ottava_layer_destroy(loaded);
  }
}

TEST_CASE("packed layers: loading one in place looks at nothing of its weights") {
  for (const Kernel* kernel : runnable_kernels()) {
    const KernelContext context(kernel->isa);
    for (const LayerShapeCase& shape : kShapes) {
      const SmallLayer layer(context.get(), shape, narrow_output());
      const File file = packed_file(layer.get(), nullptr);
      // Where they should begin no access survives.
      GuardedBuffer front(static_cast<std::size_t>(header_of(*file).weights_from), Side::upper, 64);
      std::memcpy(front.data(), file->data(), front.size());
      front.make_read_only();
      ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
      CHECK(ottava_packed_query(front.data(), file->size(), &info, nullptr) == OTTAVA_OK);
      ottava_layer* loaded = nullptr;
      REQUIRE(loading_of(info.operator_kind).load(context.get(), front.data(), file->size(), 0, &loaded, nullptr) ==
              OTTAVA_OK);
      ottava_layer_destroy(loaded);
    }
  }
}

TEST_CASE("packed layers: each byte of a file is watched by a checksum") {
  const KernelContext context(Isa::any);
  const std::size_t step = test_sample() > 1 ? 37 : 7;
  for (const LayerShapeCase& shape : kShapes) {
    const SmallLayer layer(context.get(), shape, narrow_output());
    const File file = packed_file(layer.get(), nullptr);
    const LayerLoading loading = loading_of(describe_file(*file).operator_kind);
    const std::size_t weights = static_cast<std::size_t>(header_of(*file).weights_from);
    GuardedBuffer copy(file->size(), Side::upper, 64);
    std::memcpy(copy.data(), file->data(), file->size());
    for (std::size_t i = 0; i < file->size(); i += i < weights ? 1 : step) {
      INFO("byte " << i << " of kind " << shape.kind);
      copy.data()[i] ^= static_cast<std::uint8_t>(1 << i % 8);
      CHECK(ottava_packed_verify(copy.data(), copy.size(), nullptr) != OTTAVA_OK);
      ottava_layer* loaded = nullptr;
      const ottava_status status = loading.load(context.get(), copy.data(), copy.size(), 0, &loaded, nullptr);
      CHECK((status == OTTAVA_OK) == (i >= weights));  // a load does not look at the weights
      ottava_layer_destroy(loaded);
      copy.data()[i] = file->data()[i];
    }
  }
}

TEST_CASE("packed layers: without channels of output, with and without a table") {
  const KernelContext context(Isa::any);
  const std::uint8_t table[256] = {};
  const auto check = [&](auto draft) {
    for (const bool activates : {false, true}) {
      draft->desc.output_channels = 0;
      if (activates) draft->output.activation = OTTAVA_ACTIVATION_TABLE, draft->output.table = table;
      for (const Way way : {Way::in_place, Way::repacked}) {
        ottava_layer* layer = nullptr;
        REQUIRE(draft->create(context.get(), &layer, nullptr) == OTTAVA_OK);
        const auto kept = send_through_file(context.get(), way, false, &layer);
        ottava_layer_destroy(layer);
      }
    }
  };
  check(std::make_unique<Conv2dDraft>());
  check(std::make_unique<TransposedDraft>());
}
