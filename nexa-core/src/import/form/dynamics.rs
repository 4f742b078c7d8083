//! Dynamics 365 Sales: what a view exports, with columns that must not be modified in front.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "dynamics.contacts",
        "Dynamics 365",
        "Contacts",
        &["contact", "lead"],
        &[
            &["(Do Not Modify) Contact"],
            &["(Nicht ändern) Kontakt"],
            &["(Ne pas modifier) Contact"],
            &["(No modificar) Contacto"],
        ],
    )
    .columns(&[
        ("(Do Not Modify) Contact", "=external:dynamics"),
        ("(Nicht ändern) Kontakt", "=external:dynamics"),
        ("(Ne pas modifier) Contact", "=external:dynamics"),
        ("(No modificar) Contacto", "=external:dynamics"),
        ("Full Name", "person"),
        ("Company Name", "company"),
        ("Status", ""),
    ]),
    Form::new(
        "dynamics.accounts",
        "Dynamics 365",
        "Accounts",
        &["account"],
        &[
            &["(Do Not Modify) Account"],
            &["(Nicht ändern) Firma"],
            &["(Ne pas modifier) Compte"],
            &["(No modificar) Cuenta"],
        ],
    )
    .columns(&[
        ("(Do Not Modify) Account", "=external:dynamics"),
        ("(Nicht ändern) Firma", "=external:dynamics"),
        ("(Ne pas modifier) Compte", "=external:dynamics"),
        ("(No modificar) Cuenta", "=external:dynamics"),
        ("Account Name", "company"),
        ("Main Phone", "phone"),
        ("Address 1: City", "city"),
        ("Primary Contact", ""),
        ("Status", ""),
    ]),
    Form::new(
        "dynamics.opportunities",
        "Dynamics 365",
        "Opportunities",
        &["deal"],
        &[
            &["(Do Not Modify) Opportunity"],
            &["(Nicht ändern) Verkaufschance"],
            &["(Ne pas modifier) Opportunité"],
            &["(No modificar) Oportunidad"],
        ],
    )
    .columns(&[
        ("(Do Not Modify) Opportunity", "=external:dynamics"),
        ("(Nicht ändern) Verkaufschance", "=external:dynamics"),
        ("Topic", "deal_name"),
        ("Potential Customer", "company"),
        ("Account", "company"),
        ("Contact", ""),
        ("Est. Revenue", "amount"),
        ("Est. Close Date", "close_date"),
        ("Pipeline Phase", "stage"),
        ("Status", ""),
    ]),
    Form::new(
        "dynamics.leads",
        "Dynamics 365",
        "Leads",
        &["lead", "contact"],
        &[&["(Do Not Modify) Lead"], &["(Nicht ändern) Lead"], &["(Ne pas modifier) Prospect"]],
    )
    .columns(&[
        ("(Do Not Modify) Lead", "=external:dynamics"),
        ("(Nicht ändern) Lead", "=external:dynamics"),
        ("Name", "person"),
        ("Topic", ""),
        ("Status Reason", ""),
    ]),
];
