//! Making a record, and changing its fields.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::Entity;
use crate::{
    Input,
    access::{Action, Actor},
    behaviour::of_entity,
    command::Command,
    context::Context,
    draft::{Accepts, Draft, properties, schema},
    error::{Code, Result},
    record::{Column, Id, Record, Ref},
    store::Prefetch,
    targeted::Targeted,
    words,
};

/// Creates a record: `lead.create` and the like.
///
/// ```
/// # use nexa_kernel::{Column, Create};
/// # struct Lead;
/// # impl Lead {
/// #     const EMAIL: Column<Lead, String> = Column::new("email");
/// #     const COMPANY: Column<Lead, String> = Column::new("company");
/// # }
/// let create = Create::<Lead>::new().set(Lead::EMAIL, "sarah@acme.example").set(Lead::COMPANY, "Acme Corp");
/// assert_eq!(
///     serde_json::to_string(&create).unwrap(),
///     r#"{"company":"Acme Corp","email":"sarah@acme.example"}"#,
/// );
/// ```
#[derive(Clone, Debug, Serialize, Input)]
#[serde(bound = "")]
pub struct Create<R> {
    /// The identifier, when the caller names what it makes. Error: `id.taken`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id<R>>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: Draft<R>,
}

impl<R> Default for Create<R> {
    fn default() -> Self {
        Self { id: None, fields: Draft::new() }
    }
}

impl<R> Create<R> {
    /// A record without fields yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// Names the record.
    #[must_use]
    pub fn id(mut self, id: Id<R>) -> Self {
        self.id = Some(id);
        self
    }
    /// Sets a field.
    #[must_use]
    pub fn set<T: Accepts<V>, V>(mut self, column: Column<R, T>, value: V) -> Self {
        self.fields = self.fields.set(column, value);
        self
    }
}

impl<R: Entity> Command for Create<R> {
    const NAME: &'static str = R::NAMES.create;
    const ACTION: Action = Action::Create;
    const ERRORS: &'static [Code] = R::ERRORS;
    type Target = R;
    type Output = R;
    fn prefetch(&self, _: Uuid) -> Vec<Prefetch> {
        super::looked_up::<R>(self.fields.fields())
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        cx.create(self.id, self.fields.fields()).await
    }
}

impl<R: Record> JsonSchema for Create<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAMES.create.into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = properties(R::def(), generator);
        properties.insert("id".to_owned(), json!({"type": "string", "format": "uuid"}));
        schema(json!({
            "type": "object",
            "description": format!("Creates {}.", words::with_article(R::def().kind)),
            "properties": properties,
            "additionalProperties": false,
        }))
    }
}

/// Changes fields of a record: `lead.update` and the like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Update<R>(pub Targeted<R, Draft<R>>);

impl<R> Update<R> {
    /// Changes fields of this record.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, Draft::new()))
    }
    /// Sets a field.
    #[must_use]
    pub fn set<T: Accepts<V>, V>(mut self, column: Column<R, T>, value: V) -> Self {
        self.0.arguments = self.0.arguments.set(column, value);
        self
    }
    /// Empties a field.
    #[must_use]
    pub fn clear<T>(mut self, column: Column<R, T>) -> Self {
        self.0.arguments = self.0.arguments.clear(column);
        self
    }
}

impl<R: Entity> Command for Update<R> {
    const NAME: &'static str = R::NAMES.update;
    const ERRORS: &'static [Code] = R::ERRORS;
    type Target = R;
    type Output = R;
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    fn guard(target: &R, actor: &Actor) -> Result<()> {
        target.may_edit(actor)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        let row = cx.visible_row(R::def(), &self.0.record.untyped(), false).await?;
        R::from_row(cx.edit_row(of_entity::<R>(), row, self.0.arguments.fields()).await?)
    }
}
