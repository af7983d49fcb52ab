// Kernels that take all panels in one call, and in the packed form any number of rows, with the output stage in
// registers: held against the same kernel tile by tile, which has its own proof. Rows apart, between which nothing may
// be written, and rows side by side with room behind them or without, dst between guard pages, through the checked
// call.
#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "fused_operands.h"
#include "guarded_buffer.h"

using namespace ottava;

namespace {

// What comes with a run beside the structures.
struct PanelsCall {
  FusedPanelsFn run;
  const TileArgs* tile;
  const StageArgs* stage;
  const void* lhs;
  std::size_t m;
  std::uint8_t* dst;
  std::ptrdiff_t dst_row_stride;
  std::size_t room;
};
void call_panels(const PanelsCall* call) {
  call->run(call->tile, call->stage, call->lhs, call->m, call->dst, call->dst_row_stride, call->room);
}

enum class Rows { indirect, panels, in_place };

// m rows as a kernel takes them: pointers, panels of MR rows, or in place, upwards or downwards.
class Lhs {
 public:
  Lhs(Random& random, const Kernel& kernel, Rows kind, std::size_t m, std::size_t depth)
      : kind_(kind), mr_(tile_here(kernel).mr) {
    const std::size_t element = bytes_of(kernel.lhs_element), kr = kernel.rhs->kr;
    const std::size_t padded = (depth + kr - 1) / kr * kr;
    panel_bytes_ = mr_ * padded * element;
    const std::size_t line = depth + static_cast<std::size_t>(random.between(0, 9));
    const std::size_t bytes = kind == Rows::panels ? (m + mr_ - 1) / mr_ * panel_bytes_ : (m - 1) * line + depth;
    const std::vector<std::uint8_t> drawn = random_lhs(random, bytes, kernel.lhs_element);
    memory_.reset(new GuardedBuffer(bytes, random.chance(2) ? Side::upper : Side::lower));
    memcpy(memory_->data(), drawn.data(), bytes);
    const bool upwards = kind == Rows::in_place && random.chance(2);
    row_stride_ = upwards ? -static_cast<std::ptrdiff_t>(line) : static_cast<std::ptrdiff_t>(line);
    first_ = memory_->data() + (upwards ? (m - 1) * line : 0);
    for (std::size_t i = 0; i < m; ++i) pointers_.push_back(first_ + static_cast<std::ptrdiff_t>(i) * row_stride_);
    if (kind == Rows::panels) row_stride_ = static_cast<std::ptrdiff_t>(kr * element);
    step_stride_ = kind == Rows::panels ? mr_ * kr * element : kr * element;
  }

  // A tile whose first row is `row`, a multiple of MR.
  const void* at(std::size_t row) const {
    if (kind_ == Rows::indirect) return pointers_.data() + row;
    return kind_ == Rows::panels ? first_ + row / mr_ * panel_bytes_ : pointers_[row];
  }
  void set_strides(TileArgs* tile) const {
    tile->row_stride = kind_ == Rows::indirect ? 0 : static_cast<std::size_t>(row_stride_);
    tile->step_stride = kind_ == Rows::indirect ? 0 : step_stride_;
  }

