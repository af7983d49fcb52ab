/* ottava: the numbers around a matrix multiplication. Quantizing, dequantizing and measuring tensors for the layers
 * before and after it; parameters formed as other systems form them; tables for activations.
 *
 * Part of ottava.h, which includes it; the rules of that interface hold here. Every function is thread-safe, allocates
 * nothing, leaves its outputs untouched on error, and gives the same bits on every CPU. Since 0.1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* clang-format off */
#ifndef OTTAVA_OTTAVA_H_
#include "ottava.h" /* which includes this file where it is wanted */
#endif
#ifndef OTTAVA_QUANTIZATION_H_
#define OTTAVA_QUANTIZATION_H_

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------------------------
 * Tensors: vectorized for the context's best tier, on the calling thread. `from` and `to` have any alignment.
 * --------------------------------------------------------------------------------------------- */

/* Writes the smallest and the largest of `count` elements, NaN left out and -0.0 taken as 0.0; both are 0 if nothing is
 * left.
 * Errors: NULL_POINTER, BAD_SHAPE (count is negative), SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_range(const ottava_context *context, int64_t count, const float *from, float *smallest,
                                      float *largest, ottava_error *error);

/* Quantizes `count` elements with one scale and one zero point, under OTTAVA_QUANTIZE_DIVIDE or _MULTIPLY.
 *   type  OTTAVA_TYPE_S8 or _U8, of `to` and of the range of the zero point
 *   from, to  apart from each other, or the same address
 * Errors: NULL_POINTER, BAD_SHAPE, BAD_TYPE, BAD_SCALE (also one whose reciprocal is infinite, under MULTIPLY),
 * BAD_ZERO_POINT, UNSUPPORTED (a dynamic quantization), SIZE_OVERFLOW, BAD_STRIDE (an overlap). */
OTTAVA_API ottava_status ottava_quantize(const ottava_context *context, uint32_t quantization, uint32_t type, float scale,
                                         int32_t zero_point, int64_t count, const float *from, void *to,
                                         ottava_error *error);

/* Quantizes each row under a dynamic OTTAVA_QUANTIZE_....
 *   from, to    rows x columns; strides in elements from row to row, also negative; 0 for dense. Apart from each other, or
 *               the same address where rows of `to` are in bytes no further apart than those of `from`, which do not
 *               overlap, and neither stride is negative
 *   scales, zero_points  receive one value per row, apart from all else; x is about scale * (q - zero_point)
 * Errors: NULL_POINTER, BAD_SHAPE, BAD_TYPE, BAD_STRIDE (rows of `to` that overlap, or any other overlap), UNSUPPORTED (a
 * static quantization), SIZE_OVERFLOW. */
OTTAVA_API ottava_status ottava_quantize_rows(const ottava_context *context, uint32_t quantization, int64_t rows,
                                              int64_t columns, const float *from, int64_t from_stride, void *to,
                                              int64_t to_stride, float *scales, int32_t *zero_points,
                                              ottava_error *error);

/* Dequantizes `count` elements: to = (float)(q - zero_point) * scale, rounded to float32 after each step.
 *   type  OTTAVA_TYPE_S8, _U8, _S16 or _S32; an s32 tensor has zero point 0
 *   from, to  apart from each other, or for s32, whose elements are as large, the same address
 * Errors: NULL_POINTER, BAD_SHAPE, BAD_TYPE, BAD_SCALE, BAD_ZERO_POINT, SIZE_OVERFLOW, BAD_STRIDE (an overlap). */
OTTAVA_API ottava_status ottava_dequantize(const ottava_context *context, uint32_t type, float scale,
                                           int32_t zero_point, int64_t count, const void *from, float *to,
                                           ottava_error *error);

/* Requantizes `count` s32 elements, or for f32 dequantizes them, with one set of parameters: to = output(from). For
 * arrays per channel or an activation: ottava_matmul_output_stage.
 *   scale  of the elements of `from`, lhs_scale * rhs_scale in an operator; finite and above 0
 *   from, to  apart from each other, or the same address
 * Errors: NULL_POINTER, BAD_SHAPE, SIZE_OVERFLOW, BAD_STRIDE (an overlap), those of ottava_matmul_create for the output,
 * and UNSUPPORTED (arrays, an activation). */
