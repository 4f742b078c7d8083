//! `cargo xtask gen`: the files in `schema/`, written from the library by the crate of that folder.
//!
//! That crate is separate, so that the other tasks need not build the library first.

use crate::command::{cargo, run as run_command};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail when a file is not what the library gives
    #[arg(long)]
    check: bool,
    /// Also release the drafted migration: its files stay as they are from now on
    #[arg(long, conflicts_with = "check")]
    release: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let mut generator = cargo(["run", "--quiet", "--package", "nexa-schema", "--", "schema"]);
    if arguments.check {
        generator.arg("--check");
    }
    if arguments.release {
        generator.arg("--release");
    }
    run_command(&mut generator)
}
