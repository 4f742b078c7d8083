//! The conformance suite of the kernel, for storages written in JavaScript.

use js_sys::Promise;
use nexa_core::{
    kernel::memory::{MemoryStore, persistence::KeptStore},
    testing::suite,
};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{
    host::{HostKeeper, HostStore},
    promise::promise,
};

/// The names of the checks.
#[wasm_bindgen(js_name = conformanceChecks)]
pub fn checks() -> Vec<String> {
    suite::single_threaded().into_iter().map(|(name, _)| name.to_owned()).collect()
}

/// Holds one check against the memory; traps when it fails.
#[wasm_bindgen(js_name = checkMemory)]
pub fn check_memory(name: &str) {
    let check = suite::single_threaded().into_iter().find(|(known, _)| *known == name);
    if let Some((_, check)) = check {
        suite::run(async { MemoryStore::new() }, check);
    }
}

/// Holds one check against a storage whose methods answer at once; traps when it fails.
#[wasm_bindgen(js_name = checkStore)]
pub fn check_store(name: &str, store: HostStore) {
    let check = suite::single_threaded().into_iter().find(|(known, _)| *known == name);
    if let Some((_, check)) = check {
        suite::run(async { KeptStore::new(HostKeeper::new(&store)) }, check);
    }
}

/// Work that traps without a word, as a panic does where the compiler left the sentences out.
#[wasm_bindgen(js_name = trappingWork)]
pub fn trapping_work() -> Promise {
    promise(async { std::process::abort() })
}
