//! Quarters of a year.

use super::text::{EMPTY, trimmed};

string_value!(
    /// A quarter of a year, such as `2026-Q1`.
    Quarter,
    normal,
    {
        "type": "string", "pattern": "^([0-9]{4}-Q[1-4]|Q[1-4] [0-9]{4})$",
        "description": "A quarter of a year, such as 2026-Q1; Q1 2026 means the same."
    }
);

const SHAPE: &str = "give a quarter such as 2026-Q1";

/// The year, then the quarter; `Q1 2026` means the same.
fn normal(text: &str) -> Result<String, &'static str> {
    let text = trimmed(text).to_ascii_uppercase();
    if text.is_empty() {
        return Err(EMPTY);
    }
    let (one, other) = text.split_once([' ', '-', '/']).ok_or(SHAPE)?;
    let (year, quarter) = if one.starts_with('Q') { (other, one) } else { (one, other) };
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    if is_year && ["Q1", "Q2", "Q3", "Q4"].contains(&quarter) { Ok(format!("{year}-{quarter}")) } else { Err(SHAPE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::check;

    #[test]
    fn a_quarter_has_one_form() {
        for given in ["2026-Q1", "Q1 2026", " q1/2026 ", "2026 q1"] {
            let quarter = Quarter::parse(given).unwrap();
            assert_eq!(quarter, "2026-Q1");
            check::round_trip(&quarter);
            check::normal(Quarter::parse, given);
        }
        for bad in ["", "2026", "Q1", "2026-Q5", "2026-Q0", "26-Q1", "2026-1", "Q1 Q2", "2026-Q1-1"] {
            assert!(Quarter::parse(bad).is_err(), "{bad:?}");
        }
    }
}
