//! Which test programs there are. Each links the whole library, so they are few; and a file of tests that no program names would
//! never run.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value as Json;

use crate::layers::packages;

/// The test programs beside `main`, each with the reason why it is a process of its own.
const OWN_PROCESSES: &[(&str, &str)] = &[
    ("forked", "it forks its process"),
    ("working_directory", "it changes the directory of its process"),
    ("rendered", "the only one of its crate"),
];

/// The targets of a package of which `is` holds.
fn targets<'p>(package: &'p Json, is: impl Fn(&Json) -> bool + 'p) -> impl Iterator<Item = &'p Json> {
    package["targets"].as_array().unwrap().iter().filter(move |target| is(target))
}

fn is_test_program(target: &Json) -> bool {
    target["kind"][0] == "test"
}

/// Every Rust file in a folder and below it, but for other packages.
fn sources(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.insert(path);
        }
    }
}

/// A file and the modules that it names, and those that they name.
fn modules(file: &Path, folder: &Path, found: &mut BTreeSet<PathBuf>) {
    found.insert(file.to_owned());
    for line in fs::read_to_string(file).unwrap().lines() {
        let declared = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ");
        let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) else { continue };
        let inner = folder.join(name);
        let beside = folder.join(format!("{name}.rs"));
        let module = if beside.exists() { beside } else { inner.join("mod.rs") };
        modules(&module, &inner, found);
    }
}

#[test]
fn every_file_of_tests_belongs_to_a_program() {
    let mut read = 0;
    for package in packages() {
        let mut reached = BTreeSet::new();
        for program in targets(&package, is_test_program) {
            let file = Path::new(program["src_path"].as_str().unwrap());
            modules(file, file.parent().unwrap(), &mut reached);
        }
        let mut there = BTreeSet::new();
        sources(&Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("tests"), &mut there);
        // Packages inside the folder have targets of their own.
        there.retain(|file| {
            package["name"] != "nexa-tests" || !file.components().any(|part| part.as_os_str() == "cluster")
        });
        let forgotten: Vec<_> = there.difference(&reached).collect();
        assert!(forgotten.is_empty(), "no `mod` line names these, so their tests never run: {forgotten:?}");
        read += there.len();
    }
    assert!(read > 100, "only {read} files of tests were found");
}

#[test]
fn a_crate_has_one_test_program() {
    let mut unused: BTreeSet<&str> = OWN_PROCESSES.iter().map(|(name, _)| *name).collect();
    for package in packages() {
        for program in targets(&package, is_test_program) {
            let name = program["name"].as_str().unwrap();
            let known = unused.remove(name);
            assert!(known || name == "main", "{}: make {name} a module of tests/main.rs", package["name"]);
        }
    }
    assert!(unused.is_empty(), "these are no longer there: {unused:?}");
}

#[test]
fn what_is_built_without_tests_has_none() {
    let mut read = 0;
    for package in packages() {
        // A library and its program may share a folder; what the library runs is run.
        let roots = |tested: bool| {
            let code = targets(&package, move |target| target["test"] == tested && !is_test_program(target));
            let mut files = BTreeSet::new();
            for target in code {
                let file = Path::new(target["src_path"].as_str().unwrap());
                if target["kind"][0] != "custom-build" {
                    sources(file.parent().unwrap(), &mut files);
                }
            }
            files
        };
        for file in roots(false).difference(&roots(true)) {
            read += 1;
            let text = fs::read_to_string(file).unwrap();
            let has = ["#[test]", "#[tokio::test]", "proptest! {"].into_iter().find(|mark| text.contains(mark));
            assert_eq!(has, None, "{}: its crate says `test = false`", file.display());
        }
    }
    assert!(read > 30, "only {read} files are of targets without tests");
}
