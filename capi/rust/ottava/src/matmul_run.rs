//! Runs of products, with everything that may vary.
use crate::element::{Byte, Element, Lhs};
use crate::error::{check, Error, Result};
use crate::matmul::{matrix, rhs_dimensions, Matmul};
use crate::memory::{hold, place, size};
use crate::structure::defaults;
use crate::values::Status;
use ottava_sys as sys;
use std::marker::PhantomData;

/// Runs of a product with some number of rows.
#[derive(Clone, Copy)]
pub struct MatmulRun<'m, L, D> {
    matmul: &'m Matmul<L, D>,
    desc: sys::ottava_matmul_run_desc,
}

impl<'m, L: Lhs, D: Element> MatmulRun<'m, L, D> {
    pub(crate) fn new(matmul: &'m Matmul<L, D>, m: usize) -> Self {
        let mut desc: sys::ottava_matmul_run_desc = defaults();
        desc.m = size(m);
        MatmulRun { matmul, desc }
    }

    /// Elements from one row (column) of lhs to the next, also negative; 0 for dense.
    pub fn lhs_stride(mut self, stride: isize) -> Self {
        self.desc.lhs_stride = stride as i64;
        self
    }

    /// Likewise of weights that come with the run.
    pub fn rhs_stride(mut self, stride: isize) -> Self {
        self.desc.rhs_stride = stride as i64;
        self
    }

    /// Likewise of dst.
    pub fn dst_stride(mut self, stride: isize) -> Self {
        self.desc.dst_stride = stride as i64;
        self
    }

    /// Likewise of the second tensor.
    pub fn second_stride(mut self, stride: isize) -> Self {
        self.desc.second_stride = stride as i64;
        self
    }

    /// So many matrices, and elements from one lhs and one dst to the next. An lhs stride of 0: all share one.
    pub fn batches(mut self, batches: usize, lhs_stride: isize, dst_stride: isize) -> Self {
        self.desc.batches = size(batches);
        self.desc.lhs_batch_stride = lhs_stride as i64;
        self.desc.dst_batch_stride = dst_stride as i64;
        self
    }

    /// Elements from the weights of one batch, which come with the run, to those of the next; 0: all share them.
    pub fn rhs_batch_stride(mut self, stride: isize) -> Self {
        self.desc.rhs_batch_stride = stride as i64;
        self
    }

    /// Likewise of second tensors.
    pub fn second_batch_stride(mut self, stride: isize) -> Self {
        self.desc.second_batch_stride = stride as i64;
        self
    }

    /// Only these rows of dst. Operands stay those of the whole.
    pub fn rows(mut self, first: usize, count: usize) -> Self {
        self.desc.first_row = size(first);
        self.desc.rows = size(count);
        self
    }

    /// Only these channels; the first is a multiple of
    /// [`column_granularity`](crate::MatmulInfo::column_granularity).
    pub fn columns(mut self, first: usize, count: usize) -> Self {
        self.desc.first_column = size(first);
        self.desc.columns = size(count);
        self
    }

    /// So many channels and this depth, at most the product's, of one that is given its weights by each run; 0: the
    /// product's. Weights that stay where the largest were to lie have their stride: [`rhs_stride`](Self::rhs_stride).
    pub fn sizes(mut self, n: usize, k: usize) -> Self {
        self.desc.n = size(n);
        self.desc.k = size(k);
        self
    }

    /// Adds to dst what is there; to i32 and f32 alone.
    pub fn accumulate(mut self) -> Self {
        self.desc.flags |= sys::OTTAVA_RUN_ACCUMULATE;
        self
    }

