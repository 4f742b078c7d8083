//! `cargo xtask test`: every test of the project, on a machine that has nothing but Rust and a C compiler.

use std::{env, fs, process::ExitCode};

use nexa_test_cluster::Durability;

use crate::{
    browser,
    command::{built, cargo, run as run_command, run_reading},
    postgres, python,
    report::{Report, Runner},
};

#[derive(clap::Args, Default)]
pub(crate) struct Arguments {
    /// Leave out the browser, which needs another build, and try fewer random cases
    #[arg(long)]
    short: bool,
    /// Try every kind on every backend, also where a sample of them is tried otherwise, and ten times as many random cases
    #[arg(long, conflicts_with = "short")]
    long: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut report = Report::default();
    steps(&mut report, arguments);
    report.finish()
}

/// The steps of `test`, which `ci` runs as well.
pub(crate) fn steps(report: &mut Report, arguments: &Arguments) {
    let mut server = None;
    report.step("PostgreSQL server", || {
        server = Some(postgres::server(Durability::None)?);
        Ok(())
    });
    report.counted("tests", |results| {
        let mut tests = cargo(["test", "--workspace", "--no-fail-fast"]);
        if arguments.short {
            tests.env("PROPTEST_CASES", "16");
        }
        if arguments.long {
            tests.env("PROPTEST_CASES", "2560").env("NEXA_EVERY", "1");
        }
        // Without a server the tests that need none still run; the others say what they lack.
        if let Some(server) = &server {
            tests.env(postgres::URL, server.url());
        }
        run_reading(&mut tests, |line| results.read(Runner::Cargo, line))
    });
    report.step("examples", || {
        run_command(&mut built("own_records")?)?;
        run_command(&mut built("worker")?)?;
        run_command(&mut built("host_transaction")?)?;
        match server.as_ref().map_or(Ok(None), |server| server.database("shop"))? {
            None => Ok(()),
            Some(url) => run_command(built("host_transaction")?.args(["--db", &url])),
        }
    });
    report.step("quickstart, twice", quickstart_on_file);
    report.step("quickstart on PostgreSQL", || {
        match server.as_ref().map_or(Ok(None), |server| server.database("quickstart"))? {
            None => Ok(()),
            Some(url) => quickstart(&url),
        }
    });
    report.step("generated files", || run_command(built("nexa-schema")?.args(["schema", "--check"])));
    report.counted("python", |results| python::counted(&python::Arguments::default(), server.as_ref(), results));
    if !arguments.short {
        report.counted("browser", |results| browser::counted(&browser::Arguments::default(), results));
    }
}

/// Runs the quickstart on a new file.
fn quickstart_on_file() -> Result<(), String> {
    let folder = env::temp_dir().join(format!("nexa-quickstart-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let result = quickstart(&format!("sqlite:{}", folder.join("quickstart.db").display()));
    // A folder that stays behind in the temporary folder harms nobody.
    let _ = fs::remove_dir_all(&folder);
    result
}

/// Runs the quickstart, and again on the same: the second run has to find the ledger as the first left it.
fn quickstart(url: &str) -> Result<(), String> {
    let once = || {
        let mut ledger = None;
        run_reading(built("quickstart")?.args(["--db", url]), |line| {
            if line.starts_with("Ledger: ") {
                ledger = Some(line.to_owned());
            }
        })?;
        ledger.ok_or_else(|| "the quickstart did not verify the ledger".to_owned())
    };
    let first = once()?;
    let second = once()?;
    if first == second { Ok(()) } else { Err(format!("the second run changed something: {first} / {second}")) }
}
