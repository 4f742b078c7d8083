//! The order of a query, and the position after which its next page begins.

use nexa_kernel::{sort::CustomKey, store::Select, value::Value};

use crate::{custom_key, scope::Scope, text::Text};

/// One column of the order, with its value in the last row seen.
#[derive(Clone, Copy)]
pub(crate) struct Key<'q> {
    pub(crate) column: usize,
    pub(crate) descending: bool,
    pub(crate) nullable: bool,
    custom: Option<&'q CustomKey>,
    last: Option<&'q Value>,
}

/// The columns of an order without what cannot matter: repetitions, and whatever follows the id. The id ends it.
pub(crate) fn keys(query: &Select) -> Vec<Key<'_>> {
    let after = query.after.as_deref();
    let mut keys: Vec<Key<'_>> = Vec::with_capacity(query.sort.len() + 1);
    let sort = query.sort.iter().map(|key| (key.column, key.descending, key.custom.as_ref()));
    for (position, (column, descending, custom)) in sort.chain([(query.of.id, false, None)]).enumerate() {
        if keys.iter().any(|key| key.column == column && key.custom == custom) {
            continue;
        }
        let nullable = custom.is_some() || query.of.columns.get(column).is_some_and(|column| column.nullable);
        let last = after.map(|after| after.get(position).unwrap_or(&Value::Null));
        keys.push(Key { column, descending, nullable, custom, last });
        if column == query.of.id {
            break;
        }
    }
    keys
}

/// Appends what a key compares.
pub(crate) fn expression(text: &mut Text<'_>, scope: Scope, key: Key<'_>) {
    push(text, scope, key.column, key.custom);
}

fn push(text: &mut Text<'_>, scope: Scope, column: usize, custom: Option<&CustomKey>) {
    match custom {
        Some(key) => custom_key::expression(text, scope, column, key),
        None => text.column(scope.depth, scope.def, column),
    }
}

/// Appends ` ORDER BY …`; `name` writes the expression of a key.
pub(crate) fn order_by<'q>(text: &mut Text<'q>, keys: &[Key<'q>], mut name: impl FnMut(&mut Text<'q>, usize, Key<'q>)) {
    text.push(" ORDER BY ");
    for (position, key) in keys.iter().enumerate() {
        if position > 0 {
            text.push(", ");
        }
        name(text, position, *key);
        if key.descending {
            text.push(" DESC");
        }
        if key.nullable {
            text.push(" NULLS LAST");
        }
    }
}

/// Appends ` AND …` for the rows after the last one seen; nothing on a first page.
pub(crate) fn and_after<'q>(text: &mut Text<'q>, scope: Scope, keys: &[Key<'q>]) {
    let Some(placed) = keys.iter().map(|key| Some(Placed::hold(text, *key, key.last?))).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let run = placed
        .iter()
        .take_while(|key| !key.nullable && Some(key.descending) == placed.first().map(|first| first.descending))
        .count();
    let leading = placed.get(..run).unwrap_or_default();
    text.push(" AND ");
    if run == placed.len() {
        // One direction and no nulls: an index finds the place by one comparison of rows.
        return compare_rows(text, scope, leading, true);
    }
    // The leading columns still give an index the place to start from.
    match placed.first() {
        Some(first) if first.bind.is_none() => {
            first.push(text, scope);
            text.push(" IS NULL AND ");
        }
        _ if run > 0 => {
            compare_rows(text, scope, leading, false);
            text.push(" AND ");
        }
        _ => {}
    }
    text.push("(");
    let mut written = false;
    for (position, key) in placed.iter().enumerate() {
        // Nothing comes after a null.
        let Some(bind) = key.bind else { continue };
        if written {
            text.push(" OR ");
        }
        written = true;
        for equal in placed.iter().take(position) {
            equal.push(text, scope);
            match equal.bind {
                Some(bind) => {
                    text.push(" = ");
                    equal.placeholder(text, bind);
                }
                None => text.push(" IS NULL"),
            }
            text.push(" AND ");
        }
        if key.nullable {
            text.push("(");
        }
        key.push(text, scope);
        text.push(if key.descending { " < " } else { " > " });
        key.placeholder(text, bind);
        if key.nullable {
            text.push(" OR ");
            key.push(text, scope);
            text.push(" IS NULL)");
        }
    }
    if !written {
        text.push(text.dialect.truth(false));
    }
    text.push(")");
}

/// A key with the number of its bind; without one where the last row had a null.
struct Placed<'q> {
    column: usize,
    custom: Option<&'q CustomKey>,
    descending: bool,
    nullable: bool,
    bind: Option<usize>,
}

impl<'q> Placed<'q> {
    fn hold(text: &mut Text<'q>, key: Key<'q>, last: &'q Value) -> Self {
        let bind = (!last.is_null()).then(|| match key.custom {
            Some(custom) => text.hold(custom_key::bind(custom, last)),
            None => text.hold(last),
        });
        let Key { column, custom, descending, nullable, .. } = key;
        Self { column, custom, descending, nullable: nullable || bind.is_none(), bind }
    }
    fn push(&self, text: &mut Text<'_>, scope: Scope) {
        push(text, scope, self.column, self.custom);
    }
    fn placeholder(&self, text: &mut Text<'_>, bind: usize) {
        match self.custom {
            Some(custom) => custom_key::placeholder(text, custom, bind),
            None => text.placeholder(bind),
        }
    }
}

fn compare_rows(text: &mut Text<'_>, scope: Scope, keys: &[Placed<'_>], strict: bool) {
    let operator = match (keys.first().is_some_and(|first| first.descending), strict) {
        (false, true) => " > ",
        (false, false) => " >= ",
        (true, true) => " < ",
        (true, false) => " <= ",
    };
    let one = keys.len() == 1;
    for side in 0..2 {
        text.push(if side == 0 { "" } else { operator });
        text.push(if one { "" } else { "(" });
        for (position, key) in keys.iter().enumerate() {
            if position > 0 {
                text.push(", ");
            }
            match (side, key.bind) {
                (0, _) => text.column(scope.depth, scope.def, key.column),
                (_, Some(bind)) => text.placeholder(bind),
                (_, None) => text.push("NULL"),
            }
        }
        text.push(if one { "" } else { ")" });
    }
}
