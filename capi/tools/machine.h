// The context that a command works with: threads, tier, knobs and tuning, as the user has chosen them.
#ifndef OTTAVA_CAPI_TOOLS_MACHINE_H_
#define OTTAVA_CAPI_TOOLS_MACHINE_H_

#include <ottava/tuning.h>

#include <vector>

#include "handles.h"

namespace ottava::tools {

struct DestroyTuning {
  void operator()(ottava_tuning* tuning) const { ottava_tuning_destroy(tuning); }
};
using Tuning = std::unique_ptr<ottava_tuning, DestroyTuning>;

struct MachineOptions {
  std::uint32_t threads = 1;
  std::string tier;  // the best that is used, by name; empty: the machine's best
};

struct KnobOptions {
  std::string kernel, lhs_rows, schedule, thread_cut;  // empty: the library's choice
  std::int64_t small_m_rows = 0, block_rows = 0, block_columns = 0, work_per_thread = 0;
};

struct TuningOptions {
  std::string file;  // empty: none
  bool foreign = false;
};

// All of these throw Refused, or Misused, with words that begin with the option.
Context make_machine(const MachineOptions& options, const char* kernel = nullptr);
ottava_knobs knobs_of(const KnobOptions& options);
bool any_knob(const KnobOptions& options);
Context derive(const ottava_context* parent, const KnobOptions& options, const ottava_tuning* tuning);
Tuning read_tuning(const ottava_context* context, const TuningOptions& options);

ottava_cpu_info cpu_of(const ottava_context* context);
std::vector<ottava_kernel_info> kernels_of(const ottava_context* context);
std::string tier_name(const ottava_context* context, std::uint32_t tier);

// The names of the numbers in knobs and routes; empty for one that has none.
const char* name_of_lhs_rows(std::uint32_t value);
const char* name_of_schedule(std::uint32_t value);
const char* name_of_thread_cut(std::uint32_t value);
const char* name_of_bound(std::uint32_t value);
const char* name_of_exactness(std::uint32_t value);
// The knobs that say something, in a line; "default" if none does.
std::string words_of(const ottava_knobs& knobs);

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_MACHINE_H_
