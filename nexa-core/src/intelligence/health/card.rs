//! The health card: which factors make the health of an account, and how many points each takes. It is data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    super::explained::RULES,
    factor::{HealthFactor, HealthMeasure, HealthRange, HealthStep},
};
use crate::{Amount, Code, Context, Document, Entity, Id, Key, Name, Percent, Record, Result, Timestamp};

/// The factors do not make a card.
pub const INVALID: Code = Code::invalid("health_card.invalid", "The factor {factor} does not work: {problem}.");

/// Below which score an alert is raised unless the card says otherwise.
const ALERT_BELOW: u8 = 70;
/// For how many days a signal counts unless the card says otherwise.
const VALID_DAYS: u32 = 90;
/// How many factors a card has at most.
const MOST: usize = 30;

/// How the health of accounts is made. The newest active card of a tenant counts; without one, the card that comes with the library.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "health_card",
    table = "health_cards", access = settings,
    unique("name", code = "health_card.name_taken")
)]
pub struct HealthCard {
    /// The identifier.
    pub id: Id<HealthCard>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it went into the trash.
    pub deleted_at: Option<Timestamp>,
    /// Its name.
    #[record(editable)]
    pub name: Name,
    /// Whether it counts.
    #[record(editable)]
    pub active: bool,
    /// What takes points; the factors that come with the library unless said.
    #[record(editable)]
    pub factors: Document<Vec<HealthFactor>>,
    /// Below which score an alert is raised; 70 unless said.
    #[record(editable)]
    pub alert_below: Option<Percent>,
    /// For how many days a signal counts after it was seen; 90 unless said.
    #[record(editable)]
    pub valid_days: Option<u32>,
}

impl Entity for HealthCard {
    const ERRORS: &'static [Code] = &[INVALID];
    async fn settle(&mut self, before: Option<&Self>, _: &mut Context<'_>) -> Result<()> {
        if before.is_none() && self.factors.is_empty() {
            self.factors = standard().into();
        }
        self.check()
    }
    async fn restored(&mut self, _: &mut Context<'_>) -> Result<()> {
        self.check()
    }
}

impl HealthCard {
    /// Error: `health_card.invalid`.
    fn check(&self) -> Result<()> {
        let invalid = |factor: &str, problem: &str| {
            Err(INVALID.with("factor", factor).with("problem", problem).with("field", Self::FACTORS.name()))
        };
        let mut codes = BTreeSet::new();
        for factor in &self.factors.0 {
            if let Some(problem) = factor.problem() {
                return invalid(&factor.code, problem);
            }
            if !codes.insert(factor.code.as_str()) {
                return invalid(&factor.code, "there is another one of its code");
            }
        }
        match self.factors.last() {
            None => invalid("none", "a card has at least one"),
            Some(last) if self.factors.len() > MOST => invalid(&last.code, "a card has at most 30"),
            Some(_) if self.valid_days.is_some_and(|days| !(1..=3_650).contains(&days)) => {
                let error = INVALID.with("factor", "of every signal").with("field", Self::VALID_DAYS.name());
                Err(error.with("problem", "give valid_days of 1 to 3,650"))
            }
            Some(_) => Ok(()),
        }
    }
}

/// The card that counts in a tenant.
pub(in crate::intelligence) struct Card {
    pub(super) factors: Vec<HealthFactor>,
    pub(super) alert_below: u8,
    pub(super) valid_days: u32,
    /// How the answers name it.
    pub(super) made_by: String,
}

impl Card {
    /// The newest active card; the library's own without one.
    pub(super) async fn of_tenant(cx: &mut Context<'_>) -> Result<Self> {
        let active = HealthCard::ACTIVE.eq(true);
        let newest: Vec<HealthCard> = cx.unrestricted().find(&active, &["-created_at"], 1).await?;
        Ok(match newest.into_iter().next() {
            Some(card) => Self {
                made_by: format!("health_card:{}@{}", card.id, card.version),
                alert_below: card.alert_below.map_or(ALERT_BELOW, Percent::get),
                valid_days: card.valid_days.unwrap_or(VALID_DAYS),
                factors: card.factors.0,
            },
            None => Self {
                factors: standard(),
                alert_below: ALERT_BELOW,
                valid_days: VALID_DAYS,
                made_by: RULES.to_owned(),
            },
        })
    }

    /// The factor of a signal.
    pub(super) fn factor(&self, code: &str) -> Option<&HealthFactor> {
        self.factors.iter().find(|factor| factor.code == code)
    }
}

/// Usage 30, adoption 15, open tickets 15, payment 15, engagement 15, NPS 10: the card that comes with the library.
fn standard() -> Vec<HealthFactor> {
    let amount = |number: i64| Amount::from_ten_thousandths(number * 10_000);
    let range = |best, worst| Some(HealthRange { best: amount(best), worst: amount(worst) });
    let named = |code: &str, weight| HealthFactor {
        code: Key::parse(code).unwrap_or_default(),
        weight,
        ..HealthFactor::default()
    };
    let percent = |code, weight| HealthFactor {
        range: range(90, 0),
        least: Some(amount(0)),
        most: Some(amount(100)),
        ..named(code, weight)
    };
    let words = |words: &[(&str, u8)]| words.iter().map(|(word, lost)| ((*word).to_owned(), *lost)).collect();
    vec![
        percent("product_usage", 30),
        percent("feature_adoption", 15),
        HealthFactor { measure: HealthMeasure::OpenTickets, range: range(2, 10), ..named("open_tickets", 15) },
        HealthFactor { words: words(&[("current", 0), ("late", 7), ("unpaid", 15)]), ..named("payment_status", 15) },
        HealthFactor {
            measure: HealthMeasure::DaysSinceInbound,
            range: range(30, 90),
            words: words(&[("high", 0), ("medium", 5), ("low", 15)]),
            ..named("engagement", 15)
        },
        HealthFactor {
            steps: vec![HealthStep { at_least: amount(9), lost: 0 }, HealthStep { at_least: amount(7), lost: 3 }],
            least: Some(amount(0)),
            most: Some(amount(10)),
            ..named("nps", 10)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_of_the_library_is_sound() {
        let card = HealthCard { factors: standard().into(), ..HealthCard::default() };
        card.check().unwrap();
        assert_eq!(card.factors.iter().map(|factor| u32::from(factor.weight)).sum::<u32>(), 100);
    }
}
