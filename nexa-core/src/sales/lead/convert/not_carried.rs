//! Which fields of a lead find no place in what it becomes. Every field has its line here.

use std::collections::BTreeMap;

use super::{
    Became,
    account::{address, tier},
    mapped,
};
use crate::{
    Assignee, Custom, Email, Phone, Tags,
    kernel::search::fold,
    sales::{account::Account, contact::Contact, deal::Deal, lead::Lead},
};

/// What becomes of a field.
pub(super) enum Fate {
    /// It goes to a record; answers whether one of them holds it, or there is nothing to hold.
    Goes(fn(&Lead, &Became) -> bool),
    /// Its parts are answered one by one.
    Parts,
    /// It says how the lead was worked on, and stays with it.
    Stays,
}
use Fate::{Goes, Parts, Stays};

/// The fields of a lead, and what becomes of them.
pub(super) const FATES: &[(&str, Fate)] = &[
    ("id", Stays),
    ("version", Stays),
    ("created_at", Stays),
    ("updated_at", Stays),
    ("deleted_at", Stays),
    ("erased_at", Stays),
    ("merged_into", Stays),
    ("first_name", Goes(|lead, to| held(&lead.first_name, &[to.person(|contact| &contact.first_name)]))),
    ("last_name", Goes(|lead, to| held(&lead.last_name, &[to.person(|contact| &contact.last_name)]))),
    ("email", Goes(|lead, to| lead.email.iter().all(|email| to.has_email(email)))),
    ("phone", Goes(|lead, to| lead.phone.iter().all(|phone| to.has_phone(phone)))),
    ("other_emails", Goes(|lead, to| lead.other_emails.iter().all(|email| to.has_email(email)))),
    ("other_phones", Goes(|lead, to| lead.other_phones.iter().all(|phone| to.has_phone(phone)))),
    (
        "company",
        Goes(|lead, to| {
            let name = to.account.as_ref().map(|account| fold(&account.name));
            lead.company.as_ref().is_none_or(|company| name == Some(fold(company)))
        }),
    ),
    ("title", Goes(|lead, to| held(&lead.title, &[to.person(|contact| &contact.title)]))),
    ("industry", Goes(|lead, to| held(&lead.industry, &[to.company(|account| &account.industry)]))),
    (
        "company_size",
        Goes(|lead, to| {
            lead.company_size.is_none()
                || tier(lead).is_some_and(|tier| to.account.as_ref().is_some_and(|account| account.tier == Some(tier)))
        }),
    ),
    ("website", Goes(|lead, to| held(&lead.website, &[to.company(|account| &account.website)]))),
    ("address", Goes(|lead, to| held(&address(lead), &[to.company(|account| &account.billing_address)]))),
    (
        "language",
        Goes(|lead, to| {
            let places = [to.person(|contact| &contact.language), to.company(|account| &account.language)];
            held(&lead.language, &places)
        }),
    ),
    (
        "time_zone",
        Goes(|lead, to| {
            let places = [to.person(|contact| &contact.time_zone), to.company(|account| &account.time_zone)];
            held(&lead.time_zone, &places)
        }),
    ),
    (
        "source",
        Goes(|lead, to| {
            let places = [
                to.person(|contact| &contact.source),
                to.company(|account| &account.source),
                to.business(|deal| &deal.source),
            ];
            held(&lead.source, &places)
        }),
    ),
    ("campaign", Goes(|lead, to| held(&lead.campaign, &[to.business(|deal| &deal.campaign)]))),
    (
        "description",
        Goes(|lead, to| {
            let places = [to.person(|contact| &contact.description), to.company(|account| &account.description)];
            held(&lead.description, &places)
        }),
    ),
    ("status", Stays),
    ("status_before", Stays),
    ("lost_reason", Stays),
    ("score", Stays),
    ("score_reasons", Stays),
    ("engagement", Stays),
    (
        "assignee",
        Goes(|lead, to| {
            let owner = to.deal.as_ref().and_then(|deal| deal.owner).map(Assignee::user);
            let places = [to.person(|contact| &contact.owner), to.company(|account| &account.owner), Some(&owner)];
            held(&lead.assignee, &places)
        }),
    ),
    ("via_group", Stays),
    ("bant", Stays),
    (
        "last_contacted",
        Goes(|lead, to| {
            let known = to.contact.as_ref().and_then(|contact| contact.last_activity);
            lead.last_contacted.is_none() || known >= lead.last_contacted
        }),
    ),
    ("qualified_at", Stays),
    ("converted_at", Stays),
    ("lost_at", Stays),
    ("known_contact", Stays),
    ("previous_lead", Stays),
    ("converted_contact", Stays),
    ("converted_account", Stays),
    ("converted_deal", Stays),
    ("not_carried", Stays),
    ("converted_as", Stays),
    (
        "tags",
        Goes(|lead, to| {
            let among = |tags: Option<&Tags>| tags.is_some_and(|tags| lead.tags.iter().all(|tag| tags.contains(tag)));
            lead.tags.is_empty()
                || among(to.contact.as_ref().map(|contact| &contact.tags))
                || among(to.account.as_ref().map(|account| &account.tags))
        }),
    ),
    ("custom", Parts),
    // A key names the lead in the other system, and nothing that came of it.
    ("external_keys", Goes(|lead, _| lead.external_keys.is_empty())),
];

