//! Deals on their way: what a stage asks for, where they were, what holds them up, and what winning and reopening do to the account.

use nexa_core::{
    Create, Date, Find, Update,
    people::org::Configure,
    sales::{
        Account, AccountType, Deal, DealStatus, Pipeline, StageVisit,
        deal::{
            forecast::Forecast,
            funnel::Funnel,
            lifecycle::{Lose, Reopen, Win},
            metrics::Metrics,
            stage::{Move, ResetCategory},
            stuck::Stuck,
        },
        pipeline::RemoveStage,
    },
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::world::{World, usd};

fn to(deal: &Deal, stage: &str) -> Move {
    Move { deal: deal.into(), stage: stage.parse().unwrap() }
}

fn day(year: i32, month: u32, day: u32) -> Date {
    Date::from_ymd_opt(year, month, day).unwrap()
}

/// A default pipeline with these open stages.
fn pipeline(world: &World, open: &[Json]) -> Pipeline {
    let decided = [
        json!({"name": "won", "probability": 100, "kind": "won"}),
        json!({"name": "lost", "probability": 0, "kind": "lost"}),
    ];
    let stages: Vec<Json> = open.iter().cloned().chain(decided).collect();
    let fields = json!({"name": "Projects", "is_default": true, "stages": stages});
    world.run(serde_json::from_value::<Create<Pipeline>>(fields).unwrap())
}

fn visits(world: &World, deal: &Deal) -> Vec<StageVisit> {
    let of_deal = Find::new().filter(StageVisit::DEAL.eq(deal.id)).by(StageVisit::ENTERED_AT).by(StageVisit::LEFT_AT);
    block_on(world.admin.find::<StageVisit>(of_deal)).unwrap().items
}

#[test]
fn a_stage_names_what_a_deal_needs_to_enter_it() {
    let world = World::new();
    pipeline(
        &world,
        &[
            json!({"name": "talk", "probability": 10}),
            json!({"name": "offer", "probability": 50, "required": ["amount", "close_date", "custom.budget"]}),
        ],
    );
    let deal = world.run(Create::<Deal>::new().set(Deal::NAME, "Plan"));
    let error = world.attempt(to(&deal, "offer")).unwrap_err();
    assert_eq!(
        (error.code(), &error.params()["fields"]),
        ("deal.stage_needs", &json!(["amount", "close_date", "custom.budget"]))
    );
    assert_eq!(world.get(deal.id).stage.as_str(), "talk", "a refused move changes nothing");
    let straight = Create::<Deal>::new().set(Deal::NAME, "Plan").set(Deal::STAGE, "offer");
    assert_eq!(world.refused(straight), "deal.stage_needs");
    assert_eq!(world.refused(Update::of(&deal).set(Deal::STAGE, "offer")), "deal.stage_needs");

    let define = json!({"of_kind": "deal", "name": "budget", "holds": "text"});
    block_on(world.admin.execute("field.define", define, nexa_core::Envelope::default())).unwrap();
    let fields =
        json!({"deal": deal.id, "amount": usd("10"), "close_date": "2026-01-01", "custom": {"budget": "approved"}});
    world.run(serde_json::from_value::<Update<Deal>>(fields).unwrap());
    let there = world.run(to(&deal, "offer"));
    // What a stage asks for is checked on entering it alone.
    world.run(Update::of(&there).clear(Deal::CLOSE_DATE));
}

#[test]
fn a_stage_requires_only_fields_that_people_fill_in() {
    let world = World::new();
    for wrong in ["amout", "status", "custom.", "version"] {
        let stages = json!([
            {"name": "talk", "probability": 10, "required": [wrong]},
            {"name": "won", "probability": 100, "kind": "won"},
            {"name": "lost", "probability": 0, "kind": "lost"},
        ]);
        let create = serde_json::from_value::<Create<Pipeline>>(json!({"name": "Projects", "stages": stages})).unwrap();
        assert_eq!(world.refused(create), "pipeline.invalid", "{wrong}");
    }
}

#[test]
fn every_stay_in_a_stage_is_a_record() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    world.days_later(3);
    world.run(to(&deal, "proposal"));
    world.days_later(2);
    world.run(Update::of(&deal).set(Deal::STAGE, "qualification"));
    world.days_later(1);
    world.run(Lose::of(&deal, "Price".parse().unwrap()));
    world.run(Reopen { deal: (&deal).into() });

    let stays = visits(&world, &deal);
    let told: Vec<_> = stays
        .iter()
        .map(|visit| (visit.stage.as_str(), visit.seconds.map(|seconds| seconds / 86_400), visit.next_stage.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("prospecting", Some(3), Some("proposal")),
            ("proposal", Some(2), Some("qualification")),
            ("qualification", Some(1), Some("closed_lost")),
            ("closed_lost", Some(0), Some("qualification")),
            ("qualification", None, None),
        ]
    );
    assert_eq!(stays[3].reason.as_deref(), Some("Price"), "the reason of the loss stays in the visit");
    assert!(stays.iter().all(|visit| visit.by.is_some()));
    let metrics = world.ask(Metrics { deal: (&deal).into() });
    assert_eq!(metrics.stages.iter().map(|stay| stay.days).collect::<Vec<_>>(), [3, 2, 1, 0, 0]);
    // A move to where it is, is none.
    world.run(to(&deal, "qualification"));
    assert_eq!(visits(&world, &deal).len(), 5);
}

