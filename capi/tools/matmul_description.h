// The matmul that a text describes.
#ifndef OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_
#define OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_

#include <list>

#include "description.h"
#include "handles.h"

namespace ottava::tools {

// OTTAVA_REQUANTIZE_... by their lower-case names.
const Words& requantizations();

class MatmulDescription {
 public:
  // Throws Refused, with file, line and key.
  explicit MatmulDescription(const Description& description);

  // Likewise, where ottava takes these numbers for none.
  Matmul create(const ottava_context* context) const;

  const ottava_output& output() const { return output_; }

 private:
  std::vector<Key> keys();
  std::vector<Key> output_keys();
  template <class Value>
  Key vector_key(const char* name, const Value** to, std::uint32_t type);
  Key weights_key();
  Key table_key();
  std::int64_t size(const char* key, std::int64_t value) const;

  const Description& description_;
  ottava_matmul_desc desc_ = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output_ = OTTAVA_OUTPUT_INIT;
  ottava_add_desc addition_ = OTTAVA_ADD_DESC_INIT;
  ottava_matmul_constants constants_ = OTTAVA_MATMUL_CONSTANTS_INIT;
  std::list<Array> arrays_;  // to which the structures point
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_
