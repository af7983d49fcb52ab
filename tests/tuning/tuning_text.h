// Tunings as text, for tests that put lines together by hand.
#ifndef OTTAVA_TESTS_TUNING_TEXT_H_
#define OTTAVA_TESTS_TUNING_TEXT_H_

#include <memory>
#include <string>
#include <vector>

#include "refusal.h"
#include "support.h"

namespace ottava {

using OwnedTuning = std::unique_ptr<ottava_tuning, decltype(&ottava_tuning_destroy)>;
inline OwnedTuning owned(ottava_tuning* tuning) { return {tuning, ottava_tuning_destroy}; }

inline std::string text_of(const ottava_tuning* tuning) {
  std::uint64_t needed = 0;
  REQUIRE(ottava_tuning_write(tuning, nullptr, 0, &needed, nullptr) == OTTAVA_OK);
  std::string text(static_cast<std::size_t>(needed), '?');
  REQUIRE(ottava_tuning_write(tuning, &text[0], needed, &needed, nullptr) == OTTAVA_OK);
  REQUIRE(text.back() == '\0');
  text.pop_back();
  REQUIRE(text.find('\0') == std::string::npos);
  return text;
}

// The lines of this machine that stand before those of problems, and these.
inline std::string text_with(const ottava_context* context, const std::vector<std::string>& lines) {
  ottava_tuning* empty = nullptr;
  REQUIRE(ottava_tune(context, nullptr, 0, nullptr, &empty, nullptr) == OTTAVA_OK);
  std::string text = text_of(owned(empty).get());
  const std::string none = "problems=0\n";
  REQUIRE(text.size() > none.size());
  text.replace(text.size() - none.size(), none.size(), "problems=" + std::to_string(lines.size()) + "\n");
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

inline OwnedTuning read_sound(const ottava_context* context, const std::string& text, std::uint32_t flags = 0) {
  ottava_tuning* tuning = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_tuning_read(context, text.data(), text.size(), flags, &tuning, &error);
  INFO(error.argument << ": " << error.message << " in\n" << text);
  REQUIRE(status == OTTAVA_OK);
  return owned(tuning);
}

inline void check_text_refused(const ottava_context* context, const Refusal& expected, const std::string& text,
                               std::uint32_t flags = 0) {
  INFO(text);
  ottava_tuning* tuning = sentinel<ottava_tuning>();
  ottava_error error = unfilled_error();
  const ottava_status status = ottava_tuning_read(context, text.data(), text.size(), flags, &tuning, &error);
  check_refusal(expected, status, error);
  CHECK(tuning == sentinel<ottava_tuning>());
}

constexpr char kTimes[] = " default=1000.000ns tuned=900.000ns noise=1.0000% turns=128";
inline std::string line_of_words(const std::string& words) { return words + kTimes; }

}  // namespace ottava

#endif  // OTTAVA_TESTS_TUNING_TEXT_H_
