// Contestants take turns, a slice of time each, so that whatever else the machine does hits all of them alike.
#ifndef OTTAVA_BENCHMARKS_TURNS_H_
#define OTTAVA_BENCHMARKS_TURNS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

// What a contestant is, and what has come of it. No slices: it did not run, `refusal` says why.
struct Timed {
  std::string name;    // of the tier or the peer
  bool wanted = true;  // takes part
  bool best = false;   // its best slice counts, not the median

  std::string refusal;
  double wrong = 0;            // share of a peer's outputs that are not what they have to be
  std::vector<double> slices;  // seconds of one run, by turn

  bool ran() const { return !slices.empty(); }
  double seconds() const;  // the median, or the best
};

// How many times as fast as the other: the median over the turns that both had, or by the best of each.
double speed_ratio(const Timed& one, const Timed& other);

// One who is ready to run: `run` repeats it so many times.
class Turn {
 public:
  Turn(Timed* timed, std::function<void(int)> run) : timed_(timed), run_(std::move(run)) {}

 private:
  friend void take_turns(std::vector<Turn>* all, int turns, bool rest);
  void choose_runs();
  double seconds(int count);

  Timed* timed_;
  std::function<void(int)> run_;
  int runs_ = 1;  // in a slice
  double used_ = 0;
};

// Chooses how often each one runs in a slice, then fills the slices of all of them. `rest`: before each one's turn the
// threads of the one before, which wait busily for a while, fall asleep; a turn then has several slices.
void take_turns(std::vector<Turn>* all, int turns, bool rest);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_TURNS_H_
