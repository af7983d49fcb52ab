// The description of all kernels (kernels/layouts.h) against the kernels that this build has. Every kernel of every
// architecture is in some build that is tested.
#include <algorithm>
#include <string>
#include <vector>

#include "catch.h"
#include "cpu/tiers.h"
#include "kernels/layouts.h"

using namespace ottava;

namespace {

std::vector<const Kernel*> all_of(const KernelList& list) { return {list.kernels, list.kernels + list.count}; }

const Kernel* named(const std::vector<const Kernel*>& kernels, const std::string& name) {
  const auto found =
      std::find_if(kernels.begin(), kernels.end(), [&](const Kernel* kernel) { return name == kernel->name; });
  return found != kernels.end() ? *found : nullptr;
}

void check_size(const TileSize& described, const TileSize& built) {
  CHECK(described.count == built.count);
  CHECK(described.scalable == built.scalable);
}

}  // namespace

TEST_CASE("layouts: the description of each kernel is what the kernel says of itself, in the order of choice") {
  const std::vector<const Kernel*> described = all_of(described_kernels()), built = all_of(built_kernels());
  REQUIRE(built.size() >= 2);
  auto next = described.begin();
  for (const Kernel* kernel : built) {
    INFO(kernel->name);
    next = std::find_if(next, described.end(), [&](const Kernel* d) { return std::string(d->name) == kernel->name; });
    REQUIRE(next != described.end());
    const Kernel& line = **next;
    CHECK(line.isa == kernel->isa);
    CHECK(line.form == kernel->form);
    CHECK(line.lhs_element == kernel->lhs_element);
    check_size(line.mr, kernel->mr);
    CHECK(line.rhs->element == kernel->rhs->element);
    check_size(line.rhs->nr, kernel->rhs->nr);
    CHECK(line.rhs->kr == kernel->rhs->kr);
    CHECK(line.weights == kernel->weights);
    CHECK(line.min_depth == kernel->min_depth);
    CHECK(line.min_m == kernel->min_m);
    CHECK(line.min_n == kernel->min_n);
    CHECK(line.min_depth_per_channel == kernel->min_depth_per_channel);
    CHECK(line.most_channels == kernel->most_channels);
    for (const Kernel* other : built) {
      INFO("beside " << other->name);
      const Kernel* const other_line = named(described, other->name);
      REQUIRE(other_line != nullptr);
      CHECK((line.rhs == other_line->rhs) == (kernel->rhs == other->rhs));
    }
  }
}

TEST_CASE("layouts: of the tiers that this build has, nothing but its kernels; each once, and none can run") {
  const std::vector<const Kernel*> described = all_of(described_kernels()), built = all_of(built_kernels());
  for (const Kernel* line : described) {
    INFO(line->name);
    const bool tier_built =
        std::any_of(built.begin(), built.end(), [&](const Kernel* kernel) { return kernel->isa == line->isa; });
    CHECK((named(built, line->name) != nullptr) == tier_built);
    CHECK(line->tuning.run == nullptr);
    // Its sizes, form and tier are in its name, whichever build has it.
    const std::string name = line->name, tier = tier_of(line->isa)->name;
    const std::string sizes = "_" + std::to_string(line->mr.count) + "x" + std::to_string(line->rhs->nr.count) + "x" +
                              std::to_string(line->rhs->kr) + "_";
    CHECK(name.find(sizes + tier) == name.size() - sizes.size() - tier.size());
    CHECK((name.find("_indirect_") != std::string::npos) == (line->form == LhsForm::indirect));
    CHECK((name[0] == 'u') == (line->lhs_element == Element::u8));
    CHECK(std::count_if(described.begin(), described.end(),
                        [&](const Kernel* other) { return std::string(other->name) == line->name; }) == 1);
  }
}
