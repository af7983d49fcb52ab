// Packing, blocking, splitting and tails, driven by the kernels of fake_kernels.h, with one position and with several.
// Stand-ins for kernels that this machine may lack (stand_ins.h) go the same way, which no context could give them.
#include <string>
#include <vector>

#include "catch.h"
#include "contraction/route.h"
#include "cpu/tiers.h"
#include "fake_case.h"
#include "stand_ins.h"
#include "support.h"

using namespace ottava;

TEST_CASE("fake kernels: odd layouts through packing, blocking and tails") {
  Random random(test_seed() + 40);
  std::vector<Kernel> kernels = fake_kernels();
  for (const StandIn& stand_in : stand_ins()) {
    kernels.push_back(stand_in.kernel);
    kernels.back().isa = Isa::portable;  // so that any machine is planned for
    const Kernel* const companion = companion_of(kernels.back());
    if (companion != nullptr) kernels.back().rhs = companion->rhs;
  }
  for (const Kernel& kernel : kernels) {
    const bool real = &kernel >= kernels.data() + fake_kernels().size();
    for (int repeat = 0; repeat < 150; ++repeat) {
      FakeCase c = {};
      c.m = static_cast<std::size_t>(random.between(1, 3 * kernel.mr.count + 1));
      c.n = static_cast<std::size_t>(random.between(1, 3 * kernel.panels * kernel.rhs->nr.count + 1));
      c.k = static_cast<std::size_t>(random.between(1, real ? 200 : 3 * kernel.rhs->kr + 1));
      c.batches = static_cast<std::size_t>(random.chance(2) ? 1 : random.between(1, 5));
      c.vectors = static_cast<std::size_t>(random.between(1, 3));
      c.positions = random.chance(2) ? 1 : random.chance(2) ? 3 : 9;
      c.runtime_rhs = c.positions == 1 && random.chance(2);
      c.stand_in = real;
      c.zen_4 = random.chance(2);
      c.companions = (real || kernel.form == LhsForm::packed) && random.chance(2);
      c.shared_rhs = !c.runtime_rhs || random.chance(2);
      c.lhs_type = random.chance(2) ? Type::s8 : Type::u8;
      c.rhs_type = random.chance(2) ? Type::s8 : Type::u8;
      c.lhs_order = c.positions > 1 || random.chance(2) ? Order::row : Order::column;
      c.rhs_order = random.chance(2) ? Order::row : Order::column;
      c.dst_order = random.chance(2) ? Order::row : Order::column;
      c.lhs_zero = static_cast<std::int32_t>(random.between(0, 127));
      c.m_block_tiles = static_cast<std::size_t>(random.between(0, 2));
      c.threads = static_cast<std::uint32_t>(random.between(1, 6));
      c.backwards = random.chance(2);
      c.core_order.some = c.core_order.all = random.chance(2);
      check_fake(random, kernel, c);
    }
  }
}

TEST_CASE("fake kernels: small M, in one tile or in several, on little stack and on much") {
  Random random(test_seed() + 42);
  for (const Kernel& kernel : fake_kernels()) {
    const bool several =
        kernel.name == std::string("fake_5x3x2");  // its companion takes 2 rows, or 6 on in-order cores
    const bool wide = kernel.name == std::string("fake_indirect_35x36x3");
    for (int repeat = 0; (several || wide) && repeat < 200; ++repeat) {
      FakeCase c = {};
      c.m = static_cast<std::size_t>(random.between(1, several ? 8 : 36));
      c.n = static_cast<std::size_t>(random.between(1, 40));
      c.k = static_cast<std::size_t>(random.between(1, 9));
      c.batches = c.positions = c.vectors = 1;
      c.shared_rhs = true;
      c.companions = several;
      c.lhs_type = c.rhs_type = Type::s8;
      c.threads = static_cast<std::uint32_t>(random.between(1, 3));
      c.core_order.some = c.core_order.all = random.chance(2);
      check_fake(random, kernel, c);
    }
  }
}

TEST_CASE("fake kernels: the plan picks the first that takes the operator and says why others declined") {
  const Kernel rows = fake<4, 6, 4, LhsForm::indirect, Element::s8, Element::s8>("fake_first");
  Kernel foreign = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_foreign");
  foreign.isa = kThisArchitecture == Architecture::x86_64 ? Isa::arm_i8mm : Isa::x86_avx2;
  const Kernel packed = fake<1, 1, 1, LhsForm::packed, Element::s8, Element::s8>("fake_last");
  const Kernel* const list[] = {&foreign, &rows, &packed};
  Machine machine = {};
  machine.architecture = kThisArchitecture;
  machine.l2_bytes = 4096;
  Contraction problem;
  for (const Order order : {Order::row, Order::column}) {
    problem.contiguous_rows = order == Order::row;
    char words[208];
    Text reason(words);
    Error error;
    const Kernel* chosen = select_kernel(problem, machine, {{list, 3}, Isa::any, nullptr}, reason, &error);
    REQUIRE(chosen == (order == Order::row ? &rows : &packed));
    CHECK(std::string(words).find(tier_of(foreign.isa)->name) != std::string::npos);
    CHECK((std::string(words).find("fake_first: reads the lhs in place") != std::string::npos) ==
          (order == Order::column));
  }
}

