//! Which records are a person's: a walk along the marks of the kinds.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{Key, MOST_RECORDS, OfKind, Person, TOO_MANY_RECORDS};
use crate::{
    context::Context,
    error::Result,
    filter::{Comparison, Predicate},
    ledger::EventQuery,
    limits::LARGEST_PAGE,
    maybe_send::BoxFuture,
    personal::pointed_at,
    record::{ColumnType, Content, PersonField, RecordDef, Row, Topic},
    store::{Key as By, Select, Trash},
    value::Value,
};

/// How many ids a filter names at once.
const IDS: usize = 500;

/// A walk in progress.
#[derive(Default)]
struct Walk {
    seen: BTreeSet<Key>,
    /// Rows of persons that were found and not looked at.
    waiting: Vec<(&'static RecordDef, Row)>,
    person: Person,
}

impl Walk {
    fn add(&mut self, def: &'static RecordDef, row: Row) -> Result<()> {
        let id = row.id(def);
        if !self.seen.insert((def.kind, id)) {
            return Ok(());
        }
        self.must_have_room()?;
        for address in addresses_in(def, &row) {
            if !self.person.addresses.contains(&address) {
                self.person.addresses.push(address);
            }
        }
        self.person.persons.push((def, id));
        self.waiting.push((def, row));
        Ok(())
    }

    fn must_have_room(&self) -> Result<()> {
        if self.seen.len() > MOST_RECORDS { Err(TOO_MANY_RECORDS.with("limit", MOST_RECORDS)) } else { Ok(()) }
    }
}

/// The columns of a kind of persons that hold mail addresses of them.
fn address_columns(def: &RecordDef) -> impl Iterator<Item = (usize, ColumnType)> + '_ {
    let columns = def.columns.iter().enumerate();
    columns
        .filter(|(_, column)| column.personal && column.content == Content::Email && column.derived.is_none())
        .map(|(index, column)| (index, column.kind))
}

/// The mail addresses in the row of a person, whatever its state.
pub(super) fn addresses_in(def: &RecordDef, row: &Row) -> Vec<String> {
    let mut found = Vec::new();
    for (column, kind) in address_columns(def) {
        match (kind, row.get(column)) {
            (ColumnType::List, _) => found.extend(row.entries(column)),
            (_, Value::Text(text)) => found.push(text.clone()),
            _ => {}
        }
    }
    found
}

/// Matches the persons of a kind who are known under an address.
fn known_under(def: &RecordDef, address: &str) -> Predicate {
    Predicate::Or(
        address_columns(def)
            .map(|(column, kind)| match kind {
                ColumnType::List => Predicate::Has(column, vec![address.to_owned()]),
                _ => Predicate::Compare(column, Comparison::Eq, Value::Text(address.to_owned())),
            })
            .collect(),
    )
}

/// Matches the rows that a field says belong to one of these.
pub(super) fn belongs_by(def: &RecordDef, field: PersonField, of: &str, ids: &[Uuid]) -> Option<Predicate> {
    let values = || ids.iter().copied().map(Value::Uuid).collect();
    match field {
        PersonField::Reference(column) => {
            (pointed_at(def, column) == Some(of)).then(|| Predicate::In(column, values()))
        }
        PersonField::Topic(Topic::One { kind, id }) => Some(Predicate::And(vec![
            Predicate::Compare(kind, Comparison::Eq, Value::Text(of.to_owned())),
            Predicate::In(id, values()),
        ])),
        PersonField::Topic(Topic::Several(column)) => {
            Some(Predicate::Has(column, ids.iter().map(|id| crate::record::entry(of, *id)).collect()))
        }
        PersonField::Address(_) => None,
    }
}

