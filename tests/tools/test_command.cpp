// The subcommands of `ottava` that look, time, verify and tune, run as their users run them: in words, as JSON, and
// given what is wrong. `ottava pack` has files of its own.
#include "support.h"
#include "tools/command.h"

using namespace ottava;

namespace {

// Runs a line whose output is JSON, of which the expression of Python, about `d`, must be true; without Python it only
// runs. What a pipe receives has no colours and is not written over.
void check_json(const Folder& folder, const std::string& line, const std::string& expression, int status = 0) {
  const Ran ran = folder.run(line + " --json");
  INFO(line << "\n" << ran.out << ran.err);
  REQUIRE(ran.status == status);
  CHECK(ran.err.empty());
  CHECK(ran.out.find_first_of("\r\x1b") == std::string::npos);
  folder.write("output.json", ran.out);
  folder.write("check.py",
               "import json\nd = json.load(open('output.json'))\n"
               "def near(a, b): return abs(a - b) < 0.001 * abs(b) + 1e-9\n"
               "assert (" +
                   expression + "), d\n");
  const Ran checked = folder.run("! command -v python3 >python || python3 check.py");
  INFO(expression << "\n" << checked.err);
  CHECK(checked.status == 0);
}

void check_wrong(const Folder& folder, const std::string& line, int status, const std::string& words) {
  const Ran ran = folder.run(line);
  INFO(line << "\n" << ran.out << ran.err);
  CHECK(ran.status == status);
  CHECK(ran.out.empty());
  CHECK(ran.err.find(words) != std::string::npos);
}

// A Python list of the names of kernels.
std::string names_of(const std::vector<const Kernel*>& kernels) {
  std::string names;
  for (const Kernel* kernel : kernels) names += "'" + std::string(kernel->name) + "', ";
  return "[" + names + "]";
}

}  // namespace

TEST_CASE("ottava cpu: tells what was detected, the tiers and the kernels") {
  const Folder folder("cpu");
  const Ran ran = folder.run("ottava cpu");
  CHECK(ran.status == 0);
  for (const char* words :
       {"cpu       ", "features  ", "caches    ", "tier      portable         usable", "kernel    "}) {
    CHECK(ran.out.find(words) != std::string::npos);
  }
  check_json(
      folder, "ottava cpu",
      "d['version'] == '0.1.0' and d['cores'] > 0 and d['l1d_bytes'] > 0 and d['optimized'] in (True, False) and "
      "[t for t in d['tiers'] if t['name'] == 'portable'][0]['usable'] and "
      "all(t['usable'] or t['reason'] for t in d['tiers'] + d['kernels'])");
  check_json(
      folder, "ottava cpu",
      "set(" + names_of(runnable_kernels_for_some_weights()) + ") == {k['name'] for k in d['kernels'] if k['usable']}");
  check_json(folder, "OTTAVA_ISA=portable ottava cpu",
             "{t['name'] for t in d['tiers'] if t['usable']} == {'portable'}");
}

TEST_CASE("ottava explain: is what the library predicts, in words and as JSON") {
  const Folder folder("explain");
  const KernelContext context(nullptr);
  ottava_matmul_desc desc = OTTAVA_MATMUL_DESC_INIT;
  ottava_output output = OTTAVA_OUTPUT_INIT;
  desc.n = 1536, desc.k = 64, desc.max_m = 8;
  desc.lhs_type = OTTAVA_TYPE_U8, desc.lhs_zero_point = 117;
  output.type = OTTAVA_TYPE_U8;
  ottava_route route = OTTAVA_ROUTE_INIT;
  REQUIRE(ottava_matmul_predict(context.get(), &desc, &output, 8, &route, nullptr) == OTTAVA_OK);
  const std::string line = "ottava explain 8 1536 64 --lhs u8 --lhs-zero-point 117 --dst u8";
  const Ran ran = folder.run(line);
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out.find("route     " + std::string(route.words) + "\n") != std::string::npos);
  CHECK(ran.out.find("kernel    " + std::string(route.kernel) + ", tier ") != std::string::npos);
  CHECK(ran.out.find("predicted " + std::to_string(route.predicted_cycles) + " cycles, bound by ") !=
        std::string::npos);
  check_json(folder, line,
             "d['n'] == 1536 and d['kernel'] == '" + std::string(route.kernel) + "' and d['predicted_cycles'] == " +
                 std::to_string(route.predicted_cycles) + " and d['tile_n'] == " + std::to_string(route.tile_n) +
                 " and d['bound'] in ('multiply', 'memory', 'call') and not d['tuned'] and d['threads'] == 1");
  check_json(folder, "ottava explain 300 300 300 --tier portable --small-m-rows -1 --kernel s8s8s32_4x8x2_portable",
             "d['kernel'] == 's8s8s32_4x8x2_portable' and d['tier'] == 'portable' and d['small_m_rows'] == 0");
  check_json(folder, "ottava explain 300 300 300 --threads 2 --thread-cut columns --work-per-thread 1",
             "d['thread_cut'] == 'columns' and d['threads'] == 2");
  check_json(folder, "ottava explain 30 40 50 --lhs f32 --dst f32 --quantization xnnpack --per-channel",
             "d['packed_bytes'] > 2000");
  for (const char* rule : {"power_of_two", "multiply_shift_half_up", "gemmlowp_by_fixed_point", "float_nearest_even"}) {
    check_json(folder, "ottava explain 3 4 5 --rule " + std::string(rule), "d['kernel'] != ''");
  }
}

