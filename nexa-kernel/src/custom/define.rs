//! Defining custom fields, and taking definitions back.

use crate::{
    command,
    context::Context,
    custom_field::{FieldDefinition, MOST_FIELDS, defined},
    entity::HIDDEN_DEPENDENTS,
    error::{Code, Result},
    operation::{CollectionCommand, Command},
    record::{CustomType, Ref},
};

/// The name is none for a field.
pub const NAME_INVALID: Code = Code::invalid(
    "field.name_invalid",
    "{name} is no name for a field; begin with a lower case letter, go on with those, digits and _, at most {longest}.",
);
/// The kind has no custom fields.
pub const KIND_WITHOUT_CUSTOM: Code =
    Code::invalid("field.kind_without_custom", "A {kind} takes no custom fields; define the field for another kind.");
/// Only texts are indexed.
pub const INDEX_NEEDS_TEXT: Code = Code::invalid(
    "field.index_needs_text",
    "Only text fields can be indexed, and {field} holds {holds}; leave indexed out.",
);
/// What a field holds stays.
pub const TYPE_FIXED: Code = Code::rule(
    "field.type_fixed",
    "{field} of a {kind} holds {holds}; define another field, or empty this one everywhere, remove it and define it anew.",
);
/// There are too many.
pub const TOO_MANY: Code = Code::rule(
    "field.too_many",
    "The organisation has {limit} custom fields already; remove one that is not used, with field.remove.",
);
/// Records have values of the field.
pub const IN_USE: Code = Code::rule(
    "field.in_use",
    "{count} records of the kind {kind} have a value for {field}; empty it there before you remove it.",
);

/// The personal data of the kind are nobody's.
pub const PERSONAL_OF_NOBODY: Code = Code::invalid(
    "field.personal_of_nobody",
    "A {kind} belongs to no person with whom {field} could be erased; leave personal out, or define the field for another kind.",
);

const LONGEST_NAME: usize = 64;

/// Adds a custom field to a kind; for one that is there, says whether it is indexed and whether it is personal.
///
/// Errors: `field.name_invalid`, `kind.unknown`, `field.kind_without_custom`, `field.index_needs_text`, `field.type_fixed`,
/// `field.too_many`, `field.personal_of_nobody`.
#[command(
    "define",
    collection = FieldDefinition,
    action = Create,
    check = Self::check_name,
    errors(NAME_INVALID, KIND_WITHOUT_CUSTOM, INDEX_NEEDS_TEXT, TYPE_FIXED, TOO_MANY, PERSONAL_OF_NOBODY)
)]
pub struct Define {
    /// The kind that gets the field.
    pub of_kind: String,
    /// Its name: lower case letters, digits and underscores, at most 64. Filters reach it as `custom.name`.
    pub name: String,
    /// What it holds; this stays.
    pub holds: CustomType,
    /// Whether filters on it are served by an index, which only text fields can have. Unless said, a new field has none and a
    /// known one stays as it is.
    pub indexed: Option<bool>,
    /// Whether it holds personal data, which are erased with the person. Unless said, a new field has none and a known one stays as it
    /// is.
    pub personal: Option<bool>,
}

impl Define {
    /// A field of a kind.
    pub fn new(of_kind: impl Into<String>, name: impl Into<String>, holds: CustomType) -> Self {
        Self { of_kind: of_kind.into(), name: name.into(), holds, indexed: None, personal: None }
    }
    /// The same, with an index or without.
    #[must_use]
    pub const fn indexed(mut self, indexed: bool) -> Self {
        self.indexed = Some(indexed);
        self
    }
    /// The same, holding personal data or none.
    #[must_use]
    pub const fn personal(mut self, personal: bool) -> Self {
        self.personal = Some(personal);
        self
    }
    fn check_name(&self) -> Result<()> {
        let fits = self.name.len() <= LONGEST_NAME
            && self.name.starts_with(|first: char| first.is_ascii_lowercase())
            && self.name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if !fits {
            return Err(NAME_INVALID.with("name", &self.name).with("longest", LONGEST_NAME));
        }
        if self.indexed == Some(true) && self.holds != CustomType::Text {
            return Err(INDEX_NEEDS_TEXT.with("field", &self.name).with("holds", self.holds));
        }
        Ok(())
    }
}

impl CollectionCommand for Define {
    type Output = FieldDefinition;
    async fn run(&self, cx: &mut Context<'_>) -> Result<FieldDefinition> {
        let of = cx.kind(&self.of_kind)?;
        if of.custom.is_none() {
            return Err(KIND_WITHOUT_CUSTOM.with("kind", of.kind));
        }
        if self.personal == Some(true) && !cx.environment.personal.has(of.kind) {
            return Err(PERSONAL_OF_NOBODY.with("kind", of.kind).with("field", &self.name));
        }
        let definitions = cx.definitions().await?;
        let known = defined(&definitions, of.kind, &self.name);
        let was_indexed = known.is_some_and(|known| known.indexed);
        let field = match known {
            Some(known) if known.holds != self.holds => {
                return Err(TYPE_FIXED.with("field", &self.name).with("kind", of.kind).with("holds", known.holds));
            }
            Some(known) => {
                let indexed = self.indexed.unwrap_or(was_indexed);
                let personal = self.personal.unwrap_or(known.personal);
                let set = |field: &mut FieldDefinition, _| {
                    field.indexed = indexed;
                    field.personal = personal;
                    Ok(())
                };
                cx.change(&Ref::Id(known.id), set).await?
            }
            None if definitions.len() >= MOST_FIELDS => return Err(TOO_MANY.with("limit", MOST_FIELDS)),
            None => {
                cx.insert(FieldDefinition {
                    of_kind: of.kind.to_owned(),
                    name: self.name.clone(),
                    holds: self.holds,
                    indexed: self.indexed.unwrap_or(false),
                    personal: self.personal.unwrap_or(false),
                    ..FieldDefinition::default()
                })
                .await?
            }
        };
        cx.definitions_changed().await?;
        if field.indexed != was_indexed {
            cx.index_values(of, &field).await?;
        }
        Ok(field)
    }
}

/// Takes a custom field from its kind, once no record outside the trash has a value for it. Error: `field.in_use`.
#[command("remove", on = FieldDefinition, action = Trash, errors(IN_USE, HIDDEN_DEPENDENTS))]
pub struct Remove {
    /// The field.
    pub field: Ref<FieldDefinition>,
}

impl Command for Remove {
    type Output = ();
    async fn run(&self, field: FieldDefinition, cx: &mut Context<'_>) -> Result<()> {
        cx.must_have_no_values(&field).await?;
        cx.remove(&field).await?;
        cx.definitions_changed().await
    }
}
