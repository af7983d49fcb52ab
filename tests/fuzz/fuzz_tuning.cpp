// The text of tunings from random bytes: a whole one, or lines behind those of this machine. It is refused with words,
// or it is the text that the tuning is written as; and whatever its lines say, an operator that takes one has the
// results of one that does not.
#include <algorithm>

#include "fuzz.h"

namespace fuzz {
namespace {

constexpr std::int64_t kN = 21, kK = 19, kM = 9;

std::string head_of(const ottava_context* context) {
  std::string head;
  ottava_tuning* empty = nullptr;
  std::uint64_t bytes = 0;
  require(ottava_tune(context, nullptr, 0, nullptr, &empty, nullptr) == OTTAVA_OK, "no tuning of nothing");
  ottava_tuning_write(empty, nullptr, 0, &bytes, nullptr);
  head.resize(static_cast<std::size_t>(bytes));
  ottava_tuning_write(empty, &head[0], bytes, &bytes, nullptr);
  ottava_tuning_destroy(empty);
  return head.substr(0, head.find("problems=") + 9);
}

std::vector<std::uint8_t> run(const ottava_context* context) {
  std::vector<std::uint8_t> weights(static_cast<std::size_t>(kN * kK)), lhs(static_cast<std::size_t>(kM * kK));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<std::uint8_t>(i * i * 37 >> 3);
  for (std::size_t i = 0; i < lhs.size(); ++i) lhs[i] = static_cast<std::uint8_t>(i * i * 91 >> 2);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  desc.n = kN, desc.k = kK;
  output.scale = 300.0f;
  constants.rhs = weights.data();
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  if (ottava_matmul_create(context, &desc, &output, &constants, &matmul, &error) != OTTAVA_OK) fail(error.message);
  std::vector<std::uint8_t> results;
  for (const std::int64_t m : {std::int64_t{1}, std::int64_t{4}, kM}) {
    std::vector<std::uint8_t> dst(static_cast<std::size_t>(m * kN));
    if (ottava_matmul_run(matmul, m, lhs.data(), 0, dst.data(), 0, nullptr, 0, &error) != OTTAVA_OK)
      fail(error.message);
    results.insert(results.end(), dst.begin(), dst.end());
  }
  ottava_matmul_destroy(matmul);
  return results;
}

void check(Bytes& bytes, const std::uint8_t* data, std::size_t size) {
  const ottava_context* const context = context_of(bytes);
  const std::uint32_t flags = bytes.chance(2) ? OTTAVA_TUNING_OF_ANOTHER_MACHINE : 0;
  const bool whole = bytes.chance(4);
  std::string text(reinterpret_cast<const char*>(data), size);
  text.erase(0, std::min<std::size_t>(size, 3));  // what these were drawn from
  const auto lines = std::count(text.begin(), text.end(), '\n');
  if (!whole) text = head_of(context) + std::to_string(lines) + "\n" + text;
  // So that the sanitizer sees what is read behind it.
  const std::vector<char> exact(text.begin(), text.end());
  ottava_tuning* tuning = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const char* const from = exact.empty() ? "" : exact.data();
  const ottava_status status = ottava_tuning_read(context, from, exact.size(), flags, &tuning, &error);
  check_words(status, error);
  require((status == OTTAVA_OK) == (tuning != nullptr), "a tuning without success, or the other way round");
  if (tuning == nullptr) return;
  std::uint64_t needed = 0;
  std::string written(text.size() + 1, '?');
  ottava_tuning_write(tuning, &written[0], written.size(), &needed, nullptr);
  require(needed == written.size() && written.compare(0, text.size(), text) == 0,
          "another text than that which was read");
  ottava_tuned_info info = OTTAVA_TUNED_INFO_INIT;
  for (std::uint32_t i = 0; ottava_tuning_query(tuning, i, &info, nullptr) == OTTAVA_OK; ++i) continue;
  ottava_tuning* merged = nullptr;
  require(ottava_tuning_merge(tuning, tuning, &merged, nullptr) == OTTAVA_OK, "no merging with itself");
  ottava_tuning_destroy(merged);
  ottava_context* derived = nullptr;
  check_words(ottava_context_derive(context, nullptr, tuning, &derived, &error), error);
  if (derived != nullptr) require(run(derived) == run(context), "other results than without a tuning");
  ottava_context_destroy(derived);
  ottava_tuning_destroy(tuning);
}

}  // namespace
}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  fuzz::check(bytes, data, size);
  return 0;
}
