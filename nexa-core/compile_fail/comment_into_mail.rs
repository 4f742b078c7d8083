//! What is said among colleagues has no conversion into a mail.

use nexa_core::{PlainText, mail::Content, productivity::Note, service::Comment};

fn of_comment(comment: Comment) -> PlainText {
    comment.body.into()
}

fn of_note(note: Note) -> Content {
    note.body.into()
}

fn main() {}
