#include "operators/pool2d/packed.h"

namespace ottava {

void StoredPool2d::visit(Numbers& numbers) {
  numbers.integer(problem.channels);
  ottava::visit(numbers, problem.window);
  numbers.flag(problem.global);
  numbers.listed(problem.kind, 0, 2);
  numbers.listed(problem.type, 1, 2);
  numbers.integer(problem.zero_point);
  numbers.real(problem.scale);
  ottava::visit(numbers, problem.output);
}

Status read_packed(const void* file, uint64_t bytes, StoredPool2d* stored, Error* error) {
  Status status = read_numbers(file, bytes, PackedKind::pool2d, "holds another operator than pooling", stored, error);
  if (status != Status::ok) return status;
  const Window& window = stored->problem.window;
  const bool one_pixel = window.is_one_pixel() && window.y.dilation == 1 && window.x.dilation == 1;
  if (stored->problem.global && !one_pixel) return corrupt("its window is the whole input, and is not", error);
  if (stored->problem.output.adds || stored->problem.output.activation != Activation::none) {
    return corrupt("pooling has another output", error);
  }
  status = validate_window(window, error);
  if (status != Status::ok) return corrupt(error);
  status = validate(stored->problem, error);
  if (status == Status::ok) status = StoredContractions(*stored->header).finish(error);
  return status == Status::ok ? status : corrupt(error);
}

const Layer* load(const StoredPool2d& stored, const StoredPool2d::Plan&, const Site& site, bool, uint8_t* memory) {
  return prepare_pool2d(stored.problem, site.stages, pooling_kernel(site.machine, site.choice), site.threads, memory);
}

Status plan_saving(const Pool2d& layer, const Site&, const char* target, StoredPool2d* stored, StoredPool2d::Saving*,
                   Error* error) {
  stored->problem = layer.problem;
  return check_target_without_weights(target, error);
}

Size file_bytes(const StoredPool2d&, const StoredPool2d::Saving&) {
  return channels_from(count_numbers<StoredPool2d>());
}

void write_packed(const Pool2d&, const StoredPool2d& stored, const StoredPool2d::Saving&, uint32_t library,
                  uint8_t* file) {
  begin_packed(PackedKind::pool2d, library, {}, count_numbers<StoredPool2d>(), 0, 0, file);
  write_numbers(stored, file);
  seal_packed(file);
}

}  // namespace ottava
