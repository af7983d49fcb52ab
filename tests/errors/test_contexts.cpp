// Errors of contexts, their queries and the small functions: exact status, argument and words, and outputs left as
// they were. The other files of this folder do the same for operators and tensors.
#include <cfloat>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "cpu/tiers.h"
#include "hosts.h"
#include "kernels/registry.h"
#include "refusal.h"
#include "support.h"

using namespace ottava;

namespace {

// The environment variable for one scope.
class IsaVariable {
 public:
  explicit IsaVariable(const char* value) {
    if (const char* old = std::getenv("OTTAVA_ISA")) old_ = old, was_set_ = true;
    if (value != nullptr) {
      setenv("OTTAVA_ISA", value, 1);
    } else {
      unsetenv("OTTAVA_ISA");
    }
  }
  ~IsaVariable() {
    if (was_set_) {
      setenv("OTTAVA_ISA", old_.c_str(), 1);
    } else {
      unsetenv("OTTAVA_ISA");
    }
  }

 private:
  std::string old_;
  bool was_set_ = false;
};

void* allocate_never(void*, std::uint64_t, std::uint64_t) { return nullptr; }
void release_never(void*, void*, std::uint64_t) {}

std::vector<std::uint8_t> context_memory() {
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  return std::vector<std::uint8_t>(static_cast<std::size_t>(bytes), 0xab);
}

// Both ways to a context refuse, and leave the handle alone; without an ottava_error too.
void check_context_refused(const Refusal& expected, const ottava_context_options* options,
                           const ottava_context_host* host) {
  ottava_context* context = sentinel<ottava_context>();
  ottava_error error = unfilled_error();
  check_refusal(expected, ottava_context_create(options, host, &context, &error), error);
  CHECK(ottava_context_create(options, host, &context, nullptr) == expected.status);

  std::vector<std::uint8_t> memory = context_memory();
  error = unfilled_error();
  check_refusal(expected, ottava_context_init_at(memory.data(), memory.size(), options, host, &context, &error), error);
  CHECK(context == sentinel<ottava_context>());
}

std::vector<ottava_tier_info> tiers_of(const ottava_context* context) {
  std::vector<ottava_tier_info> tiers;
  for (std::uint32_t i = 0;; ++i) {
    ottava_tier_info info = OTTAVA_TIER_INFO_INIT;
    const ottava_status status = ottava_tier_query(context, i, &info, nullptr);
    if (status == OTTAVA_OUT_OF_RANGE) return tiers;
    REQUIRE(status == OTTAVA_OK);
    tiers.push_back(info);
  }
}

bool of_this_architecture(std::uint32_t tier) {
  const KernelContext context(nullptr);
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  REQUIRE(ottava_cpu_query(context.get(), &cpu, nullptr) == OTTAVA_OK);
  const Tier* const found = tier_of(static_cast<Isa>(tier));
  return found != nullptr && (found->architecture == Architecture::portable ||
                              static_cast<std::uint32_t>(found->architecture) == cpu.architecture);
}

}  // namespace

TEST_CASE("errors: the small functions", "[errors]") {
  const char* words = "untouched";
  CHECK(ottava_status_string(OTTAVA_OK, nullptr) == OTTAVA_NULL_POINTER);
  for (ottava_status status = OTTAVA_OK; status <= OTTAVA_BAD_TUNING; ++status) {
    CHECK(ottava_status_string(status, &words) == OTTAVA_OK);
    CHECK(std::string(words).find("OTTAVA_") == 0);
  }
  for (const ottava_status status : {OTTAVA_BAD_TUNING + 1, 0x80000000u, UINT32_MAX}) {
    words = nullptr;
    CHECK(ottava_status_string(status, &words) == OTTAVA_OUT_OF_RANGE);
    REQUIRE(words != nullptr);
    CHECK(std::string(words).find("not define") != std::string::npos);
  }

  std::uint32_t a = 7, b = 7;
  CHECK(ottava_version(nullptr, &a, &b) == OTTAVA_NULL_POINTER);
  CHECK(ottava_version(&a, nullptr, &b) == OTTAVA_NULL_POINTER);
  CHECK(ottava_version(&a, &b, nullptr) == OTTAVA_NULL_POINTER);
  CHECK((a == 7 && b == 7));
  CHECK(ottava_context_size(nullptr) == OTTAVA_NULL_POINTER);
  CHECK(ottava_context_destroy(nullptr) == OTTAVA_OK);
  CHECK(ottava_matmul_destroy(nullptr) == OTTAVA_OK);

  const ottava_api* api = sentinel<ottava_api>();
  CHECK(ottava_get_api(OTTAVA_API_VERSION, nullptr) == OTTAVA_NULL_POINTER);
  for (const std::uint32_t version : {0u, OTTAVA_API_VERSION + 1u, UINT32_MAX}) {
    CHECK(ottava_get_api(version, &api) == OTTAVA_OUT_OF_RANGE);
  }
  CHECK(api == sentinel<ottava_api>());
}

