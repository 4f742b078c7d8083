//! How much one call may ask for, the same on every backend: well below what any of them takes, and refused before it is asked.
//!
//! SQLite takes expressions 1,000 deep, 500 parts of a union and 32,766 binds; PostgreSQL takes 65,535 binds.

use super::{
    error::{Result, codes},
    filter::{Filter, Predicate},
};

pub use super::filter::MOST_CHILDREN;

/// How many records a page has at most.
pub const LARGEST_PAGE: usize = 1_000;
/// The conditions of a filter: each comparison, `not`, `through`, `has` and `has_none` counts one.
pub const MOST_CONDITIONS: usize = 200;
/// The conditions of what a policy says of one kind together with what it says of all kinds through which that is seen: a file may hang on
/// thirty of them.
const MOST_COMPOSED_CONDITIONS: usize = 600;
/// How deep a filter nests: each `and`, `or` and `not` is one level, and `through`, `has` and `has_none` are four.
pub const MOST_LEVELS: usize = 32;
/// How many levels a relation counts: a question inside a question is more for a database to keep in mind.
const LEVELS_OF_A_RELATION: usize = 4;
/// The values in the lists of a filter, all together.
pub const MOST_VALUES: usize = 10_000;
/// The fields of an order.
pub const MOST_SORT_KEYS: usize = 16;
/// The groups of an aggregate.
pub const MOST_GROUP_KEYS: usize = 16;
/// The measures of an aggregate.
pub const MOST_MEASURES: usize = 64;
/// The relations that come along with records.
pub const MOST_RELATIONS: usize = 32;
/// The words of a search.
pub const MOST_WORDS: usize = 100;
/// The characters of a search, in bytes.
pub const LONGEST_SEARCH: usize = 10_000;
/// The operations of a batch.
pub const MOST_REQUESTS: usize = 1_000;
/// The records that a command names in a list.
pub const MOST_RECORDS: usize = 10_000;

/// The values of a statement that a filter makes, with what the policy adds to it.
const MOST_BINDS: usize = 30_000;

/// Refuses a list that is longer than one call may give. Error: `argument.too_long`.
pub fn at_most(field: &'static str, what: &'static str, count: usize, limit: usize) -> Result<()> {
    if count <= limit {
        return Ok(());
    }
    Err(codes::ARGUMENT_TOO_LONG.with("field", field).with("what", what).with("count", count).with("limit", limit))
}

/// Refuses a batch of more operations than one unit takes. Error: `batch.too_large`.
#[cfg(feature = "operations")]
pub(crate) fn batch(count: usize) -> Result<()> {
    if count <= MOST_REQUESTS {
        return Ok(());
    }
    Err(codes::BATCH_TOO_LARGE.with("count", count).with("limit", MOST_REQUESTS))
}

/// Refuses a filter that asks for more than one call may. Error: `filter.too_large`.
pub(crate) fn filter(filter: &Filter) -> Result<()> {
    within(filter, MOST_CONDITIONS)
}

/// Refuses what a policy says of several kinds where it asks for more than one statement may. Error: `filter.too_large`.
pub(crate) fn composed(filter: &Filter) -> Result<()> {
    within(filter, MOST_COMPOSED_CONDITIONS)
}

fn within(filter: &Filter, most_conditions: usize) -> Result<()> {
    let mut size = Size::default();
    size.add(filter, 1, &mut Vec::new());
    for (what, count, limit) in [
        ("levels", size.levels, MOST_LEVELS),
        ("conditions", size.conditions, most_conditions),
        ("values", size.values, MOST_VALUES),
    ] {
        if count > limit {
            let error = too_large(what, count, limit);
            return Err(if what == "levels" { error.with("path", size.deepest) } else { error });
        }
    }
    Ok(())
}

/// Refuses a list that the storage takes as one condition for each value, such as one of numbers in a custom field.
/// Error: `filter.too_large`.
pub(crate) fn conditions(count: usize) -> Result<()> {
    if count > MOST_CONDITIONS { Err(too_large("conditions", count, MOST_CONDITIONS)) } else { Ok(()) }
}

/// Refuses a filter that makes too large a statement together with what the policy adds to it. Error: `filter.too_large`.
pub(crate) fn statement(predicate: &Predicate) -> Result<()> {
    let binds = binds(predicate);
    if binds > MOST_BINDS { Err(too_large("values", binds, MOST_BINDS)) } else { Ok(()) }
}

fn too_large(what: &'static str, count: usize, limit: usize) -> super::error::Error {
    codes::FILTER_TOO_LARGE.with("what", what).with("count", count).with("limit", limit)
}

#[derive(Default)]
struct Size {
    levels: usize,
    conditions: usize,
    values: usize,
    /// The relations and kinds on the way to the deepest level.
    deepest: String,
}

impl Size {
    fn add<'f>(&mut self, filter: &'f Filter, level: usize, path: &mut Vec<&'f str>) {
        if level > MOST_LEVELS && self.levels <= MOST_LEVELS {
            self.deepest = path.join(".");
        }
        self.levels = self.levels.max(level);
        self.conditions += match filter {
            Filter::And(parts) | Filter::Or(parts) => usize::from(parts.is_empty()),
            _ => 1,
        };
        // What is too deep already is not walked to its end.
        if level > MOST_LEVELS {
            return;
        }
        let mut beyond = |step: &'f str, part: &'f Filter| {
            path.push(step);
            self.add(part, level + LEVELS_OF_A_RELATION, path);
            path.pop();
        };
        match filter {
            Filter::Through(relation, part) => beyond(relation, part),
            Filter::Has(children, _) | Filter::HasNone(children) => beyond(&children.kind, &children.filter),
            Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| self.add(part, level + 1, path)),
            Filter::Not(part) | Filter::Was(part) | Filter::Became(part) => self.add(part, level + 1, path),
            Filter::Changed(_) => {}
            Filter::Compare { value: serde_json::Value::Array(items), .. } => self.values += items.len(),
            Filter::Compare { .. } => self.values += 1,
        }
    }
}

/// How many binds a predicate takes at most; longer lists are bound as one.
fn binds(predicate: &Predicate) -> usize {
    const SPELLED: usize = 16;
    const OF_A_KEY: usize = 6;
    match predicate {
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().map(binds).sum(),
        Predicate::Not(part) => binds(part),
        Predicate::Through(_, _, part) => 1 + binds(part),
        Predicate::Pointed(asked) => OF_A_KEY + binds(&asked.filter),
        Predicate::IsNull(_) => 0,
        Predicate::Compare(..) => 1,
        Predicate::In(_, values) => values.len().min(SPELLED),
        Predicate::Match(..) => 2,
        Predicate::Indexed(_, _, values) | Predicate::KeyIn(_, _, values) => OF_A_KEY + values.len().min(SPELLED),
        Predicate::Has(_, entries) | Predicate::Names(_, entries) => OF_A_KEY + entries.len().min(SPELLED),
        Predicate::Key(..) | Predicate::KeyIsNull(..) => OF_A_KEY,
    }
}
