//! The table that a condition is about.

use nexa_kernel::{record::RecordDef, store::Trash};

use crate::text::Text;

/// The table that a condition is about.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) def: &'static RecordDef,
    /// How many relations away from the queried kind; names the alias.
    pub(crate) depth: usize,
    /// Whether only live rows get here, so that the index of values knows them all.
    pub(crate) live: bool,
    /// Whether no NOT stands above, so that unknown and false come to the same.
    pub(crate) positive: bool,
    /// Whether all rows of the kind are looked at, because nothing narrows them but what points at them.
    pub(crate) every: bool,
}

impl Scope {
    pub(crate) fn of(def: &'static RecordDef, trash: Trash) -> Self {
        Self { def, depth: 0, live: trash == Trash::Live || def.deleted_at.is_none(), positive: true, every: false }
    }
}

/// Appends ` AND …` for the trash mark.
pub(crate) fn and_trash(text: &mut Text<'_>, scope: Scope, trash: Trash) {
    match (scope.def.deleted_at, trash) {
        (_, Trash::Any) | (None, Trash::Live) => {}
        (None, Trash::Trashed) => {
            text.push(" AND ");
            text.push(text.dialect.truth(false));
        }
        (Some(column), _) => {
            text.push(" AND ");
            text.column(scope.depth, scope.def, column);
            text.push(if trash == Trash::Live { " IS NULL" } else { " IS NOT NULL" });
        }
    }
}
