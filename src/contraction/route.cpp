#include "contraction/route.h"

#include "base/checked.h"
#include "contraction/weights.h"
#include "cpu/tiers.h"

namespace ottava {
namespace {

// Whether a kernel for few channels has no part in this.
bool is_too_wide(const Kernel& kernel, const Contraction& problem) {
  return kernel.min_depth_per_channel != 0 && (problem.n == 0 || problem.n > kernel.most_channels ||
                                               problem.positions != 1 || problem.rows_from != RowsFrom::strides);
}

const Kernel* asked_kernel(const Choice& choice) { return choice.only != nullptr ? choice.only : choice.first; }

// The kernel of the knobs, unless somebody asks for another one more firmly.
const Kernel* preferred_kernel(const Choice& choice) {
  return asked_kernel(choice) == nullptr ? choice.knobs.kernel : nullptr;
}

// Why a kernel that runs here does not take this problem; null if it does.
const char* reason_to_decline(const Kernel& kernel, const Contraction& problem, bool asked_for) {
  // Float rows are quantized into rows that lie side by side, whatever their own order.
  if (kernel.form == LhsForm::indirect && !problem.contiguous_rows && !has_float_lhs(problem)) {
    return "reads the lhs in place, which wants row order";
  }
  if (problem.runtime_rhs && kernel.weights != Weights::any) return words_of(kernel.weights).unknown;
  if (problem.weights_unfit && kernel.weights != Weights::any) return words_of(kernel.weights).unfit;
  if (asked_for) return nullptr;
  // Not what it cannot do, but what others do faster.
  if (problem.n < kernel.min_n) return "most of it would be idle over so few channels";
  const bool half_idle = kernel.min_n != 0 && problem.n <= kernel.rhs->nr.count / 2;
  if (problem.k < (half_idle ? 2 : 1) * kernel.min_depth || problem.k < problem.n * kernel.min_depth_per_channel) {
    return "the depth is too short for it";
  }
  const bool canonical = canonical_operand(problem.lhs.type, kernel.lhs_element).flip == 0;
  if (kernel.min_m != 0 && !canonical) return "reads the lhs in place, which has another sign";
  return nullptr;
}

// A kernel of the indirect form that reads the weights as `kernel` has them packed, for runs of so few rows that one
// tile of it holds them: perhaps itself; or null. A context that asks for one kernel by name gets no other.
const Kernel* small_m_kernel(const Kernel& kernel, const Contraction& problem, const Machine& machine,
                             const Choice& choice) {
  if (kernel.form == LhsForm::indirect && kernel.min_m == 0) return &kernel;
  if (choice.only != nullptr) return nullptr;
  for (size_t i = 0; i < choice.kernels.count; ++i) {
    const Kernel& other = *choice.kernels.kernels[i];
    if (other.rhs != kernel.rhs || other.form != LhsForm::indirect || other.min_m != 0) continue;
    if (resolve(other.mr, machine) > resolve(kernel.mr, machine)) continue;
    // The weights are looked at for what `kernel` asks of them alone.
    if (other.weights != Weights::any && other.weights != kernel.weights) continue;
    if (reason_to_decline(other, problem, false) != nullptr) continue;
    char words[160];
    Text why(words);
    explain_unusable(other, machine, choice, why);
    if (why.empty()) return &other;
  }
  return nullptr;
}

FusedEpilogue fused_epilogue(const Tuning& tuning, const OutputPlan& output, const Route& route) {
  const bool flips = route.lhs.flip != 0 && tuning.fused_sign_flip != nullptr;
  const FusedEpilogues* const fused = flips ? tuning.fused_sign_flip : tuning.fused;
  if (!output.fusible || fused == nullptr) return {};
  if (is_requantization(output.stage) && output.element_bytes != 1 && !fused->wide) return {};
  const size_t stage = static_cast<size_t>(output.stage);
  const FusedPanelsFn panels = kHavePanels ? fused->panels[stage] : nullptr;
  // A table is looked up in whole tiles, one after the other, or in all rows that one call of the packed form has made.
  if (output.activation == Activation::table) {
    return {fused->run[stage], false, 0, route.tile.width, route.indirect() ? nullptr : panels};
  }
  return {fused->run[stage], fused->all_rows, fused->channels, route.tile.width, panels, fused->dense_tiles};
}

Route route_of(const Kernel* kernel, const Contraction& problem, const OutputPlan& output, const Machine& machine,
               CoreSchedule schedule) {
  Route route = {};
  if (kernel == nullptr) return route;
  route.kernel = kernel;
  route.tile = resolve(*kernel, machine);
  route.lhs = canonical_operand(problem.lhs.type, kernel->lhs_element);
  // The one zero point of a symmetric dynamic rule is 0.
  const int32_t raw = is_dynamic(problem.lhs_quantization) ? 0 : problem.lhs.zero_point;
  route.lhs_zero_point = has_row_zero_points(problem) ? 0 : raw + route.lhs.zero_shift;
  const bool has_two = kernel->in_order.run != nullptr;
  const Tuning& in_order = has_two ? kernel->in_order : kernel->tuning;
  const Tuning& first = schedule == CoreSchedule::in_order ? in_order : kernel->tuning;
  const Tuning& second = schedule == CoreSchedule::out_of_order ? kernel->tuning : in_order;
  route.has_in_order = has_two && schedule == CoreSchedule::any;
  route.tuned[0] = {first.run, fused_epilogue(first, output, route)};
  route.tuned[1] = {second.run, fused_epilogue(second, output, route)};
  return route;
}

// Rows that are so many bytes apart, or a multiple of it, share their places in the first-level cache, which holds
// fewer of them than a tile has. Packing them pays when so many columns are computed from them.
constexpr int64_t kSamePlace = 4096;
constexpr int64_t kFewColumns = 512;

bool reads_in_place(const Route& route, const Contraction& problem, LhsRows asked) {
  if (route.indirect()) return true;
  if (!route.kernel->lhs_any_stride || route.lhs.flip != 0 || !problem.contiguous_rows) return false;
  if (has_float_lhs(problem) || problem.rows_from != RowsFrom::strides) return false;
  if (asked != LhsRows::any) return asked == LhsRows::in_place;
  return problem.n <= kFewColumns || problem.k % kSamePlace != 0;
}

// Runs of so few multiply-accumulates, and not too many rows, take less time than the schedule of another run.
// Firmware, whose stack holds their pointers, has those of one tile alone; and so have runs that pack their rhs, which
// have a schedule in any case.
constexpr uint64_t kShortRun = uint64_t{1} << 16;
constexpr size_t kMostShortRows = 64;
// On x86 runs of more, by panels of 16 channels, whose packed kernels gain less on those that read rows in place; and
// where one or two panels have all channels, then of more rows too, whose pointers fit the stack that all such runs
// have. All the more where the other kernel packs each row to widen it, and this one widens it once for all panels.
constexpr uint64_t kLongerRun = uint64_t{1} << 19;
constexpr uint64_t kLongestRun = uint64_t{1} << 22;
constexpr size_t kFewerChannels = 16;
constexpr size_t kMostLongerRows = 480;

// Whether a run is calls of the kernel for all channels of a tile: where it is one for each panel, rows are widened, or
// looked up, again and again.
bool walks_panels(const Route& small_m, const Contraction& problem, const OutputPlan& output) {
  const bool row_terms =
      has_row_zero_points(problem) ||
      problem.rhs.zero_point + canonical_operand(problem.rhs.type, small_m.kernel->rhs->element).zero_shift != 0;
  return small_m.tuned[0].fused.panels != nullptr && output.activation == Activation::none && output.add == nullptr &&
         !row_terms && !problem.lhs_row_scales && !has_float_lhs(problem);
}

// Rows that one tile of the kernel for small M holds, or several where those cost less, and those of short runs. Where
// the other kernel says how few rows it leaves to this one, these instead of one tile's.
size_t most_small_rows(const Route& small_m, const Kernel& kernel, const Contraction& problem, const OutputPlan& output,
                       size_t packed_bytes, const Machine& machine, int64_t asked) {
  if (small_m.kernel == nullptr || asked < 0) return 0;
  if (asked > 0) return static_cast<size_t>(asked);
  const bool several = machine.core_order.some && packed_bytes <= machine.l2_bytes;
  size_t rows = several ? small_m.tile.mr * small_m.kernel->small_m_in_order_tiles : small_m.tile.mr;
  if (kernel.min_m != 0) rows = kernel.min_m - 1u;
  if (OTTAVA_HOSTED && packed_bytes != 0 && problem.positions == 1 && !problem.runtime_rhs) {
    const bool by_x86 = OTTAVA_ARCH_IS_X86_64 && kernel.min_m == 0;
    const bool narrow = by_x86 && problem.n <= 2 * static_cast<int64_t>(small_m.tile.width);
    const bool longer =
        narrow || (by_x86 && small_m.tile.width == kFewerChannels && walks_panels(small_m, problem, output));
    const bool longest = longer && problem.k <= small_m.kernel->depth_widened_once;
    const size_t most = narrow || longest ? kMostLongerRows : kMostShortRows;
    const uint64_t run = longest ? kLongestRun : longer ? kLongerRun : kShortRun;
    rows = larger(rows, smaller(most, static_cast<size_t>(run / packed_bytes)));
  }
  return rows;
}

// Where one panel has all channels, nothing passes twice over the rows of the lhs, and packing them would be for
// nothing.
bool serves_many_rows(const Route& small_m, const Route& many, const Contraction& problem, LhsRows asked) {
  const Kernel& kernel = *many.kernel;
  if (small_m.kernel == nullptr || kernel.form != LhsForm::packed) return false;
  // Whatever is asked for, the layout of the packed weights, of which these offsets are a part, stays the same.
  if (asked != LhsRows::any && small_m.lhs.zero_shift == many.lhs.zero_shift) {
    return asked == LhsRows::in_place && problem.positions == 1 && problem.rows_from == RowsFrom::strides;
  }
  if (kernel.min_m != 0) return false;
  // Tiles of half the height lose less on x86, whose caches deliver weights as fast as they are multiplied, than
  // packing costs. But what the other kernel reads as it lies need not be packed.
  const bool packs = OTTAVA_ARCH_IS_X86_64 && !many.in_place;
  const size_t rows_of_many = packs ? 2 * small_m.tile.mr : small_m.tile.mr;
  return problem.n <= static_cast<int64_t>(small_m.tile.width) && problem.positions == 1 &&
         problem.rows_from == RowsFrom::strides && small_m.kernel->weights == kernel.weights &&
         rows_of_many >= kernel.mr.count && !kernel.mr.scalable;
}

}  // namespace

CanonicalOperand canonical_operand(Type raw, Element canonical) {
  const bool is_unsigned = canonical == Element::u8;
  if ((raw == Type::u8) == is_unsigned) return {0, 0};
  return {0x80, is_unsigned ? 128 : -128};
}

bool admits(const Choice& choice, Isa isa) {
  return (choice.cap == Isa::any || isa <= choice.cap) && (choice.only == nullptr || choice.only->isa == isa);
}

bool runs_here(Isa isa, const Machine& machine, const Choice& choice) {
  const Tier* const tier = tier_of(isa);
  if (tier == nullptr || !machine_has_tier(machine, *tier)) return false;
  if (choice.cap != Isa::any && isa > choice.cap) return false;
  return choice.only == nullptr || isa <= choice.only->isa;
}

void explain_unusable(const Kernel& kernel, const Machine& machine, const Choice& choice, Text& why) {
  const Tier* tier = tier_of(kernel.isa);
  if (tier == nullptr) {
    why << "of an unknown tier";
  } else if (choice.cap != Isa::any && kernel.isa > choice.cap) {
    why << "above the cap " << tier_of(choice.cap)->name;
  } else if (choice.only != nullptr && choice.only != &kernel) {
    why << "the context asks for " << choice.only->name;
  } else if (!machine_has_tier(machine, *tier)) {
    explain_missing(machine, *tier, why);
  }
}

const Kernel* select_kernel(const Contraction& problem, const Machine& machine, const Choice& choice, Text& reason,
                            Error* error) {
  // What is said of kernels comes first, that of tiers fills what room is left.
  size_t start = 0;
  if (const Kernel* const preferred = preferred_kernel(choice)) {
    char words[160];
    Text why(words);
    explain_unusable(*preferred, machine, choice, why);
    const char* const declined = why.empty() ? reason_to_decline(*preferred, problem, true) : words;
    if (declined == nullptr) {
      reason << "by knobs";
      return preferred;
    }
    reason << "knobs ask for " << preferred->name << ": " << declined << "; ";
    // Memory was measured before the weights were seen, and what stands behind it packs them into no more bytes.
    const bool seen = why.empty() && declined == words_of(preferred->weights).unfit;
    while (seen && choice.kernels.kernels[start] != preferred) ++start;
  }
  char tiers[208];
  Text of_tiers(tiers);
  const auto next = [](const Text& text) { return text.empty() ? "" : "; "; };
  Isa unusable = Isa::any;  // the tier of the last kernel that cannot run: the same words hold for its others
  for (size_t i = start; i < choice.kernels.count; ++i) {
    const Kernel& kernel = *choice.kernels.kernels[i];
    if (kernel.isa == unusable || (choice.first != nullptr && choice.first != &kernel)) continue;
    if (asked_kernel(choice) == nullptr && is_too_wide(kernel, problem)) continue;
    char words[160];
    Text why(words);
    explain_unusable(kernel, machine, choice, why);
    const Tier* const tier = tier_of(kernel.isa);
    if (!why.empty() && choice.only == nullptr && tier != nullptr) {
      unusable = kernel.isa;
      of_tiers << next(of_tiers) << tier->name << ": " << words;
      continue;
    }
    if (why.empty()) {
      const char* declined = reason_to_decline(kernel, problem, asked_kernel(choice) == &kernel);
      if (declined == nullptr) {
        if (kernel.weights != Weights::any) reason << next(reason) << words_of(kernel.weights).fit;
        if (!of_tiers.empty()) reason << next(reason) << tiers;
        if (reason.empty()) reason << "the first of the list";
        return &kernel;
      }
      why << declined;
    }
    reason << next(reason) << kernel.name << ": " << words;
  }
  Text message = error->set(Status::kernel_unavailable, "host.kernel");
  if (asked_kernel(choice) != nullptr) {
    const char* declined = reason_to_decline(*asked_kernel(choice), problem, true);
    message << asked_kernel(choice)->name << " declines: " << (declined != nullptr ? declined : "it cannot run here");
  } else {
    message << "no kernel takes this operator";
  }
  return nullptr;
}

void list_declined(const Contraction& problem, const Machine& machine, const Choice& choice, const Kernel& chosen,
                   Text& declined) {
  for (size_t i = 0; i < choice.kernels.count && choice.kernels.kernels[i] != &chosen; ++i) {
    const Kernel& kernel = *choice.kernels.kernels[i];
    char words[160];
    Text why(words);
    explain_unusable(kernel, machine, choice, why);
    if (why.empty() && is_too_wide(kernel, problem)) why << "takes few channels, and those of a matrix alone";
    if (why.empty()) {
      const char* const reason = reason_to_decline(kernel, problem, false);
      why << (reason != nullptr ? reason : "knobs ask for another");
    }
    declined << (declined.empty() ? "" : "; ") << kernel.name << ": " << words;
  }
}

void make_routes(const Kernel& kernel, const Contraction& problem, const OutputPlan& output, const Machine& machine,
                 const Choice& choice, size_t packed_bytes, Text& reason, Routes* routes) {
  routes->kernel = &kernel;
  const Knobs& knobs = choice.knobs;
  routes->many = route_of(&kernel, problem, output, machine, knobs.schedule);
  routes->many.in_place = reads_in_place(routes->many, problem, knobs.lhs_rows);
  routes->many.most_rows = SIZE_MAX;
  Route& small_m = routes->small_m;
  small_m = route_of(small_m_kernel(kernel, problem, machine, choice), problem, output, machine, knobs.schedule);
  small_m.in_place = true;
  small_m.small_m = true;
  small_m.most_rows = most_small_rows(small_m, kernel, problem, output, packed_bytes, machine, knobs.small_m_rows);
  if (serves_many_rows(small_m, routes->many, problem, knobs.lhs_rows)) {
    routes->many = small_m;
    routes->many.small_m = false;
    routes->many.most_rows = SIZE_MAX;
  }
  if (small_m.kernel != nullptr && small_m.kernel != &kernel) {
    reason << "; up to " << static_cast<uint64_t>(small_m.most_rows) << " rows: " << small_m.kernel->name;
  }
}

void describe_route(const Routes& routes, size_t rows, Text& text) {
  const Route& route = routes.of(rows);
  text << (route.small_m ? "small M: " : "") << route.kernel->name << ", rows "
       << (route.in_place ? "in place" : "packed")
       << (route.tuned[0].fused.run != nullptr ? ", fused epilogue" : ", output stage on the tile");
  if (route.has_in_order) text << ", another tuning on in-order cores";
}

}  // namespace ottava
