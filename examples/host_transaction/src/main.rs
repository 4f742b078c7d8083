//! A shop takes an order in its own table and converts the lead who placed it, in one transaction of the shop.
//!
//! `cargo run -p host_transaction` works on a new SQLite file, `-- --db postgres://…` on a PostgreSQL server, where the
//! role may create tables: beside the schema `nexa`, the shop has a table `orders`.

mod account;
mod postgres;
mod sqlite;

use std::{error::Error, process::ExitCode};

use clap::Parser;
use comfy_table::Table;

/// Commits an order with a conversion, rolls one back, and lets a refusal pass.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A PostgreSQL server, as postgres://…; without it, a new SQLite file.
    #[arg(long)]
    db: Option<String>,
}

/// What the shop sees after a transaction.
struct Outcome {
    transaction: &'static str,
    answer: String,
    orders: i64,
    lead: String,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (outcomes, events) = match &arguments.db {
        None => sqlite::shop()?,
        Some(url) => tokio::runtime::Runtime::new()?.block_on(postgres::shop(url))?,
    };
    let mut table = Table::new();
    table.set_header(["the shop's transaction", "what Nexa answered", "orders", "the lead is"]);
    for outcome in outcomes {
        table.add_row([outcome.transaction.to_owned(), outcome.answer, outcome.orders.to_string(), outcome.lead]);
    }
    println!("{table}");
    println!("Ledger: {events} events, every one of them verified.");
    Ok(())
}
