// Contexts: the machine as detected, the choice of tier, the allocator and the threads.
#include "boundary.h"
#include "cpu/detect.h"
#include "cpu/tiers.h"
#include "handles.h"
#include "kernel_name.h"

#if OTTAVA_HOSTED
#include "hosted/file.h"
#include "hosted/host.h"
#include "hosted/probe.h"
#include "tuning.h"
#include "tuning/plan.h"
#endif

using namespace ottava;

namespace {

constexpr uint32_t kMostThreads = 1024;

// The names that OTTAVA_ISA may hold on this architecture.
void list_tiers(Text& text) {
  bool first = true;
  for (size_t i = 0; i < tier_count(); ++i) {
    if (!belongs_here(tier_at(i))) continue;
    text << (first ? "" : ", ") << tier_at(i).name;
    first = false;
  }
}

Status apply_option_cap(uint32_t cap, Isa* isa, Error* error) {
  const Tier* tier = tier_of(static_cast<Isa>(cap));
  if (cap != OTTAVA_TIER_ANY && (tier == nullptr || !belongs_here(*tier))) {
    Text text = error->set(Status::bad_option, "options.tier_cap");
    text << "is " << cap << ", no tier of this architecture; its tiers: ";
    list_tiers(text);
    return Status::bad_option;
  }
  *isa = static_cast<Isa>(cap);
  return Status::ok;
}

Status apply_environment_cap(Isa* isa, Error* error) {
#if OTTAVA_HOSTED
  const char* name = environment("OTTAVA_ISA");
  if (name == nullptr || name[0] == '\0') return Status::ok;
  const Tier* tier = tier_named(name);
  if (tier == nullptr || !belongs_here(*tier)) {
    Text text = error->set(Status::unknown_name, "OTTAVA_ISA");
    Shortened shortened(name);
    text << "is \"" << shortened.words << "\", no tier of this architecture; its tiers: ";
    list_tiers(text);
    return Status::unknown_name;
  }
  if (*isa == Isa::any || tier->isa < *isa) *isa = tier->isa;
#else
  (void)isa;
  (void)error;
#endif
  return Status::ok;
}

Status apply_kernel_name(const char* name, Choice* choice, Error* error) {
  return name == nullptr ? Status::ok : find_kernel(choice->kernels, name, "host.kernel", &choice->only, error);
}

Status check_only_kernel(const Machine& machine, const Choice& choice, Error* error) {
  return choice.only == nullptr ? Status::ok : check_usable(*choice.only, machine, choice, "host.kernel", error);
}

// The portable kernels, at the end of every list, can run anywhere; a chosen one has been found usable. Unless it is
// chosen, a kernel for few channels does not stand for its tier: its stages may be narrower.
const Kernel& first_usable(const Machine& machine, const Choice& choice) {
  const KernelList list = choice.kernels;
  size_t index = 0;
  for (; index + 1 < list.count; ++index) {
    if (choice.only == nullptr && list.kernels[index]->min_depth_per_channel != 0) continue;
    char words[160];
    Text why(words);
    explain_unusable(*list.kernels[index], machine, choice, why);
    if (why.empty()) break;
  }
  return *list.kernels[index];
}

struct Settings {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
};

Status read_settings(const ottava_context_options* options, const ottava_context_host* host, Settings* settings,
                     Error* error) {
  if (options != nullptr) {
    const Status status = read_struct(*options, 16, "options", &settings->options, error);
    if (status != Status::ok) return status;
  }
  if (host != nullptr) {
    const Status status = read_struct(*host, 8 + 6 * sizeof(void*), "host", &settings->host, error);
    if (status != Status::ok) return status;
  }
  if ((settings->options.flags & ~OTTAVA_CONTEXT_THIS_CORE_KIND) != 0) {
    error->set(Status::bad_option, "options.flags")
        << "is " << settings->options.flags << "; the flag is OTTAVA_CONTEXT_THIS_CORE_KIND, 1";
    return Status::bad_option;
  }
  if (settings->options.threads > kMostThreads) {
    error->set(Status::bad_option, "options.threads")
        << "is " << settings->options.threads << ", above " << kMostThreads;
    return Status::bad_option;
  }
  const Status status = require_zero(settings->host.reserved, "host.reserved", error);
  if (status != Status::ok) return status;
  if ((settings->host.allocate == nullptr) != (settings->host.release == nullptr)) {
    error->set(Status::bad_option, settings->host.allocate == nullptr ? "host.allocate" : "host.release")
        << "is NULL, its counterpart is not";
    return Status::bad_option;
  }
  return Status::ok;
}

// Everything that needs no memory of its own.
using Probe = void (*)(Machine*, bool wants_tiles, bool this_kind);
#if OTTAVA_HOSTED
constexpr Probe kProbe = probe_machine;
constexpr Probe kProbeWithoutHeap = probe_machine_without_heap;
#else
void probe_compiled(Machine* machine, bool, bool) { *machine = detect_compiled(); }
constexpr Probe kProbe = probe_compiled;
constexpr Probe kProbeWithoutHeap = probe_compiled;
#endif

// Whether a tier that the choice leaves works on tiles, for which the OS is to be asked.
bool wants_tiles(const Choice& choice) {
  for (size_t i = 0; i < tier_count(); ++i) {
    const Tier& tier = tier_at(i);
    if ((tier.required_features & bit(Feature::amx_tile)) != 0 && admits(choice, tier.isa)) return true;
  }
  return false;
}

Status fill_context(const Settings& settings, Probe probe, ottava_context* context, Error* error) {
  context->choice = {built_kernels(), Isa::any, nullptr};
  Status status = apply_option_cap(settings.options.tier_cap, &context->choice.cap, error);
  if (status == Status::ok) status = apply_environment_cap(&context->choice.cap, error);
  if (status == Status::ok) status = apply_kernel_name(settings.host.kernel, &context->choice, error);
  if (status != Status::ok) return status;
  const bool this_kind = (settings.options.flags & OTTAVA_CONTEXT_THIS_CORE_KIND) != 0;
  probe(&context->machine, wants_tiles(context->choice), this_kind);
  status = check_only_kernel(context->machine, context->choice, error);
  if (status != Status::ok) return status;
  const Kernel& first = first_usable(context->machine, context->choice);
  context->stages = first.stages;
  context->quantize = first.quantize;
  context->isa = first.isa;

  const uint32_t threads = settings.options.threads != 0 ? settings.options.threads : context->machine.cores;
  context->threads = threads < kMostThreads ? threads : kMostThreads;
  context->allocator = {settings.host.allocate, settings.host.release, settings.host.allocator_user};
  context->parallel = {settings.host.parallel_for, settings.host.parallel_user};
  context->pool = nullptr;
  context->tuning = nullptr;
  context->memory = nullptr;
  context->memory_bytes = 0;
  return Status::ok;
}

Status start_threads(ottava_context* context, Error* error) {
  if (context->threads == 1 || context->parallel.parallel_for != nullptr) return Status::ok;
#if OTTAVA_HOSTED
  if (has_thread_pool()) {
    context->pool = create_thread_pool(context->threads);
    if (context->pool == nullptr) {
      error->set(Status::out_of_memory, "options.threads")
          << "is " << context->threads << ", and so many could not be started";
      return Status::out_of_memory;
    }
    context->parallel = {thread_pool_parallel_for, context->pool};
    return Status::ok;
  }
#endif
  error->set(Status::unsupported, "options.threads")
      << "is " << context->threads << ", and this build has no thread pool: give host.parallel_for";
  return Status::unsupported;
}

#if OTTAVA_HOSTED
// The file that OTTAVA_TUNING names.
Status read_environment_tuning(ottava_context* context, Error* error) {
  const char* const path = environment("OTTAVA_TUNING");
  if (path == nullptr || path[0] == '\0') return Status::ok;
  const FileContent file(path);
  const Shortened shortened(path);
  if (file.text == nullptr) {
    error->set(Status::bad_tuning, "OTTAVA_TUNING") << "is \"" << shortened.words << "\", which cannot be read";
    return Status::bad_tuning;
  }
  Error said;
  const Status status = read_tuning(*context, file.text, file.bytes, false, &context->tuning, &said);
  if (status != Status::ok) {
    error->set(status, "OTTAVA_TUNING") << "is \"" << shortened.words << "\": " << said.message;
    return status;
  }
  context->choice.tuned = {plan_tuned, &context->tuning->lines};
  return Status::ok;
}
#endif

}  // namespace

