//! What the kinds declare about their references, seen from the kinds that these point at. No kind lists what points at it.

use std::collections::HashMap;

use super::{
    compile::Kinds,
    record::{AccessClass, OnTrash, RecordDef, RelationDef, Topic},
};

/// How many kinds may be seen through one another.
const DEEPEST: usize = 8;

/// Kinds and fields that point at a kind, as `("deal", "account")`.
pub(crate) type Pointers = Vec<(&'static str, &'static str)>;

/// The references of all kinds, by the kind that they point at.
pub(crate) struct References(HashMap<&'static str, Vec<(&'static str, &'static RelationDef)>>);

impl References {
    /// The references of these kinds, or what a kind has not declared or declared wrongly.
    pub(crate) fn of(kinds: &Kinds) -> Result<Self, String> {
        let mut found: HashMap<&'static str, Vec<(&'static str, &'static RelationDef)>> = HashMap::new();
        for def in kinds.all().iter().copied() {
            for relation in &def.relations {
                let of = kinds.get(relation.kind).ok_or_else(|| {
                    let (kind, name, of) = (def.kind, &relation.name, relation.kind);
                    format!("{kind}.{name} points at the kind {of}, which was not added")
                })?;
                check(def, relation, of)?;
                found.entry(of.kind).or_default().push((def.kind, relation));
            }
            check_access(kinds, def)?;
            check_follows(kinds, def)?;
        }
        Ok(Self(found))
    }

    /// Where records of other kinds say that they are a part of a record of this one which they are about.
    pub(crate) fn about(kinds: &Kinds, kind: &RecordDef) -> Vec<(&'static RecordDef, Topic)> {
        let all = kinds.all().iter().copied();
        let parts = all.flat_map(|of| of.parts_of_topic.iter().map(move |topic| (of, *topic)));
        parts.filter(|(of, topic)| of.may_be_about(*topic, kind)).collect()
    }

    /// What points at records of a kind and declares this.
    pub(crate) fn to(&self, kind: &str, on_trash: OnTrash) -> Pointers {
        let all = self.0.get(kind).into_iter().flatten();
        let matching = all.filter(|(_, relation)| relation.on_trash == Some(on_trash));
        matching.map(|(of, relation)| (*of, relation.name.as_str())).collect()
    }
}

/// Whether records of a kind are parts of others, and purged with them.
fn is_part(of: &RecordDef) -> bool {
    of.relations.iter().any(|relation| relation.on_trash == Some(OnTrash::WithParent))
}

/// A reference declares what the trash does to it exactly where there is one. What a merged record forwards to is the kernel's.
fn check(def: &RecordDef, relation: &RelationDef, of: &RecordDef) -> Result<(), String> {
    let (kind, name, target) = (def.kind, &relation.name, of.kind);
    match (relation.on_trash, of.deleted_at) {
        (None, Some(_)) if def.merged_into != Some(relation.column) => Err(format!(
            "{kind}.{name} does not say what becomes of it when its {target} goes into the trash; say on_trash = refuse, \
             with_parent, keep or mention"
        )),
        // A part is never trashed by itself, and goes with what it is part of.
        (Some(OnTrash::WithParent | OnTrash::Mention), None) if is_part(of) => Ok(()),
        (Some(_), None) => Err(format!("{kind}.{name} says on_trash, but no {target} can be trashed; leave it out")),
        (Some(OnTrash::Mention), _) if !nullable(def, relation) => {
            Err(format!("{kind}.{name} cannot forget its {target}, because it is not optional; say another on_trash"))
        }
        _ => Ok(()),
    }
}

fn nullable(def: &RecordDef, relation: &RelationDef) -> bool {
    def.columns.get(relation.column).is_some_and(|column| column.nullable)
}

/// What follows a record is looked for by the record's id.
fn check_follows(kinds: &Kinds, def: &RecordDef) -> Result<(), String> {
    let is_found = |topic: &Topic| match topic {
        Topic::One { id, .. } => def.indexes.iter().any(|index| index.columns.first() == Some(id)),
        // The index of values has its entries.
        Topic::Several(_) => true,
    };
    let unfound = def.follows.iter().find(|topic| !is_found(topic));
    match unfound.and_then(|topic| def.columns.get(topic.column())) {
        Some(column) => Err(format!("{} is looked for by {}; say index(\"{}\")", def.kind, column.path, column.path)),
        None => check_named(kinds, def),
    }
}

/// What a record may be about by name is there, and is not about such records itself.
fn check_named(kinds: &Kinds, def: &RecordDef) -> Result<(), String> {
    for name in def.about_only.iter().flat_map(|(_, names)| names.iter().copied()) {
        let Some(of) = kinds.get(name) else {
            return Err(format!("{} may be about the kind {name}, which was not added", def.kind));
        };
        if of.follows.iter().any(|topic| of.may_be_about(*topic, def)) || of.kind == def.kind {
            return Err(format!(
                "{} may be about {name}, and {name} about it: they would be seen through a circle",
                def.kind
            ));
        }
    }
    Ok(())
}

/// The access class names what is there, and comes to an end.
fn check_access(kinds: &Kinds, def: &'static RecordDef) -> Result<(), String> {
    let kind = def.kind;
    if def.access == AccessClass::Restricted && def.assignee.is_none() {
        return Err(format!("{kind} is restricted to those whose it is, but has no field marked assignee"));
    }
    if def.readers.is_some() && def.author.is_none() {
        return Err(format!("{kind} says who may read it, but has no field marked author"));
    }
    if let AccessClass::Through(_, Some((field, _))) = def.access
        && def.column(field).is_none()
    {
        return Err(format!("{kind}: its access names {field}, which is no field of one column"));
    }
    let mut at = def;
    for _ in 0..DEEPEST {
        let AccessClass::Through(field, _) = at.access else { return Ok(()) };
        // What something is about is seen through no circle.
        if at.topic(field).is_some() {
            return Ok(());
        }
        let relation = at.relation(field);
        let Some(parent) = relation.and_then(|relation| kinds.get(relation.kind)) else {
            return Err(format!("{kind}: its access names {field}, which points at no kind"));
        };
        at = parent;
    }
    Err(format!("{kind} is seen through a circle of kinds, or through more than {DEEPEST}"))
}
