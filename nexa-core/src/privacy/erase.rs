//! Erasing a person.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    erasure::{Erasure, Kept},
    kept::plan,
    taken::take_away,
    whose::{NOT_THEIRS, REASON_NAMES, UNKNOWN, Whose, must_name_nobody, names_of},
};
use crate::{
    Body, CollectionCommand, Context, Document, Email, Record, Ref, Result, Timestamp, command,
    kernel::{
        ledger::{EventQuery, Verb},
        person::{Person, Sum, TOO_MANY_RECORDS, of_kinds},
        uuid::Uuid,
    },
    sales::{Contact, Lead},
};

/// A record of the person that is kept for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// The kind.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// Why it is kept, such as `tax law`, in words that do not name the person.
    pub reason: String,
    /// Until when, then it is erased by itself; until somebody erases again when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Erases what is known of a person: the personal fields of their records, their search terms, keys and addresses, what history, remembered
/// answers and failures said of them. The records stay with their numbers, and whatever points at them names an erased person. Nothing of it
/// can be undone. A dry run says what would go.
///
/// Files on the person's records are removed for good, with their bytes; nothing is mailed to their addresses any more, of which hashes alone
/// are kept, until they ask for it themselves.
///
/// Name the person by `email`, `contact` or `lead`. Records under `keep`, and those that the host's retention holds, are listed as kept and
/// erased when their time is over. Again for the same person it changes nothing and returns the same certificate.
///
/// Errors: `person.unknown`, `person.reason_names`, `person.not_theirs`, `person.too_many_records`.
#[command(
    "erase",
    name = "person.erase",
    collection = Erasure,
    action = Privacy,
    check = Self::check,
    errors(UNKNOWN, REASON_NAMES, NOT_THEIRS, TOO_MANY_RECORDS),
    final = "what was erased is not kept anywhere"
)]
pub struct Erase {
    /// A mail address of the person.
    pub email: Option<Email>,
    /// A contact that is the person.
    pub contact: Option<Ref<Contact>>,
    /// A lead that is the person.
    pub lead: Option<Ref<Lead>>,
    /// Why, in words that do not name the person: the reason stays.
    pub reason: Body,
    /// Records that are kept for now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<Keep>,
}

impl Erase {
    fn new(reason: Body) -> Self {
        Self { email: None, contact: None, lead: None, reason, keep: Vec::new() }
    }
    /// Erases whoever is known under a mail address.
    pub fn email(email: Email, reason: Body) -> Self {
        Self { email: Some(email), ..Self::new(reason) }
    }
    /// Erases the person whom a contact is.
    pub fn contact(contact: impl Into<Ref<Contact>>, reason: Body) -> Self {
        Self { contact: Some(contact.into()), ..Self::new(reason) }
    }
    /// Erases the person whom a lead is.
    pub fn lead(lead: impl Into<Ref<Lead>>, reason: Body) -> Self {
        Self { lead: Some(lead.into()), ..Self::new(reason) }
    }
    /// The same, but keeps a record for now.
    #[must_use]
    pub fn keeping(mut self, keep: Keep) -> Self {
        self.keep.push(keep);
        self
    }
    fn whose(&self) -> Whose<'_> {
        Whose { email: self.email.as_ref(), contact: self.contact.as_ref(), lead: self.lead.as_ref() }
    }
    fn check(&self) -> Result<()> {
        self.whose().check()
    }
}

impl CollectionCommand for Erase {
    type Output = Erasure;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Erasure> {
        let person = self.whose().known_person(cx).await?;
        let names = names_of(cx, &person).await?;
        must_name_nobody(&self.reason, &names)?;
        must_name_nobody(cx.envelope().reason.as_deref().unwrap_or_default(), &names)?;
        let mut kept: BTreeMap<(&'static str, Uuid), Kept> = BTreeMap::new();
        for keep in &self.keep {
            must_name_nobody(&keep.reason, &names)?;
            let theirs = person.records().find(|(def, id)| def.kind == keep.kind && *id == keep.id);
            let (def, id) =
                theirs.ok_or_else(|| NOT_THEIRS.with("kind", &keep.kind).with("id", keep.id).with("field", "keep"))?;
            if keep.until.is_none_or(|until| until > cx.now()) {
                let Keep { kind, reason, until, .. } = keep.clone();
                kept.insert((def.kind, id), Kept { kind, id, reason, until });
            }
        }
        for (key, held) in cx.held_records(&person).await? {
            let (kind, id) = (key.0.to_owned(), key.1);
            kept.entry(key).or_insert(Kept { kind, id, reason: held.reason, until: held.until });
        }
        let held: BTreeSet<_> = kept.keys().copied().collect();
        let sum = take_away(cx, &person, &held).await?;
        if sum.records.is_empty()
            && let Some(earlier) = certificate_of(cx, &person).await?
        {
            cx.answers_again();
            return Ok(earlier);
        }
        let kept = Document(kept.into_values().collect());
        let erasure = certified(Erasure { reason: self.reason.clone(), kept, ..Erasure::default() }, &sum);
        let erasure = cx.unrestricted().insert(erasure).await?;
        plan(cx, &erasure).await?;
        Ok(erasure)
    }
}

/// A certificate with what an erasure came to.
pub(super) fn certified(erasure: Erasure, sum: &Sum) -> Erasure {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let kept_until = erasure.next_end();
    Erasure {
        records: Document(of_kinds(sum.records.iter().copied())),
        record_count: count(sum.records.len() as u64),
        event_count: count(sum.events),
        answer_count: count(sum.answers),
        digest: sum.digest(),
        kept_until,
        ..erasure
    }
}

/// The certificate of the last erasure of a person: of the unit that erased one of their records last.
async fn certificate_of(cx: &mut Context<'_>, person: &Person) -> Result<Option<Erasure>> {
    let records: Vec<_> = person.records().map(|(def, id)| (def.kind, id)).collect();
    let mut query = EventQuery { limit: 100, records: Some(records), backwards: true, ..EventQuery::default() };
    loop {
        let events = cx.unrestricted().events(&query).await?;
        if let Some(erased) = events.iter().find(|event| event.verb == Verb::Erased) {
            let unit = EventQuery { limit: 1_000, unit: Some(erased.unit), backwards: true, ..EventQuery::default() };
            let unit = cx.unrestricted().events(&unit).await?;
            let Some(certificate) = unit.iter().find(|event| event.kind == Erasure::def().kind) else {
                return Ok(None);
            };
            let row = cx.unrestricted().row(Erasure::def(), certificate.record).await?;
            return row.map(Erasure::from_row).transpose();
        }
        match events.last() {
            Some(last) if events.len() == query.limit && last.seq > 1 => query.after = last.seq,
            _ => return Ok(None),
        }
    }
}
