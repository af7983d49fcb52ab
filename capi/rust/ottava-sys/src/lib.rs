//! The C interface of ottava, quantized 8-bit networks on CPUs: declarations alone, by hand, without the standard
//! library.
//!
//! What everything means, its ranges, errors and thread-safety stand in the headers, `include/ottava/*.h`, under the
//! same names. The crate `ottava` is the safe interface on top. `build.rs` says where the library is looked for.
//!
//! ```
//! use ottava_sys::*;
//! let (mut major, mut minor, mut patch) = (0, 0, 0);
//! assert_eq!(unsafe { ottava_version(&mut major, &mut minor, &mut patch) }, OTTAVA_OK);
//! assert_eq!((major, minor), (OTTAVA_VERSION_MAJOR, OTTAVA_VERSION_MINOR));
//! ```
//!
//! The `OTTAVA_..._INIT` macros are the functions `ottava_..._init`. Fields and arguments that are named like a keyword
//! end in an underscore: `type_`.
#![no_std]
#![allow(non_camel_case_types)]

pub use core::ffi::c_void;
use core::marker::PhantomData;

macro_rules! c_char {
    ($is_unsigned:meta) => {
        /// C's `char`, whose sign depends on the target. (`core` has one only since Rust 1.64.)
        #[cfg($is_unsigned)]
        pub type c_char = u8;
        /// C's `char`, whose sign depends on the target. (`core` has one only since Rust 1.64.)
        #[cfg(not($is_unsigned))]
        pub type c_char = i8;
    };
}
c_char!(all(
    any(
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "powerpc64",
        target_arch = "riscv64",
        target_arch = "s390x"
    ),
    not(any(target_vendor = "apple", windows))
));

/// What a function says of its own call: `OTTAVA_OK` or why it did nothing.
pub type ottava_status = u32;

/// Returns so many bytes, aligned, or null.
pub type ottava_allocate_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, bytes: u64, alignment: u64) -> *mut c_void>;
/// Takes back what `ottava_allocate_fn` returned.
pub type ottava_release_fn = Option<unsafe extern "C" fn(user: *mut c_void, memory: *mut c_void, bytes: u64)>;
/// One piece of a run.
pub type ottava_task_fn = Option<unsafe extern "C" fn(task: *mut c_void, index: u32)>;
/// Calls `function(task, i)` once for each i below `count`, and returns when all have returned.
pub type ottava_parallel_for_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, count: u32, function: ottava_task_fn, task: *mut c_void)>;
/// Returns a time in nanoseconds that only goes forward.
pub type ottava_clock_fn = Option<unsafe extern "C" fn(user: *mut c_void) -> u64>;
/// Is told that `done` of `count` steps are done.
pub type ottava_progress_fn = Option<unsafe extern "C" fn(user: *mut c_void, done: u32, count: u32)>;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* #[repr(C)] #[derive(Debug)] pub struct $name { _opaque: [u8; 0], _not_send: PhantomData<*mut u8> })*
    };
}
handles! {
    /// Memory, threads and the choice of CPU tier that operators share.
    ottava_context;
    /// One product with constant weights.
    ottava_matmul;
    /// One layer of an NHWC network.
    ottava_layer;
    /// Knobs that measurement has shown to be better.
    ottava_tuning;
}

macro_rules! constants {
    ($($name:ident: $type:ty = $value:expr;)*) => { $(pub const $name: $type = $value;)* };
}
include!("constants.rs");

/// A bound on f32 outputs that bounds nothing.
pub const OTTAVA_FLOAT_HIGHEST_BOUND: f32 = f32::INFINITY;
/// Likewise from below.
pub const OTTAVA_FLOAT_LOWEST_BOUND: f32 = f32::NEG_INFINITY;

macro_rules! structures {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* })*) => {
        $($(#[$doc])* #[repr(C)] #[derive(Clone, Copy, Debug)] pub struct $name { $(pub $field: $type,)* })*
    };
}
include!("structures.rs");

macro_rules! functions {
    ($($member:ident: $name:ident($($argument:ident: $type:ty),*);)*) => {
        extern "C" {
            $(pub fn $name($($argument: $type),*) -> ottava_status;)*
            /// Points `*api` at the table of that version, which lives as long as the library is loaded.
            pub fn ottava_get_api(version: u32, api: *mut *const ottava_api) -> ottava_status;
        }
        /// The table of functions, for hosts that load the library at run time. A member is there if `struct_size`
        /// covers it.
        #[repr(C)]
        #[derive(Clone, Copy)]
        pub struct ottava_api {
            pub struct_size: u32,
            pub version: u32,
            $(pub $member: unsafe extern "C" fn($($argument: $type),*) -> ottava_status,)*
        }
    };
}
include!("functions.rs");
