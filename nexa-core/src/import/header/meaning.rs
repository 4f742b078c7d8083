//! Which field of a kind holds what a header means. A kind has no field for what belongs to another: an opportunity's
//! account name is not the deal's name, and a lead's status is no status of a contact.

/// The fields of a kind for a meaning, the likeliest first, as far as a table of that kind says it of its own records.
pub(super) fn fields(kind: &str, meaning: &str) -> &'static [&'static str] {
    match kind {
        "lead" => lead(meaning),
        "contact" => contact(meaning),
        "account" => account(meaning),
        "deal" => deal(meaning),
        "ticket" => ticket(meaning),
        "task" => task(meaning),
        "campaign" => campaign(meaning),
        "user" => user(meaning),
        "calendar" | "contact_list" | "group" | "pipeline" | "routing" | "scorecard" => named(meaning),
        _ => any(meaning),
    }
}

fn lead(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "person" | "lead_name" | "name" | "family_or_name" | "given_or_name" => &["full_name"],
        "email" | "person_email" => &["email"],
        "other_email" => &["other_emails", "email"],
        "phone" | "person_phone" => &["phone"],
        // A number that is not the first at work: it is the phone where there is no other.
        "mobile" | "other_phone" => &["mobile", "phone", "other_phones"],
        "company" => &["company"],
        "job_title" | "title" => &["title"],
        "street" => &["address.street"],
        "city" => &["address.city"],
        "region" => &["address.region"],
        "postal_code" => &["address.postal_code"],
        "country" => &["address.country"],
        "notes" => &["description"],
        "owner" => &["assignee", "assignee.user"],
        "first_name" | "last_name" | "industry" | "company_size" | "website" | "source" | "campaign" | "language"
        | "time_zone" | "tags" => any(meaning),
        _ => &[],
    }
}

fn contact(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "person" | "name" | "family_or_name" | "given_or_name" => &["full_name"],
        "email" | "person_email" => &["email"],
        "other_email" => &["other_emails", "email"],
        "phone" | "person_phone" => &["phone"],
        "mobile" => &["mobile"],
        "other_phone" => &["other_phones", "phone"],
        "company" => &["account"],
        "job_title" | "title" => &["title"],
        "linkedin" => &["linkedin_url"],
        "lifecycle" => &["lifecycle_stage"],
        "notes" => &["description"],
        "owner" => &["owner", "owner.user"],
        "first_name" | "last_name" | "department" | "status" | "source" | "language" | "time_zone" | "tags" => {
            any(meaning)
        }
        _ => &[],
    }
}

fn account(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "company" | "name" | "family_or_name" | "given_or_name" => &["name"],
        "account_type" | "type" => &["type"],
        "revenue" => &["annual_revenue.amount"],
        "currency" => &["annual_revenue.currency"],
        "street" | "billing_street" => &["billing_address.street"],
        "city" | "billing_city" => &["billing_address.city"],
        "region" | "billing_region" => &["billing_address.region"],
        "postal_code" | "billing_postal_code" => &["billing_address.postal_code"],
        "country" | "billing_country" => &["billing_address.country"],
        "shipping_street" => &["shipping_address.street"],
        "shipping_city" => &["shipping_address.city"],
        "shipping_region" => &["shipping_address.region"],
        "shipping_postal_code" => &["shipping_address.postal_code"],
        "shipping_country" => &["shipping_address.country"],
        "notes" => &["description"],
        "owner" => &["owner", "owner.user"],
        "industry" | "tier" | "website" | "phone" | "employees" | "parent" | "customer_since" | "source"
        | "language" | "time_zone" | "tags" => any(meaning),
        _ => &[],
    }
}

fn deal(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "deal_name" | "name" | "family_or_name" | "given_or_name" | "title" => &["name"],
        "amount" => &["amount.amount"],
        "currency" => &["amount.currency"],
        "deal_type" | "type" => &["type"],
        "company" => &["account"],
        "person_email" => &["primary_contact"],
        "contract_term" => &["contract_term_months"],
        "notes" => &["description"],
        "probability" | "close_date" | "stage" | "pipeline" | "source" | "campaign" | "owner" | "next_step"
        | "tags" => any(meaning),
        _ => &[],
    }
}

fn ticket(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "subject" | "title" => &["subject"],
        "body" | "notes" => &["description"],
        "ticket_type" | "type" => &["type"],
        "channel" | "source" => &["channel"],
        "person_email" | "email" => &["contact"],
        "company" => &["account"],
        "priority" | "severity" | "tags" => any(meaning),
        _ => &[],
    }
}

fn task(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "task_title" | "title" | "subject" | "name" | "family_or_name" | "given_or_name" => &["title"],
        "notes" | "body" => &["description"],
        "owner" => &["assignee", "assignee.user"],
        "due_date" | "priority" | "tags" => any(meaning),
        _ => &[],
    }
}

fn campaign(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "campaign" | "campaign_name" | "name" | "family_or_name" | "given_or_name" => &["name"],
        "budget" => &["budget.amount"],
        "actual_cost" => &["actual_cost.amount"],
        "currency" => &["budget.currency"],
        "notes" => &["description"],
        "owner" => &["owner", "owner.user"],
        "type" | "start_date" | "end_date" | "tags" => any(meaning),
        _ => &[],
    }
}

fn user(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "person" | "name" | "family_or_name" | "given_or_name" => &["name"],
        "email" | "person_email" => &["email"],
        "language" | "time_zone" => any(meaning),
        _ => &[],
    }
}

fn named(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "name" | "list_name" | "family_or_name" | "given_or_name" => &["name"],
        "notes" => &["description"],
        "tags" => &["tags"],
        _ => &[],
    }
}

/// Fields that say what they hold by their name, as a host's own kinds have them.
fn any(meaning: &str) -> &'static [&'static str] {
    match meaning {
        "first_name" => &["first_name"],
        "last_name" => &["last_name"],
        "person" | "name" | "family_or_name" | "given_or_name" => &["full_name", "name"],
        "email" => &["email"],
        "phone" => &["phone"],
        "mobile" => &["mobile"],
        "company" => &["company", "account"],
        "job_title" | "title" => &["title"],
        "department" => &["department"],
        "industry" => &["industry"],
        "company_size" => &["company_size"],
        "employees" => &["employees"],
        "source" => &["source"],
        "campaign" => &["campaign"],
        "website" => &["website"],
        "language" => &["language"],
        "time_zone" => &["time_zone"],
        "street" => &["street"],
        "city" => &["city"],
        "region" => &["region", "state"],
        "postal_code" => &["postal_code"],
        "country" => &["country"],
        "notes" => &["description", "notes"],
        "tags" => &["tags"],
        "amount" => &["amount"],
        "currency" => &["currency"],
        "stage" => &["stage"],
        "pipeline" => &["pipeline"],
        "close_date" => &["close_date"],
        "probability" => &["probability"],
        "next_step" => &["next_step"],
        "tier" => &["tier"],
        "parent" => &["parent"],
        "customer_since" => &["customer_since"],
        "owner" => &["owner"],
        "subject" => &["subject"],
        "body" => &["body"],
        "priority" => &["priority"],
        "severity" => &["severity"],
        "channel" => &["channel"],
        "type" => &["type"],
        "status" => &["status"],
        "product" => &["product"],
        "sku" => &["sku"],
        "price" => &["price"],
        "due_date" => &["due_date"],
        "start_date" => &["start_date"],
        "end_date" => &["end_date"],
        _ => &[],
    }
}
