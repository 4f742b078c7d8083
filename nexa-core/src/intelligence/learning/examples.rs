//! Examples from the ledger: each lead as it was at some moments while it was open, and whether it was converted within the horizon.
//! What was written later never changes an example.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    super::sight::DAY,
    features::{Fields, change},
};
use crate::{
    Context, Filter, Record, Result, Timestamp,
    kernel::ledger::{Event, EventQuery, Verb},
    sales::Lead,
};

/// So many leads are learned from, the newest.
const MOST_LEADS: usize = 20_000;
/// The histories of so many are read at once.
const AT_ONCE: usize = 200;
/// So many events are read at once.
const PAGE: usize = 1_000;
/// At how many days after it came a lead is looked at, while it is open.
const MOMENTS: [i64; 7] = [0, 1, 3, 7, 14, 30, 60];

/// A lead at a moment.
pub(super) struct Example {
    pub(super) lead: usize,
    pub(super) fields: Fields,
    /// The examples of a lead weigh 1 together.
    pub(super) weight: f64,
    pub(super) won: bool,
}

/// What histories say.
#[derive(Default)]
pub(super) struct Examples {
    pub(super) all: Vec<Example>,
    /// How many leads are decided: converted, or open for longer than the horizon, or given up.
    pub(super) decided: usize,
    /// How many of them were converted.
    pub(super) won: usize,
    /// How many leads were left out because something of their history was erased.
    pub(super) erased: usize,
    /// How often each field was changed, and how often with the conversion or after it.
    pub(super) changed: BTreeMap<String, [u32; 2]>,
}

/// The histories of the tenant's leads, whoever sees them.
pub(super) async fn examples(cx: &mut Context<'_>, horizon_days: u32) -> Result<Examples> {
    let leads: Vec<Lead> = cx.unrestricted().every(&Filter::everything()).await?;
    let mut leads: Vec<(Uuid, bool)> = leads.iter().map(|lead| (lead.id.uuid(), lead.erased_at.is_some())).collect();
    leads.sort_unstable();
    let leads = leads.split_off(leads.len().saturating_sub(MOST_LEADS));
    let mut found = Examples::default();
    let kept: Vec<Uuid> = leads.iter().filter(|(_, erased)| !erased).map(|(id, _)| *id).collect();
    found.erased = leads.len() - kept.len();
    let (now, horizon) = (cx.now(), i64::from(horizon_days) * DAY);
    for (part, ids) in kept.chunks(AT_ONCE).enumerate() {
        let mut histories: BTreeMap<Uuid, Vec<Event>> = BTreeMap::new();
        let records: Vec<(&'static str, Uuid)> = ids.iter().map(|id| (Lead::def().kind, *id)).collect();
        let mut query = EventQuery { limit: PAGE, records: Some(records), ..EventQuery::default() };
        loop {
            let events = cx.unrestricted().events(&query).await?;
            let more = events.len() == PAGE;
            query.after = events.last().map_or(query.after, |event| event.seq);
            for event in events {
                histories.entry(event.record).or_default().push(event);
            }
            if !more {
                break;
            }
        }
        for (place, id) in ids.iter().enumerate() {
            let history = histories.remove(id).unwrap_or_default();
            found.add(part * AT_ONCE + place, &history, now, horizon);
        }
    }
    Ok(found)
}

fn said(event: &Event) -> Option<Map<String, Json>> {
    event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok())
}

fn status(fields: &Fields) -> &str {
    fields.get("status").and_then(Json::as_str).unwrap_or("new")
}

fn is_open(fields: &Fields) -> bool {
    ["new", "contacted", "qualified"].contains(&status(fields))
}

impl Examples {
    /// Adds the examples of one history.
    fn add(&mut self, lead: usize, history: &[Event], now: Timestamp, horizon: i64) {
        let Some(created) = history.first().filter(|event| event.verb == Verb::Created) else { return };
        let mut fields = Fields::new();
        let mut snapshots: Vec<(Timestamp, u64, Fields)> = Vec::new();
        let mut won: Option<(Timestamp, u64, Uuid)> = None;
        let mut moments =
            MOMENTS.iter().map(|days| Timestamp::from_micros(created.at.micros() + days * DAY)).peekable();
        for event in history {
            // The lead as it was at the moments that passed before this event.
            while let Some(moment) = moments.next_if(|moment| event.seq > created.seq && *moment < event.at) {
                if snapshots.is_empty() || is_open(&fields) {
                    snapshots.push((moment, event.seq - 1, fields.clone()));
                }
            }
            let Some(said) = said(event) else {
                self.erased += usize::from(event.verb != Verb::Erased);
                if event.verb == Verb::Erased {
                    continue;
                }
                return;
            };
            let names: Vec<String> = said.keys().cloned().collect();
            let was = status(&fields).to_owned();
            change(&mut fields, said, event.verb == Verb::Created);
            if event.seq == created.seq {
                // The first moment is that of the creation itself, however soon something follows.
                snapshots.extend(moments.next().map(|moment| (moment, event.seq, fields.clone())));
            } else if status(&fields) == "converted" && was != "converted" {
                won = Some((event.at, event.seq, event.unit));
            } else if was == "converted" && status(&fields) != "converted" {
                // One that was reopened is not decided by that.
                won = None;
            }
            if event.verb == Verb::Updated {
                let with_outcome = won.is_some_and(|(_, seq, unit)| event.unit == unit || event.seq >= seq);
                for name in names {
                    let counts = self.changed.entry(name).or_default();
                    let [all, late] = counts;
                    *all += 1;
                    *late += u32::from(with_outcome);
                }
            }
        }
        let last = history.last().map_or(0, |event| event.seq);
        for moment in moments.filter(|moment| *moment <= now) {
            if is_open(&fields) {
                snapshots.push((moment, last, fields.clone()));
            }
        }
        let open = is_open(&fields);
        let decided = |moment: Timestamp, seq: u64| {
            let end = moment.micros().saturating_add(horizon);
            match won {
                Some((at, by, _)) if by > seq => Some(at.micros() <= end),
                _ if open && end > now.micros() => None,
                _ => Some(false),
            }
        };
        let mut labelled: Vec<(Fields, bool)> = Vec::new();
        for (moment, seq, fields) in snapshots {
            labelled.extend(decided(moment, seq).map(|won| (fields, won)));
        }
        if labelled.is_empty() {
            return;
        }
        self.decided += 1;
        self.won += usize::from(labelled.iter().any(|(_, won)| *won));
        #[allow(clippy::cast_precision_loss)]
        let weight = 1.0 / labelled.len() as f64;
        for (fields, won) in labelled {
            match self.all.last_mut() {
                // A lead that did not change is one example.
                Some(last) if last.lead == lead && last.won == won && last.fields == fields => last.weight += weight,
                _ => self.all.push(Example { lead, fields, weight, won }),
            }
        }
    }

    /// The signals that were ever seen.
    pub(super) fn signals(&self) -> BTreeSet<String> {
        let maps = self.all.iter().filter_map(|example| example.fields.get("engagement")?.as_object());
        maps.flat_map(|map| map.keys().cloned()).collect()
    }
}
