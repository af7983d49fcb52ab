// Layers that are sound but for what a test does to them, and the check that create, size and init_at refuse them
// alike.
#ifndef OTTAVA_TESTS_LAYER_DRAFT_H_
#define OTTAVA_TESTS_LAYER_DRAFT_H_

#include <functional>

#include "catch.h"
#include "refusal.h"
#include "support.h"

namespace ottava {

// A Draft has
//   create(context, layer, error), size(context, bytes, error), init_at(memory, bytes, context, layer, error)
template <class Draft>
void refused(const Refusal& expected, const std::function<void(Draft&)>& change) {
  INFO(expected.argument);
  const KernelContext context(nullptr);
  Draft draft;
  change(draft);
  ottava_layer* layer = sentinel<ottava_layer>();
  ottava_error error = unfilled_error();
  check_refusal(expected, draft.create(context.get(), &layer, &error), error);
  std::vector<std::uint8_t> memory(1 << 13, 0xab);
  error = unfilled_error();
  check_refusal(expected, draft.init_at(memory.data(), memory.size(), context.get(), &layer, &error), error);
  CHECK(layer == sentinel<ottava_layer>());
  std::uint64_t bytes = 77;
  error = unfilled_error();
  check_refusal(expected, draft.size(context.get(), &bytes, &error), error);
  CHECK(bytes == 77);
}

template <class Draft>
ottava_layer* made(const ottava_context* context, const std::function<void(Draft&)>& change) {
  Draft draft;
  change(draft);
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = draft.create(context, &layer, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  return layer;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_LAYER_DRAFT_H_
