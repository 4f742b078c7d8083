//! The overview of a contact as it was.

use std::cmp::Reverse;

use uuid::Uuid;

use super::{Contact, ContactOverview, NEWEST, deals, memberships, shows, tickets, timeline};
use crate::{
    About, AsOf, Column, Context, Filter, Get, Id, Op, Query, Record, Ref, Result,
    kernel::{past::Since, query::Change, value::Value},
    marketing::{CampaignMember, ContactListMember, membership::Member},
    productivity::{Attendee, Meeting, Task, TaskStatus},
    sales::{Deal, Lead, account::Account},
    service::Ticket,
};

/// Everything about a contact as it was at a point in the history.
pub(super) async fn overview(cx: &mut Context<'_>, contact: &Ref<Contact>, point: AsOf) -> Result<ContactOverview> {
    let found = Get::of(contact.clone()).as_of(point).run(cx).await?;
    let profile = found.record;
    let since = cx.changed_since(point, &[profile.id.uuid()]).await?;
    let deals = newest_first(belonging::<Deal, _>(cx, &since, Deal::PRIMARY_CONTACT, profile.id).await?);
    let tickets = newest_first(belonging::<Ticket, _>(cx, &since, Ticket::CONTACT, profile.id).await?);
    let tasks = tasks_about(cx, &since, &[About::from(&profile)]).await?;
    let account = match profile.account {
        Some(account) => cx.one_then::<Account>(account.uuid(), &since).await?,
        None => None,
    };
    let open = |task: &&Task| matches!(task.status, TaskStatus::Todo | TaskStatus::InProgress);
    let open_tasks = tasks.iter().filter(open).count() as u64;
    let contact_lists = memberships::lists_by_name(joined::<ContactListMember>(cx, &since, profile.id).await?);
    let campaigns = memberships::campaigns_by_name(joined::<CampaignMember>(cx, &since, profile.id).await?);
    let timeline = timeline_then(cx, &since, point, &profile, &deals, &tickets, tasks).await?;
    Ok(ContactOverview {
        account,
        deals: deals::counted(deals)?,
        tickets: tickets::counted(tickets),
        open_tasks,
        contact_lists,
        campaigns,
        timeline,
        profile,
        erased: found.erased,
    })
}

/// The records that named the contact in this field, where the actor sees the field.
async fn belonging<R: Record, T>(
    cx: &mut Context<'_>,
    since: &Since,
    column: Column<R, T>,
    contact: Id<Contact>,
) -> Result<Vec<R>> {
    if !shows(cx, column)? {
        return Ok(Vec::new());
    }
    let theirs = Filter::compare(column.name(), Op::Eq, contact);
    cx.visible_then(&theirs, since, false).await
}

async fn tasks_about(cx: &mut Context<'_>, since: &Since, about: &[About]) -> Result<Vec<Task>> {
    if !shows(cx, Task::ABOUT)? {
        return Ok(Vec::new());
    }
    let about = Filter::Or(about.iter().map(|about| Task::ABOUT.eq(about.clone())).collect());
    cx.visible_then(&about, since, false).await
}

/// The meetings about the contact, and those to which they were invited, each once.
async fn meetings_then(cx: &mut Context<'_>, since: &Since, contact: &Contact) -> Result<Vec<Meeting>> {
    if !shows(cx, Meeting::ABOUT)? || !shows(cx, Attendee::CONTACT)? {
        return Ok(Vec::new());
    }
    let about = Filter::compare(Meeting::ABOUT.name(), Op::Has, About::from(contact));
    let mut meetings: Vec<Meeting> = cx.visible_then(&about, since, false).await?;
    for attendee in belonging::<Attendee, _>(cx, since, Attendee::CONTACT, contact.id).await? {
        if !meetings.iter().any(|meeting| meeting.id == attendee.meeting) {
            meetings.extend(cx.one_then::<Meeting>(attendee.meeting.uuid(), since).await?);
        }
    }
    Ok(meetings)
}

/// What the contact belonged to.
async fn joined<M: Member>(cx: &mut Context<'_>, since: &Since, contact: Id<Contact>) -> Result<Vec<M::Of>> {
    if !shows(cx, M::OF)? {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for member in belonging::<M, _>(cx, since, M::OF_CONTACT, contact).await? {
        found.extend(cx.one_then::<M::Of>(member.of().uuid(), since).await?);
    }
    Ok(found)
}

/// The newest changes by then.
async fn timeline_then(
    cx: &mut Context<'_>,
    since: &Since,
    point: AsOf,
    profile: &Contact,
    deals: &[Deal],
    tickets: &[Ticket],
    mut tasks: Vec<Task>,
) -> Result<Vec<Change>> {
    let mut records: Vec<(&'static str, Uuid)> = vec![profile.id.identity()];
    let merged = Filter::compare(Contact::MERGED_INTO.name(), Op::Eq, profile.id);
    let merged: Vec<Contact> = cx.visible_then(&merged, since, true).await?;
    records.extend(merged.iter().map(|contact| contact.id.identity()));
    let mut leads: Vec<Lead> = belonging(cx, since, Lead::CONVERTED_CONTACT, profile.id).await?;
    leads.sort_by_key(|lead| Reverse(lead.updated_at));
    leads.truncate(NEWEST);
    if !leads.is_empty() {
        let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id.uuid()).collect();
        let since = cx.changed_since(point, &ids).await?;
        let about: Vec<About> = leads.iter().map(About::from).collect();
        tasks.extend(tasks_about(cx, &since, &about).await?);
    }
    records.extend(leads.iter().map(|lead| lead.id.identity()));
    records.extend(changed_last(deals));
    records.extend(changed_last(tickets));
    records.extend(changed_last(&tasks));
    records.extend(changed_last(&meetings_then(cx, since, profile).await?));
    // One that is about the contact and about a lead is there once.
    records.sort_unstable();
    records.dedup();
    timeline::newest(cx, records, since.seq().saturating_add(1)).await
}

fn newest_first<R: Record>(mut records: Vec<R>) -> Vec<R> {
    records.sort_by_key(|record| Reverse(record.created_at()));
    records
}

/// Those that changed last, by their kind and id.
fn changed_last<R: Record>(records: &[R]) -> Vec<(&'static str, Uuid)> {
    let def = R::def();
    let changed = |record: &R| match record.to_row().get(def.updated_at) {
        Value::Time(at) => *at,
        _ => record.created_at(),
    };
    let mut dated: Vec<_> = records.iter().map(|record| (changed(record), record.id().identity())).collect();
    dated.sort_by_key(|(at, _)| Reverse(*at));
    dated.into_iter().take(NEWEST).map(|(_, identity)| identity).collect()
}