OTTAVA_API ottava_status ottava_requantize(const ottava_context *context, const ottava_output *output, float scale,
                                           int64_t count, const int32_t *from, void *to, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Parameters
 * --------------------------------------------------------------------------------------------- */

/* Who forms a multiplier and a shift from a real scale. */
/* frexp of the double, 31 bits, half away from zero; also CMSIS-NN's and ACL's tools. From 2^30 on it saturates to
 * (2^31 - 1, 30), as TFLite's single-rounding build does and OTTAVA_PARAMETERS_REAL too. */
#define OTTAVA_FORM_TFLITE 0u
#define OTTAVA_FORM_QNNPACK 1u /* the 24-bit significand of the float32, shifted left by 7; scales in [2^-32, 1) */
/* As OTTAVA_FORM_TFLITE, but for scales in [2^30, 2^31) the shift is 31, as TFLite's default build, with two roundings,
 * has it. Larger ones, of which that build makes nothing defined, are refused. */
#define OTTAVA_FORM_TFLITE_DEFAULT 2u

/* Writes multiplier and shift (left positive) so that scale is about multiplier * 2^(shift - 31).
 *   scale           finite, 0 or more; QNNPACK: rounded to float32 first, in [2^-32, 1); TFLITE_DEFAULT: below 2^31
 *   relative_error  receives a bound on |formed - scale| / scale: 2^-31 for TFLite within its exponents, 1 where the scale
 *                   underflows to 0 (0 for a scale of 0), infinity where it saturates, from 2^30 on; 2^-24 for QNNPACK,
 *                   0 if `scale` is a float32 already; or NULL
 * Errors: NULL_POINTER, BAD_OPTION (form), BAD_SCALE. */
OTTAVA_API ottava_status ottava_form_multiplier(uint32_t form, double scale, int32_t *multiplier, int32_t *shift,
                                                double *relative_error, ottava_error *error);

/* How a scale and a zero point are chosen from a range. */
#define OTTAVA_CHOOSE_ASYMMETRIC 0u /* the whole type over [smallest, largest], 0 within, as TFLite nudges it */
#define OTTAVA_CHOOSE_SYMMETRIC 1u  /* +-127 (s8), +-32767 (s16) over +-max(|smallest|, |largest|); zero point 0, u8: 128 */

/* Chooses scale and zero point for values in [smallest, largest], so that 0 is represented exactly.
 *   type  OTTAVA_TYPE_S8, _U8 or _S16 (symmetric alone)
 * Asymmetric: a = min(0, smallest), b = max(0, largest), q0 and q1 the ends of the type; in double d = (b - a) / (q1 - q0);
 * zero point = q0 - a / d if |q0| + |a / d| < |q1| + |b / d|, q1 - b / d otherwise, clamped to the type, rounded half away
 * from zero; scale = d as float32. Symmetric: scale = max(|smallest|, |largest|) / 127 or 32767, divided in double, as
 * float32. A range of 0 (a = b = 0) gives scale 1 and the zero point 0 (symmetric u8: 128).
 * Errors: NULL_POINTER, BAD_OPTION (way), BAD_TYPE, UNSUPPORTED (asymmetric s16), BAD_SCALE (a range that is NaN, infinite or
 * reversed, or so narrow that the scale would be 0). */
OTTAVA_API ottava_status ottava_choose_parameters(uint32_t way, uint32_t type, float smallest, float largest,
                                                  float *scale, int32_t *zero_point, ottava_error *error);

/* Systems whose conventions ottava_import_parameters knows. */
/* gemmlowp's QuantizeDownInt32ByFixedPoint stage: offsets of inputs minus the zero points, of the output
 * (result_offset_after_shift) the zero point, shift right positive */
#define OTTAVA_SYSTEM_GEMMLOWP 0u
#define OTTAVA_SYSTEM_ACL 1u      /* offsets of inputs minus the zero points, of the output the zero point, shift right positive */
#define OTTAVA_SYSTEM_CMSIS_NN 2u /* offsets of inputs minus the zero points, of the output the zero point, shift left positive */
#define OTTAVA_SYSTEM_TFLITE 3u   /* zero points, shift left positive */
#define OTTAVA_SYSTEM_ONNX 4u     /* zero points and scales; no multiplier */

/* Parameters as a system writes them. Layout: 48 bytes, the same on every target. */
typedef struct ottava_foreign_parameters {
  uint32_t struct_size;
  uint32_t system;      /* OTTAVA_SYSTEM_... */
  int32_t lhs_offset;   /* activations */
  int32_t rhs_offset;   /* weights */
  int32_t dst_offset;
  int32_t multiplier;   /* not for ONNX */
  int32_t shift;        /* likewise, with the system's sign */
  int32_t clamp_min;    /* both ends of int32 (the defaults): the range of the dst type */
  int32_t clamp_max;
  float lhs_scale;      /* ONNX alone */
  float rhs_scale;
  float dst_scale;
} ottava_foreign_parameters;

#define OTTAVA_FOREIGN_PARAMETERS_INIT \
  {sizeof(ottava_foreign_parameters), OTTAVA_SYSTEM_TFLITE, 0, 0, 0, 0, 0, INT32_MIN, INT32_MAX, 1.0f, 1.0f, 1.0f}

OTTAVA_API ottava_status ottava_foreign_parameters_init(ottava_foreign_parameters *parameters, uint64_t bytes);

/* Writes into *desc and *output what `from` says: zero points, clamp, and the parameters with the requantization that is
 * the system's default: real scales and FLOAT_NEAREST_EVEN for ONNX, otherwise multiplier and shift and
 * GEMMLOWP_BY_FIXED_POINT, FIXED_ACL_FUSED (ACL), FIXED_TWO_ROUNDINGS (CMSIS-NN, TFLite). All else stays as it is.
 * Set the types before: an offset whose zero point they do not hold is refused here. (gemmlowp takes any int32. What an
 * lhs offset has beyond the range belongs into the bias: docs/numerics.md.)
 * Errors: NULL_POINTER, BAD_STRUCT, BAD_OPTION (system), BAD_ZERO_POINT, SIZE_OVERFLOW (an offset or shift that cannot be
 * negated). */
OTTAVA_API ottava_status ottava_import_parameters(const ottava_foreign_parameters *from, ottava_matmul_desc *desc,
                                                  ottava_output *output, ottava_error *error);

/* ------------------------------------------------------------------------------------------------
 * Tables for OTTAVA_ACTIVATION_TABLE
 * --------------------------------------------------------------------------------------------- */

#define OTTAVA_FUNCTION_TANH 0u
#define OTTAVA_FUNCTION_SIGMOID 1u    /* 1 / (1 + exp(-x)) */
#define OTTAVA_FUNCTION_GELU 2u       /* x / 2 * (1 + erf(x / sqrt(2))) */
#define OTTAVA_FUNCTION_GELU_TANH 3u  /* x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) */
#define OTTAVA_FUNCTION_HARD_SWISH 4u /* x * clamp(x + 3, 0, 6) / 6 */
#define OTTAVA_FUNCTION_SILU 5u       /* x / (1 + exp(-x)) */
#define OTTAVA_FUNCTION_RELU 6u       /* max(x, 0): a rescaling */
#define OTTAVA_FUNCTION_LEAKY_RELU 7u /* x, or 0.01 x where negative */

/* Fills a table: entry (uint8_t)q holds sat(HA(f(from_scale * (q - from_zero_point)) / to_scale) + to_zero_point), f computed
 * in double to within 2^-50 of its value (relative, or absolute below 1).
 *   type   OTTAVA_TYPE_S8 or _U8, of the argument and of the entries
 *   table  receives 256 bytes
 * Errors: NULL_POINTER, BAD_OPTION (function), BAD_TYPE, BAD_SCALE, BAD_ZERO_POINT. */
OTTAVA_API ottava_status ottava_make_table(uint32_t function, uint32_t type, float from_scale, int32_t from_zero_point,
                                           float to_scale, int32_t to_zero_point, void *table, ottava_error *error);

#ifdef __cplusplus
}
#endif

#endif /* OTTAVA_QUANTIZATION_H_ */