impl Context<'_> {
    /// The records of the person whom these records are and who is known under these mail addresses, whatever the actor may see.
    ///
    /// Two records are one person where one was folded into the other, where a reference marked `person` leads from one to the other, and
    /// where they have a mail address in common, also in the trash. Error: `person.too_many_records`.
    pub async fn person(&mut self, known: &[(&'static RecordDef, Uuid)], addresses: &[String]) -> Result<Person> {
        self.flush().await?;
        let mut walk = Walk::default();
        walk.person.addresses = addresses.to_vec();
        for (def, id) in known {
            self.add_by_id(&mut walk, def, *id).await?;
            self.add_purged(&mut walk, def, *id).await?;
        }
        let mut asked = 0;
        loop {
            if let Some(address) = walk.person.addresses.get(asked).cloned() {
                asked += 1;
                for def in self.environment.personal.persons().to_vec() {
                    self.add_matching(&mut walk, def, known_under(def, &address)).await?;
                }
            } else if let Some((def, row)) = walk.waiting.pop() {
                self.look_around(&mut walk, def, &row).await?;
            } else {
                break;
            }
        }
        self.add_belonging(&mut walk).await?;
        Ok(walk.person)
    }

    async fn add_by_id(&mut self, walk: &mut Walk, def: &'static RecordDef, id: Uuid) -> Result<()> {
        for row in self.tx.load(def, By::Column(def.id), &[Value::Uuid(id)]).await? {
            walk.add(def, row)?;
        }
        Ok(())
    }

    /// Adds a record that was named, is not there any more, and has a history.
    async fn add_purged(&mut self, walk: &mut Walk, def: &'static RecordDef, id: Uuid) -> Result<()> {
        if !walk.seen.contains(&(def.kind, id)) {
            let query = EventQuery { limit: 1, records: Some(vec![(def.kind, id)]), ..EventQuery::default() };
            if !self.tx.events(&query).await?.is_empty() && walk.seen.insert((def.kind, id)) {
                walk.person.persons.push((def, id));
            }
        }
        Ok(())
    }

    /// These records, as those of one person, whether they are there or not; with the addresses that they have. Kinds that this Crm does
    /// not have are left out. Error: `person.too_many_records`.
    pub async fn named_records(&mut self, named: &[OfKind]) -> Result<Person> {
        self.flush().await?;
        let mut walk = Walk::default();
        let mut belonging = Vec::new();
        for OfKind { kind, ids } in named {
            let Some(def) = self.environment.kinds.get(kind) else { continue };
            for id in ids.iter().copied() {
                if def.person {
                    self.add_by_id(&mut walk, def, id).await?;
                    self.add_purged(&mut walk, def, id).await?;
                } else if walk.seen.insert((def.kind, id)) {
                    walk.must_have_room()?;
                    belonging.push((def, id));
                }
            }
        }
        Ok(Person { belonging, ..walk.person })
    }

    async fn add_matching(&mut self, walk: &mut Walk, def: &'static RecordDef, filter: Predicate) -> Result<()> {
        let mut add = |row: Row| walk.add(def, row);
        self.each_row(def, filter, &mut add).await
    }

    /// The records that are the same person as this one.
    async fn look_around(&mut self, walk: &mut Walk, def: &'static RecordDef, row: &Row) -> Result<()> {
        let id = row.id(def);
        for field in &def.persons {
            for (kind, id) in named_by(def, *field, row) {
                if let Some(of) = self.environment.kinds.get(&kind).filter(|of| of.person) {
                    self.add_by_id(walk, of, id).await?;
                }
            }
        }
        if let Some(column) = def.merged_into {
            if let Value::Uuid(survivor) = row.get(column) {
                self.add_by_id(walk, def, *survivor).await?;
            }
            self.add_matching(walk, def, Predicate::Compare(column, Comparison::Eq, Value::Uuid(id))).await?;
        }
        for other in self.environment.personal.persons().to_vec() {
            for field in &other.persons {
                if let Some(filter) = belongs_by(other, *field, def.kind, &[id]) {
                    self.add_matching(walk, other, filter).await?;
                }
            }
        }
        Ok(())
    }

    /// The records that belong to the persons, and those that belong to these.
    async fn add_belonging(&mut self, walk: &mut Walk) -> Result<()> {
        let mut by_kind: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
        for (def, id) in &walk.person.persons {
            by_kind.entry(def.kind).or_default().push(*id);
        }
        let addresses = walk.person.addresses.clone();
        let belonging = self.environment.personal.belonging().to_vec();
        for def in &belonging {
            for column in def.persons.iter().filter_map(|field| match field {
                PersonField::Address(column) => Some(*column),
                _ => None,
            }) {
                let values = addresses.iter().cloned().map(Value::Text).collect();
                let found = self.new_ids(walk, def, Predicate::In(column, values)).await?;
                by_kind.entry(def.kind).or_default().extend(found);
            }
        }
        while !by_kind.is_empty() {
            let mut next: BTreeMap<&'static str, Vec<Uuid>> = BTreeMap::new();
            for (of, ids) in std::mem::take(&mut by_kind) {
                for def in &belonging {
                    for field in &def.persons {
                        for some in ids.chunks(IDS) {
                            let Some(filter) = belongs_by(def, *field, of, some) else { continue };
                            let found = self.new_ids(walk, def, filter).await?;
                            next.entry(def.kind).or_default().extend(found);
                        }
                    }
                }
            }
            next.retain(|_, ids| !ids.is_empty());
            by_kind = next;
        }
        Ok(())
    }

    /// The ids of the rows that match and were not found yet.
    async fn new_ids(&mut self, walk: &mut Walk, def: &'static RecordDef, filter: Predicate) -> Result<Vec<Uuid>> {
        let mut found = Vec::new();
        let mut add = |row: Row| {
            let id = row.id(def);
            if walk.seen.insert((def.kind, id)) {
                walk.must_have_room()?;
                walk.person.belonging.push((def, id));
                found.push(id);
            }
            Ok(())
        };
        self.each_row(def, filter, &mut add).await?;
        Ok(found)
    }

    /// Hands over the rows that match, in the trash as well, page by page.
    pub(super) fn each_row<'f>(
        &'f mut self,
        def: &'static RecordDef,
        filter: Predicate,
        each: &'f mut (dyn FnMut(Row) -> Result<()> + Send),
    ) -> BoxFuture<'f, Result<()>> {
        Box::pin(async move {
            let mut query = Select { trash: Trash::Any, ..Select::all(def, LARGEST_PAGE).filtered(filter) };
            loop {
                let rows = self.tx.select(&query).await?;
                query.after = rows.last().map(|last| query.position(last));
                let more = rows.len() == LARGEST_PAGE;
                rows.into_iter().try_for_each(&mut *each)?;
                if !more {
                    return Ok(());
                }
            }
        })
    }
}

/// The records that a field names.
fn named_by(def: &RecordDef, field: PersonField, row: &Row) -> Vec<(String, Uuid)> {
    match field {
        PersonField::Reference(column) => match (pointed_at(def, column), row.get(column)) {
            (Some(kind), Value::Uuid(id)) => vec![(kind.to_owned(), *id)],
            _ => Vec::new(),
        },
        PersonField::Topic(topic) => topic.named(row),
        PersonField::Address(_) => Vec::new(),
    }
}