    /// The workspace that such a run needs at most.
    pub fn workspace_bytes(&self) -> Result<usize> {
        let mut bytes = 0;
        check(|error| unsafe { sys::ottava_matmul_workspace(self.matmul.as_raw(), &self.desc, &mut bytes, error) })?;
        Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// Computes dst from lhs. The workspace comes from the heap.
    pub fn run(&self, lhs: &[L], dst: &mut [D]) -> Result<()> {
        self.run_with(MatmulOperands::new(lhs, dst))
    }

    /// Computes dst on memory of the caller.
    pub fn run_with(&self, operands: MatmulOperands<'_, L, D>) -> Result<()> {
        let run = &self.desc;
        let (lhs, dst) = (self.lhs(), self.dst(run.dst_stride, run.dst_batch_stride));
        let mut raw: sys::ottava_matmul_operands = defaults();
        let first = place("operands.lhs", operands.lhs.len(), &lhs)?;
        raw.lhs = unsafe { operands.lhs.as_ptr().add(first) }.cast();
        let first = place("operands.dst", operands.dst.len(), &dst)?;
        let memory = operands.dst.as_mut_ptr();
        raw.dst = unsafe { memory.add(first) }.cast();
        let second = self.dst(run.second_stride, run.second_batch_stride);
        if let Some(slice) = operands.second {
            let first = place("operands.second", slice.len(), &second)?;
            raw.second = unsafe { slice.as_ptr().add(first) }.cast();
        } else if operands.second_is_dst {
            let first = place("operands.second", operands.dst.len(), &second)?;
            raw.second = unsafe { memory.add(first) }.cast();
        }
        if let Some(Rhs { elements, length, element_type, .. }) = operands.rhs {
            raw.rhs = self.rhs(elements, length, element_type)?;
        }
        let rows = run.m.saturating_mul(run.batches.max(0));
        if let Some(scales) = operands.lhs_scales {
            hold("operands.lhs_scales", scales, rows)?;
            raw.lhs_scales = scales.as_ptr();
        }
        if let Some(zero_points) = operands.lhs_zero_points {
            hold("operands.lhs_zero_points", zero_points, rows)?;
            raw.lhs_zero_points = zero_points.as_ptr();
        }
        if let Some(saturated) = operands.saturated {
            raw.saturated = saturated.as_mut_ptr();
        }
        if let Some(workspace) = operands.workspace {
            raw.workspace = workspace.as_mut_ptr().cast();
            raw.workspace_bytes = workspace.len() as u64;
        }
        check(|error| unsafe { sys::ottava_matmul_execute(self.matmul.as_raw(), run, &raw, error) })
    }

    /// The output alone, on accumulators of M x N in row order, dense; `lhs_scales` for a product whose rows have their
    /// own. dst has the strides of the run; batches and parts do not matter.
    pub fn output_stage(&self, accumulators: &[i32], lhs_scales: Option<&[f32]>, dst: &mut [D]) -> Result<()> {
        let (m, n) = (self.desc.m, self.matmul.desc.n);
        place("accumulators", accumulators.len(), &matrix(m, n, sys::OTTAVA_ORDER_ROW, 0))?;
        let first = place("dst", dst.len(), &self.dst_of(n, self.desc.dst_stride))?;
        hold("lhs_scales", lhs_scales.unwrap_or(&[]), if lhs_scales.is_some() { m } else { 0 })?;
        let lhs_scales = lhs_scales.map_or(std::ptr::null(), |scales| scales.as_ptr());
        check(|error| unsafe {
            sys::ottava_matmul_output_stage(
                self.matmul.as_raw(),
                m,
                accumulators.as_ptr(),
                0,
                lhs_scales,
                dst.as_mut_ptr().add(first).cast(),
                self.desc.dst_stride,
                error,
            )
        })
    }

    /// Elements of a dense dst.
    pub fn dst_len(&self) -> usize {
        let product = [self.desc.batches, self.desc.m, self.n()].map(|size| size.max(0) as usize);
        product.iter().fold(1, |product, &size| product.saturating_mul(size))
    }

    fn weights_left(&self) -> bool {
        self.matmul.desc.flags & sys::OTTAVA_MATMUL_WEIGHTS_LEFT != 0
    }

    fn n(&self) -> i64 {
        if self.desc.n == 0 {
            self.matmul.desc.n
        } else {
            self.desc.n
        }
    }

    fn k(&self) -> i64 {
        if self.desc.k == 0 {
            self.matmul.desc.k
        } else {
            self.desc.k
        }
    }

    fn lhs(&self) -> [(i64, i64); 3] {
        let (m, k, run) = (self.desc.m, self.k(), &self.desc);
        let (rows, columns) = if self.weights_left() { (k, m) } else { (m, k) };
        let [lines, elements] = matrix(rows, columns, self.matmul.desc.lhs_order, run.lhs_stride);
        [lines, elements, (run.batches, run.lhs_batch_stride)]
    }

    fn dst(&self, stride: i64, batch_stride: i64) -> [(i64, i64); 3] {
        let [lines, elements] = self.dst_of(self.n(), stride);
        [lines, elements, (self.desc.batches, batch_stride)]
    }

    fn dst_of(&self, n: i64, stride: i64) -> [(i64, i64); 2] {
        let (rows, columns) = if self.weights_left() { (n, self.desc.m) } else { (self.desc.m, n) };
        matrix(rows, columns, self.matmul.desc.dst_order, stride)
    }

    fn rhs(&self, elements: *const sys::c_void, length: usize, element_type: u32) -> Result<*const sys::c_void> {
        let wanted = self.matmul.desc.rhs_type;
        if element_type != wanted {
            let message = format!("has elements of type {element_type}, where the product has {wanted}");
            return Err(Error::new(Status::BAD_TYPE, "operands.rhs", message));
        }
        let desc = sys::ottava_matmul_desc { n: self.n(), k: self.k(), ..self.matmul.desc };
        let [lines, line] = rhs_dimensions(&desc, self.desc.rhs_stride);
        let batches = (self.desc.batches, self.desc.rhs_batch_stride);
        let first = place("operands.rhs", length, &[lines, line, batches])?;
        Ok(unsafe { elements.cast::<u8>().add(first) }.cast()) // both types of weights are bytes
    }
}

/// The memory that one run of a product works on.
pub struct MatmulOperands<'a, L, D> {
    lhs: &'a [L],
    dst: &'a mut [D],
    rhs: Option<Rhs<'a>>,
    lhs_scales: Option<&'a [f32]>,
    lhs_zero_points: Option<&'a [i32]>,
    second: Option<&'a [D]>,
    second_is_dst: bool,
    saturated: Option<&'a mut [u64; 2]>,
    workspace: Option<&'a mut [u8]>,
}

