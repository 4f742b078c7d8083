//! Where others wrote about a person: listed, for somebody to read, and not cut.

use super::{Key, Person, find::belongs_by, named};
use crate::{
    access::Action,
    context::Context,
    error::Result,
    filter::{Place, Predicate},
    limits::LARGEST_PAGE,
    normal,
    record::{ColumnType, Derived, PersonField, RecordDef},
    store::{Select, Trash},
    undo::Named,
};

/// How many mentions are listed.
const MOST: usize = 1_000;

/// Records that name a person beside those that are theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Those that the actor may read, at most 1,000.
    pub records: Vec<Named>,
    /// How many others there are that the actor may not read, such as notes with readers.
    pub hidden: u64,
    /// Whether there are more.
    pub more: bool,
}

/// Matches the rows whose texts contain one of these.
fn contains(def: &RecordDef, texts: &[String]) -> Vec<Predicate> {
    let plain = def
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.kind == ColumnType::Text && column.derived.is_none() && !column.personal);
    let matching = plain.flat_map(|(index, _)| {
        let folded = def.derived.iter().find(|(_, derived)| *derived == Derived::Folded(index)).map(|(at, _)| *at);
        texts.iter().map(move |text| match folded {
            Some(column) => Predicate::Match(column, Place::Anywhere, normal::fold(text)),
            None => Predicate::Match(index, Place::Anywhere, text.clone()),
        })
    });
    matching.collect()
}

impl Context<'_> {
    /// The records that are about a person's or whose texts contain one of these, without those that are the person's. It reads every text
    /// of the tenant.
    pub async fn mentions_of(&mut self, person: &Person, texts: &[String]) -> Result<Mentions> {
        self.flush().await?;
        let theirs: std::collections::BTreeSet<Key> = person.keys().collect();
        let mut mentions = Mentions::default();
        let by_kind = person.by_kind();
        for def in self.environment.kinds.all().to_vec() {
            if !def.ledger || def.no_person.is_some() || !self.environment.behaviours.contains_key(def.kind) {
                continue;
            }
            let mut any = contains(def, texts);
            for topic in &def.follows {
                for of in &by_kind {
                    let about = of.ids.chunks(LARGEST_PAGE);
                    any.extend(about.filter_map(|ids| belongs_by(def, PersonField::Topic(*topic), &of.kind, ids)));
                }
            }
            if any.is_empty() {
                continue;
            }
            let limit = MOST + theirs.len() + 1;
            let query = Select { trash: Trash::Any, ..Select::all(def, limit).filtered(Predicate::Or(any)) };
            for row in self.tx.select(&query).await? {
                let key = (def.kind, row.id(def));
                if theirs.contains(&key) {
                    continue;
                }
                if !self.allows(def, &row, Action::Read).await? {
                    mentions.hidden += 1;
                } else if mentions.records.len() < MOST {
                    mentions.records.push(named(key));
                } else {
                    mentions.more = true;
                }
            }
        }
        Ok(mentions)
    }
}
