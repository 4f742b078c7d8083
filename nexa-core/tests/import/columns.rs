//! Which column goes where, and what every row gets.

use nexa_core::{
    Envelope, Id,
    import::{CALL_ROWS, ImportOptions},
    kernel::custom::CustomType,
    sales::Lead,
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::importer::{Importer, many};

fn shown(lead: &Lead) -> Json {
    let lead = serde_json::to_value(lead).unwrap();
    json!([lead["first_name"], lead["last_name"], lead["company"], lead["source"], lead["tags"]])
}

#[test]
fn headers_are_guessed_and_the_report_says_how() {
    let office = Importer::new();
    let csv = "\u{feff}Full Name;E-Mail Address;Company Name;Shoe Size\r\n\"de la Cruz, María\";maria@cruz.example;Cruz;38\r\n";
    let report = office.import(csv, ImportOptions::new());
    let columns: Vec<(&str, Option<&str>)> =
        report.columns.iter().map(|column| (&*column.column, column.target.as_deref())).collect();
    assert_eq!(
        columns,
        [
            ("Full Name", Some("full_name")),
            ("E-Mail Address", Some("email")),
            ("Company Name", Some("company")),
            ("Shoe Size", None),
        ]
    );
    assert_eq!(shown(&office.lead("maria@cruz.example")), json!(["María", "de la Cruz", "Cruz", null, []]));
}

#[test]
fn every_row_gets_what_is_set() {
    let office = Importer::new();
    let options = ImportOptions::new().set("source", "Webinar Q4").set("tags", json!(["webinar"])).map("Label=tag");
    let report = office.import("Email,Lead Source,Label\nada@doe.example,Web,vip\n", options.clone());
    assert_eq!(report.created, 1, "{report:?}");
    assert_eq!(report.columns[1].target, None);
    assert_eq!(shown(&office.lead("ada@doe.example")), json!([null, null, null, "Webinar Q4", ["vip", "webinar"]]));

    let both = options.clone().map("Lead Source=source");
    assert_eq!(office.try_import(b"Email,Lead Source\n", both).unwrap_err().code(), "import.set_conflict");
    let wrong = ImportOptions::new().set("sauce", "x");
    assert_eq!(office.try_import(b"Email\na@doe.example\n", wrong).unwrap_err().code(), "field.unknown");
    let nowhere = ImportOptions::new().set("campaign", Id::<Lead>::new(uuid::Uuid::from_u128(9)).to_string());
    assert_eq!(office.try_import(b"Email\na@doe.example\n", nowhere).unwrap_err().code(), "reference.broken");
    assert_eq!(office.leads().len(), 1);
}

#[test]
fn custom_fields_are_defined_first_and_typed() {
    let office = Importer::new();
    let csv = "Email,Seats,Trial\na@doe.example,\"1,250\",yes\nb@doe.example,many,no\nc@doe.example,,\n";
    let options = ImportOptions::new().map("Seats=custom:seats,Trial=custom:trial");
    let undefined = office.import(csv, options.clone());
    assert_eq!((undefined.created, undefined.refused), (1, 2));
    assert_eq!(undefined.problems[0].code, "custom.undefined");
    assert_eq!(undefined.problems[0].column.as_deref(), Some("Seats"));
    office.define("seats", CustomType::Number);
    office.define("trial", CustomType::Bool);
    let report = office.import(csv, options);
    assert_eq!((report.created, report.skipped, report.refused), (1, 1, 1), "{report:?}");
    assert_eq!(report.problems[0].code, "import.number_invalid");
    assert_eq!(report.problems[0].value, "many");
    let custom = serde_json::to_value(&office.lead("a@doe.example").custom).unwrap();
    assert_eq!(custom, json!({"seats": 1250, "trial": true}));
}

#[test]
fn wrong_mappings_are_refused_as_a_whole() {
    let office = Importer::new();
    for (csv, mapping, code) in [
        ("Email\n", "Mail=email", "import.column_unknown"),
        ("Email\n", "Email=e_mail", "import.field_unknown"),
        ("Email\n", "Email=score", "import.field_unknown"),
        ("Email,Mail\n", "Email=email,Mail=email", "import.field_repeated"),
        ("Email\n", "Email", "import.mapping_malformed"),
        ("Email,X\n", "X=company:old", "import.not_a_reference"),
        ("Shoe,Hat\n1,2\n", "", "import.nothing_mapped"),
        ("", "", "import.file_empty"),
    ] {
        let error = office.try_import(csv.as_bytes(), ImportOptions::new().map(mapping)).unwrap_err();
        assert_eq!(error.code(), code, "{mapping}");
    }
    let error = office.try_import(b"Email\n", ImportOptions::new().chunk(0)).unwrap_err();
    assert_eq!(error.code(), "import.chunk_size");
}

#[test]
fn rows_are_objects_with_their_own_columns() {
    let office = Importer::new();
    let report = office.rows(
        json!([
            {"first_name": "Ada", "E-Mail": "ada@doe.example", "tags": ["b", "a"], "id": "ignored"},
            {"email": "bob@roe.example", "address": {"city": "Rome"}, "external:old": 7, "company": null},
            {"email": "cleo@roe.example", "external_keys": [{"system": "old", "key": "8"}], "address.city": "Oslo"},
            {"email": 5},
            {},
            {"shoe": 38},
        ]),
        ImportOptions::new(),
    );
    assert_eq!((report.rows, report.created, report.refused), (5, 3, 2), "{report:?}");
    let codes: Vec<&str> = report.problems.iter().map(|problem| &*problem.code).collect();
    assert_eq!(codes, ["field.invalid", "import.nothing_mapped"]);
    let bob = office.lead("bob@roe.example");
    assert_eq!(bob.external_keys[0].key, "7");
    assert_eq!(bob.address.city.as_deref(), Some("Rome"));
    assert_eq!(office.lead("cleo@roe.example").address.city.as_deref(), Some("Oslo"));
    assert_eq!(office.lead("ada@doe.example").tags.len(), 2);
}

#[test]
fn callers_by_name_import_in_one_unit() {
    let office = Importer::new();
    let call =
        |operation: &str, with: Json, envelope: Envelope| block_on(office.session.execute(operation, with, envelope));
    let with = json!({"csv": many(1_500), "set": {"source": "web"}, "mapping": {"Company": "ignore"}});
    let dry = call("lead.import_csv", with.clone(), Envelope::dry()).unwrap();
    assert_eq!((&dry["created"], &dry["dry_run"]), (&json!(1_500), &json!(true)));
    assert!(office.leads().is_empty());
    let report = call("lead.import_csv", with.clone(), Envelope::default()).unwrap();
    assert_eq!((&report["created"], &report["refused"]), (&json!(1_500), &json!(0)));
    let again = call("lead.import_csv", with, Envelope::default()).unwrap();
    assert_eq!((&again["created"], &again["skipped"]), (&json!(0), &json!(1_500)));
    let rows = json!({"rows": [{"email": "ada@doe.example"}, {"email": "nobody"}], "policy": "update"});
    let report = call("lead.import_rows", rows, Envelope::default()).unwrap();
    assert_eq!((&report["created"], &report["problems"][0]["code"]), (&json!(1), &json!("field.invalid")));

    let many_rows: Vec<Json> = (0..=CALL_ROWS).map(|row| json!({"email": format!("{row}@doe.example")})).collect();
    for (operation, with, code) in [
        ("lead.import_rows", json!({"rows": many_rows}), "import.too_many_rows"),
        ("lead.import_csv", json!({"csv": "Email\n", "dry_run": true}), "import.in_envelope"),
        ("lead.import_csv", json!({"csv": "Email\n", "colour": "red"}), "command.malformed"),
        ("lead.import_csv", json!({"rows": []}), "command.malformed"),
        ("lead.import_rows", json!({"rows": [1]}), "command.malformed"),
        ("lead.import_csv", json!({"csv": ""}), "import.file_empty"),
    ] {
        assert_eq!(call(operation, with, Envelope::default()).unwrap_err().code(), code, "{operation}");
    }
}
