//! Everything that is known of a person, page by page: their records, then what happened to these.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Key, Person,
    events::{PAGE, was_theirs},
};
use crate::{
    context::Context,
    error::{Result, codes},
    ledger::{EventQuery, Seq, Verb},
    query::{Change, change_of},
    record::corrupt,
    store::Key as By,
    value::Value,
};

/// How many records a page has.
const RECORDS: usize = 200;
/// How many changes a page has.
const CHANGES: usize = 500;
/// At how many pages of the ledger one call looks for purged records.
const PAGES: usize = 20;

/// A record of a person, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExportedRecord {
    /// The kind.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// Its fields by name, with their values.
    pub fields: Map<String, Json>,
}

/// One page of what is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exported {
    /// Records, by their kinds and in the order of their ids.
    pub records: Vec<ExportedRecord>,
    /// What happened to the records, oldest first; after the last record.
    pub history: Vec<Change>,
    /// What the call for the next page passes as `after`; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Where a page begins.
enum Place {
    Records(usize),
    Changes(Seq),
    /// In the whole ledger, for records that were purged.
    Purged(Seq),
}

impl Place {
    fn text(&self) -> String {
        match self {
            Self::Records(at) => format!("records:{at}"),
            Self::Changes(at) => format!("changes:{at}"),
            Self::Purged(at) => format!("purged:{at}"),
        }
    }
}

impl FromStr for Place {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: &str = "give what the call before returned as next";
        let (sort, at) = text.split_once(':').ok_or(SHAPE)?;
        match sort {
            "records" => at.parse().map(Self::Records).map_err(|_| SHAPE),
            "changes" => at.parse().map(Self::Changes).map_err(|_| SHAPE),
            "purged" => at.parse().map(Self::Purged).map_err(|_| SHAPE),
            _ => Err(SHAPE),
        }
    }
}

impl Context<'_> {
    /// A page of what is known of a person, from a place that the page before named. Whoever asks has to be allowed to. Error:
    /// `field.invalid`.
    pub async fn export_person(&mut self, person: &Person, after: Option<&str>) -> Result<Exported> {
        self.flush().await?;
        let invalid = |problem: &'static str| codes::FIELD_INVALID.with("field", "after").with("problem", problem);
        let mut keys: Vec<Key> = person.keys().collect();
        keys.sort_unstable();
        match after.map_or(Ok(Place::Records(0)), str::parse).map_err(invalid)? {
            Place::Records(at) => self.export_records(&keys, at).await,
            Place::Changes(after) => self.export_changes(keys, after).await,
            Place::Purged(after) => self.export_purged(person, after).await,
        }
    }

    async fn export_records(&mut self, keys: &[Key], at: usize) -> Result<Exported> {
        let mut exported = Exported::default();
        for of_kind in keys
            .get(at..)
            .unwrap_or_default()
            .get(..RECORDS.min(keys.len().saturating_sub(at)))
            .unwrap_or_default()
            .chunk_by(|one, other| one.0 == other.0)
        {
            let Some(def) = of_kind.first().and_then(|(kind, _)| self.environment.kinds.get(kind)) else { continue };
            let ids: Vec<Value> = of_kind.iter().map(|(_, id)| Value::Uuid(*id)).collect();
            for row in self.tx.load(def, By::Column(def.id), &ids).await? {
                let mut text = String::new();
                def.write_json(&row, &[], &mut text)?;
                let fields = serde_json::from_str(&text).map_err(|problem| corrupt(def.kind, problem))?;
                exported.records.push(ExportedRecord { kind: def.kind.to_owned(), id: row.id(def), fields });
            }
        }
        let next = at.saturating_add(RECORDS);
        let next = if next < keys.len() { Some(Place::Records(next)) } else { Some(Place::Changes(0)) };
        exported.next = next.map(|place| place.text());
        Ok(exported)
    }

    async fn export_changes(&mut self, keys: Vec<Key>, after: Seq) -> Result<Exported> {
        let query = EventQuery { after, limit: CHANGES, records: Some(keys), ..EventQuery::default() };
        let events = self.tx.events(&query).await?;
        let more = events.last().filter(|_| events.len() == CHANGES);
        let next = Some(more.map_or(Place::Purged(0), |last| Place::Changes(last.seq)).text());
        let history = events.into_iter().filter_map(|event| change_of(event, &[])).collect();
        Ok(Exported { records: Vec::new(), history, next })
    }

    /// What the history still says of records that were purged: found by a look at every event, so many of them for each page.
    async fn export_purged(&mut self, person: &Person, after: Seq) -> Result<Exported> {
        let theirs = person.keys().collect();
        let (mut exported, mut query) =
            (Exported::default(), EventQuery { after, limit: PAGE, ..EventQuery::default() });
        for _ in 0..PAGES {
            let events = self.tx.events(&query).await?;
            let more = events.len() == PAGE;
            query.after = events.last().map_or(query.after, |event| event.seq);
            for event in events.iter().filter(|event| event.verb == Verb::Purged) {
                let Some(def) = self.environment.kinds.get(&event.kind) else { continue };
                if !was_theirs(def, event, person, &theirs) {
                    continue;
                }
                let records = Some(vec![(def.kind, event.record)]);
                let mut history = EventQuery { limit: CHANGES, records, ..EventQuery::default() };
                loop {
                    let events = self.tx.events(&history).await?;
                    let more = events.len() == CHANGES;
                    history.after = events.last().map_or(history.after, |event| event.seq);
                    exported.history.extend(events.into_iter().filter_map(|event| change_of(event, &[])));
                    if !more {
                        break;
                    }
                }
            }
            if !more {
                return Ok(exported);
            }
            if !exported.history.is_empty() {
                break;
            }
        }
        exported.next = Some(Place::Purged(query.after).text());
        Ok(exported)
    }
}
