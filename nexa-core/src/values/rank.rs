//! The place of a record among others, as a text that sorts.

use uuid::Uuid;

use crate::Timestamp;

/// The digits of a key, in the order in which every storage compares bytes.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: u8 = 62;
/// The longest key, in bytes.
const LONGEST: usize = 64;
/// How many digits a new record's key has, before zeros at its end are left out.
const OF_NEW: usize = 22;
/// How many digits a key has that follows the last one, or comes before the first.
const AT_ENDS: usize = 24;
/// How many digits a key has in a column that was respaced; a whole number of 128 bits holds them.
const SPREAD: usize = 21;

string_value!(
    /// A place in an order: a text of at most 64 letters and digits, compared byte by byte. Between two of them there is always another
    /// one. It is a fraction written in the digits 0 to 9, A to Z and a to z.
    Rank,
    |text| {
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if fits && !text.ends_with('0') { Ok(text.to_owned()) } else { Err("leave it to the command that places it") }
    },
    {
        "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[0-9A-Za-z]*[1-9A-Za-z]$",
        "description": "A place in an order, compared byte by byte."
    }
);

impl Rank {
    /// The place of a new record: behind all that were made before it.
    pub fn of_new(id: Uuid, now: Timestamp) -> Self {
        let number = if id.get_version_num() == 7 {
            id.as_u128()
        } else {
            // An identifier of another sort says nothing of the time.
            let millis = u128::from(now.micros().unsigned_abs() / 1_000);
            (millis << 80) | (id.as_u128() & ((1 << 80) - 1))
        };
        Self::of_number(number, OF_NEW)
    }
    /// A place between two; none where these are the same, or where it would be longer than a key is.
    pub fn between(lower: &Self, upper: &Self) -> Option<Self> {
        if lower >= upper {
            return None;
        }
        let (lower, upper) = (lower.digits(), upper.digits());
        let digit = |of: &[u8], at: usize| of.get(at).copied().unwrap_or(0);
        let (mut middle, mut bounded) = (Vec::with_capacity(lower.len() + 1), true);
        loop {
            let (low, high) = (digit(&lower, middle.len()), if bounded { digit(&upper, middle.len()) } else { BASE });
            if high.saturating_sub(low) > 1 {
                middle.push(low.midpoint(high));
                return Self::of_digits(middle);
            }
            bounded = bounded && high == low;
            middle.push(low);
            if middle.len() > LONGEST {
                return None;
            }
        }
    }
    /// A place behind this one, and before what is made later.
    pub fn next(&self) -> Option<Self> {
        let mut digits = self.digits();
        digits.resize(AT_ENDS, 0);
        for digit in digits.iter_mut().rev() {
            if *digit + 1 < BASE {
                *digit += 1;
                return Self::of_digits(digits);
            }
            *digit = 0;
        }
        None
    }
    /// A place before this one.
    pub fn previous(&self) -> Option<Self> {
        let mut digits = self.digits();
        digits.resize(AT_ENDS, 0);
        for digit in digits.iter_mut().rev() {
            if *digit > 0 {
                *digit -= 1;
                return Self::of_digits(digits);
            }
            *digit = BASE - 1;
        }
        None
    }
    /// So many places at even distances, in order, up to this one or just behind it.
    pub fn spread(&self, count: usize) -> Vec<Self> {
        let mut digits = self.digits();
        digits.resize(SPREAD, 0);
        let last = digits.iter().fold(0_u128, |number, digit| number * u128::from(BASE) + u128::from(*digit)) + 1;
        let count = count as u128;
        let step = match last / (count + 1) {
            // There is no room below it.
            0 => u128::from(BASE).pow(SPREAD as u32) / (count + 1),
            step => step,
        };
        (1..=count).map(|place| Self::of_number(place * step, SPREAD)).collect()
    }

