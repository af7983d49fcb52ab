// Errors of creating an operator, in the form of what is given: pointers, structures, flags, values of enumerations, a
// kernel that declines. Every fault alone, in an operator that is otherwise sound. Exact status, argument and words
// from create, size and init_at; no handle, no size and no memory touched.
#include "draft.h"

using namespace ottava;

TEST_CASE("errors: NULL where a pointer is required to create an operator", "[errors]") {
  const KernelContext context(nullptr);
  Draft draft;
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  std::uint64_t bytes = 77;
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  ottava_error error = unfilled_error();
  const auto refused = [&](const char* argument, ottava_status status) {
    check_refusal({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status, error);
    error = unfilled_error();
  };
  void* const at = memory.data();
  const std::uint64_t size = memory.size();
  refused("context", ottava_matmul_create(nullptr, &draft.desc, &draft.constants, &matmul, &error));
  refused("desc", ottava_matmul_create(context.get(), nullptr, &draft.constants, &matmul, &error));
  refused("constants", ottava_matmul_create(context.get(), &draft.desc, nullptr, &matmul, &error));
  refused("operation", ottava_matmul_create(context.get(), &draft.desc, &draft.constants, nullptr, &error));
  refused("context", ottava_matmul_size(nullptr, &draft.desc, &bytes, &error));
  refused("desc", ottava_matmul_size(context.get(), nullptr, &bytes, &error));
  refused("bytes", ottava_matmul_size(context.get(), &draft.desc, nullptr, &error));
  refused("memory",
          ottava_matmul_init_at(nullptr, size, context.get(), &draft.desc, &draft.constants, &matmul, &error));
  refused("context", ottava_matmul_init_at(at, size, nullptr, &draft.desc, &draft.constants, &matmul, &error));
  refused("desc", ottava_matmul_init_at(at, size, context.get(), nullptr, &draft.constants, &matmul, &error));
  refused("constants", ottava_matmul_init_at(at, size, context.get(), &draft.desc, nullptr, &matmul, &error));
  refused("operation", ottava_matmul_init_at(at, size, context.get(), &draft.desc, &draft.constants, nullptr, &error));
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(bytes == 77);

  check_cases({{Part::constants, {OTTAVA_NULL_POINTER, "constants.rhs", {"NULL", "weights"}}, [](Draft& d) {
                  d.constants.rhs = nullptr;
                }}});
  // Without weights there need be none.
  check_accepted(context.get(), [](Draft& d) { d.constants.rhs = nullptr, d.desc.k = 0; });
  check_accepted(context.get(), [](Draft& d) { d.constants.rhs = nullptr, d.desc.n = 0; });
}

TEST_CASE("errors: structures of an operator", "[errors]") {
  std::vector<CreateCase> cases;
  for (const std::uint32_t size : {0u, 4u, 111u, 113u, 4097u, UINT32_MAX}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_STRUCT, "desc", {"struct_size", number(size), number(sizeof(ottava_matmul_desc))}},
                     [=](Draft& d) { d.desc.struct_size = size; }});
  }
  const std::uint32_t constants_bytes = sizeof(ottava_matmul_constants);
  const std::uint32_t first_bytes = 8 + 5 * sizeof(void*);  // before the integer parameters
  for (const std::uint32_t size : {0u, 4u, first_bytes - 1, constants_bytes - 1, 4097u, UINT32_MAX}) {
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_STRUCT, "constants", {"struct_size", number(size), number(constants_bytes)}},
                     [=](Draft& d) { d.constants.struct_size = size; }});
  }
  check_cases(cases);

  const KernelContext context(nullptr);
  Draft draft;
  Longer<ottava_matmul_desc> desc(draft.desc);
  Longer<ottava_matmul_constants> constants(draft.constants);
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  matmul = sentinel<ottava_matmul>();
  for (const std::size_t index : {std::size_t{0}, std::size_t{15}}) {
    ottava_error error = unfilled_error();
    desc.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "desc", {"byte " + std::to_string(sizeof(ottava_matmul_desc) + index)}},
                  ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, &error), error);
    desc.tail(index) = 0;
    constants.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "constants", {"byte " + std::to_string(constants_bytes + index)}},
                  ottava_matmul_create(context.get(), desc.get(), constants.get(), &matmul, &error), error);
    constants.tail(index) = 0;
  }
  CHECK(matmul == sentinel<ottava_matmul>());
}

TEST_CASE("errors: structures of an older header are read over defaults", "[errors]") {
  const KernelContext context(nullptr);
  Draft draft;
  draft.desc.struct_size = 112;
  draft.desc.parameters = 0xBADu;  // beyond the end: not read
  draft.desc.reserved3 = 1;
  draft.constants.struct_size = 8 + 5 * sizeof(void*);
  draft.constants.multipliers = sentinel<const std::int32_t>();
  draft.constants.table = sentinel<void>();
  const auto accepted = [&] {
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_create(context.get(), &draft.desc, &draft.constants, &matmul, nullptr) == OTTAVA_OK);
    std::uint64_t bytes = 0;
    CHECK(ottava_matmul_size(context.get(), &draft.desc, &bytes, nullptr) == OTTAVA_OK);
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  };
  accepted();

  // With the integer parameters, before what follows them.
  const std::int32_t shifts[] = {-1, -1, -1};
  draft.desc.struct_size = 128;
  draft.desc.parameters = OTTAVA_PARAMETERS_INTEGER;
  draft.desc.multiplier = 1 << 30;
  draft.desc.lhs_quantization = draft.desc.lhs_quantized_type = draft.desc.activation = 0xBADu;
  draft.desc.tanh_zero = draft.desc.tanh_amplitude = -1;
  draft.constants.struct_size = 8 + 7 * sizeof(void*);
  draft.constants.multipliers = nullptr;
  draft.constants.shifts = shifts;
  accepted();
  draft.desc.struct_size = sizeof(ottava_matmul_desc);
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  CHECK(ottava_matmul_create(context.get(), &draft.desc, &draft.constants, &matmul, nullptr) == OTTAVA_BAD_OPTION);
  CHECK(matmul == sentinel<ottava_matmul>());
}

