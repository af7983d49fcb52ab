//! Layers against plain loops.
use crate::oracle::{Image, Random};
use ottava::{
    Addition, AdditionArithmetic, Context, Conv2d, DepthwiseConv2d, Layer, LayerOperands, Output, Padding, Pool2d,
    PoolKind, Result, TransposedConv2d, WeightsLayout, Window,
};

#[test]
fn conv2d_with_groups_strides_and_pads() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(1));
    let (inputs, outputs, groups, height, width) = (6, 4, 2, 7, 9);
    let (input, weights) = (random.u8(2 * 7 * 9 * 6), random.s8(4 * 3 * 2 * 3));
    let zero_points = random.s32(4, 128 - 1);
    let window = Window::new(3, 2).stride(2, 1).dilation(1, 2).pads(1, 2, 0, 1);
    let layer: Layer<u8, i32> = Conv2d::new(inputs, outputs)
        .groups(groups)
        .window(window)
        .input(1.0, 9)
        .weights_zero_points(&zero_points)
        .build(&context, &weights, &Output::new())?;
    let run = layer.at(2, height, width)?;
    let (_, lines, pixels) = window.resolve(height, width)?;
    assert_eq!(run.output_shape(), [2, lines, pixels, outputs]);
    let mut output = vec![0i32; run.output_len()];
    run.run(&input, &mut output)?;

    let mut wanted = Vec::new();
    for image in input.chunks(height * width * inputs) {
        let image = Image { elements: image, height: 7, width: 9, channels: 6 };
        for (y, x, o) in positions(lines, pixels, outputs) {
            let mut sum = 0;
            for (i, j, c) in positions(3, 2, inputs / groups) {
                let channel = o / (4 / 2) * 3 + c;
                let pixel = image.at(y * 2 + i - 1, x + j * 2 - 2, channel).unwrap_or(9);
                let weight = weights[(((o * 3 + i) * 2 + j) * 3 + c) as usize];
                sum += (i32::from(pixel) - 9) * (i32::from(weight) - zero_points[o as usize]);
            }
            wanted.push(sum);
        }
    }
    assert_eq!(output, wanted);
    Ok(())
}

fn positions(height: usize, width: usize, channels: usize) -> impl Iterator<Item = (i64, i64, i64)> {
    let at = move |index: usize| (index / (width * channels), index / channels % width, index % channels);
    (0..height * width * channels).map(at).map(|(y, x, c)| (y as i64, x as i64, c as i64))
}

#[test]
fn depthwise_with_a_multiplier() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(2));
    let (input, weights) = (random.s8(5 * 5 * 3), random.s8(3 * 3 * 6));
    let window = Window::new(3, 3).padding(Padding::SAME);
    assert_eq!(window.resolve(5, 5)?.0.explicit_pads(), [1; 4]);
    let builder = DepthwiseConv2d::new(3).multiplier(2).window(window);
    let layer = builder.build(&context, &weights, &Output::new())?;
    let mut output = vec![0i32; 5 * 5 * 6];
    layer.run(1, 5, 5, &input, &mut output)?;
    let image = Image { elements: &input[..], height: 5, width: 5, channels: 3 };
    let wanted = positions(5, 5, 6).map(|(y, x, o)| {
        let product = |(i, j, _)| {
            let pixel: i8 = image.at(y + i - 1, x + j - 1, o / 2).unwrap_or(0);
            i32::from(pixel) * i32::from(weights[((i * 3 + j) * 6 + o) as usize])
        };
        positions(3, 3, 1).map(product).sum::<i32>()
    });
    assert_eq!(output, wanted.collect::<Vec<_>>());
    Ok(())
}

#[test]
fn transposed_with_an_adjustment() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(3));
    let (input, weights) = (random.s8(3 * 4 * 2), random.s8(3 * 3 * 3 * 2));
    let layer: Layer<i8, i32> = TransposedConv2d::new(2, 3)
        .window(Window::new(3, 3).stride(2, 2).pads(1, 1, 1, 1))
        .adjustment(1, 0)
        .weights_layout(WeightsLayout::OHWI)
        .build(&context, &weights, &Output::new())?;
    let run = layer.at(1, 3, 4)?;
    assert_eq!(run.output_shape(), [1, 6, 7, 3]);
    let mut output = vec![0i32; run.output_len()];
    run.run(&input, &mut output)?;
    let mut wanted = vec![0i32; 6 * 7 * 3];
    for ((y, x, c), &pixel) in positions(3, 4, 2).zip(&input) {
        for (i, j, o) in positions(3, 3, 3) {
            let (line, column) = (y * 2 + i - 1, x * 2 + j - 1);
            if (0..6).contains(&line) && (0..7).contains(&column) {
                let weight = weights[(((o * 3 + i) * 3 + j) * 2 + c) as usize];
                wanted[((line * 7 + column) * 3 + o) as usize] += i32::from(pixel) * i32::from(weight);
            }
        }
    }
    assert_eq!(output, wanted);
    Ok(())
}

