//! One product that four threads use at once, each for rows of its own; and one whose runs the host's threads share.
use ottava::{Context, Matmul, Output, Result};
use std::thread;

const ROWS: usize = 256;
const N: usize = 128;
const K: usize = 256;

fn main() -> Result<()> {
    let lhs: Vec<i8> = (0..ROWS * K).map(|at| (at * 13 % 255) as i8).collect();
    let weights: Vec<i8> = (0..K * N).map(|at| (at * 29 % 255) as i8).collect();

    let matmul = &Matmul::builder(K, N).build(&Context::new()?, &weights, &Output::new())?;
    let mut shared = vec![0i32; ROWS * N];
    thread::scope(|scope| {
        for (lhs, dst) in lhs.chunks(ROWS / 4 * K).zip(shared.chunks_mut(ROWS / 4 * N)) {
            scope.spawn(move || matmul.run(ROWS / 4, lhs, dst).expect("a run"));
        }
    });

    let context = Context::builder()
        .threads(4)
        .parallel_for(|count, piece| {
            thread::scope(|scope| {
                for index in 0..count {
                    scope.spawn(move || piece(index));
                }
            })
        })
        .build()?;
    let matmul = Matmul::builder(K, N).build(&context, &weights, &Output::new())?;
    let mut dst = vec![0i32; ROWS * N];
    matmul.run(ROWS, &lhs, &mut dst)?;
    println!("a run on {} threads has the bits of four runs on one each", matmul.info(ROWS)?.threads);
    assert_eq!(dst, shared);
    Ok(())
}
