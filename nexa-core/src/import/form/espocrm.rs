//! EspoCRM: leads, contacts, accounts, opportunities and cases, with the names of fields or their labels.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "espocrm.leads",
        "EspoCRM",
        "Leads",
        &["lead", "contact"],
        &[
            &["firstName", "lastName", "accountName", "emailAddress", "opportunityAmount"],
            &["lastName", "accountName", "source", "status"],
            &["lastName", "emailAddress", "accountName", "opportunityAmountCurrency"],
            &["salutationName", "lastName", "accountName", "status"],
        ],
    )
    .columns(&[
        ("id", "=external:espocrm"),
        ("name", ""),
        ("title", "job_title"),
        ("accountName", "company"),
        ("status", "lead_status"),
        ("addressState", "region"),
        ("assignedUserName", ""),
        ("opportunityAmount", ""),
        ("opportunityAmountCurrency", ""),
        ("createdAccountName", ""),
    ]),
    Form::new(
        "espocrm.contacts",
        "EspoCRM",
        "Contacts",
        &["contact", "lead"],
        &[
            &["firstName", "lastName", "accountName", "emailAddress"],
            &["lastName", "accountRole"],
            &["salutationName", "firstName", "lastName"],
        ],
    )
    .columns(&[
        ("id", "=external:espocrm"),
        ("name", ""),
        ("title", "job_title"),
        ("accountRole", "job_title"),
        ("accountName", "company"),
        ("accountId", ""),
        ("addressState", "region"),
        ("assignedUserName", ""),
        ("campaignName", ""),
    ]),
    Form::new(
        "espocrm.accounts",
        "EspoCRM",
        "Accounts",
        &["account"],
        &[
            &["name", "billingAddressStreet"],
            &["name", "sicCode", "industry"],
            &["id", "name", "website", "emailAddress", "type"],
            &["name", "billingAddressCity"],
        ],
    )
    .columns(&[
        ("id", "=external:espocrm"),
        ("name", "company"),
        ("type", "account_type"),
        ("billingAddressState", "billing_region"),
        ("shippingAddressState", "shipping_region"),
        ("assignedUserName", ""),
        ("phoneNumber", "phone"),
    ]),
    Form::new(
        "espocrm.opportunities",
        "EspoCRM",
        "Opportunities",
        &["deal"],
        &[
            &["name", "amount", "stage", "closeDate"],
            &["name", "amountCurrency", "stage"],
            &["name", "accountName", "stage"],
        ],
    )
    .columns(&[
        ("id", "=external:espocrm"),
        ("name", "deal_name"),
        ("accountName", "company"),
        ("amountConverted", ""),
        ("amountWeightedConverted", ""),
        ("contactName", ""),
        ("assignedUserName", ""),
        ("leadSource", "source"),
    ]),
    Form::new(
        "espocrm.cases",
        "EspoCRM",
        "Cases",
        &["ticket"],
        &[
            &["number", "name", "status", "priority", "accountName"],
            &["name", "contactName", "priority", "type", "status"],
        ],
    )
    .columns(&[
        ("id", "=external:espocrm"),
        ("name", "subject"),
        ("status", ""),
        ("accountName", "company"),
        ("contactName", ""),
        ("type", "ticket_type"),
        ("assignedUserName", ""),
    ]),
];
