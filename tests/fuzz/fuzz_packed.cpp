// Packed files from random bytes: an operator of any kind is saved for some kernel, its file damaged and perhaps sealed
// again, so that the checksums say nothing. It is refused with words, or it runs within its bytes. An undamaged one
// gives the results of the operator that was saved.
#include <algorithm>
#include <memory>

#include "contraction/packed_file.h"
#include "handles.h"
#include "layer_subject.h"
#include "support/layer_loading.h"

namespace fuzz {
namespace {

constexpr std::int64_t kMostRows = 40;

// A file at an aligned address.
class File {
 public:
  explicit File(Bytes& bytes) : bytes_(bytes), context_(context_of(bytes)) {}

 protected:
  void place(std::uint64_t size) {
    memory_ = std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(size) + 64);
    size_ = static_cast<std::size_t>(size);
    file_ = memory_.get() + (64 - reinterpret_cast<std::uintptr_t>(memory_.get()) % 64) % 64;
  }

  // True if the bytes, or how many there are, may differ. What is left of a shorter file has no byte behind it that
  // the sanitizer would let pass.
  bool damage() {
    if (bytes_.chance(4)) return false;
    const bool sealed = !bytes_.chance(4);
    const std::int64_t count = bytes_.between(1, 6);
    for (std::int64_t i = 0; i < count && size_ != 0; ++i) {
      const std::size_t front = std::min<std::size_t>(size_, 600);
      const std::size_t at = static_cast<std::size_t>(bytes_.bits(2)) % (bytes_.chance(3) ? size_ : front);
      const bool word = bytes_.chance(2) && at / 8 * 8 + 8 <= size_;
      if (word) {
        const std::int64_t value = bytes_.odd();
        std::memcpy(file_ + at / 8 * 8, &value, sizeof value);
      } else {
        file_[at] = static_cast<std::uint8_t>(bytes_.bits(1));
      }
    }
    const std::size_t weights = static_cast<std::size_t>(header().weights_from);
    if (sealed && weights >= sizeof(ottava::PackedHeader) && weights % 8 == 0 && weights <= size_ &&
        header().bytes >= weights && header().bytes <= size_ && header().bytes % 8 == 0) {
      ottava::seal_packed(file_);
    }
    if (bytes_.chance(5)) {
      const std::size_t shorter = static_cast<std::size_t>(bytes_.bits(2)) % size_;
      auto cut = std::make_unique<std::uint8_t[]>(shorter + 64);
      std::uint8_t* const at = cut.get() + (64 - reinterpret_cast<std::uintptr_t>(cut.get()) % 64) % 64;
      std::memcpy(at, file_, shorter);
      memory_ = std::move(cut), file_ = at, size_ = shorter;
    }
    return true;
  }
  const ottava::PackedHeader& header() const { return *reinterpret_cast<const ottava::PackedHeader*>(file_); }

  Bytes& bytes_;
  const ottava_context* context_;
  std::uint8_t* file_ = nullptr;
  std::size_t size_ = 0;

 private:
  std::unique_ptr<std::uint8_t[]> memory_;
};

class PackedMatmul : File {
 public:
  explicit PackedMatmul(Bytes& bytes) : File(bytes) {}

  void check() {
    ottava_matmul_desc desc = draw_desc();
    ottava_matmul* made = create(desc);
    if (made == nullptr) return;
    if (save(made)) {
      const bool damaged = damage();
      load(made, damaged);
    }
    ottava_matmul_destroy(made);
  }

 private:
  ottava_matmul_desc draw_desc() {
    ottava_matmul_desc d = OTTAVA_MATMUL_DESC_INIT;
    d.n = bytes_.between(0, 40), d.k = bytes_.between(0, 40);
    d.lhs_type = bytes_.below(2) + 1, d.rhs_type = bytes_.below(2) + 1;
    if (bytes_.chance(3)) d.flags |= OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS;
    if (bytes_.chance(4)) d.flags |= OTTAVA_MATMUL_LHS_ROW_SCALES;
    d.lhs_scale = 0.01f;
    return d;
  }

  ottava_matmul* create(const ottava_matmul_desc& d) {
    const std::uint64_t seed = bytes_.bits(4);
    for (std::int64_t i = 0; i < d.n * d.k; ++i) {
      const std::uint64_t word = (seed + 1) * 0x9E3779B97F4A7C15u * static_cast<std::uint64_t>(i + 1) >> 40;
      weights_.push_back(static_cast<std::uint8_t>(draw_element(word, OTTAVA_TYPE_U8)));
    }
    for (std::int64_t n = 0; n < d.n; ++n) {
      zeros_.push_back(static_cast<std::int32_t>((seed >> n % 20) & 127));
      bias_.push_back(static_cast<std::int32_t>(n * 99 - 500));
    }
    ottava_output output = OTTAVA_OUTPUT_INIT;
    const std::uint32_t types[] = {OTTAVA_TYPE_S8, OTTAVA_TYPE_U8, OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32};
    output.type = bytes_.pick(types);
    output.requantization = output.type == OTTAVA_TYPE_F32 ? 0 : bytes_.below(13);
    output.scale = bytes_.chance(2) ? 0.3f : 0.25f;
    output.bias = bytes_.chance(2) ? bias_.data() : nullptr;
    std::uint8_t table[256] = {};
    if (bytes_.chance(4)) output.activation = OTTAVA_ACTIVATION_TABLE, output.table = table;
    ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
    constants.rhs = weights_.data();
    if (bytes_.chance(2)) constants.rhs_zero_points = zeros_.data();
    ottava_matmul* made = nullptr;
    ottava_error error = OTTAVA_ERROR_INIT;
    check_words(ottava_matmul_create(context_, &d, &output, &constants, &made, &error), error);
    return made;
  }

