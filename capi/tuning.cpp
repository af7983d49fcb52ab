// Tunings: their memory, their text, one line of them. capi/tune.cpp makes them by measurement.
#include "tuning.h"
#include "base/checked.h"
#include "boundary.h"
#include "packed_layers.h"
#include "tuning/text.h"

using namespace ottava;

TuningKey ottava::key_of(const ottava_context& context) {
  return make_key(context.machine, context.choice, context.threads, kLibrary);
}

Status ottava::make_tuning(const Allocator& allocator, uint32_t room, ottava_tuning** tuning, Error* error) {
  if (allocator.allocate == nullptr) {
    error->set(Status::bad_memory, "context") << "has no allocator, and a tuning wants memory";
    return Status::bad_memory;
  }
  constexpr size_t kHandleBytes = round_up(sizeof(ottava_tuning), kAlignment);
  const uint64_t bytes = kHandleBytes + uint64_t{room} * sizeof(TunedLine);
  uint8_t* const memory = static_cast<uint8_t*>(allocator.allocate(allocator.user, bytes, kAlignment));
  if (memory == nullptr) {
    error->set(Status::out_of_memory, "tuning") << "the allocator returned NULL for " << bytes << " bytes";
    return Status::out_of_memory;
  }
  ottava_tuning* const made = reinterpret_cast<ottava_tuning*>(memory);
  made->lines.lines = reinterpret_cast<TunedLine*>(memory + kHandleBytes);
  made->lines.count = 0;
  made->allocator = allocator;
  made->memory_bytes = bytes;
  *tuning = made;
  return Status::ok;
}

void ottava::write_knobs(const Knobs& knobs, const char* kernel, ottava_knobs* written) {
  *written = OTTAVA_KNOBS_INIT;
  written->lhs_rows = static_cast<uint32_t>(knobs.lhs_rows);
  written->schedule = static_cast<uint32_t>(knobs.schedule);
  written->thread_cut = static_cast<uint32_t>(knobs.thread_cut);
  written->small_m_rows = knobs.small_m_rows;
  written->block_rows = knobs.block_rows;
  written->block_columns = knobs.block_columns;
  written->work_per_thread = knobs.work_per_thread;
  Text(written->kernel) << kernel;
}

extern "C" ottava_status ottava_tuning_destroy(ottava_tuning* tuning) {
  if (tuning == nullptr) return OTTAVA_OK;
  const Allocator allocator = tuning->allocator;
  allocator.release(allocator.user, tuning, tuning->memory_bytes);
  return OTTAVA_OK;
}

extern "C" ottava_status ottava_tuning_write(const ottava_tuning* tuning, char* text, uint64_t bytes, uint64_t* needed,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(tuning, "tuning", words);
    if (status == Status::ok && bytes != 0) status = require(text, "text", words);
    if (status == Status::ok) status = require(needed, "needed", words);
    if (status == Status::ok) *needed = write_tuning(tuning->lines, text, bytes);
    return status;
  });
}

Status ottava::read_tuning(const ottava_context& context, const char* text, uint64_t bytes, bool of_any_machine,
                           ottava_tuning** tuning, Error* error) {
  TuningHead head;
  Status status = read_head(text, bytes, &head, error);
  if (status != Status::ok) return status;
  if (!of_any_machine) {
    char difference[200];
    Text differs(difference);
    explain_difference(key_of(context), head.key, differs);
    if (!differs.empty()) {
      error->set(Status::unsupported, "text") << "is of another machine or library: " << difference;
      return Status::unsupported;
    }
  }
  ottava_tuning* made = nullptr;
  status = make_tuning(context.allocator, head.problems, &made, error);
  if (status != Status::ok) return status;
  status = read_lines(text, bytes, head, context.choice.kernels, &made->lines, error);
  if (status != Status::ok) {
    ottava_tuning_destroy(made);
    return status;
  }
  *tuning = made;
  return status;
}

extern "C" ottava_status ottava_tuning_read(const ottava_context* context, const char* text, uint64_t bytes,
                                            uint32_t flags, ottava_tuning** tuning, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(context, "context", words);
    if (status == Status::ok) status = require(text, "text", words);
    if (status == Status::ok) status = require(tuning, "tuning", words);
    if (status != Status::ok) return status;
    if ((flags & ~OTTAVA_TUNING_OF_ANOTHER_MACHINE) != 0) {
      words->set(Status::bad_option, "flags") << "is " << flags << ", with a flag that is not defined";
      return Status::bad_option;
    }
    return read_tuning(*context, text, bytes, flags != 0, tuning, words);
  });
}

extern "C" ottava_status ottava_tuning_merge(const ottava_tuning* first, const ottava_tuning* second,
                                             ottava_tuning** tuning, ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(first, "first", words);
    if (status == Status::ok) status = require(second, "second", words);
    if (status == Status::ok) status = require(tuning, "tuning", words);
    if (status != Status::ok) return status;
    char difference[200];
    Text differs(difference);
    explain_difference(first->lines.key, second->lines.key, differs);
    if (!differs.empty()) {
      words->set(Status::unsupported, "second") << "is of another machine or library: " << difference;
      return Status::unsupported;
    }
    uint32_t room = first->lines.count;
    for (uint32_t i = 0; i < second->lines.count; ++i) {
      if (line_of(first->lines, second->lines.lines[i].problem) == nullptr) ++room;
    }
    if (room > kMostTunedLines) {
      words->set(Status::unsupported, "second") << "makes " << room << " lines, above " << kMostTunedLines;
      return Status::unsupported;
    }
    ottava_tuning* made = nullptr;
    status = make_tuning(first->allocator, room, &made, words);
    if (status != Status::ok) return status;
    made->lines.key = first->lines.key;
    copy_bytes(made->lines.lines, first->lines.lines, first->lines.count * sizeof(TunedLine));
    made->lines.count = first->lines.count;
    for (uint32_t i = 0; i < second->lines.count; ++i) add_line(second->lines.lines[i], &made->lines);
    *tuning = made;
    return status;
  });
}

extern "C" ottava_status ottava_tuning_query(const ottava_tuning* tuning, uint32_t index, ottava_tuned_info* info,
                                             ottava_error* error) {
  return at_boundary(error, [=](Error* words) {
    Status status = require(tuning, "tuning", words);
    if (status == Status::ok) status = check_struct(info, sizeof(ottava_tuned_info), "info", words);
    if (status != Status::ok) return status;
    if (index >= tuning->lines.count) {
      words->set(Status::out_of_range, "index") << "is " << index << "; there are " << tuning->lines.count << " lines";
      return Status::out_of_range;
    }
    const TunedLine& line = tuning->lines.lines[index];
    ottava_tuned_info filled = OTTAVA_TUNED_INFO_INIT;
    filled.turns = line.turns;
    filled.most_rows = line.problem.most_rows;
    filled.n = line.problem.n;
    filled.k = line.problem.k;
    filled.default_picoseconds = line.default_picoseconds;
    filled.tuned_picoseconds = line.tuned_picoseconds;
    filled.noise_millionths = line.noise_millionths;
    write_knobs(line.knobs, line.kernel, &filled.knobs);
    Text problem(filled.problem);
    write_problem(line.problem, problem);
    write_struct(filled, info);
    return status;
  });
}
