// Refusals of packed files: each fault alone in a file that is otherwise sound, with exact status, argument and words
// from every function that reads one; no handle, no size and no memory touched. And every byte of a small file changed:
// noticed by a checksum.
#include <cstring>

#include "boundary.h"
#include "contraction/packed_file.h"
#include "draft.h"
#include "handles.h"
#include "small_operator.h"
#include "through_file.h"

using namespace ottava;

namespace {

// A copy of a file to which a case does harm; it ends at a page that no access survives.
class Copy {
 public:
  explicit Copy(const GuardedBuffer& from) : Copy(from.data(), from.size()) {}
  Copy(const std::uint8_t* from, std::size_t bytes) : memory_(bytes, Side::upper, bytes % 64 == 0 ? 64 : 1) {
    std::memcpy(memory_.data(), from, bytes);
  }
  PackedHeader& header() { return *memory_.as<PackedHeader>(); }
  std::uint8_t* data() { return memory_.data(); }
  std::uint64_t size() const { return memory_.size(); }
  // Number i of the operator.
  void put_number(std::size_t i, std::int64_t value) {
    std::memcpy(data() + sizeof(PackedHeader) + 8 * i, &value, sizeof value);
  }
  void put_channel(std::size_t offset, std::uint32_t value) {
    std::memcpy(data() + channels_from(static_cast<std::size_t>(header().numbers)).value() + offset, &value,
                sizeof value);
  }
  void seal() { seal_packed(data()); }

 private:
  GuardedBuffer memory_;
};

struct Files {
  SmallOperator op;
  std::unique_ptr<GuardedBuffer> own = packed_file(op.matmul, nullptr);
  explicit Files(const Change& change = [](Draft&) {}) : op(change) {}
};

// By everything that loads, with and without OTTAVA_LOAD_REPACK where both refuse.
void check_load_refused(const ottava_context* context, const Refusal& expected, const void* file, std::uint64_t bytes,
                        std::uint32_t flags) {
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  std::uint64_t needed = 77;
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_matmul_load(context, file, bytes, flags, &matmul, &error), error);
  error = unfilled_error();
  check_refusal(expected, ottava_matmul_load_size(context, file, bytes, flags, &needed, &error), error);
  error = unfilled_error();
  check_refusal(expected,
                ottava_matmul_load_at(memory.data(), memory.size(), context, file, bytes, flags, &matmul, &error),
                error);
  CHECK(ottava_matmul_load(context, file, bytes, flags, &matmul, nullptr) == expected.status);
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(needed == 77);
  CHECK(memory == std::vector<std::uint8_t>(1 << 16, 0xab));
}

void check_file_refused(const Refusal& expected, const void* file, std::uint64_t bytes) {
  const KernelContext context(nullptr);
  for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
    check_load_refused(context.get(), expected, file, bytes, flags);
  }
  ottava_packed_info info = patterned<ottava_packed_info>(sizeof(ottava_packed_info));
  const ottava_packed_info before = info;
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_packed_query(file, bytes, &info, &error), error);
  CHECK(same_bytes(info, before));
  error = unfilled_error();
  check_refusal(expected, ottava_packed_verify(file, bytes, &error), error);
}

using Damage = std::function<void(Copy&)>;

// Sealed again: what the checksum does not notice.
void check_sealed_refused(const Files& files, const Refusal& expected, const Damage& harm) {
  Copy copy(*files.own);
  harm(copy);
  copy.seal();
  check_file_refused(expected, copy.data(), copy.size());
}

// Numbers of a matmul, in their order in the file.
enum Number : std::size_t { kN = 0, kK = 1, kLhsType = 3, kLhsZero = 4, kLhsScale = 5 };

}  // namespace

