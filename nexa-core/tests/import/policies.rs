//! What happens to a record that is already there.

use nexa_core::{
    Filter, MatchPolicy, Op,
    import::{ImportOptions, import_csv},
    kernel::custom::CustomType,
    sales::{Account, Contact, Lead},
    testing::block_on,
};
use serde_json::json;

use super::importer::Importer;

const FIRST: &str = "First Name,Email,Company,Title,City,Tags,Seats\nAda,ada@doe.example,Doe,,Paris,a;b,5\n";
const SECOND: &str = "First Name,Email,Company,Title,Street,Tags,Region,Seats\n\
                      Adele,ada@doe.example,,CEO,1 Main Street,c,EMEA,6\n";

fn met(policy: MatchPolicy) -> (Importer, nexa_core::import::ImportReport) {
    let office = Importer::new();
    office.define("seats", CustomType::Number);
    office.define("region", CustomType::Text);
    let first = ImportOptions::new().map("Tags=tag,Seats=custom:seats");
    assert_eq!(office.import(FIRST, first).created, 1);
    let second = ImportOptions::new().map("Tags=tag,Seats=custom:seats,Region=custom:region").policy(policy);
    let report = office.import(SECOND, second);
    (office, report)
}

fn lead(office: &Importer) -> serde_json::Value {
    let lead = serde_json::to_value(office.lead("ada@doe.example")).unwrap();
    json!([lead["first_name"], lead["company"], lead["title"], lead["address"], lead["tags"], lead["custom"]])
}

#[test]
fn skip_leaves_it_as_it_is() {
    let (office, report) = met(MatchPolicy::Skip);
    assert_eq!((report.skipped, report.rows), (1, 1));
    assert_eq!(lead(&office), json!(["Ada", "Doe", null, {"city": "Paris"}, ["a", "b"], {"seats": 5}]));
}

#[test]
fn update_takes_what_the_row_says_and_no_more() {
    let (office, report) = met(MatchPolicy::Update);
    assert_eq!((report.updated, report.rows), (1, 1), "{report:?}");
    let address = json!({"city": "Paris", "street": "1 Main Street"});
    let custom = json!({"region": "EMEA", "seats": 6});
    assert_eq!(lead(&office), json!(["Adele", "Doe", "CEO", address, ["a", "b", "c"], custom]));
}

#[test]
fn fill_takes_what_is_empty() {
    let (office, report) = met(MatchPolicy::Fill);
    assert_eq!((report.updated, report.rows), (1, 1));
    let custom = json!({"region": "EMEA", "seats": 5});
    assert_eq!(lead(&office), json!(["Ada", "Doe", "CEO", {"city": "Paris"}, ["a", "b"], custom]));
}

#[test]
fn refuse_names_the_row() {
    let (office, report) = met(MatchPolicy::Refuse);
    assert_eq!((report.refused, report.rows), (1, 1));
    let problem = &report.problems[0];
    assert_eq!((problem.code.as_str(), problem.number, problem.column.as_deref()), ("upsert.exists", 2, Some("Email")));
    assert_eq!(problem.value, "ada@doe.example");
    assert_eq!(office.leads().len(), 1);
}

#[test]
fn a_record_is_found_by_its_key_and_keeps_the_keys_of_other_systems() {
    let office = Importer::new();
    office.import("Id,Email\n7,ada@doe.example\n", ImportOptions::new().map("Id=external:old"));
    let moved = "Id,Other,Email\n7,x9,ada@new.example\n";
    let options = ImportOptions::new().map("Id=external:old,Other=external:shop").policy(MatchPolicy::Update);
    assert_eq!(office.import(moved, options).updated, 1);
    let lead = office.lead("ada@new.example");
    let keys: Vec<(&str, &str)> = lead.external_keys.iter().map(|key| (&*key.system, &*key.key)).collect();
    assert_eq!(keys, [("old", "7"), ("shop", "x9")]);
    assert_eq!(office.leads().len(), 1);
}

