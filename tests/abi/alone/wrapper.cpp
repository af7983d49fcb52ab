// The C++ wrapper with nothing before it. Without exceptions the try_ functions alone are there, and suffice.
#include "ottava/ottava.hpp"

int main() {
  static const signed char weights[] = {1, 2, 3, 4, 5, 6};
  static const signed char lhs[] = {1, 1, 1};
  signed char dst[2] = {0, 0};
  ottava::MatmulDesc desc;
  desc.n = 2;
  desc.k = 3;
  ottava::MatmulConstants constants;
  constants.rhs = weights;
#if OTTAVA_HAS_EXCEPTIONS
  try {
    const ottava::Context context = ottava::Context::create();
    ottava::Matmul::create(context, desc, constants).run(1, lhs, 0, dst, 0);
  } catch (const ottava::Error& error) {
    return error.status();
  }
#else
  ottava::Context context;
  ottava::Matmul matmul;
  ottava_status status = ottava::Context::try_create(&context);
  if (status == OTTAVA_OK) status = ottava::Matmul::try_create(&matmul, context, desc, constants);
  if (status == OTTAVA_OK) status = matmul.try_run(1, lhs, 0, dst, 0);
  if (status != OTTAVA_OK) return status;
#endif
  return dst[0] == 9 && dst[1] == 12 ? 0 : 1;
}