#[test]
fn a_stage_that_keeps_its_key_takes_its_deals_along_under_another_name() {
    let world = World::new();
    let open = |name: &str| [json!({"name": name, "key": "talk", "probability": 10})];
    let projects = pipeline(&world, &open("Talk"));
    let deal = world.deal("Plan", usd("1000"));
    let since = deal.stage_since;
    world.days_later(1);
    let stages = json!([
        {"name": "First talk", "key": "talk", "probability": 10},
        {"name": "won", "probability": 100, "kind": "won"},
        {"name": "lost", "probability": 0, "kind": "lost"},
    ]);
    let rename = json!({"pipeline": projects.id, "stages": stages});
    world.run(serde_json::from_value::<Update<Pipeline>>(rename).unwrap());
    let deal = world.get(deal.id);
    assert_eq!((deal.stage.as_str(), deal.stage_since), ("First talk", since));
}

/// krayin/laravel-crm #678: deleting a stage deleted its leads.
#[test]
fn a_stage_with_open_deals_goes_only_when_they_have_somewhere_to_go() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1000"));
    let (other, lost) = (world.deal("Other", usd("1")), world.deal("Lost", usd("1")));
    world.run(Lose::of(&lost, "Price".parse().unwrap()));
    let pipeline = deal.pipeline;
    let remove = |move_to: Option<&str>| RemoveStage {
        pipeline: pipeline.into(),
        stage: "Prospecting".parse().unwrap(),
        move_to: move_to.map(|stage| stage.parse().unwrap()),
    };
    let error = world.attempt(remove(None)).unwrap_err();
    assert_eq!((error.code(), &error.params()["count"]), ("pipeline.stage_in_use", &json!(2)));
    for nowhere in ["closed_won", "prospecting", "somewhere"] {
        assert_eq!(world.refused(remove(Some(nowhere))), "pipeline.stage_unknown", "{nowhere}");
    }
    let after = world.run(remove(Some("qualification")));
    assert_eq!(after.stage_names()[0], "qualification");
    for id in [deal.id, other.id] {
        assert_eq!((world.get(id).stage.as_str(), world.get(id).probability.get()), ("qualification", 25));
    }
    // Closed deals and histories keep its name.
    assert_eq!(world.get(lost.id).stage_before_close.as_deref(), Some("prospecting"));
    assert_eq!(visits(&world, &deal)[0].stage.as_str(), "prospecting");
    // A stage in which no deal is needs no place for them.
    let empty = RemoveStage { pipeline: pipeline.into(), stage: "negotiation".parse().unwrap(), move_to: None };
    assert_eq!(world.run(empty).stages.len(), 4);
}

/// Story 3: "Deal stuck in Proposal for 14+ days".
#[test]
fn a_deal_is_stuck_after_the_days_that_its_stage_allows() {
    let world = World::new();
    pipeline(
        &world,
        &[
            json!({"name": "talk", "probability": 10}),
            json!({"name": "proposal", "probability": 50, "stale_after_days": 14}),
        ],
    );
    let john = world.user("john", "agent");
    let (first, second) = (world.deal("First", usd("1")), world.deal("Second", usd("1")));
    world.deal("Never stuck", usd("1"));
    world.run(to(&first, "proposal"));
    world.run(Update::of(&second).set(Deal::OWNER, &john));
    world.days_later(7);
    world.run(to(&second, "proposal"));
    world.days_later(7);
    assert!(world.ask(Stuck::default()).items.is_empty(), "fourteen days are allowed");
    world.days_later(1);
    let stuck = world.ask(Stuck::default()).items;
    assert_eq!(stuck.iter().map(|one| (one.deal, one.days_in_stage)).collect::<Vec<_>>(), [(first.id, 15)]);
    assert_eq!((stuck[0].stage.as_str(), stuck[0].stale_after_days), ("proposal", 14));
    world.days_later(7);
    let page = world.ask(Stuck { limit: Some(1), ..Stuck::default() });
    assert_eq!(page.items[0].deal, first.id, "the longest first");
    let next = world.ask(Stuck { limit: Some(1), after: page.next, ..Stuck::default() });
    assert_eq!((next.items[0].deal, next.next), (second.id, None));
    let johns = world.ask(Stuck { owner: Some((&john).into()), ..Stuck::default() });
    assert_eq!(johns.items.len(), 1);
}

