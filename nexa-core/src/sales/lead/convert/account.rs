//! The account that a lead becomes or joins.

use super::{CONTACT_ELSEWHERE, Convert, keep};
use crate::{
    Address, Context, Id, Result,
    sales::{
        account::{Account, Tier},
        contact::Contact,
        deal::Deal,
        lead::Lead,
    },
};

impl Convert {
    /// Joins or makes the account; none when no company is known. Error: `lead.contact_elsewhere`.
    pub(super) async fn account(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        contact: Option<&Contact>,
        deal: Option<&Deal>,
    ) -> Result<Option<Account>> {
        let named: Option<Account> = match (&self.account, &lead.company) {
            (Some(given), _) => Some(cx.load(given).await?),
            (None, Some(company)) => {
                cx.unrestricted().matching_folded(Account::NAME, company).await?.into_iter().next()
            }
            (None, None) => None,
        };
        let own = contact.and_then(|contact| Some((contact.id, contact.account?)));
        let found = match (named, own) {
            (Some(named), Some((_, own))) if named.id == own => Some(named),
            // Who belongs to another company than the lead says goes there only when the caller says so.
            (named, Some(_)) if self.move_contact => named,
            (Some(_), Some((contact, _))) => return Err(CONTACT_ELSEWHERE.with("contact", contact)),
            (None, Some((contact, _))) if lead.company.is_some() => {
                return Err(CONTACT_ELSEWHERE.with("contact", contact));
            }
            (None, Some((_, own))) => Some(cx.unrestricted().load(own).await?),
            (named, None) => named,
        };
        let found = match (found, deal.and_then(|deal| deal.account)) {
            (None, Some(of_deal)) if lead.company.is_none() => Some(cx.unrestricted().load(of_deal).await?),
            (found, _) => found,
        };
        match (found, &lead.company) {
            (Some(account), _) => self.fill_account(cx, lead, account).await.map(Some),
            (None, Some(company)) => {
                let account = Account {
                    name: company.clone(),
                    industry: lead.industry.clone(),
                    website: lead.website.clone(),
                    tier: tier(lead),
                    billing_address: address(lead),
                    source: lead.source.clone(),
                    owner: lead.assignee,
                    custom: self.custom_for(lead, "account"),
                    ..Account::default()
                };
                let account = if lead.is_person() { account } else { describe(lead, account) };
                cx.add(account).await.map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    async fn fill_account(&self, cx: &mut Context<'_>, lead: &Lead, mut account: Account) -> Result<Account> {
        // What the actor may not see or change is joined as it is.
        if !cx.may_fill(&account).await? {
            return Ok(account);
        }
        let before = account.clone();
        self.put(&mut account.industry, &lead.industry);
        self.put(&mut account.website, &lead.website);
        self.put(&mut account.tier, &tier(lead));
        self.put(&mut account.billing_address, &address(lead));
        self.put(&mut account.source, &lead.source);
        self.put(&mut account.owner, &lead.assignee);
        self.put_custom(&mut account.custom, self.custom_for(lead, "account"));
        if !lead.is_person() {
            self.put(&mut account.description, &lead.description);
            self.put(&mut account.language, &lead.language);
            self.put(&mut account.time_zone, &lead.time_zone);
            account.tags = account.tags.united_with(&lead.tags);
        }
        keep(cx, &before, account).await
    }
}

/// What is known of a company alone says what the company is.
fn describe(lead: &Lead, account: Account) -> Account {
    Account {
        description: lead.description.clone(),
        tags: lead.tags.clone(),
        language: lead.language.clone(),
        time_zone: lead.time_zone,
        ..account
    }
}

/// The account with its first contact as the primary one, where the actor may change it.
pub(super) async fn with_primary_contact(
    cx: &mut Context<'_>,
    mut account: Account,
    contact: &Contact,
) -> Result<Account> {
    let lacks = account.primary_contact.is_none() && contact.account == Some(account.id);
    if !lacks || !cx.may_fill(&account).await? {
        return Ok(account);
    }
    account.primary_contact = Some(contact.id);
    cx.save(account).await
}

/// The tier that the size of the company names, such as `enterprise`.
pub(super) fn tier(lead: &Lead) -> Option<Tier> {
    let size = lead.company_size.as_deref()?.to_lowercase().replace([' ', '-'], "_");
    Tier::try_from(size.as_str()).ok()
}

/// The address; none without any part.
pub(super) fn address(lead: &Lead) -> Option<Address> {
    Some(&lead.address).filter(|address| !address.is_empty()).cloned()
}

/// Whether a contact belongs to this account.
pub(super) fn belongs(contact: &Contact, account: Option<Id<Account>>) -> bool {
    account.is_none_or(|account| contact.account == Some(account))
}
