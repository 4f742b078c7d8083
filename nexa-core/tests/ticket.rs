//! Tickets: from report to close, through the public API.

mod assignment;
mod creating;
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
