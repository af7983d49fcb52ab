// Every allocation refused once, through the context's allocator: a status, nothing leaked, nothing half-made. And
// what takes no memory: runs with a workspace, everything in caller memory. abi/heap.c does the same with the C heap
// itself and with the pool of threads.
#include <map>
#include <mutex>

#include "hosted/host.h"
#include "hosts.h"
#include "refusal.h"
#include "support.h"
#include "through_file.h"

using namespace ottava;

namespace {

// An allocator that refuses one request, and knows what is live. Called from any thread.
class Ledger {
 public:
  // `refuse_at` counts the requests from 0; -1 for none.
  explicit Ledger(std::int64_t refuse_at = -1) : refuse_at_(refuse_at) {}
  ~Ledger() { CHECK(live_.empty()); }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  ottava_context_host host() {
    ottava_context_host host = OTTAVA_CONTEXT_HOST_INIT;
    host.allocate = allocate;
    host.release = release;
    host.allocator_user = this;
    return host;
  }
  std::int64_t requests() const { return requests_; }
  std::size_t live() const { return live_.size(); }
  // Every request was a possible one, every release gave back a live block with its size.
  bool sound() const { return sound_; }
  bool refused() const { return refuse_at_ >= 0 && requests_ > refuse_at_; }
  // Starts counting anew.
  void refuse(std::int64_t index) { refuse_at_ = index, requests_ = 0; }

 private:
  struct Block {
    std::uint64_t bytes;
    std::vector<std::uint8_t> storage;
  };

  static void* allocate(void* user, std::uint64_t bytes, std::uint64_t alignment) {
    Ledger& ledger = *static_cast<Ledger*>(user);
    const std::lock_guard<std::mutex> lock(ledger.mutex_);
    if (ledger.requests_++ == ledger.refuse_at_) return nullptr;
    ledger.sound_ =
        ledger.sound_ && bytes != 0 && alignment != 0 && alignment <= 64 && (alignment & (alignment - 1)) == 0;
    // Aligned as asked, and no more.
    Block block = {bytes, std::vector<std::uint8_t>(static_cast<std::size_t>(bytes + 2 * alignment), 0xcd)};
    const std::uintptr_t step = static_cast<std::uintptr_t>(alignment);
    std::uintptr_t address = (reinterpret_cast<std::uintptr_t>(block.storage.data()) + step - 1) / step * step;
    if (address % (2 * step) == 0) address += step;
    void* const memory = reinterpret_cast<void*>(address);
    ledger.live_.emplace(memory, std::move(block));
    return memory;
  }

  static void release(void* user, void* memory, std::uint64_t bytes) {
    Ledger& ledger = *static_cast<Ledger*>(user);
    const std::lock_guard<std::mutex> lock(ledger.mutex_);
    const auto found = ledger.live_.find(memory);
    ledger.sound_ = ledger.sound_ && found != ledger.live_.end() && found->second.bytes == bytes;
    if (found != ledger.live_.end()) ledger.live_.erase(found);
  }

