//! Every form is recognised by its sample, and the sample is read as it should be.

use std::collections::HashSet;

use super::{FORMS, Form};
use crate::{
    import::{
        mapping::Mapping,
        source::{Options, Reader},
    },
    kernel::record::{ColumnType, Record, RecordDef},
    marketing::Campaign,
    productivity::Task,
    sales::{Account, Contact, Deal, Lead},
    service::Ticket,
};

fn definition(kind: &str) -> &'static RecordDef {
    match kind {
        "lead" => Lead::def(),
        "contact" => Contact::def(),
        "account" => Account::def(),
        "deal" => Deal::def(),
        "ticket" => Ticket::def(),
        "task" => Task::def(),
        "campaign" => Campaign::def(),
        other => panic!("{other}"),
    }
}

/// The fields that a header may mean, references included.
fn fields(def: &'static RecordDef) -> Vec<&'static str> {
    let plain = |kind: ColumnType| !matches!(kind, ColumnType::Uuid | ColumnType::Map | ColumnType::Json);
    let editable = def.fields.iter().filter(|field| field.editable);
    editable
        .flat_map(|field| def.columns.iter().skip(field.first).take(field.count))
        .filter(|column| plain(column.kind) && !column.path.starts_with("other_"))
        .map(|column| column.path.as_str())
        .collect()
}

/// Samples, each with the form and the kind, its table, and what its row is read as.
fn samples() -> Vec<(&'static str, &'static str, String, &'static str)> {
    let whole = include_str!("samples.txt").strip_prefix("# ").unwrap();
    let parse = |sample: &'static str| {
        let (first, rest) = sample.split_once('\n').unwrap();
        let (form, kind) = first.split_once(' ').unwrap();
        let (table, read) = rest.split_once("\n> ").unwrap();
        (form, kind, format!("{table}\n"), read.trim_end())
    };
    whole.split("\n# ").map(parse).collect()
}

fn read(kind: &str, csv: &str) -> (Option<&'static Form>, Vec<String>) {
    let mut reader = Reader::open(csv.as_bytes(), Options::default()).unwrap();
    let columns = reader.columns().to_vec();
    let mut mapping = Mapping::open(columns.len());
    let filled = reader.sample().filled(columns.len());
    let understood = mapping.complete(kind, &columns, &fields(definition(kind)), None, &filled);
    let row = reader.next_row().unwrap().unwrap().unwrap();
    let targets = mapping.targets().iter().enumerate();
    let cells = targets.filter_map(|(column, target)| Some(format!("{}={}", target.as_ref()?, row.get(column))));
    (understood.form, cells.collect())
}

#[test]
fn every_sample_is_read_as_it_should_be() {
    let mut wrong = Vec::new();
    for (form, kind, csv, expected) in samples() {
        let (found, mut cells) = read(kind, &csv);
        let found = found.map_or("none", |form| form.name);
        let mut expected: Vec<&str> = expected.split(" | ").collect();
        expected.sort_unstable();
        cells.sort_unstable();
        if found != form || cells != expected {
            wrong.push(format!("{form} as {kind} is {found}: {cells:#?}, not {expected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_form_has_a_sample_and_marks_of_its_own() {
    let sampled: HashSet<&str> = samples().iter().map(|(form, ..)| *form).collect();
    let mut marks = HashSet::new();
    for form in FORMS.iter() {
        assert!(sampled.contains(form.name), "{} has no sample", form.name);
        assert!(!form.kinds.is_empty() && form.marks.iter().all(|marks| !marks.is_empty()), "{}", form.name);
        for mark in form.marks {
            assert!(marks.insert(*mark), "{}: {mark:?} identifies two forms", form.name);
        }
    }
}

/// A list of the same words that no system wrote is no form, and its columns are read all the same.
#[test]
fn plain_lists_have_no_form() {
    for csv in [
        "First Name,Last Name,Email,Company,Title\nA,B,a@x.example,F,CEO\n",
        "Id,First Name,Last Name,Company,Email\n1,A,B,F,a@x.example\n",
        "Name,Email,Phone,Company\nA B,a@x.example,555,F\n",
        "firstname,lastname,email\nA,B,a@x.example\n",
        "id,name,email,phone\n1,A B,a@x.example,555\n",
    ] {
        assert_eq!(read("lead", csv).0.map(|form| form.name), None, "{csv}");
    }
}
