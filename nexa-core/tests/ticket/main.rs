//! Tickets: from report to close, through the public API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod assignment;
mod creating;
#[path = "../desk/mod.rs"]
mod desk;
mod explaining;
mod reading;
mod statuses;

use nexa_core::{Email, Name, service::ticket::Customer};

fn sarah() -> Customer {
    Customer {
        name: Name::parse("Sarah Johnson").ok(),
        email: Email::parse("Sarah@Acme.example").ok(),
        phone: None,
        company: Name::parse("Acme Corp").ok(),
    }
}
