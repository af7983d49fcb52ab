#include "sum_case.h"

#include "catch.h"
#include "drawn_sum.h"
#include "image_tensor.h"
#include "layer_file.h"

namespace ottava {
namespace {

oracle::Image draw_image(Random& random, std::int64_t batch, std::int64_t height, std::int64_t width,
                         std::int64_t channels, std::uint32_t type) {
  oracle::Image image = {batch, height, width, channels, {}};
  for (std::int64_t i = 0; i < batch * height * width * channels; ++i) {
    image.values.push_back(value_of(type, static_cast<std::uint8_t>(random.bits())));
  }
  return image;
}

}  // namespace

ottava_layer* make_add(const ottava_context* context, const ottava_add_desc& desc) {
  ottava_layer* layer = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_add_create(context, &desc, &layer, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  return layer;
}

void check_sum(const ottava_context* context, Random& random, std::int64_t lines) {
  const bool large = lines != 0;
  const std::uint32_t type = random.chance(2) ? OTTAVA_TYPE_S8 : OTTAVA_TYPE_U8;
  DrawnSum drawn = draw_sum(random, type);
  const std::int64_t channels = large ? random.between(20, 70) : random.between(0, 140);
  const std::int64_t batch = large ? 2 : random.between(0, 3), height = large ? lines : random.between(0, 5);
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

  ottava_layer* layer = make_add(context, drawn.desc);
  std::vector<std::unique_ptr<GuardedBuffer>> kept;
  const Way ways[] = {Way::direct, Way::direct, Way::in_place, Way::repacked};
  const Way way = random.pick(ways);
  if (way != Way::direct) kept = send_through_file(context, way, random.chance(2), &layer);
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
  CHECK((wanted.empty() || std::memcmp(output.memory().data(), wanted.data(), wanted.size()) == 0));
  CHECK(output.memory().check());
}

}  // namespace ottava
