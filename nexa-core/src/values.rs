//! Values: each has one normal form, given to it once when it is read from outside.
//!
//! A value says what is wrong with an input as a fragment that says what to do: `give at most 200 characters`.
//! What comes back from storage was checked when it went in, and is not checked again.

#[macro_use]
mod text;

mod about;
mod accepts;
mod address;
mod assignee;
#[cfg(test)]
pub(crate) mod check;
mod checklist;
#[doc(hidden)]
pub mod closed_enum;
mod currency;
mod custom;
mod document;
mod document_url;
mod email;
mod exchange_rate;
mod file_limits;
mod file_name;
mod language;
mod list;
mod money;
mod percent;
mod phone;
mod quarter;
mod rank;
mod rate;
mod reasons;
mod rounding;
mod signals;
mod tags;
mod time_of_day;
mod time_zone;
mod unit_price;
mod url;

pub use about::About;
pub use address::{Address, Country};
pub use assignee::Assignee;
pub use checklist::{Checklist, ChecklistItem};
pub use currency::Currency;
pub use custom::Custom;
pub use document::{Document, canonical};
pub use document_url::DocumentUrl;
pub use email::Email;
pub use exchange_rate::ExchangeRate;
pub use file_limits::FileLimits;
pub use file_name::FileName;
pub use language::Language;
pub use list::{Abouts, Emails, List, Phones, Readers};
pub use money::{CURRENCY_MISMATCH, Money, NO_SHARES, TOO_LARGE};
pub use percent::Percent;
pub use phone::Phone;
pub use quarter::Quarter;
pub use rank::Rank;
pub use rate::Rate;
pub use reasons::{Reason, Reasons};
pub use rounding::{Rounding, TaxRounding};
pub use signals::Signals;
pub use tags::Tags;
pub use text::{Body, Choice, Key, Name, PlainText, Subject};
pub use time_of_day::TimeOfDay;
pub use time_zone::TimeZone;
pub use unit_price::UnitPrice;
pub use url::Url;
