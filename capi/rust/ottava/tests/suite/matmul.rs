//! Products against plain loops, by everything that a run may vary.
use crate::oracle::{accumulators, two_roundings, Random};
use ottava::{Addition, Context, Matmul, MatmulOperands, Order, Output, Quantization, Requantization, Result};

const SHAPES: [(usize, usize, usize); 7] =
    [(1, 1, 1), (3, 5, 7), (4, 64, 100), (17, 33, 65), (1, 96, 32), (0, 4, 4), (5, 3, 0)];

#[test]
fn s8_with_scales_per_channel() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(1));
    for (m, n, k) in SHAPES {
        let (lhs, rhs, bias) = (random.s8(m * k), random.s8(k * n), random.s32(n, 5000));
        let scales: Vec<f32> = (0..n).map(|_| random.between(1, 1000) as f32 / 50_000.0).collect();
        let output = Output::new().scale(0.75).zero_point(-7).bias(&bias).clamp(-120, 100);
        let matmul = Matmul::builder(k, n).lhs(0.5, 3).rhs_scales(&scales).build(&context, &rhs, &output)?;
        let mut dst = vec![99i8; m * n];
        matmul.run(m, &lhs, &mut dst)?;
        let sums = accumulators(m, n, k, |m, i| i32::from(lhs[m * k + i]) - 3, |i, n_| i32::from(rhs[i * n + n_]));
        for (at, &sum) in sums.iter().enumerate() {
            let scale = 0.5 * f64::from(scales[at % n]) / 0.75;
            let wanted = two_roundings(sum + bias[at % n], scale, -7, -120, 100);
            assert_eq!(i64::from(dst[at]), wanted, "{m} x {n} x {k}, element {at}");
        }
        assert_eq!(matmul.at(m).dst_len(), m * n);
    }
    Ok(())
}

#[test]
fn orders_types_and_zero_points() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(2));
    let (m, n, k) = (5, 9, 21);
    let (lhs, rhs) = (random.u8(m * k), random.u8(k * n));
    let zero_points = random.u8(n).into_iter().map(i32::from).collect::<Vec<_>>();
    let sums = accumulators(
        m,
        n,
        k,
        |row, depth| i32::from(lhs[depth * m + row]) - 200,
        |depth, column| i32::from(rhs[column * k + depth]) - zero_points[column],
    );
    let builder = Matmul::builder(k, n).lhs(1.0, 200).rhs_zero_points(&zero_points).orders(
        Order::COLUMN,
        Order::COLUMN,
        Order::COLUMN,
    );
    let matmul = builder.build(&context, &rhs, &Output::new())?;
    let mut dst = vec![0i32; m * n];
    matmul.run(m, &lhs, &mut dst)?;
    let transposed: Vec<i32> = (0..m * n).map(|at| sums[at % m * n + at / m]).collect();
    assert_eq!(dst, transposed);

    // The weights on the left: the same numbers are matrices of other orders.
    let left = Matmul::builder(k, n).lhs(1.0, 200).rhs_zero_points(&zero_points).weights_left();
    let left = left.build(&context, &rhs, &Output::new())?;
    dst.fill(0);
    left.run(m, &lhs, &mut dst)?;
    assert_eq!(dst, transposed);
    Ok(())
}

#[test]
fn strides_batches_and_parts() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(3));
    let (batches, m, n, k) = (3, 4, 40, 6);
    let (lhs_stride, dst_stride) = (k + 2, n + 3);
    let (lhs_batch, dst_batch) = (m * lhs_stride + 5, m * dst_stride + 1);
    let rhs = random.s8(k * n);
    let lhs = random.s8((batches - 1) * lhs_batch + (m - 1) * lhs_stride + k);
    let dst_len = (batches - 1) * dst_batch + (m - 1) * dst_stride + n;
    let matmul: Matmul<i8, i32> = Matmul::builder(k, n).build(&context, &rhs, &Output::new())?;
    let first_column = matmul.info(m)?.column_granularity;
    // Forwards and, with negative strides, backwards: then row 0 of batch 0 is the last one in memory.
    for sign in [1isize, -1] {
        let run = matmul
            .at(m)
            .lhs_stride(sign * lhs_stride as isize)
            .dst_stride(sign * dst_stride as isize)
            .batches(batches, sign * lhs_batch as isize, sign * dst_batch as isize)
            .rows(1, 2)
            .columns(first_column, n - first_column);
        let mut dst = vec![-1i32; dst_len];
        let mut workspace = vec![0u8; run.workspace_bytes()?];
        run.run_with(MatmulOperands::new(&lhs, &mut dst).workspace(&mut workspace))?;
        let mut wanted = vec![-1i32; dst_len];
        for (batch, row) in (0..batches).flat_map(|batch| [(batch, 1), (batch, 2)]) {
            let place = |batch_stride: usize, stride: usize| match sign {
                1 => batch * batch_stride + row * stride,
                _ => (batches - 1 - batch) * batch_stride + (m - 1 - row) * stride,
            };
            let (from, to) = (&lhs[place(lhs_batch, lhs_stride)..], place(dst_batch, dst_stride));
            let sums = accumulators(1, n, k, |_, i| i32::from(from[i]), |i, n_| i32::from(rhs[i * n + n_]));
            wanted[to + first_column..to + n].copy_from_slice(&sums[first_column..]);
        }
        assert_eq!(dst, wanted, "strides times {sign}");
    }
    Ok(())
}

