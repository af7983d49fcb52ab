// The packing functions of every kernel, alone: all numbers of rows of one panel and of several, many depths, any
// strides, sums and flips, operands and panels between guard pages, through the checked call.
#include <vector>

#include "catch.h"
#include "checked_call/checked_call.h"
#include "guarded_buffer.h"
#include "panel_elements.h"
#include "support.h"

using namespace ottava;

namespace {

struct PackCase {
  std::size_t rows, depth;
  ptrdiff_t row_stride, depth_stride;
  Side side;
};

// Packs one operand, of one panel or several, into panels that need not touch. Whether sums are asked for, and
// what is flipped, is drawn.
void check_packing(Random& random, const Kernel& kernel, bool lhs, const PackCase& given) {
  const Element element = lhs ? kernel.lhs_element : kernel.rhs->element;
  const std::size_t panel_rows = lhs ? tile_here(kernel).mr : tile_here(kernel).nr;
  const bool sums = random.chance(2);
  const std::uint8_t flip = random.chance(2) ? 0x80 : 0;
  const std::size_t gap = random.chance(2) ? 0 : static_cast<std::size_t>(random.between(1, 70));
  INFO(kernel.name << (lhs ? " lhs" : " rhs") << " rows " << given.rows << " depth " << given.depth << " strides "
                   << given.row_stride << " " << given.depth_stride << " sums " << sums << " flip " << int{flip}
                   << " gap " << gap << " side " << (given.side == Side::upper ? "upper" : "lower") << " seed "
                   << test_seed());

  // Where the element at (0, 0) lies, and how many bytes the operand spans, strides of either sign.
  ptrdiff_t origin = 0;
  ptrdiff_t extent = given.depth == 0 ? 0 : 1;
  const auto span = [&](std::size_t count, ptrdiff_t stride) {
    if (given.depth == 0) return;
    const ptrdiff_t reach = static_cast<ptrdiff_t>(count - 1) * stride;
    extent += reach < 0 ? -reach : reach;
    if (reach < 0) origin -= reach;
  };
  span(given.rows, given.row_stride);
  span(given.depth, given.depth_stride);
  GuardedBuffer source(static_cast<std::size_t>(extent), given.side);
  const Fill fill = random.chance(8) ? Fill::lowest : random.chance(8) ? Fill::highest : Fill::random;
  for (std::size_t i = 0; i < source.size(); ++i) {
    source.data()[i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(draw(random, Element::s8, fill)) ^ flip);
  }
  source.make_read_only();

  const std::size_t panels = (given.rows + panel_rows - 1) / panel_rows;
  const std::size_t padded = (given.depth + kernel.rhs->kr - 1u) / kernel.rhs->kr * kernel.rhs->kr;
  const std::size_t panel_bytes = panel_rows * padded * bytes_of(element);
  const std::size_t panel_stride = panel_bytes + gap * bytes_of(element);
  GuardedBuffer packed((panels - 1) * panel_stride + panel_bytes, given.side);
  GuardedBuffer row_sums(given.rows * sizeof(std::int32_t), given.side, 4);
  std::vector<std::uint8_t> expected(packed.data(), packed.data() + packed.size());  // the gaps stay as they were
  PackArgs args = {};
  args.from = source.data() + origin;
  args.row_stride = given.row_stride;
  args.depth_stride = given.depth_stride;
  args.rows = given.rows;
  args.panel_rows = panel_rows;
  args.depth = given.depth;
  args.kr = kernel.rhs->kr;
  args.flip = flip;
  args.to = packed.data();
  args.panel_stride = panel_stride;
  args.row_sum = sums ? row_sums.as<std::int32_t>() : nullptr;
  // Sums are added to what is there. Rows that lie side by side may also be given one by one.
  std::vector<std::uint32_t> sums_before(given.rows);
  memcpy(sums_before.data(), row_sums.data(), row_sums.size());
  std::vector<const std::uint8_t*> gathered;
  if (given.depth_stride == 1 && random.chance(2)) {
    for (std::size_t row = 0; row < given.rows; ++row) {
      gathered.push_back(args.from + static_cast<ptrdiff_t>(row) * given.row_stride);
    }
    args.gathered = gathered.data();
    args.from = nullptr;
  }
  const CheckedCallReport report = checked_call(lhs ? kernel.pack_lhs : kernel.rhs->pack, &args);
  INFO("calling convention: " << report.what);
  REQUIRE(report.clean);
  REQUIRE(packed.check());
  REQUIRE(row_sums.check());

  // Padded rows become zero or stay as they were, byte by byte.
  std::vector<std::uint8_t> zeroed = expected;
  for (std::size_t row = 0; row < panels * panel_rows; ++row) {
    std::uint8_t* const panel = (row < given.rows ? expected : zeroed).data() + row / panel_rows * panel_stride;
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < padded; ++k) {
      std::int64_t value = 0;
      if (row < given.rows && k < given.depth) {
        const ptrdiff_t at =
            static_cast<ptrdiff_t>(row) * given.row_stride + static_cast<ptrdiff_t>(k) * given.depth_stride;
        const std::uint8_t flipped = static_cast<std::uint8_t>(source.data()[origin + at] ^ flip);
        value = element == Element::u8 ? flipped : static_cast<std::int8_t>(flipped);
      }
      sum += value;
      const std::size_t index =
          (k / kernel.rhs->kr * panel_rows + row % panel_rows) * kernel.rhs->kr + k % kernel.rhs->kr;
      put(panel, index, element, value);
      if (row < given.rows) put(zeroed.data() + row / panel_rows * panel_stride, index, element, value);
    }
    if (sums && row < given.rows) {
      const std::uint32_t wanted = sums_before[row] + static_cast<std::uint32_t>(sum);
      if (row_sums.as<std::uint32_t>()[row] == wanted) continue;
      INFO("row " << row);
      REQUIRE(row_sums.as<std::uint32_t>()[row] == wanted);
    }
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (packed.data()[i] != expected[i] && packed.data()[i] != zeroed[i]) {
      INFO("byte " << i << " is " << int{packed.data()[i]});
      REQUIRE(packed.data()[i] == expected[i]);
    }
  }
}

