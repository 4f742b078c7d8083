//! Where an exact result is cut to the places that a currency has.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::closed_enum;

closed_enum! {
    /// What happens to a result that lies half-way between two amounts of a currency; any other goes to the nearer one.
    pub enum Rounding {
        /// It goes away from zero: 0.125 is 0.13, and −0.125 is −0.13.
        HalfUp = "half_up",
        /// It goes to the even digit: 0.125 is 0.12, and 0.135 is 0.14.
        HalfEven = "half_even",
    }
}

closed_enum! {
    /// Where tax is rounded.
    pub enum TaxRounding {
        /// Once for each rate, on the sum of its lines, as EN 16931 (BR-CO-17) demands.
        PerRate = "per_rate",
        /// On each line.
        PerLine = "per_line",
    }
}

impl Rounding {
    /// The value with at most so many decimal places.
    pub fn round(self, value: Decimal, places: u32) -> Decimal {
        let strategy = match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
        };
        value.round_dp_with_strategy(places, strategy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_half_way_depends_on_the_rounding() {
        for (value, up, even) in [
            ("0.125", "0.13", "0.12"),
            ("-0.125", "-0.13", "-0.12"),
            ("0.135", "0.14", "0.14"),
            ("0.1251", "0.13", "0.13"),
            ("0.1249", "0.12", "0.12"),
            ("7", "7", "7"),
        ] {
            let value: Decimal = value.parse().unwrap();
            assert_eq!(Rounding::HalfUp.round(value, 2).to_string(), up);
            assert_eq!(Rounding::HalfEven.round(value, 2).to_string(), even);
        }
        assert_eq!(Rounding::default(), Rounding::HalfUp);
    }
}