#[test]
fn a_funnel_says_how_deals_go_on_from_each_stage() {
    let world = World::new();
    let [a, b, c, d] = ["A", "B", "C", "D"].map(|name| world.deal(name, usd("1")));
    world.days_later(2);
    for deal in [&a, &b, &c] {
        world.run(to(deal, "proposal"));
    }
    world.run(Lose::of(&d, "Price".parse().unwrap()));
    world.days_later(3);
    world.run(to(&b, "qualification"));
    world.run(Win::of(&a));
    let funnel = world.ask(Funnel { from: day(2025, 11, 1), to: day(2025, 11, 30), pipeline: None });
    let of = |name: &str| funnel.stages.iter().find(|stage| stage.stage == *name).unwrap();
    let first = of("prospecting");
    assert_eq!((first.entered, first.there, first.advanced, first.back, first.won, first.lost), (4, 0, 3, 0, 0, 1));
    assert_eq!(json!([first.conversion, first.average_days]), json!(["75.00", "2.00"]));
    let proposal = of("proposal");
    assert_eq!((proposal.entered, proposal.there, proposal.back, proposal.won), (3, 1, 1, 1));
    assert_eq!(json!([proposal.conversion, proposal.average_days]), json!(["50.00", "3.00"]));
    assert_eq!((of("negotiation").entered, of("negotiation").conversion), (0, None));
    let earlier = world.ask(Funnel { from: day(2025, 10, 1), to: day(2025, 10, 31), pipeline: None });
    assert!(earlier.stages.iter().all(|stage| stage.entered == 0));
}

#[test]
fn a_deal_is_won_on_the_day_and_at_the_price_that_are_told() {
    let world = World::new();
    world.run(
        serde_json::from_value::<Configure>(json!({"choices": {"deal.won_reason": ["Price", "Product"]}})).unwrap(),
    );
    let deal = world.run(Create::<Deal>::new().set(Deal::NAME, "Plan"));
    assert_eq!(world.refused(Win::of(&deal)), "deal.amount_missing");
    let late = Win { close_date: Some(day(2025, 11, 18)), actual_amount: Some(usd("1")), ..Win::of(&deal) };
    assert_eq!(world.refused(late), "deal.close_date_future");
    let unknown = Win { reason: Some("Luck".parse().unwrap()), actual_amount: Some(usd("1")), ..Win::of(&deal) };
    assert_eq!(world.refused(unknown), "choice.unknown");
    let won = world.run(Win {
        actual_amount: Some(usd("45000")),
        close_date: Some(day(2025, 11, 14)),
        reason: Some("product".parse().unwrap()),
        contract_signed: Some(true),
        contract_url: Some("s3://contracts/acme_2025.pdf".parse().unwrap()),
        ..Win::of(&deal)
    });
    assert_eq!(
        (won.amount, won.close_date, won.won_reason.as_deref()),
        (Some(usd("45000")), Some(day(2025, 11, 14)), Some("Product"))
    );
    assert_eq!((won.contract_signed, won.contract_url.as_deref()), (true, Some("s3://contracts/acme_2025.pdf")));
}

#[test]
fn a_deal_is_lost_to_somebody_who_then_is_a_competitor() {
    let world = World::new();
    let deal = world.deal("Plan", usd("1"));
    let lost = world.run(Lose {
        text: Some("They were cheaper".parse().unwrap()),
        lost_to: Some("Globex".parse().unwrap()),
        ..Lose::of(&deal, "Price".parse().unwrap())
    });
    assert_eq!((lost.lost_reason.as_deref(), lost.lost_to.as_deref()), (Some("Price"), Some("Globex")));
    assert!(lost.competitors.iter().eq(["Globex"]));
    let open = world.run(Reopen { deal: (&deal).into() });
    assert_eq!((open.status, open.lost_reason, open.lost_text, open.lost_to), (DealStatus::Open, None, None, None));
    assert!(open.competitors.iter().eq(["Globex"]), "they are still there");
}

