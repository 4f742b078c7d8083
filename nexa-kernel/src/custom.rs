//! Custom fields: what a tenant adds to a kind, defined before it is used.

pub mod define;
mod entries;

pub use define::{Define, Remove};

pub use super::{custom_field::FieldDefinition, record::CustomType};
