// Matmuls from random bytes: a descriptor, a query, a run with everything that may vary. What the library accepts has
// the oracle's bits; what it refuses leaves every byte as it was, and says why.
#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>

#include "fuzz.h"
#include "oracle/quantize.h"

namespace fuzz {
namespace {

using Wide = __int128;  // in which no product of sizes overflows

// Where the elements of the matrices of a batch lie: lines of elements side by side, at equal steps.
struct Layout {
  bool by_row = true;
  Wide rows = 0, columns = 0, stride = 0, batches = 1, batch_stride = 0, element = 1;

  Wide lines() const { return by_row ? rows : columns; }
  Wide length() const { return by_row ? columns : rows; }
  Wide step() const { return stride != 0 ? stride : length(); }
  bool empty() const { return rows <= 0 || columns <= 0 || batches <= 0; }
  // Elements before and behind the first one of the first matrix.
  Wide before() const { return empty() ? 0 : reach(step(), lines(), true) + reach(batch_stride, batches, true); }
  Wide behind() const {
    return empty() ? 0 : reach(step(), lines(), false) + reach(batch_stride, batches, false) + length();
  }
  bool is_small() const {
    const auto fits = [](Wide value) { return value >= -kMostElements && value <= kMostElements; };
    return fits(rows) && fits(columns) && fits(batches) && fits(stride) && fits(batch_stride) &&
           (empty() || (fits(before()) && fits(behind())));
  }
  std::size_t at(std::int64_t batch, std::int64_t row, std::int64_t column) const {
    const Wide line = by_row ? row : column, along = by_row ? column : row;
    return static_cast<std::size_t>((before() + batch * batch_stride + line * step() + along) * element);
  }

 private:
  static Wide reach(Wide step, Wide count, bool down) {
    return (down ? -step : step) > 0 ? (down ? -step : step) * (count - 1) : 0;
  }
};

// Bytes behind a layout, and pointers to each matrix.
struct Block {
  std::vector<std::uint8_t> bytes;
  std::uint8_t* first = nullptr;
  std::vector<void*> pointers;

