//! Smaller CRMs: Copper, Capsule, Insightly, Close, Keap and Nimble.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "copper.people",
        "Copper",
        "People",
        &["contact", "lead"],
        &[&["Copper ID", "Email", "Company"], &["Copper ID", "First Name"], &["Prosperworks ID", "First Name"]],
    )
    .columns(&[
        ("Copper ID", "=external:copper"),
        ("Prosperworks ID", "=external:copper"),
        ("Name", "person"),
        ("Contact Type", ""),
        ("Owned By", ""),
    ]),
    Form::new(
        "capsule.people",
        "Capsule",
        "People",
        &["contact", "lead"],
        &[
            &["Id", "Type", "First Name", "Last Name", "Organisation"],
            &["Type", "First Name", "Last Name", "Organization", "Last Contacted"],
            &["Capsule ID", "First Name"],
        ],
    )
    .columns(&[
        ("Id", "=external:capsule"),
        ("Capsule ID", "=external:capsule"),
        ("Type", ""),
        ("Title", ""),
        ("Name", ""),
        ("Owner", ""),
    ]),
    Form::new(
        "insightly.contacts",
        "Insightly",
        "Contacts",
        &["contact", "lead"],
        &[
            &["RecordId", "FirstName", "LastName"],
            &["Record Id", "First Name", "Last Name", "Organization"],
            &["ContactId", "FirstName", "LastName"],
        ],
    )
    .columns(&[
        ("RecordId", "=external:insightly"),
        ("ContactId", "=external:insightly"),
        ("EmailAddress", "email"),
        ("PhoneBusiness", "phone"),
        ("PhoneMobile", "mobile"),
        ("PhoneHome", "other_phone"),
        ("Organisation", "company"),
        ("Role", "job_title"),
    ]),
    Form::new(
        "close.leads",
        "Close",
        "Leads",
        &["account", "lead"],
        &[
            &["display_name", "primary_contact_name"],
            &["lead_id", "display_name", "status_label"],
            &["id", "display_name", "contacts"],
        ],
    )
    .columns(&[
        ("id", "=external:close"),
        ("lead_id", "=external:close"),
        ("display_name", "company"),
        ("primary_contact_name", "person"),
        ("primary_contact_primary_email", "email"),
        ("primary_contact_primary_phone", "phone"),
        ("primary_contact_title", "job_title"),
        ("primary_address_city", "city"),
        ("primary_address_country", "country"),
        ("status_label", "lead_status"),
        ("url", "website"),
    ]),
    Form::new(
        "keap.contacts",
        "Keap",
        "Contacts",
        &["contact", "lead"],
        &[
            &["Id", "First Name", "Last Name", "Email", "Street Address 1", "Tag IDs"],
            &["Contact Id", "First Name", "Last Name", "Phone 1", "Tag Ids"],
            &["Id", "First Name", "Last Name", "Person Type"],
        ],
    )
    .columns(&[
        ("Id", "=external:keap"),
        ("Contact Id", "=external:keap"),
        ("Title", ""),
        ("Phone 1", "phone"),
        ("Phone 2", "other_phone"),
        ("Email Address 2", "other_email"),
        ("Tag IDs", ""),
        ("Person Type", ""),
    ]),
    Form::new(
        "nimble.contacts",
        "Nimble",
        "Contacts",
        &["contact", "lead"],
        &[
            &["first name", "last name", "parent company", "email"],
            &["record type", "first name", "last name", "parent company"],
        ],
    )
    .columns(&[
        ("record type", ""),
        ("parent company", "company"),
        ("title", "job_title"),
        ("lead status", "lead_status"),
    ]),
];
