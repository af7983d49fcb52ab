//! A product of quantized matrices, with bias and requantization.
use ottava::{Context, Matmul, Output};

fn main() -> ottava::Result<()> {
    let context = Context::new()?;
    let weights = [1i8, 4, 2, 5, 3, 6]; // 3 x 2, row by row
    let output = Output::new().scale(0.25).bias(&[10, -10]);
    let matmul = Matmul::builder(3, 2).lhs(0.5, 0).rhs(0.5, 0).build(&context, &weights, &output)?;
    let mut dst = [0i8; 4];
    matmul.run(2, &[1i8, 2, 3, 4, 5, 6], &mut dst)?;
    println!("{dst:?} by {}", matmul.info(2)?.kernel);
    assert_eq!(dst, [24, 22, 42, 67]);
    Ok(())
}
