// Owned handles of the C API, and its errors as exceptions whose words are for the user of the command.
#ifndef OTTAVA_CAPI_TOOLS_HANDLES_H_
#define OTTAVA_CAPI_TOOLS_HANDLES_H_

#include <ottava/ottava.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <variant>

namespace ottava::tools {

// What the command was given cannot be used; what() says where it stands and what was expected.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// An argument is wrong, in words that begin with its name: the exit status tells it from what is refused.
struct Misused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Destroy {
  void operator()(ottava_context* context) const { ottava_context_destroy(context); }
  void operator()(ottava_matmul* matmul) const { ottava_matmul_destroy(matmul); }
  void operator()(ottava_layer* layer) const { ottava_layer_destroy(layer); }
};
using Context = std::unique_ptr<ottava_context, Destroy>;
using Matmul = std::unique_ptr<ottava_matmul, Destroy>;
using Layer = std::unique_ptr<ottava_layer, Destroy>;
using Operator = std::variant<Matmul, Layer>;

// A context of all tiers of this machine.
inline Context make_context() {
  ottava_error error = OTTAVA_ERROR_INIT;
  ottava_context* context = nullptr;
  if (ottava_context_create(nullptr, nullptr, &context, &error) != OTTAVA_OK) {
    throw Refused(std::string(error.argument) + " " + error.message);
  }
  return Context(context);
}

}  // namespace ottava::tools

#endif  // OTTAVA_CAPI_TOOLS_HANDLES_H_
