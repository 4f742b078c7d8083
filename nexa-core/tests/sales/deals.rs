use std::time::Duration;

use nexa_core::{
    AggregateOf, Assignee, Choice, Create, Date, Filter, GroupBy, MeasureOf, Update,
    people::assignment::Assign,
    people::org::Configure,
    sales::{
        Account, AccountType, Contact, Deal, DealStatus, LifecycleStage,
        deal::{
            lifecycle::{Lose, Reopen, Win},
            metrics::Metrics,
            stage::{Move, ResetProbability},
        },
    },
    testing::block_on,
};
use serde_json::json;

use super::world::{World, eur, usd};

fn to(deal: &Deal, stage: &str) -> Move {
    Move { deal: deal.into(), stage: Choice::parse(stage).unwrap() }
}
fn win(deal: &Deal) -> Win {
    Win::of(deal)
}
fn lose(deal: &Deal) -> Lose {
    Lose::of(deal, Choice::parse("They chose somebody else").unwrap())
}

/// Story 3: eight weeks, $50K to $45K, weighted $12,500 at the start; won, and the account becomes a customer.
#[test]
fn a_deal_lives_eight_weeks() {
    let world = World::new();
    let acme = world.account("Acme Corp");
    let sarah = world.contact("Sarah", &acme);
    let create = Create::<Deal>::new()
        .set(Deal::NAME, "Acme Corp - Enterprise Plan")
        .set(Deal::AMOUNT, usd("50000"))
        .set(Deal::STAGE, "qualification")
        .set(Deal::CLOSE_DATE, Date::from_ymd_opt(2026, 2, 15).unwrap())
        .set(Deal::ACCOUNT, &acme)
        .set(Deal::PRIMARY_CONTACT, &sarah);
    let deal = world.run(create);
    assert_eq!((deal.probability.get(), deal.weighted()), (25, Some(usd("12500"))));

    world.days_later(7);
    assert_eq!(world.run(to(&deal, "proposal")).weighted(), Some(usd("25000")));
    world.days_later(28);
    world.run(Update::of(&deal).set(Deal::AMOUNT, usd("45000")));
    let deal = world.run(to(&deal, "negotiation"));
    assert_eq!((deal.probability.get(), deal.weighted()), (75, Some(usd("33750"))));
    world.days_later(14);
    let metrics = world.ask(Metrics { deal: (&deal).into() });
    assert_eq!((metrics.days_in_stage, metrics.sales_cycle_days), (14, None));
    world.days_later(7);
    let won = world.run(win(&deal));

    assert_eq!((won.status, won.stage.as_str(), won.probability.get()), (DealStatus::Won, "closed_won", 100));
    assert_eq!((won.amount, won.weighted()), (Some(usd("45000")), Some(usd("45000"))));
    assert_eq!(won.close_date, Date::from_ymd_opt(2026, 1, 12));
    let acme = world.get(acme.id);
    assert_eq!((acme.r#type, acme.customer_since), (AccountType::Customer, won.close_date));
    assert_eq!(world.get(sarah.id).lifecycle_stage, LifecycleStage::Customer);

    let metrics = world.ask(Metrics { deal: (&won).into() });
    assert_eq!((metrics.sales_cycle_days, metrics.days_in_stage), (Some(56), 0));
    let stages: Vec<(&str, i64)> = metrics.stages.iter().map(|visit| (visit.stage.as_str(), visit.days)).collect();
    assert_eq!(stages, [("qualification", 7), ("proposal", 28), ("negotiation", 21), ("closed_won", 0)]);
    assert_eq!(metrics.stages[0].to, Some(metrics.stages[1].from));
    assert_eq!(metrics.stages[3].to, None);
}

#[test]
fn the_probability_follows_the_stage_until_somebody_sets_it() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    assert_eq!((deal.stage.as_str(), deal.probability.get(), deal.probability_by_hand), ("prospecting", 10, false));
    assert_eq!(world.run(to(&deal, "negotiation")).probability.get(), 75);
    assert_eq!(world.run(to(&deal, "proposal")).probability.get(), 50);
    // Also through the plain update.
    let moved = world.run(Update::of(&deal).set(Deal::STAGE, "qualification"));
    assert_eq!((moved.probability.get(), moved.stage_since), (25, moved.updated_at));

    // What it was already can be set by hand as well.
    let fixed = world.run(Update::of(&deal).set(Deal::PROBABILITY, 25));
    assert!(fixed.probability_by_hand);
    assert_eq!(world.run(to(&deal, "proposal")).probability.get(), 25);
    let reset = world.run(ResetProbability { deal: (&deal).into() });
    assert_eq!((reset.probability.get(), reset.probability_by_hand), (50, false));
    assert_eq!(world.run(to(&deal, "negotiation")).probability.get(), 75);

    let zero = world.run(Create::<Deal>::new().set(Deal::NAME, "Zero").set(Deal::PROBABILITY, 0));
    assert_eq!((zero.probability.get(), zero.probability_by_hand), (0, true));
}

#[test]
fn only_win_and_lose_decide() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    assert_eq!(world.refused(to(&deal, "closed_won")), "deal.use_win_or_lose");
    assert_eq!(world.refused(Update::of(&deal).set(Deal::STAGE, "closed_lost")), "deal.use_win_or_lose");
    let error = world.attempt(to(&deal, "somewhere")).unwrap_err();
    assert_eq!(error.code(), "deal.stage_unknown");
    assert_eq!(error.params()["stages"][0], "prospecting");
    let decided = Create::<Deal>::new().set(Deal::NAME, "x").set(Deal::STAGE, "closed_won");
    assert_eq!(world.refused(decided), "deal.use_win_or_lose");
}

