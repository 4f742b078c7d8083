//! Time zones.

use crate::kernel::zone::Zone;

/// A time zone by its IANA name, such as `Europe/Berlin`; UTC by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeZone(Zone);

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Zone::UTC);

    /// Reads an IANA name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Zone::named(text.trim()).map(Self).ok_or("give an IANA time zone such as Europe/Berlin")
    }
    /// The IANA name.
    pub fn as_str(&self) -> &'static str {
        self.0.name()
    }
    /// The zone, to compute with.
    pub const fn zone(self) -> Zone {
        self.0
    }
    fn stored(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self::UTC
    }
}

impl From<Zone> for TimeZone {
    fn from(zone: Zone) -> Self {
        Self(zone)
    }
}

text_value!(
    TimeZone,
    {"type": "string", "format": "time-zone", "maxLength": 64, "description": "An IANA time zone such as Europe/Berlin."}
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::check;

    #[test]
    fn zones_have_iana_names() {
        let zone = TimeZone::parse(" Europe/Berlin ").unwrap();
        assert_eq!(zone.as_str(), "Europe/Berlin");
        assert_eq!(zone.zone(), chrono_tz::Europe::Berlin.into());
        assert_eq!(TimeZone::default(), "UTC");
        check::round_trip(&zone);
        for text in ["", "Berlin", "CET+1", "Europe/Atlantis"] {
            assert!(TimeZone::parse(text).is_err(), "{text:?}");
        }
    }
}