 private:
  Rows kind_;
  std::size_t mr_;
  std::size_t panel_bytes_;
  std::size_t step_stride_;
  std::ptrdiff_t row_stride_;
  const std::uint8_t* first_;
  std::unique_ptr<GuardedBuffer> memory_;
  std::vector<const std::uint8_t*> pointers_;
};

// Several panels at once, or the first channels of them, held against one tile after the other. Fields that are passed
// beside the structures are null in them.
void check_panels(Random& random, const Kernel& kernel, const FusedEpilogues& tiles, std::size_t flip, Stage stage,
                  Rows kind, std::size_t m, std::size_t depth) {
  INFO(kernel.name << " m " << m << " depth " << depth << " stage " << static_cast<int>(stage) << " flip " << flip
                   << " rows " << static_cast<int>(kind) << " seed " << test_seed());
  const std::size_t panels = kernel.wide_tiles ? 5 : 3;  // one more than pairs of them hold
  const std::size_t index = static_cast<std::size_t>(stage);
  const TileShape shape = tile_here(kernel);
  const std::size_t width = shape.width, kr = kernel.rhs->kr, all = panels * width;
  const std::size_t panel_bytes = (depth + kr - 1) / kr * kr * width;
  const Lhs lhs(random, kernel, kind, m, depth);
  std::vector<std::uint8_t> rhs = random_operand(random, panels * panel_bytes, kernel.weights);
  for (std::size_t i = 0; i < rhs.size(); ++i) {
    if (i % panel_bytes / (width * kr) * kr + i % kr >= depth) rhs[i] = 0;
  }
  const Channels channels = random_channels(random, stage, all);
  const std::vector<std::int32_t> row_zero = random_words(random, m, 255), row_sum = random_words(random, m, 30000);
  std::vector<float> row_scale;
  for (std::size_t i = 0; i < m; ++i) row_scale.push_back(1.37f + static_cast<float>(i));

  TileArgs tile = {};
  tile.rhs = rhs.data();
  tile.depth = depth;
  tile.positions = 1;
  tile.sign_flip = flip;
  tile.bias = channels.offset.data();
  tile.panel_stride = panel_bytes;
  tile.fetch = static_cast<Fetch>(random.bits() % 4);
  tile.n = all;
  tile.width = width;
  tile.wide_tiles = kernel.wide_tiles && random.chance(2);
  lhs.set_strides(&tile);
  StageArgs args = {};
  const std::size_t element = !is_requantization(stage) ? 4 : std::size_t{1} << random.bits() % 3;
  args.dst_column_stride = static_cast<std::ptrdiff_t>(element);
  args.acc_stride = width;
  args.multiplier = channels.multiplier.data();
  args.exponent = channels.exponent.data();
  args.scale = channels.scale.data();
  args.bias = channels.bias.data();
  args.weight_sum = channels.weight_sum.data();
  if (random.chance(3)) args.row_zero = row_zero.data();
  if (random.chance(3)) args.rhs_zero = channels.rhs_zero.data(), args.row_sum = row_sum.data();
  if (random.chance(2)) args.row_scale = row_scale.data();
  args.clamp_min = element == 1 ? -100 : -30000;
  args.clamp_max = element == 1 ? 101 + 100 * static_cast<std::int32_t>(random.bits() % 2) : 30001;
  args.clamp_min_f32 = -1e30f;
  args.clamp_max_f32 = 1e30f;
  args.zero_point = is_requantization(stage) ? 7 : 0;
  for (const float bias : channels.bias) args.has_bias |= bias != 0.0f ? 1 : 0;
  if (args.clamp_max > 127 && element == 1) args.clamp_min = 3;  // an unsigned type

  const std::size_t line = all * element;
  std::vector<std::uint8_t> expected(m * line);
  for (std::size_t row = 0; row < m; row += shape.mr) {
    for (std::size_t panel = 0; panel < panels; ++panel) {
      TileArgs one = tile;
      StageArgs own = args;
      const std::size_t first = panel * width;
      one.lhs = lhs.at(row);
      one.rhs = rhs.data() + panel * panel_bytes;
      one.bias += first;
      one.m = own.m = std::min(m - row, shape.mr);
      one.n = own.n = width;
      own.multiplier += first, own.exponent += first, own.scale += first, own.bias += first, own.weight_sum += first;
      if (own.rhs_zero != nullptr) own.rhs_zero += first;
      if (own.row_sum != nullptr) own.row_sum += row;
      if (own.row_zero != nullptr) own.row_zero += row;
      if (own.row_scale != nullptr) own.row_scale += row;
      own.dst = expected.data() + row * line + first * element;
      own.dst_row_stride = static_cast<std::ptrdiff_t>(line);
      tiles.run[index](&one, &own);
    }
  }
  const auto check = [&](std::size_t n, std::size_t stride, std::size_t room) {
    INFO("n " << n << " rows " << stride << " bytes apart, " << room << " bytes behind them");
    GuardedBuffer dst((m - 1) * stride + n * element + room, random.chance(2) ? Side::upper : Side::lower);
    const std::vector<std::uint8_t> before(dst.data(), dst.data() + (m - 1) * stride + n * element + room);
    tile.n = n;
    const PanelsCall call = {
        tiles.panels[index], &tile, &args, lhs.at(0), m, dst.data(), static_cast<std::ptrdiff_t>(stride), room};
    const CheckedCallReport report = checked_call(call_panels, &call);
    INFO("calling convention: " << report.what);
    REQUIRE(report.clean);
    REQUIRE(dst.check());
    for (std::size_t i = 0; i < m; ++i) {
      REQUIRE(memcmp(dst.data() + i * stride, expected.data() + i * line, n * element) == 0);
      if (i + 1 == m) break;
      const std::size_t end = i * stride + n * element;
      REQUIRE(memcmp(dst.data() + end, before.data() + end, stride - n * element) == 0);
    }
  };
  check(all, line + static_cast<std::size_t>(random.between(0, 9)), 0);
  for (const std::size_t most : {std::size_t{tiles.channels}, width, all}) {
    const std::size_t n = static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(most)));
    const std::size_t overhang = ((n + tiles.channels - 1) / tiles.channels * tiles.channels - n) * element;
    check(n, n * element, 0);
    check(n, n * element, overhang);
    check(n, n * element + static_cast<std::size_t>(random.between(1, 9)), 0);
  }
}

}  // namespace

TEST_CASE("fused epilogues: all panels at once equal one tile after the other") {
  Random random(test_seed() + 61);
  for (const Kernel* kernel : kernels_to_sweep()) {
    const std::pair<const FusedEpilogues*, std::size_t> forms[] = {
        {kernel->tuning.fused, 0},
        {kernel->tuning.fused_sign_flip != nullptr ? kernel->tuning.fused_sign_flip : kernel->tuning.fused, 0x80}};
    const std::size_t mr = tile_here(*kernel).mr;
    const bool packed = kernel->form == LhsForm::packed;
    const std::vector<int> deep = {1, 2, 3, 5, 15, 17, 31, 64, 79, 256, 257, 600}, few = {1, 3, 6, 17, 36, 257};
    for (const auto& form : forms) {
      for (int stage = 0; form.first != nullptr && stage < kStageCount; ++stage) {
        if (form.first->panels[stage] == nullptr) continue;
        std::vector<std::size_t> heights;
        for (std::size_t m = 1; m <= (packed ? 3 * mr + 2 : mr); m += m > mr + 2 ? mr - 1 : 1) heights.push_back(m);
        if (packed) heights.push_back(12 * mr + 1);  // so many that a kernel may prepare the weights for them
        for (const std::size_t m : heights) {
          for (const int depth : packed ? few : deep) {
            const auto check = [&](Rows kind) {
              check_panels(random, *kernel, *form.first, form.second, static_cast<Stage>(stage), kind, m,
                           static_cast<std::size_t>(depth));
            };
            check(packed ? Rows::panels : Rows::indirect);
            if (kernel->lhs_any_stride) check(Rows::in_place);
          }
        }
      }
    }
  }
}