namespace {

// Which of the two tunings have run.
bool ran[2];

template <int Tuning>
void run_noted(const TileArgs* args) {
  ran[Tuning] = true;
  run_fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>(args);
}

template <uint32_t Processor>
uint32_t on_processor() {
  return Processor;
}

}  // namespace

TEST_CASE("fake kernels: each worker runs the tuning of the core that it is on") {
  Random random(test_seed() + 41);
  Kernel kernel = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_tuned");
  kernel.tuning.run = run_noted<0>;
  kernel.in_order.run = run_noted<1>;
  FakeCase c = {};
  c.m = 7;
  c.n = 11;
  c.k = 15;
  c.batches = c.positions = c.vectors = 1;
  c.threads = 1;
  c.lhs_type = c.rhs_type = Type::s8;
  CoreOrder mixed = {};  // processors 1 and 33
  mixed.some = true;
  mixed.processors[0] = mixed.processors[1] = 2;
  const auto tuning_in = [&](const CoreOrder& order, uint32_t (*current)()) {
    ran[0] = ran[1] = false;
    c.core_order = order;
    c.core_order.current = current;
    check_fake(random, kernel, c);
    REQUIRE(ran[0] != ran[1]);
    return ran[1] ? 1 : 0;
  };
  CoreOrder all = mixed;
  all.all = true;
  CHECK(tuning_in({}, on_processor<1>) == 0);
  CHECK(tuning_in(all, on_processor<0>) == 1);
  CHECK(tuning_in(all, nullptr) == 1);
  CHECK(tuning_in(mixed, nullptr) == 0);
  CHECK(tuning_in(mixed, on_processor<0>) == 0);
  CHECK(tuning_in(mixed, on_processor<1>) == 1);
  CHECK(tuning_in(mixed, on_processor<32>) == 0);
  CHECK(tuning_in(mixed, on_processor<33>) == 1);
  CHECK(tuning_in(mixed, on_processor<CoreOrder::kLimit + 1>) == 0);
  CHECK(tuning_in(mixed, on_processor<UINT32_MAX>) == 0);
  kernel.in_order.run = nullptr;
  CHECK(tuning_in(all, nullptr) == 0);
}

namespace {

std::vector<TileArgs> seen;

void run_seen(const TileArgs* args) {
  seen.push_back(*args);
  run_fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>(args);
}

std::uintptr_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Of the tiles [first, end), all that pass over one panel: whether they ask for every byte of the next one.
bool fetches_next_panel(std::size_t first, std::size_t end) {
  const std::uintptr_t next = address(seen[first].rhs) + seen[first].panel_stride;
  std::uintptr_t fetched = next;
  for (std::size_t i = first; i < end; ++i) {
    const std::uintptr_t from = address(seen[i].fetch_from);
    if (from > fetched) return false;
    fetched = from + (seen[i].depth + 6) / 7 * seen[i].fetch_step;
  }
  return fetched >= next + seen[first].panel_stride;
}

}  // namespace

TEST_CASE("fake kernels: tiles below one another share out the next panel of weights that are far") {
  Random random(test_seed() + 43);
  Kernel kernel = fake<3, 5, 7, LhsForm::packed, Element::s8, Element::s8>("fake_fetching");
  kernel.tuning.run = run_seen;
  FakeCase c = {};
  c.n = 12;
  c.k = 700;
  c.batches = c.positions = c.vectors = c.threads = 1;
  c.m_block_tiles = 4;
  c.lhs_type = c.rhs_type = Type::s8;
  for (c.m = 1; c.m <= 12; ++c.m) {
    seen.clear();
    c.l3_bytes = std::uint64_t{260} << 20;
    check_fake(random, kernel, c);
    for (std::size_t first = 0, end; first < seen.size(); first = end) {
      end = first;
      while (end < seen.size() && seen[end].rhs == seen[first].rhs) ++end;
      CHECK(seen[first].fetch == Fetch::far);
      if (end - first == 1) {
        CHECK(address(seen[first].fetch_from) > address(seen[first].rhs));
        CHECK(seen[first].fetch_step == 5 * 7);
      } else {
        CHECK(fetches_next_panel(first, end));
      }
    }
    seen.clear();
    c.l3_bytes = std::uint64_t{32} << 20;
    check_fake(random, kernel, c);
    for (const TileArgs& tile : seen) CHECK((tile.fetch == Fetch::nothing && tile.fetch_step == 0));
  }
  // Of weights that come from memory tiles of few rows fetch the next panel; where the processor does, those of many.
  c.k = 4000;
  for (const bool zen_4 : {false, true}) {
    c.zen_4 = zen_4;
    seen.clear();
    check_fake(random, kernel, c);
    CHECK(!seen.empty());
    for (const TileArgs& tile : seen) {
      CHECK(tile.fetch == (zen_4 ? Fetch::many_rows : Fetch::next_panel));
      CHECK((tile.fetch_step != 0) == zen_4);
    }
  }
}
