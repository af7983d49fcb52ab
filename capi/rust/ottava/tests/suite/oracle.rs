//! What should come out, in plain loops, and random numbers to try it on.

/// Random numbers (xorshift), the same in each run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    pub fn s8(&mut self, count: usize) -> Vec<i8> {
        (0..count).map(|_| self.between(-128, 127) as i8).collect()
    }

    pub fn u8(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.between(0, 255) as u8).collect()
    }

    pub fn s32(&mut self, count: usize, most: i64) -> Vec<i32> {
        (0..count).map(|_| self.between(-most, most) as i32).collect()
    }
}

/// A product's accumulators, M x N row by row.
pub fn accumulators(
    m: usize,
    n: usize,
    k: usize,
    lhs: impl Fn(usize, usize) -> i32,
    rhs: impl Fn(usize, usize) -> i32,
) -> Vec<i32> {
    let sum = |row, column| (0..k).map(|depth| lhs(row, depth) * rhs(depth, column)).sum();
    (0..m * n).map(|at| sum(at / n, at % n)).collect()
}

/// OTTAVA_REQUANTIZE_FIXED_TWO_ROUNDINGS by a real scale below 1, to [low, high].
pub fn two_roundings(x: i32, scale: f64, zero_point: i64, low: i64, high: i64) -> i64 {
    assert!(scale > 0.0 && scale < 1.0);
    let mut exponent = 0;
    let mut significand = scale;
    while significand < 0.5 {
        significand *= 2.0;
        exponent -= 1;
    }
    let mut multiplier = (significand * (1i64 << 31) as f64).round() as i64;
    if multiplier == 1 << 31 {
        multiplier /= 2;
        exponent += 1;
    }
    let shift = -exponent.min(0);
    let a = i64::from(x) << exponent.max(0);
    let b = (a * multiplier + (1 << 30)) >> 31;
    let half = if shift == 0 { 0 } else { 1 << (shift - 1) };
    let y = if b < 0 { -((-b + half) >> shift) } else { (b + half) >> shift };
    (y + zero_point).clamp(low, high)
}

/// An NHWC tensor of one image, as its (line, pixel, channel) say; None beyond it.
pub struct Image<'a, T> {
    pub elements: &'a [T],
    pub height: i64,
    pub width: i64,
    pub channels: i64,
}

impl<T: Copy> Image<'_, T> {
    pub fn at(&self, y: i64, x: i64, channel: i64) -> Option<T> {
        let inside = y >= 0 && y < self.height && x >= 0 && x < self.width;
        inside.then(|| self.elements[((y * self.width + x) * self.channels + channel) as usize])
    }
}
