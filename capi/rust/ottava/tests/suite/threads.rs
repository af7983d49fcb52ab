//! Handles on several threads at once, and threads of the host.
use crate::oracle::{accumulators, Random};
use ottava::{Context, Conv2d, Layer, LayerRun, Matmul, MatmulRun, Output, Result, Window};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use std::thread;

struct Problem {
    lhs: Vec<i8>,
    rhs: Vec<i8>,
    wanted: Vec<i32>,
}

// As much as makes work for four threads, on the fastest tier too.
const M: usize = 200;
const N: usize = 160;
const K: usize = 532;

/// What is wanted is what one thread computes, of which some rows are checked.
fn problem(seed: u64) -> Result<Problem> {
    let mut random = Random(seed);
    let (lhs, rhs) = (random.s8(M * K), random.s8(K * N));
    let matmul = Matmul::builder(K, N).build(&Context::new()?, &rhs, &Output::new())?;
    let mut wanted = vec![0i32; M * N];
    matmul.run(M, &lhs, &mut wanted)?;
    for (lhs, wanted) in lhs.chunks(K).zip(wanted.chunks(N)).step_by(23) {
        let sums = accumulators(1, N, K, |_, k| i32::from(lhs[k]), |k, n| i32::from(rhs[k * N + n]));
        assert_eq!(sums, wanted);
    }
    Ok(Problem { lhs, rhs, wanted })
}

#[test]
fn what_may_go_to_other_threads() {
    fn any<T: Send + Sync>() {}
    any::<Context>();
    any::<Matmul<i8, f32>>();
    any::<Layer<u8, i8>>();
    any::<ottava::Error>();
    fn shared<T: Sync>() {}
    shared::<MatmulRun<'_, i8, i8>>();
    shared::<LayerRun<'_, i8, i8>>();
}

#[test]
fn one_product_on_several_threads_at_once() -> Result<()> {
    let Problem { lhs, rhs, wanted } = problem(1)?;
    for threads in [1, 3] {
        let context = Context::builder().threads(threads).build()?;
        let matmul = Arc::new(Matmul::builder(K, N).build(&context, &rhs, &Output::new())?);
        drop(context); // the product keeps it
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let (matmul, lhs) = (Arc::clone(&matmul), lhs.clone());
                thread::spawn(move || -> Result<Vec<Vec<i32>>> {
                    let run = matmul.at(M);
                    (0..5)
                        .map(|_| {
                            let mut dst = vec![0; M * N];
                            run.run(&lhs, &mut dst)?;
                            Ok(dst)
                        })
                        .collect()
                })
            })
            .collect();
        drop(matmul); // the last thread destroys it
        for worker in workers {
            for dst in worker.join().expect("no panic")? {
                assert_eq!(dst, wanted);
            }
        }
    }
    Ok(())
}

#[test]
fn one_layer_on_several_threads_at_once() -> Result<()> {
    let mut random = Random(2);
    let (input, weights) = (random.s8(12 * 12 * 8), random.s8(16 * 9 * 8));
    let context = Context::builder().threads(2).build()?;
    let layer: Layer<i8, i8> =
        Conv2d::new(8, 16).window(Window::new(3, 3)).build(&context, &weights, &Output::new().scale(700.0))?;
    let run = layer.at(1, 12, 12)?;
    let mut wanted = vec![0i8; run.output_len()];
    run.run(&input, &mut wanted)?;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut output = vec![0i8; run.output_len()];
                run.run(&input, &mut output).expect("as before");
                assert_eq!(output, wanted);
            });
        }
    });
    Ok(())
}

/// Runs a product whose context has this parallel_for.
fn with(
    Problem { lhs, rhs, wanted }: &Problem,
    run: impl Fn(u32, &(dyn Fn(u32) + Sync)) + Send + Sync + 'static,
) -> Result<()> {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let context = Context::builder()
        .threads(4)
        .parallel_for(move |count, piece| {
            counted.fetch_add(1, Ordering::Relaxed);
            assert!((1..=4).contains(&count));
            run(count, piece);
        })
        .build()?;
    let matmul = Matmul::builder(K, N).build(&context, rhs, &Output::new())?;
    assert_eq!(matmul.info(M)?.threads, 4);
    let mut dst = vec![0i32; M * N];
    for _ in 0..2 {
        dst.fill(0);
        matmul.run(M, lhs, &mut dst)?;
        assert_eq!(dst, *wanted);
    }
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    Ok(())
}

#[test]
fn threads_of_the_host() -> Result<()> {
    let problem = problem(3)?;
    with(&problem, |count, piece| {
        thread::scope(|scope| {
            for index in 0..count {
                scope.spawn(move || piece(index));
            }
        })
    })?;
    with(&problem, |count, piece| (0..count).rev().for_each(piece))
}

/// Whatever the host does, each piece is done once and no panic passes through the library.
#[test]
fn hosts_that_do_something_else() -> Result<()> {
    let problem = problem(4)?;
    with(&problem, |_, _| {})?;
    with(&problem, |count, piece| (0..count).chain(0..count).chain([count, 1023, 1024, u32::MAX]).for_each(piece))?;
    std::panic::set_hook(Box::new(|_| {})); // these are meant
    let outcome = with(&problem, |_, _| panic!("at once")).and_then(|()| {
        with(&problem, |count, piece| {
            piece(count - 1);
            panic!("after a piece");
        })
    });
    let outcome = outcome.and_then(|()| {
        with(&problem, |count, piece| {
            thread::scope(|scope| {
                for index in 0..count {
                    scope.spawn(move || {
                        piece(index);
                        panic!("on another thread");
                    });
                }
            })
        })
    });
    let _ = std::panic::take_hook();
    outcome
}
