//! Layers of a network: a 3 x 3 convolution, a depthwise one, and the mean of each channel, on images of two sizes.
use ottava::{Context, Conv2d, DepthwiseConv2d, Layer, Output, Padding, Pool2d, PoolKind, Window};

fn main() -> ottava::Result<()> {
    let context = Context::builder().threads(0).build()?; // one per core
    let window = Window::new(3, 3).padding(Padding::SAME);
    let relu = Output::<i8>::new().scale(0.1).zero_point(-128).clamp(-128, 127);

    let weights: Vec<i8> = (0..16 * 3 * 3 * 3).map(|at| (at * 37 % 255 - 127) as i8).collect();
    let scales: Vec<f32> = (1..=16).map(|channel| channel as f32 / 1000.0).collect();
    let conv: Layer<u8, i8> = Conv2d::new(3, 16)
        .window(window.stride(2, 2))
        .input(1.0 / 255.0, 0)
        .weights_scales(&scales)
        .build(&context, &weights, &relu.bias(&[100; 16]))?;
    let depthwise: Layer<i8, i8> = DepthwiseConv2d::new(16).window(window).input(0.1, -128).weights_scale(0.01).build(
        &context,
        &weights[..9 * 16],
        &relu,
    )?;
    let mean = Pool2d::new(PoolKind::AVERAGE, 16).global().input(0.1, -128).build(&context)?;

    for side in [32, 57] {
        let image: Vec<u8> = (0..side * side * 3).map(|at| (at * 7 % 256) as u8).collect();
        let run = conv.at(1, side, side)?;
        let [batch, height, width, channels] = run.output_shape();
        let (mut first, mut second) = (vec![0; run.output_len()], vec![0; run.output_len()]);
        let mut means = vec![0i8; channels];
        run.run(&image, &mut first)?;
        depthwise.run(batch, height, width, &first, &mut second)?;
        mean.run(batch, height, width, &second, &mut means)?;
        println!("{side} x {side}: {means:?}");
        assert!(means.iter().any(|&mean| mean > -128));
    }
    println!("{}", conv.at(1, 32, 32)?.info().route);
    Ok(())
}
