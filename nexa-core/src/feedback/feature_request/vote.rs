//! A vote: a contact wishes for the same. Each contact has one for a request, also when requests or contacts are merged.

use serde::{Deserialize, Serialize};

use super::FeatureRequest;
use crate::{
    Code, Command, Context, Id, Principal, Record, Ref, Result, Timestamp, command, sales::Contact, service::Ticket,
};

/// The contact has voted already.
pub const EXISTS: Code =
    Code::conflict("vote.exists", "The contact has voted for this request already; there is nothing to add.");
/// The contact has not voted.
pub const NONE: Code =
    Code::rule("vote.none", "The contact has not voted for this request; there is nothing to withdraw.");
/// Nobody is named whose vote it is.
pub const NO_CONTACT: Code =
    Code::invalid("vote.no_contact", "A vote is a contact's; give the contact, or a ticket of one.");
/// The ticket or the caller is another contact's.
pub const OTHER_CONTACT: Code =
    Code::invalid("vote.other_contact", "That is another contact's; leave contact out, or give theirs.");

/// A contact wishes for what a request asks for.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "vote",
    table = "votes", access = through(feature_request),
    unique("feature_request", "contact", code = "vote.exists"),
    index("contact"),
    index("ticket")
)]
pub struct Vote {
    /// The identifier.
    pub id: Id<Vote>,
    /// Counts the changes.
    pub version: i64,
    /// When the contact voted.
    pub created_at: Timestamp,
    /// When the vote was last changed.
    pub updated_at: Timestamp,
    /// The request.
    #[record(on_trash = with_parent)]
    pub feature_request: Id<FeatureRequest>,
    /// Who wishes for it.
    #[record(on_trash = with_parent, person)]
    pub contact: Id<Contact>,
    /// The ticket in which they said so.
    #[record(on_trash = mention)]
    pub ticket: Option<Id<Ticket>>,
}

impl Vote {
    async fn of(cx: &mut Context<'_>, request: Id<FeatureRequest>, contact: Id<Contact>) -> Result<Option<Self>> {
        let votes: Vec<Self> = cx.unrestricted().matching(Self::CONTACT, &contact).await?;
        Ok(votes.into_iter().find(|vote| vote.feature_request == request))
    }
}

/// The contact who acts in a portal of the host; nobody where a user or a service does.
fn own(cx: &Context<'_>) -> Option<Id<Contact>> {
    match cx.actor().principal {
        Principal::Contact(contact) => Some(Id::new(contact)),
        _ => None,
    }
}

/// Notes that a contact wishes for the same: the one given, that of a ticket, or the one who acts. Errors: `vote.exists`,
/// `vote.no_contact`, `vote.other_contact`.
#[command("vote", on = FeatureRequest, errors(EXISTS, NO_CONTACT, OTHER_CONTACT))]
pub struct CastVote {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
    /// Who wishes for it; that of the ticket unless said.
    pub contact: Option<Ref<Contact>>,
    /// The ticket in which they say so.
    pub ticket: Option<Ref<Ticket>>,
}

impl Command for CastVote {
    type Output = Vote;
    async fn run(&self, request: FeatureRequest, cx: &mut Context<'_>) -> Result<Vote> {
        let given = match &self.contact {
            Some(contact) => Some(cx.load(contact).await?.id),
            None => None,
        };
        let ticket = match &self.ticket {
            Some(ticket) => Some(cx.load(ticket).await?),
            None => None,
        };
        let of_ticket = ticket.as_ref().and_then(|ticket| ticket.contact);
        let acting = own(cx);
        let mut all = [given, of_ticket, acting].into_iter().flatten();
        let contact = all.next().ok_or_else(|| NO_CONTACT.with("field", "contact"))?;
        if all.any(|other| other != contact) {
            return Err(OTHER_CONTACT.with("field", "contact"));
        }
        if Vote::of(cx, request.id, contact).await?.is_some() {
            return Err(EXISTS.error());
        }
        let ticket = ticket.map(|ticket| ticket.id);
        let vote = Vote { feature_request: request.id, contact, ticket, ..Vote::default() };
        cx.unrestricted().insert(vote).await
    }
}

/// Takes back the vote of a contact. Errors: `vote.none`, `vote.other_contact`.
#[command("withdraw_vote", on = FeatureRequest, errors(NONE, OTHER_CONTACT))]
pub struct WithdrawVote {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
    /// Whose vote it is.
    pub contact: Ref<Contact>,
}

impl Command for WithdrawVote {
    type Output = ();
    async fn run(&self, request: FeatureRequest, cx: &mut Context<'_>) -> Result<()> {
        let contact = cx.load_even_trashed(&self.contact).await?.id;
        if own(cx).is_some_and(|acting| acting != contact) {
            return Err(OTHER_CONTACT.with("field", "contact"));
        }
        let vote = Vote::of(cx, request.id, contact).await?;
        cx.remove(&vote.ok_or_else(|| NONE.error())?).await
    }
}
