//! What must hold of a storage whose writer was killed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nexa_crm::{
    Envelope, FeedItem, Filter, Find, Id, Op, Position, Record,
    blocking::{Crm, Session},
    kernel::{ledger::Verb, query::Change},
    sales::{
        Contact, Deal, Lead,
        lead::{Conversion, Status},
    },
    service::Ticket,
};
use serde_json::json;
use uuid::Uuid;

use super::{Acknowledged, follow, load, place::Place};

/// What was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    /// How many events the ledger has.
    pub events: usize,
    /// How many units they make.
    pub units: usize,
}

/// Checks everything; the error names the first thing that does not hold.
pub fn whole(place: &Place, org: Uuid, acknowledged: &[Acknowledged]) -> Result<Found, String> {
    place.sound()?;
    let crm = &place.open()?;
    // The keys belong to whoever gave them.
    let session = crm.system(org, load::CAUSE);
    let verified = session
        .execute("ledger.verify", json!({}), Envelope::default())
        .map_err(|error| format!("the ledger does not hold: {error:?}"))?;
    let changes = ledger(crm, org)?;
    if verified.get("events") != Some(&json!(changes.len())) {
        return Err(format!("the ledger verifies {verified}, but the feed has {} events", changes.len()));
    }
    let units = units(&changes)?;
    conversions(&session)?;
    numbers(&session)?;
    for one in acknowledged {
        there(&session, one).map_err(|problem| format!("{one} was acknowledged, but {problem}"))?;
    }
    if ledger(crm, org)?.len() != changes.len() {
        return Err("what was asked again was done again".to_owned());
    }
    follow::finish(crm, org)?;
    follow::once(&ledger(crm, org)?)?;
    Ok(Found { events: changes.len(), units })
}

/// Every event, numbered without a gap.
fn ledger(crm: &Crm, org: Uuid) -> Result<Vec<Change>, String> {
    let mut changes: Vec<Change> = Vec::new();
    let mut after = Position::START;
    loop {
        let feed = crm.feed(org, after, 1_000).map_err(|error| format!("the feed cannot be read: {error:?}"))?;
        for item in feed.items {
            let FeedItem::Changed(change) = item else {
                return Err("the host reads that something is gone".to_owned());
            };
            if change.seq != changes.len() as u64 + 1 {
                return Err(format!("event {} follows event {}", change.seq, changes.len()));
            }
            changes.push(*change);
        }
        after = feed.next;
        if feed.complete {
            return Ok(changes);
        }
    }
}

/// Every unit has all the events that its command makes.
fn units(changes: &[Change]) -> Result<usize, String> {
    let mut units: HashMap<Uuid, Vec<&Change>> = HashMap::new();
    for change in changes {
        units.entry(change.unit).or_default().push(change);
    }
    for (unit, changes) in &units {
        let Some(command) = changes.first().map(|change| change.command.as_str()) else { continue };
        let made: BTreeMap<(&str, &str), usize> = changes.iter().fold(BTreeMap::new(), |mut made, change| {
            *made.entry((change.kind.as_str(), change.verb.as_str())).or_default() += 1;
            made
        });
        let count = |kind: &str, verb: Verb| made.get(&(kind, verb.as_str())).copied().unwrap_or_default();
        let is_whole = match command {
            "lead.convert" => {
                count("lead", Verb::Updated) == 1
                    && count("contact", Verb::Created) == 1
                    && count("account", Verb::Created) == 1
                    && count("deal", Verb::Created) == 1
            }
            "contact.merge" => count("contact", Verb::Updated) == 2,
            "ticket.create" => count("ticket", Verb::Created) == 1 && count("contact", Verb::Created) == 1,
            "lead.import_rows" => count("lead", Verb::Created) == load::ROWS as usize,
            "lead.create" => made.len() == 1 && count("lead", Verb::Created) == 1,
            _ => true,
        };
        // A tick does several things in a unit, each under its own name.
        let is_tick = changes.iter().all(|change| change.actor == "system:tick");
        if !is_whole || !is_tick && changes.iter().any(|change| change.command != command) {
            return Err(format!("the unit {unit} of {command} is half there: {made:?}"));
        }
    }
    Ok(units.len())
}