extern "C" ottava_status ottava_context_create(const ottava_context_options* options, const ottava_context_host* host,
                                               ottava_context** context, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    Settings settings;
    if (status == Status::ok) status = read_settings(options, host, &settings, words);
    if (status != Status::ok) return status;
#if OTTAVA_HOSTED
    if (settings.host.allocate == nullptr) {
      settings.host.allocate = heap_allocate;
      settings.host.release = heap_release;
    }
#endif
    if (settings.host.allocate == nullptr) {
      words->set(Status::unsupported, "host.allocate")
          << "is NULL, and this build has no heap: use ottava_context_init_at";
      return Status::unsupported;
    }

    ottava_context filled;
    status = fill_context(settings, kProbe, &filled, words);
    if (status != Status::ok) return status;
    void* memory = settings.host.allocate(settings.host.allocator_user, sizeof(ottava_context), kAlignment);
    if (memory == nullptr) {
      words->set(Status::out_of_memory, "context")
          << "the allocator returned NULL for " << static_cast<uint64_t>(sizeof(ottava_context)) << " bytes";
      return Status::out_of_memory;
    }
    filled.memory = memory;
    filled.memory_bytes = sizeof(ottava_context);
    status = start_threads(&filled, words);
#if OTTAVA_HOSTED
    if (status == Status::ok) status = read_environment_tuning(&filled, words);
#endif
    if (status != Status::ok) {
      ottava_context_destroy(&filled);
      return status;
    }
    *context = static_cast<ottava_context*>(memory);
    **context = filled;
    return Status::ok;
  });
}

