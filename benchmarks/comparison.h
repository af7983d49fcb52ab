// One shape on one number of threads: every tier of ottava and every peer, measured together. They take turns, a slice
// of time each, so that whatever else the machine does hits all of them alike.
#ifndef OTTAVA_BENCHMARKS_COMPARISON_H_
#define OTTAVA_BENCHMARKS_COMPARISON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "peers/peer.h"
#include "problem.h"

namespace bench {

struct Contestant {
  std::string name;                      // of the tier or the peer
  std::uint32_t tier = 0;                // ottava's, or
  const PeerLibrary* library = nullptr;  // the peer
  bool wanted = true;                    // takes part
  bool best = false;                     // its best slice counts, not the median

  // What has come of it. No slices: it did not run, `refusal` says why.
  std::string refusal;
  std::string kernel;
  std::uint64_t packed_bytes = 0;
  double wrong = 0;            // share of a peer's outputs that are not what they have to be
  std::vector<double> slices;  // seconds of one run, by turn

  bool ran() const { return !slices.empty(); }
  double seconds() const;  // the median, or the best
};

class Comparison {
 public:
  Comparison(const Shape& shape, std::uint32_t threads, std::uint32_t rule, int turns)
      : shape_(shape), threads_(threads), rule_(rule), turns_(turns) {}

  const Shape& shape() const { return shape_; }
  std::uint32_t threads() const { return threads_; }
  std::vector<Contestant>& contestants() { return contestants_; }
  const std::vector<Contestant>& contestants() const { return contestants_; }
  bool measured() const { return measured_; }

  // Checks each result, then times. Done once.
  void measure();

 private:
  Shape shape_;
  std::uint32_t threads_, rule_;
  int turns_;
  std::vector<Contestant> contestants_;
  bool measured_ = false;
};

// How many times as fast as the other: the median over the turns that both had, or by the best of each.
double speed_ratio(const Contestant& one, const Contestant& other);

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_COMPARISON_H_
