//! The folders of databases. Each has a few pieces: files with names without a meaning, of which each begins with its name for SQLite.
//!
//! A restored database is prepared in a folder of its own and comes into its place by one move, which is where the restore has
//! happened: whoever finds it there finishes what is left to do.

use js_sys::{IteratorNext, Promise};
use sqlite_wasm_vfs::sahpool::OpfsSAHError;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemRemoveOptions,
    FileSystemSyncAccessHandle, WorkerGlobalScope,
};

use super::{HELD, named};

/// The folder of all folders.
const ROOT: &str = ".nexa";
/// The folder of the pieces in each.
const PIECES: &str = ".opaque";
/// So much of each piece is before the first byte that SQLite knows.
const HEADER: f64 = 4_096.0;
/// A restored database, until what was there before is gone, and afterwards.
const RESTORED: &str = "restored";
const DATABASE: &str = "database";

type Result<T> = std::result::Result<T, OpfsSAHError>;

#[wasm_bindgen]
extern "C" {
    /// A file that can be moved.
    #[wasm_bindgen(extends = FileSystemFileHandle)]
    type Movable;
    #[wasm_bindgen(method, catch, js_name = "move")]
    fn move_to(this: &Movable, folder: &FileSystemDirectoryHandle, name: &str)
    -> std::result::Result<Promise, JsValue>;
}

/// What stands at the place of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Nothing,
    Database,
    /// One that another worker has open.
    Open,
}

/// The path of a folder.
pub(super) fn path(folder: &str) -> String {
    format!("{ROOT}/{folder}")
}

/// The folder in which what is restored to a database is prepared; no name of a database begins with a dot.
pub(super) fn preparing(name: &str) -> String {
    format!(".{name}.restoring")
}

/// Before a database is opened: finishes a restore, and removes what is left of one that has not happened. Fails when somebody has one
/// of its files: a worker that is being killed lets go of one after the other. Taking them finds out as well, but then keeps those
/// before it, and nobody could let go of them any more.
pub(super) async fn tidy(name: &str) -> Result<()> {
    if let Some(folder) = pieces(name, Missing::Left).await? {
        settle(&folder, &list(&folder).await?).await?;
        remove(&preparing(name)).await?;
    }
    Ok(())
}

/// What stands at the place of a database, after a restore that has happened was finished.
pub(super) async fn standing(name: &str) -> Result<Standing> {
    let Some(folder) = pieces(name, Missing::Left).await? else { return Ok(Standing::Nothing) };
    match list(&folder).await {
        Ok(pieces) => {
            settle(&folder, &pieces).await?;
            let filled = pieces.iter().any(|piece| piece.size > HEADER);
            Ok(if filled { Standing::Database } else { Standing::Nothing })
        }
        Err(OpfsSAHError::CreateSyncAccessHandle(problem)) if named(&problem).as_deref() == Some(HELD) => {
            Ok(Standing::Open)
        }
        Err(problem) => Err(problem),
    }
}

/// Moves the database from the folder in which it was prepared to its place, where nobody has anything.
pub(super) async fn put(name: &str) -> Result<()> {
    let missing = || OpfsSAHError::Generic("What was prepared is gone".to_owned());
    let prepared = pieces(&preparing(name), Missing::Left).await?.ok_or_else(missing)?;
    let place = pieces(name, Missing::Made).await?.ok_or_else(missing)?;
    let database = list(&prepared).await?.into_iter().find(|piece| piece.size > HEADER).ok_or_else(missing)?;
    rename(&database.file, &place, RESTORED).await?;
    // It has happened; what cannot be finished now, the next who opens it does.
    if let Ok(pieces) = list(&place).await {
        let _ = settle(&place, &pieces).await;
    }
    Ok(())
}

/// Removes a folder with all that is in it.
pub(super) async fn remove(folder: &str) -> Result<()> {
    let Some(root) = inner(&top().await?, ROOT, Missing::Left).await? else { return Ok(()) };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    match JsFuture::from(root.remove_entry_with_options(folder, &options)).await {
        Err(problem) if !absent(&problem) => Err(OpfsSAHError::RemoveEntity(problem)),
        _ => Ok(()),
    }
}

/// Whether a folder that is not there is made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Left,
    Made,
}

/// A file that nobody has.
struct Piece {
    file: FileSystemFileHandle,
    /// In bytes.
    size: f64,
}

/// Removes all but what was restored, if anything was.
async fn settle(folder: &FileSystemDirectoryHandle, pieces: &[Piece]) -> Result<()> {
    let Some(restored) = pieces.iter().find(|piece| piece.file.name() == RESTORED) else { return Ok(()) };
    for piece in pieces.iter().filter(|piece| piece.file.name() != RESTORED) {
        JsFuture::from(folder.remove_entry(&piece.file.name())).await.map_err(OpfsSAHError::RemoveEntity)?;
    }
    rename(&restored.file, folder, DATABASE).await
}

async fn rename(file: &FileSystemFileHandle, folder: &FileSystemDirectoryHandle, name: &str) -> Result<()> {
    let moved = file.unchecked_ref::<Movable>().move_to(folder, name).map_err(OpfsSAHError::GetFileHandle)?;
    JsFuture::from(moved).await.map_err(OpfsSAHError::GetFileHandle)?;
    Ok(())
}

/// The folder of a folder's pieces.
async fn pieces(folder: &str, missing: Missing) -> Result<Option<FileSystemDirectoryHandle>> {
    let mut found = top().await?;
    for part in [ROOT, folder, PIECES] {
        match inner(&found, part, missing).await? {
            Some(next) => found = next,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// The pieces, each of which was free a moment ago.
async fn list(folder: &FileSystemDirectoryHandle) -> Result<Vec<Piece>> {
    let files = folder.values();
    let mut found = Vec::new();
    loop {
        let next = JsFuture::from(files.next().map_err(OpfsSAHError::IterHandle)?).await;
        let next: IteratorNext = next.map_err(OpfsSAHError::IterHandle)?.into();
        if next.done() {
            return Ok(found);
        }
        if let Ok(file) = next.value().dyn_into::<FileSystemFileHandle>() {
            let taken = JsFuture::from(file.create_sync_access_handle()).await;
            let taken: FileSystemSyncAccessHandle = taken.map_err(OpfsSAHError::CreateSyncAccessHandle)?.into();
            let size = taken.get_size();
            taken.close();
            found.push(Piece { file, size: size.map_err(OpfsSAHError::GetSize)? });
        }
    }
}

/// The origin's folder.
async fn top() -> Result<FileSystemDirectoryHandle> {
    let scope: WorkerGlobalScope = js_sys::global().dyn_into().map_err(|_| OpfsSAHError::NotSupported)?;
    let top = JsFuture::from(scope.navigator().storage().get_directory()).await;
    Ok(top.map_err(OpfsSAHError::GetDirHandle)?.into())
}

async fn inner(
    folder: &FileSystemDirectoryHandle,
    name: &str,
    missing: Missing,
) -> Result<Option<FileSystemDirectoryHandle>> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(missing == Missing::Made);
    match JsFuture::from(folder.get_directory_handle_with_options(name, &options)).await {
        Ok(found) => Ok(Some(found.into())),
        Err(problem) if absent(&problem) => Ok(None),
        Err(problem) => Err(OpfsSAHError::GetDirHandle(problem)),
    }
}

fn absent(problem: &JsValue) -> bool {
    named(problem).as_deref() == Some("NotFoundError")
}
