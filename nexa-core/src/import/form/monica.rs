//! Monica: contacts.

use super::Form;

pub(super) const FORMS: &[Form] = &[Form::new(
    "monica.contacts",
    "Monica",
    "Contacts",
    &["contact", "lead"],
    &[
        &["first_name", "last_name", "is_starred"],
        &["first_name", "last_name", "nickname", "vault_id"],
        &["first_name", "last_name", "is_partial"],
        &["uuid", "first_name", "middle_name", "last_name"],
    ],
)
.columns(&[
    ("uuid", "=external:monica"),
    ("id", "=external:monica"),
    ("job", "job_title"),
    ("nickname", ""),
    ("middle_name", ""),
    ("is_starred", ""),
    ("is_partial", ""),
    ("gender", ""),
])];
