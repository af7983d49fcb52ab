//! Convolutions: plain, depthwise, transposed.
use crate::context::Context;
use crate::element::{Byte, Element};
use crate::error::Result;
use crate::layer::Layer;
use crate::memory::{array, place, size};
use crate::output::Output;
use crate::structure::{defaults, Structure};
use crate::values::WeightsLayout;
use crate::window::Window;
use ottava_sys as sys;

/// A convolution to be made; `D` is what it is described by. See [`Conv2d`], [`DepthwiseConv2d`], [`TransposedConv2d`].
#[derive(Clone, Copy, Debug)]
pub struct Convolution<'a, D> {
    desc: D,
    weights_scales: Option<&'a [f32]>,
    weights_zero_points: Option<&'a [i32]>,
}

/// What a plain convolution is described by.
pub type Plain = sys::ottava_conv2d_desc;
/// What a depthwise convolution is described by.
pub type Depthwise = sys::ottava_depthwise_conv2d_desc;
/// What a transposed convolution is described by.
pub type Transposed = sys::ottava_transposed_conv2d_desc;

/// A convolution.
///
/// ```
/// use ottava::{Context, Conv2d, Output, Padding, Window};
///
/// let context = Context::new()?;
/// let layer = Conv2d::new(1, 1)
///     .window(Window::new(3, 3).padding(Padding::SAME))
///     .input(0.5, 0) // scale, zero point
///     .weights_scale(0.5)
///     .build(&context, &[1i8; 9], &Output::new().scale(0.25))?;
/// let mut output = [0i8; 6];
/// layer.run(1, 2, 3, &[1i8, 2, 3, 4, 5, 6], &mut output)?; // one image of two lines of three pixels
/// assert_eq!(output, [12, 21, 16, 12, 21, 16]);
/// # Ok::<(), ottava::Error>(())
/// ```
pub type Conv2d<'a> = Convolution<'a, Plain>;
/// A depthwise convolution: each input channel has output channels of its own. Weights lie H, W, O by default.
pub type DepthwiseConv2d<'a> = Convolution<'a, Depthwise>;
/// A transposed convolution: what a convolution of this window takes its input from.
pub type TransposedConv2d<'a> = Convolution<'a, Transposed>;

mod sealed {
    use super::sys;

    pub type Create<D> = unsafe extern "C" fn(
        *const sys::ottava_context,
        *const D,
        *const sys::ottava_output,
        *const sys::ottava_conv2d_constants,
        *mut *mut sys::ottava_layer,
        *mut sys::ottava_error,
    ) -> sys::ottava_status;

    /// The fields that all descriptors have.
    pub struct Fields<'d> {
        pub flags: &'d mut u32,
        pub window: &'d mut sys::ottava_window,
        pub input_type: &'d mut u32,
        pub input_zero_point: &'d mut i32,
        pub input_scale: &'d mut f32,
        pub weights_type: &'d mut u32,
        pub weights_layout: &'d mut u32,
        pub weights_zero_point: &'d mut i32,
        pub weights_scale: &'d mut f32,
    }

    pub trait Description: super::Structure {
        const CREATE: Create<Self>;
        fn fields(&mut self) -> Fields<'_>;
        /// Input channels, output channels, input channels of one output channel.
        fn channels(&self) -> [i64; 3];
    }
}
use sealed::{Create, Description, Fields};

macro_rules! descriptions {
    ($($type:ident: $create:ident, $channels:expr;)*) => {
        $(impl Description for $type {
            const CREATE: Create<Self> = sys::$create;

            fn fields(&mut self) -> Fields<'_> {
                Fields {
                    flags: &mut self.flags,
                    window: &mut self.window,
                    input_type: &mut self.input_type,
                    input_zero_point: &mut self.input_zero_point,
                    input_scale: &mut self.input_scale,
                    weights_type: &mut self.weights_type,
                    weights_layout: &mut self.weights_layout,
                    weights_zero_point: &mut self.weights_zero_point,
                    weights_scale: &mut self.weights_scale,
                }
            }

            fn channels(&self) -> [i64; 3] {
                let channels: fn(&Self) -> [i64; 3] = $channels;
                channels(self)
            }
        })*
    };
}
descriptions! {
    Plain: ottava_conv2d_create,
        |desc| [desc.input_channels, desc.output_channels, desc.input_channels / desc.groups.max(1)];
    Depthwise: ottava_depthwise_conv2d_create,
        |desc| [desc.channels, desc.channels.saturating_mul(desc.multiplier), 1];
    Transposed: ottava_transposed_conv2d_create,
        |desc| [desc.input_channels, desc.output_channels, desc.input_channels / desc.groups.max(1)];
}

