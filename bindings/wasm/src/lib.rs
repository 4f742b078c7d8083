//! The part of the npm package `nexa-crm` that is Rust: JSON text in, JSON text out, promises around it.
//!
//! Nothing here knows an operation; the TypeScript around it is generated from the catalog.
#![cfg(target_arch = "wasm32")]

#[cfg(feature = "full")]
mod backup;
#[cfg(feature = "full")]
mod calls;
#[cfg(feature = "conformance")]
mod conformance;
mod errors;
#[cfg(feature = "full")]
mod files;
mod forms;
#[cfg(feature = "full")]
mod host;
#[cfg(feature = "full")]
mod native;
mod promise;
#[cfg(feature = "rules")]
mod rules;
#[cfg(feature = "full")]
mod transaction;
mod world;
mod zones;

#[cfg(feature = "conformance")]
pub use conformance::{check_memory, check_store, checks, trapping_work};
#[cfg(feature = "full")]
pub use native::Native;
#[cfg(feature = "rules")]
pub use rules::NativeRules;
#[cfg(feature = "full")]
pub use transaction::NativeTransaction;

use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the module once it is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    promise::watch_panics();
    nexa_core::kernel::normal::know(forms::nfkc, forms::nfkd);
    nexa_core::kernel::text::know(forms::nfc);
    nexa_core::kernel::zone::know(zones::offset);
}
