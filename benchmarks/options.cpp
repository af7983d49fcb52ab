// Reads the command line.
#include "options.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "rules.h"
#include "support.h"

namespace bench {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> items;
  std::istringstream stream(list);
  for (std::string item; std::getline(stream, item, ',');) {
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

std::uint32_t number(const std::string& words, std::uint32_t most) {
  char* end = nullptr;
  const unsigned long value = std::strtoul(words.c_str(), &end, 10);
  if (words.empty() || *end != '\0' || value < 1 || value > most) fail("not a number from 1 on: " + words);
  return static_cast<std::uint32_t>(value);
}

void append(const std::vector<std::string>& items, std::vector<std::string>* to) {
  to->insert(to->end(), items.begin(), items.end());
}

}  // namespace

// `./dev bench --help` reads these lines from here: one literal each, nothing in it to be escaped but its end.
const char* usage() {
  return "ottava_bench [option...] [option of Google Benchmark, --benchmark_...]\n"
         "  --shapes=SHAPES,... shapes to time, each of them (networks): MxNxK; random:COUNT[:SEED], drawn evenly in\n"
         "                      the logarithm of each size, 1 to 4096, 2^31 multiply-adds at most (200 take below 5\n"
         "                      minutes with --turns=31; seed 1); a file of 'origin M N K', or the name of one in\n"
         "                      benchmarks/shapes (arm, layers, networks, squares)\n"
         "  --networks[=FILE,...]  layers of networks instead of matmuls: files of benchmarks/networks (mobilenet_v1,\n"
         "                      mobilenet_v2,resnet50), on the best tier unless --tier names others\n"
         "  --tier=NAME,...     tiers to time (all that are usable); with one alone, oneDNN is kept to it as well\n"
         "  --cpu=NAME          everybody sees a CPU with nothing beyond this tier: x86_avx2, x86_avxvnni or\n"
         "                      x86_avx512vnni (Linux on x86-64, where the CPU lets CPUID be refused to a process)\n"
         "  --threads=N,...     numbers of threads to time (1); more of them are compared with the fewest\n"
         "  --rule=NAME         ottava's output stage (float_nearest_even, which oneDNN and XNNPACK compute)\n"
         "  --weights=8bit|7bit weights from all of s8 (8bit), or from -64 to 63, with which libraries are right\n"
         "                      whose product saturates at 16 bits\n"
         "  --turns=N           slices of time that each one gets, in turn with the others of its shape (101)\n"
         "  --best              count the best slice of each one instead of the median: for a busy machine\n"
         "\n"
         "  --benchmark_filter=REGEX  probe/, matmul/ and peer/ are run unless this names others, such as\n"
         "                      matmul/x86_avx2/8x64x1536; there are also pack/ (packing of the weights),\n"
         "                      load/ (of a packed file), kernel/ and stage/ (one tile), float/ (a float lhs to f32,\n"
         "                      beside another library, and to s8, and the quantization of its rows alone;\n"
         "                      --shapes=float has shapes for it)\n"
         "                      changing/ (a rhs that each run brings, of the operator's sizes or an eighth of them)\n"
         "                      and rules/ (every rule against the float rule)\n"
         "  --benchmark_out=FILE --benchmark_out_format=json|csv  the figures, counters included\n";
}

Options take_options(int* argc, char** argv) {
  Options options;
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    const std::string word = argv[i];
    const auto equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "--shapes") {
      append(split(value), &options.shapes);
    } else if (key == "--networks") {
      append(split(value.empty() ? "mobilenet_v1,mobilenet_v2,resnet50" : value), &options.networks);
    } else if (key == "--tier") {
      append(split(value), &options.tiers);
    } else if (key == "--cpu") {
      options.cpu = value;
    } else if (key == "--threads") {
      for (const std::string& item : split(value)) options.threads.push_back(number(item, 1024));
    } else if (key == "--rule") {
      options.rule = rule_of(value);
      options.rule_name = value;
    } else if (key == "--weights") {
      if (value != "8bit" && value != "7bit") fail("no such weights: " + value);
      weight_bits = value == "7bit" ? WeightBits::k7 : WeightBits::k8;
    } else if (key == "--turns") {
      options.turns = static_cast<int>(number(value, 1000000));
    } else if (word == "--best") {
      options.best = true;
    } else if (word == "--help" || word == "-h") {
      options.help = true;
    } else {
      argv[kept++] = argv[i];
    }
  }
  *argc = kept;
  if (options.shapes.empty()) options.shapes.push_back("networks");
  if (options.threads.empty()) options.threads.push_back(1);
  std::sort(options.threads.begin(), options.threads.end());
  options.threads.erase(std::unique(options.threads.begin(), options.threads.end()), options.threads.end());
  return options;
}

}  // namespace bench
