//! Money keeps its meaning: places, rates and the currency that they are in.

use nexa_core::{
    Create, Currency, Draft, Update,
    people::{Org, org::Configure},
    sales::{Account, Deal},
    testing::block_on,
};
use serde_json::{Value as Json, json};

use super::world::{World, eur, usd};

fn configure(world: &World, fields: Json) -> Org {
    world.run(Configure(Draft::<Org>::from(fields.as_object().unwrap().clone())))
}

#[test]
fn a_rate_is_taken_as_a_number_and_as_a_text() {
    let world = World::new();
    for rate in [json!(1.1), json!("1.1")] {
        let org = configure(&world, json!({"rates": {"EUR": rate}}));
        assert_eq!(org.in_base(eur("100")), Some(usd("110")));
    }
    let org = configure(&world, json!({"rates": {"eur": 2}}));
    assert_eq!(org.in_base(eur("100")), Some(usd("200")), "a code is one whatever the case");
    let twice = json!({"rates": {"EUR": 1, "eur": 2}}).as_object().unwrap().clone();
    assert_eq!(world.refused(Configure(Draft::<Org>::from(twice))), "field.invalid");
    for rate in [json!(0), json!(-1), json!("-1.5")] {
        let bad = json!({"rates": {"EUR": rate}}).as_object().unwrap().clone();
        assert_eq!(world.refused(Configure(Draft::<Org>::from(bad))), "org.rate_invalid");
    }
}

#[test]
fn an_amount_has_no_more_places_than_its_currency() {
    let world = World::new();
    let deal = |amount: Json| {
        let fields = json!({"name": "Plan", "amount": amount}).as_object().unwrap().clone();
        Create::<Deal> { fields: fields.into(), ..Create::new() }
    };
    for (amount, currency) in [("500.55", "JPY"), ("500.001", "USD"), ("1.0001", "KWD")] {
        let error = world.attempt(deal(json!({"amount": amount, "currency": currency}))).unwrap_err();
        assert_eq!((error.code(), &error.params()["field"]), ("field.invalid", &json!("amount")), "{currency}");
    }
    for (amount, currency) in [("500.00", "JPY"), ("500.01", "USD"), ("1.001", "KWD"), ("0.1234", "XAU")] {
        world.run(deal(json!({"amount": amount, "currency": currency})));
    }
    let plan = world.deal("Other", usd("1"));
    let odd = nexa_core::Money::parse("0.5 JPY").unwrap();
    assert_eq!(world.refused(Update::of(&plan).set(Deal::AMOUNT, odd)), "field.invalid");
    let revenue = Create::<Account>::new().set(Account::NAME, "Acme").set(Account::ANNUAL_REVENUE, odd);
    let error = world.attempt(revenue).unwrap_err();
    assert_eq!(error.params()["field"], "annual_revenue");
}

#[test]
fn rates_in_another_base_currency_price_nothing() {
    let world = World::new();
    world.deal("In euros", eur("100"));
    world.deal("In dollars", usd("100"));
    let total = |world: &World| {
        let pipeline = block_on(world.admin.execute("deal.pipeline", json!({}), Default::default())).unwrap();
        pipeline["open"]["total"].clone()
    };
    configure(&world, json!({"rates": {"EUR": 1.1}}));
    assert_eq!(total(&world)["converted"], json!({"amount": "210.00", "currency": "USD"}));

    let org = configure(&world, json!({"base_currency": "GBP"}));
    assert_eq!(org.rates_base, Some(Currency::USD));
    let unpriced = total(&world);
    assert_eq!(unpriced["converted"], json!({"amount": "0.00", "currency": "GBP"}));
    assert_eq!(unpriced["unpriced"].as_array().unwrap().len(), 2, "both are counted and listed: {unpriced}");

    configure(&world, json!({"base_currency": "USD"}));
    assert_eq!(total(&world)["converted"]["amount"], "210.00", "the old rates are right again");

    let org = configure(&world, json!({"base_currency": "GBP", "rates": {"EUR": 0.8, "USD": 0.7}}));
    assert_eq!(org.rates_base, Some(Currency::GBP));
    assert_eq!(total(&world)["converted"], json!({"amount": "150.00", "currency": "GBP"}));
}
