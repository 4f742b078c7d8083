//! `cargo xtask soak`: many callers of many tenants on PostgreSQL, for minutes; nothing may fail, grow or break.

use crate::command::{built, cargo, run as run_command};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long it runs
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let minutes = arguments.minutes.to_string();
    run_command(&mut cargo(["run", "--release", "--quiet", "--package", "nexa-benches", "--", "--soak", &minutes]))
}

/// What CI has time for: a minute of the test build.
pub(crate) fn short() -> Result<(), String> {
    run_command(built("nexa-benches")?.args(["--soak", "1"]))
}
