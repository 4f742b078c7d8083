//! The files of a browser, as SQLite opens them.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Opens `NAME`, a database in the folder of its own name, or `FOLDER/NAME`. The files of the folder are taken.
pub(crate) fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(path);
    let name = path.file_name().map_or(path, Path::new);
    Connection::open_with_flags_and_vfs(name, flags, vfs(&folder.to_string_lossy()).as_str())
}

/// The name under which SQLite knows the files of a folder.
pub(crate) fn vfs(folder: &str) -> String {
    format!("nexa-{folder}")
}
