//! Writes a small database file of the schema's version, which later versions are to open: `schema_fixture FOLDER` makes
//! `FOLDER/schema_1.db`. Run it once when a version is released; what is there stays as it was written.

use std::{env, path::PathBuf, process::ExitCode, sync::Arc};

use nexa_crm::{
    Envelope,
    sqlite::{SqliteStore, VERSION},
    testing::Office,
};
use pollster::block_on;
use serde_json::json;

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: schema_fixture FOLDER");
        return ExitCode::FAILURE;
    };
    let path = folder.join(format!("schema_{VERSION}.db"));
    if path.exists() {
        eprintln!("{} is there already, and stays as it is", path.display());
        return ExitCode::FAILURE;
    }
    // Small pages: most tables have a row or two.
    let begun = rusqlite::Connection::open(&path).and_then(|file| file.execute_batch("PRAGMA page_size = 512; VACUUM"));
    if let Err(problem) = begun {
        eprintln!("cannot write {}: {problem}", path.display());
        return ExitCode::FAILURE;
    }
    match SqliteStore::open(&path) {
        Ok(store) => fill(store),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// A record of each kind, and some that changed.
fn fill(store: SqliteStore) {
    let office = Office::found(Arc::new(store));
    let (lead, account) = (office.id("lead"), office.id("account"));
    office.run(
        "lead.update",
        json!({"lead": lead, "last_name": "O’Brien", "tags": ["fair"], "custom": {"color": "red"}, "phone": "+1 202 555 0123"}),
    );
    office.run(
        "lead.update",
        json!({"lead": lead, "company": "Globex", "external_keys": [{"system": "erp", "key": "4711"}]}),
    );
    office.run(
        "account.update",
        json!({"account": account, "annual_revenue": {"amount": "1200000.50", "currency": "EUR"}}),
    );
    office.run("task.trash", json!({"task": office.id("done")}));
    let once = Envelope::once("form-4711");
    let admin = office.session("admin");
    if let Err(error) = block_on(admin.execute("lead.create", json!({"email": "form@private.example"}), once)) {
        eprintln!("{error}");
    }
}
