//! Mail that leaves by SMTP, against a server that behaves as servers do and as they should not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[cfg(feature = "smtp")]
mod delivery;
#[cfg(feature = "smtp")]
mod message;
#[cfg(feature = "smtp")]
mod tls;
