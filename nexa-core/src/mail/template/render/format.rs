//! How a locale writes numbers, money, dates and times.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Timelike};
use rust_decimal::Decimal;

use crate::{Amount, Currency, Date, Language, Money, Timestamp, kernel::zone::Zone};

/// How somebody is written to: in the form of a locale, and by the clock of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Formats {
    language: String,
    region: String,
    zone: Zone,
}

/// Parts of numbers: what parts thousands, what begins the decimals, and whether the currency comes first.
type Numbers = (&'static str, &'static str, bool);

const NARROW_BLANK: &str = "\u{202f}";
const BLANK: &str = "\u{a0}";

impl Formats {
    pub(crate) fn new(locale: &Language, zone: Zone) -> Self {
        let mut parts = locale.split('-');
        let language = parts.next().unwrap_or_default().to_owned();
        let region = parts.next_back().filter(|part| part.len() < 4).unwrap_or_default().to_owned();
        Self { language, region, zone }
    }

    fn numbers(&self) -> Numbers {
        match (self.language.as_str(), self.region.as_str()) {
            ("de" | "it" | "rm", "CH" | "LI") => ("’", ".", true),
            ("de", "AT") => (BLANK, ",", true),
            ("es", "MX" | "US" | "PR" | "GT" | "HN" | "NI" | "PA" | "PE" | "SV" | "DO" | "419") => (",", ".", true),
            ("pt", "PT") => (BLANK, ",", false),
            ("pt", _) | ("nl", _) => (".", ",", true),
            ("de" | "es" | "it" | "da" | "tr" | "id" | "el" | "sl" | "hr" | "ro" | "sr" | "ca" | "gl" | "vi", _) => {
                (".", ",", false)
            }
            ("fr", _) => (NARROW_BLANK, ",", false),
            (
                "sv" | "nb" | "nn" | "no" | "fi" | "pl" | "cs" | "sk" | "uk" | "ru" | "bg" | "hu" | "lt" | "lv" | "et",
                _,
            ) => (BLANK, ",", false),
            _ => (",", ".", true),
        }
    }

    /// A number with so many decimals; without, with as many as it has.
    pub(crate) fn number(&self, number: Decimal, decimals: Option<u32>) -> String {
        let number = match decimals {
            Some(decimals) => {
                let decimals = decimals.min(12);
                format!(
                    "{:.*}",
                    decimals as usize,
                    number.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero,)
                )
            }
            None => number.normalize().to_string(),
        };
        let (thousands, point, _) = self.numbers();
        let (sign, digits) = number.strip_prefix('-').map_or(("", number.as_str()), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut out = sign.to_owned();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at) % 3 == 0 {
                out.push_str(thousands);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push_str(point);
            out.push_str(fraction);
        }
        out
    }

    /// An amount with its currency.
    pub(crate) fn money(&self, money: Money) -> String {
        let number = self.number(money.amount.decimal(), Some(money.currency.places()));
        let symbol = symbol(money.currency);
        let (_, _, first) = self.numbers();
        match (first, number.strip_prefix('-')) {
            (false, _) => format!("{number}{BLANK}{symbol}"),
            (true, digits) => {
                let sign = if digits.is_some() { "-" } else { "" };
                let english =
                    self.language == "en" || !matches!(self.language.as_str(), "de" | "nl" | "pt" | "it" | "rm");
                let gap = if english && symbol.chars().all(|letter| !letter.is_alphabetic()) { "" } else { BLANK };
                format!("{sign}{symbol}{gap}{}", digits.unwrap_or(&number))
            }
        }
    }

    /// The day of a date or of a moment.
    pub(crate) fn date(&self, when: When) -> String {
        let date = self.local(when).date();
        let (day, month, year) = (date.day(), date.month(), date.year());
        let english = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
        match (self.language.as_str(), self.region.as_str()) {
            ("en", "" | "US" | "CA" | "PH") => format!("{english} {day}, {year}"),
            ("en", _) => format!("{day} {english} {year}"),
            (
                "de" | "cs" | "sk" | "da" | "nb" | "nn" | "no" | "fi" | "pl" | "ru" | "uk" | "tr" | "ro" | "et" | "lv"
                | "bg",
                _,
            ) => {
                format!("{day:02}.{month:02}.{year}")
            }
            ("fr", "CA") | ("sv" | "lt", _) => format!("{year}-{month:02}-{day:02}"),
            ("fr" | "es" | "it" | "pt" | "ca" | "gl" | "el" | "vi" | "id" | "ar" | "he", _) => {
                format!("{day:02}/{month:02}/{year}")
            }
            ("nl", _) => format!("{day:02}-{month:02}-{year}"),
            ("ja" | "zh", _) => format!("{year}/{month:02}/{day:02}"),
            ("ko", _) => format!("{year}. {month}. {day}."),
            _ => format!("{year}-{month:02}-{day:02}"),
        }
    }

    /// The time of day of a moment.
    pub(super) fn time(&self, when: When) -> String {
        let time = self.local(when).time();
        let twelve = matches!(
            (self.language.as_str(), self.region.as_str()),
            ("en", "" | "US" | "CA" | "AU" | "NZ" | "PH" | "IN")
        );
        if twelve {
            let (afternoon, hour) = time.hour12();
            return format!("{hour}:{:02} {}", time.minute(), if afternoon { "PM" } else { "AM" });
        }
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    fn local(&self, when: When) -> NaiveDateTime {
        match when {
            When::Date(date) => date.and_hms_opt(0, 0, 0).unwrap_or_default(),
            When::Moment(at) => {
                let utc = DateTime::from_timestamp_micros(at.micros()).unwrap_or_default().naive_utc();
                utc.checked_add_signed(TimeDelta::seconds(self.zone.offset(at).into())).unwrap_or(utc)
            }
        }
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn symbol(currency: Currency) -> &'static str {
    match currency.as_str() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "INR" => "₹",
        "KRW" => "₩",
        "ILS" => "₪",
        code => code,
    }
}