#[derive(Clone, Copy)]
struct Rhs<'a> {
    elements: *const sys::c_void,
    length: usize,
    element_type: u32,
    borrowed: PhantomData<&'a ()>,
}

impl<'a, L: Lhs, D: Element> MatmulOperands<'a, L, D> {
    /// Activations and result.
    pub fn new(lhs: &'a [L], dst: &'a mut [D]) -> Self {
        MatmulOperands {
            lhs,
            dst,
            rhs: None,
            lhs_scales: None,
            lhs_zero_points: None,
            second: None,
            second_is_dst: false,
            saturated: None,
            workspace: None,
        }
    }

    /// The weights, of a product built without.
    pub fn rhs<W: Byte>(mut self, rhs: &'a [W]) -> Self {
        let (elements, length) = (rhs.as_ptr().cast(), rhs.len());
        self.rhs = Some(Rhs { elements, length, element_type: W::TYPE, borrowed: PhantomData });
        self
    }

    /// A scale for each row of each batch.
    pub fn lhs_scales(mut self, scales: &'a [f32]) -> Self {
        self.lhs_scales = Some(scales);
        self
    }

    /// A zero point for each row of each batch.
    pub fn lhs_zero_points(mut self, zero_points: &'a [i32]) -> Self {
        self.lhs_zero_points = Some(zero_points);
        self
    }

    /// The second tensor of a product whose output has an addition, as large as dst.
    pub fn second(mut self, second: &'a [D]) -> Self {
        self.second = Some(second);
        self
    }

    /// dst holds the second tensor, and receives the sum.
    pub fn add_to_dst(mut self) -> Self {
        self.second_is_dst = true;
        self
    }

    /// Receives how many elements were below the lower, above the upper end of the clamp.
    pub fn saturated(mut self, counters: &'a mut [u64; 2]) -> Self {
        self.saturated = Some(counters);
        self
    }

    /// Scratch memory of [`MatmulRun::workspace_bytes`]; without it the run takes it from the heap.
    pub fn workspace(mut self, workspace: &'a mut [u8]) -> Self {
        self.workspace = Some(workspace);
        self
    }
}
