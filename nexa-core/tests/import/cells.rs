//! Cells as other systems write them, through the door.

use nexa_core::{Envelope, testing::block_on};
use serde_json::{Value as Json, json};

use super::importer::Importer;

/// Runs an operation by name.
fn run(office: &Importer, operation: &str, arguments: Json) -> Json {
    block_on(office.session.execute(operation, arguments, Envelope::default()))
        .unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn import(office: &Importer, kind: &str, csv: &str) -> Json {
    run(office, &format!("{kind}.import_csv"), json!({"csv": csv}))
}

/// The records of a kind that a file makes, by their names.
fn made(kind: &str, csv: &str) -> Vec<Json> {
    let office = Importer::new();
    let report = import(&office, kind, csv);
    assert_eq!(report["refused"], 0, "{csv}: {}", report["problems"]);
    let mut found = run(&office, &format!("{kind}.find"), json!({}))["items"].as_array().unwrap().clone();
    found.sort_by_key(|item| item["name"].to_string());
    found
}

fn one(kind: &str, csv: &str) -> Json {
    let all = made(kind, csv);
    assert_eq!(all.len(), 1, "{csv}");
    all[0].clone()
}

/// The code of the only row.
fn code(kind: &str, csv: &str) -> String {
    let report = import(&Importer::new(), kind, csv);
    assert_eq!(report["refused"], 1, "{csv}: {report}");
    report["problems"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_date_in_any_form_with_one_meaning_is_that_day() {
    for cell in [
        "2026-03-31",
        "2026-03-31 17:05",
        "2026-03-31T17:05:00",
        "2026/03/31",
        "2026/3/31",
        "20260331",
        "31.03.2026",
        "31.3.26",
        "31 Mar 2026",
        "\"Mar 31, 2026\"",
        "\"March 31st, 2026\"",
        "31. März 2026",
        "31 mars 2026",
        "31 de marzo de 2026",
        "31 marzo 2026",
        "31 de março de 2026",
        "31 maart 2026",
        "31-Mar-2026",
        "31-Mar-26",
        "31/03/2026",
        "03/31/2026",
        "3/31/2026 5:05 PM",
        "\"31/03/2026, 17:05\"",
        "2026-03-31T00:00:00Z",
    ] {
        let deal = one("deal", &format!("Name,Close Date\nA,{cell}\n"));
        assert_eq!(deal["close_date"], "2026-03-31", "{cell}");
    }
    for cell in ["03/04/2026", "3-4-2026", "25-10-16"] {
        assert_eq!(code("deal", &format!("Name,Close Date\nA,{cell}\n")), "import.date_ambiguous", "{cell}");
    }
    for cell in ["2026-02-30", "31 Foo 2026", "46112", "soon"] {
        assert_eq!(code("deal", &format!("Name,Close Date\nA,{cell}\n")), "import.date_invalid", "{cell}");
    }
}

#[test]
fn a_column_shows_whether_its_days_come_first() {
    let deals = made("deal", "Name,Close Date\nA,03/04/2026\nB,25/12/2026\n");
    assert_eq!(deals[0]["close_date"], "2026-04-03");
    let deals = made("deal", "Name,Close Date\nA,03/04/2026\nB,12/25/2026\n");
    assert_eq!(deals[0]["close_date"], "2026-03-04");
}

#[test]
fn spreadsheet_days_are_read_when_the_import_says_so() {
    let office = Importer::new();
    let arguments = json!({"csv": "Name,Close Date\nA,46112\nB,46112.75\n", "date_format": "EXCEL"});
    let report = run(&office, "deal.import_csv", arguments);
    assert_eq!(report["created"], 2, "{report}");
    for deal in run(&office, "deal.find", json!({}))["items"].as_array().unwrap() {
        assert_eq!(deal["close_date"], "2026-03-31");
    }
}

#[test]
fn a_moment_with_an_offset_is_the_day_in_the_tenants_zone() {
    let office = Importer::new();
    run(&office, "org.configure", json!({"time_zone": "Europe/Berlin"}));
    import(&office, "deal", "Name,Close Date\nA,2026-03-31T23:30:00Z\n");
    assert_eq!(run(&office, "deal.find", json!({}))["items"][0]["close_date"], "2026-04-01");
}

#[test]
fn an_amount_is_read_with_its_currency_and_its_separators() {
    for (cell, amount, currency) in [
        ("500", "500.00", "USD"),
        ("\"$1,234.50\"", "1234.50", "USD"),
        ("\"1.234,50 €\"", "1234.50", "EUR"),
        ("\"EUR 1.234,50\"", "1234.50", "EUR"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("£99", "99.00", "GBP"),
        ("1 234.5 GBP", "1234.50", "GBP"),
        ("\"(1,234.50)\"", "-1234.50", "USD"),
        ("1234.50-", "-1234.50", "USD"),
        ("-$5", "-5.00", "USD"),
        ("500.000000", "500.00", "USD"),
    ] {
        let deal = one("deal", &format!("Name,Amount\nA,{cell}\n"));
        assert_eq!(deal["amount"], json!({"amount": amount, "currency": currency}), "{cell}");
    }
    for cell in ["5k", "1.5E3", "five", "12,34", "1,234,5"] {
        let csv = format!("Name,Amount\nA,\"{cell}\"\nB,1.5\n");
        assert_eq!(code("deal", &csv), "import.number_invalid", "{cell}");
    }
}

#[test]
fn a_column_shows_whether_a_comma_stands_before_the_decimals() {
    let deals = made("deal", "Name;Amount\nA;1.234\nB;99,50\n");
    assert_eq!(deals[0]["amount"]["amount"], "1234.00");
    assert_eq!(deals[1]["amount"]["amount"], "99.50");
}

#[test]
fn a_currency_without_an_amount_is_no_amount_and_an_amount_without_is_in_the_tenants() {
    assert_eq!(one("deal", "Name,Amount,Currency\nA,,USD\n")["amount"], Json::Null);
    let office = Importer::new();
    run(&office, "org.configure", json!({"base_currency": "EUR"}));
    import(&office, "deal", "Name,Amount\nA,500\n");
    let deal = run(&office, "deal.find", json!({}))["items"][0].clone();
    assert_eq!(deal["amount"], json!({"amount": "500.00", "currency": "EUR"}));
}

#[test]
fn the_files_own_currency_is_never_turned_into_another() {
    let office = Importer::new();
    let csv = "Name,Amount,Currency\nA,5,EUR\nB,6,\nC,£7,\n";
    run(&office, "deal.import_csv", json!({"csv": csv, "set": {"amount.currency": "USD"}}));
    let mut found: Vec<String> = run(&office, "deal.find", json!({}))["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|deal| format!("{} {}", deal["name"].as_str().unwrap(), deal["amount"]["currency"].as_str().unwrap()))
        .collect();
    found.sort();
    assert_eq!(found, ["A EUR", "B USD", "C GBP"]);
    assert_eq!(code("deal", "Name,Amount,Currency\nA,$5,EUR\n"), "import.currency_conflict");
    assert_eq!(code("deal", "Name,Amount\nA,5 kr\n"), "import.currency_unclear");
}

#[test]
fn phones_keep_their_digits_or_are_refused() {
    for (cell, phone) in [
        ("2079460018.0", "2079460018"),
        ("+44 20 7946 0018", "+442079460018"),
        ("Tel: +44 20 7946 0018", "+442079460018"),
        ("555-0100 ext. 12", "5550100x12"),
        ("\u{feff}555\u{200b}0100", "5550100"),
    ] {
        assert_eq!(one("contact", &format!("Last Name,Phone\nA,{cell}\n"))["phone"], phone, "{cell}");
    }
    assert_eq!(code("contact", "Last Name,Phone\nA,4.42079E+11\n"), "import.digits_lost");
    assert_eq!(one("contact", "Last Name,Phone\nA,N/A\n")["phone"], Json::Null);
}

#[test]
fn the_first_of_several_addresses_is_the_main_one() {
    let contact =
        one("contact", "Last Name,Email,Phone\nA,a@x.example ::: b@x.example; c@x.example,555-0100 ::: 555-0101\n");
    assert_eq!(contact["email"], "a@x.example");
    assert_eq!(contact["other_emails"], json!(["b@x.example", "c@x.example"]));
    assert_eq!((&contact["phone"], &contact["other_phones"]), (&json!("5550100"), &json!(["5550101"])));
    assert_eq!(code("account", "Account Name,Phone\nA,555-0100; 555-0101\n"), "import.several_values");
}

#[test]
fn web_addresses_streets_names_and_choices_are_read_as_people_write_them() {
    assert_eq!(one("account", "Account Name,Website\nA,acme.example/about\n")["website"], "https://acme.example/about");
    let lead = one("lead", "Last Name,Street,Postal Code\nA,\"1 Market\nSuite 300\",01234\n");
    assert_eq!(lead["address"]["street"], "1 Market, Suite 300");
    assert_eq!(lead["address"]["postal_code"], "01234");
    for (full, first, last) in [
        ("\"John Smith, Jr.\"", "John", "Smith Jr."),
        ("Dr. Jane Doe", "Jane", "Doe"),
        ("\"Doe, Jane\"", "Jane", "Doe"),
    ] {
        let lead = one("lead", &format!("Full Name,Email\n{full},a@x.example\n"));
        assert_eq!((&lead["first_name"], &lead["last_name"]), (&json!(first), &json!(last)), "{full}");
    }
    assert_eq!(one("deal", "Name,Stage\nA,Prospecting\n")["stage"], "prospecting");
    let office = Importer::new();
    assert_eq!(run(&office, "deal.create", json!({"name": "A", "stage": "Negotiation"}))["stage"], "negotiation");
    assert_eq!(
        run(&office, "contact.create", json!({"email": "a@x.example", "lifecycle_stage": "Customer"}))["lifecycle_stage"],
        "customer"
    );
    run(&office, "org.configure", json!({"choices": {"lead.industry": ["real_estate", "retail"]}}));
    assert_eq!(
        run(&office, "lead.create", json!({"company": "A", "industry": "Real Estate"}))["industry"],
        "real_estate"
    );
}

#[test]
fn what_one_cell_gets_wrong_costs_the_cell_when_the_import_says_so() {
    let office = Importer::new();
    let csv = "Last Name,Email,Phone,Lifecycle Stage\nA,nobody,555-0100,Customer\nB,b@x.example,4.4E+11,Nonsense\n";
    let refused = import(&office, "contact", csv);
    assert_eq!((&refused["created"], &refused["refused"]), (&json!(0), &json!(2)));
    let report = run(&office, "contact.import_csv", json!({"csv": csv, "on_bad_cell": "leave_out"}));
    assert_eq!((&report["created"], &report["refused"]), (&json!(2), &json!(0)), "{report}");
    assert_eq!(report["cells_left_out"], 3);
    let cells: Vec<String> = report["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| ["record", "column", "code", "value"].map(|name| cell[name].to_string()).join(" "))
        .collect();
    assert_eq!(
        cells,
        [
            r#"1 "Email" "field.invalid" "nobody""#,
            r#"2 "Phone" "import.digits_lost" "4.4E+11""#,
            r#"2 "Lifecycle Stage" "import.choice_invalid" "Nonsense""#,
        ],
    );
    let rule = "Last Name,Email,Source\nC,c@x.example,Elsewhere\n";
    run(&office, "org.configure", json!({"choices": {"contact.source": ["web"]}}));
    assert_eq!(import(&office, "contact", rule)["refused"], 1);
    let report = run(&office, "contact.import_csv", json!({"csv": rule, "on_bad_cell": "leave_out"}));
    assert_eq!((&report["created"], &report["left_out"][0]["code"]), (&json!(1), &json!("choice.unknown")), "{report}");
    // What another record has is no bad cell.
    let taken = "Last Name,Email\nD,d@x.example ::: c@x.example\n";
    let report =
        run(&office, "contact.import_csv", json!({"csv": taken, "on_bad_cell": "leave_out", "match_on": "none"}));
    assert_eq!(report["problems"][0]["code"], "contact.email_taken", "{report}");
}

#[test]
fn references_are_found_by_name_mail_or_number() {
    let office = Importer::new();
    let account = run(&office, "account.create", json!({"name": "Acme"}))["id"].clone();
    let user = run(&office, "user.create", json!({"name": "Maria Lopez", "email": "maria@desk.example"}))["id"].clone();
    let campaign = run(&office, "campaign.create", json!({"name": "Fair", "type": "event"}))["id"].clone();
    let csv = "Last Name,Email,Company,Owner\nQ,q@x.example,ACME,maria@desk.example\nR,r@x.example,Acme,Maria Lopez\n";
    let mapping = json!({"Company": "account", "Owner": "owner"});
    let report = run(&office, "contact.import_csv", json!({"csv": csv, "mapping": mapping}));
    assert_eq!(report["created"], 2, "{report}");
    for contact in run(&office, "contact.find", json!({}))["items"].as_array().unwrap() {
        assert_eq!((&contact["account"], &contact["owner"]["user"]), (&account, &user));
    }
    let csv = "Name,account,owner,campaign,primary_contact\nA,Acme,Maria Lopez,Fair,q@x.example\n";
    let report = import(&office, "deal", csv);
    assert_eq!(report["created"], 1, "{report}");
    let deal = run(&office, "deal.find", json!({}))["items"][0].clone();
    assert_eq!((&deal["account"], &deal["owner"], &deal["campaign"]), (&account, &user, &campaign));
    assert!(deal["primary_contact"].is_string());
    let unknown = json!({"csv": "Last Name,Company\nS,Nowhere\n", "mapping": {"Company": "account"}});
    let report = run(&office, "contact.import_csv", unknown);
    assert_eq!(report["problems"][0]["code"], "import.reference_unknown", "{report}");
    assert_eq!(report["problems"][0]["column"], "Company");
    run(&office, "user.create", json!({"name": "Maria Lopez", "email": "maria2@desk.example"}));
    let several = json!({"csv": "Name,Who\nB,Maria Lopez\n", "mapping": {"Who": "owner"}});
    let report = run(&office, "deal.import_csv", several);
    assert_eq!(report["problems"][0]["code"], "import.reference_ambiguous", "{report}");
}

#[test]
fn a_probability_in_a_file_is_one_by_hand_and_decided_deals_come_in_with_their_date() {
    let deal = one("deal", "Name,Probability\nA,75%\n");
    assert_eq!((&deal["probability"], &deal["probability_by_hand"]), (&json!(75), &json!(true)));
    let deal = one("deal", "Name,Stage,Amount,Currency,Close Date\nC,Closed Won,100,USD,2024-05-05\n");
    assert_eq!(
        (&deal["stage"], &deal["status"], &deal["probability"]),
        (&json!("closed_won"), &json!("won"), &json!(100))
    );
    assert_eq!(deal["close_date"], "2024-05-05");
    assert!(deal["closed_at"].as_str().unwrap().starts_with("2024-05-05"));
    let deal = one("deal", "Name,Stage,Close Date\nD,closed_lost,2024-05-05\n");
    assert_eq!((&deal["status"], &deal["close_date"]), (&json!("lost"), &json!("2024-05-05")));
    assert_eq!(code("deal", "Name,Stage\nE,closed_won\n"), "deal.amount_missing");
    let office = Importer::new();
    let created = block_on(office.session.execute(
        "deal.create",
        json!({"name": "F", "stage": "closed_won"}),
        Envelope::default(),
    ));
    assert_eq!(created.unwrap_err().code(), "deal.use_win_or_lose");
}