TEST_CASE("ottava explain: of packed operators") {
  const Folder folder("explain_packed");
  folder.write("weights.bin", FileBytes(16 * 9 * 4, 3));
  folder.write("matmul.txt", std::string("operator = matmul\nn = 16\nk = 36\nrhs = weights.bin\n"));
  folder.write("conv.txt",
               std::string("operator = conv2d\ninput_channels = 4\noutput_channels = 16\nweights = weights.bin\n"
                           "window.kernel_height = 3\nwindow.kernel_width = 3\n"));
  const Ran packed = folder.run("ottava pack matmul.txt -o matmul.ottava && ottava pack conv.txt -o conv.ottava");
  INFO(packed.err);
  REQUIRE(packed.status == 0);
  check_json(folder, "ottava pack matmul.ottava --info", "d['operator'] == 'matmul' and d['n'] == 16 and d['k'] == 36");
  check_json(folder, "ottava explain 5 --packed matmul.ottava", "d['packed'] == 'matmul.ottava' and d['kernel'] != ''");
  check_json(folder, "ottava explain 1 8 8 --packed conv.ottava", "d['kernel'] != '' and d['threads'] == 1");
  check_wrong(folder, "ottava explain 1 --packed conv.ottava", 2, "conv.ottava is a layer, expected its batch, height");
  check_wrong(folder, "ottava explain 1 2 3 --packed matmul.ottava", 2, "matmul.ottava is a matmul, expected M");
  check_wrong(folder, "ottava explain 1 --packed matmul.txt", 1, "matmul.txt: is no packed operator");
}

TEST_CASE("ottava bench: figures that go together, with and without a tuning") {
  const Folder folder("bench");
  folder.write("shapes.txt", std::string("# two shapes\n7x8x9\nlayer 16 32 64 # the last\n"));
  const std::string rows =
      "all(near(s['gops'], 2 * s['m'] * s['n'] * s['k'] / s['ns']) and s['best_ns'] <= s['ns'] and "
      "near(s.get('share_of_peak', 0), s['gops'] / s.get('peak_gops', 1e30)) "
      "for s in d['shapes'])";
  check_json(folder, "ottava bench 5x6x7 random:2:9 --file shapes.txt --seconds 0.05",
             "len(d['shapes']) == 5 and d['shapes'][4]['n'] == 32 and 0 < d['clock_ghz'] < 8 and " + rows);
  check_json(folder, "ottava bench 5x6x7 --lhs f32 --dst f32 --runtime-rhs --threads 2 --seconds 0.01", rows);
  const Ran ran = folder.run("ottava bench 5x6x7 --seconds 0.01");
  CHECK(ran.status == 0);
  CHECK(ran.out.find("\n5x6x7 ") != std::string::npos);
  CHECK(ran.err.empty());

  const Ran tuned = folder.run("ottava tune 5x6x7 -o my.tuning --seconds 0.1");
  INFO(tuned.err);
  CHECK(tuned.status == 0);
  CHECK(tuned.out.find("\n5x6x7 ") != std::string::npos);
  CHECK(tuned.out.find("written to my.tuning\n") != std::string::npos);
  check_json(folder, "ottava tune 16x32x64 -o both.tuning --merge my.tuning --seconds 0.1",
             "d['file'] == 'both.tuning' and len(d['lines']) == 1 and d['lines'][0]['n'] == 32 and "
             "d['lines'][0]['gain'] >= 1 and d['mean_gain'] >= 1");
  CHECK(folder.text("both.tuning").find("n=6 k=7 ") != std::string::npos);
  check_json(folder, "ottava bench 5x6x7 16x32x64 --tuning both.tuning --seconds 0.05",
             "all(near(s['gain'], s['ns'] / s['tuned_ns']) for s in d['shapes'])");
  CHECK(folder.run("ottava explain 5 6 7 --tuning both.tuning").status == 0);
  std::string other = folder.text("both.tuning");
  other.replace(other.find("cpu="), 4, "cpu=Another ");
  folder.write("other.tuning", other);
  check_wrong(folder, "ottava bench 5x6x7 --tuning other.tuning", 1, "other.tuning: is of another machine");
  CHECK(folder.run("ottava bench 5x6x7 --seconds 0.01 --tuning other.tuning --foreign").status == 0);
  folder.write("other.tuning", std::string());
  check_wrong(folder, "ottava bench 5x6x7 --tuning other.tuning", 1, "other.tuning: line 1");
}

