//! Zendesk: tickets, users and organizations, and Zendesk Sell.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "zendesk.tickets",
        "Zendesk",
        "Tickets",
        &["ticket"],
        &[
            &["Summation column", "Id", "Requester"],
            &["Id", "Requester", "Requester email"],
            &["Ticket ID", "Ticket subject"],
            &["ID", "Subject", "Requester", "Requested"],
            &["Id", "Subject", "Requester", "Via"],
        ],
    )
    .columns(&[
        ("Id", "=external:zendesk"),
        ("ID", "=external:zendesk"),
        ("Ticket ID", "=external:zendesk"),
        ("Summation column", ""),
        ("Requester", ""),
        ("Requester id", ""),
        ("Requester external id", ""),
        ("Requester email", "person_email"),
        ("Requester domain", ""),
        ("Submitter", ""),
        ("Assignee", ""),
        ("Group", ""),
        ("Organization", "company"),
        ("Status", ""),
        ("Via", "channel"),
        ("Ticket type", "ticket_type"),
        ("Ticket subject", "subject"),
        ("Satisfaction Score", ""),
        ("Due date", ""),
    ]),
    Form::new(
        "zendesk.users",
        "Zendesk",
        "Users",
        &["contact", "lead"],
        &[
            &["id", "name", "email", "external_id", "role"],
            &["Name", "Email", "External ID", "Role", "Organization"],
            &["name", "email", "organization_id", "role"],
            &["User ID", "User name", "User email"],
            &["name", "email", "time_zone", "role"],
        ],
    )
    .columns(&[
        ("id", "=external:zendesk"),
        ("User ID", "=external:zendesk"),
        ("name", "person"),
        ("User name", "person"),
        ("User email", "email"),
        ("external_id", ""),
        ("role", ""),
        ("organization_id", ""),
        ("organization", "company"),
        ("details", ""),
        ("restriction", ""),
        ("url", ""),
        ("alias", ""),
        ("User role", ""),
    ]),
    Form::new(
        "zendesk.organizations",
        "Zendesk",
        "Organizations",
        &["account"],
        &[
            &["name", "domain_names"],
            &["name", "external_id", "shared_tickets"],
            &["Organization ID", "Organization name", "Organization domain names"],
        ],
    )
    .columns(&[
        ("id", "=external:zendesk"),
        ("Organization ID", "=external:zendesk"),
        ("name", "company"),
        ("domain_names", "website"),
        ("details", "notes"),
        ("external_id", ""),
        ("group", ""),
    ]),
    Form::new(
        "zendesk_sell.contacts",
        "Zendesk Sell",
        "Contacts and leads",
        &["contact", "lead"],
        &[
            &["first_name", "last_name", "company_name", "is_organisation"],
            &["id", "first_name", "last_name", "customer_status"],
            &["Base ID", "First Name"],
        ],
    )
    .columns(&[
        ("id", "=external:zendesk_sell"),
        ("Base ID", "=external:zendesk_sell"),
        ("organization_name", "company"),
        ("title", "job_title"),
        ("status", "lead_status"),
        ("customer_status", ""),
        ("prospect_status", ""),
        ("owner", ""),
        ("name", ""),
    ]),
    Form::new(
        "zendesk_sell.deals",
        "Zendesk Sell",
        "Deals",
        &["deal"],
        &[
            &["id", "name", "stage", "scope"],
            &["name", "value", "currency", "stage_name", "main_contact_id"],
            &["id", "name", "estimated_close_date", "hot"],
        ],
    )
    .columns(&[
        ("id", "=external:zendesk_sell"),
        ("name", "deal_name"),
        ("scope", "amount"),
        ("company_name", "company"),
        ("organization_id", ""),
        ("main_contact_id", ""),
        ("contact_id", ""),
        ("hot", ""),
        ("owner", ""),
        ("owner_id", ""),
    ]),
];
