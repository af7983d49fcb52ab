// `ottava pack`, run as its users run it: its files hold the operators that ottava_matmul_create makes of the same
// numbers, byte for byte, for every kernel of every architecture, from descriptions and from other files.
#include <cstring>

#include "draft.h"
#include "kernels/layouts.h"
#include "layer_file.h"
#include "random.h"
#include "through_file.h"
#include "tools/command.h"

using namespace ottava;

namespace {

constexpr std::size_t kN = 13, kK = 21;

// Of a matmul, 21 x 13.
struct Arrays {
  std::vector<std::int8_t> rhs;
  std::vector<float> scales, bias_f32;
  std::vector<std::int32_t> zeros, bias, multipliers, shifts;
  std::vector<std::uint8_t> table;

  explicit Arrays(std::uint64_t seed) {
    Random random(seed);
    for (std::size_t i = 0; i < kN * kK; ++i) rhs.push_back(static_cast<std::int8_t>(random.between(-128, 127)));
    for (std::size_t i = 0; i < kN; ++i) {
      scales.push_back(static_cast<float>(random.between(1, 1000)) / 30000.0f);
      bias_f32.push_back(static_cast<float>(random.between(-1000, 1000)) / 8.0f);
      zeros.push_back(static_cast<std::int32_t>(random.between(0, 127)));
      bias.push_back(static_cast<std::int32_t>(random.between(-9999, 9999)));
      multipliers.push_back(static_cast<std::int32_t>(random.between(1 << 30, INT32_MAX)));
      shifts.push_back(static_cast<std::int32_t>(random.between(-9, -1)));
    }
    for (int i = 0; i < 256; ++i) table.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
  }

