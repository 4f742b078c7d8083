//! Intercom: people and companies.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "intercom.users",
        "Intercom",
        "People",
        &["contact", "lead"],
        &[
            &["Name", "Email", "Last seen", "First Seen"],
            &["Name", "Email", "User ID", "Web sessions"],
            &["Name", "Email", "Signed up", "Last seen"],
            &["Email", "Signed up", "Last seen"],
            &["User ID", "Email", "Last contacted", "Last heard from"],
            &["Intercom ID", "Email"],
        ],
    )
    .columns(&[
        ("Name", "person"),
        ("User ID", "=external:intercom"),
        ("Intercom ID", ""),
        ("Companies", "company"),
        ("Company name", "company"),
        ("Tag", "tags"),
        ("Owner", ""),
        ("Type", ""),
        ("Role", ""),
        ("City", "city"),
        ("Last seen city", ""),
        ("Segment", ""),
    ]),
    Form::new(
        "intercom.companies",
        "Intercom",
        "Companies",
        &["account"],
        &[
            &["Company ID", "Name", "Monthly Spend"],
            &["Company ID", "Company name", "Last seen"],
            &["Name", "Company ID", "People"],
            &["Company name", "Company last seen"],
        ],
    )
    .columns(&[
        ("Company ID", "=external:intercom"),
        ("Name", "company"),
        ("Company name", "company"),
        ("Company size", "employees"),
        ("Company website", "website"),
        ("Company industry", "industry"),
        ("Monthly Spend", ""),
        ("Plan", ""),
        ("People", ""),
    ]),
];
