//! Kills a writing process at random moments, again and again, and checks what it left: `faults --rounds 200`, on SQLite,
//! and on PostgreSQL where `NEXA_TEST_POSTGRES_URL` names a server. `--only files` leaves out what has to do with no files.

use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use nexa_crm::testing::Random;
use nexa_tests::{
    database,
    faults::{
        files::{self, Days, Folder},
        load,
        place::Place,
        round, undoing,
    },
};
use uuid::Uuid;

/// After so many rounds a new storage is begun: each check reads the whole ledger.
const ROUNDS_PER_PLACE: u64 = 10;

#[derive(Default)]
struct Arguments {
    rounds: u64,
    seed: u64,
    only_files: bool,
    child: Option<String>,
    undo: Option<String>,
    files: Option<PathBuf>,
    clock: Option<Days>,
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
            "--only" => arguments.only_files = (value == "files").then_some(true).ok_or_else(wrong)?,
            "--undo" => arguments.undo = Some(value),
            "--child" => arguments.child = Some(value),
            "--files" => arguments.files = Some(value.into()),
            "--began" => arguments.clock.get_or_insert_default().began = value.parse().map_err(|_| wrong())?,
            "--ahead" => arguments.clock.get_or_insert_default().ahead = value.parse().map_err(|_| wrong())?,
            "--org" => arguments.org = Some(value.parse().map_err(|_| wrong())?),
            _ => return Err(format!("there is no option {name}; use --rounds NUMBER, --seed NUMBER and --only files")),
        }
    }
    Ok(arguments)
}

fn main() -> ExitCode {
    let outcome = arguments().and_then(|arguments| match (&arguments.child, &arguments.undo) {
        (Some(url), _) => write(url, &arguments).map_err(described).map(|()| 0),
        (None, Some(url)) => undoing::take_back(url, arguments.org.unwrap_or_default()).map_err(described).map(|()| 0),
        (None, None) => play_all(&arguments),
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

fn described(error: nexa_crm::Error) -> String {
    format!("{error:?}")
}

/// The writing process.
fn write(url: &str, arguments: &Arguments) -> nexa_crm::Result<()> {
    match &arguments.files {
        Some(path) => {
            let folder = Folder { path: path.clone(), clock: arguments.clock.unwrap_or_default() };
            files::run(url, &folder, arguments.org, arguments.seed)
        }
        None => load::run(url, arguments.org, arguments.seed),
    }
}

/// Plays all rounds on every storage, and answers how many failed.
fn play_all(arguments: &Arguments) -> Result<u64, String> {
    let folder = tempfile::tempdir().map_err(|error| format!("there is no folder for the files: {error}"))?;
    let mut failed = 0;
    if !arguments.only_files {
        failed += play(arguments, "SQLite", |number| file(folder.path(), number));
        failed += take_back(arguments, "SQLite", &Place::file(folder.path(), "import.db"));
        if env::var_os(database::URL).is_some() {
            failed += play(arguments, "PostgreSQL", |_| Place::database());
            failed += take_back(arguments, "PostgreSQL", &Place::database());
        }
    }
    failed +=
        play_files(arguments, "files with SQLite", folder.path(), |number| file(folder.path(), number + 1_000_000));
    if env::var_os(database::URL).is_some() {
        failed += play_files(arguments, "files with PostgreSQL", folder.path(), |_| Place::database());
    }
    Ok(failed)
}

/// The same with files.
fn play_files(arguments: &Arguments, name: &str, parent: &Path, new: impl Fn(u64) -> Place) -> u64 {
    let random = Random::new(arguments.seed);
    let (mut passed, mut failed) = (0, 0);
    let mut begun: Option<(Place, Folder, Uuid)> = None;
    for number in 1..=arguments.rounds {
        let label = format!("{name}, round {number} of {}", arguments.rounds);
        let here = begun.take().filter(|_| number % ROUNDS_PER_PLACE != 1);
        let (place, mut folder, org) = match here {
            Some((place, folder, org)) => (place, folder, Some(org)),
            None => (new(number), Folder::new(&parent.join(format!("{name} {number}"))), None),
        };
        let time = Duration::from_micros(random.bits() % 600_000);
        let seed = arguments.seed.wrapping_mul(1_000_003).wrapping_add(number);
        match round::play_files(&place, &mut folder, org, seed, time) {
            Ok((org, found)) => {
                passed += 1;
                println!("{label}: {} files, {} different ones kept, no row without bytes", found.files, found.kept);
                begun = Some((place, folder, org));
            }
            Err(problem) => {
                failed += 1;
                println!("{label}: {problem}");
                if let Some(kept) = place.keep(&format!("nexa-faults-files-{}-{number}.db", arguments.seed)) {
                    println!("  what it left is kept: {kept}");
                }
            }
        }
    }
    println!("{name}: {passed} passed, {failed} failed");
    failed
}

fn file(folder: &Path, number: u64) -> Place {
    Place::file(folder, &format!("crm{number}.db"))
}

/// Plays all rounds on one storage, and answers how many failed.
fn play(arguments: &Arguments, name: &str, new: impl Fn(u64) -> Place) -> u64 {
    let random = Random::new(arguments.seed);
    let (mut passed, mut failed) = (0, 0);
    let mut begun: Option<Place> = None;
    let mut org = None;
    for number in 1..=arguments.rounds {
        if number % ROUNDS_PER_PLACE == 1 {
            (begun, org) = (None, None);
        }
        let place = begun.take().unwrap_or_else(|| new(number));
        let label = format!("{name}, round {number} of {}", arguments.rounds);
        let time = Duration::from_micros(random.bits() % 250_000);
        match round::play(&place, org, arguments.seed.wrapping_mul(1_000_003).wrapping_add(number), time) {
            Ok(round) => {
                passed += 1;
                org = Some(round.org);
                begun = Some(place);
                println!(
                    "{label}: killed after {} ms, {} acknowledged, {} events in {} units, all whole",
                    round.wrote.as_millis(),
                    round.acknowledged,
                    round.found.events,
                    round.found.units,
                );
            }
            Err(problem) => {
                failed += 1;
                org = None;
                println!("{label}: {problem}");
                if let Some(kept) = place.keep(&format!("nexa-faults-{}-{number}.db", arguments.seed)) {
                    println!("  what it left is kept: {kept}");
                }
            }
        }
    }
    println!("{name}: {passed} passed, {failed} failed");
    failed
}

/// Takes back an import whose undo is killed as often as a tenth of the rounds, of 5,000 rows for each, and answers how many failed.
fn take_back(arguments: &Arguments, name: &str, place: &Place) -> u64 {
    let kills = usize::try_from(arguments.rounds / 10).unwrap_or_default().max(1);
    let rows = 5_000 * kills;
    match undoing::play(place, rows, kills, &Random::new(arguments.seed)) {
        Ok(killed) => {
            println!("{name}: an import of {rows} rows was taken back, {killed} processes killed half-way, all whole");
            0
        }
        Err(problem) => {
            println!("{name}: an import of {rows} rows was to be taken back: {problem}");
            1
        }
    }
}
