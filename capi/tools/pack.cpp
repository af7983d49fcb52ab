#include "pack.h"

#include <cinttypes>
#include <cstdio>
#include <filesystem>

#include "c_source.h"
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

Bytes save(const ottava_matmul* matmul, const std::string& kernel, const std::string& input) {
  ottava_error error = OTTAVA_ERROR_INIT;
  const char* const target = kernel.empty() ? nullptr : kernel.c_str();
  std::uint64_t size = 0;
  if (ottava_matmul_save_size(matmul, target, &size, &error) != OTTAVA_OK) throw Refused(words_of(error, input));
  Bytes file(static_cast<std::size_t>(size));
  if (ottava_matmul_save(matmul, target, file.data(), size, &error) != OTTAVA_OK) throw Refused(words_of(error, input));
  return file;
}

Matmul repacked(const ottava_context* context, const Bytes& file, const std::string& path) {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* matmul = nullptr;
  if (ottava_matmul_load(context, file.data(), file.size(), OTTAVA_LOAD_REPACK, &matmul, &error) != OTTAVA_OK) {
    throw Refused(words_of(error, path));
  }
  return Matmul(matmul);
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
  std::printf("operator  matmul, n %" PRId64 ", k %" PRId64 "\n", info.n, info.k);
  std::printf("kernel    %s, tier %s, panels of %" PRIu32 " channels, steps of %" PRIu32 " depths\n", info.kernel,
              tier_name(context, info.tier).c_str(), info.tile_n, info.tile_k);
}

// The rules that make 8 bits of integers alone.
std::string integer_rule(const ottava_output& output) {
  const bool eight_bit = output.type == OTTAVA_TYPE_S8 || output.type == OTTAVA_TYPE_U8;
  if (!eight_bit || output.requantization == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) return "";
  for (const Word& word : requantizations()) {
    if (word.value == output.requantization) return word.text;
  }
  return "";
}

// The code that ottava/firmware.h has for a kernel and a rule: those of microcontrollers, which read rows in place.
std::string part_of(const ottava_packed_info& info, const std::string& rule) {
  const std::string kernel = info.kernel;
  const bool firmware = info.tier < OTTAVA_TIER_ARMV7_NEON && kernel.find("_indirect_") != std::string::npos;
  return firmware && !rule.empty() ? "ottava_part_" + kernel + "_" + rule : "";
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
  std::string rule = options.rule;
  if (!is_packed(file)) {
    const Description description(options.input, file.text());
    description.kind({{"matmul", OTTAVA_PACKED_MATMUL}});
    const MatmulDescription matmul(description);
    rule = integer_rule(matmul.output());
    file = save(matmul.create(context.get()).get(), options.kernel, options.input);
  } else {
    query(file, options.input);
    if (repacks || options.verify) verify(file, options.input);
    if (repacks) file = save(repacked(context.get(), file, options.input).get(), options.kernel, options.input);
  }
  const ottava_packed_info info = query(file, options.input);
  if (!options.output.empty()) write_file(options.output, file.text());
  if (!options.c_output.empty()) {
    const std::string about =
        "A matmul, n " + std::to_string(info.n) + ", k " + std::to_string(info.k) + ", for " + info.kernel + ".";
    const std::string name = options.name.empty() ? name_of(options.c_output) : options.name;
    write_file(options.c_output, c_source(file, about, name, options.no_bind ? "" : part_of(info, rule)));
  }
  if (options.info) print(context.get(), info);
  if (options.verify) std::printf("verified  %s\n", options.input.c_str());
}

}  // namespace ottava::tools
