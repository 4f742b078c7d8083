//! Values that follow the clock.

use serde::{Deserialize, Serialize};

/// A moment or a day, seen from that at which a filter is asked: a value of filters on both. In JSON `{"now": "-P30D"}` and
/// `{"today": "-P3D"}`, with a period of ISO 8601 such as `P1M`, `-P1W` or `-PT12H`. It is read once in a unit of work, in the tenant's
/// time zone.
///
/// ```
/// use nexa_kernel::filter::{Filter, Op, Relative};
///
/// let filter = Filter::compare("created_at", Op::Ge, Relative::now("-P30D"));
/// assert_eq!(serde_json::to_value(filter).unwrap()["value"]["now"], "-P30D");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relative {
    /// So far from the moment: days and months by the clocks of the tenant, hours as they pass.
    Now(String),
    /// So many days, weeks, months or years from the day that it is for the tenant.
    Today(String),
}

impl Relative {
    /// So far from the moment.
    pub fn now(period: impl Into<String>) -> Self {
        Self::Now(period.into())
    }
    /// So far from the day.
    pub fn today(period: impl Into<String>) -> Self {
        Self::Today(period.into())
    }
}