  void write(const Folder& folder) const {
    folder.write("rhs.bin", raw(rhs));
    folder.write("scales.bin", raw(scales));
    folder.write("bias_f32.npy", npy("<f4", "(13,)", raw(bias_f32)));
    folder.write("zeros.npy", npy(2, "'shape': (13,), 'fortran_order': True, 'descr': '<i4'", raw(zeros)));
    folder.write("bias.npy", npy("<i4", "(13,)", raw(bias)));
    folder.write("multipliers.bin", raw(multipliers));
    folder.write("shifts.npy", npy("<i4", "(13,)", raw(shifts)));
    folder.write("table.npy", npy("|i1", "(256,)", raw(table)));
  }
};

// What the library itself writes.
FileBytes direct(const Draft& d, const char* kernel) {
  const KernelContext context(nullptr);
  ottava_matmul* matmul = nullptr;
  ottava_error error = OTTAVA_ERROR_INIT;
  const ottava_status status = ottava_matmul_create(context.get(), &d.desc, &d.output, &d.constants, &matmul, &error);
  INFO(error.argument << ": " << error.message);
  REQUIRE(status == OTTAVA_OK);
  const auto file = packed_file(matmul, kernel);
  ottava_matmul_destroy(matmul);
  return {file->data(), file->data() + file->size()};
}

struct Matmul13 : Draft {
  explicit Matmul13(const Arrays& arrays) { desc.n = kN, desc.k = kK, constants.rhs = arrays.rhs.data(); }
};

void check_packs(const Folder& folder, const Draft& d, const std::string& description) {
  folder.write("matmul.txt", description);
  const Ran ran = folder.run("ottava pack matmul.txt -o matmul.ottava");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(folder.bytes("matmul.ottava") == direct(d, nullptr));
}

const std::string kFew = "operator = matmul\nn = 13\nk = 21\nrhs = rhs.bin\n";

struct Described {
  const char* what;
  std::string text;
  std::function<void(Draft&, const Arrays&)> set;
};

const std::vector<Described>& described() {
  static const std::vector<Described> cases = {
      {"defaults", kFew, [](Draft&, const Arrays&) {}},
      {"real scales per channel, u8 lhs",
       "# comment\r\n\r\noperator=matmul\r\n n = 13 # channels\nk = 21\nmax_m = 99\nlhs_type = u8\nlhs_zero_point = "
       "128\n"
       "lhs_scale = 0.0234375\nrhs = rhs.bin\nrhs_scales = scales.bin\nrhs_zero_points = zeros.npy\noutput.type = u8\n"
       "output.zero_point = 7\noutput.scale = 5e-2\noutput.bias = bias.npy\noutput.clamp_min = 1\noutput.clamp_max = "
       "250\n"
       "output.requantization = fixed_one_rounding\noutput.parameters = real_float_product\n",
       [](Draft& d, const Arrays& arrays) {
         d.desc.max_m = 99, d.desc.lhs_type = OTTAVA_TYPE_U8, d.desc.lhs_zero_point = 128;
         d.desc.lhs_scale = 0.0234375f;
         d.constants.rhs_scales = arrays.scales.data(), d.constants.rhs_zero_points = arrays.zeros.data();
         d.output.type = OTTAVA_TYPE_U8, d.output.zero_point = 7, d.output.scale = 5e-2f;
         d.output.bias = arrays.bias.data(), d.output.clamp_min = 1, d.output.clamp_max = 250;
         d.output.requantization = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING;
         d.output.parameters = OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT;
       }},
      {"integer parameters, u8 weights in column order, a table",
       kFew + "rhs_type = u8\nrhs_order = column\nrhs_zero_point = 9\nlhs_order = column\ndst_order = column\n"
              "lhs_row_zero_points = yes\nallow_wrap = yes\noutput.parameters = integer\n"
              "output.multipliers = multipliers.bin\noutput.shifts = shifts.npy\noutput.activation = table\n"
              "output.table = table.npy\n",
       [](Draft& d, const Arrays& arrays) {
         d.desc.rhs_type = OTTAVA_TYPE_U8, d.desc.rhs_order = OTTAVA_ORDER_COLUMN, d.desc.rhs_zero_point = 9;
         d.desc.lhs_order = OTTAVA_ORDER_COLUMN, d.desc.dst_order = OTTAVA_ORDER_COLUMN;
         d.desc.flags = OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS | OTTAVA_MATMUL_ALLOW_WRAP;
         d.output.parameters = OTTAVA_PARAMETERS_INTEGER;
         d.output.multipliers = arrays.multipliers.data(), d.output.shifts = arrays.shifts.data();
         d.output.activation = OTTAVA_ACTIVATION_TABLE, d.output.table = arrays.table.data();
       }},
      {"a hybrid layer",
       kFew + "lhs_type = f32\nlhs_quantization = tflite_asymmetric\nlhs_quantized_type = s8\nrhs_scale = 0.25\n"
              "output.type = f32\noutput.requantization = none\noutput.bias_f32 = bias_f32.npy\n"
              "output.clamp_min_f32 = -6\noutput.clamp_max_f32 = inf\n",
       [](Draft& d, const Arrays& arrays) {
         d.desc.lhs_type = OTTAVA_TYPE_F32, d.desc.lhs_quantization = OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC;
         d.desc.lhs_quantized_type = OTTAVA_TYPE_S8, d.desc.rhs_scale = 0.25f;
         d.output.type = OTTAVA_TYPE_F32, d.output.requantization = OTTAVA_REQUANTIZE_NONE;
         d.output.bias_f32 = arrays.bias_f32.data(), d.output.clamp_min_f32 = -6.0f;
       }},
      {"weights on the left, one multiplier, an s16 dst",
       kFew + "weights_left = yes\nallow_wrap = no\noutput.type = s16\noutput.parameters = integer\n"
              "output.requantization = multiply_shift_floor\noutput.multiplier = 77\noutput.shift = -3\n",
       [](Draft& d, const Arrays&) {
         d.desc.flags = OTTAVA_MATMUL_WEIGHTS_LEFT, d.output.type = OTTAVA_TYPE_S16;
         d.output.parameters = OTTAVA_PARAMETERS_INTEGER;
         d.output.requantization = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR;
         d.output.multiplier = 77, d.output.shift = -3;
       }},
      {"with an addition",
       kFew + "output.addition.subtract = yes\noutput.addition.arithmetic = xnnpack\n"
              "output.addition.second_zero_point = -4\noutput.addition.second_scale = 0.75\n"
              "output.addition.zero_point = 3\noutput.addition.scale = 1.5\noutput.addition.clamp_min = -100\n"
              "output.addition.clamp_max = 100\n",
       [](Draft& d, const Arrays&) {
         static const ottava_add_desc addition = [] {
           ottava_add_desc add = OTTAVA_ADD_DESC_INIT;
           add.flags = OTTAVA_ADD_SUBTRACT, add.arithmetic = OTTAVA_ADD_XNNPACK;
           add.second_zero_point = -4, add.second_scale = 0.75f, add.zero_point = 3, add.scale = 1.5f;
           add.clamp_min = -100, add.clamp_max = 100;
           return add;
         }();
         d.output.addition = &addition;
       }},
      {"scales of rows, a tanh",
       kFew + "lhs_row_scales = yes\noutput.type = s32\noutput.activation = gemmlowp_tanh\noutput.tanh_zero = 5\n"
              "output.tanh_amplitude = 1000\n",
       [](Draft& d, const Arrays&) {
         d.desc.flags = OTTAVA_MATMUL_LHS_ROW_SCALES, d.output.type = OTTAVA_TYPE_S32;
         d.output.activation = OTTAVA_ACTIVATION_GEMMLOWP_TANH, d.output.tanh_zero = 5;
         d.output.tanh_amplitude = 1000;
       }},
  };
  return cases;
}

}  // namespace

