// ottava_tune: reads what is to be tuned, and has one problem measured after the other.
#include "base/checked.h"
#include "boundary.h"
#include "matmul.h"
#include "tune_search.h"

#if OTTAVA_HOSTED
#include "hosted/host.h"
#endif

using namespace ottava;

namespace {

constexpr uint64_t kUsualBudget = 1000000000;  // for each problem

#if OTTAVA_HOSTED
uint64_t system_clock(void*) { return monotonic_nanoseconds(); }
#endif

Status read_options(const ottava_tune_options* caller, ottava_tune_options* options, Error* error) {
  if (caller != nullptr) {
    const Status status = read_struct(*caller, sizeof *options, "options", options, error);
    if (status != Status::ok) return status;
  }
  if (options->flags != 0) {
    error->set(Status::bad_option, "options.flags") << "is " << options->flags << "; no flag is defined";
    return Status::bad_option;
  }
#if OTTAVA_HOSTED
  if (options->nanoseconds == nullptr) options->nanoseconds = system_clock;
#endif
  if (options->nanoseconds != nullptr) return Status::ok;
  error->set(Status::unsupported, "options.nanoseconds") << "is NULL, and this build has no clock";
  return Status::unsupported;
}

// Problem number `index` of an array whose elements are as long as the first says.
const ottava_tune_problem& problem_at(const ottava_tune_problem* problems, uint32_t index) {
  const uint8_t* const bytes = reinterpret_cast<const uint8_t*>(problems);
  return *reinterpret_cast<const ottava_tune_problem*>(bytes + size_t{index} * problems->struct_size);
}

Status read_rows(const ottava_tune_problem& problem, Workload* workload, Error* error) {
  const int64_t max_m = workload->desc.max_m;
  if (problem.m_count < 1 || problem.m_count > kMostTunedRows) {
    error->set(Status::bad_shape, "m_count") << "is " << problem.m_count << ", not 1 to " << kMostTunedRows;
    return Status::bad_shape;
  }
  const Status status = require(problem.m, "m", error);
  if (status != Status::ok) return status;
  workload->m_count = problem.m_count;
  for (uint32_t i = 0; i < problem.m_count; ++i) {
    const int64_t m = workload->m[i] = problem.m[i];
    if (m > workload->most_rows) workload->most_rows = m;
    if (m >= 1 && (max_m == 0 || m <= max_m)) continue;
    Text text = error->set(Status::bad_shape, "m");
    text << "is " << m << (m < 1 ? ", below 1" : ", above desc.max_m, ");
    if (m >= 1) text << max_m;
    return Status::bad_shape;
  }
  return status;
}

Status read_problem(const ottava_context* context, const ottava_tune_problem& caller, uint32_t struct_size,
                    Workload* workload, Error* error) {
  ottava_tune_problem problem = OTTAVA_TUNE_PROBLEM_INIT;
  if (caller.struct_size != struct_size) {
    error->set(Status::bad_struct, "struct_size")
        << "is " << caller.struct_size << ", that of the first problem is " << struct_size;
    return Status::bad_struct;
  }
  Status status = read_struct(caller, sizeof problem, "struct_size", &problem, error);
  if (status == Status::ok) status = require(problem.desc, "desc", error);
  if (status == Status::ok) status = require(problem.output, "output", error);
  if (status == Status::ok) status = read_struct(*problem.desc, sizeof workload->desc, "desc", &workload->desc, error);
  if (status == Status::ok) {
    status = read_struct(*problem.output, sizeof workload->output, "output", &workload->output, error);
  }
  if (status == Status::ok && problem.constants != nullptr) {
    workload->has_constants = true;
    status = read_struct(*problem.constants, sizeof workload->constants, "constants", &workload->constants, error);
  }
  if (status != Status::ok) return status;
  workload->context = context;
  Matmul ignored;
  status = plan_without_weights(context, &workload->desc, &workload->output, &ignored, error);
  return status == Status::ok ? read_rows(problem, workload, error) : status;
}

// Says of which problem the words are.
Status name_problem(uint32_t index, Status status, Error* error) {
  if (status == Status::ok) return status;
  Error words = *error;
  Text(error->argument) << "problems[" << index << "]." << words.argument;
  return status;
}

struct Run {
  const ottava_context* context;
  const ottava_tune_problem* problems;
  uint32_t count;
  ottava_tune_options options;
  Memory samples;
  Memory lines;  // of each problem
};

// Steps of all problems: the search, then the proof, at several times: a machine may be disturbed for a while.
constexpr uint32_t kProofs = 3;
constexpr uint32_t kSteps = 1 + kProofs;
// Of the budget, in hundredths: the end of the search, and of all.
constexpr uint64_t kSearchEnd = 60;
constexpr uint64_t kEnd = 95;
constexpr uint64_t kMostProof = 100000000;  // nanoseconds

// The step of one problem, with its share of what is left of the budget.
Status take_step(const Run& run, const Clock& clock, uint32_t step, uint32_t index, uint64_t share, Error* error) {
  TunedLine* const line = run.lines.as<TunedLine>() + index;
  if (step != 0 && !line->has_knobs()) return Status::ok;
  Workload workload;
  Samples* const samples = run.samples.as<Samples>();
  Status status =
      read_problem(run.context, problem_at(run.problems, index), run.problems->struct_size, &workload, error);
  if (status == Status::ok) status = workload.make_operands(error);
  if (status != Status::ok) return status;
  return step == 0 ? search_knobs(workload, clock, share, samples, line, error)
                   : verify_knobs(workload, clock, share < kMostProof ? share : kMostProof, samples, line, error);
}

// How many lines have knobs to prove, from this one on.
uint32_t count_to_prove(const Run& run, uint32_t index) {
  uint32_t count = 0;
  for (; index < run.count; ++index) {
    if (run.lines.as<TunedLine>()[index].has_knobs()) ++count;
  }
  return count;
}

Status tune_all(const Run& run, Error* error) {
  const Clock clock = {run.options.nanoseconds, run.options.clock_user};
  const uint64_t budget = run.options.budget_nanoseconds;
  const uint64_t whole = budget != 0 ? budget : kUsualBudget * run.count;
  const uint64_t start = clock.now();
  const auto progress = [&run](uint32_t done) {
    if (run.options.progress != nullptr) run.options.progress(run.options.progress_user, done, run.count * kSteps);
  };
  for (uint32_t step = 0; step < kSteps; ++step) {
    for (uint32_t i = 0; i < run.count; ++i) {
      progress(step * run.count + i);
      const uint64_t end = whole / 100 * (step == 0 ? kSearchEnd : kEnd), used = clock.since(start);
      const uint64_t left = used < end ? end - used : 0;
      // What earlier ones have left over is for those that follow.
      const uint32_t sharing =
          step == 0 ? run.count - i : count_to_prove(run, i) + (kProofs - step) * count_to_prove(run, 0);
      const Status status = take_step(run, clock, step, i, sharing != 0 ? left / sharing : 0, error);
      if (status != Status::ok) return name_problem(i, status, error);
    }
  }
  progress(run.count * kSteps);
  return Status::ok;
}

// Before anything is measured.
Status check_problems(const Run& run, Error* error) {
  for (uint32_t i = 0; i < run.count; ++i) {
    Workload workload;
    const uint32_t struct_size = run.problems->struct_size;
    const Status status = read_problem(run.context, problem_at(run.problems, i), struct_size, &workload, error);
    if (status != Status::ok) return name_problem(i, status, error);
  }
  return Status::ok;
}

}  // namespace

