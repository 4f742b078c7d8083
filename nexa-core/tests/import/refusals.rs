//! Refused rows: each alone, each reported, all of them mended in their own file.

use nexa_core::{
    Envelope,
    import::{Import, ImportOptions, LISTED, Progress, Refused, RefusedCsv, import_csv},
    sales::Lead,
    testing::block_on,
};
use serde_json::json;

use super::importer::{Importer, Shared};

#[test]
fn the_refused_rows_are_mended_and_imported_again() {
    let office = Importer::new();
    let csv = "Email,Company,Note\n\
               ada@doe.example,Doe,\"one,\ntwo\"\n\
               bob,Roe,keep me\n\
               \"\"\"cleo\"\"\",Poe,\n\
               dan@poe.example,Unwanted,\n\
               eve@poe.example,Poe,\"broken\" quote\n\
               fay@poe.example,Poe,\n";
    let mut refused = RefusedCsv::new(Vec::new());
    let report = block_on(
        Import::new::<Lead>(&office.session, ImportOptions::new())
            .on_refused(|row: &Refused<'_>| refused.write(row))
            .csv(csv.as_bytes()),
    )
    .unwrap();
    assert_eq!((report.rows, report.created, report.refused), (6, 2, 4), "{report:?}");
    let reported: Vec<(u64, &str)> = report.problems.iter().map(|problem| (problem.number, &*problem.code)).collect();
    assert_eq!(
        reported,
        [(4, "field.invalid"), (5, "field.invalid"), (6, "host.unwanted"), (7, "import.quote_broken")]
    );
    assert_eq!(report.problems[2].column.as_deref(), Some("Company"));

    let file = String::from_utf8(refused.finish().unwrap()).unwrap();
    assert!(file.starts_with("Email,Company,Note,import_line,import_column,import_code,import_message\n"), "{file}");
    assert!(file.contains("bob,Roe,keep me,4,Email,field.invalid,"), "{file}");
    let mended = file
        .replace("bob,", "bob@roe.example,")
        .replace("\"\"\"cleo\"\"\"", "cleo@poe.example")
        .replace("Unwanted", "Wanted");
    let again = office.import(&mended, ImportOptions::new());
    // The row that could not be read has nothing to mend: it is passed over.
    assert_eq!((again.rows, again.created, again.refused), (3, 3, 0), "{again:?}");
    assert!(again.columns.iter().all(|column| !column.column.starts_with("import_")));
    assert_eq!(office.leads().len(), 5);
    // And the whole file again creates nothing.
    assert_eq!(office.import(csv, ImportOptions::new()).created, 0);
}

#[test]
fn a_refused_row_changes_nothing_and_the_rest_of_its_unit_goes_on() {
    let office = Importer::new();
    let options = ImportOptions::new();
    let before = office.last_event();
    let report = office.import("Email,Company\nx@doe.example,Unwanted\ny@doe.example,Unwanted\n", options.clone());
    assert_eq!((report.created, report.refused), (0, 2));
    assert_eq!(office.last_event(), before);
    // A refused row is not there for the rows after it.
    let report =
        office.import("Email,Company\nx@doe.example,Unwanted\nx@doe.example,Doe\nx@doe.example,Doe\n", options);
    assert_eq!((report.created, report.refused, report.skipped), (1, 1, 1), "{report:?}");
    assert_eq!(office.lead("x@doe.example").company.as_deref(), Some("Doe"));
    let verified = block_on(office.session.execute("ledger.verify", json!({}), Envelope::default())).unwrap();
    assert_eq!(verified["events"], json!(office.last_event()));
}

#[test]
fn an_update_that_is_refused_leaves_the_record() {
    let office = Importer::new();
    office.import("Email,Company\nx@doe.example,Doe\n", ImportOptions::new());
    let update = ImportOptions::new().policy(nexa_core::MatchPolicy::Update);
    let csv = "Email,Company,Title\nx@doe.example,Unwanted,CEO\nx@doe.example,Roe,\n";
    let report = office.import(csv, update);
    assert_eq!((report.refused, report.updated), (1, 1));
    let lead = office.lead("x@doe.example");
    assert_eq!((lead.company.as_deref(), lead.title.as_deref(), lead.version), (Some("Roe"), None, 2));
}

#[test]
fn a_report_lists_a_bounded_number_of_rows_and_the_callback_gets_all() {
    let office = Importer::new();
    let mut csv = String::from("Email\n");
    (0..LISTED + 50).for_each(|row| csv.push_str(&format!("nobody{row}\n")));
    let reported = Shared::<u64>::default();
    let rows = Shared::<Vec<u64>>::default();
    let report = block_on(
        Import::new::<Lead>(&office.session, ImportOptions::new().chunk(300))
            .on_refused(|_: &Refused<'_>| *reported.lock().unwrap() += 1)
            .on_progress(|progress: &Progress| rows.lock().unwrap().push(progress.counts.refused))
            .csv(csv.as_bytes()),
    )
    .unwrap();
    assert_eq!(report.problems.len(), LISTED);
    assert_eq!(report.refused, LISTED as u64 + 50);
    assert_eq!(*reported.lock().unwrap(), report.refused);
    assert_eq!(*rows.lock().unwrap(), [300, 600, 900, 1_050]);
    assert!(office.leads().is_empty());
}

#[test]
fn whoever_may_not_create_imports_nothing() {
    let office = Importer::new();
    let stranger = office.crm.user(office.session.org(), uuid::Uuid::from_u128(7));
    let error =
        block_on(import_csv::<Lead>(&stranger, "Email\na@doe.example\n".as_bytes(), ImportOptions::new(), |_: &_| {}));
    assert_eq!(error.unwrap_err().code(), "actor.inactive");
}

#[test]
fn a_row_that_a_rule_refuses_names_its_column_where_the_rule_knows_the_field() {
    use nexa_core::{
        people::{Org, org::Configure},
        sales::{Account, Deal},
    };

    let office = Importer::new();
    let lists = serde_json::json!({"choices": {"lead.industry": ["retail"]}}).as_object().unwrap().clone();
    block_on(office.session.run(Configure(nexa_core::Draft::<Org>::from(lists)))).unwrap();
    let report = office.import("Name,Email,Industry\nAda Doe,ada@doe.example,energy\n", ImportOptions::new());
    let problem = &report.problems[0];
    assert_eq!((problem.code.as_str(), problem.column.as_deref()), ("choice.unknown", Some("Industry")));

    block_on(office.session.run(nexa_core::Create::<Account>::new().set(Account::NAME, "Acme"))).unwrap();
    let import = nexa_core::import::ImportCsv::<Deal>::new(
        "Name,Stage,Amount,Currency\nPlan,no such stage,5,USD\nOther,prospecting,500.55,JPY\n",
        ImportOptions::new(),
    );
    let report = block_on(office.session.run(import)).unwrap();
    let columns: Vec<_> = report.problems.iter().map(|problem| problem.column.as_deref()).collect();
    assert_eq!(columns, [Some("Stage"), Some("Amount")], "{report:?}");
}