TEST_CASE("ottava pack: a description gives the bytes of ottava_matmul_save, for the kernels of every architecture") {
  const Folder folder("described");
  const Arrays arrays(1);
  arrays.write(folder);
  std::size_t of_kernels = 0;
  for (const Described& c : described()) {
    INFO(c.what);
    Matmul13 d(arrays);
    c.set(d, arrays);
    folder.write("matmul.txt", c.text);
    const Ran ran = folder.run("ottava pack matmul.txt -o own.ottava --verify");
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    CHECK(ran.out == "verified  matmul.txt\n");
    CHECK(folder.bytes("own.ottava") == direct(d, nullptr));
  }
  const KernelList kernels = described_kernels();
  Matmul13 d(arrays);
  described()[1].set(d, arrays);
  folder.write("matmul.txt", described()[1].text);
  std::string line = "true";
  for (std::size_t i = 0; i < kernels.count; ++i) {
    const std::string kernel = kernels.kernels[i]->name;
    if (kernels.kernels[i]->weights != Weights::any) continue;
    line += " && ottava pack matmul.txt --kernel=" + kernel + " -o " + kernel +
            " && ottava pack own.ottava --kernel=" + kernel + " -o repacked." + kernel;
  }
  REQUIRE(folder.run("ottava pack matmul.txt -o own.ottava && " + line).status == 0);
  for (std::size_t i = 0; i < kernels.count; ++i) {
    const std::string kernel = kernels.kernels[i]->name;
    if (kernels.kernels[i]->weights != Weights::any) continue;
    INFO(kernel);
    CHECK(folder.bytes(kernel) == direct(d, kernel.c_str()));
    CHECK(folder.bytes("repacked." + kernel) == direct(d, kernel.c_str()));
    ++of_kernels;
  }
  CHECK(of_kernels >= 15);
}

