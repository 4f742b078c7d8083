//! Mail tools: Mailchimp, Brevo, ActiveCampaign, Constant Contact and Klaviyo.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "mailchimp.audience",
        "Mailchimp",
        "Audience",
        &["contact", "lead"],
        &[
            &["Email Address", "MEMBER_RATING"],
            &["Email Address", "OPTIN_TIME"],
            &["Email Address", "LEID", "EUID"],
            &["Email Address", "EUID"],
            &["FNAME", "LNAME"],
            &["Email", "FNAME"],
        ],
    )
    .columns(&[
        ("Email Address", "email"),
        ("FNAME", "first_name"),
        ("LNAME", "last_name"),
        ("Phone Number", "phone"),
        ("MEMBER_RATING", ""),
        ("EMAIL_TYPE", ""),
        ("OPTIN_TIME", ""),
        ("CONFIRM_TIME", ""),
        ("CC", ""),
        ("REGION", ""),
        ("TIMEZONE", ""),
        ("LAST_CHANGED", ""),
        ("LEID", ""),
        ("EUID", "=external:mailchimp"),
        ("NOTES", "notes"),
        ("TAGS", "tags"),
        ("Birthday", ""),
    ]),
    Form::new(
        "brevo.contacts",
        "Brevo",
        "Contacts",
        &["contact", "lead"],
        &[
            &["EMAIL", "SMS"],
            &["Contact ID", "EMAIL", "FIRSTNAME"],
            &["EMAIL", "VORNAME", "NACHNAME", "SMS"],
            &["EMAIL", "PRENOM", "NOM"],
            &["EMAIL", "ADDED_TIME"],
        ],
    )
    .columns(&[
        ("EMAIL", "email"),
        ("SMS", "mobile"),
        ("WHATSAPP", ""),
        ("Contact ID", "=external:brevo"),
        ("NOM", "last_name"),
        ("ADDED_TIME", ""),
        ("MODIFIED_TIME", ""),
        ("DOUBLE_OPT-IN", ""),
        ("OPT_IN", ""),
    ]),
    Form::new(
        "activecampaign.contacts",
        "ActiveCampaign",
        "Contacts",
        &["contact", "lead"],
        &[
            &["id", "email", "first_name", "last_name", "Contact Score"],
            &["Subscriber ID", "First Name", "Last Name", "Email"],
            &["Email", "First Name", "Last Name", "Customer Account"],
            &["ip4", "email", "first_name"],
        ],
    )
    .columns(&[
        ("id", "=external:activecampaign"),
        ("Subscriber ID", "=external:activecampaign"),
        ("Customer Account", "company"),
        ("Account", "company"),
        ("ip4", ""),
        ("Contact Score", ""),
    ]),
    Form::new(
        "constantcontact.contacts",
        "Constant Contact",
        "Contacts",
        &["contact", "lead"],
        &[
            &["Email address", "Email Lists"],
            &["Email address - other", "First name"],
            &["Email address", "Email status", "Email permission status"],
        ],
    )
    .columns(&[
        ("Email address", "email"),
        ("Email address - other", "email"),
        ("Email status", ""),
        ("Email permission status", ""),
        ("Email Lists", ""),
        ("Phone - home", "other_phone"),
        ("Phone - work", "phone"),
        ("Phone - mobile", "mobile"),
        ("Street address line 1 - Home", "street"),
        ("City - Home", "city"),
        ("State/Province - Home", "region"),
        ("Zip/Postal Code - Home", "postal_code"),
        ("Country - Home", "country"),
    ]),
    Form::new(
        "klaviyo.profiles",
        "Klaviyo",
        "Profiles",
        &["contact", "lead"],
        &[&["Email", "Klaviyo ID"], &["Email", "First Active", "Last Active", "Profile Created On"]],
    )
    .columns(&[
        ("Klaviyo ID", "=external:klaviyo"),
        ("State / Region", "region"),
        ("Organization", "company"),
        ("Title", "job_title"),
    ]),
];
