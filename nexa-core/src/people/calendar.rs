//! A calendar: business hours, holidays and special days in a time zone, for a tenant, a group or a user.

pub mod business_time;
pub mod hours;
pub mod week;

pub use business_time::{After, Between, BusinessTime, Due, NO_CALENDAR, TOO_FAR};
pub use hours::BusinessHours;
pub use week::{OVERLAP, Span, SpecialDay, Week};

use serde::{Deserialize, Serialize};

use super::{Group, User, org};
use crate::{Code, Context, CrmBuilder, Date, Document, Entity, Id, Name, Record, Result, TimeZone, Timestamp};

/// The calendar never opens.
pub const NO_HOURS: Code =
    Code::invalid("calendar.no_hours", "The calendar never opens; give a weekday, or a special day, its hours.");

/// How many holidays a calendar may have, and how many special days.
const MOST_DAYS: usize = 2_000;

/// When somebody works: hours by weekday, holidays, and days with hours of their own.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "calendar", table = "calendars", access = settings, search(name = 1), unique("name.folded", code = "calendar.name_taken"))]
pub struct Calendar {
    /// The identifier.
    pub id: Id<Calendar>,
    /// Counts the changes.
    pub version: i64,
    /// When the calendar was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The zone whose clocks the hours are of; the organisation's unless said.
    #[record(editable)]
    pub time_zone: Option<TimeZone>,
    /// The hours of each day of the week.
    #[record(editable)]
    pub weekly: Document<Week>,
    /// Days that are closed.
    #[record(editable)]
    pub holidays: Document<Vec<Date>>,
    /// Days with hours of their own, also when they are holidays.
    #[record(editable)]
    pub exceptions: Document<Vec<SpecialDay>>,
}

impl Calendar {
    /// When it is open.
    pub fn hours(&self) -> BusinessHours<'_> {
        BusinessHours {
            zone: self.time_zone.unwrap_or_default().zone(),
            weekly: &self.weekly,
            holidays: &self.holidays,
            exceptions: &self.exceptions,
        }
    }

    fn settle_days(&mut self) -> Result<()> {
        let (weekly, holidays, exceptions) = (&mut self.weekly.0, &mut self.holidays.0, &mut self.exceptions.0);
        weekly.settle()?;
        holidays.sort_unstable();
        holidays.dedup();
        exceptions.sort_unstable();
        for (field, days) in [("holidays", holidays.len()), ("exceptions", exceptions.len())] {
            if days > MOST_DAYS {
                return Err(week::invalid(field, format!("give at most {MOST_DAYS} days")));
            }
        }
        for special in exceptions.iter_mut() {
            week::settle_day("exceptions", &special.day.to_string(), &mut special.hours)?;
        }
        if !exceptions.is_sorted_by(|before, after| before.day < after.day) {
            return Err(week::invalid("exceptions", "give each day once"));
        }
        let never = weekly.is_closed() && exceptions.iter().all(|special| special.hours.is_empty());
        if never { Err(NO_HOURS.with("field", "weekly")) } else { Ok(()) }
    }
}

impl Entity for Calendar {
    const ERRORS: &'static [Code] = &[NO_HOURS, OVERLAP];
    async fn settle(&mut self, _: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.time_zone.is_none() {
            self.time_zone = Some(org::settings(cx).await?.time_zone);
        }
        self.settle_days()
    }
}

/// The calendar by which somebody works: the user's own, else the group's, else the organisation's.
pub async fn calendar_of(cx: &mut Context<'_>, user: Option<&User>, group: Option<&Group>) -> Result<Option<Calendar>> {
    let own = user.and_then(|user| user.calendar).or_else(|| group.and_then(|group| group.calendar));
    let calendar = match own {
        Some(calendar) => Some(calendar),
        None => org::settings(cx).await?.calendar,
    };
    match calendar {
        Some(calendar) => cx.unrestricted().load(calendar).await.map(Some),
        None => Ok(None),
    }
}

/// The kind and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.entity::<Calendar>().query::<Between>().query::<After>()
}
