//! Processes that hand mail to a server are killed at random moments: no mail is lost, and none leaves twice.

pub mod worker;

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use nexa_connect::testing::{MailServer, Manner};
use nexa_crm::{
    CreateOrg, Envelope,
    blocking::{self, Session},
    testing::Random,
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::faults::place::Place;

/// How many processes work at once.
const WORKERS: u64 = 4;
/// By how much the clock is ahead of that of the round before: more than a lease lasts.
const MINUTES_A_ROUND: i64 = 6;
/// How many messages come to one that the server puts off.
const BUSY_EVERY: usize = 97;
/// How often it is looked whether all is over when nobody is killed any more.
const LOOKS: u64 = 400;

/// What is tried.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many mails leave.
    pub mails: usize,
    /// How many processes are killed.
    pub kills: u64,
    /// From what the random moments are made.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many mails the server took and we know of.
    pub handed_over: usize,
    /// Of how many nobody knows, and they are marked so.
    pub uncertain: usize,
    /// How many of these the server took.
    pub taken: usize,
    /// How many processes were killed.
    pub killed: u64,
}

/// Lets mails leave while processes are killed, and checks that each left once, or is marked.
pub fn play(program: &Path, place: &Place, plan: Plan) -> Result<Outcome, String> {
    let server =
        MailServer::start(Manner::BusyEvery(BUSY_EVERY)).map_err(|error| format!("no mail server: {error}"))?;
    let org = planned(place, plan.mails)?;
    let random = Random::new(plan.seed);
    let (mut round, mut killed) = (0, 0);
    while killed < plan.kills {
        let mut workers = start(program, place, org, &server, round)?;
        for worker in &mut workers {
            thread::sleep(Duration::from_millis(20 + random.bits() % 120));
            if let Ok(Some(status)) = worker.try_wait() {
                return Err(format!("a worker ended by itself: {status}"));
            }
            end(worker)?;
            killed += 1;
        }
        round += 1;
        let states = states(place, org)?;
        if !states.contains_key("planned") && !states.contains_key("claimed") {
            break;
        }
    }
    finish(program, place, org, &server, round)?;
    let outcome = check(place, org, &server, plan.mails, killed)?;
    place.sound()?;
    Ok(outcome)
}

fn end(worker: &mut Child) -> Result<(), String> {
    worker.kill().map_err(|error| format!("a worker cannot be killed: {error}"))?;
    worker.wait().map(drop).map_err(|error| format!("a worker does not end: {error}"))
}

/// Starts the workers of a round.
fn start(program: &Path, place: &Place, org: Uuid, server: &MailServer, round: i64) -> Result<Vec<Child>, String> {
    let worker = |number: u64| {
        let mut command = Command::new(program);
        command.args(["--child", &place.url(), "--org", &org.to_string()]);
        command.args(["--port", &server.port().to_string(), "--name", &format!("worker {round}.{number}")]);
        command.args(["--ahead", &(round * MINUTES_A_ROUND).to_string()]).stdout(Stdio::null());
        command.spawn().map_err(|error| format!("a worker cannot be started: {error}"))
    };
    (0..WORKERS).map(worker).collect()
}

/// Lets workers work until nothing is left to do.
fn finish(program: &Path, place: &Place, org: Uuid, server: &MailServer, rounds: i64) -> Result<(), String> {
    for round in rounds.. {
        let mut workers = start(program, place, org, server, round)?;
        let mut last = states(place, org)?;
        let mut still = 0;
        // What was put off, or is another's for some minutes yet, is the next round's.
        for _ in 0..LOOKS {
            thread::sleep(Duration::from_millis(50));
            let now = states(place, org)?;
            still = if now == last { still + 1 } else { 0 };
            last = now;
            if still > 10 {
                break;
            }
        }
        workers.iter_mut().try_for_each(end)?;
        if !last.contains_key("planned") && !last.contains_key("claimed") {
            return Ok(());
        }
        if round > rounds + 20 {
            return Err(format!("mails are left: {last:?}"));
        }
    }
    Ok(())
}

