//! `Native`: an open storage.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use js_sys::{Function, Promise};
use nexa_core::{
    Code, Crm, Session,
    kernel::{
        error::codes,
        memory::{MemoryStore, persistence::KeptStore},
        store::Store,
    },
};
use nexa_store_sqlite::{Options, SqliteStore};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    backup, calls,
    errors::Answer,
    files::{self, FileStore},
    host::{HostKeeper, HostStore},
    promise::promise,
    transaction,
    world::{CryptoIds, DateClock},
};

/// The Crm was closed.
const CLOSED: Code = Code::unavailable("crm.closed", "This Crm was closed; open it again.").permanent();

/// The URL names no backend.
const URL_INVALID: Code = Code::invalid(
    "crm.url_invalid",
    "The URL {url} names no backend of this build; use memory: or opfs:NAME such as opfs:crm.db, or give a store.",
);

/// An open storage. Every promise rejects with `{kind, code, message, params, retryable}`.
#[wasm_bindgen]
pub struct Native {
    open: Rc<RefCell<Option<Open>>>,
}

/// What is held until it is closed.
struct Open {
    crm: Crm,
    /// The storage, when it is a file.
    file: Option<Arc<SqliteStore>>,
}

impl Native {
    fn crm(&self) -> Answer<Crm> {
        self.open.borrow().as_ref().map(|open| open.crm.clone()).ok_or_else(|| CLOSED.error())
    }

    /// The promise of what a call does with the Crm.
    fn call<F: Future<Output = Answer> + 'static>(&self, work: impl FnOnce(Crm) -> F + 'static) -> Promise {
        let crm = self.crm();
        promise(async move { work(crm?).await })
    }

    /// The promise of what a call does in a session.
    fn within<F: Future<Output = Answer> + 'static>(
        &self,
        org: String,
        principal: String,
        work: impl FnOnce(Session) -> F + 'static,
    ) -> Promise {
        let crm = self.crm();
        promise(async move { work(calls::session(&crm?, &org, &principal)?).await })
    }
}

/// A Crm on a storage, brought up to this version's schema.
async fn opened(store: Arc<dyn Store>, file: Option<Arc<SqliteStore>>, files: Option<FileStore>) -> Answer {
    let builder = nexa_core::builder().clock(DateClock).ids(CryptoIds::default()).store(store);
    let crm = files::place(builder, files).build()?;
    crm.migrate().await?;
    Ok(JsValue::from(Native { open: Rc::new(RefCell::new(Some(Open { crm, file }))) }))
}

async fn open(url: &str, files: Option<FileStore>) -> Answer {
    match url.split_once(':') {
        Some(("memory", "")) => opened(Arc::new(MemoryStore::new()), None, files).await,
        Some(("opfs", name)) => {
            let file = Arc::new(SqliteStore::open_opfs(name, Options::default()).await?);
            opened(file.clone(), Some(file), files).await
        }
        // It may hold a password.
        _ => Err(URL_INVALID.with("url", "as given")),
    }
}

