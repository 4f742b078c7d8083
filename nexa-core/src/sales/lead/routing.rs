//! Routing: by its band, a lead goes to a group with a task, or to a nurture list. What goes where is data.
//! (Workflow scenarios 1, "Auto-Assignment".)

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Band, Lead, bant::CLOSED};
use crate::{
    About, Assignee, Code, Command, Context, Entity, Id, Rank, Record, Ref, Result, Subject, Timestamp, closed_enum,
    command,
    marketing::{ContactList, contact_list},
    people::{Group, User, assignment, counter},
    productivity::{Task, TaskPriority},
    sales::lookups,
};

/// The list of the routing is in the trash.
pub const LIST_TRASHED: Code = Code::rule(
    "routing.list_trashed",
    "The contact list to which {band} leads are routed is in the trash; restore it, or give the routing another one.",
);
/// Nobody said where leads of this band go.
pub const NO_ROUTING: Code =
    Code::rule("lead.no_routing", "There is no routing for {band} leads; make one with routing.create.");
/// The routing leads nowhere.
pub const NOWHERE: Code =
    Code::invalid("routing.nowhere", "A routing names a group or a contact list, or both; give one.");

closed_enum! {
    /// Who of a group gets a lead.
    pub enum Pick {
        /// The group as a whole; its members claim.
        Group = "group",
        /// The members in turn.
        RoundRobin = "round_robin",
        /// The member with the fewest open leads; among equals the one who joined the tenant first.
        FewestOpen = "fewest_open",
    }
}

/// Where the leads of one band go.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "routing", table = "routings", access = settings, unique("band", code = "routing.band_taken"))]
pub struct Routing {
    /// The identifier.
    pub id: Id<Routing>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it went into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The band.
    #[record(editable)]
    pub band: Band,
    /// The group that gets the leads.
    #[record(editable)]
    pub group: Option<Id<Group>>,
    /// Who of the group gets the lead.
    #[record(editable)]
    pub pick: Pick,
    /// The list that the leads join.
    #[record(editable, on_trash = keep)]
    pub contact_list: Option<Id<ContactList>>,
    /// The title of the task that comes with a lead; without one there is none.
    #[record(editable)]
    pub task_title: Option<Subject>,
    /// In how many hours the task is due.
    #[record(editable)]
    pub task_due_hours: Option<u32>,
    /// The priority of the task.
    #[record(editable)]
    pub task_priority: Option<TaskPriority>,
}

impl Entity for Routing {
    const ERRORS: &'static [Code] = &[NOWHERE];
    async fn settle(&mut self, _: Option<&Self>, _: &mut Context<'_>) -> Result<()> {
        if self.group.is_none() && self.contact_list.is_none() { Err(NOWHERE.error()) } else { Ok(()) }
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.settle(None, cx).await
    }
}

/// Sends a lead where its band goes: to a group with a task, or to a nurture list.
#[command(
    "route",
    on = Lead,
    guard = Lead::must_be_open,
    errors(NO_ROUTING, LIST_TRASHED, CLOSED, super::CONVERTED, assignment::INACTIVE)
)]
pub struct Route {
    /// The lead.
    pub lead: Ref<Lead>,
}

/// Where a lead went.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Routed {
    /// The lead.
    pub lead: Lead,
    /// Its band.
    pub band: Band,
    /// The task that came with it.
    pub task: Option<Task>,
    /// The list that it joined.
    pub contact_list: Option<Id<ContactList>>,
}

impl Command for Route {
    type Output = Routed;
    async fn run(&self, mut lead: Lead, cx: &mut Context<'_>) -> Result<Routed> {
        let band = lead.band();
        let routings: Vec<Routing> = cx.unrestricted().matching(Routing::BAND, &band).await?;
        let routing = routings.into_iter().next().ok_or_else(|| NO_ROUTING.with("band", band))?;
        let mut task = None;
        if let Some(group) = routing.group {
            let assignee = pick(cx, group, routing.pick).await?;
            lead.assignee = Some(assignee);
            lead.via_group = assignee.as_user().map(|_| group);
            lead = cx.save(lead).await?;
            if let Some(title) = routing.task_title {
                let due = routing.task_due_hours.map(|hours| cx.now().plus_hours(i64::from(hours)));
                let new = Task {
                    title,
                    due_at: due,
                    priority: routing.task_priority.unwrap_or_default(),
                    assignee: Some(assignee),
                    about: Some(About::from(&lead)),
                    rank: Some(Rank::of_new(cx.new_id::<Task>().uuid(), cx.now())),
                    ..Task::default()
                };
                task = Some(cx.unrestricted().insert(new).await?);
            }
        }
        if let Some(list) = routing.contact_list {
            let list = lookups::if_live(cx, Some(list)).await?.ok_or_else(|| LIST_TRASHED.with("band", band))?;
            contact_list::add_lead(cx, list.id, lead.id).await?;
        }
        Ok(Routed { lead, band, task, contact_list: routing.contact_list })
    }
}

/// Who of a group gets the next lead, the same on every run. Error: `assignee.inactive`.
async fn pick(cx: &mut Context<'_>, group: Id<Group>, pick: Pick) -> Result<Assignee> {
    let members: Vec<User> = assignment::active_members(cx, group).await?;
    if members.is_empty() {
        return Err(assignment::INACTIVE.with("assignee", "group"));
    }
    let chosen = match pick {
        Pick::Group => return Ok(Assignee::group(group)),
        Pick::RoundRobin => {
            let turn = counter::next_number(cx, &format!("routing:{group}")).await? - 1;
            usize::try_from(turn).ok().and_then(|turn| members.get(turn % members.len()))
        }
        Pick::FewestOpen => {
            let mut best: Option<(usize, &User)> = None;
            for member in &members {
                let leads: Vec<Lead> = open_leads_of(cx, member).await?;
                if best.is_none_or(|(fewest, _)| leads.len() < fewest) {
                    best = Some((leads.len(), member));
                }
            }
            best.map(|(_, member)| member)
        }
    };
    match chosen {
        Some(user) => Ok(Assignee::user(user.id)),
        None => Err(assignment::INACTIVE.with("assignee", "group")),
    }
}

async fn open_leads_of(cx: &mut Context<'_>, user: &User) -> Result<Vec<Lead>> {
    let open = Lead::STATUS.any_of([super::Status::New, super::Status::Contacted, super::Status::Qualified]);
    cx.unrestricted().find(&open.and(Lead::ASSIGNEE.eq(Assignee::user(user.id))), &[], 10_000).await
}
