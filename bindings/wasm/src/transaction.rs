//! A transaction in the hands of JavaScript: its own SQL and our operations, kept together or not at all.

use std::rc::Rc;

use js_sys::Promise;
use nexa_core::{
    Error, Session, Timestamp,
    kernel::{
        sql::{Sql, SqlRows, SqlValue},
        store::open::{ENDED, SQL_FAILED},
        transaction::SessionTransaction,
    },
};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::cell::RefCell;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    calls,
    errors::{Answer, parsed, text},
    promise::promise,
};

/// Whole numbers beyond this are not exact in JavaScript: 2^53 - 1.
const LARGEST: u64 = 9_007_199_254_740_991;

/// An open transaction; it is rolled back when it is freed.
#[wasm_bindgen]
pub struct NativeTransaction {
    open: Rc<RefCell<Option<Rc<SessionTransaction>>>>,
}

/// Begins a transaction.
pub(crate) async fn begin(session: Session) -> Answer {
    let open = Rc::new(RefCell::new(Some(Rc::new(session.begin().await?))));
    Ok(JsValue::from(NativeTransaction { open }))
}

impl NativeTransaction {
    fn open(&self) -> Answer<Rc<SessionTransaction>> {
        self.open.borrow().clone().ok_or_else(|| ENDED.error())
    }
}

#[wasm_bindgen]
impl NativeTransaction {
    /// Runs an operation by name, from JSON to JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn execute(&self, operation: String, input: String, envelope: Option<String>) -> Promise {
        let open = self.open();
        promise(async move { calls::execute(open?.session().clone(), operation, input, envelope).await })
    }
    /// Runs several operations, all or none.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn batch(&self, requests: String, envelope: Option<String>) -> Promise {
        let open = self.open();
        promise(async move { calls::batch(open?.session().clone(), requests, envelope).await })
    }
    /// What the actor may do with a record now.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn explain(&self, kind: String, record: String) -> Promise {
        let open = self.open();
        promise(async move { calls::explain(open?.session().clone(), kind, record).await })
    }
    /// Runs one statement: `{"query", "params", "limit"}`; answers `{"columns", "rows", "changed"}`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn sql(&self, input: String) -> Promise {
        let open = self.open();
        promise(async move {
            let answered = open?.sql(&asked(&input)?).await?;
            text("sql", &written(&answered))
        })
    }
    /// Keeps everything.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn commit(&self) -> Promise {
        let open = self.open.borrow_mut().take();
        promise(async move {
            open.ok_or_else(|| ENDED.error())?.commit().await?;
            Ok(JsValue::UNDEFINED)
        })
    }
    /// Keeps nothing.
    #[wasm_bindgen(js_name = rollBack, unchecked_return_type = "Promise<void>")]
    pub fn roll_back(&self) -> Promise {
        let open = self.open.borrow_mut().take();
        promise(async move {
            if let Some(open) = open {
                open.roll_back().await;
            }
            Ok(JsValue::UNDEFINED)
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqlInput {
    query: String,
    #[serde(default)]
    params: Vec<Json>,
    #[serde(default)]
    limit: Option<usize>,
}

fn asked(input: &str) -> Answer<Sql> {
    let SqlInput { query, params, limit } = parsed("sql", input)?;
    let mut sql = Sql::new(query);
    sql.params = params.iter().map(value).collect::<Result<_, Error>>()?;
    sql.limit = limit.unwrap_or(sql.limit);
    Ok(sql)
}

/// What stands for a value: itself, or `{"int"}`, `{"moment"}`, `{"bytes"}` with a text.
fn value(given: &Json) -> Result<SqlValue, Error> {
    let wrong =
        || SQL_FAILED.with("problem", "a parameter is null, a boolean, a number, a text, a Date, a bigint or bytes");
    Ok(match given {
        Json::Null => SqlValue::Null,
        Json::Bool(yes) => SqlValue::Bool(*yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => SqlValue::Int(whole),
            None => SqlValue::Real(number.as_f64().ok_or_else(wrong)?),
        },
        Json::String(text) => SqlValue::Text(text.clone()),
        Json::Object(typed) => match typed.iter().next().and_then(|(form, text)| Some((form.as_str(), text.as_str()?)))
        {
            Some(("int", text)) => SqlValue::Int(text.parse().map_err(|_| wrong())?),
            Some(("moment", text)) => SqlValue::Moment(Timestamp::parse(text).ok_or_else(wrong)?),
            Some(("bytes", text)) => SqlValue::Bytes(bytes(text).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        },
        Json::Array(_) => return Err(wrong()),
    })
}

/// The bytes of hexadecimal digits.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let pairs = digits?;
    let pairs = pairs.chunks(2).map(|pair| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    });
    pairs.collect()
}

fn written(rows: &SqlRows) -> Json {
    let values = |row: &Vec<SqlValue>| -> Vec<Json> { row.iter().map(shown).collect() };
    json!({
        "columns": rows.columns, "rows": rows.rows.iter().map(values).collect::<Vec<_>>(), "changed": rows.changed,
    })
}

fn shown(value: &SqlValue) -> Json {
    match value {
        SqlValue::Int(number) if number.unsigned_abs() <= LARGEST => json!(number),
        SqlValue::Int(number) => json!({"int": number.to_string()}),
        SqlValue::Real(number) => json!(number),
        SqlValue::Bool(yes) => json!(yes),
        SqlValue::Text(text)
        | SqlValue::Number(text)
        | SqlValue::Local(text)
        | SqlValue::Date(text)
        | SqlValue::TimeOfDay(text)
        | SqlValue::Json(text) => json!(text),
        SqlValue::Id(id) => json!(id),
        SqlValue::Moment(moment) => json!(moment),
        SqlValue::Bytes(bytes) => {
            json!({"bytes": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()})
        }
        _ => Json::Null,
    }
}
