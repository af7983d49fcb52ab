// The command `ottava`. Each subcommand is a function of its own file; here are their arguments alone.
//
// Exit status: 0; 1 where what was given is refused, in words on the standard error, or found to be wrong; 2 for
// arguments that are wrong.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>

#include "bench.h"
#include "c_source.h"
#include "conformance.h"
#include "cpu.h"
#include "explain.h"
#include "pack.h"
#include "tune.h"
#include "verify.h"

using namespace ottava::tools;

namespace {

constexpr int kRefused = 1;
constexpr int kUsage = 2;

// Set by the subcommand that is given; returns whether all is as it should be.
using Action = std::function<bool()>;

template <class Options>
Action always(void (*run)(const Options&), const Options* options) {
  return [run, options] {
    run(*options);
    return true;
  };
}

void add_json(CLI::App* app, bool* json) { app->add_flag("--json", *json, "Print one JSON object instead of words"); }

void add_machine(CLI::App* app, MachineOptions* options) {
  app->add_option("--threads", options->threads, "Most threads of a run; 0: one for each core");
  app->add_option("--tier", options->tier, "No tier above this one, by name (ottava cpu lists them)");
}

void add_knobs(CLI::App* app, KnobOptions* options) {
  app->add_option("--kernel", options->kernel, "This kernel for runs of many rows (ottava cpu lists them)");
  app->add_option("--lhs-rows", options->lhs_rows, "The lhs: packed or in_place");
  app->add_option("--schedule", options->schedule, "Of instructions: out_of_order or in_order");
  app->add_option("--thread-cut", options->thread_cut, "What threads share out: none, rows or columns");
  app->add_option("--small-m-rows", options->small_m_rows, "So many rows take the kernel for few rows; -1: none");
  app->add_option("--block-rows", options->block_rows, "Rows of the lhs that are prepared at once");
  app->add_option("--block-columns", options->block_columns, "Channels of a piece of work");
  app->add_option("--work-per-thread", options->work_per_thread, "Multiply-adds for which a further thread is woken");
}

void add_tuning(CLI::App* app, TuningOptions* options) {
  CLI::Option* const file = app->add_option("--tuning", options->file, "A tuning file, of ottava tune");
  app->add_flag("--foreign", options->foreign, "Take it from another machine or version too")->needs(file);
}

void add_operands(CLI::App* app, OperandOptions* options) {
  app->add_option("--lhs", options->lhs, "Type of the activations: s8 (the default), u8 or f32");
  app->add_option("--rhs", options->rhs, "Type of the weights: s8 (the default) or u8");
  app->add_option("--dst", options->dst, "Type of the result: s8 (the default), u8, s16, s32 or f32");
  app->add_option("--rule", options->rule, "Requantization, as OTTAVA_REQUANTIZE_... in lower case");
  app->add_option("--quantization", options->quantization, "Of a float lhs, as OTTAVA_QUANTIZE_... in lower case");
  app->add_option("--lhs-zero-point", options->lhs_zero_point, "Zero point of the activations");
  app->add_option("--rhs-zero-point", options->rhs_zero_point, "Zero point of the weights");
  app->add_flag("--per-channel", options->per_channel, "Weights with a scale for each channel");
  app->add_flag("--no-bias", options->no_bias, "Without a bias");
  app->add_flag("--rhs-by-column", options->rhs_by_column, "Weights that lie N x K");
  app->add_flag("--runtime-rhs", options->runtime_rhs, "Weights known at run time, as in attention");
}

void add_shapes(CLI::App* app, std::vector<std::string>* shapes, std::string* file) {
  app->add_option("shape", *shapes, "MxNxK, or random:COUNT[:SEED]");
  app->add_option("--file", *file, "A file of shapes: lines of M N K, or origin M N K");
}

void add_cpu(CLI::App* app, CpuOptions* options, Action* action) {
  CLI::App* const cpu = app->add_subcommand("cpu", "Say what this machine is, and which tiers and kernels run on it");
  add_json(cpu, &options->json);
  cpu->callback([=] { *action = always(ottava::tools::cpu, options); });
}

void add_explain(CLI::App* app, ExplainOptions* options, Action* action) {
  CLI::App* const explain = app->add_subcommand("explain", "Say how a product runs here, and how long: a prediction");
  explain->add_option("sizes", options->sizes, "M N K; with --packed M, or batch, height and width of a layer")
      ->required();
  explain->add_option("--packed", options->packed, "Of this packed operator, a file of ottava pack");
  add_operands(explain, &options->operands);
  add_machine(explain, &options->machine);
  add_knobs(explain, &options->knobs);
  add_tuning(explain, &options->tuning);
  add_json(explain, &options->json);
  explain->callback([=] { *action = always(ottava::tools::explain, options); });
}

void add_bench(CLI::App* app, BenchOptions* options, Action* action) {
  CLI::App* const bench = app->add_subcommand("bench", "Time products, beside the peak, the prediction and a tuning");
  add_shapes(bench, &options->shapes, &options->file);
  bench->add_option("--seconds", options->seconds, "In all; without it a quarter of a second for each shape");
  bench->add_flag("--kernels", options->kernels,
                  "Also each other kernel that takes a shape, and their predicted order");
  add_operands(bench, &options->operands);
  add_machine(bench, &options->machine);
  add_knobs(bench, &options->knobs);
  add_tuning(bench, &options->tuning);
  add_json(bench, &options->json);
  bench->callback([=] { *action = always(ottava::tools::bench, options); });
}

void add_verify(CLI::App* app, VerifyOptions* options, Action* action) {
  CLI::App* const verify = app->add_subcommand("verify", "Hold every kernel of this CPU to the reference, bit for bit");
  CLI::Option* const seconds = verify->add_option("--seconds", options->seconds, "How long; 10 by default");
  verify->add_option("--cases", options->cases, "So many cases of each instead")->excludes(seconds);
  CLI::Option* const seed =
      verify->add_option("--seed", options->seed, "Of the first case; without it another each time");
  verify->add_option("--only", options->only, "This kernel alone, or layer@tier");
  verify->add_option("--tier", options->tier, "No tier above this one, by name");
  add_json(verify, &options->json);
  verify->callback([=] {
    options->seeded = seed->count() != 0;
    *action = [=] { return ottava::tools::verify(*options); };
  });
}

void add_tune(CLI::App* app, TuneOptions* options, Action* action) {
  CLI::App* const tune = app->add_subcommand("tune", "Measure what is better than the defaults, into a tuning file");
  add_shapes(tune, &options->shapes, &options->file);
  tune->add_option("-o,--output", options->output, "The tuning file to write")->required();
  tune->add_option("--merge", options->merge, "Keep the lines of this one too");
  tune->add_option("--seconds", options->seconds, "In all; without it one for each shape");
  add_operands(tune, &options->operands);
  add_machine(tune, &options->machine);
  add_json(tune, &options->json);
  tune->callback([=] { *action = always(ottava::tools::tune, options); });
}

void add_pack(CLI::App* app, PackOptions* options, Action* action) {
  CLI::App* const pack = app->add_subcommand("pack", "Pack the weights of an operator into a file, for any kernel");
  pack->add_option("input", options->input, "A description (docs/packing.md), or a file that is packed already")
      ->required();
  pack->add_option("--kernel", options->kernel,
                   "For this kernel, or what a CPU of this tier would choose; without it for this machine");
  CLI::Option* const output = pack->add_option("-o,--output", options->output, "The file to write");
  CLI::Option* const c = pack->add_option("--c", options->c_output, "C source of it to write, as firmware.h has it");
  pack->add_option("--name", options->name, "What the operator is called in C; without it as the file of --c")
      ->needs(c)
      ->check([](const std::string& name) { return is_identifier(name) ? "" : name + " is no identifier of C"; });
  pack->add_flag("--no-bind", options->no_bind, "In C the bytes alone, bound to no code")->needs(c);
  CLI::Option* const verify = pack->add_flag("--verify", options->verify, "Compare the checksums, weights included");
  CLI::Option* const info = pack->add_flag("--info", options->info, "Say what the file holds");
  add_json(pack, &options->json);
  pack->callback([=] {
    if (output->count() + c->count() + verify->count() + info->count() == 0) {
      throw CLI::RequiredError("-o, --c, --verify or --info: what to do");
    }
    *action = always(ottava::tools::pack, options);
  });
}

void add_conformance(CLI::App* app, ConformanceOptions* options, Action* action) {
  CLI::App* const conformance = app->add_subcommand("conformance", "Write or check vectors for other implementations");
  conformance->require_subcommand(1);
  CLI::App* const write = conformance->add_subcommand("write", "Write the vectors of the reference to a folder");
  write->add_option("folder", options->folder, "Where; it is made")->required();
  add_json(write, &options->json);
  write->callback([=] { *action = always(write_vectors, options); });
  CLI::App* const check = conformance->add_subcommand("check", "Hold this library to the vectors of a folder");
  check->add_option("folder", options->folder, "Where index.txt lies")->required();
  check->add_option("--tier", options->tier, "On this tier alone; without it on each that runs here");
  add_json(check, &options->json);
  check->callback([=] { *action = [=] { return check_vectors(*options); }; });
}

}  // namespace

