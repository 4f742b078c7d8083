//! A key of a JSON object, as a part of an expression.

use crate::{
    scope::Scope,
    text::{Bind, Text},
};

/// Appends the type or the value of a key of a JSON object; null when it is not there.
pub(crate) fn json_part(text: &mut Text<'_>, scope: Scope, column: usize, key: &str, part: &str) {
    if text.dialect.is_postgres() {
        text.push("(");
        text.column(scope.depth, scope.def, column);
        text.push(" -> ");
        text.bind(Bind::text(key));
        return text.push(")");
    }
    // A path cannot spell every key; walking the object can.
    if key.contains(|c: char| matches!(c, '"' | '\\') || c.is_control()) {
        text.push(&format!("(SELECT {part} FROM json_each("));
        text.column(scope.depth, scope.def, column);
        text.push(") WHERE key = ");
        text.bind(Bind::text(key));
        return text.push(")");
    }
    text.push(if part == "type" { "json_type(" } else { "json_extract(" });
    text.column(scope.depth, scope.def, column);
    text.push(", ");
    text.bind(Bind::text(format!("$.\"{key}\"")));
    text.push(")");
}
