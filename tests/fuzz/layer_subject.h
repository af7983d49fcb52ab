// A layer of any kind in the making, from the fuzzer's bytes: how it is made, what its sizes are, and what the oracle
// says of it.
#ifndef OTTAVA_TESTS_FUZZ_LAYER_SUBJECT_H_
#define OTTAVA_TESTS_FUZZ_LAYER_SUBJECT_H_

#include <functional>
#include <memory>

#include "fuzz.h"

namespace fuzz {

using Wide = __int128;  // in which no product of sizes overflows

// A window where it is, and the oracle's words for it.
struct Place {
  std::int64_t height, width;
  std::int64_t pad_top, pad_left;
};

struct Subject {
  Subject() = default;
  virtual ~Subject() = default;  // with the descriptor that the functions read
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  std::function<ottava_status(const ottava_context*, ottava_layer**, ottava_error*)> create;
  std::function<ottava_status(const ottava_context*, std::uint64_t*, ottava_error*)> size;
  std::function<ottava_status(void*, std::uint64_t, const ottava_context*, ottava_layer**, ottava_error*)> init_at;
  // Results where the window lies so; empty where there is no oracle.
  std::function<oracle::Image(const oracle::Image& input, const oracle::Image& second, const oracle::Image* previous,
                              const Place&, oracle::Counts*)>
      compute;
  std::int64_t input_channels = 0, output_channels = 0;
  std::uint32_t input_type = OTTAVA_TYPE_S8, output_type = OTTAVA_TYPE_S8;
  ottava_window window = OTTAVA_WINDOW_INIT;
  std::int64_t adjustment_height = 0, adjustment_width = 0;
  Wide products = 0;  // of an output pixel
  bool transposed = false, global = false, adds = false, in_place = false, counts = false;
  bool has_arrays = true;  // else they are too large to be given, so that a layer cannot be made
};

std::unique_ptr<Subject> draw_subject(Bytes& bytes);

}  // namespace fuzz

#endif  // OTTAVA_TESTS_FUZZ_LAYER_SUBJECT_H_
