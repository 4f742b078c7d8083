//! Times of a day, as clocks show them.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::ReadText;

/// A time of a day in whole minutes, from `00:00` to `24:00`, which is the midnight after it. In JSON `"09:30"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

const SHAPE: &str = "give a time from 00:00 to 24:00, such as 09:30";

impl TimeOfDay {
    /// The midnight with which a day begins.
    pub const START: Self = Self(0);
    /// The midnight with which a day ends.
    pub const END: Self = Self(24 * 60);

    /// So many minutes after midnight; at most 1440.
    pub const fn from_minutes(minutes: u16) -> Result<Self, &'static str> {
        if minutes <= Self::END.0 { Ok(Self(minutes)) } else { Err(SHAPE) }
    }
    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
    /// Reads `9:30` or `09:30`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (hours, minutes) = text.trim().split_once(':').ok_or(SHAPE)?;
        let number = |digits: &str, most: u16| {
            let plain = matches!(digits.len(), 1 | 2) && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|number| plain && *number <= most).ok_or(SHAPE)
        };
        if minutes.len() != 2 {
            return Err(SHAPE);
        }
        Self::from_minutes(number(hours, 24)? * 60 + number(minutes, 59)?)
    }
}

/// `09:30`
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ReadText(Self::parse))
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "pattern": "^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)$",
            "description": "A time of a day from 00:00 to 24:00, such as 09:30."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_1440_minutes_and_both_its_midnights() {
        for minutes in 0..=1440 {
            let time = TimeOfDay::from_minutes(minutes).unwrap();
            assert_eq!(TimeOfDay::parse(&time.to_string()), Ok(time));
            assert_eq!(serde_json::from_str::<TimeOfDay>(&serde_json::to_string(&time).unwrap()).unwrap(), time);
        }
        assert_eq!(TimeOfDay::parse("9:05").unwrap().to_string(), "09:05");
        assert_eq!(TimeOfDay::parse("24:00"), Ok(TimeOfDay::END));
    }

    #[test]
    fn what_no_clock_shows_is_refused() {
        for text in ["", "9", "24:01", "25:00", "09:60", "9:5", "+9:00", "09:00:00", "-1:00", "009:00", "9h", "a:00"] {
            assert!(TimeOfDay::parse(text).is_err(), "{text:?}");
        }
        assert!(TimeOfDay::from_minutes(1441).is_err());
    }
}
