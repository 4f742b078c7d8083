//! Making a record, and changing its fields.

use schemars::{Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{Entity, looked_up, of_entity};
use crate::{
    access::{Action, Actor},
    answer::Answer,
    context::{Behaviour, Context},
    draft::{self, Accepts, Draft, check_fields, properties},
    error::{Code, Result},
    input::{self, Unreadable},
    operation::Mode,
    record::{Column, Id, Record, RecordDef, Ref, Row, schema},
    shared::{SharedOperation, shared_perform},
    store::Prefetch,
    targeted::{self, Targeted},
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
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct Create<R> {
    /// The identifier, when the caller names what it makes. Error: `id.taken`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id<R>>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: Draft<R>,
}

impl<'de, R> Deserialize<'de> for Create<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = input::take(&mut fields, "id").map_err(Unreadable::pass)?;
        Ok(Self { id, fields: fields.into() })
    }
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

impl SharedOperation for Create<()> {
    const VERB: &'static str = "create";
    const DOC: &'static str = "Creates {a kind}.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Create;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        kind.is_created()
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        kind.value_errors()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let mut properties = properties(def, generator);
        properties.insert("id".to_owned(), json!({"type": "string", "format": "uuid"}));
        draft::schema(json!({"type": "object", "properties": properties, "additionalProperties": false}))
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        schema::record(def, generator)
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, def: &'static RecordDef) -> Result<()> {
        check_fields(def, self.fields.fields())
    }
    fn prefetch(&self, kind: &'static Behaviour) -> Vec<Prefetch> {
        looked_up(kind, self.fields.fields())
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let row = cx.create_row(kind, self.id.map(Id::uuid), self.fields.fields()).await?;
        Ok(Answer::record((kind.def)(), row))
    }
}

shared_perform!(Create<R: Entity> of of_entity::<R>() => R {
    check: |call| check_fields(R::def(), call.fields.fields()),
    prefetch: |call| looked_up(of_entity::<R>(), call.fields.fields()),
    call: |call| Create { id: call.id.map(|id| Id::new(id.uuid())), fields: call.fields.untyped() },
    answer: Answer::into_record,
});

/// Changes fields of a record: `lead.update` and the like.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
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

impl SharedOperation for Update<()> {
    const VERB: &'static str = "update";
    const DOC: &'static str = "Changes fields of {a kind}.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Update;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        kind.edited().is_ok() && (kind.def)().fields.iter().any(|field| field.editable)
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        kind.value_errors()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let properties = properties(def, generator);
        targeted::with_record(
            def,
            generator,
            json!({"type": "object", "properties": properties, "additionalProperties": false}),
        )
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        schema::record(def, generator)
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn check(&self, def: &'static RecordDef) -> Result<()> {
        check_fields(def, self.0.arguments.fields())
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    fn guard(kind: &'static Behaviour, row: &Row, actor: &Actor) -> Result<()> {
        (kind.edited()?.may_edit)(row.clone(), actor)
    }
    async fn run(&self, row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let row = cx.edit_row(kind, row, self.0.arguments.fields()).await?;
        Ok(Answer::record((kind.def)(), row))
    }
}

shared_perform!(Update<R: Entity> of of_entity::<R>() => R {
    check: |call| check_fields(R::def(), call.0.arguments.fields()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Update(Targeted::new(call.0.record.untyped(), call.0.arguments.untyped())),
    answer: Answer::into_record,
});
