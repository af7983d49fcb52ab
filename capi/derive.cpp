// Contexts that share the machine and the threads of another, and have knobs and a tuning of their own.
#include "boundary.h"
#include "handles.h"
#include "kernel_name.h"
#include "tuning.h"
#include "tuning/plan.h"

using namespace ottava;

static_assert(OTTAVA_ROWS_PACKED == static_cast<uint32_t>(LhsRows::packed) &&
                  OTTAVA_ROWS_IN_PLACE == static_cast<uint32_t>(LhsRows::in_place) &&
                  OTTAVA_SCHEDULE_OUT_OF_ORDER == static_cast<uint32_t>(CoreSchedule::out_of_order) &&
                  OTTAVA_SCHEDULE_IN_ORDER == static_cast<uint32_t>(CoreSchedule::in_order) &&
                  OTTAVA_CUT_NONE == static_cast<uint32_t>(ThreadCut::none) &&
                  OTTAVA_CUT_ROWS == static_cast<uint32_t>(ThreadCut::rows) &&
                  OTTAVA_CUT_COLUMNS == static_cast<uint32_t>(ThreadCut::columns),
              "the C ABI pins these values");

namespace {

Status refuse_knob(const char* argument, int64_t value, const char* words, Error* error) {
  error->set(Status::bad_option, argument) << "is " << value << ", " << words;
  return Status::bad_option;
}

struct ListedKnob {
  const char* argument;
  uint32_t value;
  uint32_t last;
  const char* words;
};

// Enough for any run, and far from what arithmetic on sizes would not hold.
int64_t at_most(int64_t value, int64_t most) { return value < most ? value : most; }

}  // namespace

Status ottava::read_knobs(const ottava_knobs* caller, const Machine& machine, const Choice& choice, Knobs* knobs,
                          Error* error) {
  ottava_knobs read = OTTAVA_KNOBS_INIT;
  Status status = read_struct(*caller, sizeof read, "knobs", &read, error);
  if (status != Status::ok) return status;
  const ListedKnob listed[] = {
      {"knobs.lhs_rows", read.lhs_rows, OTTAVA_ROWS_IN_PLACE,
       "not 0, OTTAVA_ROWS_PACKED (1), OTTAVA_ROWS_IN_PLACE (2)"},
      {"knobs.schedule", read.schedule, OTTAVA_SCHEDULE_IN_ORDER,
       "not 0, OTTAVA_SCHEDULE_OUT_OF_ORDER (1), OTTAVA_SCHEDULE_IN_ORDER (2)"},
      {"knobs.thread_cut", read.thread_cut, OTTAVA_CUT_COLUMNS,
       "not 0, OTTAVA_CUT_NONE (1), OTTAVA_CUT_ROWS (2), OTTAVA_CUT_COLUMNS (3)"},
  };
  for (const ListedKnob& knob : listed) {
    if (knob.value > knob.last) return refuse_knob(knob.argument, knob.value, knob.words, error);
  }
  if (read.small_m_rows < -1) return refuse_knob("knobs.small_m_rows", read.small_m_rows, "below -1", error);
  if (read.block_rows < 0) return refuse_knob("knobs.block_rows", read.block_rows, "negative", error);
  if (read.block_columns < 0) return refuse_knob("knobs.block_columns", read.block_columns, "negative", error);
  if (read.work_per_thread < 0) return refuse_knob("knobs.work_per_thread", read.work_per_thread, "negative", error);
  if (read.kernel[sizeof read.kernel - 1] != '\0') {
    error->set(Status::bad_option, "knobs.kernel")
        << "has no end within its " << static_cast<uint32_t>(sizeof read.kernel) << " bytes";
    return Status::bad_option;
  }
  const Kernel* kernel = nullptr;
  if (read.kernel[0] != '\0') {
    status = find_kernel(choice.kernels, read.kernel, "knobs.kernel", &kernel, error);
    if (status == Status::ok) status = check_usable(*kernel, machine, choice, "knobs.kernel", error);
    if (status != Status::ok) return status;
  }
  knobs->kernel = kernel;
  knobs->lhs_rows = static_cast<LhsRows>(read.lhs_rows);
  knobs->schedule = static_cast<CoreSchedule>(read.schedule);
  knobs->thread_cut = static_cast<ThreadCut>(read.thread_cut);
  knobs->small_m_rows = at_most(read.small_m_rows, 1 << 16);
  knobs->block_rows = at_most(read.block_rows, 1 << 16);
  knobs->block_columns = at_most(read.block_columns, 1 << 28);
  knobs->work_per_thread = at_most(read.work_per_thread, INT64_MAX / 4);
  return Status::ok;
}

namespace {

Status fill_derived(const ottava_context* parent, const ottava_knobs* knobs, const ottava_tuning* tuning,
                    ottava_context* context, Error* error) {
  Choice choice = parent->choice;
  choice.knobs = {};
  choice.tuned = {};
  if (knobs != nullptr) {
    const Status status = read_knobs(knobs, parent->machine, choice, &choice.knobs, error);
    if (status != Status::ok) return status;
  }
  if (tuning != nullptr || choice.knobs.kernel != nullptr) {
    choice.tuned = {plan_tuned, tuning != nullptr ? &tuning->lines : nullptr};
  }
  *context = *parent;
  context->choice = choice;
  context->pool = nullptr;  // the parent's, which context->parallel leads to
  context->tuning = nullptr;
  context->memory = nullptr;
  context->memory_bytes = 0;
  return Status::ok;
}

}  // namespace

extern "C" ottava_status ottava_context_derive(const ottava_context* parent, const ottava_knobs* knobs,
                                               const ottava_tuning* tuning, ottava_context** context,
                                               ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(parent, "parent", words);
    if (status == Status::ok) status = require(context, "context", words);
    if (status != Status::ok) return status;
    if (parent->allocator.allocate == nullptr) {
      words->set(Status::bad_memory, "parent") << "has no allocator: use ottava_context_derive_at";
      return Status::bad_memory;
    }
    ottava_context filled;
    status = fill_derived(parent, knobs, tuning, &filled, words);
    if (status != Status::ok) return status;
    void* const memory = parent->allocator.allocate(parent->allocator.user, sizeof filled, kAlignment);
    if (memory == nullptr) {
      words->set(Status::out_of_memory, "context")
          << "the allocator returned NULL for " << static_cast<uint64_t>(sizeof filled) << " bytes";
      return Status::out_of_memory;
    }
    filled.memory = memory;
    filled.memory_bytes = sizeof filled;
    *context = static_cast<ottava_context*>(memory);
    **context = filled;
    return Status::ok;
  });
}

extern "C" ottava_status ottava_context_derive_at(void* memory, uint64_t bytes, const ottava_context* parent,
                                                  const ottava_knobs* knobs, const ottava_tuning* tuning,
                                                  ottava_context** context, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(memory, "memory", words);
    if (status == Status::ok) status = require(parent, "parent", words);
    if (status == Status::ok) status = require(context, "context", words);
    if (status == Status::ok) status = require_context_memory(bytes, words);
    if (status != Status::ok) return status;
    ottava_context filled;
    status = fill_derived(parent, knobs, tuning, &filled, words);
    if (status != Status::ok) return status;
    *context = static_cast<ottava_context*>(align_up(memory, kAlignment));
    **context = filled;
    return Status::ok;
  });
}