fn call(session: &Session, operation: &str, arguments: Json) -> Result<Json, String> {
    session.execute(operation, arguments, Envelope::default()).map_err(|error| format!("{operation}: {error:?}"))
}

/// What an object has under a name; null where it has nothing.
fn entry<'j>(json: &'j Json, name: &str) -> &'j Json {
    json.get(name).unwrap_or(&Json::Null)
}

/// A tenant with so many mails that are to leave.
fn planned(place: &Place, mails: usize) -> Result<Uuid, String> {
    let failed = |error: nexa_crm::Error| format!("the tenant cannot be made: {error:?}");
    let crm = blocking::open(&place.url()).map_err(failed)?;
    let admin =
        CreateOrg::new("Acme", "Lisa", "lisa@acme.example").and_then(|org| crm.create_org(org)).map_err(failed)?;
    let made = call(&admin, "sender.create", json!({"name": "Acme", "address": "news@acme.example"}))?;
    let verified = call(&admin, "sender.verify", json!({"sender": entry(&made, "id")}))?;
    let sender = entry(&verified, "id");
    for number in 0..mails {
        let contact = json!({"email": format!("person{number}@example.test")});
        let contact = call(&admin, "contact.create", contact)?;
        let mail = json!({
            "dedup": format!("mail {number}"), "contact": entry(&contact, "id"), "sender": sender, "subject": format!("Number {number}"),
            "text": "Hello",
        });
        call(&admin, "mail.plan", mail)?;
    }
    Ok(admin.org())
}

fn reading(place: &Place, org: Uuid) -> Result<Session, String> {
    let crm = blocking::open(&place.url()).map_err(|error| format!("it cannot be opened again: {error:?}"))?;
    Ok(crm.system(org, "check"))
}

/// How many mails are in which state.
fn states(place: &Place, org: Uuid) -> Result<BTreeMap<String, u64>, String> {
    let groups = json!({"group_by": [{"field": "state"}], "measure": ["count"]});
    let groups = call(&reading(place, org)?, "mail.aggregate", groups)?;
    let group =
        |row: &Json| Some((entry(row, "group").get(0)?.as_str()?.to_owned(), entry(row, "measures").get(0)?.as_u64()?));
    groups.as_array().into_iter().flatten().map(|row| group(row).ok_or_else(|| row.to_string())).collect()
}

/// Each mail left once, or is marked.
fn check(place: &Place, org: Uuid, server: &MailServer, mails: usize, killed: u64) -> Result<Outcome, String> {
    let taken = server.arrivals();
    let session = reading(place, org)?;
    let mut outcome = Outcome { handed_over: 0, uncertain: 0, taken: 0, killed };
    let (mut found, mut after) = (0, Json::Null);
    loop {
        let page = call(&session, "mail.find", json!({"limit": 1_000, "after": after}))?;
        for mail in entry(&page, "items").as_array().into_iter().flatten() {
            found += 1;
            let message_id = entry(mail, "message_id").as_str().unwrap_or_default();
            let times = taken.get(message_id).copied().unwrap_or_default();
            match (entry(mail, "state").as_str().unwrap_or_default(), times) {
                ("handed_over", 1) => outcome.handed_over += 1,
                ("uncertain", 0 | 1) => {
                    outcome.uncertain += 1;
                    outcome.taken += times;
                }
                (state, times) => return Err(format!("a mail is {state} and arrived {times} times: {mail}")),
            }
        }
        after = entry(&page, "next").clone();
        if after.is_null() {
            break;
        }
    }
    if found != mails {
        return Err(format!("{found} mails of {mails} are there"));
    }
    if taken.values().sum::<usize>() != outcome.handed_over + outcome.taken {
        return Err("the server took messages that nobody planned".to_owned());
    }
    // A worker sends one message at a time: what is uncertain was under way when it was killed.
    if outcome.uncertain as u64 > killed {
        return Err(format!("{} mails are uncertain after {killed} kills", outcome.uncertain));
    }
    call(&session, "ledger.verify", json!({"rows": true}))?;
    Ok(outcome)
}
