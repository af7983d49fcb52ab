// Pooling against the oracle: random windows around every edge, in guarded memory, on every kernel's output stage.
#include "catch.h"
#include "hosts.h"
#include "pool_case.h"
#include "support.h"

namespace ottava {
namespace {

TEST_CASE("pooling equals plain loops") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    int computed = 0;
    const int cases = static_cast<int>(6000 / test_sample()) + fewer(100);
    for (int i = 0; i < cases; ++i) computed += check_pool(draw_pool(random), context.get(), random);
    CHECK(computed > cases / 2);
  }
  for (const ottava_parallel_for_fn host : {with_threads, backwards}) {
    const KernelContext context(nullptr, 3, host);
    for (int i = 0; i < fewer(12); ++i) check_pool(draw_pool(random, kSmallMemory ? 12 : 40), context.get(), random);
  }
}

// What a float could get wrong: every sum that so many taps can have, by windows of each number up to the last that is
// divided in float, and beyond.
TEST_CASE("averages are exact for every number of taps and every sum") {
  const KernelContext context(nullptr);
  std::vector<std::int64_t> counts = {4095, 4096, 4097};
  if (!kSmallMemory) counts.insert(counts.end(), {5000, 70000});
  for (std::int64_t count = 1; count <= 4096; count += test_sample() == 1 ? 61 : 509) counts.push_back(count);
  for (const std::int64_t count : counts) {
    // Channel c has the sum 255 * full + rest, in as many pixels.
    ottava_pool2d_desc desc = OTTAVA_POOL2D_DESC_INIT;
    desc.flags = OTTAVA_POOL_GLOBAL;
    desc.kind = OTTAVA_POOL_AVERAGE;
    desc.input_type = OTTAVA_TYPE_U8;
    desc.channels = 514;
    std::vector<std::uint8_t> image(static_cast<std::size_t>(count * desc.channels));
    std::vector<int> wanted;
    for (std::int64_t c = 0; c < desc.channels; ++c) {
      // Around the tie between two values: value * count + count / 2, and one less where that is odd.
      const std::int64_t sum = std::min(255 * count, std::max<std::int64_t>(c / 2 * count - count / 2 - c % 2, 0));
      std::int64_t left = sum;
      for (std::int64_t pixel = 0; pixel < count; ++pixel) {
        const std::int64_t value = std::min<std::int64_t>(left, 255);
        image[static_cast<std::size_t>(pixel * desc.channels + c)] = static_cast<std::uint8_t>(value);
        left -= value;
      }
      wanted.push_back(static_cast<int>((sum + count / 2) / count));
    }
    ottava_layer* layer = nullptr;
    REQUIRE(ottava_pool2d_create(context.get(), &desc, nullptr, &layer, nullptr) == OTTAVA_OK);
    std::vector<std::uint8_t> averages(static_cast<std::size_t>(desc.channels));
    ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
    run.height = 1, run.width = count;
    ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
    operands.input = image.data(), operands.output = averages.data();
    CHECK(ottava_layer_run(layer, &run, &operands, nullptr) == OTTAVA_OK);
    ottava_layer_destroy(layer);
    INFO(count << " taps");
    CHECK(std::equal(averages.begin(), averages.end(), wanted.begin()));
  }
}

}  // namespace
}  // namespace ottava