TEST_CASE("errors: ottava_error itself", "[errors]") {
  ottava_context* context = sentinel<ottava_context>();
  for (const std::uint32_t size : {4u, 255u, 4097u, UINT32_MAX}) {
    ottava_error error = patterned<ottava_error>(size);
    const ottava_error before = error;
    CHECK(ottava_context_create(nullptr, nullptr, &context, &error) == OTTAVA_BAD_STRUCT);
    CHECK(same_bytes(error, before));
    CHECK(context == sentinel<ottava_context>());
  }
  // A zeroed one counts as one of the first version, on success too.
  ottava_error zeroed;
  std::memset(&zeroed, 0, sizeof zeroed);
  CHECK(ottava_context_create(nullptr, nullptr, nullptr, &zeroed) == OTTAVA_NULL_POINTER);
  CHECK((zeroed.struct_size == 256 && zeroed.status == OTTAVA_NULL_POINTER));
  CHECK((std::string(zeroed.argument) == "context" && zeroed.message[0] != '\0'));
  std::memset(&zeroed, 0, sizeof zeroed);
  const KernelContext sound(nullptr);
  ottava_cpu_info cpu = OTTAVA_CPU_INFO_INIT;
  CHECK(ottava_cpu_query(sound.get(), &cpu, &zeroed) == OTTAVA_OK);
  CHECK((zeroed.status == OTTAVA_OK && zeroed.message[0] == '\0'));
  // One of a later version: its new fields read as 0.
  Longer<ottava_error> longer(unfilled_error());
  longer.tail(0) = longer.tail(15) = 0x5a;
  CHECK(ottava_context_create(nullptr, nullptr, nullptr, longer.get()) == OTTAVA_NULL_POINTER);
  CHECK(std::string(longer.get()->argument) == "context");
  CHECK((longer.tail(0) == 0 && longer.tail(15) == 0));
  CHECK(longer.get()->struct_size == sizeof(ottava_error) + 16);

  // Success empties it.
  ottava_error error = unfilled_error();
  REQUIRE(ottava_context_create(nullptr, nullptr, &context, &error) == OTTAVA_OK);
  CHECK((error.status == OTTAVA_OK && error.argument[0] == '\0' && error.message[0] == '\0'));
  CHECK(ottava_context_destroy(context) == OTTAVA_OK);
}

TEST_CASE("errors: real numbers in messages, to six digits", "[errors]") {
  const struct {
    double number;
    const char* words;
  } cases[] = {{0.0, "0"},
               {-0.0, "0"},
               {1.0, "1"},
               {-1.5, "-1.5"},
               {10.0, "10"},
               {100.5, "100.5"},
               {0.05, "0.05"},
               {0.00012345, "0.00012345"},
               {0.0000999999, "9.99999e-5"},
               {static_cast<double>(0.1f), "0.1"},
               {9.9999949, "9.99999"},
               {9.9999951, "10"},
               {0.99999951, "1"},
               {123456.4, "123456"},
               {999999.4, "999999"},
               {999999.6, "1e6"},
               {1048576.0, "1.04858e6"},
               {static_cast<double>(-1.17549435e-38f), "-1.17549e-38"},
               {static_cast<double>(1e-45f), "1.4013e-45"},
               {static_cast<double>(3.40282347e38f), "3.40282e38"},
               {DBL_MAX, "1.79769e308"},
               {4.9406564584124654e-324, "4.94066e-324"},
               {-HUGE_VAL, "-infinity"},
               {HUGE_VAL, "infinity"},
               {std::nan(""), "NaN"}};
  for (const auto& c : cases) {
    char words[24];
    Text(words) << c.number;
    CHECK(std::string(words) == c.words);
  }
}

