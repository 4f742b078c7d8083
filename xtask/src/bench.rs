//! `cargo xtask bench`: measures the release build beside hand-written SQL that writes the same rows; `bench python`
//! the Python package beside what a Python developer would use otherwise, `bench browser` the npm package beside other
//! databases in a page.

use crate::{
    browser,
    command::{built, cargo, run as run_command},
    python,
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark, and whatever else the benchmark program takes; everything when empty
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// The test build with little data: shows that it runs, measures nothing.
pub(crate) fn short() -> Result<(), String> {
    run_command(built("nexa-benches")?.arg("--short"))
}

/// The same of the package for browsers, as it was built last.
pub(crate) fn short_in_browser() -> Result<(), String> {
    browser::bench(&["--built".to_owned(), "--short".to_owned()])
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    match arguments.arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("python", rest)) => return python::bench(rest),
        Some(("browser", rest)) => return browser::bench(rest),
        _ => {}
    }
    run_command(cargo(["run", "--release", "--quiet", "--package", "nexa-benches", "--"]).args(&arguments.arguments))
}