  void make(const Layout& layout, std::uint64_t seed) {
    bytes.resize(static_cast<std::size_t>((layout.before() + layout.behind()) * layout.element));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(draw_element((seed + 1) * 0x9E3779B97F4A7C15u * (i + 1) >> 40, 2));
    }
    const std::size_t start = static_cast<std::size_t>(layout.before() * layout.element);
    first = bytes.data() + start;
    for (std::int64_t batch = 0; batch < layout.batches; ++batch) {
      const Wide step = layout.empty() ? 0 : layout.batch_stride * layout.element;
      pointers.push_back(first + static_cast<std::ptrdiff_t>(batch * step));
    }
  }
};

std::int64_t value_of(const std::uint8_t* at, std::uint32_t type) {
  return type == OTTAVA_TYPE_S8 ? static_cast<std::int64_t>(static_cast<std::int8_t>(*at)) : *at;
}

ottava_matmul_desc draw_desc(Bytes& bytes) {
  ottava_matmul_desc d = OTTAVA_MATMUL_DESC_INIT;
  d.n = bytes.between(0, bytes.chance(4) ? 70 : 20), d.k = bytes.between(0, bytes.chance(4) ? 70 : 20);
  d.flags = bytes.chance(2) ? bytes.below(32) : 0;
  if (bytes.chance(4)) d.max_m = bytes.between(0, 20);
  d.lhs_order = bytes.below(2), d.rhs_order = bytes.below(2), d.dst_order = bytes.below(2);
  if (bytes.chance(4)) d.rhs_stride = bytes.between(-80, 80);
  d.lhs_type = bytes.below(2) + 1, d.rhs_type = bytes.below(2) + 1;
  d.lhs_zero_point = static_cast<std::int32_t>(draw_element(bytes.bits(2), d.lhs_type));
  if (bytes.chance(4)) {
    d.lhs_quantization = bytes.below(7) + 1;
    if (bytes.chance(2)) d.lhs_quantized_type = d.lhs_type;
    d.lhs_type = OTTAVA_TYPE_F32;
  }
  if (bytes.chance(2)) d.rhs_zero_point = static_cast<std::int32_t>(draw_element(bytes.bits(2), d.rhs_type));
  const float scales[] = {1.0f, 0.5f, 0.031f, 3e-20f, 2e30f};
  d.lhs_scale = bytes.pick(scales), d.rhs_scale = bytes.pick(scales);
  harm(bytes, &d, sizeof d);
  return d;
}

class Matmul {
 public:
  explicit Matmul(Bytes& bytes)
      : bytes_(bytes),
        desc_(draw_desc(bytes)),
        output_(bytes, desc_->n),
        constants_(OTTAVA_MATMUL_CONSTANTS_INIT),
        run_(OTTAVA_MATMUL_RUN_DESC_INIT),
        operands_(OTTAVA_MATMUL_OPERANDS_INIT) {
    const ottava_matmul_desc& d = desc_.value;
    left_ = (d.flags & OTTAVA_MATMUL_WEIGHTS_LEFT) != 0;
    rhs_at_run_ = (d.flags & OTTAVA_MATMUL_RUNTIME_RHS) != 0;
    has_channels_ = d.n >= 0 && d.n <= kMostElements;
    weights_layout_ = layout(d.k, d.n, d.rhs_order, d.rhs_stride);
    has_weights_ = rhs_at_run_ || weights_layout_.is_small();
    const std::uint64_t seed = bytes.bits(4);
    if (has_weights_ && !rhs_at_run_) {
      weights_.make(weights_layout_, seed);
      constants_->rhs = weights_.first;
      if (bytes.chance(40)) constants_->rhs = nullptr;
    }
    const bool own_scales = bytes.chance(3), own_zeros = bytes.chance(3);
    for (std::int64_t n = 0; has_channels_ && n < d.n; ++n) {
      scales_.push_back(own_scales ? d.rhs_scale * static_cast<float>(n % 7 + 1) / 4.0f : d.rhs_scale);
      const std::uint64_t word = seed * static_cast<std::uint64_t>(n + 3);
      zeros_.push_back(own_zeros ? static_cast<std::int32_t>(draw_element(word >> 7, d.rhs_type)) : d.rhs_zero_point);
    }
    if (own_scales && has_channels_) constants_->rhs_scales = scales_.data();
    if (own_zeros && has_channels_) constants_->rhs_zero_points = zeros_.data();
  }

  void check() {
    const ottava_context* const context = context_of(bytes_);
    ottava_error error = OTTAVA_ERROR_INIT;
    std::uint64_t size = 77;
    const ottava_status sized = ottava_matmul_size(context, &desc_.value, &output_.numbers.value, &size, &error);
    check_words(sized, error);
    require(sized == OTTAVA_OK || size == 77, "a refused query of the size has written it");
    std::vector<std::uint8_t> memory;
    const bool placed = bytes_.chance(3) && sized == OTTAVA_OK && size <= kMostBytes;
    if (placed) memory.resize(static_cast<std::size_t>(size) + 3);
    const ottava_status made =
        placed
            ? ottava_matmul_init_at(memory.data() + bytes_.below(4), size, context, &desc_.value,
                                    &output_.numbers.value, &constants_.value, &matmul_, &error)
            : ottava_matmul_create(context, &desc_.value, &output_.numbers.value, &constants_.value, &matmul_, &error);
    check_words(made, error);
    require((made == OTTAVA_OK) == (matmul_ != nullptr), "a handle without an operator, or an operator without one");
    require(sized == OTTAVA_OK || made == sized, "creation and the query of the size differ");
    if (made != OTTAVA_OK) return;
    require(has_weights_ || desc_->n == 0 || desc_->k == 0, "an operator is made of no weights");
    if (has_channels_ && has_weights_) run();
    ottava_matmul_destroy(matmul_);
  }

 private:
  // A matrix of the product as a caller has it, whose order and sizes change places with the weights on the left.
  Layout layout(std::int64_t rows, std::int64_t columns, std::uint32_t order, std::int64_t stride,
                std::int64_t element = 1) const {
    Layout made;
    made.by_row = (order == OTTAVA_ORDER_ROW) != left_;
    made.rows = rows, made.columns = columns, made.stride = stride, made.element = element;
    return made;
  }