  std::mutex mutex_;
  std::int64_t refuse_at_;
  std::int64_t requests_ = 0;
  std::map<void*, Block> live_;
  bool sound_ = true;
};

// Large enough for four threads to have something to do.
constexpr std::int64_t kM = 256, kN = 256, kK = 128;

struct Operands {
  Operands() {
    desc.n = kN;
    desc.k = kK;
    output.scale = 200.0f;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<std::int8_t>(i * 7 % 255);
    for (std::size_t i = 0; i < lhs.size(); ++i) lhs[i] = static_cast<std::int8_t>(i * 13 % 251);
    constants.rhs = weights.data();
  }
  Operands(const Operands&) = delete;
  Operands& operator=(const Operands&) = delete;

  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  std::vector<std::int8_t> weights = std::vector<std::int8_t>(kN * kK);
  std::vector<std::int8_t> lhs = std::vector<std::int8_t>(kM * kK);
};

// Threads of a context: one, the host's, or a pool of its own.
struct Threading {
  const char* what;
  std::uint32_t threads;
  bool from_host;
};

std::vector<Threading> threadings() {
  std::vector<Threading> all = {{"one thread", 1, false}, {"host threads", 4, true}};
  if (has_thread_pool()) all.push_back({"pool", 4, false});
  return all;
}

ottava_status create_context(const Threading& threading, Ledger* ledger, ottava_context** context,
                             ottava_error* error) {
  ottava_context_options options = OTTAVA_CONTEXT_OPTIONS_INIT;
  options.threads = threading.threads;
  ottava_context_host host = ledger->host();
  if (threading.from_host) host.parallel_for = one_after_the_other;
  return ottava_context_create(&options, &host, context, error);
}

// A context and an operator of it; both are given back, with what they asked for.
struct Made {
  Made(const Threading& threading, const ottava_matmul_desc& desc, const ottava_output& output,
       const ottava_matmul_constants& constants) {
    REQUIRE(create_context(threading, &ledger, &context, nullptr) == OTTAVA_OK);
    REQUIRE(ottava_matmul_create(context, &desc, &output, &constants, &matmul, nullptr) == OTTAVA_OK);
  }
  ~Made() {
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
    CHECK(ledger.sound());
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  ottava_matmul_info info() const {
    ottava_matmul_info of_all = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, kM, &of_all, nullptr) == OTTAVA_OK);
    return of_all;
  }

  Ledger ledger;
  ottava_context* context = nullptr;
  ottava_matmul* matmul = nullptr;
};

// The same product as batches of rows, half of them each: the weights known at run time alone, given twice.
struct Batches {
  static constexpr std::int64_t count = 2;

  explicit Batches(const Operands& operands) : desc(operands.desc), output(operands.output) {
    desc.flags = OTTAVA_MATMUL_RUNTIME_RHS;
    weights = operands.weights;
    weights.insert(weights.end(), operands.weights.begin(), operands.weights.end());
    run.m = kM / count;
    run.batches = count;
    run.lhs_batch_stride = run.m * kK;
    run.rhs_batch_stride = kN * kK;
    run.dst_batch_stride = run.m * kN;
    memory.lhs = operands.lhs.data();
    memory.rhs = weights.data();
  }
  Batches(const Batches&) = delete;
  Batches& operator=(const Batches&) = delete;

  ottava_matmul_desc desc;
  ottava_output output;
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  ottava_matmul_run_desc run = OTTAVA_MATMUL_RUN_DESC_INIT;
  ottava_matmul_operands memory = OTTAVA_MATMUL_OPERANDS_INIT;
  std::vector<std::int8_t> weights;
};