TEST_CASE("errors: pointers and memory of a context", "[errors]") {
  ottava_error error = unfilled_error();
  const Refusal null_context = {OTTAVA_NULL_POINTER, "context", {"NULL"}};
  check_refusal(null_context, ottava_context_create(nullptr, nullptr, nullptr, &error), error);
  std::vector<std::uint8_t> memory = context_memory();
  error = unfilled_error();
  check_refusal(null_context, ottava_context_init_at(memory.data(), memory.size(), nullptr, nullptr, nullptr, &error),
                error);

  ottava_context* context = sentinel<ottava_context>();
  error = unfilled_error();
  check_refusal({OTTAVA_NULL_POINTER, "memory", {"NULL"}},
                ottava_context_init_at(nullptr, memory.size(), nullptr, nullptr, &context, &error), error);
  const std::vector<std::uint8_t> before = memory;
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{memory.size() - 1}}) {
    error = unfilled_error();
    check_refusal({OTTAVA_BAD_MEMORY, "bytes", {std::to_string(bytes), std::to_string(memory.size())}},
                  ottava_context_init_at(memory.data(), bytes, nullptr, nullptr, &context, &error), error);
  }
  CHECK(context == sentinel<ottava_context>());
  CHECK(memory == before);

  // Any alignment, in exactly the bytes asked for.
  for (std::size_t offset = 0; offset < 65; ++offset) {
    std::vector<std::uint8_t> larger(memory.size() + 66, 0xcd);
    REQUIRE(ottava_context_init_at(&larger[offset + 1], memory.size(), nullptr, nullptr, &context, nullptr) ==
            OTTAVA_OK);
    CHECK(larger[offset] == 0xcd);
    CHECK(larger[offset + 1 + memory.size()] == 0xcd);
    CHECK(!tiers_of(context).empty());
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  }
}

TEST_CASE("errors: structures of a context", "[errors]") {
  for (const std::uint32_t size : {0u, 4u, 15u, 4097u, UINT32_MAX}) {
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.struct_size = size;
    check_context_refused({OTTAVA_BAD_STRUCT, "options", {"struct_size", std::to_string(size), "16"}}, &options,
                          nullptr);
  }
  const std::uint32_t host_bytes = sizeof(ottava_context_host);
  for (const std::uint32_t size : {0u, 8u, host_bytes - 1, 4097u, UINT32_MAX}) {
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.struct_size = size;
    check_context_refused(
        {OTTAVA_BAD_STRUCT, "host", {"struct_size", std::to_string(size), std::to_string(host_bytes)}}, nullptr, &host);
  }

  Longer<ottava_context_options> options(OTTAVA_CONTEXT_OPTIONS_INIT);
  Longer<ottava_context_host> host(OTTAVA_CONTEXT_HOST_INIT);
  ottava_context* context = nullptr;
  REQUIRE(ottava_context_create(options.get(), host.get(), &context, nullptr) == OTTAVA_OK);
  CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  for (const std::size_t index : {std::size_t{0}, std::size_t{15}}) {
    options.tail(index) = host.tail(index) = 1;
    check_context_refused({OTTAVA_BAD_STRUCT, "options", {"byte " + std::to_string(16 + index), "16"}}, options.get(),
                          nullptr);
    check_context_refused({OTTAVA_BAD_STRUCT, "host", {"byte " + std::to_string(host_bytes + index)}}, nullptr,
                          host.get());
    options.tail(index) = host.tail(index) = 0;
  }
}