#[test]
fn an_account_is_no_customer_any_more_when_the_deal_that_made_it_one_is_reopened() {
    let world = World::new();
    let acme = world.account("Acme");
    let deal = |name: &str| {
        world.run(Create::<Deal>::new().set(Deal::NAME, name).set(Deal::AMOUNT, usd("1")).set(Deal::ACCOUNT, &acme))
    };
    let (first, second) = (deal("First"), deal("Second"));
    world.run(Win::of(&first));
    world.days_later(1);
    world.run(Win::of(&second));
    world.run(Reopen { deal: (&first).into() });
    let kept = world.get(acme.id);
    assert_eq!(
        (kept.r#type, kept.customer_since),
        (AccountType::Customer, Some(day(2025, 11, 17))),
        "the second deal holds it"
    );
    world.run(Reopen { deal: (&second).into() });
    let back = world.get(acme.id);
    assert_eq!((back.r#type, back.customer_since), (acme.r#type, None));

    // Who was a customer before stays one.
    let globex = world.account("Globex");
    let since = day(2020, 1, 1);
    world.run(Update::of(&globex).set(Account::TYPE, AccountType::Customer).set(Account::CUSTOMER_SINCE, since));
    let third = world.run(Update::of(&deal("Third")).set(Deal::ACCOUNT, &globex));
    world.run(Win::of(&third));
    world.run(Reopen { deal: (&third).into() });
    let still = world.get(globex.id);
    assert_eq!((still.r#type, still.customer_since), (AccountType::Customer, Some(since)));
}

/// margince/margince #719: slipped deals were in no tile of the forecast.
#[test]
fn a_forecast_has_each_deal_in_one_category_and_slipped_ones_in_theirs() {
    let world = World::new();
    let closing = |name: &str, amount: &str, on: Date| {
        world.run(Create::<Deal>::new().set(Deal::NAME, name).set(Deal::AMOUNT, usd(amount)).set(Deal::CLOSE_DATE, on))
    };
    let (commit, best) = (closing("Commit", "100", day(2025, 12, 1)), closing("Best", "20", day(2025, 12, 2)));
    let (late, omitted) = (closing("Late", "3", day(2025, 11, 3)), closing("Omitted", "4000", day(2025, 12, 3)));
    let won = closing("Won", "50000", day(2025, 12, 4));
    let set = |deal: &Deal, category: &str| {
        let fields = json!({"deal": deal.id, "category": category});
        world.run(serde_json::from_value::<Update<Deal>>(fields).unwrap())
    };
    assert!(set(&commit, "commit").category_by_hand);
    set(&best, "best_case");
    set(&omitted, "omitted");
    world.run(Win::of(&won));
    // A category by hand stays through stages, and lets itself be reset.
    assert_eq!(world.run(to(&commit, "negotiation")).category.as_str(), "commit");
    world.run(Update::of(&late).set(Deal::CLOSE_DATE, day(2025, 11, 10)));
    world.run(Update::of(&late).set(Deal::CLOSE_DATE, day(2025, 11, 12)));
    world.run(Update::of(&late).set(Deal::CLOSE_DATE, day(2025, 11, 5)));

    let quarter = Forecast { from: day(2025, 10, 1), to: day(2025, 12, 31), owner: None, group: None, pipeline: None };
    let forecast = world.ask(quarter.clone());
    let categories = &forecast.total.categories;
    let sums =
        [&categories.closed, &categories.commit, &categories.best_case, &categories.pipeline, &categories.omitted];
    assert_eq!(sums.map(|sum| sum.converted), [usd("50000"), usd("100"), usd("20"), usd("3"), usd("4000")]);
    assert_eq!((forecast.slipped.count, forecast.slipped.total.converted, forecast.pushed), (1, usd("3"), 2));

    let followed = world.run(ResetCategory { deal: (&commit).into() });
    assert_eq!((followed.category.as_str(), followed.category_by_hand), ("pipeline", false));
    let john = world.user("john", "agent");
    let group = world.group("Team", &john);
    world.run(Update::of(&best).set(Deal::OWNER, &john));
    let teams = world.ask(Forecast { group: Some((&group).into()), ..quarter });
    assert_eq!((teams.total.best_case.converted, teams.total.categories.best_case.converted), (usd("20"), usd("20")));
}
