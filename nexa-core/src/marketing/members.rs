//! Who belongs to a campaign or a list, page by page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::membership::Member;
use crate::{
    Context, Count, Filter, Find, Id, Query, Record, Ref, Result, Timestamp,
    kernel::targeted::Targeted,
    sales::{Contact, Lead},
};

/// The page of members to read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MembersOptions {
    /// How many at most: 50 unless said, 1,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The members whom the actor may see, the oldest membership first: `campaign.members` and the like. Those in the trash are left out.
///
/// Errors: `page.size`, `page.cursor_mismatch`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "M: Member")]
#[schemars(bound = "M: Member")]
pub struct Members<M: Member>(pub Targeted<M::Of, MembersOptions>);

impl<M: Member> Members<M> {
    /// The first members.
    pub fn of(record: impl Into<Ref<M::Of>>) -> Self {
        Self(Targeted::new(record, MembersOptions::default()))
    }
    /// At most so many.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.0.arguments.limit = Some(limit);
        self
    }
    /// After the page that ended with this cursor.
    #[must_use]
    pub fn after(mut self, cursor: Option<String>) -> Self {
        self.0.arguments.after = cursor;
        self
    }
}

/// One member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListedMember {
    /// The lead; absent when it is a contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Id<Lead>>,
    /// The contact; absent when it is a lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Id<Contact>>,
    /// First and last name, as far as there are any that the actor may see.
    pub name: Option<String>,
    /// The mail address, as far as there is one that the actor may see.
    pub email: Option<String>,
    /// When the person became a member.
    pub joined_at: Timestamp,
}

/// A page of members, and how many there are on all pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MembersPage {
    /// The members.
    pub items: Vec<ListedMember>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many leads there are.
    pub leads: u64,
    /// How many contacts there are.
    pub contacts: u64,
}

impl<M: Member> Query for Members<M> {
    const VERB: &'static str = "members";
    type Of = M::Of;
    type Output = MembersPage;
    async fn run(&self, cx: &mut Context<'_>) -> Result<MembersPage> {
        let of = cx.load(&self.0.record).await?.id();
        let [lead, contact] = [M::OF_LEAD.name(), M::OF_CONTACT.name()];
        let who = |relation: &str| {
            // Through the relation, in the actor's scope: whom they cannot see is neither listed nor counted.
            M::OF.eq(of).and(Filter::Through(relation.to_owned(), Box::default()))
        };
        let MembersOptions { limit, after } = self.0.arguments.clone();
        let mut find = Find::<M>::new().after(after);
        find.limit = limit;
        let page = find.filter(who(lead).or(who(contact))).with(lead).with(contact).run(cx).await?;
        let seen = |relation: &str, id: String| page.related.get(relation).and_then(|records| records.get(&id));
        let items = page.items.iter().map(|member| {
            let (lead_id, contact_id) = member.person();
            let record = match (lead_id, contact_id) {
                (Some(id), _) => seen(lead, id.to_string()),
                (None, Some(id)) => seen(contact, id.to_string()),
                (None, None) => None,
            };
            ListedMember {
                lead: lead_id,
                contact: contact_id,
                name: record.and_then(name),
                email: record.and_then(|record| text(record, "email")).map(str::to_owned),
                joined_at: member.joined_at(),
            }
        });
        let items = items.collect();
        let leads = Count::<M>::of(who(lead)).run(cx).await?;
        let contacts = Count::<M>::of(who(contact)).run(cx).await?;
        Ok(MembersPage { items, next: page.next, leads, contacts })
    }
}

fn text<'a>(record: &'a Json, field: &str) -> Option<&'a str> {
    record.get(field).and_then(Json::as_str)
}

fn name(record: &Json) -> Option<String> {
    let names: Vec<&str> = ["first_name", "last_name"].into_iter().filter_map(|field| text(record, field)).collect();
    if names.is_empty() { None } else { Some(names.join(" ")) }
}