TEST_CASE("errors: flags, types, orders and rules that do not exist", "[errors]") {
  std::vector<CreateCase> cases = {
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"32", "flag"}}, [](Draft& d) { d.desc.flags = 32; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"34", "flag"}}, [](Draft& d) { d.desc.flags = 34; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"2147483649"}}, [](Draft& d) { d.desc.flags = 0x80000001u; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved", {"0"}}, [](Draft& d) { d.desc.reserved = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved2", {"0"}}, [](Draft& d) { d.desc.reserved2 = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved3", {"0"}}, [](Draft& d) { d.desc.reserved3 = 1; }},
      {Part::constants, {OTTAVA_BAD_OPTION, "constants.reserved", {"0"}}, [](Draft& d) { d.constants.reserved = 1; }},
  };
  const auto unknown = [&](const char* field, std::uint32_t ottava_matmul_desc::*member, std::uint32_t value,
                           const char* kind) {
    cases.push_back(
        {Part::desc, {OTTAVA_BAD_TYPE, field, {number(value), kind}}, [=](Draft& d) { d.desc.*member = value; }});
  };
  for (const std::uint32_t value : {0u, 6u, UINT32_MAX}) {
    unknown("desc.lhs_type", &ottava_matmul_desc::lhs_type, value, "OTTAVA_TYPE_");
    unknown("desc.rhs_type", &ottava_matmul_desc::rhs_type, value, "OTTAVA_TYPE_");
    unknown("desc.dst_type", &ottava_matmul_desc::dst_type, value, "OTTAVA_TYPE_");
  }
  for (const std::uint32_t value : {2u, UINT32_MAX}) {
    unknown("desc.lhs_order", &ottava_matmul_desc::lhs_order, value, "OTTAVA_ORDER_");
    unknown("desc.rhs_order", &ottava_matmul_desc::rhs_order, value, "OTTAVA_ORDER_");
    unknown("desc.dst_order", &ottava_matmul_desc::dst_order, value, "OTTAVA_ORDER_");
  }
  for (const std::uint32_t value : {13u, UINT32_MAX})
    unknown("desc.rule", &ottava_matmul_desc::rule, value, "OTTAVA_RULE_");
  for (const std::uint32_t value : {8u, UINT32_MAX})
    unknown("desc.lhs_quantization", &ottava_matmul_desc::lhs_quantization, value, "OTTAVA_QUANTIZE_");
  for (const std::uint32_t value : {3u, UINT32_MAX})
    unknown("desc.activation", &ottava_matmul_desc::activation, value, "OTTAVA_ACTIVATION_");
  // Those that exist, but are not what an f32 lhs can become, too.
  for (const std::uint32_t value : {OTTAVA_TYPE_S16, OTTAVA_TYPE_S32, OTTAVA_TYPE_F32, 6u, UINT32_MAX}) {
    for (const std::uint32_t quantization : {OTTAVA_QUANTIZE_DIVIDE, OTTAVA_QUANTIZE_XNNPACK}) {
      cases.push_back(
          {Part::desc,
           {OTTAVA_BAD_TYPE, "desc.lhs_quantized_type", {number(value), "OTTAVA_TYPE_S8", "OTTAVA_TYPE_U8"}},
           [=](Draft& d) { d.to_quantize(quantization), d.desc.lhs_quantized_type = value; }});
    }
  }
  check_cases(cases);

  const KernelContext context(nullptr);
  for (const std::uint32_t flag : {OTTAVA_MATMUL_ALLOW_WRAP, OTTAVA_MATMUL_WEIGHTS_LEFT, OTTAVA_MATMUL_LHS_ROW_SCALES,
                                   OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS}) {
    check_accepted(context.get(), [=](Draft& d) { d.desc.flags = flag; });
  }
  check_accepted(context.get(), [](Draft& d) { d.desc.flags = OTTAVA_MATMUL_RUNTIME_RHS, d.constants.rhs = nullptr; });
}

TEST_CASE("errors: a named kernel that declines", "[errors]") {
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->lhs_form != LhsForm::indirect) continue;
    const KernelContext context(kernel->name);
    check_create_refused(context.get(),
                         {Part::desc,
                          {OTTAVA_KERNEL_UNAVAILABLE, "host.kernel", {kernel->name, "declines", "row order"}},
                          [](Draft& d) { d.desc.lhs_order = OTTAVA_ORDER_COLUMN; }});
  }
}
