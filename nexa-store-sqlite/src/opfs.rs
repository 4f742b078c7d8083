//! Files in a browser: the origin's private file system, which gives a dedicated worker files that it reads and writes
//! without waiting, each to one worker at a time.
//!
//! Every database has a folder of its own, so that each is taken and given back by itself.

use std::path::Path;

use js_sys::{IteratorNext, Reflect};
use nexa_core::{
    Code, Error,
    kernel::error::{Result, codes as kernel},
};
use sqlite_wasm_rs::WasmOsCallback;
use sqlite_wasm_vfs::sahpool::{OpfsSAHError, OpfsSAHPoolCfgBuilder, OpfsSAHPoolUtil, install};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemSyncAccessHandle, WorkerGlobalScope};

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
        let directory = format!(".nexa/{name}");
        let options = OpfsSAHPoolCfgBuilder::new()
            .vfs_name(&vfs(Path::new(name)))
            .directory(&directory)
            .initial_capacity(FILES)
            .build();
        let pool = async {
            be_free(&directory).await?;
            install::<WasmOsCallback>(&options, false).await
        };
        Ok(Self(pool.await.map_err(|problem| refused(name, &problem))?))
    }
}

/// Refuses when somebody has one of the files in a directory: a worker that is being killed lets go of one after the other.
/// Taking them finds out as well, but then keeps those before it, and nobody could let go of them any more.
async fn be_free(directory: &str) -> std::result::Result<(), OpfsSAHError> {
    let scope: WorkerGlobalScope = js_sys::global().dyn_into().map_err(|_| OpfsSAHError::NotSupported)?;
    let root = JsFuture::from(scope.navigator().storage().get_directory()).await;
    let mut folder: FileSystemDirectoryHandle = root.map_err(OpfsSAHError::GetDirHandle)?.into();
    for part in directory.split('/').chain([".opaque"]) {
        folder = match JsFuture::from(folder.get_directory_handle(part)).await {
            Ok(next) => next.into(),
            // Nobody has what is not there yet.
            Err(problem) if named(&problem).as_deref() == Some("NotFoundError") => return Ok(()),
            Err(problem) => return Err(OpfsSAHError::GetDirHandle(problem)),
        };
    }
    let files = folder.values();
    loop {
        let next = JsFuture::from(files.next().map_err(OpfsSAHError::IterHandle)?).await;
        let next: IteratorNext = next.map_err(OpfsSAHError::IterHandle)?.into();
        if next.done() {
            return Ok(());
        }
        if let Ok(file) = next.value().dyn_into::<FileSystemFileHandle>() {
            let taken = JsFuture::from(file.create_sync_access_handle()).await;
            let taken: FileSystemSyncAccessHandle = taken.map_err(OpfsSAHError::CreateSyncAccessHandle)?.into();
            taken.close();
        }
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
        | OpfsSAHError::GetFileHandle(cause) => named(cause),
        _ => None,
    };
    match cause.as_deref() {
        Some("NoModificationAllowedError") => LOCKED.with("path", name),
        Some("QuotaExceededError") => codes::FULL.with("path", name),
        Some(cause) => codes::IO.with("path", name).caused_by(format!("{problem}: {cause}")),
        None => codes::IO.with("path", name).caused_by(problem.to_string()),
    }
}

/// The name of what JavaScript has thrown.
fn named(problem: &JsValue) -> Option<String> {
    Reflect::get(problem, &"name".into()).ok().and_then(|name| name.as_string())
}
