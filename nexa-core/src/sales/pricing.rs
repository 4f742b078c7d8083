//! What lines cost together: pure arithmetic on exact amounts, which quotes, orders and deals share.
//!
//! Prices and rates have four places. A result is rounded to the currency's minor unit at these points alone: the gross amount of
//! a line, what a discount leaves of it, the tax of a rate, a share of a sum, and what recurs in a month or a year. Every other sum adds up
//! rounded numbers, so that what is printed adds up as well.

mod calculation;
mod line;
mod recurring;
mod tier;

pub use calculation::{Calculation, Prices, TaxSum, TaxedLine, Total, Totals};
pub use line::{DISCOUNT_TOO_LARGE, Discount, LINE_CURRENCY, Line, LineAmounts, QUANTITY, must_be_in};
pub use recurring::{Period, Recurring, RecurringTotals};
pub use tier::{PriceTier, TIERS, TierMode, gross, tiers_currency};