#[test]
fn weights_of_the_run_and_values_of_rows() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(4));
    let (m, n, k) = (3, 8, 12);
    let (lhs, rhs) = (random.s8(m * k), random.u8(k * n));
    let (scales, zero_points) = (vec![0.5f32, 2.0, 0.125], vec![-4, 0, 100]);
    let builder = Matmul::<i8, f32>::builder(k, n).lhs_row_scales().lhs_row_zero_points();
    let matmul = builder.build_without_rhs::<u8>(&context, &Output::new())?;
    let mut dst = vec![0f32; m * n];
    let operands = MatmulOperands::new(&lhs, &mut dst).rhs(&rhs).lhs_scales(&scales).lhs_zero_points(&zero_points);
    matmul.at(m).run_with(operands)?;
    let sums =
        accumulators(m, n, k, |m, i| i32::from(lhs[m * k + i]) - zero_points[m], |i, n_| i32::from(rhs[i * n + n_]));
    let wanted: Vec<f32> = sums.iter().enumerate().map(|(at, &sum)| sum as f32 * scales[at / n]).collect();
    assert_eq!(dst, wanted);
    Ok(())
}

#[test]
fn sizes_below_those_of_the_product() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(5));
    let (m, most_n, most_k) = (2, 40, 30);
    let cache = random.s8(most_k * most_n);
    let builder = Matmul::<i8, i32>::builder(most_k, most_n).lhs(1.0, 5).rhs(1.0, -2);
    let matmul = builder.build_without_rhs::<i8>(&context, &Output::new())?;
    let mut workspace = vec![0u8; matmul.at(m).workspace_bytes()?];
    for (n, k) in [(1, 1), (17, 30), (40, 7), (40, 30), (33, 29)] {
        let lhs = random.s8(m * k);
        let run = matmul.at(m).sizes(n, k).rhs_stride(most_n as isize);
        let mut dst = vec![0i32; run.dst_len()];
        let rows = &cache[..(k - 1) * most_n + n]; // up to the last element that the run may read
        run.run_with(MatmulOperands::new(&lhs, &mut dst).rhs(rows).workspace(&mut workspace))?;
        let wanted =
            accumulators(m, n, k, |m, i| i32::from(lhs[m * k + i]) - 5, |i, n_| i32::from(cache[i * most_n + n_]) + 2);
        assert_eq!(dst, wanted, "{n} channels, depth {k}");
    }
    let (lhs, mut dst) = (vec![0i8; m * most_k], vec![0i32; m * (most_n + 1)]);
    let refused = matmul.at(m).sizes(most_n + 1, 0).run_with(MatmulOperands::new(&lhs, &mut dst).rhs(&vec![0i8; 2000]));
    assert_eq!(refused.unwrap_err().argument(), "run.n");
    Ok(())
}

#[test]
fn floats_quantized_by_rows() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(5));
    let (m, n, k) = (2, 6, 9);
    let lhs: Vec<f32> = (0..m * k).map(|_| random.between(-1000, 1000) as f32 / 100.0).collect();
    let rhs = random.s8(k * n);
    let builder = Matmul::builder(k, n).rhs(0.25, 0).lhs_quantization(Quantization::TFLITE_SYMMETRIC);
    let matmul = builder.build(&context, &rhs, &Output::<f32>::new())?;
    let mut dst = vec![0f32; m * n];
    matmul.run(m, &lhs, &mut dst)?;
    for (row, values) in lhs.chunks(k).enumerate() {
        let largest = values.iter().fold(0f32, |most, value| most.max(value.abs()));
        let quantized: Vec<i32> = values.iter().map(|value| (value * (127.0 / largest)).round() as i32).collect();
        let sums = accumulators(1, n, k, |_, i| quantized[i], |i, n_| i32::from(rhs[i * n + n_]));
        let scale = largest / 127.0 * 0.25;
        let wanted: Vec<f32> = sums.iter().map(|&sum| sum as f32 * scale).collect();
        assert_eq!(dst[row * n..][..n], wanted);
    }
    Ok(())
}