/// A day, or a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Date(Date),
    Moment(Timestamp),
}

impl When {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match Timestamp::parse(text) {
            Some(at) => Some(Self::Moment(at)),
            None => text.parse().ok().map(Self::Date),
        }
    }
}

/// A number as it is in JSON: a number, or the text of an exact one.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Amount::parse(text).map(Amount::decimal).or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(locale: &str) -> Formats {
        let zone = Zone::named("Europe/Berlin").unwrap();
        Formats::new(&Language::parse(locale).unwrap(), zone)
    }

    #[test]
    fn numbers_and_money_follow_the_locale() {
        let amount = Money::parse("-1234567.5 EUR").unwrap();
        for (locale, number, money) in [
            ("en", "-1,234,567.5", "-€1,234,567.50"),
            ("de", "-1.234.567,5", "-1.234.567,50\u{a0}€"),
            ("de-CH", "-1’234’567.5", "-€\u{a0}1’234’567.50"),
            ("fr", "-1\u{202f}234\u{202f}567,5", "-1\u{202f}234\u{202f}567,50\u{a0}€"),
            ("pt-BR", "-1.234.567,5", "-€\u{a0}1.234.567,50"),
            ("sv", "-1\u{a0}234\u{a0}567,5", "-1\u{a0}234\u{a0}567,50\u{a0}€"),
        ] {
            let formats = formats(locale);
            assert_eq!(formats.number(amount.amount.decimal(), None), number, "{locale}");
            assert_eq!(formats.money(amount), money, "{locale}");
        }
        assert_eq!(formats("en").money(Money::parse("1500 JPY").unwrap()), "¥1,500");
        assert_eq!(formats("en").money(Money::parse("15 CHF").unwrap()), "CHF\u{a0}15.00");
        assert_eq!(formats("en").number(Decimal::new(12_345, 3), Some(1)), "12.3");
        assert_eq!(formats("en").number(Decimal::new(5, 0), Some(2)), "5.00");
    }

    #[test]
    fn dates_follow_the_locale_and_moments_the_zone() {
        let moment = When::parse("2026-03-31T22:30:00Z").unwrap();
        for (locale, date, time) in [
            ("en", "Apr 1, 2026", "12:30 AM"),
            ("en-GB", "1 Apr 2026", "00:30"),
            ("de", "01.04.2026", "00:30"),
            ("pt-BR", "01/04/2026", "00:30"),
            ("sv", "2026-04-01", "00:30"),
        ] {
            assert_eq!(formats(locale).date(moment), date, "{locale}");
            assert_eq!(formats(locale).time(moment), time, "{locale}");
        }
        assert_eq!(formats("de").date(When::parse("2026-03-31").unwrap()), "31.03.2026");
        assert!(When::parse("soon").is_none());
    }
}
