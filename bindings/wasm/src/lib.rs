//! The crm in a page.
use nexa_core::{Crm, Envelope, kernel::{memory::MemoryStore, ports::{Clock, Ids, uuid_v7}}, Timestamp, CreateOrg, Principal};
use wasm_bindgen::prelude::*;
use std::sync::Arc;
use uuid::Uuid;

struct C; impl Clock for C { fn now(&self) -> Timestamp { Timestamp::from_micros((js_sys::Date::now() * 1000.0) as i64) } }
struct I; impl Ids for I { fn id(&self, at: Timestamp) -> Uuid { uuid_v7(at, [3; 8].map(|x: u8| x + (js_sys::Math::random()*250.0) as u8)) } fn salt(&self) -> [u8; 16] { [0; 16] } }

/// Native
#[wasm_bindgen]
pub struct Native(Crm);
fn js(e: nexa_core::Error) -> JsValue { JsValue::from_str(&serde_json::to_string(&e).unwrap_or_default()) }

#[wasm_bindgen]
impl Native {
    /// open
    pub async fn open() -> Result<Native, JsValue> {
        let crm = Crm::builder().clock(C).ids(I).store(Arc::new(MemoryStore::new())).build().map_err(js)?;
        Ok(Native(crm))
    }
    /// create
    pub async fn create_org(&self, text: String) -> Result<String, JsValue> {
        let c: CreateOrg = serde_json::from_str(&text).map_err(|_| JsValue::NULL)?;
        let s = self.0.create_org(c).await.map_err(js)?;
        Ok(format!("{} {}", s.org(), s.principal()))
    }
    /// run
    pub async fn execute(&self, org: String, principal: String, op: String, input: String) -> Result<String, JsValue> {
        let org: Uuid = org.parse().map_err(|_| JsValue::NULL)?;
        let p: Principal = principal.parse().map_err(|_| JsValue::NULL)?;
        let input = serde_json::from_str(&input).map_err(|_| JsValue::NULL)?;
        let r = self.0.session(org, p).execute(&op, input, Envelope::default()).await.map_err(js)?;
        Ok(r.to_string())
    }
}
