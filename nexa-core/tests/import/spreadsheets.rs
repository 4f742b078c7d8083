//! Exports for people: harmless in a spreadsheet, chosen columns, readable; and themselves again when they are imported.

use nexa_core::{
    Create, Draft, Find,
    export::{Delimiter, ExportFormat, ExportOptions, export},
    import::ImportOptions,
    people::{Org, org::Configure},
    sales::{Account, Contact, Lead},
    testing::block_on,
};
use serde_json::json;

use super::importer::Importer;

/// Names as people have them, and as those write them who want a spreadsheet to run something.
const NAMES: [&str; 12] = [
    "=HYPERLINK(\"http://evil.example\")",
    "+44 20 7946 0018",
    "-cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "＝1+1",
    "'s-Hertogenbosch",
    "'=quoted",
    "''twice",
    "-5",
    "-0.25",
    "a;b,c\"d",
    "plain",
];

fn office() -> Importer {
    let office = Importer::new();
    for (number, name) in NAMES.iter().enumerate() {
        let lead =
            Create::<Lead>::new().set(Lead::LAST_NAME, *name).set(Lead::EMAIL, format!("l{number:02}@x.example"));
        block_on(office.session.run(lead)).unwrap();
    }
    office
}

fn text(office: &Importer, options: impl Into<ExportOptions>) -> String {
    let mut out = Vec::new();
    let find = Find::<Lead>::new().by(Lead::EMAIL);
    block_on(export(&office.session, find, options, &mut out, |_: &_| {})).unwrap();
    String::from_utf8(out).unwrap()
}

fn names(office: &Importer) -> Vec<String> {
    let mut leads = office.leads();
    leads.sort_by(|a, b| a.email.as_deref().cmp(&b.email.as_deref()));
    leads.into_iter().filter_map(|lead| lead.last_name.map(String::from)).collect()
}

#[test]
fn no_cell_of_a_spreadsheet_is_a_formula() {
    let text = text(&office(), ExportOptions::of(ExportFormat::Spreadsheet).columns(["last_name", "email"]));
    assert!(text.starts_with('\u{feff}'), "a spreadsheet knows by it that this is UTF-8");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let cells: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    for (cell, name) in cells.iter().zip(NAMES) {
        let number = name.parse::<f64>().is_ok();
        assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{cell}");
        assert_eq!(cell == name, number || !cell.starts_with('\'') || name == "'s-Hertogenbosch", "{cell}");
    }
}

#[test]
fn a_record_is_itself_again_whatever_it_is_called() {
    let from = office();
    for format in [ExportFormat::Csv, ExportFormat::Spreadsheet] {
        for delimiter in [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab] {
            let text = text(&from, ExportOptions::of(format).delimiter(delimiter));
            let other = Importer::new();
            let report = other.import(&text, ImportOptions::new());
            assert_eq!((report.created, report.refused), (12, 0), "{format:?} {delimiter:?}: {report:?}");
            assert_eq!(names(&other), NAMES, "{format:?} {delimiter:?}");
        }
    }
}

#[test]
fn a_file_that_lost_its_mark_is_restored_when_the_import_is_asked_to() {
    let text = text(&office(), ExportFormat::Spreadsheet);
    let other = Importer::new();
    let options = ImportOptions { spreadsheet: Some(true), ..ImportOptions::new() };
    other.import(text.trim_start_matches('\u{feff}'), options);
    assert_eq!(names(&other), NAMES);
    let third = Importer::new();
    third.import(text.trim_start_matches('\u{feff}'), ImportOptions::new());
    assert_eq!(names(&third)[0], format!("'{}", NAMES[0]), "without a word the file is taken as it is");
}

#[test]
fn the_form_for_machines_is_the_values_and_nothing_else() {
    let text = text(&office(), ExportOptions::default().columns(["last_name"]));
    let wanted = "last_name\n\"=HYPERLINK(\"\"http://evil.example\"\")\"\n+44 20 7946 0018\n";
    assert!(text.starts_with(wanted), "{text}");
}