TEST_CASE("errors: packed files that are truncated, misaligned or none", "[errors]") {
  const Files files;
  const std::size_t whole = files.own->size();
  for (std::size_t bytes = 0; bytes < whole; ++bytes) {
    Copy copy(files.own->data(), bytes);
    // Only a file that is cut at a multiple of 64 bytes can both be aligned and touch the guard page.
    if (bytes % 64 == 0) check_file_refused({OTTAVA_BAD_PACKED, "packed", {"truncated"}}, copy.data(), bytes);
    check_file_refused({OTTAVA_BAD_PACKED, "packed", {"truncated"}}, files.own->data(), bytes);
  }
  GuardedBuffer moved(whole, Side::upper, 64, 8);
  std::memcpy(moved.data(), files.own->data(), whole);
  check_file_refused({OTTAVA_BAD_MEMORY, "packed", {"not aligned", "64"}}, moved.data(), whole);
  for (std::size_t i = 0; i < 8; ++i) {
    Copy copy(*files.own);
    copy.data()[i] ^= 1;
    check_file_refused({OTTAVA_BAD_PACKED, "packed", {"no packed operator"}}, copy.data(), whole);
  }
}

TEST_CASE("errors: packed files of another format, byte order or operator", "[errors]") {
  const Files files;
  check_sealed_refused(files, {OTTAVA_UNSUPPORTED, "packed", {"format 2", "reads 1"}},
                       [](Copy& c) { c.header().format = 2; });
  check_sealed_refused(files, {OTTAVA_UNSUPPORTED, "packed", {"other byte order"}},
                       [](Copy& c) { c.header().byte_order = 0x04030201; });
  check_sealed_refused(files, {OTTAVA_BAD_PACKED, "packed", {"corrupt", "byte order"}},
                       [](Copy& c) { c.header().byte_order = 0; });
  check_sealed_refused(files, {OTTAVA_UNSUPPORTED, "packed", {"holds an", "operator"}},
                       [](Copy& c) { c.header().kind = static_cast<PackedKind>(9); });
}

TEST_CASE("errors: packed files whose parameters make no sense", "[errors]") {
  const Files files(
      [](Draft& d) { d.output.type = OTTAVA_TYPE_S8, d.output.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING; });
  const ChannelLayout layout = files.op.matmul->op.plan.channels;
  const auto corrupt = [&](std::vector<std::string> words, const Damage& harm) {
    words.push_back("corrupt");
    check_sealed_refused(files, {OTTAVA_BAD_PACKED, "packed", words}, harm);
  };
  for (const std::uint32_t value : {0u, 5000u}) {
    corrupt({"header"}, [=](Copy& c) { c.header().nr = value; });
    corrupt({"header"}, [=](Copy& c) { c.header().kr = value; });
  }
  corrupt({"header"}, [](Copy& c) { c.header().rhs_is_unsigned = 2; });
  corrupt({"header"}, [](Copy& c) { c.header().own_small_m = 2; });
  corrupt({"header"}, [](Copy& c) { c.header().reserved = 1; });
  corrupt({"header"}, [](Copy& c) { std::memset(c.header().kernel, 'k', sizeof c.header().kernel); });
  corrupt({"header"}, [](Copy& c) { c.header().kernel[0] = '\0'; });
  corrupt({"sizes"}, [](Copy& c) { c.header().nr += 64; });
  corrupt({"sizes"}, [](Copy& c) { c.header().own_small_m ^= 1; });
  for (const std::int64_t n : {std::int64_t{4000}, INT64_MAX, std::int64_t{0}}) {
    corrupt({}, [=](Copy& c) { c.put_number(kN, n); });
    corrupt({}, [=](Copy& c) { c.put_number(kK, n != 0 ? n : 4000); });
  }
  corrupt({"desc.n", "negative"}, [](Copy& c) { c.put_number(kN, -1); });
  corrupt({"value that does not exist"}, [](Copy& c) { c.put_number(kLhsType, 3); });
  corrupt({"value that does not exist"}, [](Copy& c) { c.put_number(kLhsZero, std::int64_t{1} << 32); });
  corrupt({"desc.lhs_zero_point"}, [](Copy& c) { c.put_number(kLhsZero, 128); });
  corrupt({"desc.lhs_scale"}, [](Copy& c) { c.put_number(kLhsScale, 0); });
  corrupt({"a zero point", "channel 1"}, [=](Copy& c) { c.put_channel(layout.rhs_zero + 4, 128); });
  corrupt({"a multiplier", "channel 2"}, [=](Copy& c) { c.put_channel(layout.multiplier + 8, 0x80000000u); });
  corrupt({"a shift", "channel 0"}, [=](Copy& c) { c.put_channel(layout.exponent, 31); });
  corrupt({"a shift", "channel 0"}, [=](Copy& c) { c.put_channel(layout.exponent, 0x80000000u); });

  const Files floats(
      [](Draft& d) { d.output.type = OTTAVA_TYPE_S8, d.output.requantization = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN; });
  const ChannelLayout at = floats.op.matmul->op.plan.channels;
  for (const std::uint32_t bits : {0x7f800000u, 0x7fc00000u, 0xbf800000u}) {
    check_sealed_refused(floats, {OTTAVA_BAD_PACKED, "packed", {"a scale", "channel 1"}},
                         [=](Copy& c) { c.put_channel(at.scale + 4, bits); });
  }
  check_sealed_refused(floats, {OTTAVA_BAD_PACKED, "packed", {"a bias", "channel 1"}},
                       [=](Copy& c) { c.put_channel(at.bias + 4, 0x7fc00000u); });
}

