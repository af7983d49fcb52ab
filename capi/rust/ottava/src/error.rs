//! What a call that fails says.
use crate::structure::{defaults, text};
use crate::values::Status;
use ottava_sys as sys;

/// What the functions of this crate return.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call did nothing: the status, the argument at fault, and what is wrong with it in words.
///
/// ```
/// use ottava::{Context, Matmul, Output, Status};
/// # let context = Context::new().unwrap();
/// let builder = Matmul::<i8, i8>::builder(1, 1).lhs(-1.0, 0);
/// let error = builder.build(&context, &[1i8], &Output::new()).unwrap_err();
/// assert_eq!(error.status(), Status::BAD_SCALE);
/// assert_eq!(error.argument(), "desc.lhs_scale");
/// assert!(error.to_string().starts_with("desc.lhs_scale is negative, -1"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    status: Status,
    argument: String,
    message: String,
}

impl Error {
    /// Which rule of the interface it is about.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The argument or field as the headers spell it; empty if none is at fault.
    pub fn argument(&self) -> &str {
        &self.argument
    }

    /// What is wrong with the argument, with the offending values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What this crate finds before it calls the library.
    pub(crate) fn new(status: Status, argument: &str, message: impl Into<String>) -> Error {
        Error { status, argument: argument.to_string(), message: message.into() }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.argument.as_str(), self.message.as_str()) {
            ("", "") => write!(formatter, "{:?}", self.status),
            ("", message) => formatter.write_str(message),
            (argument, message) => write!(formatter, "{argument} {message}"),
        }
    }
}

impl std::error::Error for Error {}

/// Makes a call of the library that takes an `ottava_error`.
pub(crate) fn check(call: impl FnOnce(*mut sys::ottava_error) -> sys::ottava_status) -> Result<()> {
    let mut words: sys::ottava_error = defaults();
    match call(&mut words) {
        sys::OTTAVA_OK => Ok(()),
        status => Err(Error { status: Status(status), argument: text(&words.argument), message: text(&words.message) }),
    }
}
