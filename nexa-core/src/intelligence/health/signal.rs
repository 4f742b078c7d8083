//! Signals of an account, such as how many of its users are active: what a host knows, recorded as it comes.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value as Json;

use super::{card::Card, watch};
use crate::{Amount, Choice, Code, Command, Context, Id, Key, Record, Ref, Result, Timestamp, command, sales::Account};

/// No card looks at such a signal.
pub const SIGNAL_UNKNOWN: Code = Code::invalid(
    "account.signal_unknown",
    "No factor of the health card is called {signal}; record one of {signals}, or add the factor to the card.",
);
/// The factor has no rule for the value.
pub const SIGNAL_VALUE: Code =
    Code::invalid("account.signal_value", "The signal {signal} takes no such value: {problem}.");

/// It was not seen yet.
pub const SIGNAL_TO_COME: Code = Code::rule(
    "account.signal_to_come",
    "The signal would be seen at {at}, which is to come; record it when it is there.",
);

/// What a signal says: a number with at most four decimal places, or a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SignalValue {
    /// A number.
    Number(Amount),
    /// A word.
    Word(Choice),
}

impl<'de> Deserialize<'de> for SignalValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::String(text) => match Amount::parse(&text) {
                Some(number) => Ok(Self::Number(number)),
                None => Choice::parse(&text).map(Self::Word).map_err(de::Error::custom),
            },
            number @ Json::Number(_) => Amount::deserialize(number).map(Self::Number).map_err(de::Error::custom),
            _ => Err(de::Error::custom("give a number or a word")),
        }
    }
}

impl JsonSchema for SignalValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SignalValue".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number with at most four decimal places, or a word.",
            "anyOf": [Amount::json_schema(generator), Choice::json_schema(generator)],
        })
    }
}

/// What was seen of an account at a moment.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(
    kind = "account_signal",
    table = "account_signals", access = through(account),
    index("account", "signal", "at")
)]
pub struct AccountSignal {
    /// The identifier.
    pub id: Id<AccountSignal>,
    /// Counts the changes.
    pub version: i64,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The account.
    #[record(on_trash = with_parent)]
    pub account: Id<Account>,
    /// What was seen, such as `product_usage`.
    pub signal: Key,
    /// The number that was seen, where it is one.
    pub number: Option<Amount>,
    /// The word that says what was seen, where it is one.
    pub word: Option<Choice>,
    /// When it was seen.
    pub at: Timestamp,
}

impl AccountSignal {
    /// What it says.
    pub fn value(&self) -> Option<SignalValue> {
        self.number.map(SignalValue::Number).or_else(|| self.word.clone().map(SignalValue::Word))
    }
    fn say(&mut self, value: &SignalValue) {
        (self.number, self.word) = match value {
            SignalValue::Number(number) => (Some(*number), None),
            SignalValue::Word(word) => (None, Some(word.clone())),
        };
    }
}

/// Records what was seen of an account, for its health: by the card of the library `product_usage`, `feature_adoption` (0 to 100 %),
/// `payment_status` (current, late, unpaid), `engagement` (high, medium, low) and `nps` (0 to 10). The same signal of the same moment
/// again takes the place of what was said. Where the health falls below the threshold of the card, one alert is raised. Errors:
/// `account.signal_unknown`, `account.signal_value`, `account.signal_to_come`.
#[command("record_signal", on = Account, errors(SIGNAL_UNKNOWN, SIGNAL_VALUE, SIGNAL_TO_COME))]
pub struct RecordSignal {
    /// The account.
    pub account: Ref<Account>,
    /// What was seen: the code of a factor of the health card.
    pub signal: Key,
    /// What it says.
    pub value: SignalValue,
    /// When it was seen; now unless said, and never later.
    pub at: Option<Timestamp>,
}

impl Command for RecordSignal {
    type Output = AccountSignal;
    async fn run(&self, account: Account, cx: &mut Context<'_>) -> Result<AccountSignal> {
        let at = self.at.unwrap_or(cx.now());
        if at > cx.now() {
            return Err(SIGNAL_TO_COME.with("at", at).with("field", "at"));
        }
        let card = Card::of_tenant(cx).await?;
        let Some(factor) = card.factor(&self.signal) else {
            let signals: Vec<&str> = card.factors.iter().map(|factor| factor.code.as_str()).collect();
            let error = SIGNAL_UNKNOWN.with("signal", self.signal.as_str()).with("signals", signals);
            return Err(error.with("field", "signal"));
        };
        factor.must_take(&self.value).map_err(|problem| {
            SIGNAL_VALUE.with("signal", self.signal.as_str()).with("problem", problem).with("field", "value")
        })?;
        let same = AccountSignal::ACCOUNT.eq(account.id).and(AccountSignal::SIGNAL.eq(self.signal.clone()));
        let same = same.and(AccountSignal::AT.eq(at));
        let known: Vec<AccountSignal> = cx.unrestricted().find(&same, &[], 1).await?;
        let signal = match known.into_iter().next() {
            Some(mut known) => {
                known.say(&self.value);
                cx.save(known).await?
            }
            None => {
                let signal = self.signal.clone();
                let mut seen = AccountSignal { account: account.id, signal, at, ..AccountSignal::default() };
                seen.say(&self.value);
                cx.unrestricted().insert(seen).await?
            }
        };
        watch::check(cx, account.id).await?;
        Ok(signal)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_a_number_or_a_word() {
        let read = |json| serde_json::from_value::<SignalValue>(json);
        let number = SignalValue::Number(Amount::from_ten_thousandths(855_000));
        assert_eq!([read(json!(85.5)).unwrap(), read(json!("85.50")).unwrap()], [number.clone(), number]);
        assert_eq!(read(json!(" current ")).unwrap(), SignalValue::Word("current".parse().unwrap()));
        for bad in [json!(null), json!(true), json!([]), json!(""), json!("a\nb"), json!(1e300), json!(0.000_01)] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
