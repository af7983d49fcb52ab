//! Products with constant weights: how they are made. Their runs are in matmul_run.rs.
use crate::context::Context;
use crate::element::{Byte, Element, Lhs};
use crate::error::{check, Result};
use crate::handle::Handle;
use crate::info::MatmulInfo;
use crate::matmul_run::MatmulRun;
use crate::memory::{array, place, size};
use crate::output::Output;
use crate::structure::defaults;
use crate::values::{Order, Quantization};
use ottava_sys as sys;
use std::marker::PhantomData;
use std::ptr::null;

/// `dst[M x N] = output( sum over k of (lhs[m, k] - lhs zero point) * (rhs[k, n] - rhs zero point) )`, from activations
/// of `L` to results of `D`. The weights are packed at creation; M is known at run time.
#[derive(Debug)]
pub struct Matmul<L, D> {
    handle: Handle<sys::ottava_matmul>,
    context: Context, // outlives the handle
    pub(crate) desc: sys::ottava_matmul_desc,
    elements: PhantomData<fn(L) -> D>,
}

impl<L: Lhs, D: Element> Matmul<L, D> {
    /// A product of depth `k` with `n` output channels, scales 1, zero points 0, all matrices in row order.
    pub fn builder<'a>(k: usize, n: usize) -> MatmulBuilder<'a, L, D> {
        let mut desc: sys::ottava_matmul_desc = defaults();
        desc.k = size(k);
        desc.n = size(n);
        desc.lhs_type = L::TYPE;
        MatmulBuilder { desc, rhs_scales: None, rhs_zero_points: None, elements: PhantomData }
    }

    /// Computes `m` rows of dst from `m` rows of lhs, both dense.
    pub fn run(&self, m: usize, lhs: &[L], dst: &mut [D]) -> Result<()> {
        self.at(m).run(lhs, dst)
    }

    /// Runs with `m` rows: what else may be told of them.
    pub fn at(&self, m: usize) -> MatmulRun<'_, L, D> {
        MatmulRun::new(self, m)
    }

    /// What became of it, for runs with `m` rows.
    pub fn info(&self, m: usize) -> Result<MatmulInfo> {
        let mut info = defaults();
        check(|error| unsafe { sys::ottava_matmul_query(self.as_raw(), size(m), &mut info, error) })?;
        Ok(MatmulInfo::from(&info))
    }

    /// The context that it was made with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The handle, for functions of [`sys`]. It stays this product's.
    pub fn as_raw(&self) -> *const sys::ottava_matmul {
        self.handle.as_ptr()
    }
}

/// What a product is to be.
#[derive(Clone, Copy, Debug)]
pub struct MatmulBuilder<'a, L, D> {
    pub(crate) desc: sys::ottava_matmul_desc,
    rhs_scales: Option<&'a [f32]>,
    rhs_zero_points: Option<&'a [i32]>,
    elements: PhantomData<fn(L) -> D>,
}

impl<'a, L: Lhs, D: Element> MatmulBuilder<'a, L, D> {
    /// Scale and zero point of all activations.
    pub fn lhs(mut self, scale: f32, zero_point: i32) -> Self {
        self.desc.lhs_scale = scale;
        self.desc.lhs_zero_point = zero_point;
        self
    }

    /// Scale and zero point of all weights.
    pub fn rhs(mut self, scale: f32, zero_point: i32) -> Self {
        self.desc.rhs_scale = scale;
        self.desc.rhs_zero_point = zero_point;
        self
    }

    /// A scale of the weights per channel.
    pub fn rhs_scales(mut self, scales: &'a [f32]) -> Self {
        self.rhs_scales = Some(scales);
        self
    }

    /// A zero point of the weights per channel.
    pub fn rhs_zero_points(mut self, zero_points: &'a [i32]) -> Self {
        self.rhs_zero_points = Some(zero_points);
        self
    }

    /// Elements from one row (column) of the weights to the next, also negative; 0 for dense.
    pub fn rhs_stride(mut self, stride: isize) -> Self {
        self.desc.rhs_stride = stride as i64;
        self
    }

    /// The orders of lhs, rhs and dst. Weights that lie N x K, row by row, are in column order.
    pub fn orders(mut self, lhs: Order, rhs: Order, dst: Order) -> Self {
        self.desc.lhs_order = lhs.0;
        self.desc.rhs_order = rhs.0;
        self.desc.dst_order = dst.0;
        self
    }

