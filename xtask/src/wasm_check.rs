//! `cargo xtask wasm-check`: the core has no I/O, so that it also runs in a browser.

use crate::{
    command::{cargo, run as run_command, target},
    wasm_toolchain::{self, TARGET},
};

/// Compiles nexa-core for wasm32, as a library, without linking.
pub(crate) fn run() -> Result<(), String> {
    let toolchain = wasm_toolchain::ready()?;
    let mut check = cargo(["check", "--quiet", "--package", "nexa-core", "--target", TARGET]);
    // Another compiler must not throw away what the usual one built.
    check.env("CARGO_TARGET_DIR", target().join("wasm-check"));
    toolchain.select(&mut check);
    run_command(&mut check)
}
