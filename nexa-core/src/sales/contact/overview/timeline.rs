//! What happened to a contact and to what belongs to it.

use uuid::Uuid;

use super::{Contact, NEWEST, shows};
use crate::{
    About, Action, Children, Context, Filter, Id, Op, Record, Result,
    kernel::{
        ledger::{EventQuery, Seq},
        query::{Change, change_of},
        store::Trash,
    },
    productivity::{Attendee, Meeting, Task},
    sales::{Deal, Lead},
    service::Ticket,
};

/// The newest changes, newest first, of records that the actor may see.
pub(super) async fn of(cx: &mut Context<'_>, contact: &Contact) -> Result<Vec<Change>> {
    let leads = leads(cx, contact.id).await?;
    let mut records: Vec<(&'static str, Uuid)> = vec![contact.id.identity()];
    records.extend(merged(cx, contact.id).await?.into_iter().map(Id::identity));
    records.extend(leads.iter().map(|lead| lead.id.identity()));
    // The newest changes are those of the records that changed last.
    if shows(cx, Deal::PRIMARY_CONTACT)? {
        records.extend(changed_last::<Deal>(cx, Deal::PRIMARY_CONTACT.eq(contact.id)).await?);
    }
    if shows(cx, Ticket::CONTACT)? {
        records.extend(changed_last::<Ticket>(cx, Ticket::CONTACT.eq(contact.id)).await?);
    }
    if shows(cx, Task::ABOUT)? {
        // Tasks that were done before the conversion stay with the lead.
        let about = [About::from(contact)].into_iter().chain(leads.iter().map(About::from));
        let about = Filter::Or(about.map(|about| Task::ABOUT.eq(about)).collect());
        records.extend(changed_last::<Task>(cx, about).await?);
    }
    if shows(cx, Meeting::ABOUT)? && shows(cx, Attendee::CONTACT)? {
        let invited = Children::of::<Attendee>().by(Attendee::MEETING).matching(Attendee::CONTACT.eq(contact.id)).any();
        let about = Filter::compare(Meeting::ABOUT.name(), Op::Has, About::from(contact));
        records.extend(changed_last::<Meeting>(cx, about.or(invited)).await?);
    }
    newest(cx, records, 0).await
}

/// The newest changes of these records before the event of a number, or of all with 0.
pub(super) async fn newest(
    cx: &mut Context<'_>,
    records: Vec<(&'static str, Uuid)>,
    before: Seq,
) -> Result<Vec<Change>> {
    let query =
        EventQuery { after: before, limit: NEWEST, records: Some(records), backwards: true, ..EventQuery::default() };
    let events = cx.unrestricted().events(&query).await?;
    let mut changes = Vec::with_capacity(events.len());
    for event in events {
        let hidden = cx.hidden(cx.kind(&event.kind)?)?;
        changes.extend(change_of(event, &hidden));
    }
    Ok(changes)
}

async fn changed_last<R: Record>(
    cx: &mut Context<'_>,
    filter: Filter,
) -> Result<impl Iterator<Item = (&'static str, Uuid)>> {
    let records: Vec<R> = cx.visible(&filter, &["-updated_at"], NEWEST).await?;
    Ok(records.into_iter().map(|record| record.id().identity()))
}

/// What was folded into the contact: what happened to it happened to the contact as well.
async fn merged(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<Vec<Id<Contact>>> {
    let mut found = Vec::new();
    for row in cx.pointing(Contact::def(), Contact::MERGED_INTO.name(), contact.uuid(), Trash::Trashed).await? {
        if cx.allows(Contact::def(), &row, Action::Read).await? {
            found.push(Id::new(row.id(Contact::def())));
        }
    }
    Ok(found)
}

/// The leads that were converted into the contact.
async fn leads(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<Vec<Lead>> {
    if !shows(cx, Lead::CONVERTED_CONTACT)? {
        return Ok(Vec::new());
    }
    cx.visible(&Lead::CONVERTED_CONTACT.eq(contact), &["-updated_at"], NEWEST).await
}