  bool save(const ottava_matmul* made) {
    const char* const kernels[] = {nullptr,       "portable", "x86_avx2", "x86_avx512vnni",
                                   "x86_avxvnni", "x86_amx",  "arm_neon", "s8s8s32_4x8x2_portable",
                                   "arm_i8mm"};
    const char* const kernel = bytes_.pick(kernels);
    std::uint64_t size = 0;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_save_size(made, kernel, &size, &error);
    check_words(status, error);
    if (status != OTTAVA_OK) return false;
    place(size);
    require(ottava_matmul_save(made, kernel, file_, size, &error) == OTTAVA_OK,
            "a file whose size is known is refused");
    require(ottava_packed_verify(file_, size, &error) == OTTAVA_OK, "a file that was just written is refused");
    return true;
  }

  void load(const ottava_matmul* made, bool damaged) {
    const std::vector<std::uint8_t> before(file_, file_ + size_);
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
    const ottava_status described = ottava_packed_query(file_, size_, &info, &error);
    check_words(described, error);
    check_words(ottava_packed_verify(file_, size_, &error), error);
    require(damaged || described == OTTAVA_OK, "a sound file is refused");
    for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
      std::uint64_t needed = 0;
      const ottava_status sized = ottava_matmul_load_size(context_, file_, size_, flags, &needed, &error);
      check_words(sized, error);
      ottava_matmul* loaded = nullptr;
      const ottava_status status = ottava_matmul_load(context_, file_, size_, flags, &loaded, &error);
      check_words(status, error);
      require((status == OTTAVA_OK) == (loaded != nullptr), "a handle without an operator, or the other way round");
      require(sized == status || status == OTTAVA_OUT_OF_MEMORY, "loading and the query of its size differ");
      require(described == OTTAVA_OK || status != OTTAVA_OK, "a file is loaded that cannot be described");
      require(damaged || status == OTTAVA_OK || (flags == 0 && status == OTTAVA_UNSUPPORTED),
              "a sound file is refused");
      if (loaded == nullptr) continue;
      const std::int64_t rows = bytes_.between(0, kMostRows);
      const std::vector<std::uint8_t> results = run(loaded, info, rows);
      require(damaged || results == run(made, info, rows), "other results than those of the operator that was saved");
      ottava_matmul_destroy(loaded);
    }
    require(before == std::vector<std::uint8_t>(file_, file_ + size_), "a file is written");
  }

  std::vector<std::uint8_t> run(const ottava_matmul* matmul, const ottava_packed_info& info, std::int64_t rows) {
    if (info.n > kMostElements || info.k > kMostElements || rows * info.n > kMostElements ||
        rows * info.k > kMostElements || rows * info.n * info.k > kMostProducts) {
      return {};
    }
    const std::vector<std::uint8_t> lhs(static_cast<std::size_t>(rows * info.k) * 4 + 1, 0x3c);
    std::vector<std::uint8_t> second(static_cast<std::size_t>(rows * info.n) * 4 + 1, 7);
    std::vector<std::uint8_t> dst(static_cast<std::size_t>(rows * info.n) * 4 + 1);
    const std::vector<float> scales(static_cast<std::size_t>(rows), 0.02f);
    const std::vector<std::int32_t> zeros(static_cast<std::size_t>(rows), 3);
    ottava_error error = OTTAVA_ERROR_INIT;
    // What the operator wants beside its operands follows from a file that may be any.
    for (int which = 0; which < 8; ++which) {
      ottava_matmul_run_desc r = OTTAVA_MATMUL_RUN_DESC_INIT;
      ottava_matmul_operands o = OTTAVA_MATMUL_OPERANDS_INIT;
      r.m = rows;
      o.lhs = lhs.data(), o.dst = dst.data();
      if ((which & 1) != 0) o.lhs_scales = scales.data();
      if ((which & 2) != 0) o.lhs_zero_points = zeros.data();
      if ((which & 4) != 0) o.second = second.data();
      const ottava_status status = ottava_matmul_execute(matmul, &r, &o, &error);
      check_words(status, error);
      if (status == OTTAVA_OK) return dst;
    }
    return {};
  }

  std::vector<std::uint8_t> weights_;
  std::vector<std::int32_t> zeros_, bias_;
};

class PackedLayer : File {
 public:
  explicit PackedLayer(Bytes& bytes) : File(bytes) {}