TEST_CASE("ottava pack: each word of a description is the value of its name in the header") {
  const Folder folder("words");
  const Arrays arrays(5);
  arrays.write(folder);
  // Each is read, under whichever of the two parameters the rule takes.
  const std::pair<const char*, std::uint32_t> rules[] = {
      {"fixed_two_roundings", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS},
      {"fixed_one_rounding", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING},
      {"float_nearest_even", OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN},
      {"fixed_two_roundings_saturating", OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING},
      {"gemmlowp_by_fixed_point", OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT},
      {"fixed_one_rounding_away", OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY},
      {"fixed_acl_fused", OTTAVA_REQUANTIZE_FIXED_ACL_FUSED},
      {"fixed_16_bit_multiplier", OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER},
      {"power_of_two", OTTAVA_REQUANTIZE_POWER_OF_TWO},
      {"multiply_shift_floor", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR},
      {"multiply_shift_half_up", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP},
      {"multiply_shift_half_away", OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY}};
  for (const auto& [word, value] : rules) {
    INFO(word);
    Matmul13 d(arrays);
    d.output.requantization = value;
    std::string lines = "output.requantization = " + std::string(word) + "\noutput.parameters = ";
    if (value == OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN || value == OTTAVA_REQUANTIZE_FIXED_ACL_FUSED) {
      d.output.scale = 77.0f;
      lines += "real\noutput.scale = 77\n";
    } else {
      d.output.parameters = OTTAVA_PARAMETERS_INTEGER, d.output.shift = -3;
      d.output.multiplier = value == OTTAVA_REQUANTIZE_POWER_OF_TWO              ? 0
                            : value == OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER ? 16385
                            : value >= OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR    ? 77
                                                                                 : (1 << 30) + 5;
      lines += "integer\noutput.shift = -3\noutput.multiplier = " + std::to_string(d.output.multiplier) + "\n";
    }
    check_packs(folder, d, kFew + lines);
  }
  const std::pair<const char*, std::uint32_t> quantizations[] = {
      {"divide", OTTAVA_QUANTIZE_DIVIDE},
      {"multiply", OTTAVA_QUANTIZE_MULTIPLY},
      {"tflite_symmetric", OTTAVA_QUANTIZE_TFLITE_SYMMETRIC},
      {"tflite_asymmetric", OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC},
      {"xnnpack", OTTAVA_QUANTIZE_XNNPACK},
      {"kleidiai", OTTAVA_QUANTIZE_KLEIDIAI},
      {"onnx_dynamic", OTTAVA_QUANTIZE_ONNX_DYNAMIC}};
  for (const auto& [word, value] : quantizations) {
    INFO(word);
    Matmul13 d(arrays);
    d.to_quantize(value);
    d.to_f32();
    check_packs(folder, d,
                kFew + "lhs_type = f32\noutput.type = f32\noutput.requantization = none\nlhs_quantization = " + word +
                    "\nlhs_order = row\ndst_order = row\nrhs_order = row\noutput.activation = none\n");
  }
  const std::pair<const char*, std::uint32_t> additions[] = {
      {"tflite", OTTAVA_ADD_TFLITE}, {"qnnpack", OTTAVA_ADD_QNNPACK}, {"xnnpack", OTTAVA_ADD_XNNPACK}};
  for (const auto& [word, value] : additions) {
    INFO(word);
    Matmul13 d(arrays);
    ottava_add_desc addition = OTTAVA_ADD_DESC_INIT;
    addition.arithmetic = value;
    d.output.addition = &addition;
    check_packs(folder, d, kFew + "lhs_quantization = none\noutput.addition.arithmetic = " + word + "\n");
  }
}

TEST_CASE("ottava pack: weights of every order, as raw elements and as .npy") {
  const Folder folder("orders");
  const Arrays arrays(2);
  arrays.write(folder);
  folder.write("c.npy", npy("|i1", "(21, 13)", raw(arrays.rhs)));
  folder.write("c_transposed.npy", npy("|i1", "(13, 21)", raw(arrays.rhs)));
  folder.write("f.npy", npy("|i1", "(21, 13)", raw(arrays.rhs), true));
  folder.write("f_transposed.npy", npy("<i1", "(13,21)", raw(arrays.rhs), true));
  const struct {
    const char* lines;
    std::uint32_t order, flags;  // of the elements as they lie in all of these files
  } cases[] = {
      {"rhs = c.npy\n", OTTAVA_ORDER_ROW, 0},
      {"rhs = f.npy\n", OTTAVA_ORDER_COLUMN, 0},
      {"rhs = c_transposed.npy\nrhs_order = column\n", OTTAVA_ORDER_COLUMN, 0},
      {"rhs_order = column\nrhs = f_transposed.npy\n", OTTAVA_ORDER_ROW, 0},
      {"rhs = rhs.bin\nrhs_order = column\n", OTTAVA_ORDER_COLUMN, 0},
      {"rhs = c_transposed.npy\nweights_left = yes\n", OTTAVA_ORDER_ROW, OTTAVA_MATMUL_WEIGHTS_LEFT},
      {"rhs = f_transposed.npy\nweights_left = yes\n", OTTAVA_ORDER_COLUMN, OTTAVA_MATMUL_WEIGHTS_LEFT},
      {"rhs = c.npy\nrhs_order = column\nweights_left = yes\n", OTTAVA_ORDER_COLUMN, OTTAVA_MATMUL_WEIGHTS_LEFT},
  };
  for (const auto& c : cases) {
    INFO(c.lines);
    Matmul13 d(arrays);
    d.desc.rhs_order = c.order, d.desc.flags = c.flags;
    check_packs(folder, d, "operator = matmul\nk = 21\nn = 13\n" + std::string(c.lines));
  }
}

