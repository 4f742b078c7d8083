//! The main job in one program: a webinar's registrants become leads, the good ones deals, and a customer's ticket is solved.
//!
//! `cargo run --release -p quickstart` works on a new SQLite file; run again, it goes on with it and duplicates nothing.

mod leads;
mod onboarding;
mod report;
mod sale;
mod team;
mod ticket;
mod webinar;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use nexa_crm::{Migrate, Result, blocking};

/// Turns a CSV of leads into deals, and solves a ticket, on an embedded database.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where the records are kept: sqlite:PATH, postgres://…, or memory: for nothing that stays.
    #[arg(long, default_value = "sqlite:quickstart.db")]
    db: String,
    /// A CSV of your own leads instead of the webinar's registrants.
    #[arg(long)]
    leads: Option<PathBuf>,
    /// What its columns mean: "Column=field,Other=external:SYSTEM"; guessed for columns that are not named.
    #[arg(long, requires = "leads")]
    map: Option<String>,
    /// A fixed way to read its dates, such as DD-MM-YY; ISO dates need none.
    #[arg(long, requires = "leads")]
    dates: Option<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error} [{}]", error.code());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let crm = blocking::open_as(&arguments.db, nexa_crm::builder(), Migrate::Always)?;
    let team = team::meet(&crm)?;
    match &arguments.leads {
        Some(file) => leads::bring(&team, file, arguments.map.as_deref(), arguments.dates.as_deref())?,
        None => {
            webinar::hold(&team)?;
            onboarding::begin(&team)?;
            ticket::solve(&team)?;
            sale::make(&team)?;
        }
    }
    report::show(&team, arguments.leads.is_none())?;
    println!("\nThe records are in {}; run the same again, and nothing is done twice.", without_secrets(&arguments.db));
    Ok(())
}

/// A URL without the name and password of who connects.
fn without_secrets(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://{place}"),
        _ => url.to_owned(),
    }
}
