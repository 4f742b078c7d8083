//! The customer of a new ticket: the contact and account that are already there, or new ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::{
    Code, Context, Email, Filter, Id, Name, Op, Phone, Record, Result,
    kernel::search::fold,
    sales::{Account, Contact},
};

/// Nobody could answer the customer.
pub const CUSTOMER_UNREACHABLE: Code = Code::invalid(
    "ticket.customer_unreachable",
    "Nothing says who the customer is; give a name, a mail address or a phone number.",
);

/// Who has the issue, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Customer {
    /// First and last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The mail address: the contact who has it is the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The company: the account of this name, whatever the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Name>,
}

impl Customer {
    pub(super) fn must_be_reachable(&self) -> Result<()> {
        if self.name.is_none() && self.email.is_none() && self.phone.is_none() {
            return Err(CUSTOMER_UNREACHABLE.error());
        }
        Ok(())
    }

    /// Contact and account, in the unrestricted scope; of a contact that is there, empty fields are filled.
    pub(in crate::service) async fn find_or_create(
        &self,
        cx: &mut Context<'_>,
        account: Option<Id<Account>>,
    ) -> Result<(Id<Contact>, Option<Id<Account>>)> {
        let mut account = match (account, &self.company) {
            (None, Some(company)) => {
                let named: Vec<Account> = cx.unrestricted().matching_folded(Account::NAME, company).await?;
                named.first().map(|account| account.id)
            }
            (account, _) => account,
        };
        let contact = self.find(cx, account).await?;
        if account.is_none() {
            account = match (&contact, &self.company) {
                // Whom we know has a company that we know, whatever they call it.
                (Some(Contact { account: Some(known), .. }), _) => Some(*known),
                (_, Some(company)) => {
                    let fields = Map::from_iter([(Account::NAME.name().to_owned(), json!(company))]);
                    Some(cx.create::<Account>(None, &fields).await?.id)
                }
                _ => None,
            };
        }
        let contact = match contact {
            Some(contact) => self.fill(cx, contact, account).await?,
            None => cx.create(None, &self.fields(account)).await?,
        };
        Ok((contact.id, account))
    }

    /// By mail address; otherwise by name, together with the company or the phone number.
    async fn find(&self, cx: &mut Context<'_>, account: Option<Id<Account>>) -> Result<Option<Contact>> {
        if let Some(email) = &self.email {
            let found: Option<Contact> = cx.unrestricted().by_email(email).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        let mut filter = match (account, &self.phone) {
            (Some(account), _) if self.name.is_some() => Contact::ACCOUNT.eq(account),
            (_, Some(phone)) => Contact::PHONE.eq(phone.clone()).or(Contact::MOBILE.eq(phone.clone())),
            _ => return Ok(None),
        };
        if self.name.is_some() {
            let (first, last) = self.names();
            filter = filter.and(called("first_name", first)).and(called("last_name", last));
        }
        if self.email.is_some() {
            // With another address it is somebody else of the same name.
            filter = filter.and(Contact::EMAIL.is_null());
        }
        let found = cx.unrestricted().find::<Contact>(&filter, &[Contact::CREATED_AT.name()], 1).await?;
        Ok(found.into_iter().next())
    }

    async fn fill(&self, cx: &mut Context<'_>, contact: Contact, account: Option<Id<Account>>) -> Result<Contact> {
        let row = contact.to_row();
        let mut fields = self.fields(account);
        fields.retain(|name, _| Contact::def().column(name).is_some_and(|column| row.get(column).is_null()));
        // Who has one name needs no second.
        if contact.first_name.is_some() || contact.last_name.is_some() {
            fields.retain(|name, _| name != Contact::FIRST_NAME.name() && name != Contact::LAST_NAME.name());
        }
        // Of what the actor may not see or change, nothing is filled.
        if fields.is_empty() || !cx.may_fill(&contact).await? {
            return Ok(contact);
        }
        cx.edit(contact, &fields).await
    }

    fn fields(&self, account: Option<Id<Account>>) -> Map<String, Json> {
        let (first, last) = self.names();
        let fields = [
            (Contact::FIRST_NAME.name(), first.map(|first| json!(first))),
            (Contact::LAST_NAME.name(), last.map(|last| json!(last))),
            (Contact::EMAIL.name(), self.email.as_ref().map(|email| json!(email))),
            (Contact::PHONE.name(), self.phone.as_ref().map(|phone| json!(phone))),
            (Contact::ACCOUNT.name(), account.map(|account| json!(account))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// First and last name; a single word is the last name.
    fn names(&self) -> (Option<&str>, Option<&str>) {
        match self.name.as_deref().map(|name| name.rsplit_once(char::is_whitespace)) {
            Some(Some((first, last))) => (Some(first.trim_end()), Some(last)),
            Some(None) => (None, self.name.as_deref()),
            None => (None, None),
        }
    }
}

fn called(field: &str, name: Option<&str>) -> Filter {
    match name {
        Some(name) => Filter::compare(format!("{field}.folded"), Op::Eq, fold(name)),
        None => Filter::compare(field, Op::IsNull, true),
    }
}