TEST_CASE("errors: packed files for a kernel that does not run here name it and what does", "[errors]") {
  const Files files;
  const KernelContext any(nullptr);
  Copy foreign(*files.own);
  std::strcpy(foreign.header().kernel, "s8s8s32_4x16x4_elsewhere");
  foreign.seal();
  ottava_matmul* matmul = nullptr;
  check_load_refused(any.get(),
                     {OTTAVA_UNSUPPORTED,
                      "packed",
                      {"s8s8s32_4x16x4_elsewhere", "no such kernel", tier_name(*runnable_kernels()[0]), "REPACK"}},
                     foreign.data(), foreign.size(), 0);
  REQUIRE(ottava_matmul_load(any.get(), foreign.data(), foreign.size(), OTTAVA_LOAD_REPACK, &matmul, nullptr) ==
          OTTAVA_OK);
  ottava_matmul_destroy(matmul);
  // The panels of a kernel that this build has, of other sizes.
  Copy other(*packed_file(files.op.matmul, "portable"));
  std::strcpy(other.header().kernel, runnable_kernels()[0]->name);
  other.seal();
  if (runnable_kernels()[0]->isa != Isa::portable) {
    check_load_refused(any.get(), {OTTAVA_UNSUPPORTED, "packed", {runnable_kernels()[0]->name, "layout is another"}},
                       other.data(), other.size(), 0);
  }
  // Above the cap, and beside the one kernel that a context asks for.
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = OTTAVA_TIER_PORTABLE;
  ottava_context* portable = nullptr;
  REQUIRE(ottava_context_create(&options, nullptr, &portable, nullptr) == OTTAVA_OK);
  const std::string own = files.own->as<PackedHeader>()->kernel;
  if (runnable_kernels()[0]->isa != Isa::portable) {
    check_load_refused(portable, {OTTAVA_UNSUPPORTED, "packed", {own, "portable", "above the cap", "REPACK"}},
                       files.own->data(), files.own->size(), 0);
  }
  ottava_context_destroy(portable);
  const KernelContext one("s8s8s32_4x8x2_portable");
  check_load_refused(one.get(), {OTTAVA_UNSUPPORTED, "packed", {own, "s8s8s32_4x8x2_portable"}}, files.own->data(),
                     files.own->size(), 0);
}