#[test]
fn pools() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(4));
    let input = random.u8(4 * 6 * 5);
    let image = Image { elements: &input[..], height: 4, width: 6, channels: 5 };
    let window = Window::new(2, 3).stride(2, 3);
    let pixels = |y: i64, x: i64, c: i64| -> Vec<i32> {
        let taps = positions(2, 3, 1).map(|(i, j, _)| image.at(y * 2 + i, x * 3 + j, c));
        taps.flatten().map(i32::from).collect()
    };
    let (mut output, mut wanted) = (vec![0u8; 2 * 2 * 5], Vec::new());
    Pool2d::new(PoolKind::MAX, 5).window(window).build(&context)?.run(1, 4, 6, &input, &mut output)?;
    wanted.extend(positions(2, 2, 5).map(|(y, x, c)| pixels(y, x, c).into_iter().max().unwrap_or(0) as u8));
    assert_eq!(output, wanted);

    let clamp = Output::new().clamp(100, 140);
    let average = Pool2d::new(PoolKind::AVERAGE, 5).window(window).build_with(&context, &clamp)?;
    average.run(1, 4, 6, &input, &mut output)?;
    wanted.clear();
    wanted.extend(
        positions(2, 2, 5).map(|(y, x, c)| ((pixels(y, x, c).iter().sum::<i32>() + 3) / 6).clamp(100, 140) as u8),
    );
    assert_eq!(output, wanted);

    let global = Pool2d::new(PoolKind::AVERAGE, 5).global().build::<u8>(&context)?;
    let mut means = [0u8; 5];
    global.run(1, 4, 6, &input, &mut means)?;
    let sum = |channel: usize| input.iter().skip(channel).step_by(5).map(|&pixel| u32::from(pixel)).sum::<u32>();
    assert_eq!(means, [0, 1, 2, 3, 4].map(|channel| ((sum(channel) + 12) / 24) as u8));
    Ok(())
}

/// Slices of the channels of wider tensors: what lies between them stays as it is.
#[test]
fn addition_of_slices_of_channels() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(5));
    let (first, second) = (random.s8(7 * 4), random.s8(7 * 5));
    let addition = Addition::new().arithmetic(AdditionArithmetic::XNNPACK).subtract();
    let layer = addition.clamp(-100, 90).build(&context, 3)?;
    let mut output = vec![55i8; 7 * 6];
    let run = layer.at(1, 1, 7)?.input_pixel_stride(4).second_pixel_stride(5).output_pixel_stride(6);
    run.run_with(LayerOperands::new(&first, &mut output).second(&second))?;
    for (at, &element) in output.iter().enumerate() {
        let (pixel, channel) = (at / 6, at % 6);
        let difference = || i32::from(first[pixel * 4 + channel]) - i32::from(second[pixel * 5 + channel]);
        assert_eq!(i32::from(element), if channel < 3 { difference().clamp(-100, 90) } else { 55 });
    }

    // The same sum in place of its second tensor.
    let mut sum = second.clone();
    let run = layer.at(1, 1, 7)?.input_pixel_stride(4).second_pixel_stride(5).output_pixel_stride(5);
    run.run_with(LayerOperands::new(&first, &mut sum).add_to_output())?;
    for pixel in 0..7 {
        assert_eq!(sum[pixel * 5..][..3], output[pixel * 6..][..3]);
        assert_eq!(sum[pixel * 5 + 3..][..2], second[pixel * 5 + 3..][..2]);
    }
    Ok(())
}

/// With an addition at its end, counters, and the workspace of the caller.
#[test]
fn conv2d_with_everything() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(6));
    let (input, weights, second) = (random.s8(6 * 6 * 4), random.s8(8 * 4), random.s8(6 * 6 * 8));
    let output = Output::new().scale(100.0);
    let addition = Addition::new().first(100.0, 0).second(50.0, 0).sum(120.0, 0);
    let mut between = vec![0i8; 6 * 6 * 8];
    Conv2d::new(4, 8).build(&context, &weights, &output)?.run(1, 6, 6, &input, &mut between)?;
    let mut wanted = vec![0i8; 6 * 6 * 8];
    let adds = addition.build(&context, 8)?;
    adds.at(1, 6, 6)?.run_with(LayerOperands::new(&between, &mut wanted).second(&second))?;

    let layer = Conv2d::new(4, 8).build(&context, &weights, &output.addition(addition))?;
    let run = layer.at(1, 6, 6)?;
    let mut workspace = vec![0u8; run.info().workspace_bytes];
    let (mut result, mut saturated) = (vec![0i8; run.output_len()], [9u64; 2]);
    let operands = LayerOperands::new(&input, &mut result).second(&second).workspace(&mut workspace);
    run.run_with(operands.saturated(&mut saturated))?;
    assert_eq!(result, wanted);
    assert_ne!(saturated, [9; 2]);
    Ok(())
}
