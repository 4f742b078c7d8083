//! Exports: all that an actor sees and no more, and an import takes it back.

use nexa_core::{
    Filter, Find, Op,
    export::{ExportFormat, Exported, export},
    import::ImportOptions,
    kernel::custom::CustomType,
    sales::Lead,
    testing::block_on,
};
use serde_json::{Map, Value as Json, json};

use super::importer::{Importer, many};

fn exported(session: &nexa_core::Session, find: Find<Lead>, format: ExportFormat) -> String {
    let mut out = Vec::new();
    let mut reported = Vec::new();
    let done = block_on(export(session, find, format, &mut out, |so_far: &Exported| reported.push(*so_far))).unwrap();
    assert_eq!(reported.last(), Some(&done));
    assert_eq!(done.bytes, out.len() as u64);
    String::from_utf8(out).unwrap()
}

fn seeded() -> Importer {
    let office = Importer::new();
    office.define("seats", CustomType::Number);
    let csv = "Id,Name,Email,Company,City,Label,Seats,Description\n\
               1,Ada Doe,ada@doe.example,\"Doe, Ltd\",Paris,\"a,b;c\",5,\"two\nlines \"\"here\"\"\"\n\
               2,Bob Roe,,=Roe,,x,,\n\
               3,Eve Secret,eve@poe.example,Poe,,,7,\n";
    let mapping = "Id=external:old,Label=tag,Seats=custom:seats";
    assert_eq!(office.import(csv, ImportOptions::new().map(mapping)).created, 3);
    office
}

/// What a caller can set of a lead.
fn contents(office: &Importer) -> Vec<Json> {
    let mut all: Vec<Json> = office
        .leads()
        .iter()
        .map(|lead| {
            let lead = serde_json::to_value(lead).unwrap();
            let names = [
                "first_name",
                "last_name",
                "email",
                "company",
                "address",
                "tags",
                "custom",
                "description",
                "external_keys",
            ];
            names.iter().map(|name| lead[name].clone()).collect()
        })
        .collect();
    all.sort_by_key(Json::to_string);
    all
}

#[test]
fn what_is_exported_can_be_imported() {
    let office = seeded();
    let csv = exported(&office.session, Find::new(), ExportFormat::Csv);
    let lines = exported(&office.session, Find::new(), ExportFormat::JsonLines);

    let other = Importer::seeded(6);
    other.define("seats", CustomType::Number);
    let report = other.import(&csv, ImportOptions::new());
    assert_eq!((report.created, report.refused), (3, 0), "{report:?}\n{csv}");
    assert_eq!(contents(&other), contents(&office));

    let third = Importer::seeded(7);
    third.define("seats", CustomType::Number);
    let rows: Vec<Map<String, Json>> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let report = third.rows(json!(rows), ImportOptions::new());
    assert_eq!((report.created, report.refused), (3, 0), "{report:?}\n{lines}");
    assert_eq!(contents(&third), contents(&office));
    // At home it is all there already.
    assert_eq!(office.import(&csv, ImportOptions::new()).skipped, 3);
}

#[test]
fn hidden_fields_and_records_are_absent() {
    let office = seeded();
    let viewer = office.viewer();
    let csv = exported(&viewer, Find::new(), ExportFormat::Csv);
    let header = csv.lines().next().unwrap();
    assert!(header.split(',').all(|name| name != "email") && header.contains("first_name"), "{header}");
    let lines = exported(&viewer, Find::new(), ExportFormat::JsonLines);
    assert_eq!(lines.lines().count(), 2);
    for text in [csv, lines] {
        assert!(!text.contains("@doe.example") && !text.contains("Secret") && text.contains("Ada"), "{text}");
    }
    let by_mail = Find::<Lead>::new().filter(Filter::compare("email", Op::Eq, "ada@doe.example"));
    let refused = block_on(export(&viewer, by_mail, ExportFormat::Csv, Vec::new(), |_: &_| {}));
    assert_eq!(refused.unwrap_err().code(), "field.unknown");
}

#[test]
fn pages_follow_each_other_in_the_order_of_the_find() {
    let office = Importer::new();
    office.import(&many(2_345), ImportOptions::new());
    let find = || Find::<Lead>::new().by_descending(Lead::EMAIL);
    let lines = exported(&office.session, find(), ExportFormat::JsonLines);
    let mails: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap()["email"].as_str().unwrap().to_owned())
        .collect();
    let mut sorted = mails.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert_eq!(mails, sorted);
    assert_eq!(mails.len(), 2_345);
    let some = exported(&office.session, find().limit(1_200), ExportFormat::Csv);
    assert_eq!(some.lines().count(), 1_201);
    let none =
        exported(&office.session, find().filter(Filter::compare("company", Op::Eq, "Nobody")), ExportFormat::Csv);
    assert_eq!(none.lines().count(), 1);
}

#[test]
fn a_target_that_fails_is_reported() {
    let office = seeded();
    let mut full = [0_u8; 10];
    let refused = block_on(export(&office.session, Find::<Lead>::new(), ExportFormat::Csv, &mut full[..], |_: &_| {}));
    assert_eq!(refused.unwrap_err().code(), "export.write_failed");
}
