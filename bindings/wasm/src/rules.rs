//! `NativeRules`: the rules without a storage, for forms whose records a server keeps.

use std::{collections::BTreeMap, sync::Arc};

use js_sys::Promise;
use nexa_core::{Crm, Error, Principal, Ref, kernel::sent::SentStore};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use uuid::Uuid;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    errors::{Answer, document, object, parsed, text},
    promise::promise,
    world::{CryptoIds, DateClock},
};

/// What a form asks: may this user do something with this record?
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The user, as a record.
    actor: Map<String, Json>,
    /// The kind of the record.
    kind: String,
    record: Map<String, Json>,
    /// What else the rules may look at, such as the groups of the user: records by their kinds.
    #[serde(default)]
    with: BTreeMap<String, Vec<Map<String, Json>>>,
}

/// The rules of every operation.
#[wasm_bindgen]
pub struct NativeRules {
    crm: Crm,
}

#[wasm_bindgen]
impl NativeRules {
    /// All of them.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsValue> {
        let builder = nexa_core::without_seed_data().clock(DateClock).ids(CryptoIds::default());
        let crm = builder.store(Arc::new(SentStore::new())).build().map_err(|error| object(&error))?;
        Ok(Self { crm })
    }

    /// Checks the arguments of an operation by themselves; throws `{kind, code, message, params, retryable}`.
    pub fn validate(&self, operation: &str, input: &str) -> Result<(), JsValue> {
        let check = || -> Result<(), Error> {
            let input = document(operation, input)?;
            self.crm.catalog().operation(operation)?.check(&input)
        };
        check().map_err(|error| object(&error))
    }

    /// What a user may do with a record now, from `{"actor", "kind", "record", "with"}`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn explain(&self, input: String) -> Promise {
        let crm = self.crm.clone();
        promise(async move { explain(&crm, &input).await })
    }
}

async fn explain(crm: &Crm, input: &str) -> Answer {
    let question: Question = parsed("explain", input)?;
    let mut sent = SentStore::new();
    let actor = sent.add(crm.kinds().named("user")?, &question.actor)?;
    let record = sent.add(crm.kinds().named(&question.kind)?, &question.record)?;
    for (kind, records) in &question.with {
        let def = crm.kinds().named(kind)?;
        for record in records {
            sent.add(def, record)?;
        }
    }
    let session = crm.on(Arc::new(sent)).session(Uuid::nil(), Principal::User(actor));
    text("explain", &session.explain_kind(&question.kind, Ref::Id(record.into())).await?)
}
