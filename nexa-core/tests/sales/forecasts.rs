use nexa_core::{
    Choice, Create, Date, Draft, Update,
    people::{Org, User, org::Configure},
    sales::{
        Deal,
        deal::{
            by_stage::ByStage,
            forecast::Forecast,
            lifecycle::{Lose, Win},
        },
    },
    testing::block_on,
};
use serde_json::json;

use super::world::{World, eur, gbp, usd};

fn day(month: u32, day: u32) -> Date {
    Date::from_ymd_opt(2025, month, day).unwrap()
}

fn quarter() -> Forecast {
    Forecast { from: day(10, 1), to: day(12, 31), owner: None, group: None, pipeline: None }
}

fn with_rates(world: &World) {
    let rates = json!({"rates": {"EUR": "1.1"}});
    world.run(Configure(Draft::<Org>::from(rates.as_object().unwrap().clone())));
}

/// The pipeline of the business use cases: $500K × 10 % + $1M × 25 % + $1.5M × 50 % + $2M × 75 %.
#[test]
fn the_weighted_pipeline_is_two_and_a_half_million() {
    let world = World::new();
    for (stage, amount, deals) in [
        ("prospecting", "50000", 10),
        ("qualification", "100000", 10),
        ("proposal", "75000", 20),
        ("negotiation", "200000", 10),
    ] {
        for _ in 0..deals {
            let create = Create::<Deal>::new().set(Deal::NAME, "Plan").set(Deal::STAGE, stage);
            world.run(create.set(Deal::AMOUNT, usd(amount)));
        }
    }
    let won = world.deal("Won", usd("5000000"));
    world.run(Win::of(&won));
    let value = world.ask(ByStage::default());
    assert_eq!(value.open.weighted.per_currency, [usd("2550000")]);
    assert_eq!((value.open.count, value.open.total.converted), (50, usd("5000000")));
    let stages: Vec<(&str, u64, String)> = value
        .stages
        .iter()
        .map(|stage| (stage.stage.as_str(), stage.deals.count, stage.deals.weighted.converted.to_string()))
        .collect();
    assert_eq!(
        stages,
        [
            ("prospecting", 10, "50,000.00 USD".to_owned()),
            ("qualification", 10, "250,000.00 USD".to_owned()),
            ("proposal", 20, "750,000.00 USD".to_owned()),
            ("negotiation", 10, "1,500,000.00 USD".to_owned()),
            ("closed_won", 1, "5,000,000.00 USD".to_owned()),
            ("closed_lost", 0, "0.00 USD".to_owned()),
        ]
    );
}

#[test]
fn probabilities_by_hand_count_in_the_pipeline() {
    let world = World::new();
    world.run(Update::of(&world.deal("One", usd("1000"))).set(Deal::PROBABILITY, 80));
    world.deal("Two", usd("1000"));
    world.run(Create::<Deal>::new().set(Deal::NAME, "No amount"));
    let value = world.ask(ByStage::default());
    assert_eq!(value.stages[0].deals.weighted.per_currency, [usd("900")]);
    assert_eq!((value.open.count, value.open.without_amount), (3, 1));
}

#[test]
fn a_forecast_is_by_month_owner_and_currency_and_converted() {
    let world = World::new();
    with_rates(&world);
    let john = world.user("john", "agent");
    let deal = |amount, close: Option<Date>, owner: Option<&User>| {
        let mut create = Create::<Deal>::new().set(Deal::NAME, "Plan").set(Deal::AMOUNT, amount);
        create = create.set(Deal::STAGE, "proposal");
        if let Some(close) = close {
            create = create.set(Deal::CLOSE_DATE, close);
        }
        if let Some(owner) = owner {
            create = create.set(Deal::OWNER, owner);
        }
        world.run(create)
    };
    let won = deal(usd("1000"), Some(day(12, 24)), Some(&john));
    world.run(Win::of(&won));
    let lost = deal(usd("70000"), Some(day(12, 24)), Some(&john));
    world.run(Lose::of(&lost, Choice::parse("Price").unwrap()));
    deal(usd("200"), Some(day(11, 30)), Some(&john));
    deal(eur("100"), Some(day(11, 1)), Some(&john));
    deal(usd("400"), Some(day(12, 31)), None);
    deal(gbp("600"), Some(day(12, 1)), None);
    deal(gbp("60"), Some(day(12, 1)), None);
    deal(usd("9999"), Some(Date::from_ymd_opt(2026, 1, 1).unwrap()), None);
    deal(usd("9999"), None, None);
    world.run(Create::<Deal>::new().set(Deal::NAME, "No amount").set(Deal::CLOSE_DATE, day(12, 5)));

    let forecast = world.ask(quarter());
    assert_eq!((forecast.without_amount, forecast.undated), (1, 1));
    assert_eq!(forecast.total.committed.per_currency, [usd("1000")]);
    assert_eq!(forecast.total.best_case.per_currency, [eur("100"), gbp("660"), usd("600")]);
    assert_eq!(forecast.total.best_case.converted, usd("710"));
    assert_eq!(forecast.total.weighted.converted, usd("355"));
    // What has no rate is counted and listed, and not priced as nothing.
    assert_eq!(forecast.total.best_case.unpriced_count(), 2);
    assert_eq!(forecast.total.best_case.unpriced[0].total, gbp("660"));

    let months: Vec<(Date, String)> =
        forecast.months.iter().map(|month| (month.month, month.sums.best_case.converted.to_string())).collect();
    assert_eq!(months, [(day(11, 1), "310.00 USD".to_owned()), (day(12, 1), "400.00 USD".to_owned())]);
    let november: Vec<String> = forecast
        .lines
        .iter()
        .filter(|line| line.month == day(11, 1))
        .map(|line| format!("{} {} {} {}", line.committed, line.best_case, line.weighted, line.owner == Some(john.id)))
        .collect();
    assert_eq!(november, ["0.00 EUR 100.00 EUR 50.00 EUR true", "1,000.00 USD 200.00 USD 100.00 USD true"]);

    let johns = world.ask(Forecast { owner: Some((&john).into()), ..quarter() });
    assert_eq!(johns.total.best_case.per_currency, [eur("100"), usd("200")]);
    assert_eq!((johns.without_amount, johns.undated), (0, 0));
}

#[test]
fn a_period_does_not_end_before_it_begins() {
    let world = World::new();
    let reversed = Forecast { from: day(12, 1), to: day(11, 1), owner: None, group: None, pipeline: None };
    assert_eq!(block_on(world.admin.ask(reversed)).unwrap_err().code(), "deal.period_reversed");
}

#[test]
fn who_may_not_see_amounts_gets_none() {
    let world = World::new();
    world.deal("Plan", usd("1234"));
    world.hide("deal", "amount");
    let (_, viewer) = world.viewer();
    let value = block_on(viewer.ask(ByStage::default())).unwrap();
    assert_eq!((value.open.count, value.open.total.per_currency.len()), (1, 0));
    assert!(!serde_json::to_string(&value).unwrap().contains("1234"));
}
