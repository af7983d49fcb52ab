//! What the library tells of the machine and of what became of an operator.
use crate::structure::text;
use crate::values::{Architecture, Exactness, Tier};
use ottava_sys as sys;

macro_rules! infos {
    ($(
        $(#[$doc:meta])*
        $name:ident: $raw:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $make:expr,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl From<&sys::$raw> for $name {
            fn from(raw: &sys::$raw) -> $name {
                $name { $($field: $make(&raw.$field),)* }
            }
        }
    )*};
}

fn number(raw: &u32) -> usize {
    *raw as usize
}

fn bytes(raw: &u64) -> usize {
    usize::try_from(*raw).unwrap_or(usize::MAX)
}

fn count(raw: &i64) -> usize {
    usize::try_from(*raw).unwrap_or(0)
}

fn flag(raw: &u32) -> bool {
    *raw != 0
}

fn words(raw: &[sys::c_char]) -> String {
    text(raw)
}

infos! {
    /// What was detected of the CPU.
    CpuInfo: ottava_cpu_info {
        /// That the library was built for.
        architecture: Architecture = |raw: &u32| Architecture(*raw),
        /// Cores that the process may use.
        cores: usize = number,
        /// Distinct microarchitectures among them.
        core_kinds: usize = number,
        /// Smallest first-level data cache of any core.
        l1d_bytes: usize = bytes,
        /// Smallest second-level cache of any core.
        l2_bytes: usize = bytes,
        /// 0 where there is none or it is not known.
        l3_bytes: usize = bytes,
        /// Whether the sizes were read from the machine.
        caches_known: bool = flag,
        /// Whether the library was compiled with optimization; without, it is many times slower.
        optimized: bool = flag,
        /// The CPU's or its cores' name.
        name: String = words,
        /// Names of the features that are there and enabled, separated by spaces.
        features: String = words,
    }

    /// One tier and whether it can be used.
    TierInfo: ottava_tier_info {
        /// Which one.
        tier: Tier = |raw: &u32| Tier(*raw),
        /// Whether its kernels are compiled in.
        built: bool = flag,
        /// Whether CPU and system have it.
        detected: bool = flag,
        /// Both, and no cap excludes it.
        usable: bool = flag,
        /// As `OTTAVA_ISA` in the environment takes it.
        name: String = words,
        /// Its first usable kernel, or its first.
        kernel: String = words,
        /// Why it is not usable; empty if it is.
        reason: String = words,
    }

    /// What became of a product, for runs with some number of rows.
    MatmulInfo: ottava_matmul_info {
        /// Of the kernel.
        tier: Tier = |raw: &u32| Tier(*raw),
        /// Rows of dst that one kernel call makes.
        tile_m: usize = number,
        /// Channels that one kernel call makes.
        tile_n: usize = number,
        /// Depth of one step.
        tile_k: usize = number,
        /// Most threads that a run uses.
        threads: usize = number,
        /// Packed weights and terms of channels.
        packed_bytes: usize = bytes,
        /// Enough for a run of so many rows or fewer.
        workspace_bytes: usize = bytes,
        /// Largest depth that cannot overflow without a bias, from types and zero points alone.
        max_exact_k: usize = bytes,
        /// Channels that could overflow; 0 unless exactness is [`Exactness::MAY_WRAP`].
        wrapping_channels: usize = bytes,
        /// Why the accumulator cannot overflow.
        exactness: Exactness = |raw: &u32| Exactness(*raw),
        /// The first row of a part is best a multiple of this.
        row_granularity: usize = number,
        /// The first column of a part is a multiple of this.
        column_granularity: usize = number,
        /// The kernel's name.
        kernel: String = words,
        /// Why this kernel: which better ones declined, and why.
        reason: String = words,
        /// What a run does.
        route: String = words,
    }

    /// What a run of a layer is, for images of some size.
    LayerInfo: ottava_layer_info {
        /// Of the kernel.
        tier: Tier = |raw: &u32| Tier(*raw),
        /// Lines of the output.
        output_height: usize = count,
        /// Pixels of a line.
        output_width: usize = count,
        /// Channels of a pixel.
        output_channels: usize = count,
        /// What the layer keeps of its constants.
        packed_bytes: usize = bytes,
        /// Enough for this run.
        workspace_bytes: usize = bytes,
        /// That the run uses, at most.
        threads: usize = number,
        /// The kernel's name.
        kernel: String = words,
        /// How the run is computed.
        route: String = words,
        /// Why by this kernel.
        reason: String = words,
    }
}
