//! Making a dynamic list of a static one, and the other way round.

use super::{
    ContactList, ContactListMember, ListMode, ListSide,
    dynamic::{NO_FILTER, STATIC_FILTER},
};
use crate::{
    Code, Command, Context, Document, Filter, Record, Ref, Result, command,
    marketing::membership::{self, Person},
    sales::{Contact, Lead},
};

/// The list is that already.
pub const SAME_MODE: Code = Code::rule("contact_list.same_mode", "The list is {mode} already; there is nothing to convert.");

/// Converts a list. A static one becomes dynamic by the filters that are given, and who was on it stays on it by hand; with
/// `keep_members` false only the filters count. A dynamic one becomes static with who is on it at this moment. Errors:
/// `contact_list.same_mode`, `contact_list.no_filter`, `contact_list.static_filter`.
#[command("convert", on = ContactList, errors(SAME_MODE, NO_FILTER, STATIC_FILTER))]
pub struct Convert {
    /// The list.
    pub contact_list: Ref<ContactList>,
    /// What it becomes.
    pub mode: ListMode,
    /// The leads who are on it, when it becomes dynamic.
    pub lead_filter: Option<Filter>,
    /// The contacts who are on it, when it becomes dynamic.
    pub contact_filter: Option<Filter>,
    /// Whether those stay who were on a static list: yes unless said.
    pub keep_members: Option<bool>,
}

impl Command for Convert {
    type Output = ContactList;
    async fn run(&self, list: ContactList, cx: &mut Context<'_>) -> Result<ContactList> {
        if list.mode == self.mode {
            return Err(SAME_MODE.with("mode", list.mode));
        }
        let (leads, contacts) = list.people();
        let filter = |filter: &Option<Filter>| filter.clone().map(Document);
        let (lead_filter, contact_filter) = (filter(&self.lead_filter), filter(&self.contact_filter));
        let converted = ContactList { mode: self.mode, lead_filter, contact_filter, ..list };
        converted.check_filters(cx).await?;
        match self.mode {
            ListMode::Dynamic if self.keep_members == Some(false) => {
                let all = ContactListMember::CONTACT_LIST.eq(converted.id);
                for member in cx.unrestricted().every::<ContactListMember>(&all).await? {
                    cx.remove(&member).await?;
                }
            }
            ListMode::Static => {
                let kept_off = ContactListMember::CONTACT_LIST.eq(converted.id).and(ContactListMember::SIDE.eq(ListSide::Out));
                let leads = cx.unrestricted().every::<Lead>(&leads).await?;
                let contacts = cx.unrestricted().every::<Contact>(&contacts).await?;
                for member in cx.unrestricted().every::<ContactListMember>(&kept_off).await? {
                    cx.remove(&member).await?;
                }
                let people = leads.iter().map(|lead| Person::Lead(lead.id));
                let people: Vec<Person> = people.chain(contacts.iter().map(|contact| Person::Contact(contact.id))).collect();
                for person in people {
                    membership::enrol::<ContactListMember>(cx, converted.id, person).await?;
                }
            }
            _ => {}
        }
        cx.save(converted).await
    }
}
