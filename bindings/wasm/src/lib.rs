//! The part of the npm package `nexa-crm` that is Rust: JSON text in, JSON text out, promises around it.
//!
//! Nothing here knows an operation; the TypeScript around it is generated from the catalog.
#![cfg(target_arch = "wasm32")]

mod calls;
mod errors;
mod native;
mod promise;
mod world;
mod zones;

pub use native::Native;

use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the module once it is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    promise::watch_panics();
    nexa_core::kernel::zone::know(zones::offset);
}