#[test]
fn a_won_deal_has_an_amount() {
    let world = World::new();
    let deal = world.run(Create::<Deal>::new().set(Deal::NAME, "Plan"));
    assert_eq!(world.refused(win(&deal)), "deal.amount_missing");
    world.run(Update::of(&deal).set(Deal::AMOUNT, eur("5")));
    world.run(win(&deal));
    assert_eq!(world.refused(Update::of(&deal).clear(Deal::AMOUNT)), "deal.amount_missing");
}

#[test]
fn a_decided_deal_stands_still_until_it_is_reopened() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    world.run(to(&deal, "proposal"));
    assert_eq!(world.refused(Reopen { deal: (&deal).into() }), "deal.not_closed");
    let lost = world.run(lose(&deal));
    assert_eq!((lost.status, lost.probability.get()), (DealStatus::Lost, 0));
    assert_eq!(lost.lost_reason.as_deref(), Some("They chose somebody else"));
    assert_eq!(lost.close_date, Date::from_ymd_opt(2025, 11, 17));
    for code in [
        world.refused(to(&deal, "negotiation")),
        world.refused(win(&deal)),
        world.refused(lose(&deal)),
        world.refused(ResetProbability { deal: (&deal).into() }),
        world.refused(Update::of(&deal).set(Deal::STAGE, "proposal")),
        world.refused(Update::of(&deal).set(Deal::PROBABILITY, 60)),
    ] {
        assert_eq!(code, "deal.closed");
    }
    // What was learned may still be written down.
    world.run(Update::of(&deal).set(Deal::DESCRIPTION, "Price was not the point"));
    let open = world.run(Reopen { deal: (&deal).into() });
    assert_eq!((open.status, open.stage.as_str(), open.probability.get()), (DealStatus::Open, "proposal", 50));
    assert_eq!((open.lost_reason, open.closed_at, open.stage_before_close), (None, None, None));
}

#[test]
fn a_reason_is_required_to_lose() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    for with in [json!({"deal": deal.id}), json!({"deal": deal.id, "reason": " "})] {
        let answer = block_on(world.admin.execute("deal.lose", with, nexa_core::Envelope::default()));
        assert_eq!(answer.unwrap_err().code(), "command.malformed");
    }
}

#[test]
fn it_is_won_on_the_tenants_day() {
    let world = World::new();
    world.run(serde_json::from_value::<Configure>(json!({"time_zone": "Asia/Tokyo"})).unwrap());
    world.clock.advance(Duration::from_secs(8 * 3_600));
    let deal = world.deal("Plan", usd("1000"));
    assert_eq!(world.run(win(&deal)).close_date, Date::from_ymd_opt(2025, 11, 18));
}

#[test]
fn a_customer_stays_one_since_the_first_deal() {
    let world = World::new();
    let acme = world.account("Acme");
    let since = Date::from_ymd_opt(2020, 1, 1).unwrap();
    world.run(Update::of(&acme).set(Account::CUSTOMER_SINCE, since));
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &acme));
    world.run(win(&deal));
    assert_eq!(world.get(acme.id).customer_since, Some(since));
}

#[test]
fn a_deal_belongs_to_one_user() {
    let world = World::new();
    let (deal, john) = (world.deal("Plan", usd("1")), world.user("john", "agent"));
    let group = Assignee::group(world.group("Senior reps", &john).id);
    assert_eq!(world.refused(Assign::to(&deal, group)), "assignee.must_be_user");
    assert_eq!(world.run(Assign::to(&deal, Assignee::user(john.id))).owner, Some(john.id));
    assert_eq!(world.run(Assign::to_nobody(&deal)).owner, None);
}

#[test]
fn the_contact_belongs_to_the_account() {
    let world = World::new();
    let (acme, other) = (world.account("Acme"), world.account("Other"));
    let (ours, theirs) = (world.contact("Ann", &acme), world.contact("Bob", &other));
    let deal = world.run(Update::of(&world.deal("Plan", usd("1"))).set(Deal::ACCOUNT, &acme));
    let with = |contact: &Contact| Update::of(&deal).set(Deal::PRIMARY_CONTACT, contact);
    assert_eq!(world.refused(with(&theirs)), "deal.contact_foreign");
    world.run(with(&ours));
    assert_eq!(world.refused(Update::of(&deal).set(Deal::ACCOUNT, &other)), "deal.contact_foreign");
}

#[test]
fn sums_never_mix_currencies() {
    let world = World::new();
    for amount in [usd("100"), eur("50"), usd("25.5")] {
        world.deal("Plan", amount);
    }
    let by_stage = vec![GroupBy::Field("stage".to_owned())];
    let sums = AggregateOf::<Deal>::new(Filter::everything(), by_stage, vec![MeasureOf::Sum("amount".to_owned())]);
    let rows = block_on(world.admin.aggregate(sums)).unwrap();
    let shown: Vec<String> = rows.iter().map(|row| json!([row.group, row.measures]).to_string()).collect();
    assert_eq!(shown, [r#"[["prospecting","EUR"],["50.00"]]"#, r#"[["prospecting","USD"],["125.50"]]"#]);
}
