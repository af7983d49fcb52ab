#include "packed_file.h"

#include <algorithm>

namespace ottava::tools {

std::string words_of(const ottava_error& error, const std::string& of_packed) {
  const std::string argument = error.argument;
  return (argument == "packed" ? of_packed : argument == "kernel" ? "--kernel" : argument) + ": " + error.message;
}

bool is_packed(const Bytes& file) { return file.size() != 0 && file.data()[0] == 0x8f; }

ottava_packed_info query(const Bytes& file, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  if (ottava_packed_query(file.data(), file.size(), &info, &error) != OTTAVA_OK) throw Refused(words_of(error, path));
  return info;
}

namespace {

// The kinds of packed operators; a matmul's handle is another type.
struct Kind {
  std::uint32_t value;
  const char* name;
  ottava_status (*load)(const ottava_context*, const void*, std::uint64_t, std::uint32_t, ottava_layer**,
                        ottava_error*);
};
constexpr Kind kKinds[] = {{OTTAVA_PACKED_MATMUL, "matmul", nullptr},
                           {OTTAVA_PACKED_CONV2D, "conv2d", ottava_conv2d_load},
                           {OTTAVA_PACKED_DEPTHWISE_CONV2D, "depthwise_conv2d", ottava_depthwise_conv2d_load},
                           {OTTAVA_PACKED_TRANSPOSED_CONV2D, "transposed_conv2d", ottava_transposed_conv2d_load},
                           {OTTAVA_PACKED_POOL2D, "pool2d", ottava_pool2d_load},
                           {OTTAVA_PACKED_ADD, "add", ottava_add_load}};

// That of a file which ottava_packed_query has described.
const Kind& kind_of(const ottava_packed_info& info) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [&](const Kind& kind) { return kind.value == info.operator_kind; });
}

}  // namespace

const char* kind_name(const ottava_packed_info& info) { return kind_of(info).name; }

Operator load(const ottava_context* context, const Bytes& file, std::uint32_t flags, const std::string& path) {
  const Kind& kind = kind_of(query(file, path));
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  ottava_layer* layer = nullptr;
  const ottava_status status = kind.load != nullptr
                                   ? kind.load(context, file.data(), file.size(), flags, &layer, &error)
                                   : ottava_matmul_load(context, file.data(), file.size(), flags, &matmul, &error);
  if (status != OTTAVA_OK) throw Refused(words_of(error, path));
  if (kind.load == nullptr) return Matmul(matmul);
  return Layer(layer);
}

}  // namespace ottava::tools
