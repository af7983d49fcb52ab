#include "operators/add/packed.h"

namespace ottava {

void StoredAdd::visit(Numbers& numbers) {
  numbers.integer(problem.channels);
  ottava::visit(numbers, problem.addition);
}

Status read_packed(const void* file, uint64_t bytes, StoredAdd* stored, Error* error) {
  Status status = read_numbers(file, bytes, PackedKind::add, "holds another operator than an addition", stored, error);
  if (status != Status::ok) return status;
  status = validate(stored->problem, error);
  if (status == Status::ok) status = StoredContractions(*stored->header).finish(error);
  return status == Status::ok ? status : corrupt(error);
}

const Layer* load(const StoredAdd& stored, const StoredAdd::Plan&, const Site& site, bool, uint8_t* memory) {
  return prepare_add(stored.problem, site.stages, site.isa, site.threads, memory);
}

Status plan_saving(const Add& layer, const Site&, const char* target, StoredAdd* stored, StoredAdd::Saving*,
                   Error* error) {
  stored->problem = layer.problem;
  return check_target_without_weights(target, error);
}

Size file_bytes(const StoredAdd&, const StoredAdd::Saving&) { return channels_from(count_numbers<StoredAdd>()); }

void write_packed(const Add&, const StoredAdd& stored, const StoredAdd::Saving&, uint32_t library, uint8_t* file) {
  begin_packed(PackedKind::add, library, {}, count_numbers<StoredAdd>(), 0, 0, file);
  write_numbers(stored, file);
  seal_packed(file);
}

}  // namespace ottava