impl Became {
    fn person<'a, T>(&'a self, field: fn(&'a Contact) -> &'a T) -> Option<&'a T> {
        self.contact.as_ref().map(field)
    }
    fn company<'a, T>(&'a self, field: fn(&'a Account) -> &'a T) -> Option<&'a T> {
        self.account.as_ref().map(field)
    }
    fn business<'a, T>(&'a self, field: fn(&'a Deal) -> &'a T) -> Option<&'a T> {
        self.deal.as_ref().map(field)
    }
    fn has_email(&self, email: &Email) -> bool {
        let known = |contact: &Contact| {
            contact.email.as_ref() == Some(email) || contact.other_emails.iter().any(|other| other == email)
        };
        self.contact.as_ref().is_some_and(known)
    }
    fn has_phone(&self, phone: &Phone) -> bool {
        let known = |contact: &Contact| {
            [&contact.phone, &contact.mobile].into_iter().flatten().chain(&contact.other_phones).any(|own| own == phone)
        };
        self.contact.as_ref().is_some_and(known)
    }
    fn custom(&self, kind: &str) -> Option<&Custom> {
        match kind {
            "contact" => self.person(|contact| &contact.custom),
            "account" => self.company(|account| &account.custom),
            "deal" => self.business(|deal| &deal.custom),
            _ => None,
        }
    }
}

fn held<T: PartialEq>(value: &Option<T>, places: &[Option<&Option<T>>]) -> bool {
    value.is_none() || places.iter().flatten().any(|place| *place == value)
}

/// The fields that no record holds, custom ones as `custom.NAME`.
pub(super) fn fields(lead: &Lead, became: &Became, mapping: &BTreeMap<String, String>) -> Vec<String> {
    let lost = |fate: &Fate| matches!(fate, Goes(held) if !held(lead, became));
    let plain = FATES.iter().filter(|(_, fate)| lost(fate)).map(|(name, _)| (*name).to_owned());
    let held = |name: &str, value| {
        let (kind, target) = mapping.get(name).and_then(|target| mapped(target).ok())?;
        became.custom(kind)?.get(target).filter(|there| *there == value)
    };
    let custom = lead.custom.iter().filter(|(name, value)| held(name, *value).is_none());
    plain.chain(custom.map(|(name, _)| format!("custom.{name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Record;

    #[test]
    fn every_field_of_a_lead_has_a_fate() {
        let fates: Vec<&str> = FATES.iter().map(|(name, _)| *name).collect();
        let fields: Vec<&str> = Lead::def().fields.iter().map(|field| field.name).collect();
        assert_eq!(fates, fields, "say what a conversion makes of each field, in the order of the record");
    }
}