  // The run's, as far as its structure reaches; they may be more than the operator takes.
  void settle_sizes() {
    const std::size_t bytes = run_->struct_size;
    n_ = run_->n != 0 && bytes > offsetof(ottava_matmul_run_desc, n) ? run_->n : desc_->n;
    k_ = run_->k != 0 && bytes > offsetof(ottava_matmul_run_desc, k) ? run_->k : desc_->k;
  }

  void draw_run() {
    ottava_matmul_run_desc& r = run_.value;
    r.m = bytes_.between(0, 12);
    if (rhs_at_run_ ? bytes_.chance(3) : bytes_.chance(30)) r.n = bytes_.between(0, 20), r.k = bytes_.between(0, 20);
    settle_sizes();
    const auto stride = [&](Wide length) {
      const std::int64_t extra = static_cast<std::int64_t>(length) + bytes_.between(0, 5);
      return bytes_.chance(4) ? -extra : extra;
    };
    const ottava_matmul_desc& d = desc_.value;
    if (bytes_.chance(3)) r.lhs_stride = stride(layout(r.m, k_, d.lhs_order, 0).length());
    if (bytes_.chance(3)) r.dst_stride = stride(layout(r.m, n_, d.dst_order, 0).length());
    if (rhs_at_run_ && bytes_.chance(3)) r.rhs_stride = stride(layout(k_, n_, d.rhs_order, 0).length());
    if (output_.adds() && bytes_.chance(3)) r.second_stride = stride(layout(r.m, n_, d.dst_order, 0).length());
    if (bytes_.chance(3)) {
      const std::int64_t dense = r.m * std::min<std::int64_t>(n_, 100);
      r.batches = bytes_.between(0, 3);
      r.dst_batch_stride = bytes_.chance(4) ? bytes_.between(-90, 90) : dense + 12 * std::abs(r.dst_stride);
      if (bytes_.chance(2)) r.lhs_batch_stride = bytes_.between(-100, 100);
      if (rhs_at_run_ && bytes_.chance(2)) r.rhs_batch_stride = bytes_.between(-100, 100);
      if (output_.adds() && bytes_.chance(2)) r.second_batch_stride = bytes_.between(-100, 100);
    }
    if (bytes_.chance(3)) r.first_row = bytes_.between(0, 6), r.rows = bytes_.between(0, 6);
    if (bytes_.chance(3)) r.first_column = 16 * bytes_.between(0, 3), r.columns = bytes_.between(0, 20);
    if (bytes_.chance(4)) r.flags = OTTAVA_RUN_ACCUMULATE;
    harm(bytes_, &r, sizeof r);
    settle_sizes();
    if (bytes_.chance(30)) operands_->reserved = bytes_.below(2);
    if (bytes_.chance(30)) operands_->struct_size = static_cast<std::uint32_t>(bytes_.odd());
  }

