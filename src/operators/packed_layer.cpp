#include "operators/packed_layer.h"

#include "cpu/tiers.h"

namespace ottava {

Status check_target_without_weights(const char* target, Error* error) {
  if (target == nullptr || tier_named(target) != nullptr) return Status::ok;
  error->set(Status::unknown_name, "kernel") << "is no tier, and this layer has no weights for a kernel: " << target;
  return Status::unknown_name;
}

}  // namespace ottava