    fn digits(&self) -> Vec<u8> {
        let value = |byte| DIGITS.iter().position(|digit| *digit == byte).and_then(|digit| u8::try_from(digit).ok());
        self.as_str().bytes().filter_map(value).collect()
    }
    fn of_number(mut number: u128, length: usize) -> Self {
        let mut digits = vec![0; length];
        for digit in digits.iter_mut().rev() {
            *digit = u8::try_from(number % u128::from(BASE)).unwrap_or_default();
            number /= u128::from(BASE);
        }
        Self::of_digits(digits).unwrap_or_default()
    }
    fn of_digits(mut digits: Vec<u8>) -> Option<Self> {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let letter = |digit: &u8| DIGITS.get(usize::from(*digit)).map(|byte| char::from(*byte));
        let text: String = digits.iter().filter_map(letter).collect();
        (1..=LONGEST).contains(&text.len()).then_some(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::check;

    fn rank(text: &str) -> Rank {
        Rank::parse(text).unwrap()
    }

    #[test]
    fn between_two_places_is_another_until_the_key_is_full() {
        assert_eq!(Rank::between(&rank("A"), &rank("C")), Some(rank("B")));
        assert_eq!(Rank::between(&rank("A"), &rank("B")), Some(rank("AV")));
        assert_eq!(Rank::between(&rank("A"), &rank("A001")), Some(rank("A000V")));
        assert_eq!(Rank::between(&rank("A"), &rank("A")), None);
        let (lower, mut upper, mut moves) = (rank("A"), rank("B"), 0);
        while let Some(middle) = Rank::between(&lower, &upper) {
            assert!(lower < middle && middle < upper && middle.len() <= LONGEST);
            (upper, moves) = (middle, moves + 1);
        }
        assert!(moves > 300, "{moves}");
    }

    #[test]
    fn what_is_made_later_stands_behind_what_was_placed_last() {
        let at = |millis: i64| Timestamp::from_micros(millis * 1_000);
        let new = |millis: i64| Rank::of_new(Uuid::from_u128(7), at(millis));
        let (first, later) = (new(1_763_370_900_000), new(1_763_370_900_001));
        let mut last = first.clone();
        for _ in 0..5_000 {
            let next = last.next().unwrap();
            assert!(last < next && next < later);
            last = next;
        }
        let mut before = first;
        for _ in 0..5_000 {
            let previous = before.previous().unwrap();
            assert!(previous < before);
            before = previous;
        }
        assert!(before.len() <= AT_ENDS);
        let seventh = Uuid::from_u128(0x019a_9118_9a20_7000_8000_0000_0000_0000);
        assert!(Rank::of_new(seventh, at(0)) > new(1_763_370_899_000));
        assert_eq!(rank("0000000000000000000000001").previous(), None);
    }

    #[test]
    fn a_place_is_kept_as_it_is() {
        check::round_trip(&rank("0aZ9"));
        for bad in ["", "a0", "a-b", &"a".repeat(65)] {
            assert!(Rank::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_middle_is_in_the_middle(a in "[0-9A-Za-z]{0,20}[1-9A-Za-z]", b in "[0-9A-Za-z]{0,20}[1-9A-Za-z]") {
            let (a, b) = (rank(&a), rank(&b));
            let (lower, upper) = if a < b { (&a, &b) } else { (&b, &a) };
            match Rank::between(lower, upper) {
                Some(middle) => prop_assert!(*lower < middle && middle < *upper),
                None => prop_assert_eq!(lower, upper),
            }
            prop_assert!(a.next().is_none_or(|next| next > a));
            prop_assert!(a.previous().is_none_or(|previous| previous < a));
        }

        #[test]
        fn spread_places_are_in_order(last in "[0-9A-Za-z]{0,40}[1-9A-Za-z]", count in 0_usize..500) {
            let all = rank(&last).spread(count);
            prop_assert_eq!(all.len(), count);
            prop_assert!(all.is_sorted_by(|before, after| before < after));
            prop_assert!(all.iter().all(|place| (1..=SPREAD).contains(&place.len())));
        }
    }
}
