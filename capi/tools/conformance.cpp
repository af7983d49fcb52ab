#include "conformance.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "conformance/check.h"
#include "conformance/generate.h"
#include "json.h"
#include "machine.h"
#include "progress.h"

namespace ottava::tools {
namespace {

struct Told {
  bool json;
  Json list;
  Progress progress;
};

void tell(void* user, const char* tier, const char* file, long passed, long total, int stopped) {
  Told* const told = static_cast<Told*>(user);
  told->progress.clear();
  if (told->json) {
    told->list.begin('{').with("tier", tier).with("file", file).with("passed", std::int64_t{passed});
    told->list.with("total", std::int64_t{total}).with("stopped", stopped != 0).end('}');
  } else {
    std::printf("%s: %s: %ld of %ld passed%s\n", tier, file, passed, total, stopped != 0 ? ", then stopped" : "");
  }
  told->progress.tell(std::string("conformance: ") + tier + ", after " + file);
}

}  // namespace

void write_vectors(const ConformanceOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) throw Refused(options.folder + ": cannot be made: " + failed.message());
  const std::vector<conformance::File> files = conformance::generate(options.folder);
  if (!conformance::write(options.folder, files)) throw Refused(options.folder + ": cannot be written to");
  Json json;
  json.begin('{').with("folder", options.folder).key("files").begin('[');
  for (const conformance::File& file : files) {
    json.begin('{').with("file", file.name()).with("vectors", file.count()).end('}');
    if (!options.json) std::printf("%s: %lld vectors\n", file.name().c_str(), static_cast<long long>(file.count()));
  }
  if (options.json) json.end(']').end('}').print();
}

bool check_vectors(const ConformanceOptions& options) {
  make_machine({1, options.tier});  // its name, and whether it runs here
  Told told{options.json, {}, {}};
  told.list.begin('{').with("folder", options.folder).key("files").begin('[');
  reporter to = {};
  to.out = options.json ? stderr : stdout;
  to.file = tell;
  to.user = &told;
  const bool passed =
      ::check_vectors(options.folder.c_str(), options.tier.empty() ? nullptr : options.tier.c_str(), &to) != 0;
  told.progress.clear();
  if (options.json) {
    told.list.end(']').with("passed", passed).end('}').print();
  }
  return passed;
}

}  // namespace ottava::tools
