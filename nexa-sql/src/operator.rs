//! How a column is compared with a value, or with many.

use std::borrow::Cow;

use nexa_kernel::{filter::Comparison, value::Value};

use crate::{
    dialect::Dialect,
    text::{Bind, Text},
};

/// Longer lists are bound as one, so that a list of any length is one statement.
const LONGEST_SPELLED_LIST: usize = 16;

/// The operator of a comparison, with blanks around it.
pub(crate) const fn operator(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Eq => " = ",
        Comparison::Ne => " <> ",
        Comparison::Lt => " < ",
        Comparison::Le => " <= ",
        Comparison::Gt => " > ",
        Comparison::Ge => " >= ",
    }
}

/// Appends ` IN …` for values of which none is null.
pub(crate) fn members<'q>(text: &mut Text<'q>, values: Cow<'q, [Value]>) {
    if values.len() > LONGEST_SPELLED_LIST {
        text.push(match text.dialect {
            Dialect::Sqlite => " IN rarray(",
            Dialect::Postgres(_) => " = ANY(",
        });
        text.comparand(Bind::List(values));
        return text.push(")");
    }
    text.push(" IN (");
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push(", ");
        }
        text.comparand(value.clone());
    }
    text.push(")");
}
