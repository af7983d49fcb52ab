//! Element types.
use ottava_sys as sys;

/// Types that tensors and matrices are made of: i8, u8, i16, i32, f32.
pub trait Element: Copy + Send + Sync + sealed::Element + 'static {}
/// Types of weights and of images: i8, u8.
pub trait Byte: Lhs {}
/// Types of the activations of a product: i8, u8 and f32, which is quantized row by row.
pub trait Lhs: Element {}

pub(crate) mod sealed {
    /// What the library knows of a type.
    pub trait Element {
        /// `OTTAVA_TYPE_...`.
        const TYPE: u32;
        /// Whether accumulators become it by requantization.
        const REQUANTIZED: bool;
    }
}

macro_rules! elements {
    ($($type:ty: $value:ident, $requantized:expr;)*) => {
        $(impl sealed::Element for $type {
            const TYPE: u32 = sys::$value;
            const REQUANTIZED: bool = $requantized;
        }
        impl Element for $type {})*
    };
}
elements! {
    i8: OTTAVA_TYPE_S8, true;
    u8: OTTAVA_TYPE_U8, true;
    i16: OTTAVA_TYPE_S16, true;
    i32: OTTAVA_TYPE_S32, false;
    f32: OTTAVA_TYPE_F32, false;
}
impl Lhs for i8 {}
impl Lhs for u8 {}
impl Lhs for f32 {}
impl Byte for i8 {}
impl Byte for u8 {}
