//! Reading files that other systems wrote: rows out of bytes, fields out of columns, values out of cells.
//!
//! Nothing here knows a kind of record. [`source`] yields rows in bounded memory and refuses what is broken row by row.

pub mod source;
