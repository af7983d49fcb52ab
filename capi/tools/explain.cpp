#include "explain.h"

#include <cstdio>

#include "packed_file.h"
#include "route.h"

namespace ottava::tools {
namespace {

ottava_route route_of_product(const ExplainOptions& options, const ottava_context* context) {
  const char* const names[] = {"M", "N", "K"};
  for (std::size_t i = 0; i < 3; ++i) {
    if (i >= options.sizes.size()) throw Misused(std::string(names[i]) + " is missing, expected 0 or more");
    if (options.sizes[i] < 0) {
      throw Misused(std::string(names[i]) + " is " + std::to_string(options.sizes[i]) + ", expected 0 or more");
    }
  }
  const Problem problem(options.operands, {options.sizes[0], options.sizes[1], options.sizes[2]});
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_route route = OTTAVA_ROUTE_INIT;
  if (ottava_matmul_predict(context, &problem.desc, &problem.output, options.sizes[0], &route, &error) != OTTAVA_OK) {
    throw Refused(std::string(error.argument) + ": " + error.message);
  }
  return route;
}

ottava_route route_of_file(const ExplainOptions& options, const ottava_context* context) {
  const Bytes file = read_file(options.packed);
  const Operator made = load(context, file, 0, options.packed);
  const bool matmul = std::holds_alternative<Matmul>(made);
  if (options.sizes.size() != (matmul ? 1u : 3u)) {
    throw Misused(options.packed + (matmul ? " is a matmul, expected M after it"
                                           : " is a layer, expected its batch, height and width after it"));
  }
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_route route = OTTAVA_ROUTE_INIT;
  ottava_status status = OTTAVA_OK;
  if (matmul) {
    status = ottava_matmul_route(std::get<Matmul>(made).get(), options.sizes[0], &route, &error);
  } else {
    ottava_layer_run_desc run = OTTAVA_LAYER_RUN_DESC_INIT;
    run.batch = options.sizes[0], run.height = options.sizes[1], run.width = options.sizes[2];
    status = ottava_layer_route(std::get<Layer>(made).get(), &run, &route, &error);
  }
  if (status != OTTAVA_OK) throw Refused(std::string(error.argument) + ": " + error.message);
  return route;
}

}  // namespace

void explain(const ExplainOptions& options) {
  const Context machine = make_machine(options.machine);
  const Tuning tuning = read_tuning(machine.get(), options.tuning);
  const Context context = derive(machine.get(), options.knobs, tuning.get());
  const ottava_route route =
      options.packed.empty() ? route_of_product(options, context.get()) : route_of_file(options, context.get());
  if (!options.json) {
    print(route, context.get());
    return;
  }
  Json json;
  json.begin('{');
  if (options.packed.empty()) {
    json.with("m", options.sizes[0]).with("n", options.sizes[1]).with("k", options.sizes[2]);
  } else {
    json.with("packed", options.packed);
  }
  write(route, context.get(), &json);
  json.end('}').print();
}

}  // namespace ottava::tools
