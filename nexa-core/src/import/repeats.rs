//! A dry run takes back each unit, so it remembers what the earlier ones would have left.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    line::Line,
    plan::{MatchBy, Plan},
    unit::{Outcome, exists},
};
use crate::kernel::{
    entity::MatchPolicy,
    error::{Error, codes},
    record::EMAIL_SYSTEM,
};

/// The keys of the rows that earlier units of a dry run would have written, each with what its row said: as hashes, 16
/// bytes for each key. A row that says the same again changes nothing; another is counted as an update.
#[derive(Default)]
pub(super) struct Repeats {
    rows: HashMap<u64, u64>,
    /// The mail addresses of these rows that are suppressed, as hashes.
    suppressed: HashSet<u64>,
}

/// A key of a line, and the error of another record that has it.
struct LineKey {
    hash: u64,
    matches: bool,
    taken: Error,
}

impl Repeats {
    /// What becomes of a line whose record an earlier unit would have written.
    pub(super) fn meet(&mut self, plan: &Plan, line: &Line) -> Option<Outcome> {
        let mut matching = keys(plan, line).into_iter().filter(|key| key.matches);
        let known = matching.find(|key| self.rows.contains_key(&key.hash))?;
        let found = self.rows.get_mut(&known.hash)?;
        let content = line.content();
        Some(match plan.policy {
            MatchPolicy::Skip => Outcome::Skipped,
            MatchPolicy::Refuse => Outcome::Refused(exists(plan, line)),
            MatchPolicy::Update | MatchPolicy::Fill if *found == content => Outcome::Unchanged,
            MatchPolicy::Update | MatchPolicy::Fill => {
                *found = content;
                Outcome::Updated
            }
        })
    }

    /// Remembers mail addresses that are suppressed.
    pub(super) fn note_suppressed(&mut self, addresses: &[String]) {
        self.suppressed.extend(addresses.iter().map(hash_of));
    }

    /// The mail addresses of a line of which an earlier one had it that they are suppressed.
    pub(super) fn suppressed(&self, plan: &Plan, line: &Line) -> Vec<String> {
        let mut addresses = line.addresses(plan, &plan.def.emails);
        addresses.retain(|address| self.suppressed.contains(&hash_of(address)));
        addresses
    }

    /// Remembers a line that would have been written; refused when an earlier one has a key of it.
    pub(super) fn note(&mut self, plan: &Plan, line: &Line, outcome: Outcome) -> Outcome {
        if !matches!(outcome, Outcome::Created | Outcome::Updated) {
            return outcome;
        }
        let keys = keys(plan, line);
        if let Some(key) = keys.iter().find(|key| self.rows.contains_key(&key.hash)) {
            return Outcome::Refused(key.taken.clone());
        }
        let content = line.content();
        self.rows.extend(keys.into_iter().map(|key| (key.hash, content)));
        outcome
    }
}

fn hash_of(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

fn keys(plan: &Plan, line: &Line) -> Vec<LineKey> {
    let mut found = Vec::new();
    for unique in &plan.uniques {
        let Some(value) = line.unique_value(unique) else { continue };
        let matches = match &plan.match_by {
            MatchBy::Anything => true,
            MatchBy::Unique(by, _) => by.column == unique.column,
            MatchBy::Key(_) | MatchBy::Nothing => false,
        };
        let code = plan.def.uniques.iter().find(|of| of.columns == [unique.column]);
        let taken = match code {
            Some(of) => Error::taken(of.code, plan.def.kind, of.field),
            None => plan.def.key_taken(EMAIL_SYSTEM, ""),
        };
        found.push(LineKey { hash: hash_of((unique.column, &value)), matches, taken });
    }
    for key in &line.keys {
        let matches = match &plan.match_by {
            MatchBy::Anything => true,
            MatchBy::Key(system) => *system == key.system,
            MatchBy::Unique(..) | MatchBy::Nothing => false,
        };
        let taken = codes::EXTERNAL_KEY_TAKEN.with("kind", plan.def.kind).with("system", &key.system);
        found.push(LineKey { hash: hash_of(key), matches, taken: taken.with("key", &key.key) });
    }
    found
}
