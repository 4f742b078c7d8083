//! `cargo xtask wasm`: builds what a browser loads into `bindings/wasm/native`, and holds its size against the budgets.

mod sizes;
mod tools;

use std::{
    fs,
    path::{Path, PathBuf},
};

use self::tools::Tools;
use crate::{
    command::{cargo, program, root, run as run_command, target},
    wasm_toolchain::{self, TARGET, Toolchain},
};

/// Where the package expects what is built, from the root.
const PLACE: &str = "bindings/wasm/native";

/// How wasm-opt works. Below 1,024 lies the end of the stack, where no address is computed from one that wrapped around.
/// What is called from one place only stays by itself: within another function it is no longer like its likes. What is
/// hardly larger than a call is no call.
const OPTIMISED: [&str; 4] =
    ["-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size=0", "--always-inline-max-function-size=8"];

/// Takes the names of functions and the notes of tools out of what is shipped.
const BARE: [&str; 3] = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/// So many crates are shown with their share.
const CRATES: usize = 15;

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Build quickly and large, to try something out; no budgets
    #[arg(long)]
    quick: bool,
    /// Build only one of the modules
    #[arg(long)]
    only: Option<String>,
    /// Hold the storages against the conformance suite, in Node
    #[arg(long)]
    conformance: bool,
}

impl Arguments {
    /// Only the conformance suite.
    pub(crate) fn conformance() -> Self {
        Self { conformance: true, ..Self::default() }
    }
}

/// One module that is loaded by itself.
struct Module {
    /// Its files are `NAME.js`, `NAME_bg.wasm` and `NAME.d.ts`.
    name: &'static str,
    /// The features of the crate.
    features: &'static str,
    /// The bytes that it has at most after gzip.
    most: u64,
}

const MODULES: [Module; 2] = [
    Module { name: "nexa", features: "full", most: 2_800 * 1024 },
    Module { name: "rules", features: "rules", most: 1_050 * 1024 },
];

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let toolchain = wasm_toolchain::ready()?;
    let tools = Tools::ready(&toolchain)?;
    if arguments.conformance {
        return conformance(&toolchain, &tools);
    }
    let mut above = Vec::new();
    for module in &MODULES {
        if arguments.only.as_deref().is_some_and(|only| only != module.name) {
            continue;
        }
        let built = compile(module, arguments.quick, &toolchain, &tools)?;
        bind(&tools, module, &built, &place())?;
        if arguments.quick {
            continue;
        }
        let measured = shrink(&tools, module)?;
        if measured > module.most {
            above.push(format!("{} has {measured} bytes after gzip, above its {}", module.name, module.most));
        }
    }
    if above.is_empty() { Ok(()) } else { Err(above.join("; ")) }
}

/// Builds the suite into a module, and runs it.
fn conformance(toolchain: &Toolchain, tools: &Tools) -> Result<(), String> {
    let module = Module { name: "nexa", features: "conformance", most: u64::MAX };
    let built = compile(&module, true, toolchain, tools)?;
    bind(tools, &module, &built, &place().join("conformance"))?;
    run_command(program("node").arg("bindings/wasm/tests/conformance/run.mjs"))
}

fn place() -> PathBuf {
    root().join(PLACE)
}

/// Compiles the crate with the features of a module.
fn compile(module: &Module, quick: bool, toolchain: &Toolchain, tools: &Tools) -> Result<PathBuf, String> {
    let profile = if quick { "wasm-quick" } else { "wasm-release" };
    let mut build = cargo(["build", "--package", "nexa-wasm", "--no-default-features", "--target", TARGET]);
    build.args(["--features", module.features, "--profile", profile]);
    toolchain.select(&mut build);
    tools.select(&mut build);
    let mut flags = vec![format!("-Clink-arg={}", tools.absent()?.display())];
    if !quick {
        flags.extend(toolchain.silence()?);
        build.env("RUSTC_BOOTSTRAP", "1");
    }
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join(wasm_toolchain::BETWEEN));
    run_command(&mut build)?;
    Ok(toolchain.folder().join(TARGET).join(profile).join("nexa_wasm.wasm"))
}

/// Writes the JavaScript and the types around a module.
fn bind(tools: &Tools, module: &Module, built: &Path, place: &Path) -> Result<(), String> {
    let mut bindgen = program(&tools.bindgen);
    bindgen.args(["--target", "web", "--out-name", module.name, "--out-dir"]).arg(place).arg(built);
    run_command(&mut bindgen)
}

/// Makes a module as small as it gets, prints what it consists of, and answers its bytes after gzip.
fn shrink(tools: &Tools, module: &Module) -> Result<u64, String> {
    let shipped = place().join(format!("{}_bg.wasm", module.name));
    let named = target().join("wasm").join(format!("{}-named.wasm", module.name));
    // Names are kept until the shares are counted, and beside the module for who reads a stack.
    run_command(tools.optimiser().args(OPTIMISED).arg("-g").arg(&shipped).arg("-o").arg(&named))?;
    run_command(tools.optimiser().args(BARE).arg(&named).arg("-o").arg(&shipped))?;
    let read = |file: &Path| fs::read(file).map_err(|error| format!("{}: {error}", file.display()));
    let raw = read(&shipped)?.len() as u64;
    let compressed = tools.compressed(&shipped)?;
    let verdict = if compressed.gzip > module.most { "too large" } else { "fits" };
    println!("\n{}: {} after gzip, {verdict}: {} are wanted", module.name, kib(compressed.gzip), kib(module.most));
    println!("  {} as it is, {} after brotli", kib(raw), kib(compressed.brotli));
    let shares = sizes::shares(&read(&named)?)?;
    let all: u64 = shares.iter().map(|share| share.bytes).sum();
    for share in shares.iter().take(CRATES) {
        println!("  {:>10} {:>5.1} %  {}", kib(share.bytes), percent(share.bytes, all), share.name);
    }
    let rest: u64 = shares.iter().skip(CRATES).map(|share| share.bytes).sum();
    println!("  {:>10} {:>5.1} %  everything else", kib(rest), percent(rest, all));
    Ok(compressed.gzip)
}

fn kib(bytes: u64) -> String {
    format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

#[allow(clippy::cast_precision_loss, reason = "sizes of files, shown with one decimal")]
fn percent(part: u64, all: u64) -> f64 {
    part as f64 * 100.0 / all.max(1) as f64
}
