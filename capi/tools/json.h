// JSON as it is written: values in the order in which they are given, commas and quotes put in between.
#ifndef OTTAVA_CAPI_TOOLS_JSON_H_
#define OTTAVA_CAPI_TOOLS_JSON_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace ottava::tools {

class Json {
 public:
  // The key comes first in an object, and is left out in an array.
  Json& key(std::string_view name);
  Json& value(std::string_view text);
  Json& value(const char* text) { return value(std::string_view(text)); }
  Json& value(double number);  // null unless it is finite
  Json& value(bool truth) { return raw(truth ? "true" : "false"); }
  Json& value(std::int64_t number) { return raw(std::to_string(number)); }
  Json& value(std::uint64_t number) { return raw(std::to_string(number)); }
  Json& value(std::uint32_t number) { return raw(std::to_string(number)); }
  template <class Value>
  Json& with(std::string_view name, const Value& its_value) {
    return key(name).value(its_value);
  }
  Json& begin(char bracket);  // '{' or '['
  Json& end(char bracket);

  // Writes what there is, and a newline, to the standard output.
  void print() const;

 private:
  Json& raw(std::string_view text);
  void separate();

  std::string text_;
  bool follows_ = false;  // a value, within the same object or array
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_JSON_H_
