//! Organisations, users and groups: who works in a tenant, when, and who can be given work.

pub mod assignment;
pub mod calendar;
pub mod counter;
pub mod directory;
pub mod group;
pub mod ledger;
pub mod mail_settings;
pub mod open_work;
pub mod org;
pub mod rate;
pub mod release_settings;
pub mod user;

pub use calendar::Calendar;
pub use group::{Group, Membership};
pub use mail_settings::{FrequencyCap, Halting, MailSettings, QuietHours};
pub use open_work::OnOpenWork;
pub use org::{CreateOrg, Org};
pub use rate::{Conversion, DatedRate};
pub use release_settings::ReleaseSettings;
pub use user::{Role, User};
