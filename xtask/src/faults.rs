//! `cargo xtask faults`: a writing process is killed at random moments, and what it left is checked.

use crate::command::{cargo, run as run_command};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Ten rounds instead of two hundred
    #[arg(long)]
    short: bool,
}

impl Arguments {
    /// What CI has time for.
    pub(crate) fn short() -> Self {
        Self { short: true }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let rounds = if arguments.short { "10" } else { "200" };
    run_command(&mut cargo([
        "run",
        "--release",
        "--quiet",
        "--package",
        "nexa-tests",
        "--bin",
        "faults",
        "--",
        "--rounds",
        rounds,
    ]))
}
