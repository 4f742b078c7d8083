//! The writing process: several threads that write as fast as they can, and print each command once it was acknowledged; another one does
//! what is due.

use std::{
    io::{self, Write},
    thread,
};

use nexa_crm::{
    CreateOrg, Envelope, Result,
    blocking::{self, Session},
    testing::Random,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Acknowledged, follow};

/// How many threads write.
const THREADS: u64 = 4;
/// The cause under which the process writes.
pub const CAUSE: &str = "load";
/// How many rows an import has.
pub const ROWS: u64 = 20;

/// Writes to the storage of this URL until the process ends. One without a tenant gets one.
pub fn run(url: &str, org: Option<Uuid>, seed: u64) -> Result<()> {
    let crm = blocking::open_with(url, follow::builder())?;
    let org = match org {
        Some(org) => org,
        None => crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example")?)?.org(),
    };
    print(&Acknowledged::Org(org));
    thread::scope(|scope| {
        let ticking = scope.spawn(|| follow::tick(&crm, org));
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let session = crm.system(org, CAUSE);
                scope.spawn(move || write(&session, &Random::new(seed * THREADS + thread)))
            })
            .collect();
        // Nobody ends but by a refusal, which ends all.
        threads.into_iter().chain([ticking]).try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

/// Prints what was acknowledged.
pub(super) fn print(acknowledged: &Acknowledged) {
    // One write for a line, so that lines of several threads do not mix. Nobody reads any more: the parent ends this process.
    let mut out = io::stdout().lock();
    if out.write_all(format!("{acknowledged}\n").as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn write(session: &Session, random: &Random) -> Result<()> {
    loop {
        match random.below(6) {
            0 | 1 => print(&convert(session)?),
            2 => print(&report(session, random)?),
            3 => print(&merge(session)?),
            4 => print(&import(session)?),
            _ => print(&once(session, random)?),
        }
    }
}

fn run_one(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    session.execute(operation, arguments, Envelope::default())
}

fn new_mail() -> String {
    format!("{}@load.example", Uuid::from_u128(fresh()))
}

/// A number that no other process has; the identifiers of the library itself are under test.
fn fresh() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(thread::current().id()));
    (half() << 64) | half()
}

fn id(json: &Json) -> Uuid {
    json.as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn convert(session: &Session) -> Result<Acknowledged> {
    let lead =
        run_one(session, "lead.create", json!({"email": new_mail(), "company": format!("Company {}", fresh())}))?;
    let lead = id(lead.get("id").unwrap_or(&Json::Null));
    print(&Acknowledged::Lead(lead));
    run_one(session, "lead.contact", json!({"lead": lead}))?;
    run_one(session, "lead.qualify", json!({"lead": lead, "bant": crate::samples::all_criteria()}))?;
    let conversion = run_one(session, "lead.convert", json!({"lead": lead}))?;
    let of = |kind: &str| id(conversion.pointer(&format!("/{kind}/id")).unwrap_or(&Json::Null));
    Ok(Acknowledged::Converted(lead, of("contact"), of("deal")))
}

fn report(session: &Session, random: &Random) -> Result<Acknowledged> {
    let office = format!("Customer {}", random.below(50));
    let customer = json!({"name": "Sarah Johnson", "email": new_mail(), "company": office});
    let ticket = run_one(session, "ticket.create", json!({"subject": "It does not start", "customer": customer}))?;
    let of = |field: &str| id(ticket.get(field).unwrap_or(&Json::Null));
    Ok(Acknowledged::Ticket(of("id"), of("contact")))
}

fn merge(session: &Session) -> Result<Acknowledged> {
    let contact = |fields: Json| -> Result<Uuid> {
        let contact = run_one(session, "contact.create", fields)?;
        Ok(id(contact.get("id").unwrap_or(&Json::Null)))
    };
    let survivor = contact(json!({"email": new_mail()}))?;
    // The survivor takes the number, so that both change.
    let other = contact(json!({"email": new_mail(), "phone": "+493055555555"}))?;
    run_one(session, "contact.merge", json!({"contact": survivor, "other": other}))?;
    Ok(Acknowledged::Merged(survivor, other))
}

fn import(session: &Session) -> Result<Acknowledged> {
    let source = Uuid::from_u128(fresh());
    let rows: Vec<Json> = (0..ROWS).map(|_| json!({"email": new_mail()})).collect();
    run_one(session, "lead.import_rows", json!({"rows": rows, "set": {"source": source}}))?;
    Ok(Acknowledged::Imported(source, ROWS))
}

fn once(session: &Session, random: &Random) -> Result<Acknowledged> {
    let number = random.bits();
    let lead = session.execute("lead.create", keyed(number), Envelope::once(number.to_string()))?;
    Ok(Acknowledged::Keyed(number, id(lead.get("id").unwrap_or(&Json::Null))))
}

/// What is created under the key of this number.
pub fn keyed(number: u64) -> Json {
    json!({"email": format!("keyed{number}@load.example")})
}
