// CPU and tier queries: what was detected, and what follows from it.
#include "boundary.h"
#include "cpu/tiers.h"
#include "handles.h"
#include "tuning.h"

using namespace ottava;

namespace {

static_assert(OTTAVA_TIER_ANY == static_cast<uint32_t>(Isa::any), "the C ABI pins this value");
#define OTTAVA_TIER(name, constant, value, architecture, features, flags) \
  static_assert(OTTAVA_TIER_##constant == value, "the C ABI pins this value");
#include "cpu/tiers.inc"
#undef OTTAVA_TIER
static_assert(OTTAVA_ARCH_PORTABLE == static_cast<uint32_t>(Architecture::portable) &&
                  OTTAVA_ARCH_X86_64 == static_cast<uint32_t>(Architecture::x86_64) &&
                  OTTAVA_ARCH_ARM64 == static_cast<uint32_t>(Architecture::arm64) &&
                  OTTAVA_ARCH_ARM32 == static_cast<uint32_t>(Architecture::arm32),
              "the C ABI pins these values");

constexpr bool kHereThenElsewhere[] = {true, false};

// Tier number `index` with those of this architecture, portable included, before all others; null past the
// end.
const Tier* tier_here_first(uint32_t index) {
  for (const bool here : kHereThenElsewhere) {
    for (size_t i = 0; i < tier_count(); ++i) {
      const Tier& tier = tier_at(i);
      if (belongs_here(tier) == here && index-- == 0) return &tier;
    }
  }
  return nullptr;
}

const Kernel* first_kernel(const KernelList& list, Isa isa) {
  for (size_t i = 0; i < list.count; ++i) {
    if (list.kernels[i]->isa == isa) return list.kernels[i];
  }
  return nullptr;
}

// A tier is usable if any of its kernels is; a context that names a kernel leaves just that one.
const Kernel* usable_kernel(const ottava_context& context, Isa isa, Text& why_not) {
  for (size_t i = 0; i < context.choice.kernels.count; ++i) {
    const Kernel& kernel = *context.choice.kernels.kernels[i];
    if (kernel.isa != isa) continue;
    char words[128];
    Text why(words);
    explain_unusable(kernel, context.machine, context.choice, why);
    if (why.empty()) return &kernel;
    if (why_not.empty()) why_not << words;
  }
  return nullptr;
}

}  // namespace

extern "C" ottava_status ottava_cpu_query(const ottava_context* context, ottava_cpu_info* info, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = check_struct(info, 288, "info", words);
    if (status != Status::ok) return status;
    const Machine& machine = context->machine;
    ottava_cpu_info filled = OTTAVA_CPU_INFO_INIT;
    filled.architecture = static_cast<uint32_t>(kThisArchitecture);
    filled.cores = machine.cores;
    filled.core_kinds = machine.core_kinds;
    filled.l1d_bytes = machine.l1d_bytes;
    filled.l2_bytes = machine.l2_bytes;
    filled.l3_bytes = machine.l3_bytes;
    filled.caches_known = machine.caches_known ? 1 : 0;
#ifdef __OPTIMIZE__
    filled.optimized = 1;
#endif
    Text(filled.name) << machine.name;
    Text features(filled.features);
    list_features(machine, features);
    write_struct(filled, info);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_tier_query(const ottava_context* context, uint32_t index, ottava_tier_info* info,
                                           ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = check_struct(info, 224, "info", words);
    if (status != Status::ok) return status;
    const Tier* tier = tier_here_first(index);
    if (tier == nullptr) {
      words->set(Status::out_of_range, "index")
          << "is " << index << "; there are " << static_cast<uint64_t>(tier_count()) << " tiers";
      return Status::out_of_range;
    }

    const Kernel* first = first_kernel(context->choice.kernels, tier->isa);
    ottava_tier_info filled = OTTAVA_TIER_INFO_INIT;
    Text reason(filled.reason);
    const Kernel* usable = usable_kernel(*context, tier->isa, reason);
    if (usable != nullptr) filled.reason[0] = '\0';  // what a kernel before the usable one had to say
    filled.tier = static_cast<uint32_t>(tier->isa);
    filled.built = first != nullptr ? 1 : 0;
    filled.detected = machine_has_tier(context->machine, *tier) ? 1 : 0;
    filled.usable = usable != nullptr ? 1 : 0;
    Text(filled.name) << tier->name;
    if (first != nullptr) Text(filled.kernel) << (usable != nullptr ? usable : first)->name;
    if (first == nullptr) {
      Text why(filled.reason);
      if (filled.detected != 0) {
        why << "not compiled into this library";
      } else {
        explain_missing(context->machine, *tier, why);
      }
    }
    write_struct(filled, info);
    return Status::ok;
  });
}

extern "C" ottava_status ottava_kernel_query(const ottava_context* context, uint32_t index, ottava_kernel_info* info,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = check_struct(info, sizeof(ottava_kernel_info), "info", words);
    if (status != Status::ok) return status;
    const KernelList& list = context->choice.kernels;
    if (index >= list.count) {
      words->set(Status::out_of_range, "index")
          << "is " << index << "; there are " << static_cast<uint64_t>(list.count) << " kernels";
      return Status::out_of_range;
    }
    const Kernel& kernel = *list.kernels[index];
    const TileShape tile = resolve(kernel, context->machine);
    ottava_kernel_info filled = OTTAVA_KERNEL_INFO_INIT;
    filled.tier = static_cast<uint32_t>(kernel.isa);
    filled.tile_m = static_cast<uint32_t>(tile.mr);
    filled.tile_n = static_cast<uint32_t>(tile.width);
    filled.tile_k = static_cast<uint32_t>(tile.kr);
    filled.lhs_rows = kernel.form == LhsForm::indirect ? OTTAVA_ROWS_IN_PLACE : OTTAVA_ROWS_PACKED;
    Text(filled.name) << kernel.name;
    Text reason(filled.reason);
    explain_unusable(kernel, context->machine, context->choice, reason);
    filled.usable = reason.empty() ? 1 : 0;
    write_struct(filled, info);
    return Status::ok;
  });
}
