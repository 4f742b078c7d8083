//! Time zones by their IANA names, and what the calendar says in them.
//!
//! With the feature `zones` the rules of all zones are part of the library. Without it the host knows them, as every
//! browser does, and says so once with `know`; until then there is only UTC.

#[cfg(feature = "zones")]
mod rules {
    use std::str::FromStr;

    use chrono::{DateTime, Offset};
    use chrono_tz::Tz;

    use crate::value::{Date, Timestamp};

    /// A time zone.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Zone(Tz);

    impl Zone {
        /// Coordinated universal time.
        pub const UTC: Self = Self(Tz::UTC);

        /// The zone of this IANA name, such as `Europe/Berlin`.
        pub fn named(name: &str) -> Option<Self> {
            Tz::from_str(name).ok().map(Self)
        }
        /// The IANA name.
        pub fn name(self) -> &'static str {
            self.0.name()
        }
        /// The calendar date of a moment.
        pub fn date(self, at: Timestamp) -> Date {
            DateTime::from_timestamp_micros(at.micros()).unwrap_or_default().with_timezone(&self.0).date_naive()
        }
        /// How many seconds it is ahead of UTC at a moment.
        pub fn offset(self, at: Timestamp) -> i32 {
            let moment = DateTime::from_timestamp_micros(at.micros()).unwrap_or_default();
            moment.with_timezone(&self.0).offset().fix().local_minus_utc()
        }
    }

    impl From<Tz> for Zone {
        fn from(zone: Tz) -> Self {
            Self(zone)
        }
    }
}

#[cfg(not(feature = "zones"))]
mod rules {
    use std::{
        collections::BTreeSet,
        sync::{Mutex, OnceLock, PoisonError},
    };

    use crate::value::{Date, Timestamp};

    /// Answers how many seconds a zone is ahead of UTC at a moment; `None` when there is no zone of this name.
    pub type Offset = fn(zone: &str, at: Timestamp) -> Option<i32>;

    static OFFSET: OnceLock<Offset> = OnceLock::new();

    /// Lets the host describe zones; the first one that is given counts.
    pub fn know(offset: Offset) {
        OFFSET.get_or_init(|| offset);
    }

    /// A time zone.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Zone(&'static str);

    impl Zone {
        /// Coordinated universal time.
        pub const UTC: Self = Self("UTC");

        /// The zone of this IANA name, such as `Europe/Berlin`.
        pub fn named(name: &str) -> Option<Self> {
            if name == Self::UTC.0 {
                return Some(Self::UTC);
            }
            let known = looks_like_a_name(name) && OFFSET.get()?(name, Timestamp::from_micros(0)).is_some();
            known.then(|| Self(kept(name)))
        }
        /// The IANA name.
        pub const fn name(self) -> &'static str {
            self.0
        }
        /// The calendar date of a moment.
        pub fn date(self, at: Timestamp) -> Date {
            Timestamp::from_micros(at.micros().saturating_add(i64::from(self.offset(at)) * 1_000_000)).date()
        }
        /// How many seconds it is ahead of UTC at a moment.
        pub fn offset(self, at: Timestamp) -> i32 {
            let known = OFFSET.get().filter(|_| self != Self::UTC);
            known.and_then(|offset| offset(self.0, at)).unwrap_or_default()
        }
    }

    /// Hosts also know other spellings, such as `europe/berlin` and `+01:00`, which others would not read.
    fn looks_like_a_name(name: &str) -> bool {
        let part = |part: &str| part.starts_with(|first: char| first.is_ascii_uppercase());
        name.split('/').all(part) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    }

    /// The name for good; there are no more than some hundred zones.
    fn kept(name: &str) -> &'static str {
        static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return known;
        }
        let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
        names.insert(name);
        name
    }
}

pub use rules::*;
