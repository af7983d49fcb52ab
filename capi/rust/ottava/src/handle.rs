//! Handles of the library.
use crate::error::{check, Error, Result};
use crate::values::Status;
use ottava_sys as sys;
use std::ptr::{null_mut, NonNull};

/// What the library hands out and takes back.
pub trait Destroy {
    /// `ottava_..._destroy`.
    const DESTROY: unsafe extern "C" fn(*mut Self) -> sys::ottava_status;
}

impl Destroy for sys::ottava_context {
    const DESTROY: unsafe extern "C" fn(*mut Self) -> sys::ottava_status = sys::ottava_context_destroy;
}
impl Destroy for sys::ottava_matmul {
    const DESTROY: unsafe extern "C" fn(*mut Self) -> sys::ottava_status = sys::ottava_matmul_destroy;
}
impl Destroy for sys::ottava_tuning {
    const DESTROY: unsafe extern "C" fn(*mut Self) -> sys::ottava_status = sys::ottava_tuning_destroy;
}
impl Destroy for sys::ottava_layer {
    const DESTROY: unsafe extern "C" fn(*mut Self) -> sys::ottava_status = sys::ottava_layer_destroy;
}

/// A handle that has one owner, with whom it is destroyed.
#[derive(Debug)]
pub(crate) struct Handle<T: Destroy>(NonNull<T>);

// What a handle stands for does not change after creation, and ottava.h lets any number of threads use one at once. The
// owner destroys it, on whatever thread, when nobody borrows it any more.
unsafe impl<T: Destroy> Send for Handle<T> {}
unsafe impl<T: Destroy> Sync for Handle<T> {}

impl<T: Destroy> Handle<T> {
    /// That of a function of the library that makes one.
    pub fn create(make: impl FnOnce(*mut *mut T, *mut sys::ottava_error) -> sys::ottava_status) -> Result<Self> {
        let mut handle = null_mut();
        check(|error| make(&mut handle, error))?;
        let nothing = || Error::new(Status::NULL_POINTER, "", "the library made no handle");
        NonNull::new(handle).map(Handle).ok_or_else(nothing)
    }

    pub fn as_ptr(&self) -> *const T {
        self.0.as_ptr()
    }
}

impl<T: Destroy> Drop for Handle<T> {
    fn drop(&mut self) {
        unsafe { T::DESTROY(self.0.as_ptr()) };
    }
}