TEST_CASE("ottava bench: counts the predictions that hold, of times and of kernels") {
  const Folder folder("bench_predictions");
  const std::string line = "ottava bench 5x6x7 40x64x64 random:3 --kernels --seconds 0.3";
  const std::string runs = "[[s] + s['other_kernels'] for s in d['shapes'] if 'other_kernels' in s]";
  check_json(folder, line,
             "all(near(r['predicted_ns'] * r['clock_ghz'], r['predicted_cycles']) for r in d['shapes']) and "
             "d['predictions']['shapes'] == 5 and d['predictions']['within_25_percent'] == "
             "sum(abs(s['predicted_ns'] / s['best_ns'] - 1) <= 0.25 for s in d['shapes'])");
  check_json(folder, line,
             "all(len({r['kernel'] for r in k}) == len(k) and {r['kernel'] for r in k} <= set(" +
                 names_of(runnable_kernels_for_some_weights()) + ") for k in " + runs + ")");
  check_json(
      folder, line,
      "(lambda p, runs: p.get('shapes_of_kernels', 0) == len(runs) and p.get('fastest_within_5_percent', 0) == "
      "sum(min(k, key=lambda r: r['predicted_ns'])['best_ns'] <= 1.05 * min(r['best_ns'] for r in k) for k in runs) "
      "and "
      "p.get('pairs', 0) == sum(a['best_ns'] > 1.1 * b['best_ns'] for k in runs for a in k for b in k) and "
      "p.get('pairs_in_order', 0) == sum(a['best_ns'] > 1.1 * b['best_ns'] and a['predicted_ns'] > b['predicted_ns'] "
      "for k in runs for a in k for b in k))(d['predictions'], " +
          runs + ")");
  check_json(folder, "OTTAVA_ISA=portable ottava bench 40x64x64 --kernels --seconds 0.05",
             "d['shapes'][0]['kernel'].endswith('_portable') and d['predictions']['shapes_of_kernels'] == 1");
  const Ran ran = folder.run(line);
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out.find("\npredicted within 25 % of measured: ") != std::string::npos);
}

TEST_CASE("ottava verify: each kernel that runs here is held to the reference, and a case can be repeated") {
  const Folder folder("verify");
  const std::string kernels = names_of(runnable_kernels_for_some_weights());
  // However short the time, each is run.
  check_json(folder, "ottava verify --seconds 0.001",
             "d['equal'] and set(" + kernels +
                 ") == {s['name'] for s in d['subjects'] if s['kernel']} and "
                 "all(s['cases'] > 0 and s['different'] == 0 for s in d['subjects'])");
  check_json(folder, "ottava verify --cases 3 --seed 77 --tier portable",
             "d['equal'] and d['seed'] == 77 and all(s['cases'] + s['declined'] == 3 for s in d['subjects']) and "
             "{s['name'] for s in d['subjects'] if not s['kernel']} == {l + '@portable' for l in "
             "('conv2d', 'depthwise_conv2d', 'transposed_conv2d', 'pool2d', 'add')}");
  const Ran long_one = folder.run("ottava verify --seconds 1.5 --only s8s8s32_4x8x2_portable");
  CHECK(long_one.status == 0);
  CHECK(long_one.err.empty());  // no progress in a file
  CHECK(long_one.out.find("equal: ") != std::string::npos);
  check_wrong(folder, "ottava verify --only fastest", 2, "--only is fastest, expected one of ");
  check_wrong(folder, "ottava verify --seconds 0", 2, "--seconds is not above 0");
}

