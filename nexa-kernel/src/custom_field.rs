//! The definition of a custom field, and the check of a value against it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    error::{Result, codes},
    record::{CustomType, Id, Record},
    value::Timestamp,
};

/// How many custom fields a tenant can define.
pub(crate) const MOST_FIELDS: usize = 10_000;

/// A field that a tenant added to a kind; its values live under `custom`.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "field", table = "fields", access = settings, unique("of_kind", "name", code = "field.taken"))]
pub struct FieldDefinition {
    /// The identifier.
    pub id: Id<FieldDefinition>,
    /// Counts the changes.
    pub version: i64,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The kind that has the field.
    pub of_kind: String,
    /// Its name: lower case letters, digits and underscores, at most 64.
    pub name: String,
    /// What it holds.
    pub holds: CustomType,
    /// Whether filters on it are served by an index; text fields only.
    pub indexed: bool,
    /// Whether it holds personal data, which are erased with the person.
    #[record(backfill = false)]
    pub personal: bool,
}

/// The definition of a field of a kind.
pub(crate) fn defined<'d>(definitions: &'d [FieldDefinition], kind: &str, name: &str) -> Option<&'d FieldDefinition> {
    definitions.iter().find(|definition| definition.of_kind == kind && definition.name == name)
}

/// Checks a custom value against its definition and answers it as it is kept. Errors: `custom.undefined`, `field.invalid`.
pub(crate) fn checked<'v>(
    definitions: &[FieldDefinition],
    kind: &str,
    name: &str,
    value: &'v Json,
) -> Result<Cow<'v, Json>> {
    let definition = defined(definitions, kind, name)
        .ok_or_else(|| codes::CUSTOM_UNDEFINED.with("kind", kind).with("field", name))?;
    definition.holds.normal(value).ok_or_else(|| {
        let problem = format!("give {}", definition.holds.asks_for());
        codes::FIELD_INVALID.with("field", format!("custom.{name}")).with("problem", problem)
    })
}
