#include "pack.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "c_source.h"
#include "convolution_description.h"
#include "matmul_description.h"

namespace ottava::tools {
namespace {

std::string words_of(const ottava_error& error, const std::string& of_packed) {
  const std::string argument = error.argument;
  return (argument == "packed" ? of_packed : argument == "kernel" ? "--kernel" : argument) + ": " + error.message;
}

// A packed file begins with a byte that no text begins with.
bool is_packed(const Bytes& file) { return file.size() != 0 && file.data()[0] == 0x8f; }

ottava_packed_info query(const Bytes& file, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  if (ottava_packed_query(file.data(), file.size(), &info, &error) != OTTAVA_OK) throw Refused(words_of(error, path));
  return info;
}

void verify(const Bytes& file, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  if (ottava_packed_verify(file.data(), file.size(), &error) != OTTAVA_OK) throw Refused(words_of(error, path));
}

template <class Made, class SaveSize, class Save>
Bytes save_by(SaveSize save_size, Save save, const Made* made, const std::string& kernel, const std::string& input) {
  ottava_error error = OTTAVA_ERROR_INIT;
  const char* const target = kernel.empty() ? nullptr : kernel.c_str();
  std::uint64_t size = 0;
  if (save_size(made, target, &size, &error) != OTTAVA_OK) throw Refused(words_of(error, input));
  Bytes file(static_cast<std::size_t>(size));
  if (save(made, target, file.data(), size, &error) != OTTAVA_OK) throw Refused(words_of(error, input));
  return file;
}

Bytes save(const Operator& made, const std::string& kernel, const std::string& input) {
  if (const Matmul* const matmul = std::get_if<Matmul>(&made)) {
    return save_by(ottava_matmul_save_size, ottava_matmul_save, matmul->get(), kernel, input);
  }
  return save_by(ottava_layer_save_size, ottava_layer_save, std::get<Layer>(made).get(), kernel, input);
}

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

Operator repacked(const ottava_context* context, const Bytes& file, const Kind& kind, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  ottava_layer* layer = nullptr;
  const ottava_status status =
      kind.load != nullptr ? kind.load(context, file.data(), file.size(), OTTAVA_LOAD_REPACK, &layer, &error)
                           : ottava_matmul_load(context, file.data(), file.size(), OTTAVA_LOAD_REPACK, &matmul, &error);
  if (status != OTTAVA_OK) throw Refused(words_of(error, path));
  if (kind.load == nullptr) return Matmul(matmul);
  return Layer(layer);
}

Operator described(const ottava_context* context, const std::string& path, std::string_view text) {
  const Description description(path, text);
  std::unique_ptr<OperatorDescription> made;
  switch (description.kind({{"matmul", OTTAVA_PACKED_MATMUL},
                            {"conv2d", OTTAVA_PACKED_CONV2D},
                            {"depthwise_conv2d", OTTAVA_PACKED_DEPTHWISE_CONV2D}})) {
    case OTTAVA_PACKED_CONV2D: made = std::make_unique<Conv2dDescription>(description); break;
    case OTTAVA_PACKED_DEPTHWISE_CONV2D: made = std::make_unique<DepthwiseDescription>(description); break;
    default: made = std::make_unique<MatmulDescription>(description);
  }
  made->read();
  return made->create(context);
}

std::string tier_name(const ottava_context* context, std::uint32_t tier) {
  ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tier_query(context, i, &info, nullptr) == OTTAVA_OK; ++i) {
    if (info.tier == tier) return info.name;
  }
  return std::to_string(tier);
}

void print(const ottava_context* context, const ottava_packed_info& info) {
  const std::uint32_t version = info.library;
  std::printf("file      %" PRIu64 " bytes, format %" PRIu32 ", by ottava %" PRIu32 ".%" PRIu32 ".%" PRIu32 "\n",
              info.bytes, info.format, version >> 16, version >> 8 & 255, version & 255);
  std::printf("operator  %s, n %" PRId64 ", k %" PRId64 "\n", kind_of(info).name, info.n, info.k);
  std::printf("kernel    %s, tier %s, panels of %" PRIu32 " channels, steps of %" PRIu32 " depths\n", info.kernel,
              tier_name(context, info.tier).c_str(), info.tile_n, info.tile_k);
}

// The source of a bound operator, which a program runs with no more code than it needs.
std::string bound_source(const Bytes& file, const std::string& name, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  std::uint64_t length = 0;
  std::string text;
  ottava_status status = ottava_packed_source(file.data(), file.size(), name.c_str(), nullptr, 0, &length, &error);
  if (status == OTTAVA_OK) {
    text.resize(static_cast<std::size_t>(length));
    status = ottava_packed_source(file.data(), file.size(), name.c_str(), text.data(), length, &length, &error);
  }
  if (status != OTTAVA_OK) throw Refused(words_of(error, path) + "; --no-bind writes the bytes alone");
  text.pop_back();  // the NUL
  return text;
}

std::string name_of(const std::string& path) {
  std::string name = std::filesystem::path(path).stem().string();
  for (char& c : name) c = is_identifier("_" + std::string(1, c)) ? c : '_';
  return is_identifier(name) ? name : "_" + name;
}

}  // namespace

void pack(const PackOptions& options) {
  const bool repacks = !options.output.empty() || !options.c_output.empty() || !options.kernel.empty();
  const Context context = make_context();
  Bytes file = read_file(options.input);
  if (!is_packed(file)) {
    file = save(described(context.get(), options.input, file.text()), options.kernel, options.input);
  } else {
    const Kind& kind = kind_of(query(file, options.input));
    if (repacks || options.verify) verify(file, options.input);
    if (repacks) file = save(repacked(context.get(), file, kind, options.input), options.kernel, options.input);
  }
  const ottava_packed_info info = query(file, options.input);
  std::string source;  // before anything is written
  if (!options.c_output.empty()) {
    const std::string name = options.name.empty() ? name_of(options.c_output) : options.name;
    source = options.no_bind ? c_source(file, info.kernel, name) : bound_source(file, name, options.input);
  }
  if (!options.output.empty()) write_file(options.output, file.text());
  if (!options.c_output.empty()) write_file(options.c_output, source);
  if (options.info) print(context.get(), info);
  if (options.verify) std::printf("verified  %s\n", options.input.c_str());
}

}  // namespace ottava::tools
