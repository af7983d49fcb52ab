// A layer of any kind after its way through a packed file: see through_file.h.
#ifndef OTTAVA_TESTS_LAYER_FILE_H_
#define OTTAVA_TESTS_LAYER_FILE_H_

#include "layer_loading.h"
#include "through_file.h"

namespace ottava {

inline ottava_packed_info describe_file(const GuardedBuffer& file) {
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_packed_query(file.data(), file.size(), &info, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  return info;
}

// The file of a layer, for this kernel or tier; null: for its own. Written to memory so far from a multiple of 64
// bytes.
inline std::unique_ptr<GuardedBuffer> packed_file(const ottava_layer* layer, const char* kernel,
                                                  std::size_t misalignment = 0) {
  ottava_error error = OTTAVA_ERROR_INIT;
  std::uint64_t bytes = 0;
  ottava_status status = ottava_layer_save_size(layer, kernel, &bytes, &error);
  INFO((kernel != nullptr ? kernel : "own kernel") << ": " << error.argument << " " << error.message);
  REQUIRE(status == OTTAVA_OK);
  auto file = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(bytes), Side::upper, 64, misalignment);
  status = ottava_layer_save(layer, kernel, file->data(), bytes, &error);
  REQUIRE(status == OTTAVA_OK);
  REQUIRE(file->check());
  file->make_read_only();
  return file;
}

// Replaces *layer by what its file gives, and returns what must outlive that.
inline std::vector<std::unique_ptr<GuardedBuffer>> send_through_file(const ottava_context* context, Way way,
                                                                     bool in_caller_memory, ottava_layer** layer) {
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  kept.push_back(packed_file(*layer, nullptr));
  ottava_layer_destroy(*layer);
  *layer = nullptr;
  const LayerLoading loading = loading_of(describe_file(*kept[0]).operator_kind);
  const void* const file = kept[0]->data();
  const std::uint32_t flags = way == Way::repacked ? OTTAVA_LOAD_REPACK : 0;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_status status = OTTAVA_OK;
  if (in_caller_memory) {
    std::uint64_t bytes = 0;
    status = loading.size(context, file, kept[0]->size(), flags, &bytes, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
    kept.push_back(std::make_unique<GuardedBuffer>(static_cast<std::size_t>(bytes), Side::upper));
    status = loading.at(kept[1]->data(), bytes, context, file, kept[0]->size(), flags, layer, &error);
    REQUIRE(kept[1]->check());
    kept[1]->make_read_only();
  } else {
    status = loading.load(context, file, kept[0]->size(), flags, layer, &error);
  }
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  if (way == Way::repacked) kept[0].reset();  // it has all that it needs
  return kept;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_LAYER_FILE_H_