TEST_CASE("ottava pack: convolutions, by their descriptions and from their files") {
  const Folder folder("layers");
  Random random(6);
  std::vector<std::int8_t> weights;  // 6 channels to 8 in 2 groups, 3 x 2; or 24 of one channel each
  for (int i = 0; i < 8 * 3 * 2 * 3; ++i) weights.push_back(static_cast<std::int8_t>(random.between(-128, 127)));
  std::vector<float> scales;
  std::vector<std::int32_t> zeros;
  for (int i = 0; i < 24; ++i) {
    scales.push_back(static_cast<float>(random.between(1, 1000)) / 30000.0f);
    zeros.push_back(static_cast<std::int32_t>(random.between(0, 127)));
  }
  folder.write("ohwi.npy", npy("|i1", "(8, 3, 2, 3)", raw(weights)));
  folder.write("hwio.npy", npy("|i1", "(3, 2, 1, 24)", raw(weights)));
  folder.write("fortran.npy", npy("|i1", "(8, 3, 2, 3)", raw(weights), true));
  folder.write("weights.bin", raw(weights));
  folder.write("scales.bin", raw(std::vector<float>(scales.begin(), scales.begin() + 8)));
  folder.write("zeros.npy", npy("<i4", "(24,)", raw(zeros)));
  const KernelContext context(nullptr);
  ottava_conv2d_constants constants = OTTAVA_CONV2D_CONSTANTS_INIT;
  constants.weights = weights.data();
  ottava_output output = OTTAVA_OUTPUT_INIT;
  output.scale = 55.0f;
  const auto check = [&](const ottava_layer* layer, const std::string& text, const std::vector<const char*>& kernels) {
    folder.write("layer.txt", text);
    for (const char* kernel : kernels) {
      const std::string option = kernel != nullptr ? " --kernel=" + std::string(kernel) : "";
      INFO(text << option);
      const Ran ran = folder.run("ottava pack layer.txt -o own.ottava && ottava pack layer.txt -o layer.ottava" +
                                 option + " && ottava pack own.ottava -o repacked.ottava" + option);
      INFO(ran.err);
      REQUIRE(ran.status == 0);
      const auto expected = packed_file(layer, kernel);
      const FileBytes bytes(expected->data(), expected->data() + expected->size());
      CHECK(folder.bytes("layer.ottava") == bytes);
      CHECK(folder.bytes("repacked.ottava") == bytes);
    }
  };

  ottava_layer* layer = nullptr;
  ottava_conv2d_desc conv = OTTAVA_CONV2D_DESC_INIT;
  conv.input_channels = 6, conv.output_channels = 8, conv.groups = 2;
  conv.window = {3, 2, 2, 3, 4, 5, 1, 2, 3, 4, OTTAVA_PADDING_EXPLICIT, 0};
  conv.input_type = OTTAVA_TYPE_U8, conv.input_zero_point = 9, conv.input_scale = 0.5f;
  conv.weights_zero_point = -3, conv.flags = OTTAVA_CONV2D_ALLOW_WRAP;
  constants.weights_scales = scales.data();
  REQUIRE(ottava_conv2d_create(context.get(), &conv, &output, &constants, &layer, nullptr) == OTTAVA_OK);
  const std::string conv_text =
      "operator = conv2d\ninput_channels = 6\noutput_channels = 8\ngroups = 2\nwindow.kernel_height = 3\n"
      "window.kernel_width = 2\nwindow.stride_height = 2\nwindow.stride_width = 3\nwindow.dilation_height = 4\n"
      "window.dilation_width = 5\nwindow.pad_top = 1\nwindow.pad_left = 2\nwindow.pad_bottom = 3\n"
      "window.pad_right = 4\nwindow.padding = explicit\ninput_type = u8\ninput_zero_point = 9\ninput_scale = 0.5\n"
      "weights_zero_point = -3\nweights_scales = scales.bin\nallow_wrap = yes\noutput.scale = 55\nweights = ";
  check(layer, conv_text + "ohwi.npy\n", {nullptr, "portable", "arm_neon", "s8s8s32_8x8x8_arm_i8mm"});
  check(layer, conv_text + "weights.bin\nweights_layout = ohwi\n", {nullptr});
  ottava_layer_destroy(layer);

  ottava_depthwise_conv2d_desc depthwise = OTTAVA_DEPTHWISE_CONV2D_DESC_INIT;
  depthwise.channels = 12, depthwise.multiplier = 2, depthwise.window.kernel_height = 3;
  depthwise.window.kernel_width = 2, depthwise.window.padding = OTTAVA_PADDING_SAME;
  depthwise.weights_scale = 0.25f;
  constants.weights_scales = nullptr, constants.weights_zero_points = zeros.data();
  REQUIRE(ottava_depthwise_conv2d_create(context.get(), &depthwise, &output, &constants, &layer, nullptr) == OTTAVA_OK);
  const std::string depthwise_text =
      "operator = depthwise_conv2d\nchannels = 12\nmultiplier = 2\nwindow.kernel_height = 3\n"
      "window.kernel_width = 2\nwindow.padding = same\nweights_scale = 0.25\nweights_type = s8\n"
      "weights_zero_points = zeros.npy\noutput.scale = 55\nweights = ";
  check(layer, depthwise_text + "hwio.npy\n", {nullptr, "portable"});
  ottava_layer_destroy(layer);
  folder.write("layer.txt", depthwise_text + "hwio.npy\n");
  CHECK(folder.run("ottava pack layer.txt --info").out.find("operator  depthwise_conv2d, n 24, k ") !=
        std::string::npos);

  const std::pair<std::string, const char*> refused[] = {
      {conv_text + "hwio.npy\n", "layer.txt:23: weights: hwio.npy has the shape (3, 2, 1, 24), expected (8, 3, 2, 3)"},
      {conv_text + "fortran.npy\n", "layer.txt:23: weights: fortran.npy is in Fortran order, expected C order"},
      {conv_text + "weights.bin\nweights_layout = hwoi\n",
       "layer.txt:24: weights_layout: is hwoi, expected one of ohwi"},
      {conv_text + "weights.bin\nrhs = weights.bin\n", "layer.txt:24: rhs: is no key, expected one of input_channels"},
      {"operator = conv2d\noutput_channels = 3\n", "layer.txt: input_channels: is missing, expected an integer"},
      {"operator = depthwise_conv2d\nchannels = 3\n", "layer.txt: weights: is missing, expected a file"}};
  for (const auto& [text, words] : refused) {
    folder.write("layer.txt", text);
    const Ran ran = folder.run("ottava pack layer.txt -o refused.ottava");
    INFO(ran.err << " for " << words);
    CHECK(ran.status == 1);
    CHECK(ran.err.find(words) != std::string::npos);
  }
  CHECK_FALSE(std::filesystem::exists(folder.path("refused.ottava")));
}

