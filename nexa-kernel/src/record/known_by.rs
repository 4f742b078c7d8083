//! The addresses under which a record is known: the mail addresses and phone numbers in its main fields and in
//! `other_emails` and `other_phones`.
//!
//! A storage finds rows by them as by a column. The mail addresses of a live record are unique within its kind: they are
//! entries of the table of external keys, under a system that no caller may name. Phone numbers are shared, and are
//! entries of the table of indexed values.

use super::{Derived, ExternalKey, RecordDef, Row, UniqueDef};
use crate::{
    error::{Error, codes},
    input,
    value::Value,
};

/// The system of the keys that are mail addresses.
pub const EMAIL_SYSTEM: &str = "@email";
/// The field of the indexed values that are phone numbers.
pub const PHONE_FIELD: &str = "@phone";

/// What rows can be found by beside their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// One of the mail addresses of a live row.
    Email,
    /// One of the phone numbers of a live row.
    Phone,
    /// One of the records that the list of what a row is about names.
    Topic,
}

impl RecordDef {
    /// The number by which rows are loaded by any of their mail addresses: the one after the last column.
    pub fn by_email(&self) -> usize {
        self.columns.len()
    }
    /// The number by which rows are loaded by any of their phone numbers.
    pub fn by_phone(&self) -> usize {
        self.columns.len() + 1
    }
    /// The number by which rows are loaded by the entries of the list of what they are about, also those in the trash.
    pub fn by_topic(&self) -> usize {
        self.columns.len() + 2
    }
    /// The address that this number of a column stands for; none where it is a column.
    pub fn address(&self, column: usize) -> Option<Address> {
        match column.checked_sub(self.columns.len())? {
            0 => Some(Address::Email),
            1 => Some(Address::Phone),
            _ => Some(Address::Topic),
        }
    }
    /// Whether a unique says what is said of mail addresses as keys: that no other record, or no other open one, has it.
    pub(crate) fn is_of_email(&self, unique: &UniqueDef) -> bool {
        let [column] = unique.columns.as_slice() else { return false };
        let of = match self.columns.get(*column).and_then(|column| column.derived) {
            Some(Derived::WhileOpen(of)) => of,
            _ => *column,
        };
        self.emails.first() == Some(&of)
    }
    /// The error of a key that another record has: of a mail address, the code of the kind's own.
    pub fn key_taken(&self, system: &str, key: &str) -> Error {
        match self.uniques.iter().find(|unique| unique.field == "email") {
            Some(unique) if system == EMAIL_SYSTEM => Error::taken(unique.code, self.kind, unique.field),
            _ => codes::EXTERNAL_KEY_TAKEN.with("kind", self.kind).with("system", system).with("key", key),
        }
    }
}

impl Row {
    /// The mail addresses under which a live record is known, the main one first; those of one that is closed are free.
    pub fn emails(&self, def: &RecordDef) -> Vec<String> {
        if def.is_open(self) { self.addresses(def, &def.emails) } else { Vec::new() }
    }
    /// The phone numbers under which a live record is known.
    pub fn phones(&self, def: &RecordDef) -> Vec<String> {
        self.addresses(def, &def.phones)
    }
    fn addresses(&self, def: &RecordDef, columns: &[usize]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        if columns.is_empty() || !self.live(def) {
            return found;
        }
        for column in columns {
            match self.get(*column) {
                Value::Text(text) => found.push(text.clone()),
                Value::Json(list) => found.extend(input::stored::<Vec<String>>(list).unwrap_or_default()),
                _ => {}
            }
        }
        if found.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }
    /// The keys by which others find the record and that nobody else has: mail addresses and external keys.
    pub fn unique_keys(&self, def: &RecordDef) -> Vec<ExternalKey> {
        let own = self.external_keys(def).into_iter().map(|(system, key)| ExternalKey { system, key });
        let mails = self.emails(def).into_iter();
        mails.map(|key| ExternalKey { system: EMAIL_SYSTEM.to_owned(), key }).chain(own).collect()
    }
    /// Whether a load by this column and value finds the row.
    pub fn found_by(&self, def: &RecordDef, column: usize, value: &Value) -> bool {
        match def.address(column) {
            None => self.get(column) == value,
            Some(_) => value.as_text().is_some_and(|text| self.known_by(def, column).iter().any(|own| own == text)),
        }
    }
    /// The addresses or entries that a load by this number looks at.
    pub fn known_by(&self, def: &RecordDef, column: usize) -> Vec<String> {
        match def.address(column) {
            Some(Address::Email) => self.emails(def),
            Some(Address::Phone) => self.phones(def),
            Some(Address::Topic) => def.topics().map(|column| self.entries(column)).unwrap_or_default(),
            None => Vec::new(),
        }
    }
}
