#include "machine.h"

#include <array>
#include <cstring>

#include "files.h"

namespace ottava::tools {
namespace {

constexpr std::array<const char*, 3> kRows = {"", "packed", "in_place"};
constexpr std::array<const char*, 3> kSchedules = {"", "out_of_order", "in_order"};
constexpr std::array<const char*, 4> kCuts = {"", "none", "rows", "columns"};
constexpr std::array<const char*, 4> kBounds = {"", "multiply", "memory", "call"};
constexpr std::array<const char*, 4> kExactness = {"", "types", "weights", "may_wrap"};

template <std::size_t Count>
const char* name(const std::array<const char*, Count>& names, std::uint32_t value) {
  return value < Count ? names[value] : "";
}

template <std::size_t Count>
std::uint32_t number(const std::array<const char*, Count>& names, const std::string& word, const char* option) {
  std::string expected;
  for (std::uint32_t i = 0; i < Count; ++i) {
    if (word == names[i]) return i;
    if (i != 0) expected += (i > 1 ? ", " : "") + std::string(names[i]);
  }
  throw Misused(std::string(option) + " is " + word + ", expected one of " + expected);
}

}  // namespace

const char* name_of_lhs_rows(std::uint32_t value) { return name(kRows, value); }
const char* name_of_schedule(std::uint32_t value) { return name(kSchedules, value); }
const char* name_of_thread_cut(std::uint32_t value) { return name(kCuts, value); }
const char* name_of_bound(std::uint32_t value) { return name(kBounds, value); }
const char* name_of_exactness(std::uint32_t value) { return name(kExactness, value); }

Context make_machine(const MachineOptions& options, const char* kernel) {
  ottava_context_options with = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  with.threads = options.threads;
  host.kernel = kernel;
  if (!options.tier.empty()) {
    const Context any = make_context();
    ottava_tier_info tier = OTTAVA_TIER_INFO_INIT;
    std::string names;
    for (std::uint32_t i = 0; with.tier_cap == OTTAVA_TIER_ANY; ++i) {
      if (ottava_tier_query(any.get(), i, &tier, nullptr) != OTTAVA_OK) {
        throw Misused("--tier is " + options.tier + ", expected one of " + names);
      }
      if (options.tier == tier.name) with.tier_cap = tier.tier;
      if (tier.built != 0) names += (names.empty() ? "" : ", ") + std::string(tier.name);
    }
    if (tier.usable == 0) throw Refused("--tier: " + options.tier + ": " + tier.reason);
  }
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  if (ottava_context_create(&with, &host, &context, &error) != OTTAVA_OK) {
    const std::string argument = error.argument;
    const bool threads = argument.find("threads") != std::string::npos;
    throw Refused((threads ? "--threads" : argument) + ": " + error.message);
  }
  return Context(context);
}

ottava_knobs knobs_of(const KnobOptions& options) {
  ottava_knobs knobs = OTTAVA_KNOBS_INIT;
  if (options.kernel.size() >= sizeof knobs.kernel) throw Misused("--kernel: no kernel has so long a name");
  std::memcpy(knobs.kernel, options.kernel.c_str(), options.kernel.size() + 1);
  knobs.lhs_rows = number(kRows, options.lhs_rows, "--lhs-rows");
  knobs.schedule = number(kSchedules, options.schedule, "--schedule");
  knobs.thread_cut = number(kCuts, options.thread_cut, "--thread-cut");
  knobs.small_m_rows = options.small_m_rows;
  knobs.block_rows = options.block_rows;
  knobs.block_columns = options.block_columns;
  knobs.work_per_thread = options.work_per_thread;
  return knobs;
}

bool any_knob(const KnobOptions& options) {
  const ottava_knobs knobs = knobs_of(options), none = OTTAVA_KNOBS_INIT;
  return std::memcmp(&knobs, &none, sizeof none) != 0;
}

Context derive(const ottava_context* parent, const KnobOptions& options, const ottava_tuning* tuning) {
  const ottava_knobs knobs = knobs_of(options);
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  if (ottava_context_derive(parent, &knobs, tuning, &context, &error) != OTTAVA_OK) {
    std::string option = error.argument;  // "knobs.block_rows"
    if (option.rfind("knobs.", 0) == 0) option.replace(0, 6, "--");
    for (char& c : option) c = c == '_' ? '-' : c;
    throw Refused(option + ": " + error.message);
  }
  return Context(context);
}

Tuning read_tuning(const ottava_context* context, const TuningOptions& options) {
  if (options.file.empty()) return nullptr;
  const std::string text(read_file(options.file).text());
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_tuning* tuning = nullptr;
  const std::uint32_t flags = options.foreign ? OTTAVA_TUNING_OF_ANOTHER_MACHINE : 0u;
  if (ottava_tuning_read(context, text.data(), text.size(), flags, &tuning, &error) != OTTAVA_OK) {
    const bool foreign = error.status == OTTAVA_UNSUPPORTED;
    throw Refused(options.file + ": " + error.message + (foreign ? "; --foreign takes it nevertheless" : ""));
  }
  return Tuning(tuning);
}

ottava_cpu_info cpu_of(const ottava_context* context) {
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  ottava_cpu_query(context, &cpu, nullptr);
  return cpu;
}

std::vector<ottava_kernel_info> kernels_of(const ottava_context* context) {
  std::vector<ottava_kernel_info> kernels;
  ottava_kernel_info kernel = OTTAVA_KERNEL_INFO_INIT;
  for (std::uint32_t i = 0; ottava_kernel_query(context, i, &kernel, nullptr) == OTTAVA_OK; ++i) {
    kernels.push_back(kernel);
  }
  return kernels;
}

std::string tier_name(const ottava_context* context, std::uint32_t tier) {
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK; ++i) {
    if (info.tier == tier) return info.name;
  }
  return std::to_string(tier);
}

std::string words_of(const ottava_knobs& knobs) {
  std::string words;
  const auto say = [&words](const char* name, const std::string& value) {
    words += (words.empty() ? "" : ", ") + std::string(name) + " " + value;
  };
  if (knobs.kernel[0] != '\0') say("kernel", knobs.kernel);
  if (knobs.lhs_rows != 0) say("lhs-rows", name_of_lhs_rows(knobs.lhs_rows));
  if (knobs.schedule != 0) say("schedule", name_of_schedule(knobs.schedule));
  if (knobs.thread_cut != 0) say("thread-cut", name_of_thread_cut(knobs.thread_cut));
  if (knobs.small_m_rows != 0) say("small-m-rows", std::to_string(knobs.small_m_rows));
  if (knobs.block_rows != 0) say("block-rows", std::to_string(knobs.block_rows));
  if (knobs.block_columns != 0) say("block-columns", std::to_string(knobs.block_columns));
  if (knobs.work_per_thread != 0) say("work-per-thread", std::to_string(knobs.work_per_thread));
  return words.empty() ? "default" : words;
}

}  // namespace ottava::tools
