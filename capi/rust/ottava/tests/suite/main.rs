//! The tests of this crate, one program.
mod errors;
mod layers;
mod matmul;
mod oracle;
mod quantization;
mod threads;
mod tuning;
