//! Contexts: threads, tiers, and what the CPU is.
use crate::error::{check, Error, Result};
use crate::handle::Handle;
use crate::info::{CpuInfo, TierInfo};
use crate::structure::defaults;
use crate::tuning::Tuning;
use crate::values::{Status, Tier};
use ottava_sys as sys;
use std::ffi::{c_void, CString};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// Memory, threads and the choice of CPU tier that operators share. A clone is the same context; it is released with
/// its last clone and operator.
///
/// ```
/// # use ottava::{Context, Tier};
/// let context = Context::builder().threads(2).tier_cap(Tier::PORTABLE).build()?;
/// println!("{}", context.cpu()?.name);
/// # Ok::<(), ottava::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Context(Arc<Owned>);

#[derive(Debug)]
struct Owned {
    handle: Handle<sys::ottava_context>,
    _threads: Option<Arc<HostThreads>>, // whom the handle calls
    _from: Option<(Context, Tuning)>,   // what a derived one uses
}

impl Context {
    /// One thread, the best tier that the CPU has.
    pub fn new() -> Result<Context> {
        Context::builder().build()
    }

    /// A context that is told more.
    pub fn builder() -> ContextBuilder {
        ContextBuilder { options: defaults(), host: defaults(), kernel: None, threads: None }
    }

    /// What was detected when the context was created.
    pub fn cpu(&self) -> Result<CpuInfo> {
        let mut info = defaults();
        check(|error| unsafe { sys::ottava_cpu_query(self.as_raw(), &mut info, error) })?;
        Ok(CpuInfo::from(&info))
    }

    /// All tiers, the best one of this architecture first.
    pub fn tiers(&self) -> Result<Vec<TierInfo>> {
        let mut tiers = Vec::new();
        loop {
            let (mut info, index) = (defaults(), tiers.len() as u32);
            match check(|error| unsafe { sys::ottava_tier_query(self.as_raw(), index, &mut info, error) }) {
                Ok(()) => tiers.push(TierInfo::from(&info)),
                Err(error) if error.status() == Status::OUT_OF_RANGE => return Ok(tiers),
                Err(error) => return Err(error),
            }
        }
    }

    /// A context that shares the threads of this one, and whose products take the lines of a tuning.
    pub fn tuned(&self, tuning: &Tuning) -> Result<Context> {
        let handle = Handle::create(|handle, error| unsafe {
            sys::ottava_context_derive(self.as_raw(), null(), tuning.as_raw(), handle, error)
        })?;
        Ok(Context(Arc::new(Owned { handle, _threads: None, _from: Some((self.clone(), tuning.clone())) })))
    }

    /// The handle, for functions of [`sys`]. It stays this context's.
    pub fn as_raw(&self) -> *const sys::ottava_context {
        self.0.handle.as_ptr()
    }
}

/// What a context is to be.
pub struct ContextBuilder {
    options: sys::ottava_context_options,
    host: sys::ottava_context_host,
    kernel: Option<String>,
    threads: Option<Arc<HostThreads>>,
}

impl ContextBuilder {
    /// Most threads that one run may use, 1 to 1024; 0 for one per usable core.
    pub fn threads(mut self, threads: u32) -> Self {
        self.options.threads = threads;
        self
    }

    /// Use no tier above this one.
    pub fn tier_cap(mut self, tier: Tier) -> Self {
        self.options.tier_cap = tier.0;
        self
    }

    /// What runs with the context runs on cores of one kind alone, that of the core on which it is built: what these
    /// have counts, and not what all cores of the machine have in common.
    ///
    /// # Safety
    ///
    /// The thread that builds it and those that run its operators must be pinned to such cores: on others a run may
    /// end in an illegal instruction.
    pub unsafe fn this_core_kind(mut self) -> Self {
        self.options.flags |= sys::OTTAVA_CONTEXT_THIS_CORE_KIND;
        self
    }

    /// Use this kernel alone.
    pub fn kernel(mut self, name: &str) -> Self {
        self.kernel = Some(name.to_string());
        self
    }

