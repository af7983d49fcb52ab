// The matmul that a text describes.
#ifndef OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_
#define OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_

#include "operator_description.h"

namespace ottava::tools {

class MatmulDescription : public OperatorDescription {
 public:
  using OperatorDescription::OperatorDescription;
  Operator create(const ottava_context* context) const override;

 private:
  std::vector<Key> keys() override;
  std::int64_t channels() const override { return desc_.n; }
  std::vector<std::int64_t> rhs_sizes() const;

  ottava_matmul_desc desc_ = OTTAVA_MATMUL_DESC_INIT;
  ottava_matmul_constants constants_ = OTTAVA_MATMUL_CONSTANTS_INIT;
};

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_MATMUL_DESCRIPTION_H_
