//! Renders the schema, queries and changes of the kernel as SQL text with numbered binds.
//!
//! The text comes from definitions alone; everything a caller gave is a bind. The first bind of every
//! statement is the tenant. What a filter means is said by
//! [`Predicate::holds`](nexa_kernel::filter::Predicate::holds); the text agrees with it.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod aggregate;
mod batch_load;
mod batch_write;
mod change;
mod columns;
mod custom_key;
mod dialect;
mod difference;
mod document;
mod due;
mod events;
mod from_where;
mod index_ranges;
mod index_tables;
mod indexed;
mod json_part;
mod kernel_tables;
mod literal;
mod load;
mod operator;
mod order;
mod pointing;
mod predicate;
mod prefix;
mod removed;
mod schema;
mod scope;
mod search;
mod select;
mod shape;
mod table;
mod text;
mod version;

pub use self::aggregate::{Answer, aggregate, finish};
pub use self::batch_load::{RecordForm, load_together};
pub use self::batch_write::{Part, Rows, load_named, part_types, write_many};
pub use self::change::{Changed, delete, insert, update};
pub use self::columns::Column;
pub use self::dialect::{Dialect, Namespace};
pub use self::due::due;
pub use self::events::{EVENT_COLUMNS, erase_events, events, insert_event, read_head, recorded, write_head};
pub use self::index_tables::{IndexTables, add_terms, index_tables};
pub use self::load::{load_by_key, load_external};
pub use self::removed::removed;
pub use self::schema::{schema, shape, tables};
pub use self::select::{scan, select};
pub use self::shape::{
    ColumnShape, Shape, TableShape, index_shape, quoted_texts, reference_shape, sqlite_constraints, sqlite_reference,
};
pub use self::table::{Index, Table};
pub use self::text::{Bind, Statement};
pub use self::version::VERSION;
