// A matmul of 4096 x 4096 weights goes to a file, is mapped and loaded, in place: the time of a load, the pages of the
// file that one load from a cold map reads, and those of header, parameters and arrays per channel. The first run has
// the bytes of the operator that was saved.
#include "load.h"

#include <benchmark/benchmark.h>

#if defined(__linux__)
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <cstring>

#include "support.h"

namespace bench {

#if defined(__linux__)
namespace {

constexpr std::int64_t kSize = 4096;

// A file without a name.
class Mapped {
 public:
  explicit Mapped(const std::vector<std::uint8_t>& bytes) : bytes_(bytes.size()) {
    char name[] = "ottava_load_XXXXXX";
    file_ = mkstemp(name);
    if (file_ < 0 || write(file_, bytes.data(), bytes_) != static_cast<ssize_t>(bytes_)) fail("cannot write a file");
    unlink(name);
    fsync(file_);
  }
  ~Mapped() {
    unmap();
    close(file_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  const void* map() {
    unmap();
    map_ = mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, file_, 0);
    if (map_ == MAP_FAILED) fail("cannot map a file");
    madvise(map_, bytes_, MADV_RANDOM);  // no more pages than are read
    return map_;
  }
  void forget() {
    unmap();
    posix_fadvise(file_, 0, 0, POSIX_FADV_DONTNEED);
  }
  std::size_t pages_in_memory() const {
    std::vector<unsigned char> pages(bytes_ / page() + 1);
    mincore(map_, bytes_, pages.data());
    return static_cast<std::size_t>(std::count_if(pages.begin(), pages.end(), [](auto p) { return (p & 1) != 0; }));
  }
  static std::size_t page() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

 private:
  void unmap() {
    if (map_ != nullptr) munmap(map_, bytes_);
    map_ = nullptr;
  }

  std::size_t bytes_;
  int file_;
  void* map_ = nullptr;
};

Matmul load(const ottava_context* context, const void* file, std::uint64_t bytes) {
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  check(ottava_matmul_load(context, file, bytes, 0, &matmul, &error), error);
  return Matmul(matmul);
}

std::vector<std::int8_t> row_of(const ottava_matmul* matmul) {
  std::vector<std::int8_t> lhs(kSize), dst(kSize);
  for (std::size_t i = 0; i < lhs.size(); ++i) lhs[i] = static_cast<std::int8_t>(i * 37);
  ottava_error error = OTTAVA_ERROR_INIT;
  check(ottava_matmul_run(matmul, 1, lhs.data(), 0, dst.data(), 0, nullptr, 0, &error), error);
  return dst;
}

void time_loads(benchmark::State& state, std::uint32_t tier) {
  const Context context = make_context(tier, 1);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  desc.n = desc.k = kSize;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.scale = 4000.0f;
  std::vector<std::int8_t> weights(elements(kSize, kSize));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<std::int8_t>(i * 0x9E3779B97F4A7C15u >> 56);
  const std::vector<float> scales(kSize, 1.0f);
  ottava_matmul_constants constants = OTTAVA_MATMUL_CONSTANTS_INIT;
  constants.rhs = weights.data(), constants.rhs_scales = scales.data();
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_matmul* created = nullptr;
  check(ottava_matmul_create(context.get(), &desc, &output, &constants, &created, &error), error);
  const Matmul made(created);
  std::uint64_t bytes = 0;
  check(ottava_matmul_save_size(made.get(), nullptr, &bytes, &error), error);
  std::vector<std::uint8_t> file(static_cast<std::size_t>(bytes));
  check(ottava_matmul_save(made.get(), nullptr, file.data(), bytes, &error), error);

  Mapped mapped(file);
  mapped.forget();
  const void* map = mapped.map();
  load(context.get(), map, bytes);
  state.counters["pages"] = static_cast<double>(mapped.pages_in_memory());
  state.counters["of"] = static_cast<double>(bytes / Mapped::page() + 1);
  if (row_of(load(context.get(), map, bytes).get()) != row_of(made.get())) state.SkipWithError("WRONG");
  for (auto _ : state) {
    state.PauseTiming();
    map = mapped.map();  // no page of it is in the tables yet
    state.ResumeTiming();
    benchmark::DoNotOptimize(load(context.get(), map, bytes).get());
  }
  state.SetLabel("16 MiB of weights, used where they are mapped");
}

}  // namespace

void register_loads(const std::string& tier_name, std::uint32_t tier) {
  benchmark::RegisterBenchmark(("load/" + tier_name).c_str(), [tier](benchmark::State& state) {
    time_loads(state, tier);
  })->Unit(benchmark::kMicrosecond);
}
#else
void register_loads(const std::string&, std::uint32_t) {}
#endif

}  // namespace bench
