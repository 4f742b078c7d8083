//! What every code of the library keeps to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use crate::desk::*;
use nexa_core::{
    Apply, Code, CollectionCommand, Context, Envelope, Moment, Ref, Request, Result, command,
    kernel::memory::MemoryStore,
    sales::Lead,
    testing::{Office, block_on},
};
use serde_json::json;

/// The string literal that starts here, after white space.
fn literal(text: &str) -> Option<(&str, &str)> {
    let rest = text.trim_start().strip_prefix('"')?;
    let end = rest.char_indices().find(|(at, c)| *c == '"' && !rest[..*at].ends_with('\\'))?.0;
    Some((&rest[..end], &rest[end + 1..]))
}

/// Every code that is declared in a folder of sources, with its sentence.
fn declared(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            declared(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code_lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let text = code_lines.collect::<Vec<_>>().join("\n");
            for sort in ["invalid", "not_found", "forbidden", "rule", "conflict", "unavailable"] {
                for rest in text.split(&format!("Code::{sort}(")).skip(1) {
                    let Some((code, rest)) = literal(rest) else { continue };
                    let (sentence, _) = literal(rest.trim_start().trim_start_matches(',')).unwrap();
                    found.push((code.to_owned(), sentence.to_owned()));
                }
            }
        }
    }
}

fn snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// The names in braces; a brace before a quote is JSON.
fn parameters(sentence: &str) -> Vec<&str> {
    let opened = sentence.split('{').skip(1);
    opened.filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| !name.contains('"')).collect()
}

fn is_sound(code: &str, sentence: &str) {
    let parts: Vec<&str> = code.split('.').collect();
    assert!(parts.len() == 2 && parts.iter().all(|part| snake_case(part)), "{code} is area.reason");
    assert!(sentence.ends_with('.') && sentence.len() > 15, "{code}: {sentence}");
    assert!(parameters(sentence).into_iter().all(snake_case), "{code}: {sentence}");
}

#[test]
fn every_declared_code_is_sound_and_declared_once() {
    let mut found = Vec::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    declared(&here.join("src"), &mut found);
    declared(&here.join("../nexa-store-sqlite/src"), &mut found);
    assert!(found.len() > 100, "the sources are read: {}", found.len());
    let mut seen = BTreeSet::new();
    for (code, sentence) in &found {
        is_sound(code, sentence);
        // A file with decimal commas gets the sentence that fits.
        assert!(seen.insert(code) || code == "import.number_invalid", "{code} is declared twice");
    }
}

#[test]
fn the_catalog_has_one_sentence_for_each_code() {
    let desk = desk();
    let mut sentences: BTreeMap<&str, Code> = BTreeMap::new();
    let kernel = nexa_core::kernel::error::codes::ALL;
    let operations: Vec<_> = desk.crm.catalog().operations().collect();
    for code in operations.iter().flat_map(|operation| &operation.errors).chain(kernel) {
        is_sound(code.code, code.message);
        let known = sentences.entry(code.code).or_insert(*code);
        assert_eq!(*known, *code);
    }
    // What a unique refuses is documented by every operation that can meet it.
    for def in desk.crm.kinds().all() {
        for name in ["create", "update", "upsert", "restore"] {
            let Ok(operation) = desk.crm.catalog().operation(&format!("{}.{name}", def.kind)) else { continue };
            let documented = |code: &str| operation.errors.iter().any(|known| known.code == code);
            let given = |field| def.field(field).is_some_and(|field| field.editable);
            let mut met = def.uniques.iter().filter(|unique| given(unique.field));
            assert!(met.all(|unique| documented(unique.code)), "{}", operation.name);
        }
    }
}

/// A refusal that no operation declares.
const ODD: Code = Code::rule("lead.odd", "Nobody is odd; say what you mean.");

/// Does what it does not declare.
#[command("puzzle", on = Lead)]
struct Puzzle {
    lead: Ref<Lead>,
}

impl Apply for Puzzle {
    fn apply(&self, _: &mut Lead, _: &Moment<'_>) -> Result<()> {
        Err(ODD.error())
    }
}

/// Refuses its arguments with what it does not declare.
#[command("riddle", collection = Lead, check = Self::check)]
struct Riddle {}

impl Riddle {
    fn check(&self) -> Result<()> {
        Err(ODD.error())
    }
}

impl CollectionCommand for Riddle {
    type Output = ();
    async fn run(&self, _: &mut Context<'_>) -> Result<()> {
        Ok(())
    }
}

fn puzzled() -> Office {
    let builder = nexa_core::builder().command::<Puzzle>().command::<Riddle>();
    Office::found_with(Arc::new(MemoryStore::new()), builder)
}

#[test]
#[should_panic(expected = "lead.puzzle does not declare lead.odd")]
fn a_refusal_that_a_named_operation_does_not_declare_fails_a_test() {
    let office = puzzled();
    let _ = office.run_as("admin", "lead.puzzle", json!({"lead": office.id("lead")}));
}

#[test]
#[should_panic(expected = "lead.puzzle does not declare lead.odd")]
fn a_refusal_that_a_typed_command_does_not_declare_fails_a_test() {
    let office = puzzled();
    let _ = block_on(office.session("admin").run(Puzzle { lead: office.id_of("lead").into() }));
}

#[test]
#[should_panic(expected = "lead.puzzle does not declare lead.odd")]
fn a_refusal_that_an_operation_of_a_batch_does_not_declare_fails_a_test() {
    let office = puzzled();
    let lead = json!({"lead": office.id("lead")});
    let requests = ["lead.get", "lead.puzzle"].map(|run| Request { run: run.to_owned(), with: lead.clone() });
    let _ = block_on(office.session("admin").batch(requests.to_vec(), Envelope::default()));
}

#[test]
#[should_panic(expected = "lead.riddle does not declare lead.odd")]
fn a_refusal_of_arguments_that_a_typed_command_does_not_declare_fails_a_test() {
    let _ = block_on(puzzled().session("admin").run(Riddle {}));
}

#[test]
#[should_panic(expected = "lead.riddle does not declare lead.odd")]
fn a_refusal_of_arguments_that_a_named_operation_does_not_declare_fails_a_test() {
    let _ = puzzled().run_as("admin", "lead.riddle", json!({}));
}
