//! Leads, contacts, accounts and deals: from the first word to the signature.

pub mod contact;
pub mod lead;

pub use contact::Contact;
pub use lead::Lead;
