// The words of one line, written and read by the same description: `visit` names each in its order, and a writer or a
// reader does with it what it does.
#ifndef OTTAVA_SRC_TUNING_LINE_H_
#define OTTAVA_SRC_TUNING_LINE_H_

#include "tuning/tuning.h"

namespace ottava {

// Numbers with a point before so many of their digits, and a unit.
struct Decimal {
  const char* unit;
  int places;
};

constexpr const char* kRowsWords[] = {"packed", "in_place"};
constexpr const char* kScheduleWords[] = {"out_of_order", "in_order"};
constexpr const char* kCutWords[] = {"none", "rows", "columns"};
constexpr Decimal kNanoseconds = {"ns", 3};
constexpr Decimal kPercent = {"%", 4};

// A word that may be left out has its value 0 then.
template <class Words>
void visit(Words& words, TunedLine& line) {
  words.number("m", &line.problem.most_rows, 1);
  words.number("n", &line.problem.n, 0);
  words.number("k", &line.problem.k, 0);
  for (size_t i = 0; i < kProblemWords; ++i) words.choice(problem_words[i], &line.problem.words[i]);
  words.name("kernel", &line.kernel);
  words.option("lhs_rows", kRowsWords, &line.knobs.lhs_rows);
  words.option("schedule", kScheduleWords, &line.knobs.schedule);
  words.option("thread_cut", kCutWords, &line.knobs.thread_cut);
  words.size("small_m_rows", &line.knobs.small_m_rows, -1, int64_t{1} << 16);
  words.size("block_rows", &line.knobs.block_rows, 1, int64_t{1} << 16);
  words.size("block_columns", &line.knobs.block_columns, 1, int64_t{1} << 28);
  words.size("work_per_thread", &line.knobs.work_per_thread, 1, INT64_MAX / 4);
  words.decimal("default", kNanoseconds, &line.default_picoseconds);
  words.decimal("tuned", kNanoseconds, &line.tuned_picoseconds);
  words.decimal("noise", kPercent, &line.noise_millionths);
  words.count("turns", &line.turns);
}

// Appends the line, without its end.
void write_line(const TunedLine& line, Text& text);

// Reads the `length` characters of one line; `number` is what messages call it. All but line->knobs.kernel.
Status read_line(const char* text, size_t length, uint64_t number, TunedLine* line, Error* error);

// The words "line 7: " and the message, for what is wrong in it; `rest` is quoted from its next word on.
Status refuse_line(uint64_t number, const char* words, const char* rest, size_t length, Error* error);

}  // namespace ottava

#endif  // OTTAVA_SRC_TUNING_LINE_H_
