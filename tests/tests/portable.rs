//! What is exported is the same record again when it is imported: in another tenant, and at home.

use nexa_crm::{
    Find,
    export::{Delimiter, ExportFormat, ExportOptions, export_page},
    kernel::record::RecordDef,
    testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

/// Records of each kind with as many fields as possible that refer to nothing.
fn records() -> Vec<(&'static str, Vec<Json>)> {
    let address = json!({"street": "1 Main Street", "city": "Zürich", "postal_code": "08001", "country": "CH"});
    let text = "two\nlines, \"quoted\"; and = signs";
    vec![
        ("user", vec![json!({"name": "=Nina", "email": "nina@x.example", "role": "agent"})]),
        ("group", vec![json!({"name": "'-Support"})]),
        (
            "campaign",
            vec![json!({
                "name": "@Fair", "type": "event", "budget": {"amount": "5000.50", "currency": "EUR"},
                "start_date": "2026-01-31", "description": text, "tags": ["a", "b;c"],
            })],
        ),
        ("contact_list", vec![json!({"name": "+News", "description": text})]),
        (
            "account",
            vec![json!({
                "name": "=Acme, Inc.", "industry": "retail", "type": "partner", "tier": "enterprise", "employees": 42,
                "website": "https://acme.example/", "phone": "+442079460018", "description": text, "tags": ["x"],
                "annual_revenue": {"amount": "1000000.00", "currency": "USD"}, "billing_address": address,
                "shipping_address": {"city": "Bern"}, "customer_since": "2024-02-29",
                "external_keys": [{"system": "erp", "key": "=1"}],
            })],
        ),
        (
            "contact",
            vec![json!({
                "first_name": "-Ada", "last_name": "'Tis", "email": "ada@x.example", "mobile": "+442079460018",
                "title": "CTO", "department": "R&D", "linkedin_url": "https://linkedin.example/ada", "tags": ["a,b"],
                "other_emails": ["ada@home.example", "ada@third.example"], "other_phones": ["+442079460019"],
                "lifecycle_stage": "customer", "status": "inactive", "source": "fair", "description": text,
                "custom": {"seats": 5, "note": "=note"},
            })],
        ),
        (
            "lead",
            vec![
                json!({
                    "first_name": "Müller", "last_name": "''x", "email": "lead@x.example", "phone": "+442079460020",
                    "company": "@Initech", "title": "-5", "industry": "it", "company_size": "enterprise", "tags": ["vip"],
                    "website": "https://initech.example/", "address": address, "source": "Webinar Q4", "description": text,
                    "custom": {"seats": 2.5, "note": "plain"}, "external_keys": [{"system": "school", "key": "7"}],
                }),
                json!({"email": "bare@x.example"}),
            ],
        ),
    ]
}

fn office(backend: &backends::Backend) -> Office {
    let office = Office::empty(backend.store.clone(), nexa_core::builder());
    for kind in ["lead", "contact"] {
        office.run("field.define", json!({"of_kind": kind, "name": "seats", "holds": "number"}));
        office.run("field.define", json!({"of_kind": kind, "name": "note", "holds": "text"}));
    }
    office
}

fn exported(office: &Office, kind: &str, options: &ExportOptions) -> String {
    let page = block_on(export_page(&office.session("admin"), kind, Find::new(), options, true)).unwrap();
    assert_eq!(page.next, None, "{kind}: one page is enough here");
    page.text
}

fn imported(office: &Office, kind: &str, format: ExportFormat, text: &str) -> Json {
    match format {
        ExportFormat::JsonLines => {
            let rows: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            office.run(&format!("{kind}.import_rows"), json!({"rows": rows}))
        }
        _ => office.run(&format!("{kind}.import_csv"), json!({"csv": text})),
    }
}

/// What `create` takes of every record of a kind.
fn contents(office: &Office, def: &RecordDef) -> Vec<Json> {
    let found = office.run(&format!("{}.find", def.kind), json!({"limit": 1000}));
    let mut all: Vec<Json> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let fields = def.fields.iter().filter(|field| field.editable);
            fields.map(|field| (field.name.to_owned(), record[field.name].clone())).collect()
        })
        .collect();
    all.sort_by_key(Json::to_string);
    all
}

/// The three forms, the one for spreadsheets with each delimiter.
fn forms() -> Vec<ExportOptions> {
    let spreadsheet = || ExportOptions::of(ExportFormat::Spreadsheet);
    vec![
        ExportFormat::Csv.into(),
        ExportFormat::JsonLines.into(),
        spreadsheet(),
        spreadsheet().delimiter(Delimiter::Semicolon),
        spreadsheet().delimiter(Delimiter::Tab),
    ]
}

#[test]
fn a_record_is_the_same_in_another_tenant() {
    for backend in backends::all() {
        let name = backend.name;
        let home = office(&backend);
        for (kind, records) in records() {
            for record in &records {
                home.run(&format!("{kind}.create"), record.clone());
            }
            let def = home.crm.kinds().named(kind).unwrap();
            for options in forms() {
                let text = exported(&home, kind, &options);
                let other = office(&backends::memory());
                let before = contents(&other, def);
                let report = imported(&other, kind, options.format, &text);
                assert_eq!(report["refused"], 0, "{name}: {kind} as {options:?}: {report}\n{text}");
                let mut wanted = contents(&home, def);
                wanted.extend(before.into_iter().filter(|record| !wanted.contains(record)).collect::<Vec<_>>());
                wanted.sort_by_key(Json::to_string);
                assert_eq!(contents(&other, def), wanted, "{name}: {kind} as {options:?}\n{text}");
            }
        }
    }
}

