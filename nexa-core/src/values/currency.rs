//! Currencies.

use iso_currency::Currency as Iso;

/// A currency of ISO 4217, such as `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(Iso);

impl Currency {
    /// No currency, `XXX`.
    pub const NONE: Self = Self(Iso::XXX);
    /// The euro.
    pub const EUR: Self = Self(Iso::EUR);
    /// The pound sterling.
    pub const GBP: Self = Self(Iso::GBP);
    /// The US dollar.
    pub const USD: Self = Self(Iso::USD);

    /// Reads a code of three letters, in any case.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Iso::from_code(&text.trim().to_ascii_uppercase())
            .map(Self)
            .ok_or("give a currency code of ISO 4217, such as USD")
    }
    /// The code.
    pub fn as_str(&self) -> &'static str {
        self.0.code()
    }
    /// How many decimal places its amounts have at most: 2 for the US dollar, 0 for the yen; 4 where there is no minor unit,
    /// as for gold.
    pub fn places(self) -> u32 {
        self.0.exponent().map_or(4, u32::from)
    }
    fn stored(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

text_value!(
    Currency,
    {
        "type": "string", "format": "currency", "pattern": "^[A-Za-z]{3}$", "minLength": 3, "maxLength": 3,
        "description": "A currency code of ISO 4217, such as USD."
    }
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::check;

    #[test]
    fn codes_are_in_upper_case() {
        assert_eq!(Currency::parse(" usd ").unwrap(), Currency::USD);
        assert_eq!(Currency::parse("jpy").unwrap().places(), 0);
        check::normal(Currency::parse, "eur");
        check::round_trip(&Currency::GBP);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "US", "$", "USDT", "ABC", "U S D"] {
            assert!(Currency::parse(text).is_err(), "{text:?}");
        }
    }
}