#[wasm_bindgen]
impl Native {
    /// Opens `memory:`, or `opfs:NAME` in a dedicated worker, and brings its schema up to date. Uploads need a store of files.
    #[wasm_bindgen(unchecked_return_type = "Promise<Native>")]
    pub fn open(url: String, files: Option<FileStore>) -> Promise {
        promise(async move { open(&url, files).await })
    }
    /// Opens a storage that the host has written.
    #[wasm_bindgen(js_name = openStore, unchecked_return_type = "Promise<Native>")]
    pub fn open_store(store: HostStore, files: Option<FileStore>) -> Promise {
        promise(async move { opened(Arc::new(KeptStore::new(HostKeeper::new(&store))), None, files).await })
    }
    /// Makes a tenant with its first admin, from JSON; answers `{"org", "principal"}`.
    #[wasm_bindgen(js_name = createOrg, unchecked_return_type = "Promise<string>")]
    pub fn create_org(&self, founding: String) -> Promise {
        self.call(|crm| calls::create_org(crm, founding))
    }
    /// Whether the tenant exists.
    #[wasm_bindgen(js_name = hasOrg, unchecked_return_type = "Promise<boolean>")]
    pub fn has_org(&self, org: String) -> Promise {
        self.call(|crm| calls::has_org(crm, org))
    }
    /// Removes a tenant with everything it has.
    #[wasm_bindgen(js_name = dropOrg, unchecked_return_type = "Promise<void>")]
    pub fn drop_org(&self, org: String) -> Promise {
        self.call(|crm| calls::drop_org(crm, org))
    }
    /// The tenants in which something is due by a moment, now without one: `[{"org", "at"}]`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn due(&self, now: Option<String>, limit: f64) -> Promise {
        self.call(move |crm| calls::due(crm, now, limit))
    }
    /// Does what is due in a tenant: `{"done", "next_due"}`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn tick(&self, org: String, limit: f64) -> Promise {
        self.call(move |crm| calls::tick(crm, org, limit))
    }
    /// Runs an operation by name, from JSON to JSON.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn execute(
        &self,
        org: String,
        principal: String,
        operation: String,
        input: String,
        envelope: Option<String>,
    ) -> Promise {
        self.within(org, principal, |session| calls::execute(session, operation, input, envelope))
    }
    /// Runs several operations, all or none: `[{"run", "with"}]`.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn batch(&self, org: String, principal: String, requests: String, envelope: Option<String>) -> Promise {
        self.within(org, principal, |session| calls::batch(session, requests, envelope))
    }
    /// Begins a transaction in which the host runs its own SQL as well.
    #[wasm_bindgen(unchecked_return_type = "Promise<NativeTransaction>")]
    pub fn begin(&self, org: String, principal: String) -> Promise {
        self.within(org, principal, transaction::begin)
    }
    /// What the actor may do with a record now.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn explain(&self, org: String, principal: String, kind: String, record: String) -> Promise {
        self.within(org, principal, |session| calls::explain(session, kind, record))
    }
    /// A page of events, `only` of `{"kind", "filter"}`; without a principal, the host's.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn feed(
        &self,
        org: String,
        principal: Option<String>,
        after: String,
        limit: f64,
        only: Option<String>,
    ) -> Promise {
        self.call(move |crm| calls::feed(crm, org, principal, after, limit, only))
    }
    /// A page of an export: `{"kind", "find", "options", "first"}`; answers `{"text", "records", "next"}`.
    #[wasm_bindgen(js_name = exportPage, unchecked_return_type = "Promise<string>")]
    pub fn export_page(&self, org: String, principal: String, input: String) -> Promise {
        self.within(org, principal, |session| calls::export_page(session, input))
    }
    /// Sends a file that a function answers piece by piece, `undefined` at its end: `{"name", "declared_type", "sha256"}`; answers the
    /// upload.
    #[wasm_bindgen(unchecked_return_type = "Promise<string>")]
    pub fn upload(&self, org: String, principal: String, input: String, read: Function) -> Promise {
        self.within(org, principal, |session| files::upload(session, input, read))
    }
    /// What a file is, `{"name", "type", "size", "range", "headers"}`, and the first of its bytes: `{"attachment", "range", "inline"}`.
    #[wasm_bindgen(unchecked_return_type = "Promise<[string, Uint8Array<ArrayBuffer>]>")]
    pub fn download(&self, org: String, principal: String, input: String) -> Promise {
        self.within(org, principal, |session| files::download(session, input))
    }
    /// Removes bytes that no record knows: `{"kept", "removed", "missing"}`.
    #[wasm_bindgen(js_name = sweepFiles, unchecked_return_type = "Promise<string>")]
    pub fn sweep_files(&self, org: String, principal: String) -> Promise {
        self.within(org, principal, files::sweep)
    }
    /// Gives a copy of the file as it is now to a function, which takes a `Uint8Array` at a time and answers with a promise.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn backup(&self, take: Function) -> Promise {
        let open = self.open.borrow();
        let file = open.as_ref().map(|open| open.file.clone()).ok_or_else(|| CLOSED.error());
        promise(async move {
            let file = file?.ok_or_else(|| codes::STORE_UNSUPPORTED.with("what", "online backup"))?;
            backup::take(&file, take).await
        })
    }
    /// Puts a backup at a place, `opfs:NAME`, in a dedicated worker: `{"backup", "size", "overwrite", "open"}`, its bytes from one
    /// place to another answered by a function with the promise of a `Uint8Array`.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn restore(url: String, restored: String, give: Function) -> Promise {
        promise(async move {
            match url.strip_prefix("opfs:") {
                Some(name) => backup::restore(name, &restored, give).await,
                None => Err(codes::STORE_UNSUPPORTED.with("what", "restoring a backup")),
            }
        })
    }
    /// Does what a file's storage puts off until nothing else is to be done.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn rest(&self) -> Promise {
        let file = self.open.borrow().as_ref().and_then(|open| open.file.clone());
        promise(async move {
            if let Some(file) = file {
                file.rest().await?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }
    /// Lets go of the storage; later calls are refused with `crm.closed`.
    #[wasm_bindgen(unchecked_return_type = "Promise<void>")]
    pub fn close(&self) -> Promise {
        let open = self.open.borrow_mut().take();
        promise(async move {
            drop(open);
            Ok(JsValue::UNDEFINED)
        })
    }
}
