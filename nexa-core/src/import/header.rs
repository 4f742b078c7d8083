//! Guesses which column is which field, from the headers that other systems write.

mod synonyms;

use synonyms::SYNONYMS;

/// The field name that stands for a first and a last name in one column, where a kind has both fields.
pub const FULL_NAME: &str = "full_name";

/// Guesses the field of each column, by the names of a kind's fields; `None` for a column that is not recognised.
/// Case, blanks and punctuation do not matter; of a field within another, such as `billing.city`, the last part is enough. No two columns get one field: the likelier header wins, and of equals the
/// first. [`FULL_NAME`] is guessed when the kind has `first_name` and `last_name` and no column is either.
///
/// ```
/// use nexa_core::import::header::guess;
///
/// let headers = ["E-mail Address", "Company Name", "Shoe Size"].map(String::from);
/// let fields = guess(&headers, &["email", "company", "phone"]);
/// assert_eq!(fields, [Some("email".into()), Some("company".into()), None]);
/// ```
pub fn guess(headers: &[String], fields: &[&str]) -> Vec<Option<String>> {
    let columns: Vec<String> = headers.iter().map(|header| normal(header)).collect();
    let mut guesses: Vec<Option<String>> = vec![None; headers.len()];
    // The fields' own names first, so that a synonym of one never takes the column of another.
    for field in fields {
        claim(&mut guesses, &columns, field, &normal(field));
    }
    for field in fields {
        claim(&mut guesses, &columns, field, &normal(last_part(field)));
    }
    for (name, synonyms) in SYNONYMS {
        for field in fields.iter().filter(|field| last_part(field) == *name) {
            for synonym in *synonyms {
                claim(&mut guesses, &columns, field, synonym);
            }
        }
    }
    let has = |field: &str| guesses.iter().flatten().any(|guess| guess == field);
    let parts = ["first_name", "last_name"];
    if parts.iter().all(|part| fields.contains(part)) && !parts.iter().any(|part| has(part)) {
        for synonym in synonyms::FULL_NAME {
            claim(&mut guesses, &columns, FULL_NAME, synonym);
        }
    }
    guesses
}

/// Gives a field its first free column of this name, unless it has one.
fn claim(guesses: &mut [Option<String>], columns: &[String], field: &str, name: &str) {
    if guesses.iter().flatten().any(|guess| guess == field) {
        return;
    }
    let free = guesses.iter_mut().zip(columns).find(|(guess, column)| guess.is_none() && *column == name);
    if let Some((guess, _)) = free {
        *guess = Some(field.to_owned());
    }
}

/// The field without what it is part of: `city` of `billing.city`.
fn last_part(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

/// A name as it is compared: letters and digits in lower case.
pub(super) fn normal(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{FULL_NAME, guess, normal, synonyms::SYNONYMS};

    const LEAD: &[&str] = &[
        "first_name",
        "last_name",
        "email",
        "phone",
        "company",
        "title",
        "industry",
        "company_size",
        "source",
        "website",
        "street",
        "city",
        "region",
        "postal_code",
        "country",
        "campaign",
    ];

    fn guessed(headers: &[&str], fields: &[&str]) -> Vec<(String, String)> {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let guesses = guess(&headers, fields);
        headers.into_iter().zip(guesses).filter_map(|(header, field)| Some((header, field?))).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(header, field)| ((*header).to_owned(), (*field).to_owned())).collect()
    }

    #[test]
    fn exports_of_common_systems_are_recognised() {
        let salesforce = [
            ("FirstName", "first_name"),
            ("LastName", "last_name"),
            ("Email", "email"),
            ("Phone", "phone"),
            ("Company / Account", "company"),
            ("Title", "title"),
            ("Industry", "industry"),
            ("Lead Source", "source"),
            ("Website", "website"),
            ("Mailing Street", "street"),
            ("Mailing City", "city"),
            ("Mailing State/Province", "region"),
            ("Mailing Zip/Postal Code", "postal_code"),
            ("Mailing Country", "country"),
        ];
        let hubspot = [
            ("First Name", "first_name"),
            ("Last Name", "last_name"),
            ("Email", "email"),
            ("Phone Number", "phone"),
            ("Company name", "company"),
            ("Job Title", "title"),
            ("Company Size", "company_size"),
            ("Original Source", "source"),
            ("Website URL", "website"),
            ("Country/Region", "country"),
        ];
        let mail = [("Email Address", "email"), ("FNAME", "first_name"), ("LNAME", "last_name"), ("PHONE", "phone")];
        let outlook = [
            ("First Name", "first_name"),
            ("Last Name", "last_name"),
            ("E-mail Address", "email"),
            ("Business Phone", "phone"),
            ("Job Title", "title"),
            ("Business City", "city"),
        ];
        for expected in [&salesforce[..], &hubspot, &mail, &outlook] {
            let headers: Vec<&str> = expected.iter().map(|(header, _)| *header).collect();
            assert_eq!(guessed(&headers, LEAD), pairs(expected));
        }
    }

    #[test]
    fn one_column_for_a_field_and_the_likelier_wins() {
        assert_eq!(guessed(&["Mobile", "Phone", "Work Phone"], LEAD), pairs(&[("Phone", "phone")]));
        assert_eq!(guessed(&["Account", "Company"], LEAD), pairs(&[("Company", "company")]));
        assert_eq!(guessed(&["Email", "Email"], LEAD), pairs(&[("Email", "email")]));
        assert_eq!(guessed(&["Lead Quality", "Shoe Size"], LEAD), pairs(&[]));
    }

    #[test]
    fn a_full_name_is_a_name_or_two() {
        assert_eq!(guessed(&["Name", "Company"], LEAD), pairs(&[("Name", FULL_NAME), ("Company", "company")]));
        assert_eq!(guessed(&["Name", "Last Name"], LEAD), pairs(&[("Last Name", "last_name")]));
        let account = ["name", "industry"];
        assert_eq!(
            guessed(&["Account Name", "Sector"], &account),
            pairs(&[("Account Name", "name"), ("Sector", "industry")])
        );
    }

    #[test]
    fn a_header_means_what_the_kind_has() {
        assert_eq!(guessed(&["Company"], &["account"]), pairs(&[("Company", "account")]));
        assert_eq!(guessed(&["Account"], &["account", "company"]), pairs(&[("Account", "account")]));
        assert_eq!(
            guessed(&["Ticket Subject", "Ticket Priority", "Ticket Channel"], &["subject", "priority", "channel"]),
            pairs(&[("Ticket Subject", "subject"), ("Ticket Priority", "priority"), ("Ticket Channel", "channel")]),
        );
    }

    #[test]
    fn parts_of_a_field_are_fields() {
        let account = ["name", "billing.city", "shipping.city", "amount.currency"];
        assert_eq!(
            guessed(&["Shipping City", "City", "Currency", "Account Name"], &account),
            pairs(&[
                ("Shipping City", "shipping.city"),
                ("City", "billing.city"),
                ("Currency", "amount.currency"),
                ("Account Name", "name"),
            ]),
        );
    }

    #[test]
    fn the_table_is_written_as_it_is_compared() {
        for (field, synonyms) in SYNONYMS {
            for synonym in *synonyms {
                assert_eq!(*synonym, normal(synonym), "{field}");
                assert_ne!(*synonym, normal(field), "{field} needs no synonym for itself");
            }
        }
    }
}