TEST_CASE("errors: options of a context", "[errors]") {
  const IsaVariable none(nullptr);
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  {  // the one that there is
    options.flags = OTTAVA_CONTEXT_THIS_CORE_KIND;
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &context, nullptr) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  }
  for (const std::uint32_t flags : {2u, 3u, 0x80000000u}) {
    options.flags = flags;
    check_context_refused({OTTAVA_BAD_OPTION, "options.flags", {std::to_string(flags), "THIS_CORE_KIND"}}, &options,
                          nullptr);
  }
  options = OTTAVA_CONTEXT_OPTIONS_INIT;
  for (const std::uint32_t threads : {1025u, UINT32_MAX}) {
    options.threads = threads;
    check_context_refused({OTTAVA_BAD_OPTION, "options.threads", {std::to_string(threads), "1024"}}, &options, nullptr);
  }
  options = OTTAVA_CONTEXT_OPTIONS_INIT;
  for (const std::uint32_t cap : {2u, 3u, 8u, 16u, 17u, 18u, 32u, 33u, 34u, 35u, 36u, 1000u, UINT32_MAX}) {
    if (of_this_architecture(cap)) continue;
    options.tier_cap = cap;
    check_context_refused({OTTAVA_BAD_OPTION, "options.tier_cap", {std::to_string(cap), "portable"}}, &options,
                          nullptr);
  }

  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.reserved = 1;
  check_context_refused({OTTAVA_BAD_OPTION, "host.reserved", {"0"}}, nullptr, &host);
  host = OTTAVA_CONTEXT_HOST_INIT;
  host.allocate = allocate_never;
  check_context_refused({OTTAVA_BAD_OPTION, "host.release", {"NULL", "counterpart"}}, nullptr, &host);
  host = OTTAVA_CONTEXT_HOST_INIT;
  host.release = release_never;
  check_context_refused({OTTAVA_BAD_OPTION, "host.allocate", {"NULL", "counterpart"}}, nullptr, &host);

  // The most threads, and one per core, are accepted with the host's own.
  host = OTTAVA_CONTEXT_HOST_INIT;
  host.parallel_for = one_after_the_other;
  options = OTTAVA_CONTEXT_OPTIONS_INIT;
  for (const std::uint32_t threads : {0u, 1u, 1024u}) {
    options.threads = threads;
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(&options, &host, &context, nullptr) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
  }
}

TEST_CASE("errors: a context in caller memory starts no threads", "[errors]") {
  std::vector<std::uint8_t> memory = context_memory();
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = 2;
  ottava_context* context = sentinel<ottava_context>();
  ottava_error error = unfilled_error();
  check_refusal({OTTAVA_UNSUPPORTED, "options.threads", {"2", "host.parallel_for"}},
                ottava_context_init_at(memory.data(), memory.size(), &options, nullptr, &context, &error), error);
  CHECK(context == sentinel<ottava_context>());
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  host.parallel_for = one_after_the_other;
  CHECK(ottava_context_init_at(memory.data(), memory.size(), &options, &host, &context, nullptr) == OTTAVA_OK);
}

TEST_CASE("errors: names of tiers and kernels", "[errors]") {
  std::vector<std::string> here, elsewhere;
  {
    const IsaVariable none(nullptr);
    const KernelContext context(nullptr);
    for (const ottava_tier_info& tier : tiers_of(context.get())) {
      (of_this_architecture(tier.tier) ? here : elsewhere).push_back(tier.name);
    }
  }
  REQUIRE(!here.empty());
  REQUIRE(!elsewhere.empty());

  std::vector<std::string> wrong = elsewhere;
  wrong.insert(wrong.end(), {"x86_avx3", "PORTABLE", "portable ", std::string(5000, 'x')});
  for (const std::string& name : wrong) {
    const IsaVariable variable(name.c_str());
    check_context_refused({OTTAVA_UNKNOWN_NAME, "OTTAVA_ISA", here}, nullptr, nullptr);
    ottava_error error = unfilled_error();
    ottava_context* context = sentinel<ottava_context>();
    ottava_context_create(nullptr, nullptr, &context, &error);
    const std::string offered = std::string(error.message).substr(std::string(error.message).find("its tiers: "));
    for (const std::string& other : elsewhere) CHECK(offered.find(other) == std::string::npos);
  }
  {
    // Empty is as good as not set. A valid name caps; of it and options.tier_cap the lower holds.
    const IsaVariable empty("");
    const KernelContext context(nullptr);
    CHECK(std::string(tiers_of(context.get())[0].reason).find("cap") == std::string::npos);
  }
  for (const std::string& name : here) {
    const IsaVariable variable(name.c_str());
    ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
    options.tier_cap = OTTAVA_TIER_PORTABLE;
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_create(&options, nullptr, &context, nullptr) == OTTAVA_OK);
    for (const ottava_tier_info& tier : tiers_of(context))
      CHECK((tier.usable != 0) == (tier.tier == OTTAVA_TIER_PORTABLE));
    ottava_context_destroy(context);
  }

  const IsaVariable none(nullptr);
  const std::string best = runnable_kernels_for_some_weights()[0]->name;  // of the list as many as the message holds
  ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
  for (const std::string& name : {std::string(""), std::string("no_such_kernel"), best + "x", std::string(9000, 'k')}) {
    host.kernel = name.c_str();
    check_context_refused({OTTAVA_UNKNOWN_NAME,
                           "host.kernel",
                           {"is \"" + name.substr(0, 39) + "\", none of", built_kernels().kernels[0]->name}},
                          nullptr, &host);
  }
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.tier_cap = OTTAVA_TIER_PORTABLE;
  for (const Kernel* kernel : runnable_kernels()) {
    if (kernel->isa == Isa::portable) continue;
    host.kernel = kernel->name;
    check_context_refused({OTTAVA_KERNEL_UNAVAILABLE, "host.kernel", {kernel->name, "cap", "portable"}}, &options,
                          &host);
  }
}