#[test]
fn columns_are_chosen_named_and_readable() {
    let office = Importer::new();
    let zone = Draft::<Org>::from(json!({"time_zone": "Europe/Berlin"}).as_object().unwrap().clone());
    block_on(office.session.run(Configure(zone))).unwrap();
    let acme = block_on(office.session.run(Create::<Account>::new().set(Account::NAME, "=Acme"))).unwrap();
    let contact = Create::<Contact>::new().set(Contact::LAST_NAME, "Doe").set(Contact::ACCOUNT, &acme);
    let contact = block_on(office.session.run(contact)).unwrap();
    let written = |options: ExportOptions| {
        let mut out = Vec::new();
        let done = block_on(export(&office.session, Find::<Contact>::new(), options, &mut out, |_: &_| {}));
        done.map(|_| String::from_utf8(out).unwrap())
    };
    let people = || ExportOptions::of(ExportFormat::Spreadsheet);
    let chosen = people().columns(["last_name", "account.name", "account.account_number", "account.id"]).labels();
    let wanted =
        format!("\u{feff}Last name,Account name,Account account number,Account id\nDoe,'=Acme,A-000001,{}\n", acme.id);
    assert_eq!(written(chosen).unwrap(), wanted);
    let named = written(people().columns(["account", "last_name"]).names()).unwrap();
    assert_eq!(named, format!("\u{feff}account.id,account.name,last_name\n{},'=Acme,Doe\n", acme.id));
    let local = written(ExportOptions::default().columns(["created_at"]).local_times()).unwrap();
    let at = contact.created_at.to_string();
    assert!(local.trim_end().ends_with("+01:00") && !at.ends_with("+01:00"), "{local} is {at}");
    let error = written(ExportOptions::of(ExportFormat::JsonLines).labels()).unwrap_err();
    assert_eq!((error.code(), &error.params()["field"]), ("field.invalid", &json!("labels")));
    for unknown in ["colour", "account.colour", "account.name.more", "", "name.folded"] {
        let error = written(ExportOptions::default().columns([unknown])).unwrap_err();
        assert_eq!(error.code(), "field.unknown", "{unknown}");
    }
    assert_eq!(written(ExportOptions::default().columns(Vec::<String>::new())).unwrap_err().code(), "field.invalid");
}

#[test]
fn what_is_hidden_is_no_column_also_of_what_is_referred_to() {
    let office = office();
    let viewer = office.viewer();
    for column in ["email", "previous_lead.email"] {
        let options = ExportOptions::default().columns([column]);
        let refused = block_on(export(&viewer, Find::<Lead>::new(), options, Vec::new(), |_: &_| {})).unwrap_err();
        assert_eq!(refused.code(), "field.unknown", "{column}");
    }
}

#[test]
fn what_people_read_is_itself_again_as_well() {
    let from = office();
    let text = text(&from, ExportOptions::of(ExportFormat::Spreadsheet).labels().local_times().names());
    assert!(
        text.starts_with("\u{feff}Id,") && text.contains(",First name,") && text.contains(",Address city,"),
        "{text}"
    );
    let other = Importer::new();
    let report = other.import(&text, ImportOptions::new());
    assert_eq!((report.created, report.refused), (12, 0), "{report:?}");
    assert_eq!(names(&other), NAMES);
    assert_eq!(from.import(&text, ImportOptions::new()).skipped, 12);
}

#[test]
fn the_name_beside_a_reference_is_for_people_alone() {
    let office = Importer::new();
    let acme = block_on(office.session.run(Create::<Account>::new().set(Account::NAME, "Acme"))).unwrap();
    let contact = Create::<Contact>::new().set(Contact::EMAIL, "doe@x.example").set(Contact::ACCOUNT, &acme);
    let contact = block_on(office.session.run(contact)).unwrap();
    for options in [ExportOptions::of(ExportFormat::Spreadsheet).names(), ExportOptions::default().names()] {
        let mut out = Vec::new();
        let columns = options.clone().columns(["email", "account", "last_name"]);
        block_on(export(&office.session, Find::<Contact>::new(), columns, &mut out, |_: &_| {})).unwrap();
        let text = String::from_utf8(out).unwrap().replace("Acme", "Another").replace(",\n", ",Doe\n");
        let options = ImportOptions::new().policy(nexa_core::MatchPolicy::Update);
        let import = nexa_core::import::ImportCsv::<Contact>::new(text, options);
        let report = block_on(office.session.run(import)).unwrap();
        assert_eq!((report.created, report.refused), (0, 0), "{report:?}");
        let now = block_on(office.session.get(contact.id)).unwrap();
        assert_eq!((now.account, now.last_name.as_deref()), (Some(acme.id), Some("Doe")));
    }
}