#[test]
fn accumulation_and_saturation() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(6));
    let (m, n, k) = (3, 5, 4);
    let (lhs, rhs) = (random.s8(m * k), random.s8(k * n));
    let output = Output::new().clamp(-5000, 5000);
    let matmul = Matmul::builder(k, n).build(&context, &rhs, &output)?;
    let start = random.s32(m * n, 9000);
    let (mut dst, mut saturated) = (start.clone(), [7u64; 2]);
    matmul.at(m).accumulate().run_with(MatmulOperands::new(&lhs, &mut dst).saturated(&mut saturated))?;
    let sums = accumulators(m, n, k, |m, i| i32::from(lhs[m * k + i]), |i, n_| i32::from(rhs[i * n + n_]));
    let sums: Vec<i32> = sums.iter().zip(&start).map(|(sum, start)| sum + start).collect();
    assert_eq!(dst, sums.iter().map(|sum| (*sum).clamp(-5000, 5000)).collect::<Vec<_>>());
    let below = sums.iter().filter(|&&sum| sum < -5000).count() as u64;
    let above = sums.iter().filter(|&&sum| sum > 5000).count() as u64;
    assert_eq!(saturated, [below, above]);
    assert!(below > 0 && above > 0);
    Ok(())
}

/// A product with an addition is a product and a layer that adds, whether the second tensor lies apart or in dst.
#[test]
fn addition_at_the_end() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(7));
    let (m, n, k) = (5, 16, 8);
    let (lhs, rhs, second) = (random.s8(m * k), random.s8(k * n), random.s8(m * n));
    let output = Output::new().scale(64.0).requantization(Requantization::FIXED_ONE_ROUNDING);
    let addition = Addition::new().first(64.0, 0).second(16.0, 2).sum(48.0, -3);
    let mut product = vec![0i8; m * n];
    Matmul::builder(k, n).build(&context, &rhs, &output)?.run(m, &lhs, &mut product)?;
    let mut wanted = vec![0i8; m * n];
    let layer = addition.build(&context, n)?;
    layer.at(1, 1, m)?.run_with(ottava::LayerOperands::new(&product, &mut wanted).second(&second))?;

    let fused = Matmul::builder(k, n).build(&context, &rhs, &output.addition(addition))?;
    let mut dst = vec![0i8; m * n];
    fused.at(m).run_with(MatmulOperands::new(&lhs, &mut dst).second(&second))?;
    assert_eq!(dst, wanted);
    dst.copy_from_slice(&second);
    fused.at(m).run_with(MatmulOperands::new(&lhs, &mut dst).add_to_dst())?;
    assert_eq!(dst, wanted);
    Ok(())
}

#[test]
fn the_output_alone() -> Result<()> {
    let (context, mut random) = (Context::new()?, Random(8));
    let (m, n) = (3, 10);
    let (sums, bias) = (random.s32(m * n, 1 << 20), random.s32(n, 1000));
    let output = Output::new().scale(4000.0).bias(&bias);
    let matmul: Matmul<i8, i8> = Matmul::builder(0, n).build(&context, &[0i8; 0], &output)?;
    let mut dst = vec![0i8; m * n];
    matmul.at(m).output_stage(&sums, None, &mut dst)?;
    for (at, &sum) in sums.iter().enumerate() {
        let wanted = two_roundings(sum + bias[at % n], 1.0 / 4000.0, 0, -128, 127);
        assert_eq!(i64::from(dst[at]), wanted);
    }

    // The weights on the left: dst is N x M.
    let left = Matmul::<i8, i8>::builder(0, n).weights_left().build(&context, &[0i8; 0], &output)?;
    let stride = m + 2;
    let mut turned = vec![99i8; (n - 1) * stride + m];
    left.at(m).dst_stride(stride as isize).output_stage(&sums, None, &mut turned)?;
    for (at, &element) in turned.iter().enumerate() {
        let (channel, row) = (at / stride, at % stride);
        assert_eq!(element, if row < m { dst[row * n + channel] } else { 99 });
    }
    Ok(())
}

#[test]
fn what_became_of_it() -> Result<()> {
    let context = Context::new()?;
    let matmul: Matmul<i8, i8> = Matmul::builder(64, 64).build(&context, &[1i8; 64 * 64], &Output::new())?;
    let info = matmul.info(64)?;
    assert!(info.packed_bytes >= 64 * 64 && info.tile_m > 0 && info.threads == 1);
    assert!(!info.kernel.is_empty() && !info.route.is_empty());
    let tiers = context.tiers()?;
    let tier = tiers.iter().find(|tier| tier.usable).expect("a tier");
    assert_eq!(tier.tier, info.tier);
    let cpu = context.cpu()?;
    assert!(cpu.cores >= 1 && cpu.optimized && !cpu.name.is_empty());
    Ok(())
}
