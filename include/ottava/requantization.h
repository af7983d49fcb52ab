/* clang-format off */
/* ottava: how accumulators become elements of dst, and how a float lhs becomes 8 bits: the choices and their formulas.
 * Constants alone; part of ottava.h, which includes it. Values never change; new ones may be added. docs/numerics.md
 * tells which of them, and which signs, match which system.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OTTAVA_REQUANTIZATION_H_
#define OTTAVA_REQUANTIZATION_H_

/* ------------------------------------------------------------------------------------------------
 * Requantization: int32 accumulators to 8, 16 or 32 bits
 * --------------------------------------------------------------------------------------------- */

/* The accumulator x, bias and zero points included, gives y; dst = clamp(y + zero_point), in unbounded integers.
 *
 * Real parameters: the effective scale s[n] is that of the accumulators, lhs_scale * rhs_scale[n], over that of the
 * output, formed in double. It becomes a multiplier q and an exponent e, s = q * 2^(e - 31): q in [2^30, 2^31) rounded
 * half away from zero; below 2^-32 q = 0; from 2^30 on e = 30 and q = 2^31 - 1.
 * Integer parameters: q = multiplier[n] in [0, 2^31), e = shift[n], -31 to 30 (FIXED_TWO_ROUNDINGS: to 31), left shifts
 * positive. */
#define OTTAVA_PARAMETERS_REAL 0u
#define OTTAVA_PARAMETERS_INTEGER 1u
/* Real parameters of a fixed-point requantization, lhs_scale * rhs_scale[n] rounded to float32 before it is divided in
 * double. So TFLite forms the multiplier of a layer whose weights have one scale; with scales per channel, as REAL. */
#define OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT 2u

/* None, for s32: dst = clamp(x); and for f32: dst = clamp((float)x * (lhs_scale * rhs_scale[n]) + bias_f32[n]), each
 * operation rounded to float32, never fused; lhs_scale is that of the row, where rows have their own. */
#define OTTAVA_REQUANTIZE_NONE 0u
/* Fixed point, two roundings; TFLite's default, CMSIS-NN's default, ACL's unfused stage, QNNPACK's q31.
 *   a = x * 2^max(e, 0) wrapped to 32 bits;  b = floor((a * q + 2^30) / 2^31)
 *   y = b / 2^max(-e, 0) rounded half away from zero */
#define OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS 1u
/* Fixed point, one rounding half up; ruy, TFLite's and CMSIS-NN's single-rounding builds, XNNPACK rndnu.
 *   y = floor((x * q + 2^(30 - e)) / 2^(31 - e)) */
#define OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING 2u
/* Float scale, round to nearest even; ONNX QLinearMatMul, PyTorch, FBGEMM, XNNPACK and QNNPACK fp32. Real parameters
 * alone; s[n] is formed in float32 as (lhs_scale * rhs_scale[n]) / scale, and each operation rounds to float32.
 *   y = round_half_even((float)x * s[n] + bias_f32[n] / scale) */
#define OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN 3u
/* As FIXED_TWO_ROUNDINGS, with a left shift that saturates to int32 instead of wrapping; gemmlowp's
 * OutputStageScaleInt32ByFixedPointAndExponent. */
#define OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING 4u
/* As FIXED_TWO_ROUNDINGS with e <= 0, so right shifts alone; gemmlowp's OutputStageQuantizeDownInt32ByFixedPoint. Real
 * scales lie below 1, integer shifts between -31 and 0. */
#define OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT 5u
/* Fixed point, one rounding half away from zero; QNNPACK's precise requantization, TVM's TONEAREST.
 *   y = sign(x) * floor((|x| * q + 2^(30 - e)) / 2^(31 - e)) */
#define OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY 6u
/* Arm Compute Library's fused stage: with e >= 0 nothing rounds, it floors.
 *   a = x * 2^max(e, 0) wrapped to 32 bits;  b = floor(a * q / 2^31)
 *   y = floor(b / 2^max(-e, 0) + 1/2) for e < 0, b otherwise */
