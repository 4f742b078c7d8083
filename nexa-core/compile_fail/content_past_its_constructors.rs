//! The content of a mail is not put together of texts of any sort.

use nexa_core::{Body, mail::Content};

fn of_any_text(body: Body) -> Content {
    Content { subject: "Hello".parse().unwrap(), text: body.into(), html: None }
}

fn main() {}
