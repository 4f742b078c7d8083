//! Whose data: a person by a mail address, or by one of their records.

use std::collections::BTreeSet;

use crate::{
    Code, Context, Email, Record, Ref, Result,
    kernel::{error::codes, normal::fold, person::Person},
    sales::{Contact, Lead},
};

/// Nobody is known by that.
pub const UNKNOWN: Code = Code::not_found(
    "person.unknown",
    "No record of a person is known by {field}; give another address, or a contact or lead of them.",
);
/// The reason of an erasure names the person.
pub const REASON_NAMES: Code = Code::invalid(
    "person.reason_names",
    "The reason stays and must not name the person; give one without their name and address, such as a ticket number.",
);
/// A record that is to be kept is none of the person's.
pub const NOT_THEIRS: Code = Code::invalid(
    "person.not_theirs",
    "The {kind} {id} is none of the person's records; leave it out of keep, or look at person.find.",
);

/// How a person is named.
pub(super) struct Whose<'a> {
    pub(super) email: Option<&'a Email>,
    pub(super) contact: Option<&'a Ref<Contact>>,
    pub(super) lead: Option<&'a Ref<Lead>>,
}

impl Whose<'_> {
    /// Exactly one of them is given. Error: `field.invalid`.
    pub(super) fn check(&self) -> Result<()> {
        let given = [self.email.is_some(), self.contact.is_some(), self.lead.is_some()];
        if given.into_iter().filter(|given| *given).count() == 1 {
            return Ok(());
        }
        let problem = "name the person by one of email, contact and lead";
        Err(codes::FIELD_INVALID.with("field", "email").with("problem", problem))
    }

    const fn field(&self) -> &'static str {
        match (self.email.is_some(), self.contact.is_some()) {
            (true, _) => "that email",
            (_, true) => "that contact",
            _ => "that lead",
        }
    }

    /// The person's records; none where nobody is known by that. Errors: `record.not_found` for a key that names nothing,
    /// `person.too_many_records`.
    pub(super) async fn person(&self, cx: &mut Context<'_>) -> Result<Person> {
        let known = match (self.contact, self.lead) {
            (Some(contact), _) => vec![(Contact::def(), id_of(cx, contact).await?)],
            (_, Some(lead)) => vec![(Lead::def(), id_of(cx, lead).await?)],
            _ => Vec::new(),
        };
        let addresses: Vec<String> = self.email.iter().map(|email| email.as_str().to_owned()).collect();
        cx.person(&known, &addresses).await
    }

    /// The same where somebody has to be known. Error: `person.unknown`.
    pub(super) async fn known_person(&self, cx: &mut Context<'_>) -> Result<Person> {
        let person = self.person(cx).await?;
        if person.is_unknown() { Err(UNKNOWN.with("field", self.field())) } else { Ok(person) }
    }
}

/// The id that a name stands for: of a record that is there, in the trash, or purged since.
async fn id_of<R: Record>(cx: &mut Context<'_>, record: &Ref<R>) -> Result<crate::kernel::uuid::Uuid> {
    match record {
        Ref::Id(id) => Ok(id.uuid()),
        Ref::External(key) => {
            let found = cx.unrestricted().by_key(R::def(), key).await?;
            found.ok_or_else(|| codes::NOT_FOUND.with("kind", R::def().kind).with("id", record.to_string()))
        }
    }
}

/// What names a person in other texts: their addresses, and first and last name together.
pub(super) async fn names_of(cx: &mut Context<'_>, person: &Person) -> Result<Vec<String>> {
    let mut names: BTreeSet<String> = person.addresses.iter().cloned().collect();
    for (def, id) in &person.persons {
        let Some(row) = cx.unrestricted().row(def, *id).await? else { continue };
        let part = |path: &str| row.get(def.column(path)?).as_text().map(str::to_owned);
        if let (Some(first), Some(last)) = (part("first_name"), part("last_name")) {
            names.insert(format!("{first} {last}"));
        }
    }
    Ok(names.into_iter().collect())
}

/// Refuses a reason that names the person. Error: `person.reason_names`.
pub(super) fn must_name_nobody(reason: &str, names: &[String]) -> Result<()> {
    let reason = fold(reason);
    if names.iter().any(|name| reason.contains(&fold(name))) {
        Err(REASON_NAMES.with("field", "reason"))
    } else {
        Ok(())
    }
}