extern "C" ottava_status ottava_tune(const ottava_context* context, const ottava_tune_problem* problems, uint32_t count,
                                     const ottava_tune_options* options, ottava_tuning** tuning, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Run run = {context, problems, count, OTTAVA_TUNE_OPTIONS_INIT, {}, {}};
    Status status = require(context, "context", words);
    if (status == Status::ok && count != 0) status = require(problems, "problems", words);
    if (status == Status::ok) status = require(tuning, "tuning", words);
    if (status == Status::ok) status = read_options(options, &run.options, words);
    if (status != Status::ok) return status;
    if (count > kMostTunedLines) {
      words->set(Status::out_of_range, "count") << "is " << count << ", above " << kMostTunedLines;
      return Status::out_of_range;
    }
    if (count != 0 && !plausible_size<ottava_tune_problem>(problems->struct_size, sizeof *problems)) {
      words->set(Status::bad_struct, "problems")
          << "struct_size is " << problems->struct_size << ", expected " << static_cast<uint64_t>(sizeof *problems);
      return Status::bad_struct;
    }
    status = check_problems(run, words);
    ottava_tuning* made = nullptr;
    if (status == Status::ok) status = make_tuning(context->allocator, count, &made, words);
    if (status != Status::ok) return status;
    made->lines.key = key_of(*context);
    status = run.samples.allocate(context->allocator, Size(sizeof(Samples)), words);
    if (status == Status::ok) {
      status = run.lines.allocate(context->allocator, Size(sizeof(TunedLine)) * Size(count), words);
    }
    for (uint32_t i = 0; status == Status::ok && i < count; ++i) run.lines.as<TunedLine>()[i] = TunedLine();
    if (status == Status::ok) status = tune_all(run, words);
    if (status != Status::ok) {
      ottava_tuning_destroy(made);
      return status;
    }
    for (uint32_t i = 0; i < count; ++i) {
      TunedLine* const line = run.lines.as<TunedLine>() + i;
      TunedLine* const known = line_of(made->lines, line->problem);
      // One line serves both.
      if (known != nullptr && !known->has_knobs_of(*line)) {
        known->drop_knobs();
        line->drop_knobs();
      }
      add_line(*line, &made->lines);
    }
    *tuning = made;
    return status;
  });
}
