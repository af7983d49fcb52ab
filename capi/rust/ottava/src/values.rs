//! The library's enumerations: a type each, with the names of the headers.
use ottava_sys as sys;

macro_rules! values {
    ($($(#[$doc:meta])* $type:ident { $($(#[$value_doc:meta])* $name:ident = $value:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub(crate) u32);

        impl $type {
            $($(#[$value_doc])* pub const $name: $type = $type(sys::$value);)*

            /// The value in the C interface.
            pub const fn raw(self) -> u32 {
                self.0
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match *self {
                    $($type::$name => formatter.write_str(stringify!($name)),)*
                    $type(other) => write!(formatter, "{other}"), // of a newer library
                }
            }
        }
    )*};
}

values! {
    /// What a call says of itself.
    Status {
        /// A required pointer is null.
        NULL_POINTER = OTTAVA_NULL_POINTER,
        /// The library does not know a structure of this size: it is older than this crate.
        BAD_STRUCT = OTTAVA_BAD_STRUCT,
        /// A size that cannot be, or M above the limit of the product.
        BAD_SHAPE = OTTAVA_BAD_SHAPE,
        /// A stride shorter than a row, or what is written overlaps itself or other operands.
        BAD_STRIDE = OTTAVA_BAD_STRIDE,
        /// An element type, order, requantization or activation that does not exist.
        BAD_TYPE = OTTAVA_BAD_TYPE,
        /// A scale that is NaN, infinite, zero or negative.
        BAD_SCALE = OTTAVA_BAD_SCALE,
        /// A zero point outside its element type.
        BAD_ZERO_POINT = OTTAVA_BAD_ZERO_POINT,
        /// A clamp minimum above the maximum, both 0, NaN, or outside the type.
        BAD_CLAMP = OTTAVA_BAD_CLAMP,
        /// A NaN or infinite float bias.
        BAD_BIAS = OTTAVA_BAD_BIAS,
        /// Each part is known, the combination is not offered.
        UNSUPPORTED = OTTAVA_UNSUPPORTED,
        /// The int32 accumulator could overflow.
        NOT_EXACT = OTTAVA_NOT_EXACT,
        /// A size or address computed from the arguments does not fit.
        SIZE_OVERFLOW = OTTAVA_SIZE_OVERFLOW,
        /// A slice or workspace is too short.
        BAD_MEMORY = OTTAVA_BAD_MEMORY,
        /// The allocator has no more memory.
        OUT_OF_MEMORY = OTTAVA_OUT_OF_MEMORY,
        /// No kernel, or no tier, of that name.
        UNKNOWN_NAME = OTTAVA_UNKNOWN_NAME,
        /// The kernel exists, but this CPU, system or operator rules it out.
        KERNEL_UNAVAILABLE = OTTAVA_KERNEL_UNAVAILABLE,
        /// An unknown flag or a thread count out of range.
        BAD_OPTION = OTTAVA_BAD_OPTION,
        /// An index past the end, or a part that is not within dst.
        OUT_OF_RANGE = OTTAVA_OUT_OF_RANGE,
        /// An integer multiplier or shift outside the range of its requantization.
        BAD_MULTIPLIER = OTTAVA_BAD_MULTIPLIER,
        /// A packed operator that is truncated, corrupt, or none.
        BAD_PACKED = OTTAVA_BAD_PACKED,
        /// The text of a tuning that has something wrong in it.
        BAD_TUNING = OTTAVA_BAD_TUNING,
    }
    /// A CPU tier. Within one architecture a larger value is a later tier.
    Tier {
        /// As a cap: none.
        ANY = OTTAVA_TIER_ANY,
        /// C++, every CPU.
        PORTABLE = OTTAVA_TIER_PORTABLE,
        /// Cortex-M with the DSP extension.
        CORTEXM_DSP = OTTAVA_TIER_CORTEXM_DSP,
        /// Arm's M profile with integer Helium.
        CORTEXM_MVE = OTTAVA_TIER_CORTEXM_MVE,
        /// 32-bit Arm with NEON.
        ARMV7_NEON = OTTAVA_TIER_ARMV7_NEON,
        /// Every AArch64 CPU.
        ARM_NEON = OTTAVA_TIER_ARM_NEON,
        /// AArch64 with SDOT.
        ARM_DOTPROD = OTTAVA_TIER_ARM_DOTPROD,
        /// AArch64 with SMMLA.
        ARM_I8MM = OTTAVA_TIER_ARM_I8MM,
        /// AVX2.
        X86_AVX2 = OTTAVA_TIER_X86_AVX2,
        /// AVX2 and AVX-VNNI.
        X86_AVXVNNI = OTTAVA_TIER_X86_AVXVNNI,
        /// AVX-512 F, BW, DQ, VL and VNNI.
        X86_AVX512VNNI = OTTAVA_TIER_X86_AVX512VNNI,
        /// These and AMX-INT8.
        X86_AMX = OTTAVA_TIER_X86_AMX,
    }
    /// What a library was built for.
    Architecture {
        /// Any.
        PORTABLE = OTTAVA_ARCH_PORTABLE,
        /// x86-64.
        X86_64 = OTTAVA_ARCH_X86_64,
        /// AArch64.
        ARM64 = OTTAVA_ARCH_ARM64,
        /// ARMv7.
        ARM32 = OTTAVA_ARCH_ARM32,
    }
    /// Which elements of a matrix lie side by side. Weights that lie N x K, row by row, are a K x N matrix in column
    /// order.
    Order {
        /// Those of one row.
        ROW = OTTAVA_ORDER_ROW,
        /// Those of one column.
        COLUMN = OTTAVA_ORDER_COLUMN,
    }
    /// Why the accumulator of a product cannot overflow.
    Exactness {
        /// The depth, the types, the zero points and the bias show it.
        EXACT_BY_TYPES = OTTAVA_EXACT_BY_TYPES,
        /// The weights of each channel do.
        EXACT_BY_WEIGHTS = OTTAVA_EXACT_BY_WEIGHTS,
        /// It can: [`MatmulBuilder::allow_wrap`](crate::MatmulBuilder::allow_wrap).
        MAY_WRAP = OTTAVA_MAY_WRAP,
    }
    /// Which numbers a requantization is told.
    Parameters {
        /// The scales.
        REAL = OTTAVA_PARAMETERS_REAL,
        /// Multiplier and shift.
        INTEGER = OTTAVA_PARAMETERS_INTEGER,
        /// The scales, the product of the two of the operands rounded to float32 as TFLite has it.
        REAL_FLOAT_PRODUCT = OTTAVA_PARAMETERS_REAL_FLOAT_PRODUCT,
    }
    /// How accumulators become integers. `ottava/requantization.h` has the formulas, `docs/numerics.md` which of them
    /// matches which system.
    Requantization {
        /// None, for i32 and f32.
        NONE = OTTAVA_REQUANTIZE_NONE,
        /// TFLite's and CMSIS-NN's default.
        FIXED_TWO_ROUNDINGS = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS,
        /// ruy, single-rounding builds of TFLite and CMSIS-NN.
        FIXED_ONE_ROUNDING = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING,
        /// ONNX, PyTorch, FBGEMM, XNNPACK.
        FLOAT_NEAREST_EVEN = OTTAVA_REQUANTIZE_FLOAT_NEAREST_EVEN,
        /// gemmlowp, by fixed point and exponent.
        FIXED_TWO_ROUNDINGS_SATURATING = OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS_SATURATING,
        /// gemmlowp, right shifts alone.
        GEMMLOWP_BY_FIXED_POINT = OTTAVA_REQUANTIZE_GEMMLOWP_BY_FIXED_POINT,
        /// QNNPACK's precise one, TVM's.
        FIXED_ONE_ROUNDING_AWAY = OTTAVA_REQUANTIZE_FIXED_ONE_ROUNDING_AWAY,
        /// Arm Compute Library's fused stage.
        FIXED_ACL_FUSED = OTTAVA_REQUANTIZE_FIXED_ACL_FUSED,
        /// As the 16x8 operators of TFLite round.
        FIXED_16_BIT_MULTIPLIER = OTTAVA_REQUANTIZE_FIXED_16_BIT_MULTIPLIER,
        /// A shift, rounded half up.
        POWER_OF_TWO = OTTAVA_REQUANTIZE_POWER_OF_TWO,
        /// Arm Compute Library's QUANTIZE_DOWN.
        MULTIPLY_SHIFT_FLOOR = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_FLOOR,
        /// gemmlowp's meta kernels.
        MULTIPLY_SHIFT_HALF_UP = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_UP,
        /// gemmlowp's scale to uint8.
        MULTIPLY_SHIFT_HALF_AWAY = OTTAVA_REQUANTIZE_MULTIPLY_SHIFT_HALF_AWAY,
    }
    /// How a float becomes 8 bits. `ottava/requantization.h` has the formulas.
    Quantization {
        /// The activations are 8 bits already.
        NONE = OTTAVA_QUANTIZE_NONE,
        /// Static: ONNX QuantizeLinear.
        DIVIDE = OTTAVA_QUANTIZE_DIVIDE,
        /// Static: Arm Compute Library on AArch64.
        MULTIPLY = OTTAVA_QUANTIZE_MULTIPLY,
        /// Dynamic, symmetric: TFLite's hybrid operators.
        TFLITE_SYMMETRIC = OTTAVA_QUANTIZE_TFLITE_SYMMETRIC,
        /// Dynamic: TFLite's hybrid operators.
        TFLITE_ASYMMETRIC = OTTAVA_QUANTIZE_TFLITE_ASYMMETRIC,
        /// Dynamic: XNNPACK qd8.
        XNNPACK = OTTAVA_QUANTIZE_XNNPACK,
        /// Dynamic: KleidiAI qai8dx.
        KLEIDIAI = OTTAVA_QUANTIZE_KLEIDIAI,
        /// Dynamic: ONNX DynamicQuantizeLinear, by rows.
        ONNX_DYNAMIC = OTTAVA_QUANTIZE_ONNX_DYNAMIC,
    }
    /// How the pads of a window are found.
    Padding {
        /// The four pads as given.
        EXPLICIT = OTTAVA_PADDING_EXPLICIT,
        /// TFLite's SAME, by the size of each run.
        SAME = OTTAVA_PADDING_SAME,
        /// None.
        VALID = OTTAVA_PADDING_VALID,
    }
    /// How weights lie, the last letter side by side: O output channels, I input channels of one group, H and W the
    /// kernel.
    WeightsLayout {
        /// TFLite, XNNPACK, QNNPACK.
        OHWI = OTTAVA_WEIGHTS_OHWI,
        /// TensorFlow; TFLite's depthwise weights.
        HWIO = OTTAVA_WEIGHTS_HWIO,
    }
    /// What becomes of the pixels of a window.
    PoolKind {
        /// The largest.
        MAX = OTTAVA_POOL_MAX,
        /// TFLite's average, of the pixels that are no padding.
        AVERAGE = OTTAVA_POOL_AVERAGE,
        /// QNNPACK's and XNNPACK's average, requantized as the output says.
        AVERAGE_RESCALED = OTTAVA_POOL_AVERAGE_RESCALED,
    }
    /// Whose addition it is. `ottava/layers.h` has the formulas.
    AdditionArithmetic {
        /// TFLite's reference kernels.
        TFLITE = OTTAVA_ADD_TFLITE,
        /// QNNPACK's.
        QNNPACK = OTTAVA_ADD_QNNPACK,
        /// XNNPACK's.
        XNNPACK = OTTAVA_ADD_XNNPACK,
    }
    /// Who forms a multiplier and a shift from a real scale.
    Form {
        /// TFLite, CMSIS-NN, Arm Compute Library.
        TFLITE = OTTAVA_FORM_TFLITE,
        /// QNNPACK.
        QNNPACK = OTTAVA_FORM_QNNPACK,
        /// TFLite's default build, also beyond 2^30.
        TFLITE_DEFAULT = OTTAVA_FORM_TFLITE_DEFAULT,
    }
    /// How a scale and a zero point are chosen from a range.
    Choice {
        /// The whole type over the range, 0 within.
        ASYMMETRIC = OTTAVA_CHOOSE_ASYMMETRIC,
        /// Both signs alike, zero point 0 (u8: 128).
        SYMMETRIC = OTTAVA_CHOOSE_SYMMETRIC,
    }
    /// Systems whose conventions [`ForeignParameters`](crate::ForeignParameters) knows.
    System {
        /// gemmlowp.
        GEMMLOWP = OTTAVA_SYSTEM_GEMMLOWP,
        /// Arm Compute Library.
        ACL = OTTAVA_SYSTEM_ACL,
        /// CMSIS-NN.
        CMSIS_NN = OTTAVA_SYSTEM_CMSIS_NN,
        /// TFLite.
        TFLITE = OTTAVA_SYSTEM_TFLITE,
        /// ONNX.
        ONNX = OTTAVA_SYSTEM_ONNX,
    }
    /// Functions that [`make_table`](crate::make_table) tabulates.
    Function {
        /// Hyperbolic tangent.
        TANH = OTTAVA_FUNCTION_TANH,
        /// 1 / (1 + exp(-x)).
        SIGMOID = OTTAVA_FUNCTION_SIGMOID,
        /// By the error function.
        GELU = OTTAVA_FUNCTION_GELU,
        /// By the hyperbolic tangent.
        GELU_TANH = OTTAVA_FUNCTION_GELU_TANH,
        /// x * clamp(x + 3, 0, 6) / 6.
        HARD_SWISH = OTTAVA_FUNCTION_HARD_SWISH,
        /// x / (1 + exp(-x)).
        SILU = OTTAVA_FUNCTION_SILU,
        /// max(x, 0): a rescaling.
        RELU = OTTAVA_FUNCTION_RELU,
        /// x, or 0.01 x where negative.
        LEAKY_RELU = OTTAVA_FUNCTION_LEAKY_RELU,
    }
}
