//! `cargo xtask oracles`: what is computed is compared with independent programs, in random cases.

use std::{fs, process::Stdio};

use crate::command::{built, cargo, program, run as run_command, target};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Five thousand documents, computed by the test build, instead of a hundred thousand documents and a million of business times
    #[arg(long)]
    short: bool,
    /// Where the random cases start
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Arguments {
    /// What CI has time for.
    pub(crate) fn short() -> Self {
        Self { short: true, seed: 1 }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    documents(arguments)?;
    // The tests have tried some already.
    if arguments.short { Ok(()) } else { business_time(arguments) }
}

/// Business time, beside a look at every minute.
fn business_time(arguments: &Arguments) -> Result<(), String> {
    let mut tests = cargo(["test", "--release", "--package", "nexa-core", "--test", "main", "business_time"]);
    run_command(tests.env("NEXA_CASES", "1000000").env("NEXA_SEED", arguments.seed.to_string()))
}

/// Documents with prices, discounts and taxes, beside Python's `decimal`.
fn documents(arguments: &Arguments) -> Result<(), String> {
    let cases = if arguments.short { "5000" } else { "100000" };
    let path = target().join("documents.jsonl");
    let file = fs::File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut library = if arguments.short {
        built("documents")?
    } else {
        cargo(["run", "--release", "--quiet", "--package", "nexa-tests", "--bin", "documents", "--"])
    };
    library.args(["--cases", cases, "--seed", &arguments.seed.to_string()]).stdout(Stdio::from(file));
    run_command(&mut library)?;
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    run_command(program(python).args(["-I", "tests/oracles/documents.py"]).arg(&path).arg(cases))
}