  void run() {
    draw_run();
    const ottava_matmul_desc& d = desc_.value;
    const ottava_matmul_run_desc& r = run_.value;
    lhs_ = layout(r.m, k_, d.lhs_order, r.lhs_stride, d.lhs_type == OTTAVA_TYPE_F32 ? 4 : 1);
    rhs_ = rhs_at_run_ ? layout(k_, n_, d.rhs_order, r.rhs_stride) : weights_layout_;
    dst_ = layout(r.m, n_, d.dst_order, r.dst_stride, bytes_of(output_.numbers->type));
    second_ = layout(r.m, n_, d.dst_order, r.second_stride);
    lhs_.batches = dst_.batches = second_.batches = r.batches;
    lhs_.batch_stride = r.lhs_batch_stride, dst_.batch_stride = r.dst_batch_stride;
    second_.batch_stride = r.second_batch_stride;
    if (rhs_at_run_) rhs_.batches = r.batches, rhs_.batch_stride = r.rhs_batch_stride;

    ottava_error error = OTTAVA_ERROR_INIT;
    std::uint64_t workspace = 77;
    const ottava_status measured = ottava_matmul_workspace(matmul_, &r, &workspace, &error);
    check_words(measured, error);
    require(measured == OTTAVA_OK || workspace == 77, "a refused query of the workspace has written it");
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    check_words(ottava_matmul_query(matmul_, r.m, &info, &error), error);
    const bool small = lhs_.is_small() && rhs_.is_small() && dst_.is_small() && second_.is_small() && r.m >= 0 &&
                       r.batches >= 0 && r.m * r.batches <= kMostElements;
    if (!small || r.m * r.batches * n_ * std::max<std::int64_t>(k_, 1) > kMostProducts ||
        (measured == OTTAVA_OK && workspace > kMostBytes)) {
      const ottava_status status = ottava_matmul_execute(matmul_, &r, &operands_.value, &error);
      check_words(status, error);
      const bool empty = r.m == 0 || n_ == 0 || r.batches == 0 || r.rows == 0 || r.columns == 0 || r.first_row == r.m ||
                         r.first_column == n_;
      require(status != OTTAVA_OK || empty, "a run without memory is accepted");
      require(status != OTTAVA_OK || measured == OTTAVA_OK, "a run is accepted whose workspace is not known");
      return;
    }
    // What is enough for the operator's sizes is for those of the run.
    ottava_matmul_run_desc largest = r;
    largest.struct_size = sizeof largest;
    largest.n = largest.k = largest.lhs_stride = largest.rhs_stride = largest.dst_stride = largest.second_stride = 0;
    std::uint64_t most = 0;
    if (measured == OTTAVA_OK && bytes_.chance(4) &&
        ottava_matmul_workspace(matmul_, &largest, &most, &error) == OTTAVA_OK && most <= kMostBytes) {
      workspace = most;
    }
    execute(measured == OTTAVA_OK ? workspace : 0);
  }

  void execute(std::uint64_t workspace_bytes) {
    const ottava_matmul_desc& d = desc_.value;
    const ottava_matmul_run_desc& r = run_.value;
    const std::uint64_t seed = bytes_.bits(4);
    Block lhs, rhs, dst, second;
    lhs.make(lhs_, seed);
    if (rhs_at_run_) rhs.make(rhs_, seed + 1);
    dst.make(dst_, seed + 2);
    if (output_.adds()) second.make(second_, seed + 3);
    if (d.lhs_type == OTTAVA_TYPE_F32) make_floats(&lhs.bytes, seed);
    ottava_matmul_operands& o = operands_.value;
    const auto place = [this](const Block& block, const auto** first, const void* const** matrices) {
      if (bytes_.chance(4))
        *matrices = block.pointers.data();
      else
        *first = block.first;
    };
    place(lhs, &o.lhs, &o.lhs_matrices);
    if (rhs_at_run_ != bytes_.chance(40)) place(rhs, &o.rhs, &o.rhs_matrices);
    const bool in_array = bytes_.chance(4);
    if (in_array)
      o.dst_matrices = dst.pointers.data();
    else
      o.dst = dst.first;
    if (output_.adds() != bytes_.chance(40)) place(second, &o.second, &o.second_matrices);
    const bool row_scales = (d.flags & OTTAVA_MATMUL_LHS_ROW_SCALES) != 0;
    const bool row_zeros = (d.flags & OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS) != 0;
    std::vector<float> scales;
    std::vector<std::int32_t> zeros;
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(r.m * r.batches); ++i) {
      const std::uint64_t word = (seed + 5) * 0x9E3779B97F4A7C15u * (i + 1) >> 40;
      scales.push_back(static_cast<float>(word % 4000 + 1) / 170000.0f);
      zeros.push_back(static_cast<std::int32_t>(draw_element(word, d.lhs_type)));
    }
    if (row_scales != bytes_.chance(40)) o.lhs_scales = scales.data();
    if (row_zeros != bytes_.chance(40)) o.lhs_zero_points = zeros.data();
    std::uint64_t saturated[2] = {7, 8};
    if (bytes_.chance(3)) o.saturated = saturated;
    std::vector<std::uint8_t> workspace;
    bool too_small = false;
    if (bytes_.chance(2)) {
      too_small = bytes_.chance(4) && workspace_bytes > 0;
      workspace.resize(static_cast<std::size_t>(workspace_bytes) - (too_small ? 1 : 0));
      o.workspace_bytes = workspace.size();
      workspace.push_back(0x5a);  // never null
      o.workspace = workspace.data();
    }
    const std::vector<std::uint8_t> before = dst.bytes;
    ottava_error error = OTTAVA_ERROR_INIT;
    const ottava_status status = ottava_matmul_execute(matmul_, &r, &o, &error);
    check_words(status, error);
    require(workspace.empty() || workspace.back() == 0x5a, "a byte beyond the workspace is written");
    const bool told = !workspace.empty() && !too_small && workspace_bytes != 0;
    require(status != OTTAVA_BAD_MEMORY || !told, "a workspace of the size that was told is refused");
    if (status != OTTAVA_OK) {
      require(dst.bytes == before, "a refused run has written its dst");
      require(saturated[0] == 7 && saturated[1] == 8, "a refused run has counted");
      return;
    }
    require(rhs_at_run_ ? n_ <= d.n && k_ <= d.k : n_ == d.n && k_ == d.k, "sizes are accepted that are not there");
    if (!output_.has_oracle()) return;
    std::vector<std::uint8_t> expected = before;
    oracle::Counts counts;
    for (std::int64_t batch = 0; batch < r.batches; ++batch) {
      oracle::Rows rows;
      const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(batch * r.m);
      if (row_scales)
        rows.scales.assign(scales.begin() + from, scales.begin() + from + static_cast<std::ptrdiff_t>(r.m));
      if (row_zeros)
        rows.zero_points.assign(zeros.begin() + from, zeros.begin() + from + static_cast<std::ptrdiff_t>(r.m));
      expect(batch, lhs, rhs_at_run_ ? rhs : weights_, second, before, rows, &expected, &counts);
    }
    require(dst.bytes == expected, "dst is not the oracle's, or something beside it is written");
    if (o.saturated == nullptr) return;
    require(saturated[0] == counts.below && saturated[1] == counts.above, "other counts of saturated elements");
  }

