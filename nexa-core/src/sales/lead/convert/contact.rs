//! The contact that a lead becomes or joins.

use super::{Convert, keep};
use crate::{
    Action, Context, Record, Result,
    kernel::context::denied,
    sales::{
        account::Account,
        contact::{Contact, LifecycleStage},
        lead::Lead,
    },
};

impl Lead {
    /// Whether a person is known, and not a company alone.
    pub(super) fn is_person(&self) -> bool {
        self.first_name.is_some()
            || self.last_name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || !self.other_emails.is_empty()
            || !self.other_phones.is_empty()
    }
}

/// The contact who has the lead's mail address.
pub(super) async fn matching(cx: &mut Context<'_>, lead: &Lead) -> Result<Option<Contact>> {
    match &lead.email {
        Some(email) => cx.unrestricted().by_email(email).await,
        None => Ok(None),
    }
}

impl Convert {
    /// Joins or makes the contact; none of a company alone. Errors: `contact.nothing_known`, `access.denied`.
    pub(super) async fn contact(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        found: Option<Contact>,
        account: Option<&Account>,
    ) -> Result<Option<Contact>> {
        let stage = if self.without_deal { LifecycleStage::Lead } else { LifecycleStage::Opportunity };
        let custom = self.custom_for(lead, "contact");
        let account = account.map(|account| account.id);
        let Some(mut contact) = found else {
            if account.is_some() && !lead.is_person() {
                return Ok(None);
            }
            let contact = Contact {
                first_name: lead.first_name.clone(),
                last_name: lead.last_name.clone(),
                email: lead.email.clone(),
                phone: lead.phone.clone(),
                other_emails: lead.other_emails.clone(),
                other_phones: lead.other_phones.clone(),
                title: lead.title.clone(),
                account,
                lifecycle_stage: stage,
                language: lead.language.clone(),
                time_zone: lead.time_zone,
                source: lead.source.clone(),
                owner: lead.assignee,
                last_activity: lead.last_contacted,
                description: lead.description.clone(),
                tags: lead.tags.clone(),
                custom,
                ..Contact::default()
            };
            return cx.add(contact).await.map(Some);
        };
        let moves = self.move_contact && account.is_some() && contact.account.is_some() && contact.account != account;
        // What the actor may not see or change is joined as it is.
        if !cx.may_fill(&contact).await? {
            return if moves { Err(denied(Contact::def(), Action::Update)) } else { Ok(Some(contact)) };
        }
        let before = contact.clone();
        self.put(&mut contact.first_name, &lead.first_name);
        self.put(&mut contact.last_name, &lead.last_name);
        let (email, phone) = (contact.email.clone(), contact.phone.clone());
        self.put(&mut contact.email, &lead.email);
        self.put(&mut contact.phone, &lead.phone);
        let emails = email.iter().chain(&lead.email).chain(&lead.other_emails);
        contact.also_known_by(emails, phone.iter().chain(&lead.phone).chain(&lead.other_phones));
        self.put(&mut contact.title, &lead.title);
        self.put(&mut contact.language, &lead.language);
        self.put(&mut contact.time_zone, &lead.time_zone);
        self.put(&mut contact.source, &lead.source);
        self.put(&mut contact.owner, &lead.assignee);
        self.put(&mut contact.description, &lead.description);
        contact.tags = contact.tags.united_with(&lead.tags);
        self.put_custom(&mut contact.custom, custom);
        if contact.account.is_none() || moves {
            contact.account = account;
        }
        contact.last_activity = contact.last_activity.max(lead.last_contacted);
        contact.advance(stage);
        keep(cx, &before, contact).await.map(Some)
    }
}
