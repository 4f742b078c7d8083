//! A storage that a host writes in JavaScript: an object that keeps the rows and events of tenants.
//!
//! Its methods answer at once or with a promise.

use async_trait::async_trait;
use js_sys::{Function, JSON, Promise, Reflect};
use nexa_core::{
    Code, Error,
    kernel::{
        compile::plain,
        error::{Result, codes},
        input::stored,
        ledger::{Event, Seq, Verb},
        memory::persistence::{Keeper, Kept, Written},
        record::{ColumnType, RecordDef, Row, corrupt},
        value::{Timestamp, Value},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json, json};
use std::cell::RefCell;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

/// The host's storage failed.
const HOST_FAILED: Code = Code::unavailable("store.host_failed", "The host's storage refused {method}: {problem}.");
/// The host's storage is no storage.
const HOST_INCOMPLETE: Code =
    Code::invalid("store.host_incomplete", "The host's storage has no method {method}; see the type HostStore.");

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A row of a kind: its values by the names of its columns, without those that are null. */
export interface StoredRow { kind: string; id: string; row: Record<string, unknown>; }
/** One event of the ledger. Keep it whole; only its place is of interest. */
export interface StoredEvent { seq: number; [name: string]: unknown; }
/** What one unit of work wrote. Keep all of it, or throw and keep nothing. */
export interface WrittenUnit {
    /** Where the tenant's ledger ended before; when it ends elsewhere, throw. */
    after: number;
    /** Rows as they have become; null for those that are gone. */
    rows: { kind: string; id: string; row: Record<string, unknown> | null }[];
    /** The events that follow. */
    events: StoredEvent[];
}
/** A kind of record: its columns and what must be unique among its live rows. */
export interface StoredKind { kind: string; table: string; columns: { name: string; type: string; nullable: boolean }[]; }
/** A storage that a host writes. Methods answer at once or with a promise; one call at a time for each tenant. */
export interface HostStore {
    /** Receives all kinds when it is opened. */
    migrate?(kinds: StoredKind[]): void | Promise<void>;
    /** Where the tenant's ledger ends: the number of its last event, 0 for a tenant that is not there. */
    head(org: string): number | Promise<number>;
    /** Everything of a tenant; asked for when its ledger moved since. */
    load(org: string): { rows: StoredRow[]; events: StoredEvent[] } | Promise<{ rows: StoredRow[]; events: StoredEvent[] }>;
    /** Keeps one unit, whole. */
    commit(org: string, unit: WrittenUnit): void | Promise<void>;
    /** Removes a tenant. */
    dropOrg(org: string): void | Promise<void>;
    /** Called when nobody works with it any more. */
    close?(): void | Promise<void>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// A storage that a host writes.
    #[wasm_bindgen(typescript_type = "HostStore")]
    pub type HostStore;
}

/// A tenant's rows and events, in the hands of JavaScript.
pub(crate) struct HostKeeper {
    store: JsValue,
    kinds: RefCell<Vec<&'static RecordDef>>,
}

impl HostKeeper {
    pub(crate) fn new(store: &HostStore) -> Self {
        Self { store: JsValue::clone(store), kinds: RefCell::default() }
    }

    /// Calls a method, and waits when it answers with a promise.
    async fn call(&self, method: &'static str, arguments: &[JsValue]) -> Result<JsValue> {
        let refused = |problem: JsValue| refusal(method, &problem);
        let found = Reflect::get(&self.store, &method.into()).map_err(refused)?;
        let function: Function = found.dyn_into().map_err(|_| HOST_INCOMPLETE.with("method", method))?;
        let arguments = arguments.iter().collect::<js_sys::Array>();
        let answer = Reflect::apply(&function, &self.store, &arguments).map_err(refused)?;
        match answer.dyn_into::<Promise>() {
            Ok(promise) => JsFuture::from(promise).await.map_err(refused),
            Err(answer) => Ok(answer),
        }
    }

    fn has(&self, method: &str) -> bool {
        Reflect::get(&self.store, &method.into()).is_ok_and(|found| found.is_function())
    }

    fn kind(&self, name: &str) -> Result<&'static RecordDef> {
        let kinds = self.kinds.borrow();
        kinds.iter().find(|def| def.kind == name).copied().ok_or_else(|| codes::KIND_UNKNOWN.with("kind", name))
    }
}

