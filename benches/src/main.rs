//! Measures Nexa beside hand-written SQL that writes and reads the same rows, in the same run.
//!
//! `cargo run --release -p nexa-benches -- [--short] [NAME…]` prints one table. Ours and the hand-written side take turns,
//! block by block, so that whatever else the machine does meets both; a ratio is the median of the ratios of the turns.

mod by_hand;
mod children;
mod figure;
mod ledger;
mod measures;
mod memory;
mod office;
mod people;
mod postgres;
mod registrant;
mod registrants;
mod same;
mod soak;
mod support;
mod tenant;
mod terms;
mod turns;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::{figure::Figure, measures::Measure};

/// What went wrong, in a sentence.
type Trouble = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T> = Result<T, Trouble>;

#[derive(Parser)]
#[command(about = "Measures Nexa beside hand-written SQL that writes and reads the same rows.")]
struct Arguments {
    /// Little data, no targets: shows that everything runs
    #[arg(long)]
    short: bool,
    /// Import so many leads and print the peak of memory; what the measure of it runs as a process of its own
    #[arg(long, hide = true)]
    import_alone: Option<usize>,
    /// Import so many leads, take all of it back and print the peak of memory; what the measure of it runs as a process of its own
    #[arg(long, hide = true)]
    undo_alone: Option<usize>,
    /// Write so many events of a person, erase them and print the peak of memory; what the measure of it runs as a process of its own
    #[arg(long, hide = true)]
    erase_alone: Option<usize>,
    /// Let many callers work on PostgreSQL for so many minutes instead, and check that nothing fails or grows
    #[arg(long)]
    soak: Option<f64>,
    /// Which measures; all of them when empty
    names: Vec<Measure>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(rows) = arguments.import_alone {
        return ended(measures::import_alone(rows));
    }
    if let Some(rows) = arguments.undo_alone {
        return ended(measures::undo_alone(rows));
    }
    if let Some(events) = arguments.erase_alone {
        return ended(measures::erase_alone(events));
    }
    if let Some(minutes) = arguments.soak {
        return ended(soak::run(minutes));
    }
    let measures = if arguments.names.is_empty() { Measure::value_variants().to_vec() } else { arguments.names };
    let mut figures: Vec<Figure> = Vec::new();
    for measure in measures {
        eprintln!("{measure} …");
        match measure.run(arguments.short) {
            Ok(more) => figures.extend(more),
            Err(trouble) => {
                eprintln!("{measure}: {trouble}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{}", figure::table(&figures, arguments.short));
    ExitCode::SUCCESS
}

fn ended(outcome: Outcome<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}
