//! No report shows more than `get`.

use nexa_core::{
    Create, Envelope, Update,
    sales::{
        Contact, Deal,
        account::rollup::Rollup,
        contact::overview::Overview,
        deal::{by_stage::ByStage, forecast::Forecast, metrics::Metrics},
    },
    testing::block_on,
};
use serde_json::json;

use super::world::{World, usd};

#[test]
fn who_sees_their_own_deals_gets_sums_of_those() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    let (vic, viewer) = world.viewer();
    let close = sarah.created_at.date();
    let deal = |amount| {
        let create = Create::<Deal>::new().set(Deal::NAME, "Plan").set(Deal::AMOUNT, amount);
        let create = create.set(Deal::ACCOUNT, &acme).set(Deal::PRIMARY_CONTACT, &sarah);
        world.run(create.set(Deal::CLOSE_DATE, close))
    };
    let (own, foreign) = (deal(usd("100")), deal(usd("7777")));
    world.run(nexa_core::people::assignment::Assign::to(&own, nexa_core::Assignee::user(vic.id)));
    world.show_only("deal", Deal::OWNER.eq(vic.id));

    let overview = block_on(viewer.ask(Overview::of(&sarah))).unwrap();
    assert_eq!((overview.deals.open, overview.deals.total_open), (1, vec![usd("100")]));
    assert!(overview.timeline.iter().all(|change| change.record != foreign.id.uuid()));
    let rollup = block_on(viewer.ask(Rollup { account: (&acme).into() })).unwrap();
    assert_eq!(rollup.with_subsidiaries.total_deal_value.per_currency, [usd("100")]);
    let forecast = Forecast { from: close, to: close, owner: None, group: None, pipeline: None };
    assert_eq!(block_on(viewer.ask(forecast)).unwrap().total.best_case.per_currency, [usd("100")]);
    assert_eq!(block_on(viewer.ask(ByStage::default())).unwrap().open.count, 1);
    let metrics = block_on(viewer.ask(Metrics { deal: (&foreign).into() }));
    assert_eq!(metrics.unwrap_err().code(), "record.not_found");
}

#[test]
fn an_account_that_is_not_seen_is_not_shown_with_its_contact() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    world.show_only("account", nexa_core::Filter::nothing());
    let (_, viewer) = world.viewer();
    assert_eq!(block_on(viewer.ask(Overview::of(&sarah))).unwrap().account, None);
}

#[test]
fn every_question_is_answered_by_name() {
    let world = World::new();
    let acme = world.account("Acme");
    let sarah = world.contact("Sarah", &acme);
    let deal = world.run(Update::of(&world.deal("Plan", usd("100"))).set(Deal::PRIMARY_CONTACT, &sarah));
    for (operation, with, path, expected) in [
        ("contact.overview", json!({"contact": sarah.id}), "/deals/total_open/0/amount", json!("100.00")),
        ("account.rollup", json!({"account": acme.id}), "/own/contacts", json!(1)),
        ("deal.metrics", json!({"deal": deal.id}), "/weighted/amount", json!("10.00")),
        ("deal.forecast", json!({"from": "2025-11-01", "to": "2025-11-30"}), "/undated", json!(1)),
        ("deal.pipeline", json!({}), "/stages/0/total/converted/amount", json!("100.00")),
        ("contact.set_stage", json!({"contact": sarah.id, "stage": "advocate"}), "/lifecycle_stage", json!("advocate")),
        ("deal.lose", json!({"deal": deal.id, "reason": "Price"}), "/status", json!("lost")),
    ] {
        let answer = block_on(world.admin.execute(operation, with, Envelope::default())).unwrap();
        assert_eq!(answer.pointer(path), Some(&expected), "{operation}: {answer}");
    }
    assert_eq!(world.get::<Contact>(sarah.id).lifecycle_stage.as_str(), "advocate");
}
