//! Tunings: what measurement has shown to be faster on one machine.
use crate::context::Context;
use crate::element::{Byte, Element, Lhs};
use crate::error::{check, Error, Result};
use crate::handle::Handle;
use crate::matmul::MatmulBuilder;
use crate::memory::size;
use crate::output::Output;
use crate::structure::{defaults, text};
use crate::values::Status;
use ottava_sys as sys;
use std::ptr::null_mut;
use std::sync::Arc;
use std::time::Duration;

/// Choices that cost only time, measured for some products on one machine. Products that are made with
/// [`Context::tuned`] take them; no bit of any result depends on it. A clone is the same tuning.
///
/// ```
/// # use ottava::{Context, Matmul, Output, Tuning};
/// # use std::time::Duration;
/// let context = Context::new()?;
/// let output = Output::<i8>::new().scale(2.0);
/// let wanted = Matmul::<i8, i8>::builder(64, 32); // depth, channels
/// let tuning = wanted.tune::<i8>(&context, &[1, 20], &output, Duration::from_millis(50))?;
/// let again = Tuning::read(&context, &tuning.to_text()?)?; // as from a file
/// let matmul = wanted.build(&context.tuned(&again)?, &[1i8; 64 * 32], &output)?;
/// # assert_eq!(matmul.context().cpu()?, context.cpu()?);
/// # Ok::<(), ottava::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tuning(Arc<Handle<sys::ottava_tuning>>);

/// One product of a tuning.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct TunedProduct {
    /// What it is, in the words of the text.
    pub problem: String,
    /// The largest M that it is for.
    pub most_rows: usize,
    /// Of a run by the library's own choice.
    pub default_picoseconds: u64,
    /// Of a run with what was found; the same where nothing was better.
    pub tuned_picoseconds: u64,
    /// By how much two equal measurements differed, as a share of their time.
    pub noise_millionths: u64,
}

impl Tuning {
    /// From text that [`to_text`](Self::to_text) has made, on this machine and with this library.
    pub fn read(context: &Context, text: &str) -> Result<Tuning> {
        Tuning::read_with(context, text, 0)
    }

    /// Likewise, of whatever machine: what this one does not have is passed over.
    pub fn read_of_another_machine(context: &Context, text: &str) -> Result<Tuning> {
        Tuning::read_with(context, text, sys::OTTAVA_TUNING_OF_ANOTHER_MACHINE)
    }

    fn read_with(context: &Context, text: &str, flags: u32) -> Result<Tuning> {
        let (bytes, length) = (text.as_ptr().cast(), text.len() as u64);
        Tuning::create(|tuning, error| unsafe {
            sys::ottava_tuning_read(context.as_raw(), bytes, length, flags, tuning, error)
        })
    }

    fn create(
        make: impl FnOnce(*mut *mut sys::ottava_tuning, *mut sys::ottava_error) -> sys::ottava_status,
    ) -> Result<Tuning> {
        Handle::create(make).map(|handle| Tuning(Arc::new(handle)))
    }

    /// All of it as text: a line for each product, behind lines that name the machine.
    pub fn to_text(&self) -> Result<String> {
        let mut needed = 0;
        check(|error| unsafe { sys::ottava_tuning_write(self.as_raw(), null_mut(), 0, &mut needed, error) })?;
        let mut bytes = vec![0u8; usize::try_from(needed).unwrap_or(0)];
        let (start, length) = (bytes.as_mut_ptr().cast(), bytes.len() as u64);
        check(|error| unsafe { sys::ottava_tuning_write(self.as_raw(), start, length, &mut needed, error) })?;
        bytes.pop(); // the 0
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The lines of both; of the same product, that which was measured longer.
    pub fn merge(&self, other: &Tuning) -> Result<Tuning> {
        Tuning::create(|tuning, error| unsafe {
            sys::ottava_tuning_merge(self.as_raw(), other.as_raw(), tuning, error)
        })
    }

    /// What was measured, product by product.
    pub fn products(&self) -> Result<Vec<TunedProduct>> {
        let mut products = Vec::new();
        loop {
            let (mut info, index): (sys::ottava_tuned_info, _) = (defaults(), products.len() as u32);
            match check(|error| unsafe { sys::ottava_tuning_query(self.as_raw(), index, &mut info, error) }) {
                Ok(()) => products.push(TunedProduct {
                    problem: text(&info.problem),
                    most_rows: usize::try_from(info.most_rows).unwrap_or(usize::MAX),
                    default_picoseconds: info.default_picoseconds,
                    tuned_picoseconds: info.tuned_picoseconds,
                    noise_millionths: info.noise_millionths,
                }),
                Err(error) if error.status() == Status::OUT_OF_RANGE => return Ok(products),
                Err(error) => return Err(error),
            }
        }
    }

    /// The handle, for functions of [`sys`]. It stays this tuning's.
    pub fn as_raw(&self) -> *const sys::ottava_tuning {
        self.0.as_ptr()
    }
}

impl<L: Lhs, D: Element> MatmulBuilder<'_, L, D> {
    /// Measures what makes products of this kind faster, with weights of type `W` drawn at random, run with these
    /// numbers of rows. Takes about as long as it may; nothing else should keep the machine busy.
    pub fn tune<W: Byte>(
        &self,
        context: &Context,
        rows: &[usize],
        output: &Output<'_, D>,
        budget: Duration,
    ) -> Result<Tuning> {
        let rows: Vec<i64> = rows.iter().map(|&m| size(m)).collect();
        let mut desc = self.desc;
        desc.rhs_type = W::TYPE;
        let mut problem: sys::ottava_tune_problem = defaults();
        let mut options: sys::ottava_tune_options = defaults();
        let too_many = |_| Error::new(Status::BAD_SHAPE, "problems[0].m_count", "is too large");
        problem.m_count = u32::try_from(rows.len()).map_err(too_many)?;
        problem.m = rows.as_ptr();
        problem.desc = &desc;
        options.budget_nanoseconds = u64::try_from(budget.as_nanos()).unwrap_or(u64::MAX).max(1);
        output.with_raw(Some(desc.n), |output| {
            problem.output = output;
            Tuning::create(|tuning, error| unsafe {
                sys::ottava_tune(context.as_raw(), &problem, 1, &options, tuning, error)
            })
        })
    }
}
