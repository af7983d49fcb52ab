#include "cpu.h"

#include <cinttypes>
#include <cstdio>
#include <vector>

#include "json.h"
#include "machine.h"

namespace ottava::tools {
namespace {

constexpr const char* kArchitectures[] = {"portable", "x86_64", "arm64", "arm32"};

std::string version() {
  std::uint32_t major = 0, minor = 0, patch = 0;
  ottava_version(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

void print(const ottava_cpu_info& cpu, const std::vector<ottava_tier_info>& tiers,
           const std::vector<ottava_kernel_info>& kernels, const ottava_context* context) {
  std::printf("ottava    %s for %s%s\n", version().c_str(), kArchitectures[cpu.architecture],
              cpu.optimized != 0 ? "" : ", compiled without optimization: many times slower");
  std::printf("cpu       %s, %" PRIu32 " core%s of %" PRIu32 " kind%s\n", cpu.name, cpu.cores,
              cpu.cores == 1 ? "" : "s", cpu.core_kinds, cpu.core_kinds == 1 ? "" : "s");
  std::printf("features  %s\n", cpu.features[0] != '\0' ? cpu.features : "none that matter here");
  std::printf("caches    %" PRIu64 " KiB, %" PRIu64 " KiB, %" PRIu64 " KiB%s\n", cpu.l1d_bytes / 1024,
              cpu.l2_bytes / 1024, cpu.l3_bytes / 1024, cpu.caches_known != 0 ? "" : " (assumed)");
  for (const ottava_tier_info& tier : tiers) {
    std::printf("tier      %-16s %s\n", tier.name,
                tier.usable != 0 ? ("usable, first " + std::string(tier.kernel)).c_str() : tier.reason);
  }
  for (const ottava_kernel_info& kernel : kernels) {
    const std::string words = "tier " + tier_name(context, kernel.tier) + ", tile " + std::to_string(kernel.tile_m) +
                              " x " + std::to_string(kernel.tile_n) + " x " + std::to_string(kernel.tile_k) +
                              (kernel.lhs_rows == OTTAVA_ROWS_IN_PLACE ? ", rows in place" : "");
    std::printf("kernel    %-44s %s\n", kernel.name, kernel.usable != 0 ? words.c_str() : kernel.reason);
  }
}

Json json_of(const ottava_cpu_info& cpu, const std::vector<ottava_tier_info>& tiers,
             const std::vector<ottava_kernel_info>& kernels, const ottava_context* context) {
  Json json;
  json.begin('{').with("version", version()).with("architecture", kArchitectures[cpu.architecture]);
  json.with("optimized", cpu.optimized != 0).with("cpu", cpu.name).with("cores", cpu.cores);
  json.with("core_kinds", cpu.core_kinds).with("features", cpu.features).with("l1d_bytes", cpu.l1d_bytes);
  json.with("l2_bytes", cpu.l2_bytes).with("l3_bytes", cpu.l3_bytes).with("caches_known", cpu.caches_known != 0);
  json.key("tiers").begin('[');
  for (const ottava_tier_info& tier : tiers) {
    json.begin('{').with("name", tier.name).with("built", tier.built != 0).with("detected", tier.detected != 0);
    json.with("usable", tier.usable != 0).with("kernel", tier.kernel).with("reason", tier.reason).end('}');
  }
  json.end(']').key("kernels").begin('[');
  for (const ottava_kernel_info& kernel : kernels) {
    json.begin('{').with("name", kernel.name).with("tier", tier_name(context, kernel.tier));
    json.with("tile_m", kernel.tile_m).with("tile_n", kernel.tile_n).with("tile_k", kernel.tile_k);
    json.with("lhs_rows", name_of_lhs_rows(kernel.lhs_rows)).with("usable", kernel.usable != 0);
    json.with("reason", kernel.reason).end('}');
  }
  json.end(']').end('}');
  return json;
}

}  // namespace

void cpu(const CpuOptions& options) {
  const Context context = make_context();
  std::vector<ottava_tier_info> tiers;
  ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context.get(), i, &tier, nullptr) == OTTAVA_OK; ++i) {
    tiers.push_back(tier);
  }
  const std::vector<ottava_kernel_info> kernels = kernels_of(context.get());
  if (options.json) {
    json_of(cpu_of(context.get()), tiers, kernels, context.get()).print();
  } else {
    print(cpu_of(context.get()), tiers, kernels, context.get());
  }
}

}  // namespace ottava::tools