  void make_floats(std::vector<std::uint8_t>* bytes, std::uint64_t seed) const {
    for (std::size_t i = 0; i + 4 <= bytes->size(); i += 4) {
      const std::uint64_t word = (seed + 9) * 0x9E3779B97F4A7C15u * (i + 1) >> 40;
      const float odd[] = {
          0.0f, -0.0f, 1e-41f, 3e38f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()};
      const float value = word % 60 == 0 ? odd[word / 60 % 6] : (static_cast<float>(word % 8000) - 4000.0f) / 512.0f;
      std::memcpy(bytes->data() + i, &value, sizeof value);
    }
  }

  // One matrix of the lhs in 8 bits, with what its rows then have of their own.
  oracle::Matrix lhs_of(const Block& lhs, std::int64_t batch, oracle::Rows* rows) const {
    const ottava_matmul_desc& d = desc_.value;
    oracle::Matrix matrix;
    matrix.rows = run_->m, matrix.columns = k_;
    for (std::int64_t m = 0; m < run_->m; ++m) {
      std::vector<float> floats;
      for (std::int64_t k = 0; k < k_; ++k) {
        const std::uint8_t* const at = lhs.bytes.data() + lhs_.at(batch, m, k);
        if (d.lhs_type != OTTAVA_TYPE_F32) {
          matrix.values.push_back(value_of(at, d.lhs_type));
          continue;
        }
        float value = 0;
        std::memcpy(&value, at, sizeof value);
        floats.push_back(value);
      }
      if (d.lhs_type != OTTAVA_TYPE_F32) continue;
      const bool dynamic = d.lhs_quantization >= OTTAVA_QUANTIZE_TFLITE_SYMMETRIC;
      const std::int64_t low = lowest(d.lhs_quantized_type == 0 ? OTTAVA_TYPE_S8 : d.lhs_quantized_type);
      const oracle::QuantizeRule rule = static_cast<oracle::QuantizeRule>(d.lhs_quantization - 1);
      const oracle::QuantizedRow row =
          dynamic ? oracle::quantize_dynamic(rule, floats)
                  : oracle::quantize_static(rule, d.lhs_scale, d.lhs_zero_point, static_cast<int>(low),
                                            static_cast<int>(low + 255), floats);
      matrix.values.insert(matrix.values.end(), row.values.begin(), row.values.end());
      if (dynamic) rows->scales.push_back(row.scale), rows->zero_points.push_back(row.zero_point);
    }
    return matrix;
  }

