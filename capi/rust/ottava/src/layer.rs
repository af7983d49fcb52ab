//! Layers that have been made, and their runs.
use crate::context::Context;
use crate::element::{Byte, Element};
use crate::error::{check, Result};
use crate::handle::Handle;
use crate::info::LayerInfo;
use crate::memory::{place, size};
use crate::structure::defaults;
use ottava_sys as sys;
use std::marker::PhantomData;

/// A layer of an NHWC network, from tensors of `I` to tensors of `O`: what [`Conv2d`](crate::Conv2d),
/// [`DepthwiseConv2d`](crate::DepthwiseConv2d), [`TransposedConv2d`](crate::TransposedConv2d),
/// [`Pool2d`](crate::Pool2d) and [`Addition`](crate::Addition) build. It serves images of any size.
///
/// Tensors are batch, height (lines), width (pixels of a line), channels; the channels of a pixel lie side by side.
#[derive(Debug)]
pub struct Layer<I, O> {
    handle: Handle<sys::ottava_layer>,
    context: Context, // outlives the handle
    input_channels: i64,
    elements: PhantomData<fn(I) -> O>,
}

impl<I: Byte, O: Element> Layer<I, O> {
    pub(crate) fn create(
        context: &Context,
        input_channels: i64,
        call: impl FnOnce(*mut *mut sys::ottava_layer, *mut sys::ottava_error) -> sys::ottava_status,
    ) -> Result<Self> {
        let handle = Handle::create(call)?;
        Ok(Layer { handle, context: context.clone(), input_channels, elements: PhantomData })
    }

    /// Runs on `batch` images of that height and width, dense ones. [`at`](Self::at) once is cheaper for many runs of
    /// one size.
    pub fn run(&self, batch: usize, height: usize, width: usize, input: &[I], output: &mut [O]) -> Result<()> {
        self.at(batch, height, width)?.run(input, output)
    }

    /// Runs of that size: what they are, and what else may be told of them.
    pub fn at(&self, batch: usize, height: usize, width: usize) -> Result<LayerRun<'_, I, O>> {
        let (mut desc, mut info) = (defaults::<sys::ottava_layer_run_desc>(), defaults());
        desc.batch = size(batch);
        desc.height = size(height);
        desc.width = size(width);
        check(|error| unsafe { sys::ottava_layer_query(self.as_raw(), &desc, &mut info, error) })?;
        Ok(LayerRun { layer: self, desc, info })
    }

    /// The context that it was made with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The handle, for functions of [`sys`]. It stays this layer's.
    pub fn as_raw(&self) -> *const sys::ottava_layer {
        self.handle.as_ptr()
    }
}

/// Runs of a layer on images of one size.
#[derive(Clone, Copy)]
pub struct LayerRun<'l, I, O> {
    layer: &'l Layer<I, O>,
    desc: sys::ottava_layer_run_desc,
    info: sys::ottava_layer_info,
}

