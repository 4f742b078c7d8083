//! Who came to an event: Zoom, Eventbrite, and forms of Facebook.

use super::Form;

pub(super) const FORMS: &[Form] = &[
    Form::new(
        "zoom.registrants",
        "Zoom",
        "Webinar registrants",
        &["lead", "contact"],
        &[
            &["First Name", "Last Name", "Registration Time"],
            &["First Name", "Last Name", "Email", "Approval Status"],
            &["Attended", "First Name", "Last Name", "Email"],
            &["Attended", "User Name (Original Name)", "Email"],
        ],
    )
    .columns(&[
        ("Attended", ""),
        ("User Name (Original Name)", ""),
        ("Registration Time", ""),
        ("Approval Status", ""),
        ("Organization", "company"),
        ("Job Title", "job_title"),
        ("Source Name", "source"),
        ("Questions & Comments", "notes"),
    ]),
    Form::new(
        "eventbrite.attendees",
        "Eventbrite",
        "Attendees",
        &["lead", "contact"],
        &[
            &["Order #", "First Name", "Last Name", "Email"],
            &["Order no.", "First Name", "Email"],
            &["Order ID", "Attendee first name", "Attendee email"],
            &["Order #", "Ticket Type", "Email"],
        ],
    )
    .columns(&[
        ("Attendee first name", "first_name"),
        ("Attendee last name", "last_name"),
        ("Attendee email", "email"),
        ("Order #", ""),
        ("Order no.", ""),
        ("Ticket Type", ""),
        ("Order Type", ""),
        ("Total Paid", ""),
        ("Attendee Status", ""),
        ("Attendee #", ""),
    ]),
    Form::new(
        "facebook.leads",
        "Facebook",
        "Lead ads",
        &["lead", "contact"],
        &[
            &["id", "created_time", "ad_id", "form_id"],
            &["id", "created_time", "ad_name", "full_name"],
            &["created_time", "form_name", "email"],
        ],
    )
    .columns(&[
        ("id", "=external:facebook"),
        ("created_time", ""),
        ("ad_id", ""),
        ("ad_name", ""),
        ("adset_id", ""),
        ("adset_name", ""),
        ("campaign_id", ""),
        ("campaign_name", ""),
        ("form_id", ""),
        ("form_name", ""),
        ("is_organic", ""),
        ("platform", "source"),
        ("full_name", "person"),
        ("company_name", "company"),
    ]),
];
