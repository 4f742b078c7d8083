//! `cargo xtask bench`: measures the release build beside hand-written SQL that writes the same rows; `bench python`
//! the Python package beside what a Python developer would use otherwise.

use crate::{
    command::{cargo, run as run_command},
    python,
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which benchmark, and whatever else the benchmark program takes; everything when empty
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Arguments {
    /// Every benchmark with little data: shows that it runs, measures nothing.
    pub(crate) fn short() -> Self {
        Self { arguments: vec!["--short".to_owned()] }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    if let Some(("python", rest)) = arguments.arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return python::bench(rest);
    }
    run_command(cargo(["run", "--release", "--quiet", "--package", "nexa-benches", "--"]).args(&arguments.arguments))
}