impl<I: Byte, O: Element> LayerRun<'_, I, O> {
    /// Elements from one input pixel to the next: the channels of a wider tensor, of which the input is a slice.
    pub fn input_pixel_stride(mut self, stride: usize) -> Self {
        self.desc.input_pixel_stride = size(stride);
        self
    }

    /// Likewise of the second tensor.
    pub fn second_pixel_stride(mut self, stride: usize) -> Self {
        self.desc.second_pixel_stride = size(stride);
        self
    }

    /// Likewise of the output.
    pub fn output_pixel_stride(mut self, stride: usize) -> Self {
        self.desc.output_pixel_stride = size(stride);
        self
    }

    /// Adds to the output what is there; to i32 and f32 alone.
    pub fn accumulate(mut self) -> Self {
        self.desc.flags |= sys::OTTAVA_RUN_ACCUMULATE;
        self
    }

    /// Output, memory, kernel.
    pub fn info(&self) -> LayerInfo {
        LayerInfo::from(&self.info)
    }

    /// Batch, height, width and channels of the output.
    pub fn output_shape(&self) -> [usize; 4] {
        let info = &self.info;
        [self.desc.batch, info.output_height, info.output_width, info.output_channels].map(|size| size as usize)
    }

    /// Elements of a dense output.
    pub fn output_len(&self) -> usize {
        self.output_shape().iter().fold(1, |product, &size| product.saturating_mul(size))
    }

    /// Runs the layer, which takes its workspace from the heap.
    pub fn run(&self, input: &[I], output: &mut [O]) -> Result<()> {
        self.run_with(LayerOperands::new(input, output))
    }

    /// Runs the layer on memory of the caller.
    pub fn run_with(&self, operands: LayerOperands<'_, I, O>) -> Result<()> {
        let (layer, desc) = (self.layer, &self.desc);
        let input_pixels = [desc.batch, desc.height, desc.width];
        let output_pixels = [desc.batch, self.info.output_height, self.info.output_width];
        let input_size = (input_pixels, layer.input_channels);
        let output_size = (output_pixels, self.info.output_channels);
        let second = operands.second.map_or(&*operands.output, |second| second);
        hold_pixels("operands.input", operands.input, input_size, desc.input_pixel_stride)?;
        hold_pixels("operands.output", operands.output, output_size, desc.output_pixel_stride)?;
        if operands.second.is_some() || operands.second_is_output {
            hold_pixels("operands.second", second, output_size, desc.second_pixel_stride)?;
        }
        let mut raw: sys::ottava_layer_operands = defaults();
        raw.input = operands.input.as_ptr().cast();
        raw.output = operands.output.as_mut_ptr().cast();
        if let Some(second) = operands.second {
            raw.second = second.as_ptr().cast();
        } else if operands.second_is_output {
            raw.second = raw.output;
        }
        if let Some(saturated) = operands.saturated {
            raw.saturated = saturated.as_mut_ptr();
        }
        if let Some(workspace) = operands.workspace {
            raw.workspace = workspace.as_mut_ptr().cast();
            raw.workspace_bytes = workspace.len() as u64;
        }
        check(|error| unsafe { sys::ottava_layer_run(layer.as_raw(), desc, &raw, error) })
    }
}

/// Whether a slice holds a tensor: batch, height and width, channels, elements from pixel to pixel (0: dense).
fn hold_pixels<T>(name: &str, slice: &[T], (pixels, channels): ([i64; 3], i64), stride: i64) -> Result<()> {
    let count = pixels.iter().fold(1i64, |product, &size| product.saturating_mul(size.max(0)));
    place(name, slice.len(), &[(count, if stride == 0 { channels } else { stride }), (channels, 1)]).map(|_| ())
}

/// The memory that one run of a layer works on.
pub struct LayerOperands<'a, I, O> {
    input: &'a [I],
    output: &'a mut [O],
    second: Option<&'a [O]>,
    second_is_output: bool,
    saturated: Option<&'a mut [u64; 2]>,
    workspace: Option<&'a mut [u8]>,
}

impl<'a, I: Byte, O: Element> LayerOperands<'a, I, O> {
    /// Input and output.
    pub fn new(input: &'a [I], output: &'a mut [O]) -> Self {
        LayerOperands { input, output, second: None, second_is_output: false, saturated: None, workspace: None }
    }

    /// The second tensor of an addition, as large as the first, or of a convolution whose output has one, as large as
    /// the output.
    pub fn second(mut self, second: &'a [O]) -> Self {
        self.second = Some(second);
        self
    }

    /// The output holds the second tensor, and receives the sum.
    pub fn add_to_output(mut self) -> Self {
        self.second_is_output = true;
        self
    }

    /// Receives how many elements were below the lower, above the upper end of the clamp; of convolutions alone.
    pub fn saturated(mut self, counters: &'a mut [u64; 2]) -> Self {
        self.saturated = Some(counters);
        self
    }

    /// Scratch memory of [`LayerInfo::workspace_bytes`]; without it the run takes it from the heap.
    pub fn workspace(mut self, workspace: &'a mut [u8]) -> Self {
        self.workspace = Some(workspace);
        self
    }
}
