//! What begins a run of a workflow, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Filter, Name, TimeOfDay, closed_enum, productivity::notification::Weekday};

closed_enum! {
    /// What happened to a record.
    pub enum EventVerb {
        /// It was made.
        Created = "created",
        /// It was changed.
        Updated = "updated",
    }
}

closed_enum! {
    /// What records do that an import brings in, or changes.
    pub enum OnImport {
        /// They begin runs as others do.
        Run = "run",
        /// They begin none.
        Ignore = "ignore",
    }
}

/// What begins a run: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkflowTrigger {
    /// Something happened to a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventTrigger>,
    /// The date or moment in a field of a record has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<DateTrigger>,
    /// A time of a plan has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleTrigger>,
    /// Somebody starts it with `workflow.start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<ManualTrigger>,
}

/// Something happened to a record. What one unit of the ledger does to a record happened once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTrigger {
    /// The kind of the record.
    pub kind: Name,
    /// What happened; both unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<EventVerb>,
    /// By which commands, such as `deal.win`; by any unless said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub commands: Vec<Name>,
    /// What of it changed: `{"changed": field}`, `{"was": filter}`, `{"became": filter}`; other conditions are asked of the record as it
    /// was after the change.
    #[serde(default = "Filter::everything", skip_serializing_if = "Filter::is_everything")]
    pub change: Filter,
    /// What imports do; to be said where no commands are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_import: Option<OnImport>,
}

/// The date or moment in a field of a record has come. A date is one of the tenant's time zone. Where the field changes, the new value
/// counts; what is more than a day late does not begin a run any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateTrigger {
    /// The kind of the record.
    pub kind: Name,
    /// Its field, a date or a moment.
    pub field: Name,
    /// How long after it, as ISO 8601 writes it: `-P30D` is thirty days before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Name>,
    /// At which time of that day, by the tenant's clocks; a date begins at midnight unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
    /// Whether the day comes every year; February 29 is the 28th in years that have none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub yearly: bool,
}

/// A time of a plan has come: `every` period, or `at` a time of each day, of some `weekdays`, or of one `day` of each month. Times that
/// were missed come once, when somebody ticks again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleTrigger {
    /// A period of ISO 8601 of at least five minutes, counted from the last planned moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Name>,
    /// The time of the day, by the tenant's clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
    /// The days of the week; every day unless said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 7))]
    pub weekdays: Vec<Weekday>,
    /// The day of the month; in a month that has no such day, the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 31))]
    pub day: Option<u8>,
    /// The records for each of which a run begins; one run without a record unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<ScheduleOver>,
}

/// The records of a scheduled workflow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleOver {
    /// Their kind.
    pub kind: Name,
    /// Which of them; all unless said.
    #[serde(default = "Filter::everything", skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
}

/// Somebody starts it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualTrigger {
    /// The kind of the record for which it is started; for none unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Name>,
}

impl WorkflowTrigger {
    /// The kind of the records for which runs begin.
    pub(in crate::automation) fn kind(&self) -> Option<&str> {
        let over = self.schedule.as_ref().and_then(|schedule| schedule.over.as_ref()).map(|over| &over.kind);
        let manual = self.manual.as_ref().and_then(|manual| manual.kind.as_ref());
        let kinds =
            [self.event.as_ref().map(|event| &event.kind), self.date.as_ref().map(|date| &date.kind), over, manual];
        kinds.into_iter().flatten().next().map(Name::as_str)
    }
    /// How many of the ways to begin it names.
    pub(super) fn ways(&self) -> usize {
        [self.event.is_some(), self.date.is_some(), self.schedule.is_some(), self.manual.is_some()]
            .into_iter()
            .filter(|way| *way)
            .count()
    }
}
