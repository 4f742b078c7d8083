//! Creating a record or meeting the one that is already there.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value as Json, json};

use super::{Entity, looked_up, of_entity};
use crate::{
    access::Action,
    answer::Answer,
    context::{Behaviour, Context},
    draft::{self, Draft, check_fields, properties, unreadable},
    error::{Code, Result},
    input::{self, Unreadable},
    operation::Mode,
    record::{ExternalKey, Record, RecordDef, Row, schema},
    shared::{SharedOperation, shared_perform},
    store::Prefetch,
    value::Value,
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
#[derive(Clone, Debug, Serialize)]
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

impl<'de, R> Deserialize<'de> for Upsert<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let match_on = fields.remove("match_on").ok_or_else(|| D::Error::missing_field("match_on"))?;
        let match_on = input::value(&match_on).map_err(|problem| problem.below("match_on").pass())?;
        let policy = input::take(&mut fields, "policy").map_err(Unreadable::pass)?;
        Ok(Self { match_on, policy, fields: fields.into() })
    }
}

/// What an upsert did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "R: Record")]
pub struct Upserted<R> {
    /// The record.
    pub record: R,
    /// Whether it is new.
    pub created: bool,
}

impl SharedOperation for Upsert<()> {
    const VERB: &'static str = "upsert";
    const DOC: &'static str = "Creates {a kind}, or updates the one that matches.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Create;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        let def = (kind.def)();
        kind.is_created() && (!def.uniques.is_empty() || def.external_keys.is_some())
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        [EXISTS, NO_MATCH_FIELD].into_iter().chain(kind.value_errors()).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let mut properties = properties(def, generator);
        properties.insert("match_on".to_owned(), json!({"type": "string"}));
        properties.insert("policy".to_owned(), generator.subschema_for::<MatchPolicy>().to_value());
        draft::schema(json!({
            "type": "object",
            "properties": properties,
            "required": ["match_on"],
            "additionalProperties": false,
        }))
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let record = schema::record(def, generator);
        schema::definition(generator, "Upserted", def, || {
            json!({
                "description": "What an upsert did.",
                "type": "object",
                "properties": {
                    "record": schema::described(record, "The record."),
                    "created": {"type": "boolean", "description": "Whether it is new."},
                },
                "required": ["record", "created"],
            })
        })
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
        let (row, created) = cx.upsert_row(kind, self).await?;
        Ok(Answer::Upserted((kind.def)(), row, created))
    }
}

shared_perform!(Upsert<R: Entity> of of_entity::<R>() => Upserted<R> {
    check: |call| check_fields(R::def(), call.fields.fields()),
    prefetch: |call| looked_up(of_entity::<R>(), call.fields.fields()),
    call: |call| Upsert { match_on: call.match_on.clone(), policy: call.policy, fields: call.fields.untyped() },
    answer: |answer| match answer {
        Answer::Upserted(_, row, created) => Ok(Upserted { record: R::from_row(row)?, created }),
        other => other.into_document(),
    },
});

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
    pub(crate) async fn upsert_row(&mut self, kind: &'static Behaviour, upsert: &Upsert<()>) -> Result<(Row, bool)> {
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
