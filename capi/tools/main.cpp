// The command `ottava`. Each subcommand is a function of its own file; here are their arguments alone.
//
// Exit status: 0; 1 where what was given is refused, in words on the standard error; 2 for arguments that are wrong.
#include <CLI/CLI.hpp>

#include <cstdio>

#include "c_source.h"
#include "matmul_description.h"
#include "pack.h"

using namespace ottava::tools;

namespace {

constexpr int kRefused = 1;
constexpr int kUsage = 2;

void add_pack(CLI::App* app, PackOptions* options) {
  CLI::App* const pack = app->add_subcommand("pack", "Pack the weights of an operator into a file, for any kernel");
  pack->add_option("input", options->input, "A description (docs/packing.md), or a file that is packed already")
      ->required();
  pack->add_option("--kernel", options->kernel,
                   "For this kernel, or what a CPU of this tier would choose; without it for this machine");
  CLI::Option* const output = pack->add_option("-o,--output", options->output, "The file to write");
  CLI::Option* const c = pack->add_option("--c", options->c_output, "C source of it to write");
  pack->add_option("--name", options->name, "What the operator is called in C; without it as the file of --c")
      ->needs(c)
      ->check([](const std::string& name) { return is_identifier(name) ? "" : name + " is no identifier of C"; });
  CLI::Option* const no_bind = pack->add_flag("--no-bind", options->no_bind, "In C the bytes alone, bound to no code");
  no_bind->needs(c);
  std::vector<std::string> rules;
  for (const Word& word : requantizations()) {
    if (word.value != OTTAVA_REQUANTIZE_NONE && word.value != OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN) {
      rules.push_back(word.text);
    }
  }
  pack->add_option("--rule", options->rule,
                   "In C: what a packed input, which does not tell, is requantized by to 8 bits")
      ->needs(c)
      ->excludes(no_bind)
      ->check(CLI::IsMember(rules));
  CLI::Option* const verify = pack->add_flag("--verify", options->verify, "Compare the checksums, weights included");
  CLI::Option* const info = pack->add_flag("--info", options->info, "Say what the file holds");
  pack->callback([=] {
    if (output->count() + c->count() + verify->count() + info->count() == 0) {
      throw CLI::RequiredError("-o, --c, --verify or --info: what to do");
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app("ottava: quantized 8-bit networks on CPUs", "ottava");
    std::uint32_t major = 0, minor = 0, patch = 0;
    ottava_version(&major, &minor, &patch);
    app.set_version_flag("--version",
                         "ottava " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch));
    app.require_subcommand(1);
    PackOptions pack_options;
    add_pack(&app, &pack_options);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : kUsage;
    }
    pack(pack_options);
    return 0;
  } catch (const std::exception& error) {  // Refused, or no memory
    std::fprintf(stderr, "ottava: %s\n", error.what());
    return kRefused;
  }
}