  // The part of one matrix of dst that the run makes, a channel at a time.
  void expect(std::int64_t batch, const Block& lhs, const Block& rhs, const Block& second,
              const std::vector<std::uint8_t>& before, oracle::Rows rows, std::vector<std::uint8_t>* expected,
              oracle::Counts* counts) const {
    const ottava_matmul_desc& d = desc_.value;
    const ottava_matmul_run_desc& r = run_.value;
    const oracle::Matrix whole = lhs_of(lhs, batch, &rows);
    const std::int64_t first = std::min(r.first_row, r.m), count = std::min(r.rows, r.m - first);
    const std::int64_t first_column = std::min(r.first_column, n_), columns = std::min(r.columns, n_ - first_column);
    const auto part = [=](const auto& values) {
      using Values = std::decay_t<decltype(values)>;
      return values.empty() ? values : Values(values.begin() + first, values.begin() + first + count);
    };
    oracle::Matrix part_of_lhs = {count, k_, {}};
    part_of_lhs.values.assign(whole.values.begin() + first * k_, whole.values.begin() + (first + count) * k_);
    rows.scales = part(rows.scales), rows.zero_points = part(rows.zero_points);
    const oracle::Stage every = output_.stage(d.lhs_scale, scales_);
    for (std::int64_t n = first_column; n < first_column + columns; ++n) {
      const std::size_t channel = static_cast<std::size_t>(n);
      oracle::Stage stage = every;
      const auto keep = [channel](auto* values) {
        if (!values->empty()) *values = {(*values)[channel]};
      };
      keep(&stage.rhs_scales), keep(&stage.integers), keep(&stage.bias), keep(&stage.bias_f32);
      oracle::Matrix column = {k_, 1, {}}, previous = {count, 1, {}};
      for (std::int64_t k = 0; k < k_; ++k) {
        column.values.push_back(value_of(rhs.bytes.data() + rhs_.at(rhs_at_run_ ? batch : 0, k, n), d.rhs_type));
      }
      for (std::int64_t m = first; m < first + count; ++m) {
        std::int32_t held = 0;
        std::memcpy(&held, before.data() + dst_.at(batch, m, n), static_cast<std::size_t>(dst_.element));
        previous.values.push_back(held);
      }
      const bool accumulates = (r.flags & OTTAVA_RUN_ACCUMULATE) != 0;
      const oracle::Matrix result = oracle::matmul(part_of_lhs, d.lhs_zero_point, column, {zeros_[channel]}, stage,
                                                   rows, accumulates ? &previous : nullptr, counts);
      for (std::int64_t m = first; m < first + count; ++m) {
        const std::int64_t more =
            output_.adds() ? value_of(second.bytes.data() + second_.at(batch, m, n), output_.numbers->type) : 0;
        const std::int64_t y = output_.finished(result.values[static_cast<std::size_t>(m - first)], more);
        std::memcpy(expected->data() + dst_.at(batch, m, n), &y, static_cast<std::size_t>(dst_.element));
      }
    }
  }

  Bytes& bytes_;
  Sized<ottava_matmul_desc> desc_;
  Output output_;
  Sized<ottava_matmul_constants> constants_;
  Sized<ottava_matmul_run_desc> run_;
  Sized<ottava_matmul_operands> operands_;
  bool left_ = false, rhs_at_run_ = false, has_channels_ = false, has_weights_ = false;
  std::int64_t n_ = 0, k_ = 0;
  Layout weights_layout_, lhs_, rhs_, dst_, second_;
  Block weights_;
  std::vector<float> scales_;
  std::vector<std::int32_t> zeros_;
  ottava_matmul* matmul_ = nullptr;
};

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  fuzz::Matmul(bytes).check();
  return 0;
}
