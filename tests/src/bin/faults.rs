//! Kills a writing process at random moments, again and again, and checks what it left: `faults --rounds 200`.

use std::{env, path::PathBuf, process::ExitCode, time::Duration};

use nexa_crm::testing::Random;
use nexa_tests::faults::{load, round};
use uuid::Uuid;

/// After so many rounds a new file is begun: each check reads the whole ledger.
const ROUNDS_PER_FILE: u64 = 10;

#[derive(Default)]
struct Arguments {
    rounds: u64,
    seed: u64,
    child: Option<PathBuf>,
    org: Option<Uuid>,
}

fn arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments { rounds: 200, seed: 1, ..Arguments::default() };
    let mut given = env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().ok_or_else(|| format!("{name} needs a value"))?;
        let wrong = || format!("{name} cannot be {value}");
        match name.as_str() {
            "--rounds" => arguments.rounds = value.parse().map_err(|_| wrong())?,
            "--seed" => arguments.seed = value.parse().map_err(|_| wrong())?,
            "--child" => arguments.child = Some(PathBuf::from(value)),
            "--org" => arguments.org = Some(value.parse().map_err(|_| wrong())?),
            _ => return Err(format!("there is no option {name}; use --rounds NUMBER and --seed NUMBER")),
        }
    }
    Ok(arguments)
}

fn main() -> ExitCode {
    let outcome = arguments().and_then(|arguments| match &arguments.child {
        Some(file) => load::run(file, arguments.org, arguments.seed).map_err(|error| format!("{error:?}")).map(|()| 0),
        None => play(&arguments),
    });
    match outcome {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Plays all rounds, and answers how many failed.
fn play(arguments: &Arguments) -> Result<u64, String> {
    let random = Random::new(arguments.seed);
    let folder = tempfile::tempdir().map_err(|error| format!("there is no folder for the files: {error}"))?;
    let (mut passed, mut failed) = (0, 0);
    let mut org = None;
    for number in 1..=arguments.rounds {
        if number % ROUNDS_PER_FILE == 1 {
            org = None;
        }
        let file = folder.path().join(format!("crm{}.db", (number - 1) / ROUNDS_PER_FILE));
        let time = Duration::from_micros(random.bits() % 250_000);
        match round::play(&file, org, arguments.seed.wrapping_mul(1_000_003).wrapping_add(number), time) {
            Ok(round) => {
                passed += 1;
                org = Some(round.org);
                println!(
                    "round {number} of {}: killed after {} ms, {} acknowledged, {} events in {} units, all whole",
                    arguments.rounds,
                    round.wrote.as_millis(),
                    round.acknowledged,
                    round.found.events,
                    round.found.units,
                );
            }
            Err(problem) => {
                failed += 1;
                org = None;
                println!("round {number} of {}: {problem}", arguments.rounds);
                let kept = env::temp_dir().join(format!("nexa-faults-{}-{number}.db", arguments.seed));
                if std::fs::copy(&file, &kept).is_ok() {
                    println!("  the file is kept as {}", kept.display());
                }
                let _ = std::fs::remove_file(&file);
            }
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed)
}