int main(int argc, char** argv) {
  std::string subcommand;
  const auto complain = [&subcommand](const std::exception& error) {
    std::fprintf(stderr, "ottava: %s%s\n", subcommand.c_str(), error.what());
  };
  try {
    CLI::App app("ottava: quantized 8-bit networks on CPUs", "ottava");
    std::uint32_t major = 0, minor = 0, patch = 0;
    ottava_version(&major, &minor, &patch);
    app.set_version_flag("--version",
                         "ottava " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch));
    app.require_subcommand(1);
    Action action;
    CpuOptions cpu_options;
    ExplainOptions explain_options;
    BenchOptions bench_options;
    VerifyOptions verify_options;
    TuneOptions tune_options;
    PackOptions pack_options;
    ConformanceOptions conformance_options;
    add_cpu(&app, &cpu_options, &action);
    add_explain(&app, &explain_options, &action);
    add_bench(&app, &bench_options, &action);
    add_verify(&app, &verify_options, &action);
    add_tune(&app, &tune_options, &action);
    add_pack(&app, &pack_options, &action);
    add_conformance(&app, &conformance_options, &action);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : kUsage;
    }
    subcommand = app.get_subcommands()[0]->get_name() + ": ";
    return action() ? 0 : kRefused;
  } catch (const Misused& error) {
    complain(error);
    return kUsage;
  } catch (const std::exception& error) {  // Refused, or no memory
    complain(error);
    return kRefused;
  }
}
