//! What a policy answers, and the check of its names: a name that does not exist hides nothing and must not pass.

use super::Action;
use crate::{
    error::{Error, Result, codes},
    filter::Filter,
    record::{Column, Record, RecordDef},
};

/// What an actor may do with a kind: which rows, and which fields do not exist for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// The rows.
    pub rows: Filter,
    /// Optional fields that the actor never sees: not as value, filter, sort, hit or event.
    pub hidden: Vec<HiddenField>,
}

impl Access {
    /// Every row, every field.
    pub const fn full() -> Self {
        Self { rows: Filter::everything(), hidden: Vec::new() }
    }
    /// Nothing.
    pub const fn none() -> Self {
        Self { rows: Filter::nothing(), hidden: Vec::new() }
    }
    /// These rows, every field.
    pub const fn rows(rows: Filter) -> Self {
        Self { rows, hidden: Vec::new() }
    }
    /// Full or nothing.
    pub const fn when(allowed: bool) -> Self {
        if allowed { Self::full() } else { Self::none() }
    }
    /// The same without these fields: names, or typed ones such as `Lead::ANNUAL_REVENUE`, which the compiler checks.
    #[must_use]
    pub fn hiding(mut self, fields: impl IntoIterator<Item = impl Into<HiddenField>>) -> Self {
        self.hidden.extend(fields.into_iter().map(Into::into));
        self
    }
    /// Whether it allows nothing at all.
    pub fn is_none(&self) -> bool {
        self.rows.is_nothing()
    }

    /// The same with its names looked up. Where an address is hidden, the list of the others is as well: a merge puts there
    /// what was an address before. Error: `policy.invalid`.
    pub(crate) fn granted(self, def: &'static RecordDef, action: Action) -> Result<Granted> {
        let hidden = self.hidden.iter().map(|field| field.of(def)).collect::<Result<Vec<_>, _>>();
        let mut hidden = hidden.map_err(|problem| invalid_policy(def, action, problem))?;
        for addresses in [&def.emails, &def.phones] {
            let names = addresses.iter().filter_map(|column| def.columns.get(*column)).map(|column| &column.path);
            let fields: Vec<&'static str> = names.filter_map(|path| def.field(path)).map(|field| field.name).collect();
            if let Some(others) = fields.last()
                && !hidden.contains(others)
                && fields.iter().any(|field| hidden.contains(field))
            {
                hidden.push(others);
            }
        }
        Ok(Granted { rows: self.rows, hidden })
    }
}

/// The name of a field that a policy hides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HiddenField {
    name: &'static str,
    kind: Option<&'static str>,
}

impl From<&'static str> for HiddenField {
    fn from(name: &'static str) -> Self {
        Self { name, kind: None }
    }
}

impl<R: Record, T> From<Column<R, T>> for HiddenField {
    fn from(column: Column<R, T>) -> Self {
        Self { name: column.name(), kind: Some(R::def().kind) }
    }
}

impl HiddenField {
    /// The field's name in a kind, or why it cannot be hidden.
    fn of(self, def: &RecordDef) -> Result<&'static str, String> {
        let name = self.name;
        if let Some(kind) = self.kind.filter(|kind| *kind != def.kind) {
            return Err(format!("it hides {name} as a field of a {kind}"));
        }
        match def.fields.iter().find(|field| field.name == name) {
            Some(field) if field.optional => Ok(field.name),
            Some(_) => Err(format!("it hides {name}, which every {} must have", def.kind)),
            None => Err(match name.split_once('.') {
                Some((whole, _)) if def.field(whole).is_some() => {
                    format!("it hides {name}, a part of a field; hide {whole} as a whole")
                }
                _ => format!("it hides {name}, which is no field"),
            }),
        }
    }
}

/// An access whose hidden fields are known to exist.
pub(crate) struct Granted {
    pub(crate) rows: Filter,
    pub(crate) hidden: Vec<&'static str>,
}

/// The error of a policy that answered something that does not fit the kind.
pub(crate) fn invalid_policy(def: &RecordDef, action: Action, problem: impl Into<String>) -> Error {
    codes::POLICY_INVALID.with("kind", def.kind).with("action", action.as_str()).with("problem", problem.into())
}
