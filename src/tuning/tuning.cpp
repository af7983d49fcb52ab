#include "tuning/tuning.h"

#include "base/checksum.h"
#include "cpu/tiers.h"

namespace ottava {
namespace {

constexpr char kDigits[] = "0123456789";
constexpr char kHexDigits[] = "0123456789abcdef";

// Names and tiles in their order: what knobs mean depends on it.
uint64_t hash_of(const KernelList& list, const Machine& machine) {
  uint64_t sum = kChecksumStart;
  const auto add = [&sum](uint64_t word) { sum = checksum(sum, reinterpret_cast<const uint8_t*>(&word), sizeof word); };
  for (size_t i = 0; i < list.count; ++i) {
    const Kernel& kernel = *list.kernels[i];
    const TileShape tile = resolve(kernel, machine);
    for (const char* letter = kernel.name; *letter != '\0'; ++letter) add(static_cast<uint8_t>(*letter));
    const size_t sizes[] = {tile.mr, tile.nr, tile.kr, tile.width};
    for (const size_t size : sizes) add(size);
  }
  return sum;
}

template <class T>
void fill_in(const T& from, T* to) {
  if (*to == T{}) *to = from;
}

}  // namespace

const TuningLine key_lines[kKeyLines] = {{"library", "0123456789."}, {"kernels", kHexDigits}, {"cpu", nullptr},
                                         {"caches", "0123456789,"},  {"threads", kDigits},    {"cap", nullptr},
                                         {"kernel", nullptr}};

TuningKey make_key(const Machine& machine, const Choice& choice, uint32_t threads, uint32_t library) {
  TuningKey key;
  Text(key.values[0]) << (library >> 16) << "." << (library >> 8 & 255) << "." << (library & 255);
  Text hash(key.values[1]);
  const uint64_t sum = hash_of(choice.kernels, machine);
  for (int shift = 60; shift >= 0; shift -= 4) {
    const char digit[] = {kHexDigits[sum >> shift & 15], '\0'};
    hash << digit;
  }
  Text(key.values[2]) << (machine.name[0] != '\0' ? machine.name : "unknown");
  for (char* letter = key.values[2]; *letter != '\0'; ++letter) {
    if (static_cast<uint8_t>(*letter) < ' ' || *letter == 127) *letter = '?';
  }
  Text(key.values[3]) << machine.l1d_bytes << "," << machine.l2_bytes << "," << machine.l3_bytes;
  Text(key.values[4]) << threads;
  const Tier* const cap = tier_of(choice.cap);
  Text(key.values[5]) << (cap != nullptr ? cap->name : "none");
  Text(key.values[6]) << (choice.only != nullptr ? choice.only->name : "any");
  return key;
}

void explain_difference(const TuningKey& key, const TuningKey& other, Text& words) {
  for (size_t i = 0; i < kKeyLines; ++i) {
    if (same_text(key.values[i], other.values[i])) continue;
    words << (words.empty() ? "" : "; ") << key_lines[i].name << " " << other.values[i] << ", not " << key.values[i];
  }
}

bool TunedLine::has_knobs() const { return !has_knobs_of(TunedLine()); }

bool TunedLine::has_knobs_of(const TunedLine& other) const {
  const Knobs& a = knobs;
  const Knobs& b = other.knobs;
  return same_text(kernel, other.kernel) && a.lhs_rows == b.lhs_rows && a.schedule == b.schedule &&
         a.thread_cut == b.thread_cut && a.small_m_rows == b.small_m_rows && a.block_rows == b.block_rows &&
         a.block_columns == b.block_columns && a.work_per_thread == b.work_per_thread;
}

void TunedLine::drop_knobs() {
  knobs = {};
  kernel[0] = '\0';
  tuned_picoseconds = default_picoseconds;
}

TunedLine* line_of(const TunedLines& tuning, const TunedProblem& problem) {
  for (uint32_t i = 0; i < tuning.count; ++i) {
    TunedLine& line = tuning.lines[i];
    if (line.problem.most_rows == problem.most_rows && is_same_matmul(line.problem, problem)) return &line;
  }
  return nullptr;
}

void add_line(const TunedLine& line, TunedLines* tuning) {
  TunedLine* const known = line_of(*tuning, line.problem);
  if (known == nullptr) {
    tuning->lines[tuning->count++] = line;
  } else if (known->turns < line.turns) {
    *known = line;
  }
}

bool find_tuned(const TunedLines& tuning, const MatmulProblem& problem, Knobs* knobs) {
  const TunedProblem wanted = tuned_problem(problem);
  const TunedLine* found = nullptr;
  for (uint32_t i = 0; i < tuning.count; ++i) {
    const TunedLine& line = tuning.lines[i];
    const int64_t rows = line.problem.most_rows;
    if (rows < problem.max_m || !is_same_matmul(line.problem, wanted)) continue;
    // The smallest class that holds all rows; the largest of all where nobody knows how many there will be.
    if (found == nullptr || (problem.max_m != 0) == (rows < found->problem.most_rows)) found = &line;
  }
  if (found == nullptr || !found->has_knobs()) return false;
  // What was measured with a kernel that is not there says nothing of another.
  if (found->kernel[0] != '\0' && found->knobs.kernel == nullptr) return false;
  const Knobs& tuned = found->knobs;
  fill_in(tuned.kernel, &knobs->kernel);
  fill_in(tuned.lhs_rows, &knobs->lhs_rows);
  fill_in(tuned.schedule, &knobs->schedule);
  fill_in(tuned.thread_cut, &knobs->thread_cut);
  fill_in(tuned.small_m_rows, &knobs->small_m_rows);
  fill_in(tuned.block_rows, &knobs->block_rows);
  fill_in(tuned.block_columns, &knobs->block_columns);
  fill_in(tuned.work_per_thread, &knobs->work_per_thread);
  return true;
}

}  // namespace ottava
