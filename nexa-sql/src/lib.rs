//! Renders the schema, queries and changes of the kernel as SQL text with numbered binds.
//!
//! The text comes from definitions alone; everything a caller gave is a bind. The first bind of every
//! statement is the tenant. What a filter means is said by
//! [`Predicate::holds`](nexa_kernel::filter::Predicate::holds); the text agrees with it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod aggregate;
mod change;
mod columns;
mod custom_key;
mod dialect;
mod difference;
mod document;
mod events;
mod index_tables;
mod indexed;
mod kernel_tables;
mod literal;
mod load;
mod many;
mod merged;
mod order;
mod predicate;
mod prefix;
mod removed;
mod schema;
mod search;
mod select;
mod shape;
mod text;
mod together;
mod version;

pub use aggregate::{Answer, aggregate, finish};
pub use change::{Changed, delete, insert, update};
pub use columns::Column;
pub use dialect::{Dialect, Namespace};
pub use events::{EVENT_COLUMNS, events, insert_event, read_head, recorded, write_head};
pub use index_tables::{IndexTables, add_terms, index_tables};
pub use load::{load_by_key, load_external};
pub use many::{Part, Rows, load_named, part_types, write_many};
pub use removed::removed;
pub use schema::{Index, Table, schema, shape, tables};
pub use select::{scan, select};
pub use shape::{
    ColumnShape, Shape, TableShape, index_shape, quoted_texts, reference_shape, sqlite_constraints, sqlite_reference,
};
pub use text::{Bind, Statement};
pub use together::{RecordForm, load_together};
pub use version::VERSION;