TEST_CASE("ottava verify: a library that is wrong in one bit is found out, by cases that can be repeated") {
  const Folder folder("verify_broken");
  folder.write(
      "broken.c",
      "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <ottava/ottava.h>\n"
      "ottava_status ottava_matmul_execute(const ottava_matmul* operation, const ottava_matmul_run_desc* run,\n"
      "                                    const ottava_matmul_operands* operands, ottava_error* error) {\n"
      "  ottava_status (*execute)(const ottava_matmul*, const ottava_matmul_run_desc*,\n"
      "                           const ottava_matmul_operands*, ottava_error*);\n"
      "  *(void**)&execute = dlsym(RTLD_NEXT, \"ottava_matmul_execute\");\n"
      "  ottava_status status = execute(operation, run, operands, error);\n"
      "  if (status == OTTAVA_OK && operands->dst) *(unsigned char*)operands->dst ^= 1;\n"
      "  return status;\n}\n");
  const Ran built =
      folder.run(OTTAVA_TEST_C_COMPILER " -shared -fPIC -I'" OTTAVA_TEST_SOURCE "/include' broken.c -o broken.so -ldl");
  INFO(built.err);
  REQUIRE(built.status == 0);
  const std::string line = "LD_PRELOAD=./broken.so ottava verify --only s8s8s32_4x8x2_portable --seed 5 --cases 20";
  check_json(folder, line,
             "not d['equal'] and len(d['differences']) == 3 and d['subjects'][0]['different'] == 3 and "
             "d['differences'][0]['repeat'].startswith('ottava verify --only s8s8s32_4x8x2_portable --seed ')",
             1);
  const Ran ran = folder.run(line);
  CHECK(ran.status == 1);
  const std::string again = "\n  again: ";
  const std::size_t at = ran.out.find(again);
  REQUIRE(at != std::string::npos);
  const std::string repeat = ran.out.substr(at + again.size(), ran.out.find('\n', at + 1) - at - again.size());
  INFO(repeat);
  CHECK(folder.run(repeat).status == 0);
  const Ran repeated = folder.run("LD_PRELOAD=./broken.so " + repeat);
  CHECK(repeated.status == 1);
  CHECK(repeated.out.find("NOT EQUAL: 1 cases") != std::string::npos);
}

TEST_CASE("ottava conformance: writes the vectors, and holds the library to those of a folder") {
  const Folder folder("vectors");
  check_json(folder, "ottava conformance write made/here",
             "d['folder'] == 'made/here' and len(d['files']) > 20 and all(f['vectors'] > 0 for f in d['files'])");
  check_json(folder, "ottava conformance check made/here --tier portable",
             "d['passed'] and len(d['files']) > 20 and all(f['passed'] == f['total'] for f in d['files'])");
  REQUIRE(folder
              .run("echo s32.txt > made/here/index.txt; sed -i 's/x=7 /x=8 /;s/result=7$/result=6/' made/here/s32.txt;"
                   "sed -i '2s/result=.*/result=3/' made/here/s32.txt")
              .status == 0);
  const Ran wrong = folder.run("ottava conformance check made/here --tier portable");
  CHECK(wrong.status == 1);
  CHECK(wrong.out.find("portable: s32.txt:2: ") != std::string::npos);
  const Ran none = folder.run("ottava conformance check nowhere");
  CHECK(none.status == 1);
  CHECK(none.out.find("nowhere/index.txt names no file") != std::string::npos);
  check_wrong(folder, "ottava conformance write /dev/null/x", 1, "/dev/null/x: cannot be made");
  check_wrong(folder, "ottava conformance", 2, "subcommand");
}

