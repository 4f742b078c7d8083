//! Who a row is: what an export wrote, or what a file says again, makes nobody new.

use nexa_core::{
    Envelope, Find,
    export::{ExportFormat, export},
    kernel::record::Record,
    sales::{Account, Contact, Deal, Lead},
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::importer::Importer;

fn run(office: &Importer, operation: &str, arguments: Json) -> Json {
    block_on(office.session.execute(operation, arguments, Envelope::default()))
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn exported<R: Record>(office: &Importer) -> String {
    let mut out = Vec::new();
    block_on(export(&office.session, Find::<R>::new(), ExportFormat::Csv, &mut out, |_| {})).unwrap();
    String::from_utf8(out).unwrap()
}

fn again(office: &Importer, kind: &str, csv: &str, policy: &str) -> Json {
    run(office, &format!("{kind}.import_csv"), json!({"csv": csv, "policy": policy}))
}

#[test]
fn a_record_that_was_exported_is_the_same_when_it_is_imported_again() {
    let office = Importer::new();
    run(&office, "deal.create", json!({"name": "A", "amount": {"amount": "5", "currency": "EUR"}}));
    run(&office, "lead.create", json!({"phone": "555-0100"}));
    run(&office, "contact.create", json!({"last_name": "A"}));
    run(&office, "account.create", json!({"name": "A"}));
    run(&office, "ticket.create", json!({"subject": "A"}));
    let files = [
        ("deal", exported::<Deal>(&office)),
        ("lead", exported::<Lead>(&office)),
        ("contact", exported::<Contact>(&office)),
        ("account", exported::<Account>(&office)),
    ];
    for (kind, csv) in &files {
        let report = again(&office, kind, csv, "update");
        assert_eq!((&report["created"], &report["unchanged"]), (&json!(0), &json!(1)), "{kind}: {report} {csv}");
    }
    let edited = files[0].1.replace(",A,", ",Renamed,");
    let report = again(&office, "deal", &edited, "update");
    assert_eq!((&report["created"], &report["updated"]), (&json!(0), &json!(1)), "{report}");
    let deals = run(&office, "deal.find", json!({}))["items"].as_array().unwrap().clone();
    assert_eq!(deals.len(), 1);
    assert_eq!((&deals[0]["name"], &deals[0]["probability_by_hand"]), (&json!("Renamed"), &json!(false)));
}

#[test]
fn a_number_of_the_tenants_own_finds_its_record() {
    let office = Importer::new();
    let account = run(&office, "account.create", json!({"name": "Acme"}));
    let csv = format!("account_number,name\n{},Acme Corp\n", account["account_number"].as_str().unwrap());
    let report = again(&office, "account", &csv, "update");
    assert_eq!((&report["created"], &report["updated"]), (&json!(0), &json!(1)), "{report}");
    assert_eq!(run(&office, "account.get", json!({"account": account["id"]}))["name"], "Acme Corp");
}

#[test]
fn a_phone_number_finds_who_has_nothing_else_unless_the_name_is_another() {
    let office = Importer::new();
    let first = "Last Name,Phone\nA,555-0100\n";
    assert_eq!(again(&office, "lead", first, "skip")["created"], 1);
    for (csv, created) in [
        (first, 0),
        ("Phone\n555 0100\n", 0),
        ("Phone,Title\n555-0100,Head\n", 0),
        ("Last Name,Phone\nB,555-0100\n", 1),
        ("Email,Phone\nx@x.example,555-0100\n", 1),
    ] {
        assert_eq!(again(&office, "lead", csv, "skip")["created"], created, "{csv}");
    }
}

#[test]
fn name_and_company_find_who_has_nothing_else() {
    let office = Importer::new();
    run(&office, "account.create", json!({"name": "Acme"}));
    let lead = "First Name,Last Name,Company,Title\nJane,O'Brien,Acme,CTO\n";
    let contact = "First Name,Last Name,Account Name,Title\nJane,O'Brien,Acme,CTO\n";
    for (kind, csv) in [("lead", lead), ("contact", contact)] {
        assert_eq!(again(&office, kind, csv, "update")["created"], 1, "{kind}");
        let edited = csv.replace("CTO", "CEO").replace("Jane,O'Brien,Acme", "JANE,O’Brien, acme");
        let report = again(&office, kind, &edited, "update");
        assert_eq!((&report["created"], &report["updated"]), (&json!(0), &json!(1)), "{kind}: {report}");
        for (what, other, created) in [
            ("another company", csv.replace("Acme", "Initech").replace("Account Name", "Company"), 1),
            ("another first name", csv.replace("Jane", "June"), 1),
            ("a mail address of their own", csv.replace(",Title", ",Email").replace("CTO", "jane@x.example"), 1),
            ("a telephone number", csv.replace(",Title", ",Phone").replace("CTO", "+442079460018"), 1),
        ] {
            if kind == "contact" && what == "another company" {
                run(&office, "account.create", json!({"name": "Initech"}));
            }
            let report = again(&office, kind, &other, "update");
            assert_eq!(report["created"], created, "{kind}, {what}: {report}");
        }
        // Now there are several Janes at Acme, and the row may be any of them.
        let unsure = csv.replace("CTO", "COO");
        assert_eq!(again(&office, kind, &unsure, "update")["created"], 1, "{kind}");
        let without_company = csv.replace("Acme", "");
        assert_eq!(again(&office, kind, &without_company, "update")["created"], 1, "{kind}");
    }
    let deals = "Deal Name,Account Name\nRenewal,Acme\n";
    assert_eq!(again(&office, "deal", deals, "update")["created"], 1);
    let other = "Deal Name,Account Name,Next Step\nRenewal,Acme,Call\n";
    assert_eq!(again(&office, "deal", other, "update")["created"], 1, "a name does not make a deal the same");
}

#[test]
fn an_id_of_a_merged_record_is_its_survivor_and_a_foreign_id_nobody() {
    let office = Importer::new();
    let one = run(&office, "contact.create", json!({"last_name": "A"}))["id"].as_str().unwrap().to_owned();
    let other = run(&office, "contact.create", json!({"last_name": "B"}))["id"].as_str().unwrap().to_owned();
    run(&office, "contact.merge", json!({"contact": one, "other": other}));
    let report = again(&office, "contact", &format!("id,title\n{other},Head\n"), "update");
    assert_eq!((&report["created"], &report["updated"]), (&json!(0), &json!(1)), "{report}");
    assert_eq!(run(&office, "contact.get", json!({"contact": one}))["title"], "Head");
    let foreign = "id,last_name\n0195f3a2-7c1e-7b04-9d5e-2f6a1c3b8e47,C\n88,D\n";
    assert_eq!(again(&office, "contact", foreign, "update")["created"], 2);
    assert_eq!(again(&office, "contact", foreign, "update")["created"], 0);
}

#[test]
fn the_same_file_makes_nothing_new_whatever_the_kind() {
    for (kind, csv) in [
        ("lead", "Company\nA\n"),
        ("contact", "Last Name\nA\n"),
        ("account", "Account Name\nA\n"),
        ("deal", "Name,Close Date\nA,2026-03-31\n"),
        ("campaign", "name,type\nA,event\n"),
        ("contact_list", "name\nA\n"),
        ("task", "title\nA\n"),
        ("ticket", "subject\nA\n"),
        ("group", "name\nA\n"),
        ("user", "name,email\nA,a@x.example\n"),
    ] {
        let office = Importer::new();
        assert_eq!(again(&office, kind, csv, "update")["created"], 1, "{kind}");
        let report = again(&office, kind, csv, "update");
        assert_eq!((&report["created"], &report["refused"]), (&json!(0), &json!(0)), "{kind}: {report}");
    }
}
