use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::*;
use crate::{
    Amount, Assignee, Date, ExternalKey, Id, Reasons, Timestamp, Url,
    kernel::{custom::CustomType, record::Record},
    sales::{Lead, lead},
    service::ticket::Ticket,
    values::check::same_form,
};

/// A record as by-name callers see it.
fn told<R: Record>(record: &R, without: &[&str]) -> Json {
    let mut text = String::new();
    R::def().write_json(&record.to_row(), without, &mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn same<R: Record>(record: &R) {
    assert_eq!(told(record, &[]), serde_json::to_value(record).unwrap());
}

fn evidence(lead: &mut Lead) {
    lead.bant.budget.met = Some(true);
    lead.bant.budget.evidence = Some("50,000 \"approved\"\n".parse().unwrap());
    lead.bant.timeline.met = Some(false);
    lead.bant.timeline.at = Some(Timestamp::from_micros(1_763_370_900_000_001));
    lead.bant.timeline.by = Some(Id::new(Uuid::from_u128(7)));
}

#[test]
fn scalars_look_as_they_are_serialized() {
    same_form(&String::from("a \"quoted\" \\ text\u{7}\t🙂"));
    same_form(&None::<String>);
    same_form(&true);
    same_form(&i64::MIN);
    same_form(&u8::MAX);
    same_form(&Some(Timestamp::from_micros(-1)));
    same_form(&Date::from_ymd_opt(2025, 2, 28).unwrap());
    same_form(&Amount::from_ten_thousandths(-500_001));
    same_form(&Uuid::from_u128(u128::MAX));
    same_form(&CustomType::Date);
    same_form(&Vec::<ExternalKey>::new());
    same_form(&vec![ExternalKey { system: "sap".into(), key: "\u{e9}\"1\"".into() }]);
}

#[test]
fn criteria_show_what_is_not_known_of_them() {
    let mut lead = Lead::default();
    same_form(&lead.bant);
    evidence(&mut lead);
    same_form(&lead.bant);
    same_form(&lead.bant.timeline);
    same_form(&Some(lead.bant.timeline.clone()));
    same_form(&None::<lead::Criterion>);
}

#[test]
fn a_record_looks_as_it_is_serialized() {
    same(&Lead::default());
    same(&Ticket::default());
    let mut lead = Lead { assignee: Some(Assignee::Group(Uuid::from_u128(3))), score: 90, ..Lead::default() };
    evidence(&mut lead);
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
    let shown = told(&Lead::default(), &["score", "bant"]);
    assert!(shown.get("score").is_none() && shown.get("bant").is_none() && shown.get("status").is_some());
}

#[test]
fn a_name_from_elsewhere_is_not_told_as_if_it_were_known() {
    let mut row = Lead::default().to_row();
    row.set(Lead::def().column("status").unwrap(), Value::Text("asleep".into()));
    let mut text = String::new();
    assert_eq!(Lead::def().write_json(&row, &[], &mut text).unwrap_err().code(), "store.corrupt");
    assert_eq!(Form::Value.write("x", &[], &[], &mut text).unwrap_err().code(), "store.corrupt");
}