TEST_CASE("ottava pack: says of a file what it holds, for a kernel of another architecture too") {
  const Folder folder("info");
  const Arrays arrays(3);
  arrays.write(folder);
  folder.write("matmul.txt", kFew);
  const std::string size = std::to_string([&] {
    const Matmul13 d(arrays);
    return direct(d, "s8s8s32_8x8x8_arm_i8mm").size();
  }());
  const std::string expected = "file      " + size +
                               " bytes, format 1, by ottava 0.1.0\noperator  matmul, n 13, k 21\nkernel    "
                               "s8s8s32_8x8x8_arm_i8mm, tier arm_i8mm, panels of 8 channels, steps of 8 depths\n";
  CHECK(folder.run("ottava pack matmul.txt --kernel=arm_i8mm --info -o matmul.ottava").out == expected);
  CHECK(folder.run("ottava pack matmul.ottava --info").out == expected);
  CHECK(folder.run("ottava pack matmul.ottava --info --verify").out == expected + "verified  matmul.ottava\n");
}

TEST_CASE("ottava pack: C source that compiles, of the bytes alone and of a bound operator") {
  const Folder folder("c");
  const Arrays arrays(4);
  arrays.write(folder);
  folder.write("matmul.txt", kFew + "lhs_type = u8\noutput.scale = 99\noutput.bias = bias.npy\n");
  const std::string compiler =
      OTTAVA_TEST_C_COMPILER " -std=c99 -Wall -Wextra -Werror -pedantic -I'" OTTAVA_TEST_SOURCE "/include' ";

  // The bytes alone: the program gives them back.
  REQUIRE(folder.run("ottava pack matmul.txt -o own.ottava --c=some-layer.c --no-bind").status == 0);
  folder.write(
      "main.c",
      "#include <stdint.h>\n#include <stdio.h>\nextern const uint8_t some_layer_packed[];\n"
      "extern const uint64_t some_layer_packed_bytes;\nint main(void) {\n"
      "  return (uintptr_t)some_layer_packed % 64 != 0 ||\n"
      "         fwrite(some_layer_packed, 1, some_layer_packed_bytes, stdout) != some_layer_packed_bytes;\n}\n");
  const Ran built = folder.run(compiler + "some-layer.c main.c -o main && ./main > given.ottava");
  INFO(built.err);
  REQUIRE(built.status == 0);
  CHECK(folder.bytes("given.ottava") == folder.bytes("own.ottava"));

#ifdef OTTAVA_TEST_LINK
  // Bound: the program runs it on rows that it is given.
  const Ran bound =
      folder.run("ottava pack matmul.txt --kernel=portable -o portable.ottava --c=bound.c --name=layer_1");
  INFO(bound.err);
  REQUIRE(bound.status == 0);
  const std::string source = folder.text("bound.c");
  REQUIRE(folder.run("ottava pack own.ottava --kernel=portable --c=bound.c --name=layer_1").status == 0);
  CHECK(folder.text("bound.c") == source);
  folder.write(
      "run.c",
      "#include <ottava/ottava.h>\n\n#include <ottava/firmware.h>\n#include <stdio.h>\n"
      "extern const ottava_bound_matmul layer_1;\nint main(void) {\n"
      "  unsigned char lhs[5 * 21];\n  signed char dst[5 * 13];\n"
      "  if (fread(lhs, 1, sizeof lhs, stdin) != sizeof lhs) return 1;\n"
      "  if (ottava_matmul_run(ottava_bound(&layer_1), 5, lhs, 0, dst, 0, NULL, 0, NULL) != OTTAVA_OK) return 2;\n"
      "  return fwrite(dst, 1, sizeof dst, stdout) != sizeof dst;\n}\n");
  FileBytes lhs, expected(5 * kN);
  for (std::size_t i = 0; i < 5 * kK; ++i) lhs.push_back(static_cast<std::uint8_t>(i * 37));
  folder.write("lhs.bin", lhs);
  const Ran ran = folder.run(compiler + "bound.c run.c " OTTAVA_TEST_LINK " -o run && ./run <lhs.bin >dst.bin");
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  const KernelContext context(nullptr);
  Matmul13 d(arrays);
  d.desc.lhs_type = OTTAVA_TYPE_U8, d.output.scale = 99.0f, d.output.bias = arrays.bias.data();
  ottava_matmul* matmul = nullptr;
  REQUIRE(ottava_matmul_create(context.get(), &d.desc, &d.output, &d.constants, &matmul, nullptr) == OTTAVA_OK);
  REQUIRE(ottava_matmul_run(matmul, 5, lhs.data(), 0, expected.data(), 0, nullptr, 0, nullptr) == OTTAVA_OK);
  ottava_matmul_destroy(matmul);
  CHECK(folder.bytes("dst.bin") == expected);
#endif
}

