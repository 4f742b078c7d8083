//! What templates reach: fields of a few records, fields of those that these point at, and variables.

use super::{TemplateVariable, problem::VARIABLE_UNKNOWN, render::Read};
use crate::{
    Context, Error, Name, Record, Result,
    kernel::record::{ColumnType, RecordDef},
    people::{Org, User},
    sales::{Account, Contact, Lead},
};

/// What every message knows beside records: who sends it, two links, and the day on which it is made.
const GIVEN: [&str; 4] = ["sender", "unsubscribe_url", "preferences_url", "today"];
/// The links among these.
pub(super) const LINKS: [&str; 2] = ["unsubscribe_url", "preferences_url"];
/// The fields of the sender.
pub(super) const OF_SENDER: [&str; 3] = ["name", "address", "reply_to"];

/// The records that every template knows, by the names that it has for them.
pub(super) fn records() -> [(&'static str, &'static RecordDef); 5] {
    [
        ("contact", Contact::def()),
        ("lead", Lead::def()),
        ("account", Account::def()),
        ("owner", User::def()),
        ("org", Org::def()),
    ]
}

/// Whether a name means something in every template, or is that of a kind.
pub(super) fn is_root(cx: &Context<'_>, name: &str) -> bool {
    GIVEN.contains(&name) || records().iter().any(|(root, _)| *root == name) || cx.kind(name).is_ok()
}

/// The kind that messages of a template are about. Error: `field.invalid`.
pub(super) fn kind(cx: &Context<'_>, about: &Name) -> Result<&'static RecordDef> {
    let def = cx.kind(about).ok().filter(|def| def.ledger);
    def.ok_or_else(|| super::invalid("about_kind", "give a kind of record, such as deal"))
}

/// What a template may read, in the scope of the actor who publishes it.
pub(super) struct Reach<'v> {
    records: Vec<(String, &'static RecordDef, Vec<&'static str>)>,
    /// The fields that the tenant defined, by kind and name.
    custom: Vec<(String, String)>,
    /// The fields that are hidden, of the kinds that the records point at.
    hidden: Vec<(&'static RecordDef, Vec<&'static str>)>,
    variables: &'v [TemplateVariable],
}

impl<'v> Reach<'v> {
    pub(super) async fn of(
        cx: &mut Context<'_>,
        about: Option<&str>,
        variables: &'v [TemplateVariable],
    ) -> Result<Self> {
        let mut records = Vec::new();
        let mut hidden = Vec::new();
        for (name, def) in roots(cx, about)? {
            records.push((name, def, cx.hidden(def)?));
            for relation in &def.relations {
                let of = cx.kind(relation.kind)?;
                hidden.push((of, cx.hidden(of)?));
            }
        }
        let definitions = cx.definitions().await?;
        let custom = definitions.iter().map(|field| (field.of_kind.clone(), field.name.clone())).collect();
        Ok(Self { records, custom, hidden, variables })
    }

    /// Error: `template.variable_unknown`.
    pub(super) fn check(&self, read: &Read) -> Result<()> {
        let path: Vec<&str> = read.path.split('.').collect();
        if self.knows(&path) { Ok(()) } else { Err(self.unknown(read)) }
    }

    fn unknown(&self, read: &Read) -> Error {
        let mut known: Vec<&str> = self.records.iter().map(|(name, ..)| name.as_str()).chain(GIVEN).collect();
        known.extend(self.variables.iter().map(|variable| variable.name.as_str()));
        VARIABLE_UNKNOWN
            .with("line", read.line)
            .with("part", &read.part)
            .with("variable", &read.path)
            .with("known", known)
    }

    fn knows(&self, path: &[&str]) -> bool {
        let Some((root, fields)) = path.split_first() else { return false };
        if self.variables.iter().any(|variable| variable.name == *root) {
            return true;
        }
        if let Some((_, def, hidden)) = self.records.iter().find(|(name, ..)| name == root) {
            return fields.is_empty() || self.has(def, hidden, fields, true);
        }
        match (*root, fields) {
            ("sender", [field]) => OF_SENDER.contains(field),
            (root, fields) => GIVEN.contains(&root) && fields.is_empty(),
        }
    }

    /// Whether a record has such a field; those of a record that it points at only where that is `near`.
    fn has(&self, def: &'static RecordDef, hidden: &[&str], fields: &[&str], near: bool) -> bool {
        let Some((name, within)) = fields.split_first() else { return true };
        if def.field(name).is_none() || hidden.contains(name) {
            return false;
        }
        if within.is_empty() {
            return true;
        }
        if let Some(relation) = def.relations.iter().find(|relation| relation.name == *name) {
            let of = self.hidden.iter().find(|(of, _)| of.kind == relation.kind);
            return near && of.is_some_and(|(of, hidden)| self.has(of, hidden, within, false));
        }
        if def.custom.and_then(|custom| def.columns.get(custom)).is_some_and(|custom| custom.path == *name) {
            return self.custom.iter().any(|(kind, field)| kind == def.kind && within == [field.as_str()]);
        }
        let path = fields.join(".");
        def.columns.iter().any(|column| {
            let documents = matches!(column.kind, ColumnType::Json | ColumnType::Map | ColumnType::List);
            column.path == path || (documents && column.path == *name)
        })
    }
}

/// The records that a template knows whose messages are about this kind.
pub(super) fn roots(cx: &Context<'_>, about: Option<&str>) -> Result<Vec<(String, &'static RecordDef)>> {
    let mut roots: Vec<_> = records().iter().map(|(name, def)| ((*name).to_owned(), *def)).collect();
    if let Some(about) = about
        && !roots.iter().any(|(name, _)| name == about)
    {
        roots.push((about.to_owned(), cx.kind(about)?));
    }
    Ok(roots)
}
