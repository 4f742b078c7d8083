//! A process that takes back a large import is killed half-way, again and again, until one of them gets to the end.

use std::{
    collections::HashMap,
    env,
    process::{Child, Command},
    thread,
    time::Duration,
};

use nexa_crm::{
    CreateOrg, Envelope, FeedItem, Filter, Position, Result,
    blocking::{self, Crm},
    import::ImportOptions,
    kernel::undo,
    people::ledger::Undo,
    sales::Lead,
    testing::Random,
};
use serde_json::json;
use uuid::Uuid;

use super::place::Place;

/// What does not hold, in a sentence.
type Outcome<T> = std::result::Result<T, String>;

/// The cause under which the leads are imported.
const CAUSE: &str = "import:fair";
/// How many rows a unit of the import has.
const CHUNK: usize = 500;

/// The process: takes back what was imported, and ends.
pub fn take_back(url: &str, org: Uuid) -> Result<()> {
    let session = blocking::open(url)?.system(org, "undoing");
    let mut before = None;
    loop {
        before = match session.run(Undo { before, ..Undo::cause(CAUSE) }) {
            Ok(undone) => undone.next,
            // One that was killed had got to the end.
            Err(error) if error.is(&undo::DONE) => None,
            Err(error) => return Err(error),
        };
        if before.is_none() {
            return Ok(());
        }
    }
}

/// Imports so many rows, lets processes take them back of which so many are killed, and checks what is left. Returns how many
/// were killed before they got to the end.
pub fn play(place: &Place, rows: usize, kills: usize, random: &Random) -> Outcome<usize> {
    let crm = place.open()?;
    let described = |error: nexa_crm::Error| format!("{error:?}");
    let admin =
        CreateOrg::new("Acme", "Lisa", "lisa@acme.example").and_then(|org| crm.create_org(org)).map_err(described)?;
    let options = ImportOptions::new().chunk(CHUNK).run(CAUSE);
    let report = admin.import_csv::<Lead>(file(rows).as_bytes(), options, |_| ()).map_err(described)?;
    if report.counts.created != rows as u64 {
        return Err(format!("{} of {rows} leads were imported", report.counts.created));
    }
    let org = admin.org();
    drop((admin, crm));
    let mut killed = 0;
    for _ in 0..kills {
        let mut child = start(place, org)?;
        thread::sleep(Duration::from_micros(random.bits() % 400_000));
        match child.try_wait().map_err(|error| format!("the process is lost: {error}"))? {
            Some(status) if status.success() => {}
            Some(status) => return Err(format!("the process ended by itself: {status}")),
            None => {
                child.kill().map_err(|error| format!("the process cannot be killed: {error}"))?;
                child.wait().map_err(|error| format!("the process does not end: {error}"))?;
                killed += 1;
            }
        }
        place.sound()?;
        half_way(&place.open()?, org, rows)?;
    }
    let status = start(place, org)?.wait().map_err(|error| format!("the process does not end: {error}"))?;
    match half_way(&place.open()?, org, rows)? {
        0 if status.success() => Ok(killed),
        left => Err(format!("{left} leads are left, and the last process ended with {status}")),
    }
}

fn file(rows: usize) -> String {
    let mut file = String::from("First Name,Last Name,Email,Company\n");
    (0..rows).for_each(|row| file.push_str(&format!("Ada {row},Miller,ada{row}@fair.example,Company {}\n", row / 3)));
    file
}

fn start(place: &Place, org: Uuid) -> Outcome<Child> {
    let program = env::current_exe().map_err(|error| format!("this program is not to be found: {error}"))?;
    let mut command = Command::new(program);
    command.arg("--undo").arg(place.url()).arg("--org").arg(org.to_string());
    command.spawn().map_err(|error| format!("the process cannot be started: {error}"))
}

/// Whole units are taken back, each once, the ledger holds, and what is left is what was not taken back. Returns how many leads are left.
fn half_way(crm: &Crm, org: Uuid, rows: usize) -> Outcome<u64> {
    let session = crm.system(org, "check");
    let described = |error: nexa_crm::Error| format!("{error:?}");
    session.execute("ledger.verify", json!({}), Envelope::default()).map_err(described)?;
    let mut undone: HashMap<String, HashMap<Uuid, usize>> = HashMap::new();
    let mut after = Position::START;
    loop {
        let feed = crm.feed(org, after, 1_000).map_err(described)?;
        for item in feed.items {
            let FeedItem::Changed(change) = item else { continue };
            if let Some(unit) = change.cause.as_deref().and_then(|cause| cause.strip_prefix("undo:")) {
                *undone.entry(unit.to_owned()).or_default().entry(change.unit).or_default() += 1;
            }
        }
        after = feed.next;
        if feed.complete {
            break;
        }
    }
    let left = session.count::<Lead>(Filter::everything()).map_err(described)?;
    let mut taken_back = 0;
    for (unit, undos) in &undone {
        match undos.values().copied().collect::<Vec<_>>().as_slice() {
            [CHUNK] => taken_back += CHUNK,
            events => return Err(format!("the unit {unit} was taken back by units of {events:?} events")),
        }
    }
    if left == (rows - taken_back) as u64 {
        Ok(left)
    } else {
        Err(format!("{left} of {rows} leads are left, and {taken_back} were taken back"))
    }
}
