// An operator after its way through a packed file, which lies in read-only memory that ends at a page that no access
// survives.
#ifndef OTTAVA_TESTS_THROUGH_FILE_H_
#define OTTAVA_TESTS_THROUGH_FILE_H_

#include <memory>
#include <vector>

#include "catch.h"
#include "guarded_buffer.h"
#include "ottava/ottava.h"

namespace ottava {

// bound: as part of a program, by the portable kernel, if it can be that; else as in_place.
enum class Way { direct, in_place, repacked, bound };

// The file of an operator, for this kernel or tier; null: for its own.
inline std::unique_ptr<GuardedBuffer> packed_file(const ottava_matmul* matmul, const char* kernel) {
  ottava_error error = OTTAVA_ERROR_INIT;
  std::uint64_t bytes = 0;
  ottava_status status = ottava_matmul_save_size(matmul, kernel, &bytes, &error);
  INFO((kernel != nullptr ? kernel : "own kernel") << ": " << error.argument << " " << error.message);
  REQUIRE(status == OTTAVA_OK);
  auto file = std::make_unique<GuardedBuffer>(static_cast<std::size_t>(bytes), Side::upper, 64);
  status = ottava_matmul_save(matmul, kernel, file->data(), bytes, &error);
  REQUIRE(status == OTTAVA_OK);
  file->make_read_only();
  return file;
}

// The operator of a file that is bound to a program, or nothing where it cannot be.
std::unique_ptr<GuardedBuffer> bind_file(const GuardedBuffer& file);
std::size_t files_bound();  // so far

// Replaces *matmul by what its file gives, and returns what must outlive that: the file, and memory in which the
// operator is built where that is to be the caller's.
inline std::vector<std::unique_ptr<GuardedBuffer>> send_through_file(const ottava_context* context, Way way,
                                                                     bool in_caller_memory, ottava_matmul** matmul) {
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  kept.push_back(packed_file(*matmul, way == Way::bound ? "portable" : nullptr));
  if (way == Way::bound) {
    if (auto bound = bind_file(*kept[0])) {
      ottava_matmul_destroy(*matmul);
      *matmul = reinterpret_cast<ottava_matmul*>(bound->data());
      kept.push_back(std::move(bound));
      return kept;
    }
    kept[0] = packed_file(*matmul, nullptr);
  }
  ottava_matmul_destroy(*matmul);
  *matmul = nullptr;
  const void* const file = kept[0]->data();
  const std::uint32_t flags = way == Way::repacked ? OTTAVA_LOAD_REPACK : 0;
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_status status = OTTAVA_OK;
  if (in_caller_memory) {
    std::uint64_t bytes = 0;
    status = ottava_matmul_load_size(context, file, kept[0]->size(), flags, &bytes, &error);
    INFO(error.argument << ": " << error.message);
    REQUIRE(status == OTTAVA_OK);
    kept.push_back(std::make_unique<GuardedBuffer>(static_cast<std::size_t>(bytes), Side::upper));
    status = ottava_matmul_load_at(kept[1]->data(), bytes, context, file, kept[0]->size(), flags, matmul, &error);
    REQUIRE(kept[1]->check());
    kept[1]->make_read_only();
  } else {
    status = ottava_matmul_load(context, file, kept[0]->size(), flags, matmul, &error);
  }
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  if (way == Way::repacked) kept[0].reset();  // it has all that it needs
  return kept;
}

}  // namespace ottava

#endif  // OTTAVA_TESTS_THROUGH_FILE_H_
