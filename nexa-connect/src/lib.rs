//! Connects a CRM to the world around it: native adapters of its ports.
//!
//! With the feature `smtp`, `smtp::SmtpMailer` hands mail to a server.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[cfg(feature = "smtp")]
pub mod smtp;
#[cfg(feature = "testing")]
pub mod testing;
