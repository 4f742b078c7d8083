//! Prints random documents and what the library makes of them, a line of JSON for each: `documents --cases 100000 --seed 1`.
//! `tests/oracles/documents.py` computes the same by itself and compares.

use std::{
    env,
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use nexa_core::{
    Amount, Currency, Decimal, Money, Rate, Rounding, TaxRounding,
    sales::pricing::{Calculation, Discount, Line, Period, Prices, Recurring, RecurringTotals, TaxedLine},
};
use nexa_crm::testing::Random;
use serde_json::{Value as Json, json};

/// Currencies with 0, 2, 2 and 3 places.
const CURRENCIES: [&str; 4] = ["JPY", "USD", "EUR", "KWD"];
/// Taxes that documents have, in ten-thousandths of a percent.
const TAXES: [i64; 6] = [0, 55_000, 70_000, 88_750, 190_000, 250_000];

fn main() -> ExitCode {
    let outcome = arguments().and_then(|(cases, seed)| {
        let random = Random::new(seed);
        let mut out = BufWriter::new(io::stdout().lock());
        (0..cases).try_for_each(|_| {
            let case = case(&random)?;
            writeln!(out, "{case}").map_err(|error| error.to_string())
        })?;
        out.flush().map_err(|error| error.to_string())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn arguments() -> Result<(u64, u64), String> {
    let (mut cases, mut seed) = (100_000, 1);
    let mut given = env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().and_then(|text| text.parse().ok()).ok_or_else(|| format!("{name} needs a number"))?;
        match name.as_str() {
            "--cases" => cases = value,
            "--seed" => seed = value,
            _ => return Err(format!("there is no option {name}; use --cases NUMBER and --seed NUMBER")),
        }
    }
    Ok((cases, seed))
}

/// A number of ten-thousandths below so many; often a whole number or one with two places, so that halves are frequent.
fn ten_thousandths(random: &Random, end: usize) -> i64 {
    let places = [1, 1, 100, 500, 10_000];
    let unit = random.pick(&places).copied().unwrap_or(1);
    i64::try_from(random.below(end)).unwrap_or(0) / unit * unit
}

fn rate(random: &Random) -> Result<Rate, String> {
    Rate::new(Decimal::new(ten_thousandths(random, 1_000_001), 4)).map_err(str::to_owned)
}

fn money(random: &Random, end: usize, currency: Currency) -> Money {
    Money::new(Amount::from_ten_thousandths(ten_thousandths(random, end)), currency)
}

fn case(random: &Random) -> Result<Json, String> {
    let code = random.pick(&CURRENCIES).copied().unwrap_or("USD");
    let currency = Currency::parse(code)?;
    let lines = (0..random.below(9)).map(|_| line(random, currency)).collect::<Result<Vec<_>, String>>()?;
    let document = Calculation {
        currency,
        lines,
        discount: discount(random, currency, 100_000)?,
        prices: if random.once_in(2) { Prices::Gross } else { Prices::Net },
        rounding: if random.once_in(3) { Rounding::HalfEven } else { Rounding::HalfUp },
        tax_rounding: if random.once_in(2) { TaxRounding::PerLine } else { TaxRounding::PerRate },
    };
    let weights: Vec<Amount> =
        (0..1 + random.below(6)).map(|_| Amount::from_ten_thousandths(1 + ten_thousandths(random, 900_000))).collect();
    let whole = money(random, 9_000_000_000, currency).round(document.rounding).map_err(|error| error.to_string())?;
    let shares = whole.share(&weights).map_err(|error| error.to_string())?;
    let recurring: Vec<Recurring> = (0..random.below(4)).map(|_| recurring(random, currency)).collect();
    let recurs = RecurringTotals::of(&recurring, currency, document.rounding).map_err(|error| error.to_string())?;
    let result = match document.totals() {
        Ok(totals) => json!({
            "lines": totals.lines.iter().map(|line| json!({
                "gross": line.amounts.gross.amount, "discount": line.amounts.discount.amount,
                "net": line.amounts.net.amount, "share": line.share.amount, "left": line.left.amount,
            })).collect::<Vec<_>>(),
            "discount": totals.discount.amount,
            "taxes": totals.taxes.iter().map(|sum| json!({
                "rate": sum.rate, "net": sum.net.amount, "tax": sum.tax.amount,
            })).collect::<Vec<_>>(),
            "net": totals.net.amount, "tax": totals.tax.amount, "total": totals.total.amount,
        }),
        Err(error) => json!({"refused": error.code()}),
    };
    Ok(json!({
        "currency": code,
        "places": currency.places(),
        "rounding": document.rounding,
        "tax_rounding": document.tax_rounding,
        "prices": document.prices,
        "discount": document.discount,
        "lines": document.lines.iter().map(|line| json!({
            "quantity": line.line.quantity, "unit_price": line.line.unit_price.amount,
            "discount": line.line.discount, "tax_rate": line.tax_rate,
        })).collect::<Vec<_>>(),
        "result": result,
        "whole": whole.amount,
        "weights": weights,
        "shares": shares.iter().map(|share| share.amount).collect::<Vec<_>>(),
        "recurring": recurring.iter().map(|line| json!({
            "net": line.net.amount, "months": line.every.map(Period::months), "term": line.term_months,
        })).collect::<Vec<_>>(),
        "recurs": [recurs.yearly.amount, recurs.monthly.amount, recurs.contract_value.amount],
    }))
}

fn line(random: &Random, currency: Currency) -> Result<TaxedLine, String> {
    let mut unit_price = money(random, 20_000_000, currency);
    if random.once_in(8) {
        unit_price = Money::zero(currency).minus(unit_price).map_err(|error| error.to_string())?;
    }
    let quantity = Amount::from_ten_thousandths(ten_thousandths(random, 500_000).max(1));
    let tax = random.pick(&TAXES).copied().unwrap_or_default();
    Ok(TaxedLine {
        line: Line { quantity, unit_price, discount: discount(random, currency, 400_000)? },
        tax_rate: Rate::new(Decimal::new(tax, 4))?,
    })
}

fn discount(random: &Random, currency: Currency, end: usize) -> Result<Option<Discount>, String> {
    Ok(match random.below(4) {
        0 => Some(Discount::Amount(money(random, end, currency))),
        1 => Some(Discount::Rate(rate(random)?)),
        2 => Some(Discount::Rate(if random.once_in(4) { Rate::HUNDRED } else { Rate::new(Decimal::new(10, 0))? })),
        _ => None,
    })
}

fn recurring(random: &Random, currency: Currency) -> Recurring {
    Recurring {
        net: money(random, 1_000_000_000, currency),
        every: random.pick(Period::ALL).copied().filter(|_| !random.once_in(4)),
        term_months: u32::try_from(random.below(60)).ok().filter(|months| *months > 0),
    }
}
