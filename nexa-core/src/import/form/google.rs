//! Google Contacts: the form of 2024 and the one before. Several values of a cell stand between three colons.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "google.contacts",
        "Google Contacts",
        "Contacts",
        &["contact", "lead"],
        &[
            &["First Name", "E-mail 1 - Value"],
            &["First Name", "Phone 1 - Value"],
            &["First Name", "Phonetic First Name"],
            &["Organization Name", "Organization Title", "E-mail 1 - Value"],
            &["File As", "Labels", "Organization Name"],
            &["E-mail 1 - Label", "E-mail 1 - Value"],
            &["Phone 1 - Label", "Phone 1 - Value"],
        ],
    )
    .columns(&[
        ("File As", ""),
        ("Nickname", ""),
        ("Organization Name", "company"),
        ("Organization Title", "job_title"),
        ("Organization Department", "department"),
        ("E-mail 1 - Value", "email"),
        ("E-mail 2 - Value", "other_email"),
        ("Phone 1 - Value", "phone"),
        ("Phone 2 - Value", "other_phone"),
        ("Address 1 - Formatted", ""),
        ("Address 1 - Street", "street"),
        ("Address 1 - City", "city"),
        ("Address 1 - Region", "region"),
        ("Address 1 - Postal Code", "postal_code"),
        ("Address 1 - Country", "country"),
        ("Website 1 - Value", "website"),
        ("Labels", "tags"),
        ("Name Prefix", ""),
        ("Photo", ""),
    ])
    .separator(" ::: "),
    Form::new(
        "google.contacts_before_2024",
        "Google Contacts",
        "Contacts, until 2024",
        &["contact", "lead"],
        &[
            &["Name", "Given Name", "Family Name"],
            &["Given Name", "Family Name", "E-mail 1 - Value"],
            &["Given Name", "E-mail 1 - Type", "E-mail 1 - Value"],
            &["Group Membership", "E-mail 1 - Value"],
            &["Group Membership", "Phone 1 - Value"],
        ],
    )
    .columns(&[
        ("Name", ""),
        ("Given Name", "first_name"),
        ("Family Name", "last_name"),
        ("Occupation", ""),
        ("Organization 1 - Name", "company"),
        ("Organization 1 - Title", "job_title"),
        ("Organization 1 - Department", "department"),
        ("E-mail 1 - Value", "email"),
        ("E-mail 2 - Value", "other_email"),
        ("Phone 1 - Value", "phone"),
        ("Phone 2 - Value", "other_phone"),
        ("Address 1 - Formatted", ""),
        ("Address 1 - Street", "street"),
        ("Address 1 - City", "city"),
        ("Address 1 - Region", "region"),
        ("Address 1 - Postal Code", "postal_code"),
        ("Address 1 - Country", "country"),
        ("Website 1 - Value", "website"),
        ("Group Membership", "tags"),
        ("Location", ""),
        ("Subject", ""),
        ("Priority", ""),
    ])
    .separator(" ::: "),
];
