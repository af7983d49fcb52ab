// `ottava pack`, run as its users run it: its files hold the operators that ottava_matmul_create makes of the same
// numbers, byte for byte, for every kernel of every architecture, from descriptions and from other files.
#include <cstring>

#include "draft.h"
#include "kernels/layouts.h"
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

TEST_CASE("ottava pack: C source that compiles and holds the file, bound to its part where there is one") {
  const Folder folder("c");
  const Arrays arrays(4);
  arrays.write(folder);
  folder.write("matmul.txt", kFew + "output.requantization = fixed_one_rounding\n");
  const std::string compiler = OTTAVA_TEST_C_COMPILER " -std=c99 -Wall -Wextra -Werror -pedantic ";

  // The bytes alone: the program gives them back.
  REQUIRE(folder.run("ottava pack matmul.txt -o own.ottava --c=some-layer.c").status == 0);
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

  // For firmware: what ottava/firmware.h has to declare is a pointer to the part.
  std::filesystem::create_directory(folder.path("ottava"));
  folder.write(
      "ottava/firmware.h",
      "typedef struct ottava_part { int any; } ottava_part;\n"
      "extern const ottava_part ottava_part_s8s8s32_indirect_4x8x2_portable_fixed_one_rounding;\n"
      "typedef struct ottava_bound_matmul { uint32_t struct_size, reserved; uint64_t bytes; const void *packed; "
      "const ottava_part *part; } ottava_bound_matmul;\n");
  folder.write("bound.c",
               "#include <stdint.h>\n#include \"ottava/firmware.h\"\nextern const ottava_bound_matmul layer_1;\n"
               "const ottava_part ottava_part_s8s8s32_indirect_4x8x2_portable_fixed_one_rounding = {1};\n"
               "extern const uint8_t layer_1_packed[];\nint main(void) {\n"
               "  return layer_1.struct_size != sizeof layer_1 || layer_1.reserved != 0 ||\n"
               "         layer_1.packed != layer_1_packed || layer_1.part->any != 1;\n}\n");
  const std::string compile = " && " + compiler + "-I. firmware.c bound.c -o bound && ./bound";
  const std::string as_firmware = " --kernel=portable --c=firmware.c --name=layer_1";
  const Ran from_text = folder.run("ottava pack matmul.txt -o portable.ottava" + as_firmware + compile);
  INFO(from_text.err);
  CHECK(from_text.status == 0);
  const std::string source = folder.text("firmware.c");
  CHECK(folder.run("ottava pack own.ottava --rule=fixed_one_rounding" + as_firmware + compile).status == 0);
  CHECK(folder.text("firmware.c") == source);

  // No part, where nobody says the rule, nobody wants one, or there is none.
  folder.write("float.txt", kFew + "output.requantization = float_nearest_even\n");
  folder.write("s32.txt", kFew + "output.type = s32\noutput.requantization = none\n");
  for (const char* line :
       {"own.ottava --kernel=portable", "matmul.txt --no-bind --kernel=portable", "float.txt --kernel=portable",
        "s32.txt --kernel=portable", "matmul.txt --kernel=arm_neon", "matmul.txt --kernel=s8s8s32_4x8x2_portable",
        "matmul.txt --kernel=s8s8s32_indirect_4x8x8_arm_i8mm"}) {
    INFO(line);
    const Ran ran = folder.run("ottava pack " + std::string(line) + " --c=out.c && " + compiler + "-c out.c");
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(folder.text("out.c").find("out_packed_bytes") != std::string::npos);
    CHECK(folder.text("out.c").find("ottava_part") == std::string::npos);
  }
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