// Both orders, dense and with room between, forwards and backwards; then strides that no vector code knows.
void check_orders(Random& random, const Kernel& kernel, bool lhs, std::size_t rows, std::size_t depth) {
  const ptrdiff_t r = static_cast<ptrdiff_t>(rows);
  const ptrdiff_t d = static_cast<ptrdiff_t>(depth);
  const ptrdiff_t more = static_cast<ptrdiff_t>(random.between(1, 99));
  const ptrdiff_t strides[][2] = {{d, 1},         {d + more, 1}, {-d - more, 1}, {1, r},  {1, r + more},
                                  {1, -r - more}, {2 * d, 2},    {-d, -1},       {-1, r}, {3, -3 * r - more}};
  for (const auto& stride : strides) {
    check_packing(random, kernel, lhs,
                  {rows, depth, stride[0], stride[1], random.chance(2) ? Side::lower : Side::upper});
  }
}

void for_each_packing(void (*check)(Random& random, const Kernel& kernel, bool lhs, std::size_t panel_rows)) {
  Random random(test_seed() + 4);
  for (const Kernel* kernel : kernels_to_sweep()) {
    if (kernel->pack_lhs != nullptr) check(random, *kernel, true, tile_here(*kernel).mr);
    check(random, *kernel, false, tile_here(*kernel).nr);
  }
}

}  // namespace

TEST_CASE("packing: every number of rows of one panel and of several") {
  for_each_packing([](Random& random, const Kernel& kernel, bool lhs, std::size_t panel_rows) {
    for (std::size_t rows = 1; rows <= 5 * panel_rows + 1; ++rows) {
      // One panel: row by row. Several: around the ends of panels, of which vector code takes some at once.
      if (rows > panel_rows + 1 && (rows + 1) % panel_rows > 2) continue;
      const std::size_t kr = kernel.rhs->kr;
      for (const std::size_t depth :
           {std::size_t{1}, kr - 1, kr, kr + 1, std::size_t{16}, std::size_t{37}, std::size_t{64}, std::size_t{131}}) {
        check_orders(random, kernel, lhs, rows, depth);
      }
    }
  });
}

TEST_CASE("packing: every depth from 0 to several vectors, then large ones") {
  for_each_packing([](Random& random, const Kernel& kernel, bool lhs, std::size_t panel_rows) {
    for (const std::size_t rows : {std::size_t{1}, panel_rows - 1, panel_rows, 4 * panel_rows + 1}) {
      for (std::size_t depth = 0; depth <= 81; ++depth) check_orders(random, kernel, lhs, rows, depth);
      for (const std::size_t depth : {126u, 127u, 128u, 129u, 144u, 191u, 255u, 256u, 257u, 400u, 1031u}) {
        check_orders(random, kernel, lhs, rows, depth);
      }
    }
  });
}

TEST_CASE("packing: sums of rows that leave 16 bits") {
  for_each_packing([](Random& random, const Kernel& kernel, bool lhs, std::size_t panel_rows) {
    for (int times = 0; times < 8; ++times) check_orders(random, kernel, lhs, panel_rows + 1, 4099);
  });
}
