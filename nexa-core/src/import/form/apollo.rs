//! Lists of prospects: Apollo and ZoomInfo.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "apollo.contacts",
        "Apollo",
        "Contacts",
        &["lead", "contact"],
        &[
            &["First Name", "Last Name", "Apollo Contact Id"],
            &["First Name", "Last Name", "Company Name for Emails"],
            &["First Name", "Last Name", "Email Status", "Seniority"],
            &["Apollo Account Id", "Email"],
        ],
    )
    .columns(&[
        ("Apollo Contact Id", "=external:apollo"),
        ("Apollo Account Id", ""),
        ("Title", "job_title"),
        ("Company", "company"),
        ("Company Name", "company"),
        ("Company Name for Emails", ""),
        ("Email", "email"),
        ("Email Status", ""),
        ("Secondary Email", "other_email"),
        ("Work Direct Phone", "phone"),
        ("Corporate Phone", "other_phone"),
        ("Mobile Phone", "mobile"),
        ("# Employees", "employees"),
        ("Person Linkedin Url", "linkedin"),
        ("Company Linkedin Url", ""),
        ("Stage", ""),
        ("Contact Owner", ""),
        ("Account Owner", ""),
        ("Company Address", "street"),
        ("City", "city"),
        ("Departments", "department"),
        ("Keywords", ""),
    ]),
    Form::new(
        "zoominfo.contacts",
        "ZoomInfo",
        "Contacts",
        &["lead", "contact"],
        &[&["ZoomInfo Contact ID", "Last Name"], &["ZoomInfo Contact Profile URL"]],
    )
    .columns(&[
        ("ZoomInfo Contact ID", "=external:zoominfo"),
        ("ZoomInfo Contact Profile URL", ""),
        ("ZoomInfo Company ID", ""),
        ("ZoomInfo Company Profile URL", ""),
        ("Direct Phone Number", "phone"),
        ("Mobile phone", "mobile"),
        ("Company HQ Phone", "other_phone"),
        ("Person City", "city"),
        ("Person State", "region"),
        ("Person Zip Code", "postal_code"),
        ("Country", "country"),
        ("Company Name", "company"),
        ("LinkedIn Contact Profile URL", "linkedin"),
        ("Primary Industry", "industry"),
        ("Company Country", ""),
        ("Company City", ""),
        ("Company State", ""),
    ]),
];
