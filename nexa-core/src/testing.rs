//! For tests, of this project and of its hosts: what the kernel has for them, and a tenant to try things in.

#[cfg(all(feature = "catalog", feature = "operations"))]
mod office;

pub use nexa_kernel::testing::*;

#[cfg(all(feature = "catalog", feature = "operations"))]
pub use self::office::{CALLERS, Office};
