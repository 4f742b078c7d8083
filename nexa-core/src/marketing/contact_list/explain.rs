//! Why somebody is on a list, or not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ContactList, ContactListMember, ListMode, ListSide};
use crate::{
    Context, Filter, Query, Record, Ref, Result, closed_enum,
    kernel::record::RecordDef,
    marketing::membership::{ONE_PERSON, Person, PersonRef, membership, person},
    sales::{Contact, Lead},
};

closed_enum! {
    /// Why somebody is on a list, or not.
    pub enum ListReason {
        /// Nothing says that they are on it.
        NotAMember = "not_a_member",
        /// They were put on it.
        Member = "member",
        /// They were put on a dynamic list by hand.
        PutOn = "put_on",
        /// They were kept off a dynamic list by hand.
        KeptOff = "kept_off",
        /// They match its filter.
        Filter = "filter",
        /// They do not match its filter.
        OtherFilter = "other_filter",
    }
}

/// Asks why a lead or a contact is on a list, or not. Error: `member.lead_or_contact`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// The list.
    pub contact_list: Ref<ContactList>,
    /// The lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
    /// The contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
}

/// A part of a filter, and whether somebody matches it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FilterPart {
    /// The part.
    pub filter: Filter,
    /// Whether they match it.
    pub matches: bool,
}

/// Why somebody is on a list, or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListExplanation {
    /// Whether they are on it.
    pub on_list: bool,
    /// Why.
    pub reason: ListReason,
    /// The parts of the list's filter, all of which have to match.
    pub parts: Vec<FilterPart>,
}

impl Query for Explain {
    const VERB: &'static str = "explain";
    const ERRORS: &'static [crate::Code] = &[ONE_PERSON];
    type Of = ContactList;
    type Output = ListExplanation;
    fn check(&self) -> Result<()> {
        PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref()).map(drop)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<ListExplanation> {
        let list = cx.load(&self.contact_list).await?;
        let of = person(cx, &PersonRef::one_of(self.lead.as_ref(), self.contact.as_ref())?).await?;
        let member = membership::<ContactListMember>(cx, list.id, of).await?;
        if list.mode == ListMode::Static {
            let on_list = member.is_some();
            let reason = if on_list { ListReason::Member } else { ListReason::NotAMember };
            return Ok(ListExplanation { on_list, reason, parts: Vec::new() });
        }
        let (def, id, filter): (&'static RecordDef, _, _) = match of {
            Person::Lead(lead) => (Lead::def(), lead.uuid(), list.lead_filter),
            Person::Contact(contact) => (Contact::def(), contact.uuid(), list.contact_filter),
        };
        let row = cx.visible_row(def, &Ref::Id(id.into()), false).await?;
        let parts = match filter.map(|filter| filter.0) {
            Some(Filter::And(parts)) => parts,
            Some(one) => vec![one],
            None => vec![Filter::nothing()],
        };
        let mut explained = Vec::with_capacity(parts.len());
        for filter in parts {
            let matches = cx.matches(def, &row, &filter).await?;
            explained.push(FilterPart { filter, matches });
        }
        let fits = explained.iter().all(|part| part.matches);
        let (on_list, reason) = match member.map(|member| member.side) {
            Some(ListSide::Out) => (false, ListReason::KeptOff),
            Some(_) => (true, ListReason::PutOn),
            None if fits => (true, ListReason::Filter),
            None => (false, ListReason::OtherFilter),
        };
        Ok(ListExplanation { on_list, reason, parts: explained })
    }
}
