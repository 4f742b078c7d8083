//! From one release to the next.

mod kinds;

use std::sync::Arc;

use nexa_crm::{Entity, sqlite::rusqlite};
use pollster::block_on;

use self::kinds::{demanding, first, forgetful, loosened, renamed, retyped, second, third};
use super::*;

/// A folder with the releases of kinds.
struct Releases(tempfile::TempDir);

impl Releases {
    fn read<R: Entity>(&self) -> Result<Migrations, String> {
        let crm = nexa_crm::builder()
            .entity::<R>()
            .store(Arc::new(nexa_crm::kernel::memory::MemoryStore::new()))
            .build()
            .unwrap();
        Migrations::read(self.0.path(), crm.kinds().all())
    }
    fn write<R: Entity>(&self) -> Migrations {
        let migrations = self.read::<R>().unwrap();
        for Document { name, text } in migrations.documents.iter().filter(|document| document.name.starts_with(FOLDER))
        {
            let path = self.0.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        migrations
    }
    fn released<R: Entity>() -> Self {
        let releases = Self(tempfile::tempdir().unwrap());
        releases.write::<R>().release(releases.0.path()).unwrap();
        releases
    }
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(FOLDER).join(name)).unwrap()
    }
}

fn names(migrations: &Migrations) -> Vec<&str> {
    migrations.documents.iter().map(|document| document.name.as_str()).collect()
}

#[test]
fn what_did_not_change_is_no_version() {
    let releases = Releases::released::<first::Trip>();
    let migrations = releases.read::<first::Trip>().unwrap();
    assert_eq!((migrations.version, names(&migrations)), (1, vec![VERSION]));
    assert!(migrations.documents[0].text.contains("VERSION: i64 = 1;"));
    for name in ["released", "sqlite/0001.sql", "sqlite/0001.json", "postgres/0001.sql", "postgres/0001.json"] {
        assert!(migrations.is_released(&format!("{FOLDER}/{name}")), "{name}");
    }
    assert!(!migrations.is_released("migrations/sqlite/0002.sql"));
}

#[test]
fn what_grew_is_the_draft_of_the_next_version_until_that_is_released() {
    let releases = Releases::released::<first::Trip>();
    let migrations = releases.write::<second::Trip>();
    let drafted = ["sqlite/0002.sql", "sqlite/0002.json", "postgres/0002.sql", "postgres/0002.json"];
    let wanted: Vec<String> = drafted.iter().map(|name| format!("{FOLDER}/{name}")).collect();
    assert_eq!(
        (migrations.version, &names(&migrations)[1..]),
        (2, &wanted.iter().map(String::as_str).collect::<Vec<_>>()[..])
    );
    assert!(migrations.documents[0].text.contains("VERSION: i64 = 2;"));
    let postgres = releases.text("postgres/0002.sql");
    for line in [
        "SET LOCAL citus.multi_shard_modify_mode TO 'sequential';",
        "ALTER TABLE nexa.trips ADD COLUMN \"note\" text COLLATE \"C\";",
        "ALTER TABLE nexa.trips ADD COLUMN \"seats\" bigint NOT NULL DEFAULT 1;",
        "INSERT INTO nexa.schema_version (version) VALUES (2) ON CONFLICT DO NOTHING;",
    ] {
        assert!(postgres.lines().any(|found| found == line), "{line}\n{postgres}");
    }
    // The draft follows what is asked for.
    let further = releases.write::<third::Trip>();
    assert_eq!(further.version, 2);
    assert!(releases.text("sqlite/0002.sql").contains("ADD COLUMN \"lead\" TEXT"));
    assert_eq!(releases.write::<first::Trip>().version, 1, "and is gone when nothing is");
    // Once released it stays, and the next is the third.
    releases.write::<second::Trip>().release(releases.0.path()).unwrap();
    assert_eq!(releases.read::<second::Trip>().unwrap().version, 2);
    let migrations = releases.write::<third::Trip>();
    assert_eq!(migrations.version, 3);
    let third = releases.text("sqlite/0003.sql");
    assert!(third.contains("\"lead\"") && !third.contains("\"seats\""), "{third}");
}

#[test]
fn the_files_make_what_the_kinds_need() {
    let releases = Releases::released::<first::Trip>();
    releases.write::<second::Trip>();
    let path = releases.0.path().join("crm.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    for name in ["sqlite/0001.sql", "sqlite/0002.sql"] {
        file.execute_batch(&format!("BEGIN; {} COMMIT", releases.text(name))).unwrap();
    }
    assert_eq!(
        file.query_row("SELECT max(version) FROM nexa_schema_version", [], |row| row.get::<_, i64>(0)).unwrap(),
        2
    );
    // A library of that version would find nothing to do.
    file.execute("UPDATE nexa_schema_version SET version = ?1 WHERE version = 2", [sqlite::VERSION + 100]).unwrap();
    file.execute("DELETE FROM nexa_schema_version WHERE version > ?1", [sqlite::VERSION]).unwrap();
    file.execute("INSERT OR IGNORE INTO nexa_schema_version VALUES (?1)", [sqlite::VERSION]).unwrap();
    drop(file);
    let crm = nexa_crm::builder()
        .entity::<second::Trip>()
        .store(Arc::new(sqlite::SqliteStore::open(&path).unwrap()))
        .build()
        .unwrap();
    assert_eq!(block_on(crm.check()).unwrap(), []);
}

#[test]
fn what_no_migration_can_do_is_refused_by_table_and_column() {
    let releases = Releases::released::<first::Trip>();
    for (refused, table, column, problem) in [
        (releases.read::<forgetful::Trip>(), "trips", "title", "cannot be dropped or renamed"),
        (releases.read::<renamed::Trip>(), "trips", "", "cannot be dropped or renamed"),
        (releases.read::<retyped::Trip>(), "trips", "title", "has the type"),
        (releases.read::<demanding::Trip>(), "trips", "seats", "give the field a `backfill`"),
        (releases.read::<loosened::Trip>(), "trips", "title", "may not be empty"),
    ] {
        let refused = refused.err().unwrap_or_else(|| panic!("{table}.{column} {problem} was drafted"));
        for database in ["sqlite: ", "postgres: "] {
            let line = refused.lines().find(|line| line.starts_with(database) && line.contains(problem));
            let line = line.unwrap_or_else(|| panic!("{problem}: {refused}"));
            assert!(line.contains(table) && line.contains(column), "{line}");
        }
    }
}

#[test]
fn a_released_file_does_not_change() {
    for name in ["sqlite/0001.sql", "postgres/0001.json"] {
        let releases = Releases::released::<first::Trip>();
        let path = releases.0.path().join(FOLDER).join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + "\n").unwrap();
        let refused = releases.read::<first::Trip>().err().unwrap();
        assert!(refused.contains(name) && refused.contains("put it back"), "{refused}");
    }
}
