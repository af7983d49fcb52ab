//! What is refused: slices that are too short before the library is called, the rest with the library's words.
use ottava::{
    Addition, Context, Conv2d, DepthwiseConv2d, Error, Layer, LayerOperands, Matmul, MatmulOperands, Output, Pool2d,
    PoolKind, Quantization, Result, Status, Window,
};

fn refused<T>(result: Result<T>, status: Status, argument: &str) {
    match result {
        Ok(_) => panic!("{argument} is taken"),
        Err(error) => {
            assert_eq!((error.status(), error.argument()), (status, argument), "{error}");
            assert!(!error.message().is_empty(), "{argument}");
        }
    }
}

fn short<T>(result: Result<T>, argument: &str, has: usize, wanted: usize) {
    let words = format!("{argument} has {has} elements, where {wanted} are wanted");
    assert_eq!(result.err().map(|error| error.to_string()), Some(words));
}

#[test]
fn short_slices_of_products() -> Result<()> {
    let context = Context::new()?;
    let (m, n, k) = (3, 4, 5);
    let build =
        |weights: &[i8], output: &Output<'_, i8>| Matmul::<i8, i8>::builder(k, n).build(&context, weights, output);
    short(build(&[0; 19], &Output::new()), "constants.rhs", 19, 20);
    short(build(&[0; 20], &Output::new().bias(&[0; 3])), "output.bias", 3, 4);
    short(build(&[0; 20], &Output::new().bias(&[0; 5])), "output.bias", 5, 4);
    short(build(&[0; 20], &Output::new().bias_f32(&[0.0; 3])), "output.bias_f32", 3, 4);
    short(build(&[0; 20], &Output::new().multipliers(&[1; 3], &[0; 4])), "output.multipliers", 3, 4);
    short(build(&[0; 20], &Output::new().multipliers(&[1; 4], &[0; 3])), "output.shifts", 3, 4);
    let builder = Matmul::<i8, i8>::builder(k, n);
    short(builder.rhs_scales(&[1.0; 3]).build(&context, &[0i8; 20], &Output::new()), "constants.rhs_scales", 3, 4);
    let zero_points = builder.rhs_zero_points(&[0; 3]).build(&context, &[0i8; 20], &Output::new());
    short(zero_points, "constants.rhs_zero_points", 3, 4);
    short(builder.rhs_stride(6).build(&context, &[0i8; 27 - 6], &Output::new()), "constants.rhs", 21, 28);
    short(builder.rhs_stride(-6).build(&context, &[0i8; 27], &Output::new()), "constants.rhs", 27, 28);

    let left = Matmul::<i8, i8>::builder(k, n).weights_left(); // n x k, k x m, n x m
    short(left.rhs_stride(6).build(&context, &[0i8; 22], &Output::new()), "constants.rhs", 22, 3 * 6 + 5);
    let left = left.build(&context, &[0i8; 20], &Output::new())?;
    short(left.at(m).lhs_stride(4).run(&[0; 18], &mut [0; 12]), "operands.lhs", 18, 4 * 4 + 3);
    short(left.at(m).dst_stride(4).run(&[0; 15], &mut [0; 14]), "operands.dst", 14, 3 * 4 + 3);

    let matmul = build(&[1; 20], &Output::new())?;
    let (lhs, mut dst) = (vec![1i8; m * k], vec![77i8; m * n]);
    short(matmul.run(m, &lhs[1..], &mut dst), "operands.lhs", 14, 15);
    short(matmul.run(m, &lhs, &mut dst[1..]), "operands.dst", 11, 12);
    short(matmul.at(m).lhs_stride(6).run(&lhs, &mut dst), "operands.lhs", 15, 17);
    short(matmul.at(m).lhs_stride(-6).run(&lhs, &mut dst), "operands.lhs", 15, 17);
    short(matmul.at(m).dst_stride(5).run(&lhs, &mut dst), "operands.dst", 12, 14);
    short(matmul.at(m).batches(2, 0, 12).run(&lhs, &mut dst), "operands.dst", 12, 24);
    short(matmul.at(m).batches(2, -1, 12).run(&lhs, &mut dst), "operands.lhs", 15, 16);
    short(matmul.at(m).rows(0, 1).run(&lhs[..5], &mut dst), "operands.lhs", 5, 15);
    assert_eq!(matmul.run(usize::MAX, &lhs, &mut dst).unwrap_err().status(), Status::BAD_MEMORY);
    let far = matmul.at(m).lhs_stride(isize::MIN).batches(usize::MAX, isize::MIN, isize::MAX).run(&lhs, &mut dst);
    assert_eq!(far.unwrap_err().status(), Status::BAD_MEMORY);
    let mut none = [0u8; 0];
    let run = matmul.at(m);
    refused(
        run.run_with(MatmulOperands::new(&lhs, &mut dst).workspace(&mut none)),
        Status::BAD_MEMORY,
        "workspace_bytes",
    );
    short(run.output_stage(&[0; 11], None, &mut dst), "accumulators", 11, 12);
    short(run.output_stage(&[0; 12], None, &mut dst[1..]), "dst", 11, 12);
    short(run.output_stage(&[0; 12], Some(&[1.0; 2]), &mut dst), "lhs_scales", 2, 3);
    assert_eq!(dst, vec![77; m * n], "what is refused leaves dst as it was");
    Ok(())
}

