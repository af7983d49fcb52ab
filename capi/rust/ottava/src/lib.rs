//! Quantized 8-bit networks on CPUs: products, convolutions, pooling and addition, with bias, requantization and
//! activation fused into the same pass, the same bits on every CPU and for any number of threads. The safe interface of
//! ottava.
//!
//! ```
//! use ottava::{Context, Matmul, Output};
//!
//! # fn main() -> ottava::Result<()> {
//! let context = Context::new()?; // detects the CPU; one thread
//! let weights = [1i8, 4, 2, 5, 3, 6]; // K x N, row by row
//! let bias = [10, -10];
//! let matmul = Matmul::builder(3, 2)
//!     .lhs(0.5, 0) // scale, zero point
//!     .rhs(0.5, 0)
//!     .build(&context, &weights, &Output::new().scale(0.25).bias(&bias))?;
//! let mut dst = [0i8; 4];
//! matmul.run(2, &[1i8, 2, 3, 4, 5, 6], &mut dst)?; // 2 rows; as often as wanted, on any thread
//! assert_eq!(dst, [24, 22, 42, 67]);
//! # Ok(())
//! # }
//! ```
//!
//! Words are those of the C headers, whose every rule holds here: `lhs` the activations, M x K; `rhs` the weights, K x
//! N;
//! `dst` the result, M x N; *channel* one column of rhs and dst; real value = scale * (stored value - zero point).
//!
//! - **Types.** [`Matmul`] and [`Layer`] carry the element types of what goes in and comes out: `Matmul<i8, u8>`.
//! - **Builders** begin with the library's own defaults; set what differs. Arrays are read at creation and not kept.
//! - **Slices** are checked against shapes and strides before any call: one that is too short is an [`Error`].
//! - **Errors** carry a [`Status`], the argument and the library's words. Nothing panics, aborts or prints, and what a
//!   call that fails would have written stays as it was.
//! - **Threads.** Contexts, products and layers do not change after creation: any number of threads may use one at
//!   once, so all are `Send` and `Sync`. An operator keeps its context alive.
//!
//! What the library offers beyond this, arrays of pointers and handles in the caller's memory, is there through
//! [`sys`], with [`Context::as_raw`] and its kind.
#![deny(missing_docs, unsafe_op_in_unsafe_fn)]

pub use ottava_sys as sys;

mod addition;
mod context;
mod convolution;
mod element;
mod error;
mod handle;
mod info;
mod layer;
mod matmul;
mod matmul_run;
mod memory;
mod output;
mod pool;
mod quantization;
mod structure;
mod tuning;
mod values;
mod window;

pub use addition::Addition;
pub use context::{Context, ContextBuilder};
pub use convolution::{Conv2d, Convolution, Depthwise, DepthwiseConv2d, Plain, Transposed, TransposedConv2d};
pub use element::{Byte, Element, Lhs};
pub use error::{Error, Result};
pub use info::{CpuInfo, LayerInfo, MatmulInfo, TierInfo};
pub use layer::{Layer, LayerOperands, LayerRun};
pub use matmul::{Matmul, MatmulBuilder};
pub use matmul_run::{MatmulOperands, MatmulRun};
pub use output::Output;
pub use pool::Pool2d;
pub use quantization::{choose_parameters, form_multiplier, make_table, version, ForeignParameters, Multiplier};
pub use tuning::{TunedProduct, Tuning};
pub use values::{
    AdditionArithmetic, Architecture, Choice, Exactness, Form, Function, Order, Padding, Parameters, PoolKind,
    Quantization, Requantization, Status, System, Tier, WeightsLayout,
};
pub use window::Window;

#[cfg(doctest)]
#[doc = include_str!("../../../../docs/rust.md")]
struct Guide;
