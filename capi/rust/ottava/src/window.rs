//! Windows of convolutions and pools.
use crate::error::{check, Result};
use crate::memory::size;
use crate::structure::defaults;
use crate::values::Padding;
use ottava_sys as sys;

/// Which pixels of the input an output pixel is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Window(pub(crate) sys::ottava_window);

impl Window {
    /// So many lines and pixels, by steps of 1, without padding.
    pub fn new(kernel_height: i32, kernel_width: i32) -> Window {
        let mut window = defaults::<sys::ottava_conv2d_desc>().window;
        window.kernel_height = kernel_height;
        window.kernel_width = kernel_width;
        Window(window)
    }

    /// From one output pixel to the next.
    pub fn stride(mut self, height: i32, width: i32) -> Self {
        self.0.stride_height = height;
        self.0.stride_width = width;
        self
    }

    /// From one tap to the next.
    pub fn dilation(mut self, height: i32, width: i32) -> Self {
        self.0.dilation_height = height;
        self.0.dilation_width = width;
        self
    }

    /// How the pads are found.
    pub fn padding(mut self, padding: Padding) -> Self {
        self.0.padding = padding.0;
        self
    }

    /// The pads themselves.
    pub fn pads(mut self, top: i32, left: i32, bottom: i32, right: i32) -> Self {
        self.0.pad_top = top;
        self.0.pad_left = left;
        self.0.pad_bottom = bottom;
        self.0.pad_right = right;
        self.padding(Padding::EXPLICIT)
    }

    /// What it means for an input of that size: the window with its pads explicit, and height and width of the output.
    pub fn resolve(&self, height: usize, width: usize) -> Result<(Window, usize, usize)> {
        let (mut resolved, mut lines, mut pixels) = (*self, 0, 0);
        check(|error| unsafe {
            sys::ottava_window_resolve(
                &self.0,
                size(height),
                size(width),
                &mut resolved.0,
                &mut lines,
                &mut pixels,
                error,
            )
        })?;
        Ok((resolved, lines as usize, pixels as usize))
    }

    /// Top, left, bottom, right.
    pub fn explicit_pads(&self) -> [i32; 4] {
        [self.0.pad_top, self.0.pad_left, self.0.pad_bottom, self.0.pad_right]
    }
}