    /// How activations of f32 become 8 bits.
    pub fn lhs_quantization(mut self, quantization: Quantization) -> Self {
        self.desc.lhs_quantization = quantization.0;
        self
    }

    /// Into which 8 bits, where that is not the usual type of the quantization.
    pub fn lhs_quantized_to<Q: Byte>(mut self) -> Self {
        self.desc.lhs_quantized_type = Q::TYPE;
        self
    }

    /// The largest M that a run will ask for.
    pub fn max_m(mut self, max_m: usize) -> Self {
        self.desc.max_m = size(max_m);
        self
    }

    /// Accepts a depth for which the accumulator may overflow; it then wraps, equally everywhere.
    pub fn allow_wrap(self) -> Self {
        self.flag(sys::OTTAVA_MATMUL_ALLOW_WRAP)
    }

    /// The weights stand on the left: rhs N x K, lhs K x M, dst N x M.
    pub fn weights_left(self) -> Self {
        self.flag(sys::OTTAVA_MATMUL_WEIGHTS_LEFT)
    }

    /// Each run is given a scale per row of the activations.
    pub fn lhs_row_scales(self) -> Self {
        self.flag(sys::OTTAVA_MATMUL_LHS_ROW_SCALES)
    }

    /// Each run is given a zero point per row of the activations.
    pub fn lhs_row_zero_points(self) -> Self {
        self.flag(sys::OTTAVA_MATMUL_LHS_ROW_ZERO_POINTS)
    }

    fn flag(mut self, flag: u32) -> Self {
        self.desc.flags |= flag;
        self
    }

    /// The product with these weights: checks everything, picks the kernel, packs them.
    pub fn build<W: Byte>(self, context: &Context, rhs: &[W], output: &Output<'_, D>) -> Result<Matmul<L, D>> {
        let shape = rhs_dimensions(&self.desc, self.desc.rhs_stride);
        let first = place("constants.rhs", rhs.len(), &shape)?;
        self.create(context, W::TYPE, unsafe { rhs.as_ptr().add(first) }.cast(), output)
    }

    /// The product without weights: each run is given some, of type `W`.
    pub fn build_without_rhs<W: Byte>(self, context: &Context, output: &Output<'_, D>) -> Result<Matmul<L, D>> {
        self.flag(sys::OTTAVA_MATMUL_RUNTIME_RHS).create(context, W::TYPE, null(), output)
    }

    fn create(
        mut self,
        context: &Context,
        rhs_type: u32,
        rhs: *const sys::c_void,
        output: &Output<'_, D>,
    ) -> Result<Matmul<L, D>> {
        let desc = &mut self.desc;
        let channels = Some(desc.n);
        desc.rhs_type = rhs_type;
        let mut constants: sys::ottava_matmul_constants = defaults();
        constants.rhs = rhs;
        constants.rhs_scales = array("constants.rhs_scales", self.rhs_scales, channels)?;
        constants.rhs_zero_points = array("constants.rhs_zero_points", self.rhs_zero_points, channels)?;
        let handle = output.with_raw(channels, |output| {
            Handle::create(|handle, error| unsafe {
                sys::ottava_matmul_create(context.as_raw(), desc, output, &constants, handle, error)
            })
        })?;
        Ok(Matmul { handle, context: context.clone(), desc: self.desc, elements: PhantomData })
    }
}

/// A matrix of so many rows and columns in an order, with a stride (0: dense), as `place` takes it.
pub(crate) fn matrix(rows: i64, columns: i64, order: u32, stride: i64) -> [(i64, i64); 2] {
    let (lines, length) = if order == sys::OTTAVA_ORDER_COLUMN { (columns, rows) } else { (rows, columns) };
    [(lines, if stride == 0 { length } else { stride }), (length, 1)]
}

/// The weights; on the left they are N x K.
pub(crate) fn rhs_dimensions(desc: &sys::ottava_matmul_desc, stride: i64) -> [(i64, i64); 2] {
    let left = desc.flags & sys::OTTAVA_MATMUL_WEIGHTS_LEFT != 0;
    let (rows, columns) = if left { (desc.n, desc.k) } else { (desc.k, desc.n) };
    matrix(rows, columns, desc.rhs_order, stride)
}
