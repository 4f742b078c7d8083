//! The file is the rendering, and its numbers are those of the story.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::PathBuf,
};

use nexa_core::import::{
    header::{Headers, understand},
    source::{Options, Reader},
};

use super::*;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/quickstart/data/registrants.csv")
}

/// The rows of the committed file, by the names of its columns.
fn rows() -> Vec<HashMap<String, String>> {
    let mut reader = Reader::open(fs::File::open(path()).unwrap(), Options::default()).unwrap();
    let columns = reader.columns().to_vec();
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        let fields = row.unwrap();
        rows.push(columns.iter().cloned().zip(fields.fields().map(str::to_owned)).collect());
    }
    rows
}

/// The points of a row by the words of the rule, from the file alone.
fn points(row: &HashMap<String, String>) -> u32 {
    let yes = |column: &str| u32::from(row[column] == "Yes");
    let title = row["Job Title"].to_lowercase();
    let senior = ["director", "chief", "vp", "head of", "cto", "cio"].iter().any(|word| title.contains(word));
    let sum = 15
        + 10 * u32::from(row["Company Size"] == "enterprise")
        + 15 * u32::from(senior)
        + 10 * yes("Registered Early")
        + 5 * yes("Opened Mail")
        + 10 * yes("Attended")
        + 10 * u32::from(row["Questions Asked"].parse::<u32>().unwrap() >= 2)
        + 10 * yes("Downloaded Brochure")
        + 30 * yes("Demo Requested");
    sum.min(100)
}

#[test]
fn the_file_is_the_rendering() {
    let rendered = render();
    if std::env::var_os("NEXA_WRITE").is_some() {
        fs::write(path(), &rendered).unwrap();
    }
    let kept = fs::read_to_string(path()).unwrap().replace("\r\n", "\n");
    assert!(kept == rendered, "write it anew: NEXA_WRITE=1 cargo test -p nexa-tests the_file_is");
}

#[test]
fn fifty_score_high_two_hundred_medium_and_the_rest_low() {
    let points: Vec<u32> = rows().iter().map(points).collect();
    let within = |range: std::ops::Range<u32>| points.iter().filter(|points| range.contains(points)).count();
    assert_eq!([within(75..101), within(50..75), within(0..50)], [50, 200, 250]);
    // Every boundary has somebody on either side of it.
    for boundary in [45, 50, 70, 75, 85] {
        assert!(points.contains(&boundary), "nobody has {boundary} points");
    }
}

#[test]
fn a_referral_moves_nobody_to_another_band() {
    assert!(rows().iter().filter(|row| row["Referred By Customer"] == "Yes").all(|row| points(row) >= 75));
}

#[test]
fn nobody_registered_twice() {
    let rows = rows();
    assert_eq!(rows.len(), COUNT);
    let distinct = |columns: &[&str]| {
        rows.iter()
            .map(|row| columns.iter().map(|column| row[*column].to_lowercase()).collect::<Vec<_>>())
            .collect::<BTreeSet<_>>()
            .len()
    };
    assert_eq!(distinct(&["First Name", "Last Name"]), COUNT);
    assert_eq!(distinct(&["Email"]), COUNT);
    assert_eq!(distinct(&["Phone"]), COUNT);
    assert!(distinct(&["First Name"]) >= 120);
    assert!(distinct(&["Last Name"]) >= 200);
    assert_eq!(distinct(&["Company"]), 300);
    assert_eq!(distinct(&["Company", "Industry", "Company Size", "Country"]), 300);
    assert_eq!(distinct(&["Company Size"]), 4);
}

#[test]
fn the_rows_are_plausible() {
    for row in rows() {
        assert!(row.values().all(|value| !value.is_empty() && value.trim() == value), "{row:?}");
        let (mailbox, domain) = row["Email"].split_once('@').unwrap();
        let letters = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count();
        let (first, last) = mailbox.split_once('.').unwrap();
        assert!([first, last].concat().bytes().all(|byte| byte.is_ascii_lowercase()), "{mailbox}");
        assert_eq!([first.len(), last.len()], [letters(&row["First Name"]), letters(&row["Last Name"])], "{mailbox}");
        assert!(domain.ends_with(".example"));
        assert!(row["Questions Asked"] == "0" || row["Attended"] == "Yes");
    }
}

#[test]
fn the_header_needs_no_mapping() {
    let headers: Vec<String> = HEADER.split(',').map(str::to_owned).collect();
    let fields = [
        "first_name",
        "last_name",
        "email",
        "phone",
        "company",
        "title",
        "industry",
        "company_size",
        "address.country",
    ];
    let asked = Headers { kind: "lead", names: &headers, fields: &fields, settled: &[], form: None, filled: &[] };
    let guessed: Vec<String> = understand(&asked).targets.into_iter().map_while(|target| target).collect();
    assert_eq!(guessed, fields);
}
