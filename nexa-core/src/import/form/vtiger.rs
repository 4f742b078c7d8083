//! Vtiger: leads, contacts, organizations, opportunities and cases.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "vtiger.leads",
        "Vtiger",
        "Leads",
        &["lead", "contact"],
        &[
            &["First Name", "Last Name", "Lead No"],
            &["Last Name", "Primary Email", "Lead Status", "Designation"],
            &["Lead No", "Company"],
        ],
    )
    .columns(&[
        ("Lead No", "=external:vtiger"),
        ("Primary Email", "email"),
        ("Designation", "job_title"),
        ("Primary Phone", "phone"),
        ("Lead Status", "lead_status"),
        ("No Of Employees", ""),
        ("Assigned To", ""),
        ("State", "region"),
        ("PO Box", ""),
    ]),
    Form::new(
        "vtiger.contacts",
        "Vtiger",
        "Contacts",
        &["contact", "lead"],
        &[
            &["First Name", "Last Name", "Contact Id", "Organization Name"],
            &["Last Name", "Contact No"],
            &["Last Name", "Organization Name", "Portal User"],
            &["Last Name", "Primary Email", "Organization Name", "Mailing Po Box"],
            &["Last Name", "Primary Email", "Office Phone", "Organization Name"],
        ],
    )
    .columns(&[
        ("Contact Id", "=external:vtiger"),
        ("Contact No", "=external:vtiger"),
        ("Primary Email", "email"),
        ("Office Phone", "phone"),
        ("Organization Name", "company"),
        ("Title", "job_title"),
        ("Reports To", ""),
        ("Assigned To", ""),
        ("Portal User", ""),
        ("Mailing State", "region"),
    ]),
    Form::new(
        "vtiger.organizations",
        "Vtiger",
        "Organizations",
        &["account"],
        &[
            &["Organization Name", "Organization No"],
            &["Organization Name", "Billing Po Box"],
            &["Organization Name", "Member Of"],
            &["Organization Name", "Primary Phone", "Billing Address"],
        ],
    )
    .columns(&[
        ("Organization No", "=external:vtiger"),
        ("Organization Name", "company"),
        ("Primary Phone", "phone"),
        ("Type", "account_type"),
        ("Member Of", "parent"),
        ("Assigned To", ""),
        ("Rating", ""),
        ("Ownership", ""),
    ]),
    Form::new(
        "vtiger.opportunities",
        "Vtiger",
        "Opportunities",
        &["deal"],
        &[
            &["Opportunity Name", "Opportunity No"],
            &["Opportunity Name", "Organization Name", "Expected Close Date"],
            &["Opportunity Name", "Organization Name", "Sales Stage"],
        ],
    )
    .columns(&[
        ("Opportunity No", "=external:vtiger"),
        ("Opportunity Name", "deal_name"),
        ("Organization Name", "company"),
        ("Contact Name", ""),
        ("Type", "deal_type"),
        ("Weighted Revenue", ""),
        ("Assigned To", ""),
    ]),
    Form::new(
        "vtiger.tickets",
        "Vtiger",
        "Tickets",
        &["ticket"],
        &[&["Title", "Ticket No"], &["Title", "Ticket No", "Organization Name"], &["Case Title", "Case No"]],
    )
    .columns(&[
        ("Ticket No", "=external:vtiger"),
        ("Case No", "=external:vtiger"),
        ("Title", "subject"),
        ("Case Title", "subject"),
        ("Status", ""),
        ("Organization Name", "company"),
        ("Category", ""),
        ("Solution", ""),
        ("Assigned To", ""),
        ("Contact Name", ""),
    ]),
];