  void check() {
    const std::unique_ptr<Subject> subject = draw_subject(bytes_);
    ottava_layer* made = nullptr;
    ottava_error error = OTTAVA_ERROR_INIT;
    if (!subject->has_arrays || subject->create(context_, &made, &error) != OTTAVA_OK) return;
    if (save(made)) {
      const bool damaged = damage();
      load(made, damaged);
    }
    ottava_layer_destroy(made);
  }

 private:
  bool save(const ottava_layer* made) {
    const char* const kernels[] = {nullptr,
                                   nullptr,
                                   "portable",
                                   "x86_avx2",
                                   "x86_avx512vnni",
                                   "x86_amx",
                                   "arm_neon",
                                   "s8s8s32_4x8x2_portable",
                                   "depthwise_any_portable"};
    const char* const kernel = bytes_.pick(kernels);
    std::uint64_t size = 0;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_layer_save_size(made, kernel, &size, &error);
    check_words(status, error);
    require(status == OTTAVA_OK || kernel != nullptr, "a layer has no file for its own kernel");
    if (status != OTTAVA_OK || size > kMostBytes) return false;
    place(size);
    require(ottava_layer_save(made, kernel, file_, size, &error) == OTTAVA_OK, "a file whose size is known is refused");
    if (ottava_packed_verify(file_, size, &error) != OTTAVA_OK) {
      fail(std::string("a file that was just written is refused: ") + error.message);
    }
    return true;
  }

  void load(const ottava_layer* made, bool damaged) {
    const std::vector<std::uint8_t> before(file_, file_ + size_);
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
    const ottava_status described = ottava_packed_query(file_, size_, &info, &error);
    check_words(described, error);
    require(damaged || described == OTTAVA_OK, "a sound file is refused");
    for (std::uint32_t kind = OTTAVA_PACKED_CONV2D; kind <= OTTAVA_PACKED_ADD; ++kind) {
      for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
        const ottava::LayerLoading loading = ottava::loading_of(kind);
        std::uint64_t needed = 0;
        const ottava_status sized = loading.size(context_, file_, size_, flags, &needed, &error);
        check_words(sized, error);
        ottava_layer* loaded = nullptr;
        const ottava_status status = loading.load(context_, file_, size_, flags, &loaded, &error);
        check_words(status, error);
        require((status == OTTAVA_OK) == (loaded != nullptr), "a handle without a layer, or the other way round");
        require(sized == status || status == OTTAVA_OUT_OF_MEMORY, "loading and the query of its size differ");
        const bool described_so = described == OTTAVA_OK && info.operator_kind == kind;
        require(status != OTTAVA_OK || described_so, "a file is loaded that is described otherwise");
        require(damaged || !described_so || status == OTTAVA_OK || (flags == 0 && status == OTTAVA_UNSUPPORTED),
                "a sound file is refused");
        if (loaded == nullptr) continue;
        const std::int64_t height = bytes_.between(0, 9), width = bytes_.between(0, 9);
        const std::vector<std::uint8_t> results = run(loaded, info, height, width);
        require(damaged || results == run(made, info, height, width), "other results than those of the layer saved");
        ottava_layer_destroy(loaded);
      }
    }
    require(before == std::vector<std::uint8_t>(file_, file_ + size_), "a file is written");
  }

  std::vector<std::uint8_t> run(const ottava_layer* handle, const ottava_packed_info& info, std::int64_t height,
                                std::int64_t width) {
    const ottava::Layer& layer = *handle->layer;
    ottava_layer_run_desc r = OTTAVA_LAYER_RUN_DESC_INIT;
    r.height = height, r.width = width;
    ottava_layer_info asked = OTTAVA_LAYER_INFO_INIT;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_layer_query(handle, &r, &asked, &error);
    check_words(status, error);
    if (status != OTTAVA_OK) return {};
    const Wide in = Wide{height} * width * static_cast<std::int64_t>(layer.input_channels);
    const Wide out = Wide{asked.output_height} * asked.output_width * asked.output_channels;
    const Wide taps = layer.kind == ottava::PackedKind::pool2d ? Wide{layer.window.taps()} * height * width : 1;
    if (in > kMostElements || out > kMostElements || out * (info.k + 1) * taps > kMostProducts) return {};
    const std::vector<std::uint8_t> input(static_cast<std::size_t>(in) + 1, 0x3c);
    const std::vector<std::uint8_t> second(static_cast<std::size_t>(out) + 1, 7);
    std::vector<std::uint8_t> output(static_cast<std::size_t>(out) * layer.output_element_bytes + 1);
    ottava_layer_operands o = OTTAVA_LAYER_OPERANDS_INIT;
    o.input = input.data(), o.output = output.data();
    o.second = layer.takes_second ? second.data() : nullptr;
    check_words(ottava_layer_run(handle, &r, &o, &error), error);
    return output;
  }
};

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  if (bytes.chance(2)) {
    fuzz::PackedLayer(bytes).check();
  } else {
    fuzz::PackedMatmul(bytes).check();
  }
  return 0;
}
