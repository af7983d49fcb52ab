// One shape on one number of threads: every tier of ottava and every peer, measured together, in turn.
#ifndef OTTAVA_BENCHMARKS_COMPARISON_H_
#define OTTAVA_BENCHMARKS_COMPARISON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "peers/peer.h"
#include "problem.h"
#include "turns.h"

namespace bench {

struct Contestant : Timed {
  std::uint32_t tier = 0;                // ottava's, or
  const PeerLibrary* library = nullptr;  // the peer
  std::string kernel;
  std::uint64_t packed_bytes = 0;
};

// Whether so few rows meet the weights that reading them may be what takes the time; then bytes of them per second.
inline bool reads_weights(const Shape& shape) { return shape.m <= 4; }
inline double weight_rate(const Shape& shape, const Contestant& c) {
  return static_cast<double>(shape.n) * static_cast<double>(shape.k) / c.seconds();
}

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

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_COMPARISON_H_
