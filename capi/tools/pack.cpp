#include "pack.h"

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "c_source.h"
#include "convolution_description.h"
#include "json.h"
#include "machine.h"
#include "matmul_description.h"
#include "packed_file.h"

namespace ottava::tools {
namespace {

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

void print(const ottava_context* context, const ottava_packed_info& info) {
  const std::uint32_t version = info.library;
  std::printf("file      %" PRIu64 " bytes, format %" PRIu32 ", by ottava %" PRIu32 ".%" PRIu32 ".%" PRIu32 "\n",
              info.bytes, info.format, version >> 16, version >> 8 & 255, version & 255);
  std::printf("operator  %s, n %" PRId64 ", k %" PRId64 "\n", kind_name(info), info.n, info.k);
  std::printf("kernel    %s, tier %s, panels of %" PRIu32 " channels, steps of %" PRIu32 " depths\n", info.kernel,
              tier_name(context, info.tier).c_str(), info.tile_n, info.tile_k);
}

Json json_of(const ottava_context* context, const ottava_packed_info& info, bool verified) {
  const std::uint32_t version = info.library;
  Json json;
  json.begin('{').with("bytes", info.bytes).with("format", info.format);
  json.with("library", std::to_string(version >> 16) + "." + std::to_string(version >> 8 & 255) + "." +
                           std::to_string(version & 255));
  json.with("operator", kind_name(info)).with("n", info.n).with("k", info.k).with("kernel", info.kernel);
  json.with("tier", tier_name(context, info.tier)).with("tile_n", info.tile_n).with("tile_k", info.tile_k);
  json.with("verified", verified).end('}');
  return json;
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
    query(file, options.input);  // whether it is one
    if (repacks || options.verify) verify(file, options.input);
    if (repacks) {
      file = save(load(context.get(), file, OTTAVA_LOAD_REPACK, options.input), options.kernel, options.input);
    }
  }
  const ottava_packed_info info = query(file, options.input);
  std::string source;  // before anything is written
  if (!options.c_output.empty()) {
    const std::string name = options.name.empty() ? name_of(options.c_output) : options.name;
    source = options.no_bind ? c_source(file, info.kernel, name) : bound_source(file, name, options.input);
  }
  if (!options.output.empty()) write_file(options.output, file.text());
  if (!options.c_output.empty()) write_file(options.c_output, source);
  if (options.json) {
    json_of(context.get(), info, options.verify).print();
    return;
  }
  if (options.info) print(context.get(), info);
  if (options.verify) std::printf("verified  %s\n", options.input.c_str());
}

}  // namespace ottava::tools
