//! Files in a browser: the origin's private file system, which gives a dedicated worker files that it reads and writes
//! without waiting, each to one worker at a time.
//!
//! Every database has a folder of its own, so that each is taken and given back by itself.

use std::path::Path;

use js_sys::Reflect;
use nexa_core::{
    Code, Error,
    kernel::error::{Result, codes as kernel},
};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::JsValue;

use crate::codes;

/// Another tab or worker has the database.
const LOCKED: Code = Code {
    message: "The database {path} is open in another tab or worker; close it there, or send your calls to who has it.",
    ..codes::LOCKED
};
/// No name for a database.
pub(crate) const NAME: Code = Code::invalid(
    "store.name",
    "{name} is no name for a database; use 1 to 64 letters, digits, dots, dashes and underscores, such as crm.db.",
);

/// The longest name of a database.
const LONGEST_NAME: usize = 64;
/// The database, its log, and the journal of its first transaction.
const FILES: u32 = 3;

/// The files of one database, taken until this is dropped.
pub(crate) struct Files(OpfsSAHPoolUtil);

impl Files {
    /// Takes the files of the database with this name. Errors: `store.name`, `store.unsupported`, `store.locked`, `store.io`.
    pub(crate) async fn of(name: &str) -> Result<Self> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with('.') || !name.chars().all(fits) {
            return Err(NAME.with("name", name));
        }
        if !supported() {
            return Err(kernel::STORE_UNSUPPORTED.with("what", "a file outside of a dedicated worker of a secure page"));
        }
        let options = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(&vfs(Path::new(name)))
            .directory(&format!(".nexa/{name}"))
            .initial_capacity(FILES)
            .build();
        let pool = install::<WasmOsCallback>(&options, false).await.map_err(|problem| refused(name, &problem))?;
        Ok(Self(pool))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What a connection still holds stays ours; the worker's end gives it back.
        let _ = self.0.pause_vfs();
    }
}

/// The name under which SQLite knows the files of a database.
pub(crate) fn vfs(name: &Path) -> String {
    format!("nexa-{}", name.display())
}

/// Whether this is a dedicated worker of a page that has a file system.
fn supported() -> bool {
    let has = |path: &[&str]| {
        let inner = path.iter().try_fold(js_sys::global().into(), |object: JsValue, name| {
            // What is not there has no parts to ask for.
            if object.is_null_or_undefined() { None } else { Reflect::get(&object, &(*name).into()).ok() }
        });
        inner.is_some_and(|found| found.is_truthy())
    };
    has(&["DedicatedWorkerGlobalScope"])
        && has(&["navigator", "storage", "getDirectory"])
        && has(&["FileSystemFileHandle", "prototype", "createSyncAccessHandle"])
}

fn refused(name: &str, problem: &OpfsSAHError) -> Error {
    if let OpfsSAHError::NotSupported = problem {
        return kernel::STORE_UNSUPPORTED.with("what", "a file outside of a dedicated worker");
    }
    let cause = match problem {
        OpfsSAHError::CreateSyncAccessHandle(cause)
        | OpfsSAHError::GetDirHandle(cause)
        | OpfsSAHError::GetFileHandle(cause) => {
            Reflect::get(cause, &"name".into()).ok().and_then(|name| name.as_string())
        }
        _ => None,
    };
    match cause.as_deref() {
        Some("NoModificationAllowedError") => LOCKED.with("path", name),
        Some("QuotaExceededError") => codes::FULL.with("path", name),
        Some(cause) => codes::IO.with("path", name).with("problem", format!("{problem}: {cause}")),
        None => codes::IO.with("path", name).with("problem", problem.to_string()),
    }
}
