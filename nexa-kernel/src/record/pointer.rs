//! The references of a kind, seen from a kind that they point at.

use super::{RecordDef, Topic};

/// A field by which records of one kind point at records of another.
#[derive(Clone, Copy, Debug)]
pub struct Pointer<'d> {
    /// Its name in filters.
    pub name: &'d str,
    /// The column that holds the id, or the list that names records.
    pub column: usize,
    /// The column that says which kind is meant, where it may be any.
    pub kind: Option<usize>,
}

impl RecordDef {
    /// The fields by which records of this kind point at those of another: references, and what they are about. Into which record
    /// one was merged is none of these, and the kernel's own bookkeeping belongs to nobody.
    pub fn pointers_at(&self, at: &Self) -> Vec<Pointer<'_>> {
        if !self.ledger {
            return Vec::new();
        }
        let relations = self.relations.iter().filter(|relation| relation.kind == at.kind);
        let relations = relations
            .filter(|relation| self.merged_into != Some(relation.column))
            .map(|relation| Pointer { name: &relation.name, column: relation.column, kind: None });
        let topics = self.follows.iter().filter(|topic| self.may_be_about(**topic, at)).filter_map(|topic| {
            let name = self.columns.get(topic.column())?.path.split('.').next()?;
            let kind = match topic {
                Topic::One { kind, .. } => Some(*kind),
                Topic::Several(_) => None,
            };
            Some(Pointer { name, column: topic.column(), kind })
        });
        relations.chain(topics).collect()
    }
}
