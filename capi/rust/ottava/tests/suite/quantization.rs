//! What is done to tensors and parameters around products.
use crate::oracle::{two_roundings, Random};
use ottava::{
    choose_parameters, form_multiplier, make_table, Choice, Context, Form, Function, Matmul, Multiplier, Output,
    Quantization, Result,
};

#[test]
fn tensors() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(1));
    let values: Vec<f32> = (0..101).map(|_| random.between(-4000, 4000) as f32 / 64.0).collect();
    let (smallest, largest) = context.range(&values)?;
    assert_eq!(smallest, values.iter().copied().fold(f32::MAX, f32::min));
    assert_eq!(largest, values.iter().copied().fold(f32::MIN, f32::max));
    let mut bytes = vec![0i8; values.len()];
    context.quantize(Quantization::DIVIDE, 0.5, -3, &values, &mut bytes)?;
    let even = |x: f32| if (x - x.trunc()).abs() == 0.5 { 2.0 * (x / 2.0).round() } else { x.round() };
    let wanted: Vec<i8> = values.iter().map(|x| (even(x / 0.5) as i32 - 3).clamp(-128, 127) as i8).collect();
    assert_eq!(bytes, wanted);
    let mut floats = vec![0f32; bytes.len()];
    context.dequantize(0.5, -3, &bytes, &mut floats)?;
    assert_eq!(floats, bytes.iter().map(|&q| (i32::from(q) + 3) as f32 * 0.5).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn rows() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(2));
    let values: Vec<f32> = (0..24).map(|_| random.between(-99, 99) as f32).collect();
    let (mut bytes, mut scales, mut zero_points) = ([0i8; 24], [0f32; 3], [9i32; 3]);
    context.quantize_rows(Quantization::TFLITE_SYMMETRIC, 8, &values, &mut bytes, &mut scales, &mut zero_points)?;
    for (row, values) in values.chunks(8).enumerate() {
        let largest = values.iter().fold(0f32, |most, value| most.max(value.abs()));
        assert_eq!((scales[row], zero_points[row]), (largest / 127.0, 0));
        let wanted: Vec<i8> = values.iter().map(|value| (value * (127.0 / largest)).round() as i8).collect();
        assert_eq!(bytes[row * 8..][..8], wanted);
    }
    let (mut bytes, mut zero_points) = ([0u8; 24], [9i32; 3]);
    context.quantize_rows(Quantization::ONNX_DYNAMIC, 8, &values, &mut bytes, &mut scales, &mut zero_points)?;
    assert!(zero_points.iter().all(|zero_point| (0..256).contains(zero_point)));
    Ok(())
}

#[test]
fn accumulators() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(3));
    let from = random.s32(77, 1 << 24);
    let mut to = vec![0u8; from.len()];
    context.requantize(&Output::new().scale(3.0).zero_point(100), 0.00007, &from, &mut to)?;
    let scale = f64::from(0.00007f32) / 3.0;
    let wanted: Vec<u8> = from.iter().map(|&x| two_roundings(x, scale, 100, 0, 255) as u8).collect();
    assert_eq!(to, wanted);
    Ok(())
}

#[test]
fn parameters() -> Result<()> {
    let Multiplier { multiplier, shift, relative_error } = form_multiplier(Form::TFLITE, 0.375)?;
    assert_eq!((multiplier, shift), (3 << 29, -1));
    assert!(relative_error <= 2f64.powi(-31));
    assert_eq!(choose_parameters::<i8>(Choice::SYMMETRIC, -4.0, 2.0)?, (4.0 / 127.0, 0));
    assert_eq!(choose_parameters::<u8>(Choice::ASYMMETRIC, 0.0, 255.0)?, (1.0, 0));
    assert_eq!((ottava::version().0, ottava::version().1), (0, 1));
    Ok(())
}

#[test]
fn tables() -> Result<()> {
    let context = Context::new()?;
    let table = make_table::<i8>(Function::RELU, (1.0, 0), (2.0, -10))?;
    let wanted = |q: i32| (f64::from(q.max(0)) / 2.0).round() as i32 - 10;
    for q in -128..128 {
        assert_eq!(i32::from(table[q as i8 as u8 as usize]), wanted(q));
    }
    let matmul = Matmul::builder(1, 1).build(&context, &[1i8], &Output::new().table(&table))?;
    let (lhs, mut dst) = ([-5i8, 40, 41], [0i8; 3]);
    matmul.run(3, &lhs, &mut dst)?;
    assert_eq!(dst, lhs.map(|q| wanted(q.into()) as i8));
    Ok(())
}
