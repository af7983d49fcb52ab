// What the descriptions of all operators have in common: the output, and arrays in files.
#ifndef OTTAVA_CAPI_TOOLS_OPERATOR_DESCRIPTION_H_
#define OTTAVA_CAPI_TOOLS_OPERATOR_DESCRIPTION_H_

#include <list>

#include "description.h"
#include "handles.h"

namespace ottava::tools {

class OperatorDescription {
 public:
  explicit OperatorDescription(const Description& description) : description_(description) {}
  virtual ~OperatorDescription() = default;
  OperatorDescription(const OperatorDescription&) = delete;
  OperatorDescription& operator=(const OperatorDescription&) = delete;

  // Throws Refused, with file, line and key.
  void read();
  // Likewise, where ottava takes these numbers for none.
  virtual Operator create(const ottava_context* context) const = 0;

 protected:
  // The table of the operator's keys, but for those of the output.
  virtual std::vector<Key> keys() = 0;
  // Output channels, once all numbers have been read.
  virtual std::int64_t channels() const = 0;

  // Arrays are read when all numbers are known. `type` stays where it is.
  template <class Value>
  Key array_key(const char* name, const Value** to, const std::uint32_t* type,
                std::function<std::vector<std::int64_t>()> sizes, std::uint32_t* order = nullptr) {
    return {name, "a file", nullptr, [this, to, type, sizes, order](const std::string& path) {
              arrays_.push_back(read_array(path, {*type, sizes()}));
              *to = reinterpret_cast<const Value*>(arrays_.back().elements.data());
              if (order != nullptr && arrays_.back().column_order) *order ^= OTTAVA_ORDER_COLUMN;
            }};
  }
  Key per_channel_key(const char* name, const std::int32_t** to);
  Key per_channel_key(const char* name, const float** to);

  // Words of `error`, at the place of the key that it names.
  [[noreturn]] void refuse(const ottava_error& error) const;

  ottava_output output_ = OTTAVA_OUTPUT_INIT;

 private:
  std::vector<Key> output_keys();

  const Description& description_;
  ottava_add_desc addition_ = OTTAVA_ADD_DESC_INIT;
  std::list<Array> arrays_;  // to which the structures point
};

extern const Words kEightBitTypes;
extern const Words kTypes;
extern const Words kRequantizations;

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_OPERATOR_DESCRIPTION_H_
