//! Addition of two tensors.
use crate::context::Context;
use crate::element::Byte;
use crate::error::Result;
use crate::layer::Layer;
use crate::memory::size;
use crate::structure::defaults;
use crate::values::AdditionArithmetic;
use ottava_sys as sys;

/// sum = first + second, in real numbers: as a layer, or as the end of a product
/// ([`Output::addition`](crate::Output::addition)).
///
/// ```
/// use ottava::{Addition, Context};
///
/// let context = Context::new()?;
/// let layer = Addition::new().first(0.5, 0).second(0.25, 0).sum(0.5, 0).build(&context, 2)?;
/// let run = layer.at(1, 1, 2)?; // one image of one line of two pixels
/// let mut sum = [0i8; 4];
/// run.run_with(ottava::LayerOperands::new(&[10, 20, 30, 40], &mut sum).second(&[2, 4, 6, 8]))?;
/// assert_eq!(sum, [11, 22, 33, 44]);
/// # Ok::<(), ottava::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Addition(pub(crate) sys::ottava_add_desc);

impl Addition {
    /// TFLite's, scales 1, zero points 0, no clamp.
    pub fn new() -> Addition {
        Addition(defaults())
    }

    /// Scale and zero point of the first tensor.
    pub fn first(mut self, scale: f32, zero_point: i32) -> Self {
        self.0.first_scale = scale;
        self.0.first_zero_point = zero_point;
        self
    }

    /// Likewise of the second.
    pub fn second(mut self, scale: f32, zero_point: i32) -> Self {
        self.0.second_scale = scale;
        self.0.second_zero_point = zero_point;
        self
    }

    /// Likewise of the sum.
    pub fn sum(mut self, scale: f32, zero_point: i32) -> Self {
        self.0.scale = scale;
        self.0.zero_point = zero_point;
        self
    }

    /// By whose formula.
    pub fn arithmetic(mut self, arithmetic: AdditionArithmetic) -> Self {
        self.0.arithmetic = arithmetic.0;
        self
    }

    /// The second tensor is subtracted.
    pub fn subtract(mut self) -> Self {
        self.0.flags |= sys::OTTAVA_ADD_SUBTRACT;
        self
    }

    /// Bounds on the stored integer, zero point included.
    pub fn clamp(mut self, min: i32, max: i32) -> Self {
        self.0.clamp_min = min;
        self.0.clamp_max = max;
        self
    }

    /// The layer that adds tensors of so many channels.
    pub fn build<T: Byte>(&self, context: &Context, channels: usize) -> Result<Layer<T, T>> {
        let mut desc = self.0;
        desc.channels = size(channels);
        desc.type_ = T::TYPE;
        Layer::create(context, desc.channels, |layer, error| unsafe {
            sys::ottava_add_create(context.as_raw(), &desc, layer, error)
        })
    }
}

impl Default for Addition {
    fn default() -> Self {
        Addition::new()
    }
}
