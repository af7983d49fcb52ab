// Errors of creating an operator, in the form of what is given: pointers, structures, flags, values of enumerations, a
// kernel that declines. Every fault alone, in an operator that is otherwise sound. Exact status, argument and words
// from create, size and init_at; no handle, no size and no memory touched.
#include "boundary.h"
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
  refused("context", ottava_matmul_create(nullptr, &draft.desc, &draft.output, &draft.constants, &matmul, &error));
  refused("desc", ottava_matmul_create(context.get(), nullptr, &draft.output, &draft.constants, &matmul, &error));
  refused("output", ottava_matmul_create(context.get(), &draft.desc, nullptr, &draft.constants, &matmul, &error));
  refused("constants", ottava_matmul_create(context.get(), &draft.desc, &draft.output, nullptr, &matmul, &error));
  refused("operation",
          ottava_matmul_create(context.get(), &draft.desc, &draft.output, &draft.constants, nullptr, &error));
  refused("context", ottava_matmul_size(nullptr, &draft.desc, &draft.output, &bytes, &error));
  refused("desc", ottava_matmul_size(context.get(), nullptr, &draft.output, &bytes, &error));
  refused("output", ottava_matmul_size(context.get(), &draft.desc, nullptr, &bytes, &error));
  refused("bytes", ottava_matmul_size(context.get(), &draft.desc, &draft.output, nullptr, &error));
  refused("memory", ottava_matmul_init_at(nullptr, size, context.get(), &draft.desc, &draft.output, &draft.constants,
                                          &matmul, &error));
  refused("context",
          ottava_matmul_init_at(at, size, nullptr, &draft.desc, &draft.output, &draft.constants, &matmul, &error));
  refused("desc",
          ottava_matmul_init_at(at, size, context.get(), nullptr, &draft.output, &draft.constants, &matmul, &error));
  refused("output",
          ottava_matmul_init_at(at, size, context.get(), &draft.desc, nullptr, &draft.constants, &matmul, &error));
  refused("constants",
          ottava_matmul_init_at(at, size, context.get(), &draft.desc, &draft.output, nullptr, &matmul, &error));
  refused("operation", ottava_matmul_init_at(at, size, context.get(), &draft.desc, &draft.output, &draft.constants,
                                             nullptr, &error));
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
  for (const std::uint32_t size : {0u, 4u, 80u, 87u, 89u, 4097u, UINT32_MAX}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_STRUCT, "desc", {"struct_size", number(size), number(sizeof(ottava_matmul_desc))}},
                     [=](Draft& d) { d.desc.struct_size = size; }});
  }
  const std::uint32_t constants_bytes = sizeof(ottava_matmul_constants);
  const std::uint32_t pointer = sizeof(void*);
  for (const std::uint32_t size : {0u, 4u, constants_bytes - pointer, constants_bytes - 1, 4097u, UINT32_MAX}) {
    cases.push_back({Part::constants,
                     {OTTAVA_BAD_STRUCT, "constants", {"struct_size", number(size), number(constants_bytes)}},
                     [=](Draft& d) { d.constants.struct_size = size; }});
  }
  const std::uint32_t output_bytes = sizeof(ottava_output);
  for (const std::uint32_t size : {0u, 4u, output_bytes - pointer, output_bytes - 1, 4097u, UINT32_MAX}) {
    cases.push_back({Part::desc,
                     {OTTAVA_BAD_STRUCT, "output", {"struct_size", number(size), number(output_bytes)}},
                     [=](Draft& d) { d.output.struct_size = size; }});
  }
  check_cases(cases);

  const KernelContext context(nullptr);
  Draft draft;
  Longer<ottava_matmul_desc> desc(draft.desc);
  Longer<ottava_output> output(draft.output);
  Longer<ottava_matmul_constants> constants(draft.constants);
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), desc.get(), output.get(), constants.get(), &matmul, nullptr) ==
          OTTAVA_OK);
  CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  matmul = sentinel<ottava_matmul>();
  for (const std::size_t index : {std::size_t{0}, std::size_t{15}}) {
    ottava_error error = unfilled_error();
    desc.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "desc", {"byte " + std::to_string(sizeof(ottava_matmul_desc) + index)}},
                  ottava_matmul_create(context.get(), desc.get(), output.get(), constants.get(), &matmul, &error),
                  error);
    desc.tail(index) = 0;
    output.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "output", {"byte " + std::to_string(output_bytes + index)}},
                  ottava_matmul_create(context.get(), desc.get(), output.get(), constants.get(), &matmul, &error),
                  error);
    output.tail(index) = 0;
    constants.tail(index) = 1;
    check_refusal({OTTAVA_BAD_STRUCT, "constants", {"byte " + std::to_string(constants_bytes + index)}},
                  ottava_matmul_create(context.get(), desc.get(), output.get(), constants.get(), &matmul, &error),
                  error);
    constants.tail(index) = 0;
  }
  CHECK(matmul == sentinel<ottava_matmul>());
}

