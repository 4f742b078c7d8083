//! Freshsales and Freshdesk.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "freshsales.contacts",
        "Freshsales",
        "Contacts",
        &["contact", "lead"],
        &[
            &["First name", "Last name", "Emails"],
            &["Id", "First name", "Last name", "Sales accounts"],
            &["First name", "Last name", "Sales owner"],
            &["First name", "Accounts", "Sales owner"],
            &["Contact : Id", "Contact : First name"],
            &["First name", "Job title", "Lifecycle stage", "Sales owner"],
        ],
    )
    .columns(&[
        ("Id", "=external:freshsales"),
        ("Contact : Id", "=external:freshsales"),
        ("Emails", "email"),
        ("Accounts", "company"),
        ("Sales accounts", "company"),
        ("Account", "company"),
        ("Work", "phone"),
        ("Sales owner", "owner"),
        ("Display name", ""),
        ("Lifecycle stage", ""),
        ("Status", ""),
        ("Score", ""),
    ])
    .separator(";"),
    Form::new(
        "freshsales.accounts",
        "Freshsales",
        "Accounts",
        &["account"],
        &[
            &["Name", "Sales owner", "Number of employees"],
            &["Name", "Sales owner", "Industry type"],
            &["Account : Id", "Account : Name"],
            &["Id", "Name", "Sales owner", "Website"],
        ],
    )
    .columns(&[
        ("Id", "=external:freshsales"),
        ("Account : Id", "=external:freshsales"),
        ("Name", "company"),
        ("Business type", "account_type"),
        ("Industry type", "industry"),
        ("Sales owner", "owner"),
        ("Parent sales account", "parent"),
        ("Territory", ""),
    ]),
    Form::new(
        "freshsales.deals",
        "Freshsales",
        "Deals",
        &["deal"],
        &[
            &["Name", "Deal value", "Deal stage"],
            &["Name", "Amount", "Deal stage", "Sales owner"],
            &["Id", "Name", "Deal stage", "Expected close"],
            &["Deal : Id", "Deal : Name"],
        ],
    )
    .columns(&[
        ("Id", "=external:freshsales"),
        ("Deal : Id", "=external:freshsales"),
        ("Name", "deal_name"),
        ("Deal value", "amount"),
        ("Base currency amount", ""),
        ("Expected deal value", ""),
        ("Deal pipeline", "pipeline"),
        ("Account", "company"),
        ("Sales account", "company"),
        ("Type", "deal_type"),
        ("Closed date", ""),
        ("Sales owner", "owner"),
    ]),
    Form::new(
        "freshdesk.tickets",
        "Freshdesk",
        "Tickets",
        &["ticket"],
        &[
            &["Ticket ID", "Subject"],
            &["Ticket ID", "Resolution status"],
            &["Ticket Id", "Subject", "Status", "Priority"],
        ],
    )
    .columns(&[
        ("Ticket ID", "=external:freshdesk"),
        ("Status", ""),
        ("Source", "channel"),
        ("Type", "ticket_type"),
        ("Agent", "owner"),
        ("Group", ""),
        ("Email", "person_email"),
        ("Contact ID", ""),
        ("Full name", ""),
        ("Company Name", "company"),
        ("Company name", "company"),
        ("Product", ""),
        ("Title", ""),
        ("Work phone", ""),
    ]),
    Form::new(
        "freshdesk.contacts",
        "Freshdesk",
        "Contacts",
        &["contact", "lead"],
        &[
            &["Full name", "Unique external ID"],
            &["Name", "Email", "Unique external ID"],
            &["Full name", "Twitter", "Email", "Work phone"],
            &["Full name", "Can see all tickets from this company"],
        ],
    )
    .columns(&[
        ("Unique external ID", "=external:freshdesk"),
        ("Title", "job_title"),
        ("Can see all tickets from this company", ""),
        ("Language", ""),
        ("Time zone", ""),
    ]),
];
