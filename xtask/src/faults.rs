//! `cargo xtask faults`: processes that write, and that hand mail over, are killed at random moments, and what they left is checked. Its long
//! form also sends a file of 1 GB and looks at the memory.

use nexa_test_cluster::Durability;

use crate::{
    command::{built, cargo, run as run_command},
    postgres,
};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Ten rounds of the test build instead of two hundred
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
    let number = if arguments.short { "10" } else { "200" };
    // The writer is killed, not the server, so the server need not survive a crash.
    let server = postgres::server(Durability::None)?;
    let mut rounds = if arguments.short {
        built("faults")?
    } else {
        cargo(["run", "--release", "--quiet", "--package", "nexa-tests", "--bin", "faults", "--"])
    };
    run_command(rounds.args(["--rounds", number]).env(postgres::URL, server.url()))?;
    // The short form is among the tests.
    if arguments.short {
        return Ok(());
    }
    let mut large = cargo(["run", "--release", "--quiet", "--package", "nexa-tests", "--bin", "large_file", "--"]);
    run_command(large.args(["--bytes", "1000000000"]))?;
    let mut mailing = cargo(["run", "--release", "--quiet", "--package", "nexa-tests", "--bin", "mailing", "--"]);
    run_command(mailing.args(["--mails", "10000", "--kills", "200"]).env(postgres::URL, server.url()))
}
