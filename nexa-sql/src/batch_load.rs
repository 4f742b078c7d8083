//! Several loads of PostgreSQL in one statement: what is far away is asked once.

use nexa_kernel::record::RecordDef;
use uuid::Uuid;

use crate::{
    batch_write::Rows,
    dialect::{Dialect, Namespace},
    load::{Keys, push_load},
    text::Text,
};

/// How a record is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    /// As a record, to be read in binary form.
    Record,
    /// The binary form of the record, as hexadecimal digits: for answers that are text.
    Digits,
}

/// Renders loads by a column, each of one value or of any number. Binds: the tenant, then for each load the value of its
/// column, or an array of the values, each once. A row of the answer has the number of its load, a bigint, and a record of
/// all columns of its kind: were they columns of the answer, each load would have those of all others as well.
pub fn load_together(namespace: Namespace, loads: &[(&'static RecordDef, usize, Rows)], form: RecordForm) -> String {
    let (before, after) = match form {
        RecordForm::Record => ("ROW(", ")"),
        RecordForm::Digits => ("encode(record_send(ROW(", ")), 'hex')"),
    };
    let mut text = Text::new(Dialect::Postgres(namespace), Uuid::nil());
    for (number, (def, column, values)) in loads.iter().enumerate() {
        if number > 0 {
            text.push(" UNION ALL ");
        }
        let keys = match values {
            Rows::One => Keys::One(number + 2),
            Rows::Many => Keys::List(number + 2),
        };
        push_load(&mut text, def, *column, &keys, |text| {
            text.push(&format!("{number}::bigint, {before}"));
            text.columns(0, def);
            text.push(after);
        });
    }
    text.finish().sql
}