    /// Threads of the host instead of a pool of the context's own: `run(count, piece)` calls `piece(i)` for each i
    /// below
    /// `count`, in any order, on any threads, and returns when all have returned. [`threads`](Self::threads) bounds
    /// `count`.
    ///
    /// Whatever it does, each piece is done once: one that is called again does nothing the second time, and what it
    /// leaves out, or leaves undone as it panics, the calling thread does. The panic ends there.
    ///
    /// ```
    /// # use ottava::Context;
    /// let context = Context::builder()
    ///     .threads(4)
    ///     .parallel_for(|count, piece| {
    ///         std::thread::scope(|scope| {
    ///             for index in 0..count {
    ///                 scope.spawn(move || piece(index));
    ///             }
    ///         })
    ///     })
    ///     .build()?;
    /// # Ok::<(), ottava::Error>(())
    /// ```
    pub fn parallel_for(mut self, run: impl Fn(u32, &(dyn Fn(u32) + Sync)) + Send + Sync + 'static) -> Self {
        self.threads = Some(Arc::new(HostThreads { run: Box::new(run) }));
        self
    }

    /// Creates the context. `OTTAVA_ISA` in the environment caps the tier too, `OTTAVA_TUNING` names a file of [`Tuning`].
    pub fn build(mut self) -> Result<Context> {
        let kernel = self.kernel.map(CString::new).transpose().map_err(|_| {
            Error::new(Status::UNKNOWN_NAME, "host.kernel", "holds a NUL character, which no kernel's name does")
        })?;
        if let Some(name) = &kernel {
            self.host.kernel = name.as_ptr();
        }
        if let Some(threads) = &self.threads {
            self.host.parallel_for = Some(parallel_for);
            self.host.parallel_user = Arc::as_ptr(threads) as *mut c_void;
        }
        let handle = Handle::create(|handle, error| unsafe {
            sys::ottava_context_create(&self.options, &self.host, handle, error)
        })?;
        Ok(Context(Arc::new(Owned { handle, _threads: self.threads, _from: None })))
    }
}

struct HostThreads {
    run: Box<ParallelFor>,
}

impl std::fmt::Debug for HostThreads {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("HostThreads")
    }
}

type ParallelFor = dyn Fn(u32, &(dyn Fn(u32) + Sync)) + Send + Sync;

/// The pieces of one run, each to be done once.
struct Pieces {
    begun: [AtomicU64; 16], // a bit for each of the 1024 that a context may have
    count: u32,
    function: unsafe extern "C" fn(*mut c_void, u32),
    task: *mut c_void,
}

// The library lets any thread do any piece.
unsafe impl Sync for Pieces {}

impl Pieces {
    fn run(&self, index: u32) {
        let (word, bit) = (index as usize / 64, 1u64 << (index % 64));
        if index < self.count && self.begun[word].fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            unsafe { (self.function)(self.task, index) };
        }
    }
}

/// The `parallel_for` of a context whose `parallel_user` is a `HostThreads`. `count` is at most the context's threads.
unsafe extern "C" fn parallel_for(user: *mut c_void, count: u32, function: sys::ottava_task_fn, task: *mut c_void) {
    let threads = unsafe { &*(user as *const HostThreads) };
    let function = match function {
        Some(function) => function,
        None => return,
    };
    let pieces = Pieces { begun: Default::default(), count: count.min(1024), function, task };
    // A closure cannot keep a borrowed function, so when it has returned or unwound no piece is still being done.
    let outcome = catch_unwind(AssertUnwindSafe(|| (threads.run)(count, &|index| pieces.run(index))));
    if let Err(payload) = outcome {
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
        std::mem::forget(dropped); // what panics as it is dropped, twice
    }
    for index in 0..count {
        pieces.run(index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_is_done_once() {
        unsafe extern "C" fn count(task: *mut c_void, index: u32) {
            let done = unsafe { &*(task as *const [AtomicU64; 70]) };
            done[index as usize].fetch_add(1, Ordering::Relaxed);
        }
        let twice = HostThreads { run: Box::new(|count, piece| (1..=count).chain(1..=count).for_each(piece)) };
        let done: [AtomicU64; 70] = [(); 70].map(|()| AtomicU64::new(0));
        let (user, task) = (&twice as *const HostThreads as *mut c_void, done.as_ptr() as *mut c_void);
        unsafe { parallel_for(user, 69, Some(count), task) };
        let done: Vec<u64> = done.iter().map(|done| done.load(Ordering::Relaxed)).collect();
        assert_eq!(done, [vec![1; 69], vec![0]].concat());
    }
}
