//! A file of leads that is made while it is read, so that it takes no room.

use std::io::{self, Read};

use crate::people::person;

const HEADER: &str = "First Name,Last Name,Email,Phone,Company,Title,Industry,Lead Source\n";

/// The rows from one number up to another, as CSV with a header.
pub(crate) struct Registrants {
    next: usize,
    end: usize,
    buffer: Vec<u8>,
    read: usize,
}

impl Registrants {
    pub(crate) fn of(rows: std::ops::Range<usize>) -> Self {
        Self { next: rows.start, end: rows.end, buffer: HEADER.as_bytes().to_vec(), read: 0 }
    }

    fn fill(&mut self) {
        const ROWS: usize = 256;
        (self.read, self.buffer) = (0, std::mem::take(&mut self.buffer));
        self.buffer.clear();
        for number in self.next..self.end.min(self.next + ROWS) {
            let person = person(number);
            let title = if number.is_multiple_of(5) { "IT Director" } else { "Purchasing" };
            let source = if number.is_multiple_of(3) { "Webinar Q4" } else { "Website" };
            let row = format!(
                "{},{},{},{},{},{title},manufacturing,{source}\n",
                person.first, person.last, person.email, person.phone, person.company
            );
            self.buffer.extend_from_slice(row.as_bytes());
        }
        self.next = self.end.min(self.next + ROWS);
    }
}

impl Read for Registrants {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.buffer.len() {
            self.fill();
        }
        let rest = self.buffer.get(self.read..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.read += count;
        Ok(count)
    }
}
