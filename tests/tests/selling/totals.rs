//! What is stored beside its inputs is what they come to.

use nexa_core::Decimal;
use nexa_tests::backends;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};

use super::Shop;

fn decimal(json: &Json) -> Decimal {
    json["amount"].as_str().unwrap_or_else(|| json.as_str().unwrap()).parse().unwrap()
}

/// The stored totals of a record against those of its lines, computed by themselves: rounded per rate, half away from zero.
pub(crate) fn must_add_up(label: &str, record: &Json, lines: &[Json], discount: Decimal) {
    let round = |value: Decimal| (value * Decimal::ONE_HUNDRED + Decimal::new(5, 1)).floor() / Decimal::ONE_HUNDRED;
    let net: Decimal = lines.iter().map(|line| decimal(&line["net"])).sum();
    assert_eq!(decimal(&record["net"]), net - discount, "{label}: net");
    let taxes = record["taxes"].as_array().unwrap();
    let (mut taxed, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    for of_rate in taxes {
        let rate: Decimal = of_rate["rate"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            decimal(&of_rate["tax"]),
            round(decimal(&of_rate["net"]) * rate / Decimal::ONE_HUNDRED),
            "{label}: {rate} %"
        );
        taxed += decimal(&of_rate["net"]);
        tax += decimal(&of_rate["tax"]);
    }
    assert_eq!((decimal(&record["net"]), decimal(&record["tax"])), (taxed, tax), "{label}");
    assert_eq!(decimal(&record["total"]), taxed + tax, "{label}: total");
    if discount.is_zero() {
        let yearly: Decimal = lines
            .iter()
            .map(|line| match line["recurring"].as_str() {
                None => Decimal::ZERO,
                Some("month") => decimal(&line["net"]) * Decimal::from(12),
                Some("quarter") => decimal(&line["net"]) * Decimal::from(4),
                Some("half_year") => decimal(&line["net"]) * Decimal::from(2),
                Some(_) => decimal(&line["net"]),
            })
            .sum();
        assert_eq!(decimal(&record["yearly"]), round(yearly), "{label}: ARR");
        assert_eq!(decimal(&record["monthly"]), round(yearly / Decimal::from(12)), "{label}: MRR");
    }
}

#[test]
fn stored_totals_of_random_quotes_are_what_their_lines_come_to() {
    let shop = Shop::on(backends::memory());
    let line = (1_i64..200_000, 1_i64..5_000_000, 0_usize..3, proptest::option::of(0_usize..4), 0_i64..=1_000_000);
    let tiers = proptest::collection::vec(
        (proptest::collection::vec(line, 1..6), proptest::option::of(0_i64..=1_000_000)),
        1..=3,
    );
    let mut runner = TestRunner::new(Config::with_cases(u32::try_from(backends::cases(64)).unwrap()));
    runner
        .run(&tiers, |tiers| {
            let ten_thousandths = |number: i64| Decimal::new(number, 4).to_string();
            let line = |(quantity, price, tax, every, off): &(i64, i64, usize, Option<usize>, i64)| {
                let tax = ["0", "8.875", "19"][*tax];
                let mut line = json!({
                    "name": "Plan", "quantity": ten_thousandths(*quantity), "unit_price": super::usd(&ten_thousandths(*price)),
                    "tax_rate": tax, "discount": {"rate": ten_thousandths(*off)},
                });
                if let Some(every) = every {
                    let every = ["month", "quarter", "half_year", "year"][*every];
                    line["recurring"] = json!(every);
                }
                line
            };
            let tier = |(lines, off): &(Vec<_>, Option<i64>)| {
                let mut tier = json!({"lines": lines.iter().map(line).collect::<Vec<_>>()});
                if let Some(off) = off {
                    tier["discount"] = json!({"rate": ten_thousandths(*off)});
                }
                tier
            };
            let quote = shop.draft_of(&shop.deal, json!(tiers.iter().map(tier).collect::<Vec<_>>()));
            let details = shop.run("quote.details", json!({"quote": quote}));
            for offered in details["tiers"].as_array().unwrap() {
                let lines = offered["lines"].as_array().unwrap();
                let discount = decimal(&offered["tier"]["discount_amount"]);
                must_add_up(&offered["tier"].to_string(), &offered["tier"], lines, discount);
            }
            Ok(())
        })
        .unwrap();
}
