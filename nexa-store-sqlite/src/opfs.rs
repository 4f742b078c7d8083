//! Files in a browser: the origin's private file system, which gives a dedicated worker files that it reads and writes
//! without waiting, each to one worker at a time.
//!
//! Every database has a folder of its own, so that each is taken and given back by itself.

mod folder;
mod image;
mod restore;
mod store;

use js_sys::Reflect;
use nexa_kernel::{
    Code, Error,
    error::{Result, codes as kernel},
};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::JsValue;

pub use self::restore::{Restored, restore_opfs};
use crate::{codes, vfs::vfs};

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
    async fn of(name: &str) -> Result<Self> {
        usable(name)?;
        let taken = async {
            folder::tidy(name).await?;
            Self::take(name).await
        };
        taken.await.map_err(|problem| refused(name, &problem))
    }

    /// Takes the files in the folder of this name, none of which anybody has.
    async fn take(folder: &str) -> std::result::Result<Self, OpfsSAHError> {
        let options = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(&vfs(folder))
            .directory(&folder::path(folder))
            .initial_capacity(FILES)
            .build();
        Ok(Self(install::<WasmOsCallback>(&options, false).await?))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What a connection still holds stays ours; the worker's end gives it back.
        let _ = self.0.pause_vfs();
    }
}

/// Refuses what is no name, and a place that has no such files. Errors: `store.name`, `store.unsupported`.
fn usable(name: &str) -> Result<()> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if name.is_empty() || name.len() > LONGEST_NAME || name.starts_with('.') || !name.chars().all(fits) {
        return Err(NAME.with("name", name));
    }
    // A dedicated worker of a page that has a file system.
    let supported = has(&["DedicatedWorkerGlobalScope"])
        && has(&["navigator", "storage", "getDirectory"])
        && has(&["FileSystemFileHandle", "prototype", "createSyncAccessHandle"]);
    if supported {
        return Ok(());
    }
    Err(kernel::STORE_UNSUPPORTED.with("what", "a file outside of a dedicated worker of a secure page"))
}

/// Whether JavaScript knows what has this path.
fn has(path: &[&str]) -> bool {
    let inner = path.iter().try_fold(js_sys::global().into(), |object: JsValue, name| {
        // What is not there has no parts to ask for.
        if object.is_null_or_undefined() { None } else { Reflect::get(&object, &(*name).into()).ok() }
    });
    inner.is_some_and(|found| found.is_truthy())
}

fn refused(name: &str, problem: &OpfsSAHError) -> Error {
    if let OpfsSAHError::NotSupported = problem {
        return kernel::STORE_UNSUPPORTED.with("what", "a file outside of a dedicated worker");
    }
    let cause = match problem {
        OpfsSAHError::CreateSyncAccessHandle(cause)
        | OpfsSAHError::GetDirHandle(cause)
        | OpfsSAHError::GetFileHandle(cause) => named(cause),
        _ => None,
    };
    match cause.as_deref() {
        Some(HELD) => LOCKED.with("path", name),
        Some("QuotaExceededError") => codes::FULL.with("path", name),
        Some(cause) => codes::IO.with("path", name).caused_by(format!("{problem}: {cause}")),
        None => codes::IO.with("path", name).caused_by(problem.to_string()),
    }
}

/// What JavaScript throws when another worker has a file.
const HELD: &str = "NoModificationAllowedError";

/// The name of what JavaScript has thrown.
fn named(problem: &JsValue) -> Option<String> {
    Reflect::get(problem, &"name".into()).ok().and_then(|name| name.as_string())
}