impl<'a, D: Description> Convolution<'a, D> {
    fn with(set: impl FnOnce(&mut D)) -> Self {
        let mut convolution = Convolution { desc: defaults(), weights_scales: None, weights_zero_points: None };
        set(&mut convolution.desc);
        convolution
    }

    fn set(mut self, set: impl FnOnce(Fields<'_>)) -> Self {
        set(self.desc.fields());
        self
    }

    /// The pixels that an output pixel is made of; one by default.
    pub fn window(self, window: Window) -> Self {
        self.set(|fields| *fields.window = window.0)
    }

    /// Scale and zero point of the input.
    pub fn input(self, scale: f32, zero_point: i32) -> Self {
        self.set(|fields| {
            *fields.input_scale = scale;
            *fields.input_zero_point = zero_point;
        })
    }

    /// Scale of all weights.
    pub fn weights_scale(self, scale: f32) -> Self {
        self.set(|fields| *fields.weights_scale = scale)
    }

    /// Zero point of all weights.
    pub fn weights_zero_point(self, zero_point: i32) -> Self {
        self.set(|fields| *fields.weights_zero_point = zero_point)
    }

    /// A scale per output channel.
    pub fn weights_scales(mut self, scales: &'a [f32]) -> Self {
        self.weights_scales = Some(scales);
        self
    }

    /// A zero point per output channel.
    pub fn weights_zero_points(mut self, zero_points: &'a [i32]) -> Self {
        self.weights_zero_points = Some(zero_points);
        self
    }

    /// How the weights lie.
    pub fn weights_layout(self, layout: WeightsLayout) -> Self {
        self.set(|fields| *fields.weights_layout = layout.0)
    }

    /// Accepts sums that may overflow; they then wrap, equally everywhere.
    pub fn allow_wrap(self) -> Self {
        self.set(|fields| *fields.flags |= sys::OTTAVA_CONV2D_ALLOW_WRAP)
    }

    /// The layer: checks everything, picks the kernel, packs the weights.
    pub fn build<I: Byte, W: Byte, O: Element>(
        &self,
        context: &Context,
        weights: &[W],
        output: &Output<'_, O>,
    ) -> Result<Layer<I, O>> {
        let mut desc = self.desc;
        *desc.fields().input_type = I::TYPE;
        *desc.fields().weights_type = W::TYPE;
        let window = *desc.fields().window;
        let [input_channels, output_channels, depth] = desc.channels();
        let taps = i64::from(window.kernel_height).max(0) * i64::from(window.kernel_width).max(0);
        place("constants.weights", weights.len(), &[(output_channels.saturating_mul(depth).saturating_mul(taps), 1)])?;
        let mut constants: sys::ottava_conv2d_constants = defaults();
        constants.weights = weights.as_ptr().cast();
        constants.weights_scales = array("constants.weights_scales", self.weights_scales, Some(output_channels))?;
        constants.weights_zero_points =
            array("constants.weights_zero_points", self.weights_zero_points, Some(output_channels))?;
        output.with_raw(Some(output_channels), |output| {
            Layer::create(context, input_channels, |layer, error| unsafe {
                D::CREATE(context.as_raw(), &desc, output, &constants, layer, error)
            })
        })
    }
}

macro_rules! grouped {
    ($($convolution:ident)*) => {
        $(impl $convolution<'_> {
            /// One pixel, one group, scales 1, zero points 0; weights lie O, H, W, I.
            pub fn new(input_channels: usize, output_channels: usize) -> Self {
                Self::with(|desc| {
                    desc.input_channels = size(input_channels);
                    desc.output_channels = size(output_channels);
                })
            }

            /// Groups of channels that do not see each other.
            pub fn groups(mut self, groups: usize) -> Self {
                self.desc.groups = size(groups);
                self
            }
        })*
    };
}
grouped! { Conv2d TransposedConv2d }

impl TransposedConv2d<'_> {
    /// Lines and pixels that the output has more.
    pub fn adjustment(mut self, height: i32, width: i32) -> Self {
        self.desc.adjustment_height = height;
        self.desc.adjustment_width = width;
        self
    }
}

impl DepthwiseConv2d<'_> {
    /// One pixel, one output channel for each of the input, scales 1, zero points 0.
    pub fn new(channels: usize) -> Self {
        Self::with(|desc| desc.channels = size(channels))
    }

    /// Output channels of each input channel.
    pub fn multiplier(mut self, multiplier: usize) -> Self {
        self.desc.multiplier = size(multiplier);
        self
    }
}
