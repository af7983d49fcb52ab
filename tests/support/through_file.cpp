#include "through_file.h"

#include <cstring>
#include <string>

#include "handles.h"
#include "operators/matmul/bind.h"

extern "C" {
#define OTTAVA_DECLARE_PART(stage) extern const ottava_part ottava_part_s8s8s32_indirect_4x8x2_portable_##stage;
OTTAVA_PART_STAGES(OTTAVA_DECLARE_PART)
#undef OTTAVA_DECLARE_PART
}

namespace ottava {
namespace {

std::size_t bound_so_far = 0;

}  // namespace

std::size_t files_bound() { return bound_so_far; }

std::unique_ptr<GuardedBuffer> bind_file(const GuardedBuffer& file) {
  StoredMatmul stored;
  Binding binding;
  Error error;
  REQUIRE(read_packed(file.data(), file.size(), &stored, &error) == Status::ok);
  if (bind(stored, &binding, &error) != Status::ok) return nullptr;
  REQUIRE(std::string(binding.kernel) == "s8s8s32_indirect_4x8x2_portable");
#define OTTAVA_FIND_PART(name) \
  if (std::string(#name) == binding.stage) binding.op.part = &ottava_part_s8s8s32_indirect_4x8x2_portable_##name;
  OTTAVA_PART_STAGES(OTTAVA_FIND_PART)
#undef OTTAVA_FIND_PART
  REQUIRE(binding.op.part != nullptr);
  auto bound = std::make_unique<GuardedBuffer>(sizeof binding.op, Side::upper, alignof(BoundMatmul));
  std::memcpy(bound->data(), &binding.op, sizeof binding.op);
  bound->make_read_only();
  ++bound_so_far;
  return bound;
}

}  // namespace ottava