#[test]
fn at_home_nothing_is_new_and_nothing_changes() {
    for backend in backends::all() {
        let name = backend.name;
        let home = office(&backend);
        for (kind, records) in records() {
            for record in &records {
                home.run(&format!("{kind}.create"), record.clone());
            }
            let def = home.crm.kinds().named(kind).unwrap();
            let (before, head) = (contents(&home, def), home.head());
            for options in forms() {
                let text = exported(&home, kind, &options);
                for policy in ["skip", "update", "fill"] {
                    let report = match options.format {
                        ExportFormat::JsonLines => {
                            let rows: Vec<Json> =
                                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                            home.run(&format!("{kind}.import_rows"), json!({"rows": rows, "policy": policy}))
                        }
                        _ => home.run(&format!("{kind}.import_csv"), json!({"csv": text, "policy": policy})),
                    };
                    let label = format!("{name}: {kind} as {options:?}, {policy}: {report}");
                    assert_eq!((&report["created"], &report["refused"]), (&json!(0), &json!(0)), "{label}");
                    assert_eq!(report["updated"], 0, "{label}");
                }
            }
            assert_eq!(contents(&home, def), before, "{name}: {kind}");
            assert_eq!(home.head(), head, "{name}: {kind} leaves no event");
        }
    }
}

/// Refusals that say that a record is closed for good, whatever is written to it.
const CLOSED: [&str; 3] = ["lead.converted", "ticket.closed", "deal.closed"];

#[test]
fn every_kind_that_is_imported_is_itself_again_at_home() {
    let home = Office::found(backends::memory().store);
    let catalog = home.crm.catalog();
    let kinds: Vec<&str> =
        catalog.operations().filter_map(|operation| operation.name.strip_suffix(".import_csv")).collect();
    assert!(kinds.len() >= 13, "{kinds:?}");
    let mut wrong = Vec::new();
    for kind in kinds {
        let def = home.crm.kinds().named(kind).unwrap();
        let before = contents(&home, def);
        for options in forms() {
            let text = exported(&home, kind, &options);
            for policy in ["skip", "update"] {
                let report = match options.format {
                    ExportFormat::JsonLines => {
                        let rows: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                        home.run(&format!("{kind}.import_rows"), json!({"rows": rows, "policy": policy}))
                    }
                    _ => home.run(&format!("{kind}.import_csv"), json!({"csv": text, "policy": policy})),
                };
                let problems = report["problems"].as_array().unwrap();
                let open = problems.iter().any(|problem| !CLOSED.contains(&problem["code"].as_str().unwrap()));
                if report["created"] != 0 || open {
                    wrong.push(format!("{kind} as {options:?}, {policy}: {report}"));
                }
            }
        }
        if contents(&home, def) != before {
            wrong.push(format!("{kind} has changed"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The kinds whose records move to another tenant, those that others name first.
const MOVED: [&str; 10] =
    ["user", "group", "account", "contact", "campaign", "contact_list", "lead", "deal", "ticket", "task"];

#[test]
fn a_whole_tenant_is_the_same_in_another_with_the_pipelines_of_that_one() {
    let without_pipeline = |records: Vec<Json>| -> Vec<Json> {
        let without = |mut record: Json| {
            record.as_object_mut().unwrap().remove("pipeline");
            record
        };
        records.into_iter().map(without).collect()
    };
    for backend in backends::all() {
        let name = backend.name;
        let home = Office::found(backend.store.clone());
        for options in forms() {
            let other = Office::another(backends::memory().store);
            for kind in MOVED {
                let def = home.crm.kinds().named(kind).unwrap();
                let before = contents(&other, def);
                let text = exported(&home, kind, &options);
                let column = if options.format == ExportFormat::JsonLines { "pipeline" } else { "pipeline.id" };
                let map = if kind == "deal" { json!({column: "ignore"}) } else { json!({}) };
                let arguments = match options.format {
                    ExportFormat::JsonLines => {
                        let rows: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
                        json!({"rows": rows, "mapping": map})
                    }
                    _ => json!({"csv": text, "mapping": map}),
                };
                let operation = if options.format == ExportFormat::JsonLines { "import_rows" } else { "import_csv" };
                for created in [true, false] {
                    let report = other.run(&format!("{kind}.{operation}"), arguments.clone());
                    let label = format!("{name}: {kind} as {options:?}: {report}\n{text}");
                    assert_eq!(report["refused"], 0, "{label}");
                    assert_eq!(report["created"] != 0, created, "{label}");
                }
                let mut wanted = without_pipeline(contents(&home, def));
                wanted.extend(before.into_iter().filter(|record| !wanted.contains(record)).collect::<Vec<_>>());
                wanted.sort_by_key(Json::to_string);
                let mut there = without_pipeline(contents(&other, def));
                there.sort_by_key(Json::to_string);
                assert_eq!(there, wanted, "{name}: {kind} as {options:?}\n{text}");
            }
        }
    }
}