#[test]
fn what_the_caller_matches_on_must_be_there() {
    let office = Importer::new();
    let by_mail = ImportOptions::new().match_on("email");
    let report = office.import("Email,Company\n,Doe\nada@doe.example,Doe\n", by_mail.clone());
    assert_eq!((report.created, report.refused), (1, 1));
    assert_eq!(report.problems[0].code, "upsert.match_on");
    assert_eq!(office.try_import(b"Company\nDoe\n", by_mail).unwrap_err().code(), "upsert.match_on");
    assert_eq!(
        office.try_import(b"Company\nDoe\n", ImportOptions::new().match_on("company")).unwrap_err().code(),
        "upsert.match_on"
    );
    // Matched on nothing, every row is new; what is unique stays so.
    let report =
        office.import("Email,Company\n,Doe\nada@doe.example,Doe\n,Doe\n", ImportOptions::new().match_on("none"));
    assert_eq!((report.created, report.refused), (2, 1));
    assert_eq!(report.problems[0].code, "lead.email_taken");
    assert_eq!(report.problems[0].column.as_deref(), Some("Email"));
}

#[test]
fn a_file_may_name_one_mail_address_for_two_keys() {
    let office = Importer::new();
    let csv = "Id,Email\n1,ada@doe.example\n2,ada@doe.example\n1,ada@doe.example\n";
    let options = ImportOptions::new().map("Id=external:old").match_on("external:old");
    let report = office.import(csv, options);
    assert_eq!((report.created, report.refused, report.skipped), (1, 1, 1), "{report:?}");
    let problem = &report.problems[0];
    assert_eq!(
        (problem.code.as_str(), problem.record, problem.value.as_str()),
        ("lead.email_taken", 2, "ada@doe.example")
    );
}

#[test]
fn what_an_actor_may_not_see_is_met_but_not_changed() {
    let office = Importer::new();
    office.import("Last Name,Email\nSecret,x@doe.example\n", ImportOptions::new());
    let viewer = office.viewer();
    let csv = "Last Name,Email\nOpen,x@doe.example\n";
    for policy in [MatchPolicy::Skip, MatchPolicy::Update] {
        let options = ImportOptions::new().policy(policy);
        let report = block_on(import_csv::<Lead>(&viewer, csv.as_bytes(), options, |_: &_| {})).unwrap();
        assert_eq!(report.refused, 1);
        assert_eq!(report.problems[0].code, "upsert.exists");
    }
    assert_eq!(office.lead("x@doe.example").last_name.as_deref(), Some("Secret"));
}

#[test]
fn every_kind_is_imported_and_rows_refer_to_other_records_by_key() {
    let office = Importer::new();
    let accounts = "Id,Account Name\nA1,Doe Ltd\nA2,Roe Inc\nA3,DOE ltd\n";
    let options = ImportOptions::new().map("Id=external:old,Account Name=name").match_on("external:old");
    let report = block_on(import_csv::<Account>(&office.session, accounts.as_bytes(), options, |_: &_| {})).unwrap();
    assert_eq!((report.created, report.refused), (2, 1), "{report:?}");
    assert_eq!(report.problems[0].code, "account.name_taken");

    let contacts = "Email,Account\nada@doe.example,A1\nbob@roe.example,A9\ncleo@roe.example,A2\n";
    let options = ImportOptions::new().map("Account=account:old");
    let report = block_on(import_csv::<Contact>(&office.session, contacts.as_bytes(), options, |_: &_| {})).unwrap();
    assert_eq!((report.created, report.refused), (2, 1), "{report:?}");
    let problem = &report.problems[0];
    assert_eq!((problem.code.as_str(), problem.column.as_deref()), ("reference.broken", Some("Account")));
    assert_eq!(problem.value, "A9");
    let doe = office.all(nexa_core::Find::<Account>::new().filter(Filter::compare("name", Op::Eq, "Doe Ltd")));
    let ada = office.all(nexa_core::Find::<Contact>::new().filter(Filter::compare("email", Op::Eq, "ada@doe.example")));
    assert_eq!(ada[0].account, Some(doe[0].id));
}
