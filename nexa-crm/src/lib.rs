//! A CRM that other products embed: one compiled rulebook on the storage you already have.
//!
//! ```
//! use nexa_crm::{Create, CreateOrg, blocking, sales::Lead};
//!
//! # fn main() -> nexa_crm::Result<()> {
//! let crm = blocking::open("memory:")?;
//! let lisa = crm.create_org(CreateOrg::new("Acme Support", "Lisa", "lisa@acme.example")?)?;
//! let lead = lisa.run(Create::<Lead>::new().set(Lead::EMAIL, "sarah@example.com").set(Lead::COMPANY, "Acme"))?;
//! for permission in lisa.explain(&lead)? {
//!     match permission.refusal {
//!         None => println!("{} is allowed", permission.operation),
//!         Some(refusal) => println!("{}: {refusal}", permission.operation),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

pub mod blocking;
mod document;
#[cfg(not(target_arch = "wasm32"))]
mod folder_blobs;
mod open;
mod restore;
mod system;
#[cfg(not(target_arch = "wasm32"))]
mod worker;

pub use document::catalog_json;
#[cfg(feature = "postgres")]
pub use document::postgres_schema;
#[cfg(feature = "sqlite")]
pub use document::sqlite_schema;
#[cfg(not(target_arch = "wasm32"))]
pub use folder_blobs::FolderBlobs;
pub use nexa_core::*;
pub use open::{Migrate, URL_INVALID, builder, open, open_as, open_with};
pub use restore::restore;
pub use system::{SystemClock, SystemIds};
#[cfg(not(target_arch = "wasm32"))]
pub use worker::{Running, Worker, worker};

#[cfg(feature = "postgres")]
pub use nexa_store_postgres as postgres;
#[cfg(feature = "sqlite")]
pub use nexa_store_sqlite as sqlite;

/// The lines of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Those of the guide to testing, too.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../docs/testing.md")]
struct Testing;

/// Those of the guide to what happens later, too.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/worker.md")]
struct WorkerGuide;

/// Those of the guide to files, too.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/files.md")]
struct FilesGuide;

/// Those of the guide to mail, too.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/mail.md")]
struct MailGuide;

/// Those of the guide to the inbox, too.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/inbox.md")]
struct InboxGuide;

/// Those of the guide to migrations, too.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../docs/schema.md")]
struct SchemaGuide;
