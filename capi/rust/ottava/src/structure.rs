//! Structures of the C interface: their defaults and their texts.
use ottava_sys as sys;
use std::mem::{size_of, MaybeUninit};

/// A structure of numbers and pointers, for which all zeros is a value, with the function that fills in its defaults.
///
/// # Safety
/// As said, and `INIT` writes no more than the structure.
pub unsafe trait Structure: Copy {
    /// `ottava_..._init`.
    const INIT: unsafe extern "C" fn(*mut Self, u64) -> sys::ottava_status;
}

macro_rules! structures {
    ($($structure:ident: $init:ident,)*) => {
        $(unsafe impl Structure for sys::$structure {
            const INIT: unsafe extern "C" fn(*mut Self, u64) -> sys::ottava_status = sys::$init;
        })*
    };
}
structures! {
    ottava_error: ottava_error_init,
    ottava_context_options: ottava_context_options_init,
    ottava_context_host: ottava_context_host_init,
    ottava_output: ottava_output_init,
    ottava_matmul_desc: ottava_matmul_desc_init,
    ottava_matmul_constants: ottava_matmul_constants_init,
    ottava_matmul_info: ottava_matmul_info_init,
    ottava_matmul_run_desc: ottava_matmul_run_desc_init,
    ottava_matmul_operands: ottava_matmul_operands_init,
    ottava_cpu_info: ottava_cpu_info_init,
    ottava_tier_info: ottava_tier_info_init,
    ottava_layer_run_desc: ottava_layer_run_desc_init,
    ottava_layer_operands: ottava_layer_operands_init,
    ottava_layer_info: ottava_layer_info_init,
    ottava_conv2d_desc: ottava_conv2d_desc_init,
    ottava_conv2d_constants: ottava_conv2d_constants_init,
    ottava_depthwise_conv2d_desc: ottava_depthwise_conv2d_desc_init,
    ottava_transposed_conv2d_desc: ottava_transposed_conv2d_desc_init,
    ottava_pool2d_desc: ottava_pool2d_desc_init,
    ottava_add_desc: ottava_add_desc_init,
    ottava_foreign_parameters: ottava_foreign_parameters_init,
    ottava_tune_problem: ottava_tune_problem_init,
    ottava_tune_options: ottava_tune_options_init,
    ottava_tuned_info: ottava_tuned_info_init,
}

/// The library's own defaults. A library that does not know a structure of this size leaves it zeroed, and refuses it
/// with
/// `BAD_STRUCT` where it is used.
pub(crate) fn defaults<T: Structure>() -> T {
    let mut value = MaybeUninit::<T>::zeroed();
    unsafe {
        T::INIT(value.as_mut_ptr(), size_of::<T>() as u64);
        value.assume_init()
    }
}

/// The text of a field, up to its NUL.
pub(crate) fn text(field: &[sys::c_char]) -> String {
    let bytes: Vec<u8> = field.iter().map(|&c| c as u8).take_while(|&c| c != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
