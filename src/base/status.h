// What went wrong, in the library's own terms. The C ABI pins the same values (capi/ asserts that) and
// copies Error into the caller's ottava_error.
#ifndef OTTAVA_SRC_BASE_STATUS_H_
#define OTTAVA_SRC_BASE_STATUS_H_

#include "base/text.h"

namespace ottava {

enum class Status : uint32_t {
  ok = 0,
  null_pointer = 1,
  bad_struct = 2,
  bad_shape = 3,
  bad_stride = 4,
  bad_type = 5,
  bad_scale = 6,
  bad_zero_point = 7,
  bad_clamp = 8,
  bad_bias = 9,
  unsupported = 10,
  not_exact = 11,
  size_overflow = 12,
  bad_memory = 13,
  out_of_memory = 14,
  unknown_name = 15,
  kernel_unavailable = 16,
  bad_option = 17,
  out_of_range = 18,
  bad_multiplier = 19,
  bad_packed = 20,
  bad_tuning = 21,
};

struct Error {
  Status status;
  char argument[48];
  char message[200];

  // Leaves most of both texts unwritten: every run makes one of these.
  Error() : status(Status::ok) { argument[0] = message[0] = '\0'; }

  // Records the status and the argument, and returns a Text for the words:
  //   error->set(Status::bad_shape, "desc.n") << "is " << n;
  Text set(Status what, const char* which) {
    status = what;
    Text(argument) << which;
    return Text(message);
  }
};

}  // namespace ottava

#endif  // OTTAVA_SRC_BASE_STATUS_H_