TEST_CASE("ottava: arguments that are wrong are named") {
  const Folder folder("wrong");
  folder.write("bad.txt", std::string("1 2 3\nlayer 4 5\n"));
  const struct {
    const char* line;
    int status;
    const char* words;
  } cases[] = {
      {"ottava explain 1 2 -1", 2, "ottava: explain: K is -1, expected 0 or more"},
      {"ottava explain 1 2", 2, "ottava: explain: K is missing"},
      {"ottava explain 1 x 3", 2, "x"},
      {"ottava explain 1 2 3 --lhs s16", 2, "--lhs is s16, expected one of s8, u8, f32"},
      {"ottava explain 1 2 3 --dst s4", 2, "--dst is s4, expected one of s8, u8, s16, s32, f32"},
      {"ottava explain 1 2 3 --rule best", 2, "--rule is best, expected one of none, fixed_two_roundings"},
      {"ottava explain 1 2 3 --quantization divide", 2, "--quantization goes with --lhs f32 alone"},
      {"ottava explain 1 2 3 --lhs-zero-point 200", 1, "lhs_zero_point"},
      {"ottava explain 1 2 3 --tier z80", 2, "--tier is z80, expected one of "},
      {"ottava explain 1 2 3 --lhs-rows some", 2, "--lhs-rows is some, expected one of packed, in_place"},
      {"ottava explain 1 2 3 --schedule never", 2, "--schedule is never, expected one of out_of_order, in_order"},
      {"ottava explain 1 2 3 --thread-cut all", 2, "--thread-cut is all, expected one of none, rows, columns"},
      {"ottava explain 1 2 3 --kernel fastest", 1, "--kernel: is \"fastest\""},
      {"ottava explain 1 2 3 --block-rows -2", 1, "--block-rows: is -2"},
      {"ottava explain 1 2 3 --threads 5000", 1, "--threads: is 5000"},
      {"ottava explain 1 2 3 --tuning nowhere", 1, "nowhere: cannot be opened"},
      {"ottava explain 1 2 3 --foreign", 2, "--tuning"},
      {"ottava bench", 2, "ottava: bench: shape is missing"},
      {"ottava bench 1x2", 2, "shape is 1x2, expected MxNxK"},
      {"ottava bench 1x2x0", 2, "shape is 1x2x0, expected MxNxK"},
      {"ottava bench random:0", 2, "shape is random:0"},
      {"ottava bench random:3:4:5", 2, "shape is random:3:4:5"},
      {"ottava bench --file bad.txt", 1, "bad.txt:2: is layer 4 5, expected M N K"},
      {"ottava bench 1x2x3 --seconds -1", 2, "--seconds is negative"},
      {"ottava tune 1x2x3", 2, "--output is required"},
      {"ottava tune -o x", 2, "shape is missing"},
      {"ottava tune 1x2x3 -o nowhere/x --seconds 0.01", 1, "nowhere/x: cannot be written"},
      {"ottava cpu more", 2, "more"},
  };
  for (const auto& c : cases) check_wrong(folder, c.line, c.status, c.words);
}

TEST_CASE("ottava: the man page and the completions name each subcommand and each option of its help") {
  const Folder folder("documents");
  const std::string share = OTTAVA_TEST_SOURCE "/capi/tools/share/";
  const auto read = [&](const std::string& name) {
    std::ifstream file(share + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  };
  std::string page = read("ottava.1");
  for (std::size_t at; (at = page.find("\\-")) != std::string::npos;) page.erase(at, 1);
  const std::string bash = read("ottava.bash"), fish = read("ottava.fish");
  int options = 0;
  for (const char* command :
       {"", "cpu", "explain", "bench", "verify", "tune", "pack", "conformance write", "conformance check"}) {
    const Ran help = folder.run("ottava " + std::string(command) + " --help");
    INFO(command);
    CHECK(help.status == 0);
    CHECK(page.find("ottava " + std::string(command)) != std::string::npos);
    std::istringstream lines(help.out);
    bool listed = false;
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty() && line[0] != ' ') listed = line == "Options:" || line == "Subcommands:";
      if (!listed || line.rfind("  ", 0) != 0 || line.size() < 3 || line[2] == ' ') continue;
      std::istringstream names(line.substr(2, line.find(' ', 2) - 2));
      for (std::string name; std::getline(names, name, ',');) {
        INFO(name);
        ++options;
        CHECK(page.find(name) != std::string::npos);
        CHECK(bash.find(name) != std::string::npos);
        if (name == "-h" || name == "--help") continue;
        const std::string in_fish = name.rfind("--", 0) == 0 ? "-l " + name.substr(2) + " "
                                    : name[0] == '-'         ? "-s " + name.substr(1) + " "
                                                             : "-a " + name + " ";
        CHECK(fish.find(in_fish) != std::string::npos);
      }
    }
  }
  CHECK(options > 90);
  const Ran man = folder.run("! command -v man >/dev/null || man -l --warnings '" + share + "ottava.1' >page");
  CHECK(man.status == 0);
  CHECK(man.err.empty());
  const Ran parsed = folder.run("! command -v bash >/dev/null || bash -n '" + share + "ottava.bash'");
  CHECK(parsed.status == 0);
}
