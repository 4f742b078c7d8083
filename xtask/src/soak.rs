//! `cargo xtask soak`: many callers of many tenants on PostgreSQL, for minutes; nothing may fail, grow or break.

use crate::command::{cargo, run as run_command};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How long it runs
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
}

impl Arguments {
    /// What CI has time for.
    pub(crate) fn short() -> Self {
        Self { minutes: 1.0 }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let minutes = arguments.minutes.to_string();
    run_command(&mut cargo(["run", "--release", "--quiet", "--package", "nexa-benches", "--", "--soak", &minutes]))
}