// A structure that has grown since its first version, which was 8 bytes.
struct Grown {
  std::uint32_t struct_size, old;
  std::uint64_t young;
};

TEST_CASE("errors: structures of an older header are read over defaults", "[errors]") {
  Longer<Grown> memory(Grown{16, 5, 0x7777});
  Grown& caller = *memory.get();
  caller.struct_size = 8;
  Grown read = {16, 1, 3};
  Error error;
  CHECK(read_struct(caller, 8, "grown", &read, &error) == Status::ok);
  CHECK((read.struct_size == 16 && read.old == 5 && read.young == 3));
  write_struct(Grown{16, 6, 9}, &caller);
  CHECK((caller.struct_size == 8 && caller.old == 6 && caller.young == 0x7777));
}

TEST_CASE("errors: flags, types, orders and requantizations that do not exist", "[errors]") {
  std::vector<CreateCase> cases = {
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"32", "flag"}}, [](Draft& d) { d.desc.flags = 32; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"34", "flag"}}, [](Draft& d) { d.desc.flags = 34; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.flags", {"2147483649"}}, [](Draft& d) { d.desc.flags = 0x80000001u; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "desc.reserved", {"0"}}, [](Draft& d) { d.desc.reserved = 1; }},
      {Part::desc, {OTTAVA_BAD_OPTION, "output.flags", {"4"}}, [](Draft& d) { d.output.flags = 4; }},
      {Part::constants, {OTTAVA_BAD_OPTION, "constants.reserved", {"0"}}, [](Draft& d) { d.constants.reserved = 1; }},
  };
  const auto unknown = [&](const char* field, std::uint32_t ottava_matmul_desc::*member, std::uint32_t value,
                           const char* offered) {
    cases.push_back({Part::desc, {OTTAVA_BAD_TYPE, field, {"is " + number(value) + ";", offered}}, [=](Draft& d) {
                       d.desc.*member = value;
                     }});
  };
  const auto unknown_output = [&](const char* field, std::uint32_t ottava_output::*member, std::uint32_t value,
                                  const char* offered) {
    cases.push_back({Part::desc, {OTTAVA_BAD_TYPE, field, {"is " + number(value) + ";", offered}}, [=](Draft& d) {
                       d.output.*member = value;
                     }});
  };
  for (const std::uint32_t value : {0u, 6u, UINT32_MAX}) {
    unknown("desc.lhs_type", &ottava_matmul_desc::lhs_type, value, "OTTAVA_TYPE_F32 (5)");
    unknown("desc.rhs_type", &ottava_matmul_desc::rhs_type, value, "OTTAVA_TYPE_U8 (2)");
    unknown_output("output.type", &ottava_output::type, value, "OTTAVA_TYPE_F32 (5)");
  }
  for (const std::uint32_t value : {2u, UINT32_MAX}) {
    unknown("desc.lhs_order", &ottava_matmul_desc::lhs_order, value, "OTTAVA_ORDER_COLUMN (1)");
    unknown("desc.rhs_order", &ottava_matmul_desc::rhs_order, value, "OTTAVA_ORDER_COLUMN (1)");
    unknown("desc.dst_order", &ottava_matmul_desc::dst_order, value, "OTTAVA_ORDER_COLUMN (1)");
  }
  for (const std::uint32_t value : {13u, UINT32_MAX})
    unknown_output("output.requantization", &ottava_output::requantization, value,
                   "OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY (12)");
  for (const std::uint32_t value : {8u, UINT32_MAX})
    unknown("desc.lhs_quantization", &ottava_matmul_desc::lhs_quantization, value, "OTTAVA_QUANTIZE_ONNX_DYNAMIC (7)");
  for (const std::uint32_t value : {3u, UINT32_MAX})
    unknown_output("output.activation", &ottava_output::activation, value, "OTTAVA_ACTIVATION_GEMMLOWP_TANH (2)");
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
    if (kernel->form != LhsForm::indirect) continue;
    const KernelContext context(kernel->name);
    check_create_refused(context.get(),
                         {Part::desc,
                          {OTTAVA_KERNEL_UNAVAILABLE, "host.kernel", {kernel->name, "declines", "row order"}},
                          [](Draft& d) { d.desc.lhs_order = OTTAVA_ORDER_COLUMN; }});
  }
}
