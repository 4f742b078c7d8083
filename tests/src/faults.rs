//! A process that writes and does what is due, or takes back an import, is killed at a random moment; what it left is checked.

pub mod check;
pub mod files;
pub mod follow;
pub mod load;
pub mod place;
pub mod round;
pub mod undoing;

use std::fmt;

use uuid::Uuid;

/// One acknowledged command, as the writing process prints it: a line of its standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// The tenant is there.
    Org(Uuid),
    /// A lead was created.
    Lead(Uuid),
    /// A lead was converted to this contact and this deal.
    Converted(Uuid, Uuid, Uuid),
    /// A ticket was created with its customer.
    Ticket(Uuid, Uuid),
    /// A contact was folded into the first one.
    Merged(Uuid, Uuid),
    /// So many rows were imported under this source.
    Imported(Uuid, u64),
    /// A lead was created under an idempotency key that bears its number.
    Keyed(u64, Uuid),
    /// A file was attached, with the content of this number.
    Attached(Uuid, u64),
    /// A file was removed for good.
    Purged(Uuid),
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Org(org) => write!(f, "org {org}"),
            Self::Lead(lead) => write!(f, "lead {lead}"),
            Self::Converted(lead, contact, deal) => write!(f, "converted {lead} {contact} {deal}"),
            Self::Ticket(ticket, contact) => write!(f, "ticket {ticket} {contact}"),
            Self::Merged(survivor, other) => write!(f, "merged {survivor} {other}"),
            Self::Imported(source, rows) => write!(f, "imported {source} {rows}"),
            Self::Keyed(number, lead) => write!(f, "keyed {number} {lead}"),
            Self::Attached(file, number) => write!(f, "attached {file} {number}"),
            Self::Purged(file) => write!(f, "purged {file}"),
        }
    }
}

impl Acknowledged {
    /// Reads a line; `None` when it is none.
    pub fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let sort = words.next()?;
        let words: Vec<&str> = words.collect();
        let id = |at: usize| words.get(at)?.parse::<Uuid>().ok();
        let number = |at: usize| words.get(at)?.parse::<u64>().ok();
        Some(match sort {
            "org" => Self::Org(id(0)?),
            "lead" => Self::Lead(id(0)?),
            "converted" => Self::Converted(id(0)?, id(1)?, id(2)?),
            "ticket" => Self::Ticket(id(0)?, id(1)?),
            "merged" => Self::Merged(id(0)?, id(1)?),
            "imported" => Self::Imported(id(0)?, number(1)?),
            "keyed" => Self::Keyed(number(0)?, id(1)?),
            "attached" => Self::Attached(id(0)?, number(1)?),
            "purged" => Self::Purged(id(0)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written() {
        let id = Uuid::from_u128(7);
        for acknowledged in [
            Acknowledged::Org(id),
            Acknowledged::Lead(id),
            Acknowledged::Converted(id, id, id),
            Acknowledged::Ticket(id, id),
            Acknowledged::Merged(id, id),
            Acknowledged::Imported(id, 20),
            Acknowledged::Keyed(3, id),
            Acknowledged::Attached(id, 3),
            Acknowledged::Purged(id),
        ] {
            assert_eq!(Acknowledged::read(&acknowledged.to_string()), Some(acknowledged));
        }
        assert_eq!(Acknowledged::read("lead 019a"), None);
        assert_eq!(Acknowledged::read(""), None);
    }
}
