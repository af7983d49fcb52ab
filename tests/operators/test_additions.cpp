// Additions of two tensors against the oracle, on every kernel's instruction set: all pairs of elements, then every way
// in which tensors may lie.
#include <vector>

#include "catch.h"
#include "drawn_sum.h"
#include "hosts.h"
#include "image_tensor.h"
#include "support.h"

namespace ottava {
namespace {

std::int64_t value_of(std::uint32_t type, std::uint8_t raw) {
  return type == OTTAVA_TYPE_S8 ? std::int64_t{static_cast<std::int8_t>(raw)} : std::int64_t{raw};
}

ottava_layer* make_add(const ottava_context* context, const ottava_add_desc& desc) {
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_add_create(context, &desc, &layer, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  return layer;
}

void check_all_pairs(const ottava_context* context, DrawnSum drawn) {
  drawn.desc.channels = 1;
  INFO(describe(drawn.desc));
  ottava_layer* const layer = make_add(context, drawn.desc);
  std::vector<std::uint8_t> first(65536), second(65536), sum(65536), wanted(65536);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = static_cast<std::uint8_t>(i >> 8);
    second[i] = static_cast<std::uint8_t>(i);
    wanted[i] = static_cast<std::uint8_t>(
        oracle::add(drawn.oracle, value_of(drawn.desc.type, first[i]), value_of(drawn.desc.type, second[i])));
  }
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.height = run.width = 256;
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = first.data(), operands.second = second.data(), operands.output = sum.data();
  CHECK(ottava_layer_run(layer, &run, &operands, nullptr) == OTTAVA_OK);
  ottava_layer_destroy(layer);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (sum[i] == wanted[i]) continue;
    FAIL("elements " << value_of(drawn.desc.type, first[i]) << " and " << value_of(drawn.desc.type, second[i])
                     << ": got " << value_of(drawn.desc.type, sum[i]) << ", wanted "
                     << value_of(drawn.desc.type, wanted[i]));
  }
}

oracle::Image draw_image(Random& random, std::int64_t batch, std::int64_t height, std::int64_t width,
                         std::int64_t channels, std::uint32_t type) {
  oracle::Image image = {batch, height, width, channels, {}};
  for (std::int64_t i = 0; i < batch * height * width * channels; ++i) {
    image.values.push_back(value_of(type, static_cast<std::uint8_t>(random.bits())));
  }
  return image;
}

// Tensors apart from each other, or the sum in the place of one of them.
void check_layout(const ottava_context* context, Random& random, bool large) {
  const std::uint32_t type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  DrawnSum drawn = draw_sum(random, type);
  const std::int64_t channels = large ? random.between(20, 70) : random.between(0, 140);
  const std::int64_t batch = large ? 2 : random.between(0, 3), height = large ? 60 : random.between(0, 5);
  const std::int64_t width = large ? 41 : random.between(0, 5);
  drawn.desc.channels = channels;
  const int place = static_cast<int>(random.between(0, 3));  // the sum: apart, first, second; 3: all are one
  INFO(describe(drawn.desc) << ", " << batch << "x" << height << "x" << width << "x" << channels << ", place "
                            << place);
  const oracle::Image a = draw_image(random, batch, height, width, channels, type);
  const oracle::Image b = place == 3 ? a : draw_image(random, batch, height, width, channels, type);
  oracle::Image sums = a;
  for (std::size_t i = 0; i < sums.values.size(); ++i) {
    sums.values[i] = oracle::add(drawn.oracle, a.values[i], b.values[i]);
  }
  const auto gap = [&random] { return random.chance(2) ? random.between(1, 40) : std::int64_t{0}; };
  Tensor first(a, gap(), 1, random), second(b, gap(), 1, random), apart(a, gap(), 1, random);
  first.store();
  second.store();
  Tensor& output = place == 0 ? apart : place == 2 ? second : first;
  Tensor& addend = place == 3 ? first : second;
  const std::vector<std::uint8_t> wanted = output.with(sums);
  if (&output != &first) first.memory().make_read_only();
  if (&output != &second) second.memory().make_read_only();

  ottava_layer* const layer = make_add(context, drawn.desc);
  ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
  run.batch = batch, run.height = height, run.width = width;
  run.input_pixel_stride = first.stride(), run.second_pixel_stride = addend.stride();
  run.output_pixel_stride = output.stride();
  ottava_layer_operands operands = OTTAVA_LAYER_OPERANDS_INIT;
  operands.input = first.memory().data(), operands.second = addend.memory().data();
  operands.output = output.memory().data();
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status ran = ottava_layer_run(layer, &run, &operands, &error);
  ottava_layer_destroy(layer);
  INFO(error.argument << ": " << error.message);
  REQUIRE(ran == OTTAVA_OK);
  CHECK(std::memcmp(output.memory().data(), wanted.data(), wanted.size()) == 0);
  CHECK(output.memory().check());
}

TEST_CASE("additions equal the formulas for all pairs of elements") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (std::size_t i = 0; i < 400 / test_sample() + 12; ++i) {
      check_all_pairs(context.get(), draw_sum(random, i % 2 == 0 ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8));
    }
  }
}

TEST_CASE("additions take tensors however they lie, and may replace either") {
  Random random(test_seed());
  for (const Kernel* kernel : runnable_kernels()) {
    INFO(kernel->name << ", OTTAVA_TEST_SEED " << test_seed());
    const KernelContext context(kernel->name);
    for (std::size_t i = 0; i < 4000 / test_sample() + 100; ++i) check_layout(context.get(), random, false);
  }
  for (const ottava_parallel_for_fn host : {with_threads, backwards}) {
    const KernelContext context(nullptr, 3, host);
    for (int i = 0; i < 12; ++i) check_layout(context.get(), random, true);
  }
}

}  // namespace
}  // namespace ottava
