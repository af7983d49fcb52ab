// What `ottava pack` refuses: each fault alone in files that are otherwise sound, with the exit status and words that
// name file, line, key and what was expected; and nothing is written then.
#include <cstring>

#include "tools/command.h"

using namespace ottava;

namespace {

// n = 2, k = 3.
const std::string kSound =
    "operator = matmul\nn = 2\nk = 3\nrhs = rhs.bin\nrhs_scales = scales.npy\noutput.bias = bias.bin\n";

void write_arrays(const Folder& folder) {
  folder.write("rhs.bin", FileBytes{1, 2, 3, 4, 5, 6});
  folder.write("scales.npy", npy("<f4", "(2,)", raw(std::vector<float>{1.0f, 0.5f})));
  folder.write("bias.bin", raw(std::vector<std::int32_t>{7, -8}));
}

std::string replaced(const std::string& what, const std::string& by) {
  std::string text = kSound;
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

void check_refused(const Folder& folder, const std::string& line, int status, const std::vector<std::string>& words) {
  std::filesystem::remove(folder.path("out.ottava"));
  const Ran ran = folder.run(line);
  INFO(line << " says " << ran.err);
  CHECK(ran.status == status);
  for (const std::string& word : words) {
    INFO("expected: " << word);
    CHECK(ran.err.find(word) != std::string::npos);
  }
  CHECK(ran.out.empty());
  CHECK_FALSE(std::filesystem::exists(folder.path("out.ottava")));
}

}  // namespace

TEST_CASE("ottava pack: refuses descriptions by file, line, key and what was expected") {
  const Folder folder("refusals");
  write_arrays(folder);
  folder.write("matmul.txt", kSound);
  REQUIRE(folder.run("ottava pack matmul.txt -o sound.ottava").status == 0);
  const struct {
    std::string text;
    std::vector<std::string> words;
  } cases[] = {
      {"", {"matmul.txt: operator: is missing, expected one of matmul"}},
      {replaced("operator = matmul\n", ""), {"matmul.txt: operator: is missing, expected one of matmul"}},
      {replaced("= matmul", "= conv9d"), {"matmul.txt:1: operator: is conv9d, expected one of matmul"}},
      {replaced("n = 2", "n 2"), {"matmul.txt:2: is 'n 2', expected key = value"}},
      {replaced("n = 2", "n = # two"), {"matmul.txt:2: n: has no value behind the =, expected key = value"}},
      {replaced("n = 2", "= 2"), {"matmul.txt:2: has no key before the =, expected key = value"}},
      {replaced("n = 2\n", ""), {"matmul.txt: n: is missing, expected an integer of 64 bits"}},
      {replaced("k = 3\n", ""), {"matmul.txt: k: is missing, expected an integer of 64 bits"}},
      {replaced("n = 2", "n = 2\nn = 2"), {"matmul.txt:3: n: is given twice, expected once; first in line 2"}},
      {replaced("n = 2", "n = two"), {"matmul.txt:2: n: is two, expected an integer of 64 bits"}},
      {replaced("n = 2", "n = 2.0"), {"matmul.txt:2: n: is 2.0, expected an integer of 64 bits"}},
      {replaced("n = 2", "n = 99999999999999999999"), {"matmul.txt:2: n: ", "an integer of 64 bits"}},
      {replaced("n = 2", "n = -1"), {"matmul.txt:2: n: is -1, expected 0 to"}},
      {replaced("n = 2\nk = 3", "n = 4000000\nk = 4000000"),
       {"matmul.txt:3: k: times n is more than 1099511627776, expected no more"}},
      {kSound + "lhs_zero_point = 3000000000\n",
       {"matmul.txt:7: lhs_zero_point: is 3000000000", "an integer of 32 bits"}},
      {kSound + "lhs_zero_point = 128\n", {"matmul.txt:7: lhs_zero_point: ", "128"}},
      {kSound + "lhs_scale = 1,5\n", {"matmul.txt:7: lhs_scale: is 1,5, expected a number"}},
      {kSound + "lhs_scale = 1e99\n", {"matmul.txt:7: lhs_scale: is 1e99, expected a number"}},
      {kSound + "lhs_scale = 0\n", {"matmul.txt:7: lhs_scale: "}},
      {kSound + "lhs_type = s7\n", {"matmul.txt:7: lhs_type: is s7, expected one of s8, u8, f32"}},
      {kSound + "output.requantization = round\n",
       {"matmul.txt:7: output.requantization: is round", "fixed_two_roundings, fixed_one_rounding"}},
      {kSound + "allow_wrap = 1\n", {"matmul.txt:7: allow_wrap: is 1, expected yes or no"}},
      {kSound + "lhs_scales = scales.npy\n", {"matmul.txt:7: lhs_scales: is no key, expected one of n, k, max_m"}},
      {kSound + "output.clamp_min = 9\noutput.clamp_max = 8\n", {"matmul.txt:7: output.clamp_min: "}},
      {kSound + "output.activation = table\n", {"matmul.txt: output.table: "}},
      {kSound + "output.table = rhs.bin\n", {"matmul.txt:7: output.table: ", "rhs.bin has 6 bytes", "256 of s8"}},
      {replaced("rhs = rhs.bin\n", ""), {"matmul.txt: rhs: is missing, expected the file of the weights"}},
      {replaced("rhs.bin", "nowhere.bin"), {"matmul.txt:4: rhs: nowhere.bin: cannot be opened: No such file"}},
      {replaced("k = 3", "k = 4"), {"matmul.txt:4: rhs: rhs.bin has 6 bytes of elements, expected 8: 4 x 2 of s8"}},
      {replaced("= scales.npy", "= rhs.bin"),
       {"matmul.txt:5: rhs_scales: rhs.bin has 6 bytes", "expected 8: 2 of f32"}},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    folder.write("matmul.txt", c.text);
    check_refused(folder, "ottava pack matmul.txt -o out.ottava", 1, c.words);
  }
  std::filesystem::create_directory(folder.path("below"));
  folder.write("below/matmul.txt", kSound);
  check_refused(folder, "ottava pack below/matmul.txt -o out.ottava", 1,
                {"below/matmul.txt:4: rhs: below/rhs.bin: cannot be opened"});
}

TEST_CASE("ottava pack: refuses .npy files that are not what the description wants") {
  const Folder folder("npy");
  write_arrays(folder);
  folder.write("matmul.txt", replaced("rhs.bin", "rhs.npy"));
  const FileBytes data = {1, 2, 3, 4, 5, 6};
  const std::string type = "'descr': '|i1', ", order = "'fortran_order': False, ", shape = "'shape': (3, 2), ";
  folder.write("rhs.npy", npy(1, type + order + shape, data));
  REQUIRE(folder.run("ottava pack matmul.txt -o sound.ottava").status == 0);
  FileBytes version_3 = npy(1, type + order + shape, data), cut = version_3, no_data = version_3, wild = version_3;
  version_3[6] = 3;
  cut.resize(60);
  no_data.resize(no_data.size() - 1);
  wild[8] = wild[9] = 0xff;
  const struct {
    FileBytes file;
    const char* words;
  } cases[] = {
      {version_3, "is .npy of version 3, expected version 1 or 2"},
      {cut, "is cut off within the header of .npy"},
      {wild, "is cut off within the header of .npy"},
      {FileBytes(cut.begin(), cut.begin() + 7), "is cut off within the header of .npy"},
      {FileBytes(cut.begin(), cut.begin() + 10), "is cut off within the header of .npy"},
      {no_data, "has 5 bytes of elements, expected 6: 3 x 2 of s8"},
      {npy(1, "'descr': '|u1', " + order + shape, data), "is of the element type u1, expected 3 x 2 of s8 (i1)"},
      {npy(1, "'descr': '<f4', " + order + shape, data), "is of the element type f4, expected 3 x 2 of s8 (i1)"},
      {npy(1, "'descr': '>i4', " + order + shape, data), "is of the element type >i4, expected a little-endian one"},
      {npy(1, "'descr': [('a', '|i1')], " + order + shape, data), "without a plain 'descr'"},
      {npy(1, "'descr': '", data), "without a plain 'descr'"},
      {npy(1, order + shape, data), "without 'descr'"},
      {npy(1, type + shape, data), "without 'fortran_order'"},
      {npy(1, type + "'fortran_order': 1, " + shape, data), "whose 'fortran_order' is no truth value"},
      {npy(1, type + order, data), "without 'shape'"},
      {npy(1, type + order + "'shape': 6", data), "whose 'shape' is no tuple"},
      {npy(1, type + order + "'shape': (2, 3)", data), "has the shape (2, 3), expected (3, 2): 3 x 2 of s8"},
      {npy(1, type + order + "'shape': (6,)", data), "has the shape (6,), expected (3, 2): 3 x 2 of s8"},
  };
  for (const auto& c : cases) {
    folder.write("rhs.npy", c.file);
    check_refused(folder, "ottava pack matmul.txt -o out.ottava", 1, {"matmul.txt:4: rhs: rhs.npy ", c.words});
  }
}

TEST_CASE("ottava pack: refuses packed files that are damaged, kernels that do not exist, places that are none") {
  const Folder folder("packed");
  write_arrays(folder);
  folder.write("matmul.txt", kSound);
  REQUIRE(folder.run("ottava pack matmul.txt --kernel=arm_neon -o sound.ottava").status == 0);
  FileBytes file = folder.bytes("sound.ottava");
  const auto damaged = [&](std::size_t byte) {
    FileBytes copy = file;
    copy[byte] ^= 1;
    folder.write("damaged.ottava", copy);
  };
  const std::string damaged_line = "ottava pack damaged.ottava -o out.ottava";
  damaged(200);
  check_refused(folder, damaged_line, 1, {"damaged.ottava: is corrupt: the checksum of its header"});
  std::uint64_t weights = 0;  // where they begin
  std::memcpy(&weights, &file[40], sizeof weights);
  damaged(static_cast<std::size_t>(weights));  // of which --info alone says nothing
  for (const char* options : {" -o out.ottava", " --verify", " --info --kernel=portable"}) {
    check_refused(folder, "ottava pack damaged.ottava" + std::string(options), 1,
                  {"damaged.ottava: is corrupt: the checksum of its weights"});
  }
  CHECK(folder.run("ottava pack damaged.ottava --info").status == 0);
  damaged(3);
  check_refused(folder, damaged_line, 1, {"damaged.ottava: is no packed operator"});
  folder.write("damaged.ottava", FileBytes(file.begin(), file.end() - 1));
  check_refused(folder, damaged_line, 1, {"damaged.ottava: is truncated"});
  for (const char* input : {"matmul.txt", "sound.ottava"}) {
    const std::string line = "ottava pack " + std::string(input);
    check_refused(folder, line + " --kernel=fastest -o out.ottava", 1, {"--kernel: is no kernel", "fastest"});
    check_refused(folder, line + " -o nowhere/out.ottava", 1, {"nowhere/out.ottava: cannot be written: No such"});
    check_refused(folder, line + " --c=nowhere/out.c", 1, {"nowhere/out.c: cannot be written: No such"});
  }
  folder.write("matmul.txt", kSound + "lhs_order = column\n");
  check_refused(folder, "ottava pack matmul.txt --kernel=s8s8s32_indirect_4x8x2_portable -o out.ottava", 1,
                {"s8s8s32_indirect_4x8x2_portable declines", "row order"});
  check_refused(folder, "ottava pack nowhere.txt --info", 1, {"nowhere.txt: cannot be opened: No such file"});
}

TEST_CASE("ottava pack: arguments that are wrong exit with 2, help and version with 0") {
  const Folder folder("usage");
  write_arrays(folder);
  folder.write("matmul.txt", kSound);
  const struct {
    const char* line;
    const char* words;
  } cases[] = {{"ottava", "subcommand"},
               {"ottava unpack", "subcommand"},
               {"ottava pack", "input"},
               {"ottava pack matmul.txt", "-o, --c, --verify or --info"},
               {"ottava pack matmul.txt more.txt --info", "more.txt"},
               {"ottava pack matmul.txt --info --fast", "--fast"},
               {"ottava pack matmul.txt -o", "-o"},
               {"ottava pack matmul.txt --info --name=x", "--c"},
               {"ottava pack matmul.txt --info --no-bind", "--c"},
               {"ottava pack matmul.txt --c=x.c --name=1x", "1x is no identifier"},
               {"ottava pack matmul.txt --c=x.c --rule=none", "none"},
               {"ottava pack matmul.txt --c=x.c --no-bind --rule=power_of_two", "--rule"}};
  for (const auto& c : cases) check_refused(folder, c.line, 2, {c.words});
  CHECK_FALSE(std::filesystem::exists(folder.path("x.c")));
  const Ran help = folder.run("ottava pack --help");
  CHECK(help.status == 0);
  for (const char* option :
       {"input", "--kernel", "-o,--output", "--c ", "--name", "--no-bind", "--rule", "--verify", "--info"}) {
    INFO(option);
    CHECK(help.out.find(option) != std::string::npos);
  }
  CHECK(folder.run("ottava --help").out.find("pack") != std::string::npos);
  const Ran version = folder.run("ottava --version");
  CHECK(version.status == 0);
  CHECK(version.out == "ottava 0.1.0\n");
}
