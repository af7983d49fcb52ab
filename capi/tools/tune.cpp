#include "tune.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "files.h"
#include "json.h"
#include "progress.h"

namespace ottava::tools {
namespace {

void tell(void* user, std::uint32_t done, std::uint32_t count) {
  static_cast<Progress*>(user)->tell("tune: " + std::to_string(100 * done / std::max(count, 1u)) + " %");
}

Tuning measure(const ottava_context* context, const TuneOptions& options, const std::vector<Shape>& shapes) {
  std::vector<std::unique_ptr<Problem>> problems;
  std::vector<ottava_tune_problem> asked;
  for (const Shape& shape : shapes) {
    problems.push_back(std::make_unique<Problem>(options.operands, shape));
    ottava_tune_problem problem = OTTAVA_TUNE_PROBLEM_INIT;
    problem.m_count = 1;
    problem.m = &shape.m;
    problem.desc = &problems.back()->desc;
    problem.output = &problems.back()->output;
    asked.push_back(problem);
  }
  Progress progress;
  ottava_tune_options with = OTTAVA_TUNE_OPTIONS_INIT;
  with.budget_nanoseconds = static_cast<std::uint64_t>(options.seconds * 1e9);
  with.progress = tell;
  with.progress_user = &progress;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_tuning* tuning = nullptr;
  const ottava_status status =
      ottava_tune(context, asked.data(), static_cast<std::uint32_t>(asked.size()), &with, &tuning, &error);
  if (status != OTTAVA_OK) throw Refused(std::string(error.argument) + ": " + error.message);
  return Tuning(tuning);
}

std::string text_of(const ottava_tuning* tuning) {
  std::uint64_t needed = 0;
  ottava_tuning_write(tuning, nullptr, 0, &needed, nullptr);
  std::string text(static_cast<std::size_t>(needed), '\0');
  if (ottava_tuning_write(tuning, text.data(), needed, &needed, nullptr) != OTTAVA_OK) {
    throw Refused("the tuning cannot be written as text");
  }
  text.pop_back();  // the NUL
  return text;
}

double gain_of(const ottava_tuned_info& info) {
  return static_cast<double>(info.default_picoseconds) / static_cast<double>(info.tuned_picoseconds);
}

std::string name_of(const ottava_tuned_info& info) { return Shape{info.most_rows, info.n, info.k}.name(); }

void print(const std::vector<ottava_tuned_info>& lines, const std::vector<Shape>& shapes) {
  std::printf("%-18s %12s %12s %6s %6s  knobs\n", "shape", "default ns", "tuned ns", "gain", "noise");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const ottava_tuned_info& line = lines[i];
    // A line may stand for several shapes, of the same class of M.
    const std::string name = lines.size() == shapes.size() ? shapes[i].name() : name_of(line);
    std::printf("%-18s %12.0f %12.0f %5.2fx %5.1f%%  %s\n", name.c_str(),
                static_cast<double>(line.default_picoseconds) / 1000,
                static_cast<double>(line.tuned_picoseconds) / 1000, gain_of(line),
                static_cast<double>(line.noise_millionths) / 10000, words_of(line.knobs).c_str());
  }
}

void write(const std::vector<ottava_tuned_info>& lines, Json* json) {
  for (const ottava_tuned_info& line : lines) {
    json->begin('{').with("most_rows", line.most_rows).with("n", line.n).with("k", line.k);
    json->with("problem", line.problem).with("turns", line.turns);
    json->with("default_ns", static_cast<double>(line.default_picoseconds) / 1000);
    json->with("tuned_ns", static_cast<double>(line.tuned_picoseconds) / 1000).with("gain", gain_of(line));
    json->with("noise", static_cast<double>(line.noise_millionths) / 1e6).with("knobs", words_of(line.knobs)).end('}');
  }
}

}  // namespace

void tune(const TuneOptions& options) {
  const std::vector<Shape> shapes = shapes_of(options.shapes, options.file);
  if (!(options.seconds >= 0)) throw Misused("--seconds is negative");
  const Context context = make_machine(options.machine);
  const Tuning other = read_tuning(context.get(), {options.merge, false});  // before anything is measured
  Tuning tuning = measure(context.get(), options, shapes);
  std::vector<ottava_tuned_info> lines;
  ottava_tuned_info line = OTTAVA_TUNED_INFO_INIT;
  double logarithms = 0;
  for (std::uint32_t i = 0; ottava_tuning_query(tuning.get(), i, &line, nullptr) == OTTAVA_OK; ++i) {
    lines.push_back(line);
    logarithms += std::log(gain_of(line));
  }
  if (other) {
    ottava_error error = OTTAVA_ERROR_INIT;
    ottava_tuning* merged = nullptr;
    if (ottava_tuning_merge(other.get(), tuning.get(), &merged, &error) != OTTAVA_OK) {
      throw Refused(options.merge + ": " + error.message);
    }
    tuning.reset(merged);
  }
  write_file(options.output, text_of(tuning.get()));
  const double mean = lines.empty() ? 1 : std::exp(logarithms / static_cast<double>(lines.size()));
  if (options.json) {
    Json json;
    json.begin('{').with("file", options.output).with("mean_gain", mean).key("lines").begin('[');
    write(lines, &json);
    json.end(']').end('}').print();
  } else {
    print(lines, shapes);
    std::printf("%zu lines, geometric mean of the gains %.3fx, written to %s\n", lines.size(), mean,
                options.output.c_str());
  }
}

}  // namespace ottava::tools
