//! Reading files that other systems wrote: rows out of bytes, fields out of columns, values out of cells.
//!
//! Nothing here knows a kind of record. [`source`] yields rows in bounded memory and refuses what is broken row by
//! row; [`header`] guesses which column is which field; [`mapping`] is what the caller says instead; [`text`] turns a
//! cell into the value of a column, and [`name`] a full name into its parts.

pub mod header;
pub mod mapping;
pub mod name;
pub mod source;
pub mod text;