/// What the host threw, as our refusal when it has a code.
fn refusal(method: &'static str, problem: &JsValue) -> Error {
    refusal_or(problem, |said| HOST_FAILED.with("method", method).with("problem", said))
}

/// What was thrown, as our refusal when it has a code, or else what is made of its words.
pub(crate) fn refusal_or(problem: &JsValue, otherwise: impl FnOnce(String) -> Error) -> Error {
    let text = JSON::stringify(problem).ok().and_then(|text| text.as_string()).unwrap_or_default();
    stored(&text).unwrap_or_else(|_| {
        let message = Reflect::get(problem, &"message".into()).ok().and_then(|message| message.as_string());
        otherwise(message.unwrap_or(text))
    })
}

fn to_js(json: &Json) -> Result<JsValue> {
    JSON::parse(&json.to_string()).map_err(|_| corrupt("store", "it cannot be given to the host"))
}

fn from_js<T: DeserializeOwned>(method: &'static str, answer: &JsValue) -> Result<T> {
    let text = JSON::stringify(answer).ok().and_then(|text| text.as_string()).unwrap_or_default();
    stored(&text).map_err(|problem| HOST_FAILED.with("method", method).with("problem", problem.to_string()))
}

#[derive(Deserialize)]
struct WireKept {
    rows: Vec<WireRow>,
    events: Vec<WireEvent>,
}

#[derive(Deserialize)]
struct WireRow {
    kind: String,
    row: Map<String, Json>,
}

/// An event with its hashes in hexadecimal.
#[derive(Serialize, Deserialize)]
struct WireEvent {
    seq: Seq,
    unit: Uuid,
    at: i64,
    actor: String,
    on_behalf_of: Option<String>,
    cause: Option<String>,
    request: Option<String>,
    command: String,
    verb: Verb,
    kind: String,
    record: Uuid,
    format: u16,
    digest: String,
    salt: Option<String>,
    reason: Option<String>,
    payload: Option<String>,
    hash: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes<const N: usize>(hex: &str) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let fits = hex.len() == 2 * N && hex.is_ascii();
    for (position, byte) in bytes.iter_mut().enumerate() {
        let pair = hex.get(2 * position..2 * position + 2).filter(|_| fits);
        *byte = pair
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .ok_or_else(|| corrupt("event", "a hash is not what was written"))?;
    }
    Ok(bytes)
}

impl WireEvent {
    fn of(event: Event) -> Self {
        Self {
            seq: event.seq,
            unit: event.unit,
            at: event.at.micros(),
            actor: event.actor,
            on_behalf_of: event.on_behalf_of,
            cause: event.cause,
            request: event.request,
            command: event.command.into_owned(),
            verb: event.verb,
            kind: event.kind.into_owned(),
            record: event.record,
            format: event.format,
            digest: hex(&event.digest),
            salt: event.salt.map(|salt| hex(&salt)),
            reason: event.reason,
            payload: event.payload,
            hash: hex(&event.hash),
        }
    }

    fn event(self) -> Result<Event> {
        Ok(Event {
            seq: self.seq,
            unit: self.unit,
            at: Timestamp::from_micros(self.at),
            actor: self.actor,
            on_behalf_of: self.on_behalf_of,
            cause: self.cause,
            request: self.request,
            command: self.command.into(),
            verb: self.verb,
            kind: self.kind.into(),
            record: self.record,
            format: self.format,
            digest: bytes(&self.digest)?,
            salt: self.salt.as_deref().map(bytes).transpose()?,
            reason: self.reason,
            payload: self.payload,
            hash: bytes(&self.hash)?,
        })
    }
}

