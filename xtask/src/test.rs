//! `cargo xtask test`: every test of the project, on a machine that has nothing but Rust and a C compiler.

use std::{env, fs, process::ExitCode};

use crate::{
    command::{cargo, run_reading},
    generate, python,
    report::Report,
    wasm_check,
};

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Leave out what needs another build (quickstart, wasm32), and try fewer random cases
    #[arg(long)]
    short: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut report = Report::default();
    steps(&mut report, arguments);
    report.finish()
}

/// The steps of `test`, which `ci` runs as well.
pub(crate) fn steps(report: &mut Report, arguments: &Arguments) {
    report.counted("tests", |counts| {
        let mut tests = cargo(["test", "--workspace", "--no-fail-fast"]);
        if arguments.short {
            tests.env("PROPTEST_CASES", "16");
        }
        run_reading(&mut tests, |line| counts.read(line))
    });
    report.step("generated files", || generate::run(&generate::Arguments::check()));
    report.counted("python", |counts| python::counted(&python::Arguments::default(), counts));
    if !arguments.short {
        report.step("wasm32 check", wasm_check::run);
        report.step("quickstart, twice", quickstart);
    }
}

/// Runs the quickstart on a new file, and again on the same: the second run has to find the ledger as the first left it.
fn quickstart() -> Result<(), String> {
    let folder = env::temp_dir().join(format!("nexa-quickstart-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let url = format!("sqlite:{}", folder.join("quickstart.db").display());
    let once = || {
        let mut ledger = None;
        let mut command = cargo(["run", "--release", "--quiet", "--package", "quickstart", "--", "--db", &url]);
        run_reading(&mut command, |line| {
            if line.starts_with("Ledger: ") {
                ledger = Some(line.to_owned());
            }
        })?;
        ledger.ok_or_else(|| "the quickstart did not verify the ledger".to_owned())
    };
    let result = once().and_then(|first| {
        let second = once()?;
        if first == second { Ok(()) } else { Err(format!("the second run changed something: {first} / {second}")) }
    });
    // A folder that stays behind in the temporary folder harms nobody.
    let _ = fs::remove_dir_all(&folder);
    result
}
