//! What each crate may build on. The kernel names no record, and what stores them names no more than the kernel, so that a new
//! record compiles neither a backend nor a backend's tests anew.

mod modules;

use std::{collections::BTreeSet, process::Command};

use serde_json::Value as Json;

/// Each crate, with the others of this project that it is made of.
const MADE_OF: &[(&str, &[&str])] = &[
    ("nexa-derive", &[]),
    ("nexa-kernel", &["nexa-derive"]),
    ("nexa-core", &["nexa-derive", "nexa-kernel"]),
    ("nexa-connect", &["nexa-core"]),
    ("nexa-sql", &["nexa-kernel"]),
    ("nexa-store-sqlite", &["nexa-kernel", "nexa-sql"]),
    ("nexa-store-postgres", &["nexa-kernel", "nexa-sql"]),
    ("nexa-crm", &["nexa-core", "nexa-store-postgres", "nexa-store-sqlite"]),
];

/// The crates whose tests, too, need no record of the domain.
const WITHOUT_THE_DOMAIN: [&str; 5] =
    ["nexa-derive", "nexa-kernel", "nexa-sql", "nexa-store-sqlite", "nexa-store-postgres"];

/// The packages of the workspace, as cargo describes them.
pub(crate) fn packages() -> Vec<Json> {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO")).args(arguments).args(["--manifest-path", manifest]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// The crates of this project among the dependencies of a crate.
fn own<'p>(packages: &'p [Json], name: &str, wanted: impl Fn(&Json) -> bool) -> BTreeSet<&'p str> {
    let package = packages.iter().find(|package| package["name"] == name).unwrap();
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    let names = dependencies.filter(|dependency| wanted(&dependency["kind"])).map(|d| d["name"].as_str().unwrap());
    names.filter(|name| name.starts_with("nexa-")).collect()
}

#[test]
fn every_crate_builds_on_those_below_it_alone() {
    let packages = packages();
    for (name, made_of) in MADE_OF {
        let found = own(&packages, name, Json::is_null);
        assert_eq!(found, made_of.iter().copied().collect(), "{name}");
    }
}

#[test]
fn what_is_below_the_domain_is_tested_without_it() {
    let packages = packages();
    for name in WITHOUT_THE_DOMAIN {
        let found = own(&packages, name, |_| true);
        assert!(!found.contains("nexa-core") && !found.contains("nexa-crm"), "{name}: {found:?}");
    }
}

/// The packages that a selection of the workspace is made of, each with its features.
fn with_features(selection: &[&str]) -> BTreeSet<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--offline", "--manifest-path", manifest, "--prefix", "none", "--format", "{p} {f}"]);
    let output = tree.args(selection).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

#[test]
fn the_wheel_is_made_of_what_is_compiled_for_the_tests() {
    let tests = with_features(&["--workspace"]);
    let wheel = with_features(&["--package", "nexa-python", "--edges", "normal,build"]);
    assert!(wheel.iter().any(|package| package.starts_with("nexa-core ")), "{wheel:?}");
    let compiled_anew: Vec<&String> = wheel.difference(&tests).collect();
    assert!(compiled_anew.is_empty(), "other features than in the tests: {compiled_anew:?}");
}
