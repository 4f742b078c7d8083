//! Whose the personal data of the kinds are, as the kinds declare it by the marks `personal` and `person`.
//!
//! No operation lists kinds: a kind that comes later, or that a host adds, is found, exported and erased by its marks alone.

mod retention;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    compile::Kinds,
    record::{ColumnType, FieldDef, PersonField, RecordDef},
    value::Value,
};

pub(crate) use self::retention::NothingHeld;
pub use self::retention::{Held, Retention};

/// The kinds that are persons, and those whose records belong to one.
#[derive(Default)]
pub(crate) struct Personal {
    persons: Vec<&'static RecordDef>,
    belonging: Vec<&'static RecordDef>,
}

impl Personal {
    /// What these kinds declare, or what one has not declared or declared wrongly.
    pub(crate) fn of(kinds: &Kinds) -> Result<Self, String> {
        let all = kinds.all();
        let persons: Vec<&'static RecordDef> = all.iter().copied().filter(|def| def.person).collect();
        let mut led: BTreeSet<&str> = persons.iter().map(|def| def.kind).collect();
        loop {
            let before = led.len();
            let leading = |def: &&&RecordDef| def.persons.iter().any(|field| leads(def, *field, &led));
            let more: Vec<&str> = all.iter().filter(leading).map(|def| def.kind).collect();
            led.extend(more);
            if led.len() == before {
                break;
            }
        }
        for def in all.iter().copied() {
            check(def, &led)?;
        }
        let belonging = all.iter().copied().filter(|def| !def.person && led.contains(def.kind)).collect();
        Ok(Self { persons, belonging })
    }

    /// The kinds whose records are persons.
    pub(crate) fn persons(&self) -> &[&'static RecordDef] {
        &self.persons
    }
    /// The kinds whose records belong to persons.
    pub(crate) fn belonging(&self) -> &[&'static RecordDef] {
        &self.belonging
    }
    /// Whether the personal data of a kind are those of a person who can be erased.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.persons.iter().chain(&self.belonging).any(|def| def.kind == kind)
    }
}

/// Whether a field leads to a person, given the kinds that do.
fn leads(def: &RecordDef, field: PersonField, led: &BTreeSet<&str>) -> bool {
    match field {
        PersonField::Reference(column) => pointed_at(def, column).is_some_and(|kind| led.contains(kind)),
        PersonField::Topic(_) | PersonField::Address(_) => true,
    }
}

/// The kind that a column points at.
pub(crate) fn pointed_at(def: &RecordDef, column: usize) -> Option<&'static str> {
    match def.columns.get(column).map(|column| column.kind) {
        Some(ColumnType::Reference(kind)) => Some(kind),
        _ => None,
    }
}

fn check(def: &RecordDef, led: &BTreeSet<&str>) -> Result<(), String> {
    let kind = def.kind;
    let astray = def.persons.iter().find(|field| !leads(def, **field, led));
    if let Some(column) = astray.and_then(|field| def.columns.get(field.column())) {
        return Err(format!(
            "{kind}.{} is marked person, but what it points at belongs to no person; mark that as well, or leave it out",
            column.path
        ));
    }
    let Some(personal) = personal_fields(def).next() else { return Ok(()) };
    match (def.person || !def.persons.is_empty(), def.no_person) {
        (false, None) => {
            return Err(format!(
                "{kind}.{} is personal, but nothing says whose it is; mark the field that points at the person with person, or say \
                 no_person = \"why there is none\"",
                personal.name
            ));
        }
        (true, Some(_)) => return Err(format!("{kind} has a person, and says no_person; leave one of them out")),
        (false, Some(_)) => return Ok(()),
        (true, None) => {}
    }
    if !def.ledger {
        return Err(format!("{kind} is bookkeeping and has no history; it cannot have personal fields"));
    }
    match personal_fields(def).find(|field| emptied(def, field, Uuid::nil()).is_none()) {
        Some(field) => Err(format!("{kind}.{} is personal, but cannot be emptied; make it optional", field.name)),
        None => Ok(()),
    }
}

/// Whether a field is marked personal.
pub(crate) fn is_personal(def: &RecordDef, field: &FieldDef) -> bool {
    def.columns.get(field.first).is_some_and(|column| column.personal)
}

/// The fields of a kind that are marked personal.
pub(crate) fn personal_fields(def: &RecordDef) -> impl Iterator<Item = &FieldDef> {
    def.fields.iter().filter(|field| is_personal(def, field))
}

/// What the columns of a field hold once its value is erased: nothing, or where it may not be empty a value that says nothing.
pub(crate) fn emptied(def: &RecordDef, field: &FieldDef, id: Uuid) -> Option<Vec<Value>> {
    let read = |json: &Json| (field.parse)(json).ok().filter(|values| values.len() == field.count);
    if field.optional {
        return read(&Json::Null);
    }
    let columns = field.first..field.first + field.count;
    let unique = def.uniques.iter().any(|unique| unique.columns.iter().any(|column| columns.contains(column)));
    let word = if unique { format!("erased {id}") } else { "erased".to_owned() };
    let first_choice = match def.columns.get(field.first).map(|column| column.kind) {
        Some(ColumnType::Enum(words)) => words.first().map_or(Json::Null, |word| json!(word)),
        _ => Json::Null,
    };
    let candidates = [
        first_choice,
        json!([]),
        json!({}),
        json!(word),
        json!(format!("erased-{id}@erased.invalid")),
        json!("https://erased.invalid/"),
        json!("+10000000000"),
        json!("1970-01-01"),
        json!("1970-01-01T00:00:00Z"),
        json!(0),
        json!(false),
    ];
    candidates.iter().find_map(read)
}