TEST_CASE("errors: a kernel that this CPU cannot run", "[errors]") {
  const IsaVariable none(nullptr);
  const KernelContext context(nullptr);
  for (const ottava_tier_info& tier : tiers_of(context.get())) {
    CHECK((tier.usable != 0) == (tier.reason[0] == '\0'));
    if (tier.built == 0 || tier.detected != 0) continue;
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.kernel = tier.kernel;
    check_context_refused({OTTAVA_KERNEL_UNAVAILABLE, "host.kernel", {tier.kernel, tier.reason}}, nullptr, &host);
  }
}

TEST_CASE("errors: queries of a context", "[errors]") {
  const KernelContext context(nullptr);
  ottava_error error = unfilled_error();
  ottava_cpu_info cpu = patterned<ottava_cpu_info>(sizeof cpu);
  ottava_tier_info tier = patterned<ottava_tier_info>(sizeof tier);
  const ottava_cpu_info cpu_before = cpu;
  const ottava_tier_info tier_before = tier;

  check_refusal({OTTAVA_NULL_POINTER, "context", {"NULL"}}, ottava_cpu_query(nullptr, &cpu, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "info", {"NULL"}}, ottava_cpu_query(context.get(), nullptr, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "context", {"NULL"}}, ottava_tier_query(nullptr, 0, &tier, &error), error);
  check_refusal({OTTAVA_NULL_POINTER, "info", {"NULL"}}, ottava_tier_query(context.get(), 0, nullptr, &error), error);
  const std::size_t count = tiers_of(context.get()).size();
  for (const std::uint32_t index : {static_cast<std::uint32_t>(count), UINT32_MAX}) {
    error = unfilled_error();
    check_refusal({OTTAVA_OUT_OF_RANGE, "index", {std::to_string(index), std::to_string(count)}},
                  ottava_tier_query(context.get(), index, &tier, &error), error);
  }
  CHECK(same_bytes(cpu, cpu_before));
  CHECK(same_bytes(tier, tier_before));

  for (const std::uint32_t size : {0u, 4u, 223u, 4097u, UINT32_MAX}) {
    cpu = patterned<ottava_cpu_info>(size);
    tier = patterned<ottava_tier_info>(size);
    const ottava_cpu_info cpu_sized = cpu;
    const ottava_tier_info tier_sized = tier;
    const Refusal refusal = {OTTAVA_BAD_STRUCT, "info", {"struct_size", std::to_string(size)}};
    check_refusal(refusal, ottava_cpu_query(context.get(), &cpu, &error), error);
    check_refusal(refusal, ottava_tier_query(context.get(), 0, &tier, &error), error);
    CHECK(same_bytes(cpu, cpu_sized));
    CHECK(same_bytes(tier, tier_sized));
  }
  Longer<ottava_cpu_info> longer(patterned<ottava_cpu_info>(0));
  longer.tail(0) = longer.tail(15) = 0x77;
  CHECK(ottava_cpu_query(context.get(), longer.get(), nullptr) == OTTAVA_OK);
  CHECK((longer.tail(0) == 0 && longer.tail(15) == 0 && longer.get()->optimized <= 1));
}
