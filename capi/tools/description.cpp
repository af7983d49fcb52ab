#include "description.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "handles.h"

namespace ottava::tools {
namespace {

constexpr const char* kKind = "operator";

std::string trimmed(std::string_view text) {
  constexpr const char* kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kBlank) + 1 - first));
}

// The whole text is one number.
template <class Value>
bool parse_integer(const std::string& text, Value* to) {
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str(), &end, 10);
  const bool whole = end == text.c_str() + text.size() && !text.empty();
  if (!whole || errno != 0 || value < std::numeric_limits<Value>::min() || value > std::numeric_limits<Value>::max()) {
    return false;
  }
  *to = static_cast<Value>(value);
  return true;
}

bool parse_real(const std::string& text, float* to) {
  char* end = nullptr;
  errno = 0;
  const float value = std::strtof(text.c_str(), &end);
  const bool beyond = errno == ERANGE && (value > 1.0f || value < -1.0f);  // one too small for a float is rounded
  if (end != text.c_str() + text.size() || text.empty() || beyond) return false;
  *to = value;
  return true;
}

template <class Value>
Key any_integer(const char* name, Value* to) {
  const std::string bits = std::to_string(8 * sizeof(Value));
  return {name, "an integer of " + bits + " bits", [to](const std::string& text) { return parse_integer(text, to); }};
}

}  // namespace

Key integer_key(const char* name, std::int32_t* to) { return any_integer(name, to); }
Key integer_key(const char* name, std::int64_t* to) { return any_integer(name, to); }

Key real_key(const char* name, float* to) {
  return {name, "a number", [to](const std::string& text) { return parse_real(text, to); }};
}

Key word_key(const char* name, std::uint32_t* to, const Words& words) {
  return {name, "one of " + list_of(words), [to, words](const std::string& text) {
            const auto found = std::find_if(words.begin(), words.end(), [&](const Word& w) { return text == w.text; });
            if (found == words.end()) return false;
            *to = found->value;
            return true;
          }};
}

Key flag_key(const char* name, std::uint32_t* flags, std::uint32_t flag) {
  return {name, "yes or no", [flags, flag](const std::string& text) {
            *flags = text == "yes" ? *flags | flag : *flags & ~flag;
            return text == "yes" || text == "no";
          }};
}

std::string list_of(const Words& words) {
  std::string list;
  for (const Word& word : words) list += (list.empty() ? "" : ", ") + std::string(word.text);
  return list;
}

Description::Description(const std::string& path, std::string_view text) : path_(path) {
  int line = 0;
  while (!text.empty()) {
    const std::size_t length = text.find('\n');
    const std::string_view whole = text.substr(0, length);
    text.remove_prefix(length == std::string_view::npos ? text.size() : length + 1);
    ++line;
    const std::string content = trimmed(whole.substr(0, whole.find('#')));
    if (content.empty()) continue;
    const std::string at = path_ + ":" + std::to_string(line) + ": ";
    const std::size_t equals = content.find('=');
    if (equals == std::string::npos) throw Refused((at + "is '").append(content).append("', expected key = value"));
    const Entry entry = {trimmed(content.substr(0, equals)), trimmed(content.substr(equals + 1)), line};
    if (entry.key.empty() || entry.value.empty()) {
      throw Refused(at + (entry.key.empty() ? "has no key before" : entry.key + ": has no value behind") +
                    " the =, expected key = value");
    }
    if (const Entry* const first = find(entry.key)) {
      throw Refused(at + entry.key + ": is given twice, expected once; first in line " + std::to_string(first->line));
    }
    entries_.push_back(entry);
  }
}

std::uint32_t Description::kind(const Words& words) const {
  std::uint32_t kind = 0;
  const Key key = word_key(kKind, &kind, words);
  const Entry* const entry = find(kKind);
  if (entry == nullptr) throw Refused(where(kKind) + ": is missing, expected " + key.expected);
  if (!key.put(entry->value)) {
    throw Refused(where(kKind) + ": is " + entry->value + ", expected " + key.expected);
  }
  return kind;
}

void Description::read(const std::vector<Key>& keys) const {
  const auto key_of = [&](const Entry& entry) {
    return std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == entry.key; });
  };
  for (const Entry& entry : entries_) {
    if (entry.key == kKind) continue;
    const auto key = key_of(entry);
    if (key == keys.end()) {
      std::string names;
      for (const Key& known : keys) names += (names.empty() ? "" : ", ") + known.name;
      throw Refused(where(entry.key) + ": is no key, expected one of " + names);
    }
    if (!key->read && !key->put(entry.value)) {
      throw Refused(where(entry.key) + ": is " + entry.value + ", expected " + key->expected);
    }
  }
  for (const Key& key : keys) {
    if (key.required && find(key.name) == nullptr) {
      throw Refused(where(key.name) + ": is missing, expected " + key.expected);
    }
  }
  for (const Entry& entry : entries_) {
    if (entry.key == kKind || !key_of(entry)->read) continue;
    try {
      key_of(entry)->read((std::filesystem::path(path_).parent_path() / entry.value).string());
    } catch (const Refused& why) {
      throw Refused(where(entry.key) + ": " + why.what());
    }
  }
}

bool Description::mentions(const std::string& beginning) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.key.compare(0, beginning.size(), beginning) == 0; });
}

std::string Description::where(const std::string& key) const {
  const Entry* const entry = find(key);
  return path_ + ":" + (entry != nullptr ? std::to_string(entry->line) + ":" : "") + " " + key;
}

const Description::Entry* Description::find(const std::string& key) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
  return found != entries_.end() ? &*found : nullptr;
}

}  // namespace ottava::tools
