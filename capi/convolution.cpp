#include "convolution.h"

using namespace ottava;

Status ottava::read_convolution_fields(const ConvolutionFields& fields, ConvolutionProblem* problem, Error* error) {
  if ((fields.flags & ~OTTAVA_CONV2D_ALLOW_WRAP) != 0) {
    error->set(Status::bad_option, "desc.flags") << "is " << fields.flags << ", with a flag that is not defined";
    return Status::bad_option;
  }
  Status status = require_zero(fields.reserved, "desc.reserved", error);
  const char* const types = "OTTAVA_TYPE_S8 (1), OTTAVA_TYPE_U8 (2)";
  const ListedValue listed[] = {
      {"desc.input_type", fields.input_type, OTTAVA_TYPE_S8, OTTAVA_TYPE_F32, types},
      {"desc.weights_type", fields.weights_type, OTTAVA_TYPE_S8, OTTAVA_TYPE_F32, types},
      {"desc.weights_layout", fields.weights_layout, OTTAVA_WEIGHTS_OHWI, OTTAVA_WEIGHTS_HWIO,
       "OTTAVA_WEIGHTS_OHWI (0), OTTAVA_WEIGHTS_HWIO (1)"},
  };
  if (status == Status::ok) status = check_listed(listed, error);
  if (status == Status::ok) status = read_window(fields.window, &problem->window, error);
  if (status != Status::ok) return status;
  problem->input = fields.input;
  problem->input.type = static_cast<Type>(fields.input_type);
  problem->weights = fields.weights;
  problem->weights.type = static_cast<Type>(fields.weights_type);
  problem->layout = static_cast<WeightsLayout>(fields.weights_layout);
  problem->allow_wrap = (fields.flags & OTTAVA_CONV2D_ALLOW_WRAP) != 0;
  return Status::ok;
}

Status ottava::read_convolution_constants(const ottava_conv2d_constants* caller, ConvolutionConstants* constants,
                                          Error* error) {
  Status status = require(caller, "constants", error);
  ottava_conv2d_constants read = OTTAVA_CONV2D_CONSTANTS_INIT;
  if (status == Status::ok) status = read_struct(*caller, sizeof read, "constants", &read, error);
  if (status == Status::ok) status = require_zero(read.reserved, "constants.reserved", error);
  if (status != Status::ok) return status;
  constants->weights = static_cast<const uint8_t*>(read.weights);
  constants->scales = read.weights_scales;
  constants->zero_points = read.weights_zero_points;
  return Status::ok;
}
