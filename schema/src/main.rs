//! Writes the files that are generated from the library, or compares them: `nexa-schema FOLDER [--check | --release]`.

mod catalog;
mod difference;
mod kinds;
mod migrations;
mod python;
mod text;
mod typescript;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use nexa_crm::{postgres::Namespace, sqlite::VERSION};

use catalog::Catalog;
use migrations::Migrations;

/// A generated file: its name, and what belongs into it.
struct Document {
    name: String,
    text: String,
}

/// Where the Python package has what is generated, from the folder of the schema.
const PYTHON: &str = "../bindings/python/python/nexa_crm/_generated";

/// Where the npm package has what is generated, from the folder of the schema.
const TYPESCRIPT: &str = "../bindings/wasm/typescript/generated";

/// Where the catalog is.
const CATALOG: &str = "catalog";

/// All generated files, of which those of released migrations are not: they stay as they are.
fn documents(migrations: &mut Migrations) -> nexa_crm::Result<Vec<Document>> {
    let read = Catalog::read(&nexa_crm::catalog_json()?)?;
    let python = python::files(&read);
    let typescript = typescript::files(&read);
    // This program was built with the version that the library had.
    let said = |version: i64| format!("schema_version (version) VALUES ({version})");
    let current = |script: String| script.replace(&said(VERSION), &said(migrations.version));
    let mut documents = vec![
        // The tables as SQLite has them.
        Document { name: "sqlite.sql".to_owned(), text: current(nexa_crm::sqlite_schema()?) },
        // The same as PostgreSQL has them, in the usual schema.
        Document {
            name: "postgres.sql".to_owned(),
            text: current(nexa_crm::postgres_schema(Namespace::default(), None)?),
        },
    ];
    documents.append(&mut migrations.documents);
    // Every operation with its JSON Schema, errors and docs.
    documents.extend(
        kinds::files(&read).into_iter().map(|(name, text)| Document { name: format!("{CATALOG}/{name}"), text }),
    );
    documents.extend(python.into_iter().map(|(name, text)| Document { name: format!("{PYTHON}/{name}"), text }));
    documents
        .extend(typescript.into_iter().map(|(name, text)| Document { name: format!("{TYPESCRIPT}/{name}"), text }));
    Ok(documents)
}

/// What is to be written, with the migrations that it came from.
fn generated(folder: &Path) -> Result<(Migrations, Vec<Document>), String> {
    let crm = nexa_crm::blocking::open("memory:").map_err(|error| error.to_string())?;
    let mut migrations = Migrations::read(folder, crm.asynchronous().kinds().all())?;
    let documents = documents(&mut migrations).map_err(|error| error.to_string())?;
    Ok((migrations, documents))
}

/// Files under a folder where all is generated that are none of the documents.
fn left_over(under: &Path, folder: &Path, documents: &[Document]) -> Vec<PathBuf> {
    // A folder that is not there has none.
    let entries = fs::read_dir(under).into_iter().flatten().flatten();
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(left_over(&path, folder, documents));
        } else if !documents.iter().any(|document| folder.join(&document.name) == path) {
            found.push(path);
        }
    }
    found
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, check, release) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [folder] => (PathBuf::from(folder), false, false),
        [folder, "--check"] => (PathBuf::from(folder), true, false),
        [folder, "--release"] => (PathBuf::from(folder), false, true),
        _ => {
            eprintln!("usage: nexa-schema FOLDER [--check | --release]");
            return ExitCode::FAILURE;
        }
    };
    let (migrations, documents) = match generated(&folder) {
        Ok(generated) => generated,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut current = true;
    let mut outdated = left_over(&folder.join(TYPESCRIPT), &folder, &documents);
    outdated.extend(left_over(&folder.join(PYTHON), &folder, &documents));
    outdated.extend(left_over(&folder.join(CATALOG), &folder, &documents));
    outdated.extend(
        left_over(&folder.join(migrations::FOLDER), &folder, &documents).into_iter().filter(|path| {
            !path.strip_prefix(&folder).is_ok_and(|name| migrations.is_released(&name.to_string_lossy()))
        }),
    );
    for path in outdated {
        if check {
            println!("{} is not generated any more", path.display());
            current = false;
        } else if let Err(error) = fs::remove_file(&path) {
            eprintln!("cannot remove {}: {error}", path.display());
            return ExitCode::FAILURE;
        } else {
            println!("removed {}", path.display());
        }
    }
    for Document { name, text } in documents {
        let path = folder.join(name);
        // A file that is not there differs in every line.
        let found = fs::read_to_string(&path).unwrap_or_default();
        if found == text && path.exists() {
            continue;
        }
        if check {
            println!("{} is not what the library gives:", path.display());
            print!("{}", difference::summary(&found, &text));
            current = false;
        } else if let Err(error) = write(&path, &text) {
            eprintln!("cannot write {}: {error}", path.display());
            return ExitCode::FAILURE;
        } else {
            println!("wrote {}", path.display());
        }
    }
    if release && let Err(problem) = migrations.release(&folder) {
        eprintln!("{problem}");
        return ExitCode::FAILURE;
    }
    if current {
        return ExitCode::SUCCESS;
    }
    println!("Run `cargo xtask gen`, read what changed, and commit it.");
    ExitCode::FAILURE
}
