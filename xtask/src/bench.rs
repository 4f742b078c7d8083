//! `cargo xtask bench`: measures the release build beside hand-written SQL that writes the same rows; `bench python`
//! the Python package beside what a Python developer would use otherwise, `bench browser` the npm package beside other
//! databases in a page. They are run by hand; `cargo xtask ci` compiles them.

use crate::{
    browser,
    command::{cargo, run as run_command},
    python,
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark, and whatever else the benchmark program takes; everything when empty
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    match arguments.arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("python", rest)) => return python::bench(rest),
        Some(("browser", rest)) => return browser::bench(rest),
        _ => {}
    }
    run_command(cargo(["run", "--release", "--quiet", "--package", "nexa-benches", "--"]).args(&arguments.arguments))
}