// The example of docs/packing.md: its description, with arrays of the sizes that it says, and its commands.
TEST_CASE("ottava pack: the example of its document") {
  const Folder folder("document");
  std::ifstream document(OTTAVA_TEST_SOURCE "/docs/packing.md");
  std::string description, commands, line;
  for (bool inside = false; std::getline(document, line);) {
    if (line.rfind("```", 0) == 0) {
      inside = !inside && description.empty();
    } else if (inside) {
      description += line + "\n";
    } else if (line.rfind("    ottava pack ", 0) == 0) {
      commands += line.substr(4, line.find("  #") - 4) + " && ";
    }
  }
  REQUIRE(description.find("n = 128\n") != std::string::npos);
  REQUIRE(description.find("k = 256\n") != std::string::npos);
  REQUIRE(commands.find("--c=") != std::string::npos);
  folder.write("dense.txt", description);
  folder.write("dense_weights.npy", npy("|i1", "(128, 256)", FileBytes(128 * 256, 3)));
  folder.write("dense_scales.npy", npy("<f4", "(128,)", raw(std::vector<float>(128, 0.004f))));
  folder.write("dense_bias.bin", raw(std::vector<std::int32_t>(128, -77)));
  const Ran ran = folder.run(commands + "true");
  INFO(commands << ran.err);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("matmul, n 128, k 256") != std::string::npos);
  CHECK(ran.out.find("verified  ") != std::string::npos);
}