Status ottava::require_context_memory(uint64_t bytes, Error* error) {
  uint64_t needed = 0;
  ottava_context_size(&needed);
  if (bytes >= needed) return Status::ok;
  error->set(Status::bad_memory, "bytes") << "is " << bytes << ", a context needs " << needed;
  return Status::bad_memory;
}

extern "C" ottava_status ottava_context_size(uint64_t* bytes) {
  if (bytes == nullptr) return OTTAVA_NULL_POINTER;
  *bytes = sizeof(ottava_context) + kAlignment - 1;
  return OTTAVA_OK;
}

extern "C" ottava_status ottava_context_init_at(void* memory, uint64_t bytes, const ottava_context_options* options,
                                                const ottava_context_host* host, ottava_context** context,
                                                ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = require(memory, "memory", words);
    Settings settings;
    if (status == Status::ok) status = read_settings(options, host, &settings, words);
    if (status == Status::ok) status = require_context_memory(bytes, words);
    if (status != Status::ok) return status;
    ottava_context filled;
    status = fill_context(settings, kProbeWithoutHeap, &filled, words);
    if (status != Status::ok) return status;
    if (settings.options.threads == 0 && filled.parallel.parallel_for == nullptr) filled.threads = 1;
    if (filled.threads > 1 && filled.parallel.parallel_for == nullptr) {
      words->set(Status::unsupported, "options.threads")
          << "is " << filled.threads << "; a context in caller memory starts no threads: give host.parallel_for";
      return Status::unsupported;
    }
    *context = static_cast<ottava_context*>(align_up(memory, kAlignment));
    **context = filled;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_context_destroy(ottava_context* context) {
  if (context == nullptr) return OTTAVA_OK;
#if OTTAVA_HOSTED
  if (context->pool != nullptr) destroy_thread_pool(context->pool);
  ottava_tuning_destroy(context->tuning);
#endif
  if (context->memory != nullptr) {
    context->allocator.release(context->allocator.user, context->memory, context->memory_bytes);
  }
  return OTTAVA_OK;
}
