//! What an actor sees of a kind, and which kinds hang on another by it.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::{
    access::Action,
    compile::{self, CustomFields},
    context::Context,
    error::{Result, codes},
    filter::{Comparison, Predicate},
    past::Contents,
    record::{Derived, RecordDef, Ref, Row, entry},
    store::{Select, Trash},
    value::Value,
};

/// What the actor may read of a kind.
pub(super) struct Visibility {
    pub(super) def: &'static RecordDef,
    pub(super) predicate: Predicate,
    pub(super) hidden: Vec<&'static str>,
    /// The columns of a record whose change may change whether the actor sees it.
    pub(super) columns: BTreeSet<usize>,
}

impl Visibility {
    pub(super) fn of(cx: &Context<'_>, def: &'static RecordDef) -> Result<Self> {
        let predicate = compile::rows(&cx.environment.kinds, def, cx.scope(), Action::Read, CustomFields::kept(&[]))?;
        let mut columns = sources(def, &predicate);
        columns.extend(def.merged_into);
        Ok(Self { def, predicate, hidden: cx.hidden(def)?, columns })
    }
}

/// Records of one kind that the actor sees by what another record is.
pub(super) struct Hanging {
    pub(super) of: &'static RecordDef,
    /// The relations from the record to what it hangs on.
    path: Vec<(usize, &'static RecordDef)>,
    /// What it hangs on.
    pub(super) on: &'static RecordDef,
    /// The columns of that whose change may change whether the actor sees the record.
    pub(super) columns: BTreeSet<usize>,
}

impl Hanging {
    /// How records of this kind hang on others.
    pub(super) fn all(visibility: &Visibility) -> Vec<Self> {
        let mut found = Vec::new();
        let mut waiting: Vec<(&Predicate, Vec<(usize, &'static RecordDef)>)> =
            vec![(&visibility.predicate, Vec::new())];
        while let Some((predicate, path)) = waiting.pop() {
            for (column, on, inner) in predicate.relations() {
                let mut path = path.clone();
                path.push((column, on));
                let mut columns = sources(on, inner);
                // Only live records count.
                columns.extend(on.deleted_at);
                found.push(Self { of: visibility.def, path: path.clone(), on, columns });
                waiting.push((inner, path));
            }
        }
        found
    }

    /// The records that hang on this one now, also those in the trash.
    pub(super) fn select(&self, on: Uuid, limit: usize) -> Select {
        let from =
            self.path.len().checked_sub(2).and_then(|before| self.path.get(before)).map_or(self.of, |(_, of)| of);
        let mut steps = self.path.iter().rev();
        let last = steps.next().map_or_else(Predicate::never, |(column, of)| {
            if from.names_records(*column) {
                Predicate::Has(*column, vec![entry(of.kind, on)])
            } else {
                Predicate::Compare(*column, Comparison::Eq, Value::Uuid(on))
            }
        });
        let filter = steps.fold(last, |inner, (column, on)| Predicate::Through(*column, on, Box::new(inner)));
        Select { trash: Trash::Any, ..Select::all(self.of, limit).filtered(filter) }
    }
}

/// The recorded columns that a predicate looks at.
fn sources(def: &RecordDef, predicate: &Predicate) -> BTreeSet<usize> {
    let mut columns = BTreeSet::new();
    for column in predicate.columns() {
        match def.columns.get(column).and_then(|column| column.derived) {
            None => columns.extend([column]),
            Some(Derived::Folded(of) | Derived::FoldedTexts(of) | Derived::Rank(of)) => columns.extend([of]),
            Some(Derived::Queue(first)) => columns.extend([first, first + 1]),
            Some(Derived::WhileOpen(of)) => {
                columns.insert(of);
                columns.extend(def.open.map(|(column, _)| column));
            }
        }
    }
    columns
}

/// Whether an event changed one of these columns; what was erased may have.
pub(super) fn touches(def: &RecordDef, contents: Option<&Contents>, columns: &BTreeSet<usize>) -> bool {
    contents.is_none_or(|contents| {
        contents.keys().any(|path| def.column(path).is_some_and(|column| columns.contains(&column)))
    })
}

impl Context<'_> {
    /// Whether the actor may see the row, and whoever it was folded into: a merged record is read as its survivor.
    pub(super) async fn sees(&mut self, visibility: &Visibility, row: &Row) -> Result<bool> {
        if !self.holds(&visibility.predicate, row, None).await? {
            return Ok(false);
        }
        let def = visibility.def;
        let Some(survivor) = def.merged_into.and_then(|column| row.get(column).as_uuid()) else { return Ok(true) };
        match self.visible_row(def, &Ref::<()>::Id(survivor.into()), true).await {
            Ok(_) => Ok(true),
            Err(error) if error.is(&codes::NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
