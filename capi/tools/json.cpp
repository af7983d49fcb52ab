#include "json.h"

#include <cmath>
#include <cstdio>

namespace ottava::tools {
namespace {

void append_quoted(std::string_view text, std::string* to) {
  *to += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') *to += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      *to += c;
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      *to += escape;
    }
  }
  *to += '"';
}

}  // namespace

void Json::separate() {
  if (follows_) text_ += ", ";
  follows_ = true;
}

Json& Json::key(std::string_view name) {
  separate();
  append_quoted(name, &text_);
  text_ += ": ";
  follows_ = false;
  return *this;
}

Json& Json::value(std::string_view text) {
  separate();
  append_quoted(text, &text_);
  return *this;
}

Json& Json::value(double number) {
  if (!std::isfinite(number)) return raw("null");
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return raw(text);
}

Json& Json::raw(std::string_view text) {
  separate();
  text_ += text;
  return *this;
}

Json& Json::begin(char bracket) {
  separate();
  text_ += bracket;
  follows_ = false;
  return *this;
}

Json& Json::end(char bracket) {
  text_ += bracket;
  follows_ = true;
  return *this;
}

void Json::print() const { std::printf("%s\n", text_.c_str()); }

}  // namespace ottava::tools
