//! Pooling.
use crate::context::Context;
use crate::element::{Byte, Element};
use crate::error::Result;
use crate::layer::Layer;
use crate::memory::size;
use crate::output::Output;
use crate::structure::defaults;
use crate::values::PoolKind;
use crate::window::Window;
use ottava_sys as sys;
use std::ptr::null;

/// Pooling, each channel by itself.
///
/// ```
/// use ottava::{Context, Pool2d, PoolKind, Window};
///
/// let context = Context::new()?;
/// let pool = Pool2d::new(PoolKind::MAX, 1).window(Window::new(2, 2).stride(2, 2)).build(&context)?;
/// let mut output = [0i8; 2];
/// pool.run(1, 2, 4, &[1, 2, 3, 4, 8, 7, 6, 5], &mut output)?; // one image of two lines of four pixels
/// assert_eq!(output, [8, 6]);
/// # Ok::<(), ottava::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pool2d(sys::ottava_pool2d_desc);

impl Pool2d {
    /// A window of one pixel, scale 1, zero point 0.
    pub fn new(kind: PoolKind, channels: usize) -> Pool2d {
        let mut desc: sys::ottava_pool2d_desc = defaults();
        desc.kind = kind.0;
        desc.channels = size(channels);
        Pool2d(desc)
    }

    /// The pixels that an output pixel is made of.
    pub fn window(mut self, window: Window) -> Self {
        self.0.window = window.0;
        self
    }

    /// They are the whole input.
    pub fn global(mut self) -> Self {
        self.0.flags |= sys::OTTAVA_POOL_GLOBAL;
        self
    }

    /// Scale and zero point of the input.
    pub fn input(mut self, scale: f32, zero_point: i32) -> Self {
        self.0.input_scale = scale;
        self.0.input_zero_point = zero_point;
        self
    }

    /// The layer, of [`PoolKind::MAX`] or [`PoolKind::AVERAGE`], whose output has type, scale and zero point of the
    /// input.
    pub fn build<I: Byte>(&self, context: &Context) -> Result<Layer<I, I>> {
        self.create(context, null())
    }

    /// The layer, with an output of its own. Of that, [`PoolKind::MAX`] and [`PoolKind::AVERAGE`] have the clamp alone.
    pub fn build_with<I: Byte, O: Element>(&self, context: &Context, output: &Output<'_, O>) -> Result<Layer<I, O>> {
        output.with_raw(Some(self.0.channels), |output| self.create(context, output))
    }

    fn create<I: Byte, O: Element>(&self, context: &Context, output: *const sys::ottava_output) -> Result<Layer<I, O>> {
        let mut desc = self.0;
        desc.input_type = I::TYPE;
        Layer::create(context, desc.channels, |layer, error| unsafe {
            sys::ottava_pool2d_create(context.as_raw(), &desc, output, layer, error)
        })
    }
}