std::vector<std::int8_t> expected_result(const Operands& operands) {
  const Made made(threadings()[0], operands.desc, operands.output, operands.constants);
  std::vector<std::int8_t> dst(kM * kN);
  REQUIRE(ottava_matmul_run(made.matmul, kM, operands.lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
  return dst;
}

// Calls `attempt` with 0, 1, ...: the request to refuse, of which it says whether there was one.
template <class Attempt>
void refuse_in_turn(Attempt attempt) {
  std::int64_t index = 0;
  while (attempt(index)) ++index;
  CHECK(index >= 1);
}

// Refuses each request of `run(dst, error)` in turn: dst stays as it was, until there is nothing left to refuse.
template <class Run>
void check_refusals_of_run(Made* made, const Refusal& refusal, const std::vector<std::int8_t>& expected, Run run) {
  const std::size_t before = made->ledger.live();
  const std::vector<std::int8_t> untouched(kM * kN, 0x5a);
  refuse_in_turn([&](std::int64_t index) {
    made->ledger.refuse(index);
    std::vector<std::int8_t> dst = untouched;
    ottava_error error = unfilled_error();
    const ottava_status status = run(dst.data(), &error);
    CHECK(made->ledger.sound());
    CHECK(made->ledger.live() == before);
    if (!made->ledger.refused()) {
      CHECK(status == OTTAVA_OK);
      CHECK((dst == expected));
      return false;
    }
    check_refusal(refusal, status, error);
    CHECK((dst == untouched));
    return true;
  });
}

}  // namespace

TEST_CASE("allocation: each request of creating a context refused in turn", "[allocation]") {
  for (const Threading& threading : threadings()) {
    INFO(threading.what);
    refuse_in_turn([&](std::int64_t index) {
      Ledger ledger(index);
      ottava_context* context = sentinel<ottava_context>();
      ottava_error error = unfilled_error();
      const ottava_status status = create_context(threading, &ledger, &context, &error);
      CHECK(ledger.sound());
      if (!ledger.refused()) {
        REQUIRE(status == OTTAVA_OK);
        CHECK(ledger.live() == static_cast<std::size_t>(index));
        CHECK(ottava_context_destroy(context) == OTTAVA_OK);
        return false;
      }
      check_refusal({OTTAVA_OUT_OF_MEMORY, "context", {"NULL"}}, status, error);
      CHECK(context == sentinel<ottava_context>());
      CHECK(ledger.live() == 0);
      return true;
    });
  }
}

TEST_CASE("allocation: each request of creating an operator refused in turn", "[allocation]") {
  const Operands operands;
  for (const Threading& threading : threadings()) {
    INFO(threading.what);
    Ledger ledger;
    ottava_context* context = nullptr;
    REQUIRE(create_context(threading, &ledger, &context, nullptr) == OTTAVA_OK);
    const std::size_t before = ledger.live();
    refuse_in_turn([&](std::int64_t index) {
      ledger.refuse(index);
      ottava_matmul* matmul = sentinel<ottava_matmul>();
      ottava_error error = unfilled_error();
      const ottava_status status =
          ottava_matmul_create(context, &operands.desc, &operands.output, &operands.constants, &matmul, &error);
      CHECK(ledger.sound());
      if (!ledger.refused()) {
        REQUIRE(status == OTTAVA_OK);
        CHECK(ledger.live() == before + static_cast<std::size_t>(index));
        CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
        return false;
      }
      check_refusal({OTTAVA_OUT_OF_MEMORY, "operation", {"NULL", "bytes"}}, status, error);
      CHECK(matmul == sentinel<ottava_matmul>());
      CHECK(ledger.live() == before);
      return true;
    });
    CHECK(ledger.live() == before);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
    CHECK(ledger.sound());
  }
}

TEST_CASE("allocation: each request of a run without a workspace refused in turn", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  for (const Threading& threading : threadings()) {
    INFO(threading.what);
    Made made(threading, operands.desc, operands.output, operands.constants);
    const ottava_matmul_info info = made.info();
    CHECK((info.threads > 1) == (threading.threads > 1));
    check_refusals_of_run(&made, {OTTAVA_OUT_OF_MEMORY, "workspace", {"NULL", "bytes"}}, expected,
                          [&](std::int8_t* dst, ottava_error* error) {
                            return ottava_matmul_run(made.matmul, kM, operands.lhs.data(), 0, dst, 0, nullptr, 0,
                                                     error);
                          });
  }
}

TEST_CASE("allocation: each request of batches with a run-time rhs refused in turn", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  for (const Threading& threading : threadings()) {
    for (const bool one_rhs : {false, true}) {
      INFO(threading.what << (one_rhs ? ", one rhs" : ", an rhs for each batch"));
      Batches batches(operands);
      if (one_rhs) batches.run.rhs_batch_stride = 0;
      Made made(threading, batches.desc, batches.output, batches.constants);
      check_refusals_of_run(&made, {OTTAVA_OUT_OF_MEMORY, "workspace", {"NULL", "bytes"}}, expected,
                            [&](std::int8_t* dst, ottava_error* error) {
                              std::uint64_t saturated[] = {77, 78};
                              batches.memory.dst = dst;
                              batches.memory.saturated = saturated;
                              const ottava_status status =
                                  ottava_matmul_execute(made.matmul, &batches.run, &batches.memory, error);
                              if (made.ledger.refused()) CHECK((saturated[0] == 77 && saturated[1] == 78));
                              return status;
                            });
    }
  }
}

TEST_CASE("allocation: batches with a run-time rhs and a workspace ask for nothing", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  for (const Threading& threading : threadings()) {
    INFO(threading.what);
    Batches batches(operands);
    Made made(threading, batches.desc, batches.output, batches.constants);
    made.ledger.refuse(0);
    std::uint64_t bytes = 0;
    REQUIRE(ottava_matmul_workspace(made.matmul, &batches.run, &bytes, nullptr) == OTTAVA_OK);
    std::vector<std::uint8_t> workspace(static_cast<std::size_t>(bytes));
    std::uint64_t saturated[2];
    batches.memory.workspace = workspace.data();
    batches.memory.workspace_bytes = bytes;
    for (const bool one_rhs : {false, true}) {
      for (const bool counts : {false, true}) {
        std::vector<std::int8_t> dst(kM * kN);
        batches.run.rhs_batch_stride = one_rhs ? 0 : kN * kK;
        batches.memory.dst = dst.data();
        batches.memory.saturated = counts ? saturated : nullptr;
        CHECK(ottava_matmul_execute(made.matmul, &batches.run, &batches.memory, nullptr) == OTTAVA_OK);
        CHECK((dst == expected));
      }
    }
    // Nor does the output stage alone, nor a run of nothing.
    const std::vector<std::int32_t> accumulators(kN);
    std::vector<std::int8_t> dst(kN);
    CHECK(ottava_matmul_output_stage(made.matmul, 1, accumulators.data(), 0, nullptr, dst.data(), 0, nullptr) ==
          OTTAVA_OK);
    CHECK(ottava_requantize(made.context, &batches.output, 1.0f, kN, accumulators.data(), dst.data(), nullptr) ==
          OTTAVA_OK);
    batches.run.batches = 0;
    batches.memory.workspace = nullptr;
    CHECK(ottava_matmul_execute(made.matmul, &batches.run, &batches.memory, nullptr) == OTTAVA_OK);
    CHECK(made.ledger.requests() == 0);
  }
}

TEST_CASE("allocation: a run with a workspace asks for nothing", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  for (const Threading& threading : threadings()) {
    INFO(threading.what);
    Made made(threading, operands.desc, operands.output, operands.constants);
    std::vector<std::uint8_t> workspace(static_cast<std::size_t>(made.info().workspace_bytes));
    std::vector<std::int8_t> dst(kM * kN);
    made.ledger.refuse(0);
    CHECK(ottava_matmul_run(made.matmul, kM, operands.lhs.data(), 0, dst.data(), 0, workspace.data(), workspace.size(),
                            nullptr) == OTTAVA_OK);
    CHECK((dst == expected));
    // Nor do runs of nothing.
    CHECK(ottava_matmul_run(made.matmul, 0, nullptr, 0, nullptr, 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK(made.ledger.requests() == 0);
  }
}

TEST_CASE("allocation: in caller memory nothing is asked for, even of an allocator that is there", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  for (const bool with_allocator : {false, true}) {
    Ledger ledger(0);
    const ottava_context_host host = ledger.host();
    std::uint64_t bytes = 0;
    REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
    std::vector<std::uint8_t> context_memory(static_cast<std::size_t>(bytes));
    ottava_context* context = nullptr;
    REQUIRE(ottava_context_init_at(context_memory.data(), bytes, nullptr, with_allocator ? &host : nullptr, &context,
                                   nullptr) == OTTAVA_OK);
    REQUIRE(ottava_matmul_size(context, &operands.desc, &operands.output, &bytes, nullptr) == OTTAVA_OK);
    std::vector<std::uint8_t> memory(static_cast<std::size_t>(bytes));
    ottava_matmul* matmul = nullptr;
    REQUIRE(ottava_matmul_init_at(memory.data(), bytes, context, &operands.desc, &operands.output, &operands.constants,
                                  &matmul, nullptr) == OTTAVA_OK);
    ottava_matmul_info info = OTTAVA_MATMUL_INFO_INIT;
    REQUIRE(ottava_matmul_query(matmul, kM, &info, nullptr) == OTTAVA_OK);
    std::vector<std::uint8_t> workspace(static_cast<std::size_t>(info.workspace_bytes));
    std::vector<std::int8_t> dst(kM * kN, 0x5a);
    const std::vector<std::int8_t> untouched = dst;
    CHECK(ledger.requests() == 0);

    // What would have to ask: an operator of its own memory, a run without a workspace.
    ottava_error error = unfilled_error();
    ottava_matmul* other = sentinel<ottava_matmul>();
    check_refusal(with_allocator ? Refusal{OTTAVA_OUT_OF_MEMORY, "operation", {"NULL"}}
                                 : Refusal{OTTAVA_BAD_MEMORY, "context", {"no allocator", "ottava_matmul_init_at"}},
                  ottava_matmul_create(context, &operands.desc, &operands.output, &operands.constants, &other, &error),
                  error);
    CHECK(other == sentinel<ottava_matmul>());
    ledger.refuse(0);
    error = unfilled_error();
    check_refusal(with_allocator ? Refusal{OTTAVA_OUT_OF_MEMORY, "workspace", {"NULL"}}
                                 : Refusal{OTTAVA_BAD_MEMORY, "workspace", {"NULL", "no allocator"}},
                  ottava_matmul_run(matmul, kM, operands.lhs.data(), 0, dst.data(), 0, nullptr, 0, &error), error);
    CHECK((dst == untouched));

    ledger.refuse(0);
    CHECK(ottava_matmul_run(matmul, kM, operands.lhs.data(), 0, dst.data(), 0, workspace.data(), workspace.size(),
                            nullptr) == OTTAVA_OK);
    CHECK((dst == expected));
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
    CHECK(ottava_context_destroy(context) == OTTAVA_OK);
    CHECK(ledger.requests() == 0);
    CHECK(ledger.live() == 0);
  }
}

TEST_CASE("allocation: an operator of a packed file asks once, for little unless it is repacked", "[allocation]") {
  const Operands operands;
  const std::vector<std::int8_t> expected = expected_result(operands);
  Made made(threadings()[0], operands.desc, operands.output, operands.constants);
  const std::unique_ptr<GuardedBuffer> file = packed_file(made.matmul, nullptr);
  std::uint64_t bytes = 0;
  REQUIRE(ottava_context_size(&bytes) == OTTAVA_OK);
  std::vector<std::uint8_t> context_memory(static_cast<std::size_t>(bytes));
  ottava_context* without = nullptr;
  REQUIRE(ottava_context_init_at(context_memory.data(), bytes, nullptr, nullptr, &without, nullptr) == OTTAVA_OK);
  for (const std::uint32_t flags : {0u, OTTAVA_LOAD_REPACK}) {
    REQUIRE(ottava_matmul_load_size(made.context, file->data(), file->size(), flags, &bytes, nullptr) == OTTAVA_OK);
    CHECK((bytes < 8192) == (flags == 0));
    made.ledger.refuse(0);
    ottava_matmul* matmul = sentinel<ottava_matmul>();
    ottava_error error = unfilled_error();
    check_refusal({OTTAVA_OUT_OF_MEMORY, "operation", {"NULL", std::to_string(bytes)}},
                  ottava_matmul_load(made.context, file->data(), file->size(), flags, &matmul, &error), error);
    error = unfilled_error();
    check_refusal({OTTAVA_BAD_MEMORY, "context", {"no allocator", "ottava_matmul_load_at"}},
                  ottava_matmul_load(without, file->data(), file->size(), flags, &matmul, &error), error);
    CHECK(matmul == sentinel<ottava_matmul>());
    made.ledger.refuse(-1);
    REQUIRE(ottava_matmul_load(made.context, file->data(), file->size(), flags, &matmul, nullptr) == OTTAVA_OK);
    CHECK(made.ledger.requests() == 1);
    std::vector<std::int8_t> dst(kM * kN);
    CHECK(ottava_matmul_run(matmul, kM, operands.lhs.data(), 0, dst.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
    CHECK((dst == expected));
    CHECK(ottava_matmul_destroy(matmul) == OTTAVA_OK);
  }
  ottava_context_destroy(without);
}