#define OTTAVA_REQUANTIZE_FIXED_ACL_FUSED 7u
/* One rounding half up with a multiplier of 16 bits, as TFLite's and CMSIS-NN's 16x8 operators round. The rounding alone:
 * those operators multiply s16 by s8 and sum in int64; here lhs is s8, u8 or f32, sums are int32, and s16 is an output.
 *   r = floor((q + 2^15) / 2^16), or 32767 from q = 0x7FFF0000 on;  y = floor((x * r + 2^(14 - e)) / 2^(15 - e)) */
#define OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER 8u
/* A shift, rounded half up: y = floor(x * 2^p + 1/2). The effective real scale is 2^p exactly; integer parameters:
 * p = shift[n], -32 to 29, the multiplier is not read. */
#define OTTAVA_REQUANTIZE_POWER_OF_TWO 9u
/* Multiply and shift, integer parameters alone: any multiplier w, shift between -31 and 0, r = -shift,
 * t = x * w wrapped to 32 bits. What those systems add before multiplying belongs into the bias.
 * Floor; ACL's QUANTIZE_DOWN: y = floor(t / 2^r) */
#define OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR 10u
/* Half up; gemmlowp's meta kernels: y = floor((t + floor(2^r / 2) wrapped to 32 bits) / 2^r) */
#define OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP 11u
/* Half away from zero; gemmlowp's OutputStageQuantizeDownInt32ToUint8Scale: y = t / 2^r so rounded */
#define OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY 12u

/* ------------------------------------------------------------------------------------------------
 * Quantization: floats to 8 bits
 * --------------------------------------------------------------------------------------------- */

/* How a float x becomes an 8-bit q; of a float lhs row by row, while it is packed. RNE rounds half to even, HA half
 * away from zero, sat saturates to the 8-bit type. Operations are in float32, each rounded by itself, unless said.
 * A static one takes scale s and zero point zp as given. A dynamic one finds them, with x = s * (q - zp), from the
 * smallest and the largest element of each row, a = min(0, smallest) and b = max(0, largest).
 * NaN becomes zp, so a real 0, and counts in no range. In ranges, values beyond +-2^126, the infinities among them,
 * count as +-2^126; a range b - a (symmetric: the largest magnitude) below 2^-110 counts as none. */
#define OTTAVA_QUANTIZE_NONE 0u /* the lhs is s8 or u8 already */
/* Static: q = sat(RNE(x / s) + zp); ONNX QuantizeLinear, MLAS. */
#define OTTAVA_QUANTIZE_DIVIDE 1u
/* Static: q = sat(RNE(x * (1 / s)) + zp); Arm Compute Library on AArch64. */
#define OTTAVA_QUANTIZE_MULTIPLY 2u
/* Dynamic, symmetric; TFLite's hybrid operators, asymmetric_quantize_inputs false. c is the largest magnitude:
 * s = c / 127, q = clamp(HA(x * (127 / c)), -127, 127), zp = 0; with no range s = 1, q = 0. s8. */
#define OTTAVA_QUANTIZE_TFLITE_SYMMETRIC 3u
/* Dynamic, asymmetric; TFLite's hybrid operators. In double, d = (b - a) / 255, and zp is HA of -128 - a / d or
 * 127 - b / d, of the one with the smaller magnitudes, clamped to s8; then in float32 s = d and
 * q = sat(HA(zp + x * (1 / s))); with no range s = 1, zp = 0. s8. */
#define OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC 4u
/* Dynamic, asymmetric; XNNPACK qd8. S = 255 / (b - a), or 1 with no range; zp = RNE of -128 - a * S if
 * (-128 + a * S) + (127 + b * S) > 0, of 127 - b * S otherwise, clamped to s8; q = sat(RNE(x * S) + zp); s = 1 / S.
 * s8. */
#define OTTAVA_QUANTIZE_XNNPACK 5u
/* As XNNPACK, but q = sat(HA(x * S) + zp); KleidiAI qai8dx. s8. */
#define OTTAVA_QUANTIZE_KLEIDIAI 6u
/* Dynamic, asymmetric; ONNX DynamicQuantizeLinear, each row as a tensor of its own. s = (b - a) / 255, or 1 with no
 * range; zp = RNE(clamp(-a / s, 0, 255)), q = sat(RNE(x / s) + zp). u8. */
#define OTTAVA_QUANTIZE_ONNX_DYNAMIC 7u

#endif /* OTTAVA_REQUANTIZATION_H_ */