/// The largest whole number that JavaScript distinguishes from the next one.
const LARGEST: i64 = 9_007_199_254_740_991;

/// The values of a row by column. What JavaScript has no number for is text, and so are documents.
fn wire_row(def: &RecordDef, row: &Row) -> Json {
    let given = def.columns.iter().zip(row.values()).filter(|(_, value)| !value.is_null());
    let values = given.map(|(column, value)| {
        let json = match value {
            Value::Int(number) if !(-LARGEST..=LARGEST).contains(number) => Json::from(number.to_string()),
            Value::Json(text) => Json::from(text.as_str()),
            value => value.to_json(),
        };
        (column.name.clone(), json)
    });
    Json::Object(values.collect())
}

fn read_row(def: &'static RecordDef, values: &Map<String, Json>) -> Result<Row> {
    let mut row = Row::new(vec![Value::Null; def.columns.len()]);
    for (index, column) in def.columns.iter().enumerate() {
        let Some(json) = values.get(&column.name) else { continue };
        let value = match (column.kind, json) {
            (ColumnType::Int, Json::String(text)) => text.parse().ok().map(Value::Int),
            (ColumnType::List | ColumnType::Map | ColumnType::Json, Json::String(text)) => {
                Some(Value::Json(text.clone()))
            }
            (_, json) => plain(column, json),
        };
        row.set(index, value.ok_or_else(|| corrupt(def.kind, "a value is not what was written"))?);
    }
    Ok(row)
}

#[async_trait(?Send)]
impl Keeper for HostKeeper {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.kinds.replace(defs.to_vec());
        if !self.has("migrate") {
            return Ok(());
        }
        let kinds: Vec<Json> = defs
            .iter()
            .map(|def| {
                let columns: Vec<Json> = def
                    .columns
                    .iter()
                    .map(|column| {
                        let kind = format!("{:?}", column.kind);
                        let kind = kind.split('(').next().unwrap_or_default().to_lowercase();
                        json!({"name": column.name, "type": kind, "nullable": column.nullable})
                    })
                    .collect();
                json!({"kind": def.kind, "table": def.table, "columns": columns})
            })
            .collect();
        self.call("migrate", &[to_js(&Json::Array(kinds))?]).await.map(|_| ())
    }

    async fn head(&self, org: Uuid) -> Result<Seq> {
        from_js("head", &self.call("head", &[org.to_string().into()]).await?)
    }

    async fn load(&self, org: Uuid) -> Result<Kept> {
        let wire: WireKept = from_js("load", &self.call("load", &[org.to_string().into()]).await?)?;
        let mut kept = Kept::default();
        for row in &wire.rows {
            let def = self.kind(&row.kind)?;
            kept.rows.push((def, read_row(def, &row.row)?));
        }
        kept.events = wire.events.into_iter().map(WireEvent::event).collect::<Result<_>>()?;
        Ok(kept)
    }

    async fn keep(&self, org: Uuid, unit: Written) -> Result<()> {
        let rows: Vec<Json> = unit
            .rows
            .iter()
            .map(
                |(def, id, row)| json!({"kind": def.kind, "id": id, "row": row.as_ref().map(|row| wire_row(def, row))}),
            )
            .collect();
        let events: Vec<WireEvent> = unit.events.into_iter().map(WireEvent::of).collect();
        let unit = to_js(&json!({"after": unit.after, "rows": rows, "events": events, "erased": unit.erased}))?;
        self.call("commit", &[org.to_string().into(), unit]).await.map(|_| ())
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.call("dropOrg", &[org.to_string().into()]).await.map(|_| ())
    }
}

impl Drop for HostKeeper {
    fn drop(&mut self) {
        if let Ok(close) = Reflect::get(&self.store, &"close".into())
            && let Some(close) = close.dyn_ref::<Function>()
        {
            // Nobody is left to hear of it.
            let _ = close.call0(&self.store);
        }
    }
}
