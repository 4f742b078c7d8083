use super::{FULL_NAME, Headers, folded, is_known, understand};

const LEAD: &[&str] = &[
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "title",
    "industry",
    "company_size",
    "source",
    "website",
    "address.street",
    "address.city",
    "address.region",
    "address.postal_code",
    "address.country",
    "description",
    "tags",
];

fn read(kind: &str, headers: &[&str], fields: &[&str]) -> Vec<(String, String)> {
    let names: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
    let understood = understand(&Headers { kind, names: &names, fields, settled: &[], form: None, filled: &[] });
    names.into_iter().zip(understood.targets).filter_map(|(header, field)| Some((header, field?))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(header, field)| ((*header).to_owned(), (*field).to_owned())).collect()
}

#[test]
fn one_column_for_a_field_and_the_likelier_wins() {
    assert_eq!(read("lead", &["Mobile", "Phone", "Work Phone"], LEAD), pairs(&[("Phone", "phone")]));
    assert_eq!(read("lead", &["Account", "Company"], LEAD), pairs(&[("Company", "company")]));
    assert_eq!(read("lead", &["Email", "Email"], LEAD), pairs(&[("Email", "email")]));
    assert_eq!(read("lead", &["Lead Quality", "Shoe Size"], LEAD), pairs(&[]));
}

#[test]
fn an_empty_column_wins_nothing() {
    let names = ["Work Email", "Email"].map(String::from);
    let headers = Headers { kind: "lead", names: &names, fields: LEAD, settled: &[], form: None, filled: &[3, 0] };
    let understood = understand(&headers);
    assert_eq!(understood.targets, [Some("email".into()), None]);
    assert_eq!(understood.rivals, [(1, "email".into())]);
}

#[test]
fn a_full_name_is_a_name_or_two() {
    assert_eq!(read("lead", &["Name", "Company"], LEAD), pairs(&[("Name", FULL_NAME), ("Company", "company")]));
    assert_eq!(read("lead", &["Name", "Last Name"], LEAD), pairs(&[("Last Name", "last_name")]));
    assert_eq!(
        read("lead", &["Vorname", "Name", "Firma"], LEAD),
        pairs(&[("Vorname", "first_name"), ("Name", "last_name"), ("Firma", "company")])
    );
    assert_eq!(
        read("account", &["Account Name", "Sector"], &["name", "industry"]),
        pairs(&[("Account Name", "name"), ("Sector", "industry")])
    );
}

#[test]
fn a_kind_takes_no_word_of_another() {
    let deal = ["name", "amount.amount", "amount.currency", "stage", "close_date", "account"];
    assert_eq!(
        read("deal", &["Account Name", "Opportunity Title", "Expected Revenue"], &deal),
        pairs(&[("Account Name", "account"), ("Opportunity Title", "name")]),
    );
    let contact = ["first_name", "last_name", "email", "phone", "status", "account", "description"];
    for foreign in
        ["Lead Status", "Lead-Status", "Company Phone", "Organization - Phone", "Account: Email", "Deal Name"]
    {
        assert_eq!(read("contact", &[foreign], &contact), pairs(&[]), "{foreign}");
    }
    assert_eq!(read("account", &["Person - Email", "Contact Name", "Deal Amount"], &["name", "phone"]), pairs(&[]));
}

#[test]
fn a_header_means_what_the_kind_has() {
    assert_eq!(read("contact", &["Company"], &["account"]), pairs(&[("Company", "account")]));
    assert_eq!(
        read("ticket", &["Ticket Subject", "Ticket Priority", "Ticket Channel"], &["subject", "priority", "channel"]),
        pairs(&[("Ticket Subject", "subject"), ("Ticket Priority", "priority"), ("Ticket Channel", "channel")]),
    );
    assert_eq!(
        read("parcel", &["Town", "Weight", "Recipient"], &["city", "weight"]),
        pairs(&[("Town", "city"), ("Weight", "weight")]),
    );
}

#[test]
fn parts_of_a_field_are_fields() {
    let account =
        ["name", "billing_address.city", "shipping_address.city", "annual_revenue.amount", "annual_revenue.currency"];
    assert_eq!(
        read("account", &["Shipping City", "City", "Currency", "Account Name"], &account),
        pairs(&[
            ("Shipping City", "shipping_address.city"),
            ("City", "billing_address.city"),
            ("Currency", "annual_revenue.currency"),
            ("Account Name", "name"),
        ]),
    );
}

#[test]
fn accents_case_and_marks_do_not_matter() {
    for header in ["Prénom", "PRENOM", "pre\u{301}nom", "Prénom *", " prénom "] {
        assert_eq!(read("lead", &[header], LEAD), pairs(&[(header, "first_name")]), "{header}");
    }
    assert_eq!(folded("Straße, Nr. 1"), "strassenr1");
    assert!(is_known("Person - Name") && is_known("E-mail 1 - Value") && !is_known("Shoe Size") && !is_known(""));
}
