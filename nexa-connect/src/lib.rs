//! Connects a CRM to the world around it: native adapters of its ports.
//!
//! With the feature `smtp`, `smtp::SmtpMailer` hands mail to a server. With the feature `object-store`, `ObjectBlobs` keeps the bytes of
//! files in an object store.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

#[cfg(feature = "object-store")]
mod object_blobs;
#[cfg(any(feature = "smtp", feature = "object-store"))]
mod runtime;
#[cfg(feature = "smtp")]
pub mod smtp;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "object-store")]
pub use object_blobs::ObjectBlobs;
#[cfg(feature = "object-store")]
pub use object_store;