TEST_CASE("errors: arguments of packed files", "[errors]") {
  const Files files;
  const KernelContext context(nullptr);
  const void* const file = files.own->data();
  const std::uint64_t size = files.own->size();
  ottava_matmul* matmul = sentinel<ottava_matmul>();
  std::vector<std::uint8_t> memory(1 << 16, 0xab);
  std::uint64_t bytes = 77;
  ottava_packed_info info = OTTAVA_PACKED_INFO_INIT;
  ottava_error error = unfilled_error();
  const auto refused = [&](const Refusal& expected, ottava_status status) {
    check_refusal(expected, status, error);
    error = unfilled_error();
  };
  const auto null = [&](const char* argument, ottava_status status) {
    refused({OTTAVA_NULL_POINTER, argument, {"NULL"}}, status);
  };
  null("packed", ottava_packed_query(nullptr, size, &info, &error));
  null("info", ottava_packed_query(file, size, nullptr, &error));
  null("packed", ottava_packed_verify(nullptr, size, &error));
  null("operation", ottava_matmul_save_size(nullptr, nullptr, &bytes, &error));
  null("bytes", ottava_matmul_save_size(files.op.matmul, nullptr, nullptr, &error));
  null("operation", ottava_matmul_save(nullptr, nullptr, memory.data(), size, &error));
  null("memory", ottava_matmul_save(files.op.matmul, nullptr, nullptr, size, &error));
  null("context", ottava_matmul_load(nullptr, file, size, 0, &matmul, &error));
  null("packed", ottava_matmul_load(context.get(), nullptr, size, 0, &matmul, &error));
  null("operation", ottava_matmul_load(context.get(), file, size, 0, nullptr, &error));
  null("context", ottava_matmul_load_size(nullptr, file, size, 0, &bytes, &error));
  null("packed", ottava_matmul_load_size(context.get(), nullptr, size, 0, &bytes, &error));
  null("bytes", ottava_matmul_load_size(context.get(), file, size, 0, nullptr, &error));
  void* const at = memory.data();
  null("memory", ottava_matmul_load_at(nullptr, 1 << 16, context.get(), file, size, 0, &matmul, &error));
  null("context", ottava_matmul_load_at(at, 1 << 16, nullptr, file, size, 0, &matmul, &error));
  null("packed", ottava_matmul_load_at(at, 1 << 16, context.get(), nullptr, size, 0, &matmul, &error));
  null("operation", ottava_matmul_load_at(at, 1 << 16, context.get(), file, size, 0, nullptr, &error));
  info.struct_size = 4;
  refused({OTTAVA_BAD_STRUCT, "info", {"104"}}, ottava_packed_query(file, size, &info, &error));
  check_load_refused(context.get(), {OTTAVA_BAD_OPTION, "flags", {"is 2"}}, file, size, 2);

  for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
    std::uint64_t needed = 0;
    REQUIRE(ottava_matmul_load_size(context.get(), file, size, flags, &needed, nullptr) == OTTAVA_OK);
    refused({OTTAVA_BAD_MEMORY, "bytes", {std::to_string(needed - 1), std::to_string(needed)}},
            ottava_matmul_load_at(at, needed - 1, context.get(), file, size, flags, &matmul, &error));
  }
  refused({OTTAVA_BAD_MEMORY, "bytes", {std::to_string(size - 1), std::to_string(size)}},
          ottava_matmul_save(files.op.matmul, nullptr, at, size - 1, &error));
  refused({OTTAVA_UNKNOWN_NAME, "kernel", {"no kernel", "no tier", "fastest"}},
          ottava_matmul_save_size(files.op.matmul, "fastest", &bytes, &error));
  const SmallOperator at_run(to_runtime_rhs);
  refused({OTTAVA_UNSUPPORTED, "operation", {"OTTAVA_MATMUL_RUNTIME_RHS"}},
          ottava_matmul_save_size(at_run.matmul, nullptr, &bytes, &error));
  CHECK(matmul == sentinel<ottava_matmul>());
  CHECK(bytes == 77);
  CHECK(memory == std::vector<std::uint8_t>(1 << 16, 0xab));
}

TEST_CASE("errors: each byte of a packed file is watched by a checksum", "[errors]") {
  const Files files;
  const KernelContext context(nullptr);
  const std::size_t weights = static_cast<std::size_t>(files.own->as<PackedHeader>()->weights_from);
  for (std::size_t i = 0; i < files.own->size(); ++i) {
    INFO("byte " << i);
    Copy copy(*files.own);
    copy.data()[i] ^= static_cast<std::uint8_t>(1 << i % 8);
    CHECK(ottava_packed_verify(copy.data(), copy.size(), nullptr) != OTTAVA_OK);
    ottava_matmul* matmul = nullptr;
    const ottava_status status = ottava_matmul_load(context.get(), copy.data(), copy.size(), 0, &matmul, nullptr);
    CHECK((status == OTTAVA_OK) == (i >= weights));  // a load does not look at the weights
    ottava_matmul_destroy(matmul);
  }
}
