//! How a record with personal fields shows itself to programmers: in logs, panics and failed assertions.

use std::fmt;

use super::record::Record;

/// Writes kind, id, version and the fields of a record that have a value; personal ones and the tenant's own, of which nobody
/// knows what they hold, as `…`.
///
/// A record with fields that are marked `personal` has this instead of a derived `Debug`:
///
/// ```
/// # use nexa_kernel::{Id, Record, Timestamp, redact};
/// #[derive(Record, Clone, Default, serde::Serialize, serde::Deserialize)]
/// #[record(kind = "visitor", table = "visitors", access = work)]
/// struct Visitor {
///     # id: Id<Visitor>,
///     # version: i64,
///     # created_at: Timestamp,
///     # updated_at: Timestamp,
///     #[record(personal)]
///     name: Option<String>,
/// }
/// redact::redacted_debug!(Visitor);
///
/// let visitor = Visitor { name: Some("Sarah Miller".to_owned()), ..Visitor::default() };
/// assert!(format!("{visitor:?}").contains("name: …"));
/// ```
pub fn debug<R: Record>(record: &R, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let def = R::def();
    let row = record.to_row();
    let mut out = f.debug_struct(def.kind);
    for (index, column) in def.columns.iter().enumerate() {
        let value = row.get(index);
        if value.is_null() || column.derived.is_some() {
            continue;
        }
        if column.personal || def.custom == Some(index) {
            out.field(&column.path, &format_args!("…"));
        } else {
            let mut json = String::new();
            value.write_json(&mut json);
            out.field(&column.path, &format_args!("{json}"));
        }
    }
    out.finish()
}

/// Gives records a `Debug` that shows nothing personal; see [`debug`].
#[doc(hidden)]
#[macro_export]
macro_rules! __redacted_debug {
    ($($record:ty),+) => {$(
        impl std::fmt::Debug for $record {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::redact::debug(self, f)
            }
        }
    )+};
}
pub use crate::__redacted_debug as redacted_debug;
