//! Columns that say what a lead did: counted on import, and scored at once.

use nexa_core::{
    import::{ImportOptions, import_csv},
    kernel::entity::MatchPolicy,
    sales::{
        Account, Lead,
        lead::{Lose, RecordEngagement},
    },
    testing::block_on,
};
use serde_json::json;

use super::importer::Importer;

const MAP: &str = "Attended=engagement:attended,Questions=engagement:question_asked,Demo=engagement:demo_requested";

fn csv(row: &str) -> String {
    format!("Email,Attended,Questions,Demo\n{row}\n")
}

fn signals(lead: &Lead) -> serde_json::Value {
    serde_json::to_value(&lead.engagement).unwrap()
}

#[test]
fn yes_and_numbers_are_counted_and_scored() {
    let office = Importer::new();
    let report = office.import(&csv("ada@doe.example,Yes,2,no"), ImportOptions::new().map(MAP));
    assert_eq!(report.created, 1, "{report:?}");
    assert_eq!(report.columns[2].target.as_deref(), Some("engagement:question_asked"));
    let ada = office.lead("ada@doe.example");
    assert_eq!(signals(&ada), json!({"attended": 1, "question_asked": 2}));
    assert_eq!((ada.score, ada.score_reasons.iter().count()), (20, 2));

    office.import(&csv("bob@doe.example,,0,1"), ImportOptions::new().map(MAP));
    let bob = office.lead("bob@doe.example");
    assert_eq!((signals(&bob), bob.score), (json!({"demo_requested": 1}), 30));
}

#[test]
fn what_was_seen_stays_seen_and_is_not_counted_twice() {
    let office = Importer::new();
    let options = |policy| ImportOptions { policy, ..ImportOptions::new() }.map(MAP);
    office.import(&csv("ada@doe.example,yes,2,"), options(MatchPolicy::Skip));
    let ada = office.lead("ada@doe.example");
    block_on(office.session.run(RecordEngagement::new(&ada, "attended".parse().unwrap()))).unwrap();

    let again = office.import(&csv("ada@doe.example,yes,2,"), options(MatchPolicy::Update));
    assert_eq!((again.updated, again.unchanged), (0, 1), "{again:?}");
    office.import(&csv("ada@doe.example,no,5,yes"), options(MatchPolicy::Fill));
    assert_eq!(
        signals(&office.lead("ada@doe.example")),
        json!({"attended": 2, "question_asked": 2, "demo_requested": 1})
    );
    office.import(&csv("ada@doe.example,no,5,"), options(MatchPolicy::Update));
    let ada = office.lead("ada@doe.example");
    assert_eq!(signals(&ada), json!({"attended": 2, "question_asked": 5, "demo_requested": 1}));
    assert_eq!(ada.score, 50);

    let lose = Lose { lead: (&ada).into(), reason: "No budget".parse().unwrap() };
    block_on(office.session.run(lose)).unwrap();
    let again = office.import(&csv("ada@doe.example,,9,"), options(MatchPolicy::Update));
    assert_eq!((again.created, again.refused), (1, 0), "who was lost asks again: {again:?}");
    let lost = block_on(office.session.get(ada.id)).unwrap();
    assert_eq!(signals(&lost), json!({"attended": 2, "question_asked": 5, "demo_requested": 1}));
}

#[test]
fn what_is_no_count_is_refused_and_other_kinds_count_nothing() {
    let office = Importer::new();
    for cell in ["maybe", "-1", "1.5"] {
        let report = office.import(&csv(&format!("ada@doe.example,{cell},,")), ImportOptions::new().map(MAP));
        let problem = &report.problems[0];
        assert_eq!((&*problem.code, problem.column.as_deref()), ("import.signal_invalid", Some("Attended")), "{cell}");
    }
    assert!(office.leads().is_empty());
    let options = ImportOptions::new().map("Attended=engagement:attended");
    let import = import_csv::<Account>(&office.session, &b"Name,Attended\nAcme,yes\n"[..], options, |_: &_| {});
    assert_eq!(block_on(import).unwrap_err().code(), "import.target_unsupported");
}

#[test]
fn objects_name_signals_themselves() {
    let office = Importer::new();
    let rows = json!([
        {"email": "ada@doe.example", "engagement:attended": true, "engagement:question_asked": 3},
        {"email": "bob@doe.example", "engagement:attended": false, "engagement:question_asked": -3},
    ]);
    let report = office.rows(rows, ImportOptions::new());
    assert_eq!((report.created, report.refused), (1, 1), "{report:?}");
    assert_eq!(signals(&office.lead("ada@doe.example")), json!({"attended": 1, "question_asked": 3}));
}