/// A lead is converted exactly when its contact, account and deal are there.
fn conversions(session: &Session) -> Result<(), String> {
    let leads: Vec<Lead> = all(session, Filter::compare("status", Op::Eq, "converted"))?;
    let marked: Vec<Lead> = all(session, Filter::compare("converted_contact", Op::IsNull, false))?;
    if leads.len() != marked.len() {
        return Err(format!("{} leads are converted, and {} name a contact", leads.len(), marked.len()));
    }
    let contacts: BTreeSet<_> = all::<Contact>(session, Filter::everything())?.iter().map(Record::id).collect();
    let deals: BTreeSet<_> = all::<Deal>(session, Filter::everything())?.iter().map(Record::id).collect();
    for lead in &leads {
        let whole = lead.converted_contact.is_some_and(|id| contacts.contains(&id))
            && lead.converted_deal.is_some_and(|id| deals.contains(&id));
        if !whole {
            return Err(format!("the lead {} was converted to something that is not there", lead.id));
        }
    }
    if deals.len() != leads.len() {
        return Err(format!("{} deals came of {} leads", deals.len(), leads.len()));
    }
    Ok(())
}

/// The tickets are numbered without a gap: the counter moved with them.
fn numbers(session: &Session) -> Result<(), String> {
    let tickets: Vec<Ticket> = all(session, Filter::everything())?;
    let mut numbers: Vec<&str> = tickets.iter().map(|ticket| ticket.number.as_str()).collect();
    numbers.sort_unstable();
    match numbers.iter().zip(1_u32..).find(|(number, at)| **number != format!("T-{at:06}")) {
        Some((number, at)) => Err(format!("the ticket number {at} is {number}")),
        None => Ok(()),
    }
}

fn all<R: Record>(session: &Session, filter: Filter) -> Result<Vec<R>, String> {
    pages(session, &Find::<R>::new().filter(filter))
}

/// Every record of a kind that a find answers, page by page.
pub(super) fn pages<R: Record>(session: &Session, find: &Find<R>) -> Result<Vec<R>, String> {
    let mut records = Vec::new();
    let mut after = None;
    loop {
        let page = session
            .find(find.clone().limit(1_000).after(after))
            .map_err(|error| format!("{} cannot be listed: {error:?}", R::def().kind))?;
        records.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(records);
        }
    }
}

/// What was acknowledged is there.
fn there(session: &Session, acknowledged: &Acknowledged) -> Result<(), String> {
    let described = |error: nexa_crm::Error| format!("{error:?}");
    match acknowledged {
        // Files are checked with their bytes.
        Acknowledged::Org(_) | Acknowledged::Attached(..) | Acknowledged::Purged(_) => Ok(()),
        Acknowledged::Lead(lead) => session.get::<Lead>(Id::<Lead>::new(*lead)).map_err(described).map(drop),
        Acknowledged::Converted(lead, contact, deal) => {
            let lead = session.get::<Lead>(Id::<Lead>::new(*lead)).map_err(described)?;
            let same = lead.converted_contact.map(Id::uuid) == Some(*contact)
                && lead.converted_deal.map(Id::uuid) == Some(*deal);
            if lead.status != Status::Converted || !same {
                return Err("it is not converted so".to_owned());
            }
            // Asked again, it answers the same.
            let again =
                session.execute("lead.convert", json!({"lead": lead.id}), Envelope::default()).map_err(described)?;
            let again: Conversion = serde_json::from_value(again).map_err(|error| error.to_string())?;
            if again.contact.map(|kept| kept.id.uuid()) == Some(*contact) {
                Ok(())
            } else {
                Err("it was converted twice".to_owned())
            }
        }
        Acknowledged::Ticket(ticket, contact) => {
            let ticket = session.get::<Ticket>(Id::<Ticket>::new(*ticket)).map_err(described)?;
            session.get::<Contact>(Id::<Contact>::new(*contact)).map_err(described)?;
            let same = ticket.contact.map(Id::uuid) == Some(*contact);
            if same { Ok(()) } else { Err("its customer is another".to_owned()) }
        }
        Acknowledged::Merged(survivor, other) => {
            let found = session.get::<Contact>(Id::<Contact>::new(*other)).map_err(described)?;
            if found.id.uuid() == *survivor { Ok(()) } else { Err(format!("its id finds {}", found.id)) }
        }
        Acknowledged::Imported(source, rows) => {
            let filter = Filter::compare("source", Op::Eq, source.to_string());
            match session.count::<Lead>(filter).map_err(described)? {
                count if count == *rows => Ok(()),
                count => Err(format!("{count} of its rows are there")),
            }
        }
        Acknowledged::Keyed(number, lead) => {
            session.get::<Lead>(Id::<Lead>::new(*lead)).map_err(described)?;
            let key = Envelope::once(number.to_string());
            let again = session.execute("lead.create", load::keyed(*number), key).map_err(described)?;
            let same = again.get("id") == Some(&json!(lead));
            if same { Ok(()) } else { Err(format!("its key answers {again}")) }
        }
    }
}
