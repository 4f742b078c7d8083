//! Address books as vCard tools write them, with the names of vCard.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "apple.contacts",
        "Apple Contacts",
        "Contacts",
        &["contact", "lead"],
        &[
            &["First name", "Last name", "Email : work"],
            &["First name", "Last name", "E-mail (work)"],
            &["First name", "Last name", "Phone : mobile"],
            &["First", "Last", "Email (work)"],
            &["First Name", "Last Name", "Phone (iPhone)"],
            &["First Name", "Last Name", "Email (home)", "Phone (mobile)"],
        ],
    )
    .columns(&[
        ("Email : work", "email"),
        ("E-mail (work)", "email"),
        ("Email (home)", "other_email"),
        ("Email : home", "other_email"),
        ("Phone : work", "phone"),
        ("Phone : mobile", "mobile"),
        ("Phone (iPhone)", "mobile"),
        ("Phone : iPhone", "mobile"),
        ("Phone (main)", "phone"),
        ("Phone : home", "other_phone"),
        ("Title", ""),
        ("Company", "company"),
        ("Organization", "company"),
        ("Job title", "job_title"),
    ]),
    Form::new(
        "vcard.contacts",
        "vCard",
        "Contacts",
        &["contact", "lead"],
        &[&["FN", "EMAIL"], &["FN", "TEL"], &["N", "FN"], &["FN", "ORG"], &["Formatted Name", "Organization", "Email"]],
    )
    .columns(&[
        ("FN", "person"),
        ("Formatted Name", "person"),
        ("N", ""),
        ("EMAIL", "email"),
        ("EMAIL;WORK", "email"),
        ("EMAIL;HOME", "other_email"),
        ("TEL", "phone"),
        ("TEL;WORK", "phone"),
        ("TEL;CELL", "mobile"),
        ("TEL;HOME", "other_phone"),
        ("ORG", "company"),
        ("TITLE", "job_title"),
        ("ROLE", ""),
        ("ADR", ""),
        ("URL", ""),
        ("NOTE", "notes"),
        ("BDAY", ""),
        ("CATEGORIES", "tags"),
        ("UID", "=external:vcard"),
    ]),
];
