// Operators through packed files: the oracle's bits from weights that lie in read-only memory and from those packed
// anew, the bytes of each kernel's own packing from portable code, and files for kernels that this CPU need not have.
#include <cstring>
#include <map>

#include "base/checksum.h"
#include "catch.h"
#include "contraction/packed_file.h"
#include "draft.h"
#include "handles.h"
#include "kernels/layouts.h"
#include "operator_case.h"

using namespace ottava;

namespace {

using File = std::unique_ptr<GuardedBuffer>;

// Of random weights, zero points and scales per channel, in every order and type that leads to other packed bytes.
class Subject {
 public:
  Subject(Random& random, const ottava_context* context, Weights wants) {
    d_.desc.n = random.between(1, 70), d_.desc.k = random.between(0, 70);
    d_.desc.lhs_type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
    d_.desc.rhs_type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
    d_.desc.rhs_order = static_cast<std::uint32_t>(random.between(0, 1));
    d_.desc.lhs_zero_point = static_cast<std::int32_t>(random.between(0, 127));
    if (random.chance(3)) d_.desc.flags |= OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
    const std::size_t n = static_cast<std::size_t>(d_.desc.n);
    d_.weights.resize(n * static_cast<std::size_t>(d_.desc.k));
    const std::int64_t lowest = wants == Weights::any ? -128 : wants == Weights::no_minus_128 ? -127 : -64;
    const std::int64_t highest = wants == Weights::narrow_pairs ? 64 : 127;
    const int flip = d_.desc.rhs_type == OTTAVA_TYPE_S8 ? 0 : 128;  // canonical weights are s8
    for (std::int8_t& weight : d_.weights) {
      weight = static_cast<std::int8_t>(random.between(lowest, highest) ^ flip);
    }
    for (std::size_t i = 0; i < n; ++i) {
      zeros_.push_back(static_cast<std::int32_t>(random.between(0, 127)));
      scales_.push_back(static_cast<float>(random.between(1, 1000)) / 30000.0f);
      bias_.push_back(static_cast<std::int32_t>(random.between(-9999, 9999)));
    }
    d_.constants.rhs = d_.weights.data();
    d_.constants.rhs_scales = scales_.data();
    if (random.chance(2)) d_.constants.rhs_zero_points = zeros_.data();
    d_.output.bias = bias_.data();
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_create(context, &d_.desc, &d_.output, &d_.constants, &matmul_, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
  }
  ~Subject() { ottava_matmul_destroy(matmul_); }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  const ottava_matmul* get() const { return matmul_; }

  // That the file holds this operator for a kernel, from the words of kernels/kernel.h and contraction/pack.cpp alone.
  void check_contents(const Kernel& kernel, const GuardedBuffer& file) const {
    const PackedHeader& header = *reinterpret_cast<const PackedHeader*>(file.data());
    const std::size_t n = static_cast<std::size_t>(d_.desc.n), k = static_cast<std::size_t>(d_.desc.k);
    const std::size_t nr = header.nr, kr = header.kr, panel = ((k + kr - 1) / kr * kr * nr + 63) / 64 * 64;
    const std::size_t panels = (n + nr - 1) / nr, array = (panels * nr * 4 + 63) / 64 * 64;
    const std::uint8_t* const weights = file.data() + header.weights_from;
    const auto zero_of = [](std::int32_t raw, bool from_unsigned, bool to_unsigned) {
      return raw + (from_unsigned ? 0 : 128) - (to_unsigned ? 0 : 128);
    };
    const bool unsigned_lhs = kernel.lhs_element == Element::u8, raw_rhs_unsigned = d_.desc.rhs_type == OTTAVA_TYPE_U8;
    const bool row_zeros = (d_.desc.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0;
    REQUIRE(header.rhs_is_unsigned == 0);
    for (std::size_t channel = 0; channel < n; ++channel) {
      const std::int32_t rhs_zero =
          zero_of(d_.constants.rhs_zero_points != nullptr ? zeros_[channel] : 0, raw_rhs_unsigned, false);
      std::int32_t sum = 0;
      for (std::size_t depth = 0; depth < k; ++depth) {
        const bool by_row = d_.desc.rhs_order == OTTAVA_ORDER_ROW;
        const std::int8_t raw = d_.weights[by_row ? depth * n + channel : channel * k + depth];
        const std::int8_t value =
            raw_rhs_unsigned ? static_cast<std::int8_t>(static_cast<std::uint8_t>(raw) - 128) : raw;
        const std::size_t at = channel / nr * panel + (depth / kr * nr + channel % nr) * kr + depth % kr;
        if (static_cast<std::int8_t>(weights[at]) != value) REQUIRE(static_cast<std::int8_t>(weights[at]) == value);
        sum += value - rhs_zero;
      }
      const auto offset = [&](std::size_t which) {
        std::int32_t value;
        std::memcpy(&value, weights + panels * panel + which * array + 4 * channel, 4);
        return value;
      };
      const auto expected = [&](bool is_unsigned) {
        const bool raw_unsigned = d_.desc.lhs_type == OTTAVA_TYPE_U8;
        return bias_[channel] - (row_zeros ? 0 : zero_of(d_.desc.lhs_zero_point, raw_unsigned, is_unsigned) * sum);
      };
      REQUIRE(offset(0) == expected(unsigned_lhs));
      if (header.own_small_m != 0) REQUIRE(offset(1) == expected(!unsigned_lhs));
      if (row_zeros) REQUIRE(offset(1 + header.own_small_m) == sum);
    }
  }

 private:
  Draft d_;
  std::vector<std::int32_t> zeros_, bias_;
  std::vector<float> scales_;
  ottava_matmul* matmul_ = nullptr;
};

const PackedHeader& header_of(const GuardedBuffer& file) { return *reinterpret_cast<const PackedHeader*>(file.data()); }

bool same_bytes(const GuardedBuffer& a, const GuardedBuffer& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

bool runs_here(const Kernel& described) {
  for (const Kernel* runnable : runnable_kernels_for_some_weights()) {
    if (std::strcmp(runnable->name, described.name) == 0) return true;
  }
  return false;
}

class TierContext {
 public:
  explicit TierContext(Isa cap) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.tier_cap = static_cast<std::uint32_t>(cap);
    REQUIRE(ottava_context_create(&options, nullptr, &context_, nullptr) == OTTAVA_OK);
  }
  ~TierContext() { ottava_context_destroy(context_); }
  TierContext(const TierContext&) = delete;
  TierContext& operator=(const TierContext&) = delete;
  ottava_context* get() const { return context_; }

 private:
  ottava_context* context_ = nullptr;
};

// An operator of a file, repacked for a context.
class Repacked {
 public:
  Repacked(const ottava_context* context, const GuardedBuffer& file) {
    REQUIRE(ottava_matmul_load(context, file.data(), file.size(), OTTAVA_LOAD_REPACK, &matmul_, nullptr) == OTTAVA_OK);
  }
  ~Repacked() { ottava_matmul_destroy(matmul_); }
  Repacked(const Repacked&) = delete;
  Repacked& operator=(const Repacked&) = delete;
  const ottava_matmul* get() const { return matmul_; }

 private:
  ottava_matmul* matmul_ = nullptr;
};

// The file's arrays and weights are those that the kernel's own packing has made.
void check_bytes(const ottava_matmul* made, const GuardedBuffer& file) {
  const PreparedContraction& op = made->op;
  const PackedHeader& header = header_of(file);
  const std::size_t from = static_cast<std::size_t>(header.weights_from);
  INFO(header.kernel << ", " << op.plan.n << " x " << op.plan.k);
  REQUIRE(std::string(header.kernel) == op.plan.routes.kernel->name);
  REQUIRE(header.bytes - header.weights_from == op.plan.packed.total);
  CHECK(std::memcmp(file.data() + from, op.packed, op.plan.packed.total) == 0);
  CHECK(std::memcmp(file.data() + from - op.plan.channels.total, op.channels, op.plan.channels.total) == 0);
}

}  // namespace

TEST_CASE("packed files: operators drawn at random equal the oracle, in place and repacked, on every kernel") {
  Random random(test_seed() + 70);
  for (const Kernel* kernel : runnable_kernels_for_some_weights()) {
    const KernelContext context(kernel->name);
    for (int i = 0; i < 60; ++i) {
      const std::size_t most = 2 * tile_here(*kernel).width + 3;
      OperatorCase c = random_case(random, random.between(1, 9), random.between(0, static_cast<std::int64_t>(most)),
                                   random.between(0, 5 * kernel->rhs->kr + 2));
      if (kernel->form == LhsForm::indirect) c.lhs_order = OTTAVA_ORDER_ROW;
      c.weights = kernel->weights;
      c.way = random.chance(2) ? Way::in_place : Way::repacked;
      check_case(context.get(), c);
    }
  }
}

TEST_CASE("packed files: on the kernels that a tier chooses, few rows and many") {
  Random random(test_seed() + 71);
  for (const Kernel* kernel : runnable_kernels()) {
    const TierContext context(kernel->isa);
    for (int i = 0; i < 30; ++i) {
      OperatorCase c = random_case(random, random.between(1, 40), random.between(1, 70), random.between(1, 70));
      if (random.chance(2)) c.weights = Weights::no_minus_128;
      c.way = random.chance(2) ? Way::in_place : Way::repacked;
      check_case(context.get(), c);
    }
  }
}

TEST_CASE("packed files: portable code packs the bytes of each kernel, from whatever kernel they were packed for") {
  Random random(test_seed() + 72);
  const TierContext portable(Isa::portable);
  for (const Kernel* kernel : runnable_kernels()) {
    const TierContext context(kernel->isa);
    for (int i = 0; i < 20; ++i) {
      const Weights wants[] = {Weights::any, Weights::no_minus_128, Weights::narrow_pairs};
      const Subject subject(random, context.get(), wants[random.between(0, 2)]);
      const File own = packed_file(subject.get(), nullptr);
      check_bytes(subject.get(), *own);
      const File other = packed_file(subject.get(), "portable");
      REQUIRE(header_of(*other).tier == OTTAVA_TIER_PORTABLE);
      const Repacked in_portable(portable.get(), *own), back(context.get(), *other);
      CHECK(same_bytes(*packed_file(in_portable.get(), nullptr), *other));
      CHECK(same_bytes(*packed_file(back.get(), nullptr), *own));
      check_bytes(back.get(), *own);
      CHECK(same_bytes(*packed_file(in_portable.get(), header_of(*own).kernel), *own));
    }
  }
}

TEST_CASE("packed files: for every kernel of every architecture, from any machine, and back") {
  Random random(test_seed() + 73);
  const TierContext context(Isa::any);
  const KernelList kernels = described_kernels();
  for (std::size_t i = 0; i < 8 * kernels.count; ++i) {
    const Kernel& kernel = *kernels.kernels[i % kernels.count];
    const Subject subject(random, context.get(), kernel.weights);
    const File own = packed_file(subject.get(), nullptr);
    const char* const name = kernel.name;
    INFO(name);
    const File file = packed_file(subject.get(), name);
    subject.check_contents(kernel, *file);
    CHECK(std::string(header_of(*file).kernel) == name);
    CHECK(ottava_packed_verify(file->data(), file->size(), nullptr) == OTTAVA_OK);
    const Repacked back(context.get(), *file);
    CHECK(same_bytes(*packed_file(back.get(), nullptr), *own));
    const File tier = packed_file(subject.get(), tier_name(kernel));
    const Repacked from_tier(context.get(), *tier);
    CHECK(same_bytes(*packed_file(from_tier.get(), name), *file));

    ottava_matmul* matmul = nullptr;
    const ottava_status status = ottava_matmul_load(context.get(), file->data(), file->size(), 0, &matmul, nullptr);
    CHECK(status == (runs_here(kernel) ? OTTAVA_OK : OTTAVA_UNSUPPORTED));
    ottava_matmul_destroy(matmul);
  }
}

// The checksum of the same operators for each kernel, on whatever machine: what a build writes for a kernel that it
// does not have is what the build that has it writes.
const std::map<std::string, std::uint64_t> kSums = {
    {"s8s8s32_indirect_32x32x4_x86_amx", 0x7daee8a2cab01e81u},
    {"u8s8s32_indirect_32x32x4_x86_amx", 0xc5e4736de4b642b4u},
    {"u8s8s32_indirect_6x8x64_x86_avx512vnni", 0x0fc1c0cd9d91d5a4u},
    {"u8s8s32_12x32x4_x86_avx512vnni", 0xdd0f988592960cb3u},
    {"u8s8s32_indirect_6x32x4_x86_avx512vnni", 0x837106879d5ff0fdu},
    {"u8s8s32_indirect_6x8x32_x86_avxvnni", 0x8d0b243db925365au},
    {"u8s8s32_6x16x4_x86_avxvnni", 0x420dc8961d80f735u},
    {"u8s8s32_indirect_6x16x4_x86_avxvnni", 0x3904ef32fd9785f5u},
    {"u8s8s32_6x16x4_x86_avx2", 0x2e74754aa4e29876u},
    {"s8s8s32_6x16x2_x86_avx2", 0xc56f7301dfa596beu},
    {"u8s8s32_indirect_6x16x4_x86_avx2", 0xae9979e95ff2210au},
    {"s8s8s32_indirect_6x8x16_x86_avx2", 0xf9426d93094b5165u},
    {"s8s8s32_indirect_6x16x2_x86_avx2", 0x89190c65f22c0a36u},
    {"s8s8s32_8x8x8_arm_i8mm", 0xe7c7051d7f98dbb7u},
    {"s8s8s32_indirect_4x8x8_arm_i8mm", 0xd8bbbc634ec811e7u},
    {"s8s8s32_8x12x4_arm_dotprod", 0x548570f3960dd333u},
    {"s8s8s32_indirect_4x12x4_arm_dotprod", 0x9c04bfefc2771a6eu},
    {"s8s8s32_pairs_4x4x16_arm_neon", 0x62c7ccddfa4012efu},
    {"s8s8s32_4x4x16_arm_neon", 0x3ed653cf038ca689u},
    {"s8s8s32_pairs_indirect_4x4x16_arm_neon", 0x8efea6efe6efe06bu},
    {"s8s8s32_indirect_4x4x16_arm_neon", 0x26e95ea2510505c2u},
    {"s8s8s32_pairs_2x4x16_armv7_neon", 0x6f86a4c01d247e4u},
    {"s8s8s32_2x4x16_armv7_neon", 0xc9eb180ff4cd25e8u},
    {"s8s8s32_indirect_16x4x16_cortexm_mve", 0xf522675896bebd21u},
    {"s8s8s32_indirect_2x4x4_cortexm_dsp", 0x79026048f7c00db4u},
    {"s8s8s32_indirect_4x8x2_portable", 0x8fcaf0e87823456au},
    {"s8s8s32_4x8x2_portable", 0x7ac48514bd8fe23eu},
};

TEST_CASE("packed files: for each kernel the same bytes from the builds of all architectures") {
  const TierContext any(Isa::any);
  const KernelList described = described_kernels();
  for (std::size_t i = 0; i < described.count; ++i) {
    const Kernel& kernel = *described.kernels[i];
    const KernelContext context(runs_here(kernel) ? kernel.name : nullptr);
    std::uint64_t sum = kChecksumStart;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      Random random(seed), again(seed);
      const Subject subject(random, any.get(), kernel.weights);
      const File file = packed_file(subject.get(), kernel.name);
      if (runs_here(kernel)) {  // and what its own packing has made becomes these bytes
        const Subject own(again, context.get(), kernel.weights);
        CHECK(same_bytes(*packed_file(own.get(), nullptr), *file));
      }
      PackedHeader header = header_of(*file);
      header.library = 0, header.front_checksum = 0;  // the only ones that a new version changes
      sum = checksum(sum, reinterpret_cast<const std::uint8_t*>(&header), sizeof header);
      sum = checksum(sum, file->data() + sizeof header, file->size() - sizeof header);
    }
    const auto expected = kSums.find(kernel.name);
    INFO(kernel.name << ", 0x" << std::hex << sum << "u");
    CHECK((expected != kSums.end() && expected->second == sum));
  }
}

TEST_CASE("packed files: what a file says of itself, and an operator of it is the one that was saved") {
  Random random(test_seed() + 74);
  const TierContext context(Isa::any);
  const Subject subject(random, context.get(), Weights::any);
  const File file = packed_file(subject.get(), nullptr);
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  REQUIRE(ottava_packed_query(file->data(), file->size(), &info, nullptr) == OTTAVA_OK);
  const ContractionPlan& plan = subject.get()->op.plan;
  CHECK(info.format == OTTAVA_PACKED_FORMAT);
  CHECK(info.library == OTTAVA_VERSION_MINOR * 256 + OTTAVA_VERSION_PATCH);
  CHECK(info.operator_kind == OTTAVA_PACKED_MATMUL);
  CHECK(info.tier == static_cast<std::uint32_t>(plan.routes.kernel->isa));
  CHECK(info.tile_n == plan.nr);
  CHECK(info.tile_k == plan.routes.many.tile.kr);
  CHECK(info.bytes == file->size());
  CHECK(info.n == static_cast<std::int64_t>(plan.n));
  CHECK(info.k == static_cast<std::int64_t>(plan.k));
  CHECK(std::string(info.kernel) == plan.routes.kernel->name);

  ottava_matmul* loaded = nullptr;
  REQUIRE(ottava_matmul_load(context.get(), file->data(), file->size(), 0, &loaded, nullptr) == OTTAVA_OK);
  for (const std::int64_t m : {0, 1, 5, 1000}) {
    ottava_matmul_info before = OTTAVA_MATMUL_INFO_INIT, after = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(subject.get(), m, &before, nullptr) == OTTAVA_OK);
    REQUIRE(ottava_matmul_query(loaded, m, &after, nullptr) == OTTAVA_OK);
    std::memset(before.reason, 0, sizeof before.reason);  // why: because the file asks for it
    std::memset(after.reason, 0, sizeof after.reason);
    CHECK(std::memcmp(&before, &after, sizeof before) == 0);
  }
  ottava_matmul_destroy(loaded);
}

TEST_CASE("packed files: loading one in place looks at nothing of its weights") {
  Random random(test_seed() + 75);
  for (const Kernel* kernel : runnable_kernels()) {
    const TierContext context(kernel->isa);
    const Subject subject(random, context.get(), Weights::any);
    const File file = packed_file(subject.get(), nullptr);
    // Where they should begin no access survives.
    const std::size_t front_bytes = static_cast<std::size_t>(header_of(*file).weights_from);
    GuardedBuffer front(front_bytes, Side::upper, 64);
    std::memcpy(front.data(), file->data(), front_bytes);
    front.make_read_only();
    ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
    CHECK(ottava_packed_query(front.data(), file->size(), &info, nullptr) == OTTAVA_OK);
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_load(context.get(), front.data(), file->size(), 0, &matmul, nullptr) == OTTAVA_OK);
    ottava_matmul_destroy(matmul);
  }
}
