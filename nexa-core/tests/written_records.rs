//! A record as by-name callers see it, written from its row, looks as the record itself is serialized.

use nexa_core::{Assignee, ExternalKey, Id, Reasons, Record, Timestamp, Url, sales::Lead, service::ticket::Ticket};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn written<R: Record>(record: &R, without: &[&str]) -> Json {
    let mut text = String::new();
    R::def().write_json(&record.to_row(), without, &mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn same<R: Record>(record: &R) {
    assert_eq!(written(record, &[]), serde_json::to_value(record).unwrap());
}

#[test]
fn a_record_looks_as_it_is_serialized() {
    same(&Lead::default());
    same(&Ticket::default());
    let mut lead = Lead { assignee: Some(Assignee::Group(Uuid::from_u128(3))), score: 90, ..Lead::default() };
    lead.bant.budget.met = Some(true);
    lead.bant.budget.evidence = Some("50,000 \"approved\"\n".parse().unwrap());
    lead.bant.timeline.met = Some(false);
    lead.bant.timeline.at = Some(Timestamp::from_micros(1_763_370_900_000_001));
    lead.bant.timeline.by = Some(Id::new(Uuid::from_u128(7)));
    lead.email = Some("sarah@acme.example".parse().unwrap());
    lead.website = Some(Url::parse("https://acme.example/?a=1&b=%22").unwrap());
    lead.address.city = Some("Köln".parse().unwrap());
    lead.tags.add("vip").unwrap();
    lead.custom.set("size", json!(2.5)).unwrap();
    lead.engagement.record("replied").unwrap();
    lead.score_reasons = Reasons::default();
    lead.score_reasons.add(15, "IT Director");
    lead.external_keys = vec![ExternalKey { system: "sap".into(), key: "1".into() }];
    same(&lead);
}

#[test]
fn fields_are_left_out_by_name() {
    let shown = written(&Lead::default(), &["score", "bant"]);
    assert!(shown.get("score").is_none() && shown.get("bant").is_none() && shown.get("status").is_some());
}
