//! The numbers around a product: quantizing tensors, forming parameters, tabulating functions.
use crate::context::Context;
use crate::element::{Byte, Element, Lhs};
use crate::error::{check, Error, Result};
use crate::matmul::MatmulBuilder;
use crate::memory::{hold, place, size};
use crate::output::Output;
use crate::structure::defaults;
use crate::values::{Choice, Form, Function, Quantization, Status, System};
use ottava_sys as sys;

/// Tensors, on the calling thread. What is written holds at least as many elements as what is read.
///
/// ```
/// # use ottava::{Context, Quantization, Choice};
/// let context = Context::new()?;
/// let values = [-1.0, 0.0, 0.5, 1.0];
/// let (smallest, largest) = context.range(&values)?;
/// let (scale, zero_point) = ottava::choose_parameters::<u8>(Choice::ASYMMETRIC, smallest, largest)?;
/// let mut bytes = [0u8; 4];
/// context.quantize(Quantization::DIVIDE, scale, zero_point, &values, &mut bytes)?;
/// assert_eq!((zero_point, bytes), (128, [1, 128, 192, 255]));
/// # Ok::<(), ottava::Error>(())
/// ```
impl Context {
    /// The smallest and the largest element, without NaN; both 0 if nothing is left.
    pub fn range(&self, from: &[f32]) -> Result<(f32, f32)> {
        let (mut smallest, mut largest) = (0.0, 0.0);
        check(|error| unsafe {
            sys::ottava_range(self.as_raw(), size(from.len()), from.as_ptr(), &mut smallest, &mut largest, error)
        })?;
        Ok((smallest, largest))
    }

    /// Quantizes with one scale and one zero point, under a static quantization.
    pub fn quantize<Q: Byte>(
        &self,
        quantization: Quantization,
        scale: f32,
        zero_point: i32,
        from: &[f32],
        to: &mut [Q],
    ) -> Result<()> {
        let count = size(from.len());
        hold("to", to, count)?;
        check(|error| unsafe {
            sys::ottava_quantize(
                self.as_raw(),
                quantization.0,
                Q::TYPE,
                scale,
                zero_point,
                count,
                from.as_ptr(),
                to.as_mut_ptr().cast(),
                error,
            )
        })
    }

    /// Quantizes each row of a dense matrix under a dynamic quantization, to u8 for [`Quantization::ONNX_DYNAMIC`] and
    /// to i8 for the others. `scales` has an element per row, and receives its scale; likewise `zero_points`.
    pub fn quantize_rows<Q: Byte>(
        &self,
        quantization: Quantization,
        columns: usize,
        from: &[f32],
        to: &mut [Q],
        scales: &mut [f32],
        zero_points: &mut [i32],
    ) -> Result<()> {
        if (quantization == Quantization::ONNX_DYNAMIC) != (Q::TYPE == sys::OTTAVA_TYPE_U8) {
            let message = format!("has elements of another type than those that {quantization:?} makes");
            return Err(Error::new(Status::BAD_TYPE, "to", message));
        }
        let (rows, columns) = (size(scales.len()), size(columns));
        place("from", from.len(), &[(rows, columns), (columns, 1)])?;
        place("to", to.len(), &[(rows, columns), (columns, 1)])?;
        hold("zero_points", zero_points, rows)?;
        check(|error| unsafe {
            sys::ottava_quantize_rows(
                self.as_raw(),
                quantization.0,
                rows,
                columns,
                from.as_ptr(),
                0,
                to.as_mut_ptr().cast(),
                0,
                scales.as_mut_ptr(),
                zero_points.as_mut_ptr(),
                error,
            )
        })
    }

    /// Dequantizes: `(q - zero_point) * scale` of each element, of another type than f32.
    pub fn dequantize<Q: Element>(&self, scale: f32, zero_point: i32, from: &[Q], to: &mut [f32]) -> Result<()> {
        let count = size(from.len());
        hold("to", to, count)?;
        check(|error| unsafe {
            sys::ottava_dequantize(
                self.as_raw(),
                Q::TYPE,
                scale,
                zero_point,
                count,
                from.as_ptr().cast(),
                to.as_mut_ptr(),
                error,
            )
        })
    }

    /// Requantizes accumulators of that scale with one set of parameters, or dequantizes them to f32. For arrays per
    /// channel or an activation: [`MatmulRun::output_stage`](crate::MatmulRun::output_stage).
    pub fn requantize<D: Element>(&self, output: &Output<'_, D>, scale: f32, from: &[i32], to: &mut [D]) -> Result<()> {
        let count = size(from.len());
        hold("to", to, count)?;
        output.with_raw(None, |output| {
            check(|error| unsafe {
                sys::ottava_requantize(
                    self.as_raw(),
                    output,
                    scale,
                    count,
                    from.as_ptr(),
                    to.as_mut_ptr().cast(),
                    error,
                )
            })
        })
    }
}

