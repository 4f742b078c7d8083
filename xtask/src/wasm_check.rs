//! `cargo xtask wasm-check`: the core has no I/O, so that it also runs in a browser.

use crate::{
    command::{cargo, run as run_command},
    wasm_toolchain::{self, TARGET},
};

/// Compiles nexa-core for wasm32, as a library, without linking.
pub(crate) fn run() -> Result<(), String> {
    let toolchain = wasm_toolchain::ready()?;
    let mut check = cargo(["check", "--quiet", "--package", "nexa-core", "--target", TARGET]);
    toolchain.select(&mut check);
    run_command(&mut check)
}
