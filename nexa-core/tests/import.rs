//! Importing: what is read, what is met, what is refused, and what is there afterwards.

mod as_created;
mod broken_files;
mod cells;
mod columns;
mod encodings;
mod exports;
mod forms;
mod identity;
mod importer;
mod named_cases;
mod page;
mod policies;
mod preview;
mod random;
mod refusals;
mod signals;
mod spreadsheets;
