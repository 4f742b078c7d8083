//! Creating a record or meeting the one that is already there.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::Entity;
use crate::{
    Input,
    access::Action,
    behaviour::{Behaviour, of_entity},
    command::Command,
    context::Context,
    draft::{Draft, properties, schema, unreadable},
    error::{Code, Result},
    input,
    record::{ExternalKey, Record, RecordDef, Row},
    store::Prefetch,
    value::Value,
    words,
};

/// What happens to a record that is already there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchPolicy {
    /// It is left as it is.
    Skip,
    /// The given fields replace its own.
    #[default]
    Update,
    /// Only its empty fields are filled.
    Fill,
    /// The call is refused: `upsert.exists`.
    Refuse,
}

/// A record that would be created is already there.
pub const EXISTS: Code = Code::conflict(
    "upsert.exists",
    "There is already a {kind} with this {match_on}; choose the policy update, fill or skip.",
);
/// Nothing to match by.
pub const NO_MATCH_FIELD: Code = Code::invalid(
    "upsert.match_on",
    "A {kind} cannot be matched on {match_on}; name a unique field that is set, or external:SYSTEM.",
);

/// Creates a record, or updates the one that matches: `lead.upsert` and the like.
#[derive(Clone, Debug, Serialize, Input)]
#[serde(bound = "")]
pub struct Upsert<R> {
    /// A unique field, such as `email`, or `external:SYSTEM` for the key in that system.
    pub match_on: String,
    /// What happens to a record that is already there.
    #[serde(default)]
    pub policy: MatchPolicy,
    /// Its fields.
    #[serde(flatten)]
    pub fields: Draft<R>,
}

/// What an upsert did.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "R: Record")]
#[schemars(bound = "R: Record", rename = "Upserted_of_{R}")]
pub struct Upserted<R> {
    /// The record.
    pub record: R,
    /// Whether it is new.
    pub created: bool,
    #[serde(skip)]
    kind: PhantomData<fn() -> R>,
}

impl<R: Entity> Command for Upsert<R> {
    const NAME: &'static str = R::NAMES.upsert;
    const ACTION: Action = Action::Create;
    const ERRORS: &'static [Code] = &[EXISTS, NO_MATCH_FIELD];
    type Target = R;
    type Output = Upserted<R>;
    fn prefetch(&self, _: Uuid) -> Vec<Prefetch> {
        super::looked_up::<R>(self.fields.fields())
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Upserted<R>> {
        let (row, created) = cx.upsert_row(of_entity::<R>(), self).await?;
        Ok(Upserted { record: R::from_row(row)?, created, kind: PhantomData })
    }
}

impl Context<'_> {
    /// The live record that these fields describe, by a unique field or an external key. Error: `upsert.match_on`.
    async fn find_match(
        &mut self,
        kind: &'static Behaviour,
        match_on: &str,
        fields: &Map<String, Json>,
    ) -> Result<Option<Row>> {
        let def = (kind.def)();
        let refuse = || NO_MATCH_FIELD.with("kind", def.kind).with("match_on", match_on);
        let row = if let Some(system) = match_on.strip_prefix("external:") {
            let keys: Vec<ExternalKey> =
                fields.get("external_keys").and_then(|keys| input::value(keys).ok()).unwrap_or_default();
            let key = keys.into_iter().find(|key| key.system == system).ok_or_else(refuse)?;
            match self.by_external_key(def, system, &key.key).await? {
                Some(id) => self.row(def, id).await?,
                None => None,
            }
        } else {
            let alone = def.uniques.iter().filter(|unique| unique.field == match_on && unique.columns.len() == 1);
            let column = alone.flat_map(|unique| &unique.columns).copied().next().ok_or_else(refuse)?;
            let field = def.field(match_on).ok_or_else(refuse)?;
            let json = fields.get(match_on).filter(|json| !json.is_null()).ok_or_else(refuse)?;
            let mut probe = (kind.edited()?.blank)();
            let values = (field.parse)(json).map_err(|problem| unreadable(match_on, problem))?;
            for (index, value) in (field.first..).zip(values) {
                probe.set(index, value);
            }
            def.derive(&mut probe);
            let (column, value) = match by_email(def, match_on) {
                true => (def.by_email(), probe.get(field.first).clone()),
                false => (column, probe.get(column).clone()),
            };
            let rows = self.rows_by(def, column, value).await?;
            rows.into_iter().find(|row| row.live(def))
        };
        Ok(row)
    }

    /// Creates a record, or does with the one that is there what the policy says; answers it and whether it is new.
    pub(crate) async fn upsert_row<R>(&mut self, kind: &'static Behaviour, upsert: &Upsert<R>) -> Result<(Row, bool)> {
        let (fields, policy, match_on) = (upsert.fields.fields(), upsert.policy, upsert.match_on.as_str());
        let def = (kind.def)();
        let Some(row) = self.find_match(kind, match_on, fields).await? else {
            return Ok((self.create_row(kind, None, fields).await?, true));
        };
        let taken = || EXISTS.with("kind", def.kind).with("match_on", match_on);
        // Somebody else's record is met, but not shown.
        if policy == MatchPolicy::Refuse || !self.allows(def, &row, Action::Read).await? {
            return Err(taken());
        }
        if policy == MatchPolicy::Skip {
            return Ok((row, false));
        }
        self.authorize(def, &row, Action::Update).await?;
        let mut fields = fields.clone();
        if by_email(def, match_on) {
            // One of its other addresses does not become the main one.
            fields.remove(match_on);
        }
        if policy == MatchPolicy::Fill {
            fields.retain(|name, _| {
                def.field(name).is_none_or(|field| {
                    (field.first..field.first + field.count).all(|column| matches!(row.get(column), Value::Null))
                })
            });
        }
        if let Some(keys) = fields.get_mut("external_keys") {
            *keys = union_of_keys(&row, def.external_keys, keys);
        }
        Ok((self.edit_row(kind, row, &fields).await?, false))
    }
}

/// Whether records are matched by all the mail addresses under which they are known.
fn by_email(def: &RecordDef, match_on: &str) -> bool {
    match_on == "email" && !def.emails.is_empty()
}

/// Keys of other systems stay; the given ones replace those of their systems.
fn union_of_keys(row: &Row, column: Option<usize>, given: &Json) -> Json {
    let mut keys: Vec<ExternalKey> = match column.map(|column| row.get(column)) {
        Some(Value::Json(text)) => input::stored(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    let Ok(given) = input::value::<Vec<ExternalKey>>(given) else { return given.clone() };
    keys.retain(|key| given.iter().all(|other| other.system != key.system));
    keys.extend(given);
    json!(keys)
}

impl<R: Record> JsonSchema for Upsert<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        R::NAMES.upsert.into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = properties(R::def(), generator);
        properties.insert("match_on".to_owned(), json!({"type": "string"}));
        properties.insert("policy".to_owned(), generator.subschema_for::<MatchPolicy>().to_value());
        schema(json!({
            "type": "object",
            "description": format!("Creates {}, or updates the one that matches.", words::with_article(R::def().kind)),
            "properties": properties,
            "required": ["match_on"],
            "additionalProperties": false,
        }))
    }
}
