// The C++ wrapper with nothing before it. Without exceptions the try_ functions alone are there, and suffice.
#include "ottava/ottava.hpp"

int main() {
  static const signed char weights[] = {1, 2, 3, 4, 5, 6};
  static const signed char lhs[] = {1, 1, 1};
  signed char dst[2] = {0, 0};
  ottava::MatmulDesc desc;
  desc.n = 2;
  desc.k = 3;
  const ottava::Output output;
  ottava::MatmulConstants constants;
  constants.rhs = weights;
  ottava::MatmulRunDesc run;
  run.m = 1;
  ottava::MatmulOperands operands;
  operands.lhs = lhs;
  operands.dst = dst;
  const float pair[] = {-1.0f, 2.0f};
  ottava::Range range = {0.0f, 0.0f};
#if OTTAVA_HAS_EXCEPTIONS
  try {
    const ottava::Context context = ottava::Context::create();
    const ottava::Matmul matmul = ottava::Matmul::create(context, desc, output, constants);
    matmul.run(1, lhs, 0, dst, 0);
    matmul.execute(run, operands);
    range = ottava::range(context, 2, pair);
  } catch (const ottava::Error& error) {
    return static_cast<int>(error.status());
  }
#else
  ottava::Context context;
  ottava::Matmul matmul;
  ottava_status status = ottava::Context::try_create(&context);
  if (status == OTTAVA_OK) status = ottava::Matmul::try_create(&matmul, context, desc, output, constants);
  if (status == OTTAVA_OK) status = matmul.try_run(1, lhs, 0, dst, 0);
  if (status == OTTAVA_OK) status = matmul.try_execute(run, operands);
  if (status == OTTAVA_OK) status = ottava::try_range(&range, context, 2, pair);
  if (status != OTTAVA_OK) return static_cast<int>(status);
#endif
  return dst[0] == 9 && dst[1] == 12 && range.smallest == -1.0f && range.largest == 2.0f ? 0 : 1;
}
