// Other libraries, timed beside ottava on the same data. One file each; those whose library CMake has found are built.
#ifndef OTTAVA_BENCHMARKS_PEERS_PEER_H_
#define OTTAVA_BENCHMARKS_PEERS_PEER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "problem.h"

namespace bench {

// A peer's operator, ready to run on one problem.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual void run() = 0;
  virtual const std::uint8_t* dst() const = 0;  // M x N bytes
  // Fills in the operator of ottava whose dst these bytes have to equal.
  virtual void describe_equal(const Problem& problem, Description* equal) const = 0;
};

struct PeerLibrary {
  const char* name;
  const char* does;  // what it really does, in words
  // Keeps `problem`, which outlives the peer. NULL where the library declines.
  std::unique_ptr<Peer> (*make)(const Problem& problem, std::uint32_t threads);
  // Keeps the library from instructions beyond those of a tier, before it is first used; NULL where it offers no way.
  void (*cap)(std::uint32_t tier);
};

extern const PeerLibrary kOneDnn, kGemmlowp, kXnnpack, kOnnxRuntime, kOnnxRuntimeU8;

// Those of this program that this CPU can run.
std::vector<const PeerLibrary*> peer_libraries();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_PEER_H_
