//! The project's own tasks: `cargo xtask test`, `ci`, `gen`, `bench`, `faults`, `oracles`, `soak`, `postgres`, `python`,
//! `browser`, `wasm`, `wasm-check`.

mod bench;
mod browser;
mod ci;
mod command;
mod faults;
mod generate;
mod oracles;
mod postgres;
mod python;
mod report;
mod soak;
mod test;
mod wasm;
mod wasm_check;
mod wasm_toolchain;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of this project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test, the quickstart twice, the wasm32 check, and compare the generated files
    Test(test::Arguments),
    /// Everything that must hold before a change lands: format, lints, docs, tests, and short slow tests
    Ci,
    /// Write the files in schema/ that are generated from the library
    Gen(generate::Arguments),
    /// Measure, beside hand-written SQL; `python` and `browser` measure the packages; the arguments go to the benchmark program
    Bench(bench::Arguments),
    /// Kill a writing process again and again, and check what it left
    Faults(faults::Arguments),
    /// Compare what is computed with independent programs, in random cases
    Oracles(oracles::Arguments),
    /// Let many callers of many tenants work on PostgreSQL for minutes, and check that nothing fails or grows
    Soak(soak::Arguments),
    /// Start a throw-away PostgreSQL server, print its URL, and stop it when the input ends
    Postgres,
    /// Build the Python wheel, install it into a new environment, and run its tests
    Python(python::Arguments),
    /// Build what a browser loads, check the npm package, and run its tests under Node and in Chromium
    Browser(browser::Arguments),
    /// Build what a browser loads, show what it consists of, and hold its size against the budgets
    Wasm(wasm::Arguments),
    /// Check that nexa-core compiles for wasm32, installing what that needs
    WasmCheck,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Test(arguments) => return test::run(&arguments),
        Task::Ci => return ci::run(),
        Task::Gen(arguments) => generate::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Faults(arguments) => faults::run(&arguments),
        Task::Oracles(arguments) => oracles::run(&arguments),
        Task::Soak(arguments) => soak::run(&arguments),
        Task::Postgres => postgres::run(),
        Task::Python(arguments) => python::run(&arguments),
        Task::Browser(arguments) => browser::run(&arguments),
        Task::Wasm(arguments) => wasm::run(&arguments),
        Task::WasmCheck => wasm_check::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}
