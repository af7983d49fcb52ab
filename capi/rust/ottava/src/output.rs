//! What becomes of accumulators.
use crate::addition::Addition;
use crate::element::{Byte, Element};
use crate::error::Result;
use crate::memory::array;
use crate::structure::defaults;
use crate::values::{Parameters, Requantization};
use ottava_sys as sys;
use std::marker::PhantomData;

/// What becomes of accumulators, the same for every operator: `activation(clamp(requantized(accumulator + bias) +
/// zero_point))` as elements of type `D`.
///
/// Arrays have an element per channel; an operator reads them when it is created.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a, D> {
    raw: sys::ottava_output,
    bias: Option<&'a [i32]>,
    bias_f32: Option<&'a [f32]>,
    multipliers: Option<&'a [i32]>,
    shifts: Option<&'a [i32]>,
    addition: Option<Addition>,
    elements: PhantomData<(D, &'a ())>,
}

impl<'a, D: Element> Output<'a, D> {
    /// Scale 1, zero point 0, no clamp. To i8, u8 and i16 by [`Requantization::FIXED_TWO_ROUNDINGS`] from real scales;
    /// to i32 and f32 without requantization.
    pub fn new() -> Output<'a, D> {
        let mut raw: sys::ottava_output = defaults();
        raw.type_ = D::TYPE;
        if !D::REQUANTIZED {
            raw.requantization = Requantization::NONE.0;
        }
        Output {
            raw,
            bias: None,
            bias_f32: None,
            multipliers: None,
            shifts: None,
            addition: None,
            elements: PhantomData,
        }
    }

    /// Of the elements; 1 without requantization.
    pub fn scale(mut self, scale: f32) -> Self {
        self.raw.scale = scale;
        self
    }

    /// Of the elements, in the range of the type.
    pub fn zero_point(mut self, zero_point: i32) -> Self {
        self.raw.zero_point = zero_point;
        self
    }

    /// By which formula.
    pub fn requantization(mut self, requantization: Requantization) -> Self {
        self.raw.requantization = requantization.0;
        self
    }

    /// From which numbers.
    pub fn parameters(mut self, parameters: Parameters) -> Self {
        self.raw.parameters = parameters.0;
        self
    }

    /// Integer parameters instead of scales, for all channels; left shifts are positive.
    pub fn multiplier(mut self, multiplier: i32, shift: i32) -> Self {
        self.raw.multiplier = multiplier;
        self.raw.shift = shift;
        self.parameters(Parameters::INTEGER)
    }

    /// Likewise, a multiplier and a shift per channel.
    pub fn multipliers(mut self, multipliers: &'a [i32], shifts: &'a [i32]) -> Self {
        self.multipliers = Some(multipliers);
        self.shifts = Some(shifts);
        self.parameters(Parameters::INTEGER)
    }

    /// Bounds on the stored integer, zero point included.
    pub fn clamp(mut self, min: i32, max: i32) -> Self {
        self.raw.clamp_min = min;
        self.raw.clamp_max = max;
        self
    }

    /// Bounds on f32.
    pub fn clamp_f32(mut self, min: f32, max: f32) -> Self {
        self.raw.clamp_min_f32 = min;
        self.raw.clamp_max_f32 = max;
        self
    }

    /// Added to the accumulator, so in units of lhs scale * rhs scale.
    pub fn bias(mut self, bias: &'a [i32]) -> Self {
        self.bias = Some(bias);
        self
    }

    /// Added after scaling; to f32 and for [`Requantization::FLOAT_NEAREST_EVEN`] alone.
    pub fn bias_f32(mut self, bias: &'a [f32]) -> Self {
        self.bias_f32 = Some(bias);
        self
    }

    /// For i32: gemmlowp's hyperbolic tangent of fixed point, `zero` standing for 0 and `zero + amplitude` for 1.
    pub fn gemmlowp_tanh(mut self, zero: i32, amplitude: i32) -> Self {
        self.raw.activation = sys::OTTAVA_ACTIVATION_GEMMLOWP_TANH;
        self.raw.tanh_zero = zero;
        self.raw.tanh_amplitude = amplitude;
        self
    }

    /// Calls `with` with the structure of the library for an operator of so many channels; None: for a function that
    /// refuses arrays unread.
    pub(crate) fn with_raw<T>(
        &self,
        channels: Option<i64>,
        with: impl FnOnce(&sys::ottava_output) -> Result<T>,
    ) -> Result<T> {
        let mut raw = self.raw;
        raw.bias = array("output.bias", self.bias, channels)?;
        raw.bias_f32 = array("output.bias_f32", self.bias_f32, channels)?;
        raw.multipliers = array("output.multipliers", self.multipliers, channels)?;
        raw.shifts = array("output.shifts", self.shifts, channels)?;
        if let Some(addition) = &self.addition {
            raw.addition = &addition.0;
        }
        with(&raw)
    }

    /// The numbers, for those who change them; they hold no pointer but that of a table.
    pub(crate) fn raw_mut(&mut self) -> &mut sys::ottava_output {
        &mut self.raw
    }
}

impl<'a, D: Byte> Output<'a, D> {
    /// What is stored is `table[y]`, y taken as its unsigned byte. See [`make_table`](crate::make_table).
    pub fn table(mut self, table: &'a [D; 256]) -> Self {
        self.raw.activation = sys::OTTAVA_ACTIVATION_TABLE;
        self.raw.table = table.as_ptr().cast();
        self
    }

    /// What is stored is the sum of this output, the first tensor, and a second one that each run is given. Its first
    /// scale and zero point are this output's own.
    pub fn addition(mut self, addition: Addition) -> Self {
        self.addition = Some(addition);
        self
    }
}

impl<D: Element> Default for Output<'_, D> {
    fn default() -> Self {
        Output::new()
    }
}
