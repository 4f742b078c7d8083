//! `cargo xtask ci`: everything that must hold before a change lands.

use std::process::ExitCode;

use crate::{
    command::{cargo, output, program, run as run_command},
    faults, oracles, python,
    report::Report,
    soak, test,
};

pub(crate) fn run() -> ExitCode {
    let mut report = Report::default();
    report.step("format", || {
        component("fmt", "rustfmt")?;
        run_command(&mut cargo(["fmt", "--all", "--check"]))
    });
    report.step("lints", || {
        component("clippy", "clippy")?;
        run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    });
    report.step("docs", || run_command(cargo(["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "-Dwarnings")));
    test::steps(&mut report, &test::Arguments::default());
    report.step("faults, short", || faults::run(&faults::Arguments::short()));
    report.step("oracles, short", || oracles::run(&oracles::Arguments::short()));
    report.step("soak, one minute", soak::short);
    report.step("python, its sources", python::complete_sdist);
    report.finish()
}

/// Makes sure that a part of the toolchain is there.
fn component(subcommand: &str, name: &str) -> Result<(), String> {
    let there = || output(&mut cargo([subcommand, "--version"])).is_some();
    if there() || (run_command(program("rustup").args(["component", "add", name])).is_ok() && there()) {
        return Ok(());
    }
    Err(format!("cargo {subcommand} is missing; install the component {name} of your Rust toolchain"))
}
