#include "operators/overlap.h"

namespace ottava {
namespace {

size_t magnitude_of(ptrdiff_t step) { return step < 0 ? 0 - static_cast<size_t>(step) : static_cast<size_t>(step); }

// The distances between lines of one operand and lines of the other are sums of multiples of their steps, so many of
// each and no more.
struct Distances {
  struct Step {
    int64_t bytes, count;
  };
  Step steps[4];  // the longest first
  size_t size = 0;

  void add(size_t bytes, size_t count) {
    if (bytes == 0 || count == 0) return;
    const Step step = {static_cast<int64_t>(bytes), static_cast<int64_t>(count)};
    size_t at = 0;
    while (at < size && steps[at].bytes > step.bytes) ++at;
    if (at < size && steps[at].bytes == step.bytes) {
      steps[at].count += step.count;
      return;
    }
    for (size_t i = size++; i > at; --i) steps[i] = steps[i - 1];
    steps[at] = step;
  }

  // Whether some sum of the steps from `first` on lies in [low, high].
  bool reach(size_t first, int64_t low, int64_t high) const {
    if (high < 0) return false;
    if (first == size) return low <= 0;
    int64_t rest = 0;
    for (size_t i = first + 1; i < size; ++i) rest += steps[i].bytes * steps[i].count;
    const Step& step = steps[first];
    const int64_t last = high / step.bytes < step.count ? high / step.bytes : step.count;
    for (int64_t i = low > rest ? (low - rest - 1) / step.bytes + 1 : 0; i <= last; ++i) {
      if (reach(first + 1, low - i * step.bytes, high - i * step.bytes)) return true;
    }
    return false;
  }
};

}  // namespace

Region region_of(uintptr_t first, size_t line_bytes, size_t lines, ptrdiff_t step, size_t batches,
                 ptrdiff_t batch_step) {
  Region region = {first, 0, line_bytes, magnitude_of(step), lines - 1, magnitude_of(batch_step), batches - 1};
  const size_t lines_reach = region.step * region.more_lines;
  const size_t batches_reach = region.batch_step * region.more_batches;
  region.span = lines_reach + batches_reach + line_bytes;
  if (step < 0) region.low -= lines_reach;
  if (batch_step < 0) region.low -= batches_reach;
  if (region.step <= region.line_bytes) {  // no gaps: one line
    region.line_bytes += lines_reach;
    region.more_lines = 0;
  }
  if (region.more_lines == 0 && region.batch_step <= region.line_bytes) {
    region.line_bytes += batches_reach;
    region.more_batches = 0;
  }
  return region;
}

bool do_lines_meet(const Region& a, const Region& b) {
  Distances distances;
  distances.add(a.step, a.more_lines);
  distances.add(a.batch_step, a.more_batches);
  distances.add(b.step, b.more_lines);
  distances.add(b.batch_step, b.more_batches);
  // From the first line of a to the last byte of b; lines of a move towards it, lines of b move it back.
  const int64_t high = static_cast<int64_t>(b.low + b.span - 1 - a.low);
  return distances.reach(0, high - static_cast<int64_t>(a.line_bytes + b.line_bytes - 2), high);
}

void tell_distance(uintptr_t written, uintptr_t other, Text& message) {
  message << ", which begins ";
  if (written == other) {
    message << "at the same address";
    return;
  }
  const bool after = written < other;
  message << static_cast<uint64_t>(after ? other - written : written - other) << " bytes "
          << (after ? "after it" : "before it");
}

Status check_apart(const Region& written, const char* name, const Region& other, const char* other_name, Error* error) {
  if (!overlap(written, other)) return Status::ok;
  Text message = error->set(Status::bad_stride, name);
  message << "overlaps " << other_name;
  tell_distance(written.low, other.low, message);
  return Status::bad_stride;
}

}  // namespace ottava
