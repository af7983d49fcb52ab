// Other libraries that multiply floats by 8-bit weights and quantize them on the way. One file each.
#ifndef OTTAVA_BENCHMARKS_PEERS_FLOAT_PEER_H_
#define OTTAVA_BENCHMARKS_PEERS_FLOAT_PEER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "problem.h"

namespace bench {

class FloatPeer {
 public:
  virtual ~FloatPeer() = default;
  virtual void run() = 0;
  virtual const std::uint8_t* dst() const = 0;  // M x N floats
};

struct FloatLibrary {
  const char* does;  // what it really does, in words
  // The lhs, M x K, by the weights and weight scales of the problem, on one thread. NULL where the library declines.
  std::unique_ptr<FloatPeer> (*make)(const Problem& problem, const std::vector<float>& lhs);
};

extern const FloatLibrary kOnnxRuntimeFloat;

// The one of this program, or NULL.
const FloatLibrary* float_library();

}  // namespace bench

#endif  // OTTAVA_BENCHMARKS_PEERS_FLOAT_PEER_H_