/// Integer parameters that stand for a real scale: about `multiplier * 2^(shift - 31)`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Multiplier {
    /// Below 2^31.
    pub multiplier: i32,
    /// Left shifts are positive.
    pub shift: i32,
    /// A bound on what the scale that they stand for differs by.
    pub relative_error: f64,
}

/// Forms multiplier and shift from a real scale.
pub fn form_multiplier(form: Form, scale: f64) -> Result<Multiplier> {
    let mut formed = Multiplier { multiplier: 0, shift: 0, relative_error: 0.0 };
    let Multiplier { multiplier, shift, relative_error } = &mut formed;
    check(|error| unsafe { sys::ottava_form_multiplier(form.0, scale, multiplier, shift, relative_error, error) })?;
    Ok(formed)
}

/// Scale and zero point for values of that range, as `Q` (i8, u8, or i16 by [`Choice::SYMMETRIC`]), so that 0 is exact.
pub fn choose_parameters<Q: Element>(choice: Choice, smallest: f32, largest: f32) -> Result<(f32, i32)> {
    let (mut scale, mut zero_point) = (0.0, 0);
    check(|error| unsafe {
        sys::ottava_choose_parameters(choice.0, Q::TYPE, smallest, largest, &mut scale, &mut zero_point, error)
    })?;
    Ok((scale, zero_point))
}

/// The table of a function, for [`Output::table`]; `from` and `to` are scale and zero point of argument and result.
pub fn make_table<Q: Byte + Default>(function: Function, from: (f32, i32), to: (f32, i32)) -> Result<[Q; 256]> {
    let mut table = [Q::default(); 256];
    let memory = table.as_mut_ptr().cast();
    check(|error| unsafe { sys::ottava_make_table(function.0, Q::TYPE, from.0, from.1, to.0, to.1, memory, error) })?;
    Ok(table)
}

/// Major, minor and patch version of the library that is linked.
pub fn version() -> (u32, u32, u32) {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    unsafe { sys::ottava_version(&mut major, &mut minor, &mut patch) };
    (major, minor, patch)
}

/// Parameters as another system writes them.
///
/// ```
/// # use ottava::{Context, ForeignParameters, Matmul, Output, System};
/// # let context = Context::new()?;
/// let (mut builder, mut output) = (Matmul::builder(1, 1), Output::new());
/// ForeignParameters::new(System::CMSIS_NN)
///     .offsets(3, 0, 5) // of activations and weights minus the zero points, of the result the zero point
///     .multiplier(1 << 30, 1)
///     .import(&mut builder, &mut output)?;
/// let matmul = builder.build(&context, &[2i8], &output)?;
/// let mut dst = [0i8];
/// matmul.run(1, &[4i8], &mut dst)?;
/// assert_eq!(dst, [(4 + 3) * 2 + 5]);
/// # Ok::<(), ottava::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ForeignParameters(sys::ottava_foreign_parameters);

impl ForeignParameters {
    /// Offsets 0, scales 1, no clamp.
    pub fn new(system: System) -> ForeignParameters {
        let mut parameters: sys::ottava_foreign_parameters = defaults();
        parameters.system = system.0;
        ForeignParameters(parameters)
    }

    /// Of activations, weights and result, with the system's sign.
    pub fn offsets(mut self, lhs: i32, rhs: i32, dst: i32) -> Self {
        self.0.lhs_offset = lhs;
        self.0.rhs_offset = rhs;
        self.0.dst_offset = dst;
        self
    }

    /// With the system's sign of the shift; not for ONNX.
    pub fn multiplier(mut self, multiplier: i32, shift: i32) -> Self {
        self.0.multiplier = multiplier;
        self.0.shift = shift;
        self
    }

    /// Of activations, weights and result; for ONNX alone.
    pub fn scales(mut self, lhs: f32, rhs: f32, dst: f32) -> Self {
        self.0.lhs_scale = lhs;
        self.0.rhs_scale = rhs;
        self.0.dst_scale = dst;
        self
    }

    /// Bounds on the stored integer.
    pub fn clamp(mut self, min: i32, max: i32) -> Self {
        self.0.clamp_min = min;
        self.0.clamp_max = max;
        self
    }

    /// Writes zero points, clamp, parameters and the system's requantization into both.
    pub fn import<L: Lhs, D: Element>(
        &self,
        builder: &mut MatmulBuilder<'_, L, D>,
        output: &mut Output<'_, D>,
    ) -> Result<()> {
        check(|error| unsafe { sys::ottava_import_parameters(&self.0, &mut builder.desc, output.raw_mut(), error) })
    }
}
