//! Slices against shapes and strides, before the library sees them.
use crate::error::{Error, Result};
use crate::values::Status;

/// A size as the library takes it. None that a slice could have is out of its range.
pub(crate) fn size(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Where in a slice of `length` elements a strided array has its first element, so that all of it lies within: the
/// array of so many steps of so many elements in each dimension. Strides may be negative; of an empty array nothing is
/// used.
pub(crate) fn place(argument: &str, length: usize, dimensions: &[(i64, i64)]) -> Result<usize> {
    if dimensions.iter().any(|&(count, _)| count <= 0) {
        return Ok(0);
    }
    let (mut before, mut behind) = (0i128, 0i128);
    for &(count, stride) in dimensions {
        let reach = (i128::from(count) - 1) * i128::from(stride);
        before = before.saturating_add((-reach).max(0));
        behind = behind.saturating_add(reach.max(0));
    }
    let needed = before.saturating_add(behind).saturating_add(1);
    if needed > length as i128 {
        return Err(wrong_length(argument, length, needed));
    }
    Ok(before as usize)
}

/// A slice with a value for each of so many.
pub(crate) fn hold<T>(argument: &str, slice: &[T], count: i64) -> Result<()> {
    place(argument, slice.len(), &[(count, 1)]).map(|_| ())
}

/// The pointer to an array that has an element for each of `count`, if it is known how many; null if there is none.
pub(crate) fn array<T>(argument: &str, slice: Option<&[T]>, count: Option<i64>) -> Result<*const T> {
    match (slice, count) {
        (None, _) => Ok(std::ptr::null()),
        (Some(slice), Some(count)) if size(slice.len()) != count => {
            Err(wrong_length(argument, slice.len(), count.into()))
        }
        (Some(slice), _) => Ok(slice.as_ptr()),
    }
}

fn wrong_length(argument: &str, length: usize, needed: i128) -> Error {
    Error::new(Status::BAD_MEMORY, argument, format!("has {length} elements, where {needed} are wanted"))
}