#[test]
fn short_slices_of_runs_that_take_more() -> Result<()> {
    let context = Context::new()?;
    let builder = Matmul::<i8, f32>::builder(5, 4).lhs_row_scales().lhs_row_zero_points();
    let matmul = builder.build_without_rhs::<i8>(&context, &Output::new())?;
    let (lhs, mut dst) = ([0i8; 30], [5f32; 24]);
    let run = matmul.at(3).batches(2, 15, 12);
    let mut with = |rhs: &[i8], scales: &[f32], zero_points: &[i32]| {
        let operands = MatmulOperands::new(&lhs, &mut dst).rhs(rhs);
        run.run_with(operands.lhs_scales(scales).lhs_zero_points(zero_points))
    };
    short(with(&[1; 19], &[1.0; 6], &[0; 6]), "operands.rhs", 19, 20);
    short(with(&[1; 20], &[1.0; 5], &[0; 6]), "operands.lhs_scales", 5, 6);
    short(with(&[1; 20], &[1.0; 6], &[0; 5]), "operands.lhs_zero_points", 5, 6);
    with(&[1; 20], &[1.0; 6], &[0; 6])?;
    dst = [5f32; 24];
    refused(run.run_with(MatmulOperands::new(&lhs, &mut dst).rhs(&[0u8; 20])), Status::BAD_TYPE, "operands.rhs");
    assert!(run.run(&lhs, &mut dst).is_err(), "weights and values of rows are wanted");
    assert_eq!(dst, [5f32; 24]);

    let output = Output::new().addition(Addition::new());
    let adds = Matmul::<i8, i8>::builder(1, 4).build(&context, &[0i8; 4], &output)?;
    let mut dst = [5i8; 12];
    let run = adds.at(3);
    short(run.run_with(MatmulOperands::new(&[0; 3], &mut dst).second(&[0; 11])), "operands.second", 11, 12);
    let wide = run.second_stride(5);
    short(wide.run_with(MatmulOperands::new(&[0; 3], &mut dst).add_to_dst()), "operands.second", 12, 14);
    assert!(run.run(&[0; 3], &mut dst).is_err(), "a second tensor is wanted");
    assert_eq!(dst, [5i8; 12]);
    Ok(())
}

#[test]
fn short_slices_of_layers() -> Result<()> {
    let context = Context::new()?;
    let conv = Conv2d::new(4, 6).groups(2).window(Window::new(3, 3));
    let build = |weights: &[i8]| -> Result<Layer<i8, i8>> { conv.build(&context, weights, &Output::new()) };
    short(build(&[0; 107]), "constants.weights", 107, 108);
    short(
        conv.weights_scales(&[1.0; 5]).build::<i8, i8, i8>(&context, &[0; 108], &Output::new()),
        "constants.weights_scales",
        5,
        6,
    );
    short(
        conv.weights_zero_points(&[0; 7]).build::<i8, i8, i8>(&context, &[0; 108], &Output::new()),
        "constants.weights_zero_points",
        7,
        6,
    );
    let depthwise = DepthwiseConv2d::new(4).multiplier(3).window(Window::new(2, 2));
    short(depthwise.build::<u8, i8, i8>(&context, &[0; 47], &Output::new()), "constants.weights", 47, 48);

    let layer = build(&[1; 108])?;
    let run = layer.at(2, 4, 5)?;
    let (input, mut output) = (vec![1i8; 2 * 4 * 5 * 4], vec![77i8; run.output_len()]);
    assert_eq!(output.len(), 2 * 2 * 3 * 6);
    short(run.run(&input[1..], &mut output), "operands.input", 159, 160);
    short(run.run(&input, &mut output[1..]), "operands.output", 71, 72);
    short(run.input_pixel_stride(5).run(&input, &mut output), "operands.input", 160, 39 * 5 + 4);
    short(run.output_pixel_stride(7).run(&input, &mut output), "operands.output", 72, 11 * 7 + 6);
    let mut none = [0u8; 0];
    refused(
        run.run_with(LayerOperands::new(&input, &mut output).workspace(&mut none)),
        Status::BAD_MEMORY,
        "operands.workspace_bytes",
    );
    assert!(run.run_with(LayerOperands::new(&input, &mut output).add_to_output()).is_err());
    assert_eq!(output, vec![77; 72], "what is refused leaves the output as it was");

    let adds: Layer<i8, i8> = Addition::new().build(&context, 3)?;
    let run = adds.at(1, 2, 2)?;
    let mut sum = [7i8; 12];
    short(run.run_with(LayerOperands::new(&[0; 12], &mut sum).second(&[0; 11])), "operands.second", 11, 12);
    assert_eq!(sum, [7; 12]);
    Ok(())
}

