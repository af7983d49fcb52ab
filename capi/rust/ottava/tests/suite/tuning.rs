//! Tunings through the safe interface: made, written, read, merged, used; and refused in words.
use ottava::{Context, Matmul, Output, Result, Status, Tuning};
use std::time::Duration;

#[test]
fn a_tuning_goes_through_text_and_into_a_context() -> Result<()> {
    let context = Context::new()?;
    let output = Output::<i8>::new().scale(100.0);
    let wanted = Matmul::<i8, i8>::builder(40, 24);
    let tuning = wanted.tune::<i8>(&context, &[1, 9], &output, Duration::from_millis(20))?;
    let products = tuning.products()?;
    assert_eq!(products.len(), 1);
    assert_eq!(products[0].most_rows, 16);
    assert!(products[0].problem.starts_with("m=16 n=24 k=40 lhs=s8 rhs=s8 dst=s8 "), "{}", products[0].problem);
    let text = tuning.to_text()?;
    let read = Tuning::read(&context, &text)?;
    assert_eq!(read.to_text()?, text);
    assert_eq!(read.merge(&tuning)?.to_text()?, text);

    let weights: Vec<i8> = (0..40 * 24).map(|i| (i * 7 % 256) as u8 as i8).collect();
    let lhs: Vec<i8> = (0..9 * 40).map(|i| (i * 11 % 256) as u8 as i8).collect();
    let matmul = {
        let tuned = context.tuned(&read)?; // lives on in the product
        wanted.build(&tuned, &weights, &output)?
    };
    let (mut results, mut expected) = ([0; 9 * 24], [0; 9 * 24]);
    wanted.build(&context, &weights, &output)?.run(9, &lhs, &mut expected)?;
    drop((context, read, tuning));
    matmul.run(9, &lhs, &mut results)?;
    assert_eq!(results, expected);
    Ok(())
}

#[test]
fn wrong_text_is_refused_in_words() -> Result<()> {
    let context = Context::new()?;
    let error = Tuning::read(&context, "ottava-tuning 2\n").unwrap_err();
    assert_eq!(error.status(), Status::BAD_TUNING);
    assert!(error.message().starts_with("line 1: "), "{error}");
    let output = Output::<i8>::new();
    let empty = Matmul::<i8, i8>::builder(4, 4).tune::<i8>(&context, &[], &output, Duration::ZERO);
    assert_eq!(empty.unwrap_err().status(), Status::BAD_SHAPE);
    let text = Matmul::<i8, i8>::builder(4, 4).tune::<i8>(&context, &[1], &output, Duration::ZERO)?.to_text()?;
    let elsewhere = text.replace("threads=1", "threads=7");
    assert_eq!(Tuning::read(&context, &elsewhere).unwrap_err().status(), Status::UNSUPPORTED);
    assert_eq!(Tuning::read_of_another_machine(&context, &elsewhere)?.to_text()?, elsewhere);
    Ok(())
}