#[test]
fn short_slices_of_tensors() -> Result<()> {
    let context = Context::new()?;
    let (from, mut scales, mut zero_points) = ([0f32; 6], [0f32; 2], [0i32; 2]);
    short(context.quantize(Quantization::DIVIDE, 1.0, 0, &from, &mut [0i8; 5]), "to", 5, 6);
    short(context.dequantize(1.0, 0, &[0i8; 6], &mut [0f32; 5]), "to", 5, 6);
    short(context.requantize(&Output::new(), 0.5, &[0; 6], &mut [0u8; 5]), "to", 5, 6);
    let dynamic = Quantization::XNNPACK;
    let mut rows = |from: &[f32], to: &mut [i8], zero_points: &mut [i32]| {
        context.quantize_rows(dynamic, 3, from, to, &mut scales, zero_points)
    };
    short(rows(&from[1..], &mut [0; 6], &mut zero_points), "from", 5, 6);
    short(rows(&from, &mut [0; 5], &mut zero_points), "to", 5, 6);
    short(rows(&from, &mut [0; 6], &mut zero_points[1..]), "zero_points", 1, 2);
    let wrong = context.quantize_rows(dynamic, 3, &from, &mut [0u8; 6], &mut scales, &mut zero_points);
    refused(wrong, Status::BAD_TYPE, "to");
    Ok(())
}

#[test]
fn the_words_of_the_library() -> Result<()> {
    let context = Context::new()?;
    let build = |builder: ottava::MatmulBuilder<'_, i8, i8>| builder.build(&context, &[1i8; 4], &Output::new());
    refused(build(Matmul::builder(2, 2).lhs(f32::NAN, 0)), Status::BAD_SCALE, "desc.lhs_scale");
    refused(build(Matmul::builder(2, 2).lhs(1.0, 128)), Status::BAD_ZERO_POINT, "desc.lhs_zero_point");
    let multipliers = Output::<i8>::new().multipliers(&[1; 4], &[0; 4]);
    refused(context.requantize(&multipliers, 0.5, &[0], &mut [0i8]), Status::UNSUPPORTED, "output.multipliers");
    refused(Context::builder().kernel("nobody").build(), Status::UNKNOWN_NAME, "host.kernel");
    refused(Context::builder().kernel("no\0body").build(), Status::UNKNOWN_NAME, "host.kernel");
    refused(Context::builder().threads(2000).build(), Status::BAD_OPTION, "options.threads");
    let pool = Pool2d::new(PoolKind::MAX, 1).window(Window::new(3, 3)).build::<i8>(&context)?;
    refused(pool.run(1, 2, 2, &[0; 4], &mut [0; 4]), Status::BAD_SHAPE, "height");
    let other = Pool2d::new(PoolKind::MAX, 1).build_with::<i8, u8>(&context, &Output::new());
    assert!(other.is_err(), "a pool has the type of its input");

    let error: Box<dyn std::error::Error> = Box::new(Context::builder().kernel("nobody").build().unwrap_err());
    assert!(error.to_string().contains("nobody"), "{error}");
    let copy: Error = *error.downcast().expect("an Error");
    assert_eq!(format!("{:?}", copy.status()), "UNKNOWN_NAME");
    Ok(())
}
