//! Starting a playbook: the project with its tasks, meetings and notes, all in one unit or nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Calendar, DUE, PlannedAssignee, PlannedAttendee, PlannedMeeting, PlannedNote, PlannedTask, Playbook,
    PlaybookVersion, RecordOwner, check::invalid, placeholder,
};
use crate::{
    About, Abouts, Assignee, Body, Checklist, ChecklistItem, Code, CollectionCommand, Context, Date, Document, Filter,
    Id, Key, Name, Op, Rank, Readers, Record, Ref, Result, Subject, Url, command,
    kernel::error::codes,
    people::{
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
    productivity::{
        Meeting, Note, Project, Task, TaskDependency, meeting,
        project::{self, EXISTS},
        task,
    },
    sales::{self, Account, Contact, Deal},
};

/// The playbook has no version.
pub const NOT_PUBLISHED: Code = Code::rule(
    "playbook.not_published",
    "The playbook {name} has no version yet; publish it first with playbook.publish.",
);
/// Nobody has a role.
pub const ROLE_MISSING: Code =
    Code::rule("playbook.role_missing", "Nobody has the role {role}; name a user or a group for it in roles.");
/// There is no such role.
pub const ROLE_UNKNOWN: Code =
    Code::invalid("playbook.role_unknown", "The playbook has no role {role}; name those that it has: {roles}.");
/// There is no such note.
pub const NOTE_UNKNOWN: Code =
    Code::invalid("playbook.note_unknown", "The playbook has no note {note}; name those that it has: {notes}.");
/// The deal is with another account.
pub const ACCOUNT_FOREIGN: Code = Code::rule(
    "playbook.account_foreign",
    "The deal belongs to another account; name that one, or leave the account out.",
);
/// A text names what there is not.
pub const VALUE_MISSING: Code = Code::rule(
    "playbook.value_missing",
    "The playbook names {name}, and there is none; start it for a deal or an account that has one.",
);

/// Starts a playbook for a deal or an account: makes its project with the tasks, meetings and notes, all or nothing. For one deal a playbook is
/// started once: `project.exists`. Under a key it is started once, and again answers what came of it. Days count from the start in the
/// tenant's time zone; a start in the past is allowed, and the answer names what was due before today.
///
/// Errors: `playbook.not_published`, `playbook.role_missing`, `playbook.value_missing`, `playbook.due`, `project.exists`,
/// `assignee.inactive`.
#[command(
    "start",
    collection = Project,
    action = Create,
    name = "playbook.start",
    errors(
        NOT_PUBLISHED, ROLE_MISSING, ROLE_UNKNOWN, NOTE_UNKNOWN, ACCOUNT_FOREIGN, VALUE_MISSING, DUE, EXISTS, INACTIVE, CHOICE_UNKNOWN,
        project::ENDS_TOO_EARLY, task::TOO_DEEP, task::CYCLE, meeting::ATTENDEE_TWICE, meeting::TIME_MISSING, meeting::TIME_TWICE,
        meeting::ENDS_TOO_EARLY
    )
)]
pub struct Start {
    /// The playbook.
    pub playbook: Ref<Playbook>,
    /// The deal for which it is started.
    pub deal: Option<Ref<Deal>>,
    /// The account for which it is started; that of the deal unless said.
    pub account: Option<Ref<Account>>,
    /// The day on which the project begins; today unless said.
    pub start_date: Option<Date>,
    /// Who has which role, such as `{"csm": {"user": "…"}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Assignee>,
    /// The texts of notes, by their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notes: BTreeMap<String, Body>,
    /// Where its meetings are joined from afar.
    pub join_url: Option<Url>,
    /// The key under which it is started once, such as the run of a workflow.
    pub key: Option<Name>,
}

/// What came of a playbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Started {
    /// The project.
    pub project: Project,
    /// Its tasks, in the order of the playbook.
    pub tasks: Vec<Task>,
    /// Its meetings.
    pub meetings: Vec<Meeting>,
    /// Its notes, as far as whoever started it may read them.
    pub notes: Vec<Note>,
    /// The tasks that were due before today.
    pub overdue: Vec<Id<Task>>,
    /// The keys of the notes that nobody gave a text.
    pub left_out: Vec<Key>,
}

/// A playbook that is being started.
struct Starting<'s> {
    call: &'s Start,
    version: &'s PlaybookVersion,
    calendar: Calendar,
    deal: Option<Deal>,
    account: Option<Account>,
    contact: Option<Contact>,
    values: BTreeMap<&'static str, String>,
}

impl CollectionCommand for Start {
    type Output = Started;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Started> {
        let playbook = cx.load(&self.playbook).await?;
        if let Some(known) = self.started_before(cx, playbook.id).await? {
            cx.answers_again();
            return Ok(known);
        }
        let version = PlaybookVersion::published(cx, &playbook).await?;
        self.check_against(&version)?;
        let deal = match &self.deal {
            Some(deal) => Some(cx.load(deal).await?),
            None => None,
        };
        if let Some(deal) = &deal
            && let Some(known) = Project::of_deal(cx, playbook.id, deal.id).await?
        {
            return Err(EXISTS.with("project", known.id).with("field", "deal"));
        }
        let account = self.account(cx, deal.as_ref()).await?;
        let of_deal = deal.as_ref().and_then(|deal| deal.primary_contact);
        let contact = of_deal.or_else(|| account.as_ref().and_then(|account| account.primary_contact));
        let contact: Option<Contact> = seen(cx, contact).await?;
        let today = sales::today(cx).await?;
        let start = self.start_date.unwrap_or(today);
        let zone = org::settings(cx).await?.time_zone.zone();
        let now = (start == today).then(|| cx.now());
        let calendar = Calendar { start, weekend: version.on_weekend, zone, now };
        let mut values = BTreeMap::new();
        values.extend(account.as_ref().map(|account| ("account.name", account.name.to_string())));
        values.extend(deal.as_ref().map(|deal| ("deal.name", deal.name.to_string())));
        values.extend(contact.as_ref().map(|contact| ("contact.name", full_name(contact))));
        let starting = Starting { call: self, version: &version, calendar, deal, account, contact, values };
        let project = starting.project(cx, &playbook).await?;
        let tasks = starting.tasks(cx, &project).await?;
        let meetings = starting.meetings(cx, &project).await?;
        let (notes, left_out) = starting.notes(cx, &project).await?;
        let overdue = overdue(&tasks, today);
        Ok(Started { project, tasks, meetings, notes, overdue, left_out })
    }
}

fn overdue(tasks: &[Task], today: Date) -> Vec<Id<Task>> {
    tasks.iter().filter(|task| task.due_date.is_some_and(|due| due < today)).map(|task| task.id).collect()
}

fn full_name(contact: &Contact) -> String {
    let names = contact.first_name.iter().chain(&contact.last_name).map(|name| name.as_str());
    names.collect::<Vec<_>>().join(" ")
}

/// The record, where it is live and the actor sees it.
async fn seen<R: Record>(cx: &mut Context<'_>, id: Option<Id<R>>) -> Result<Option<R>> {
    let Some(id) = id else { return Ok(None) };
    match cx.load(&id.into()).await {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.is(&codes::NOT_FOUND) || error.is(&codes::TRASHED) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Start {
    /// What came of it when it was started under the same key.
    async fn started_before(&self, cx: &mut Context<'_>, playbook: Id<Playbook>) -> Result<Option<Started>> {
        let Some(key) = &self.key else { return Ok(None) };
        let filter = Project::PLAYBOOK.eq(playbook).and(Filter::compare(Project::START_KEY.name(), Op::Eq, key));
        let found: Vec<Project> = cx.unrestricted().find(&filter, &[], 1).await?;
        let Some(project) = found.into_iter().next() else { return Ok(None) };
        let project = cx.load(&project.id.into()).await?;
        let mut tasks: Vec<Task> = cx.visible_every(&Task::PROJECT.eq(project.id)).await?;
        tasks.sort_by(|one, other| (&one.rank, one.id).cmp(&(&other.rank, other.id)));
        let about = About::from(&project);
        let meetings = cx.visible_every(&Filter::compare(Meeting::ABOUT.name(), Op::Has, &about)).await?;
        let notes = cx.visible_every(&Filter::compare(Note::ABOUT.name(), Op::Has, &about)).await?;
        let overdue = overdue(&tasks, sales::today(cx).await?);
        Ok(Some(Started { project, tasks, meetings, notes, overdue, left_out: Vec::new() }))
    }
    /// Errors: `playbook.role_missing`, `field.invalid`.
    fn check_against(&self, version: &PlaybookVersion) -> Result<()> {
        if let Some(role) = version.roles.iter().find(|role| !self.roles.contains_key(*role)) {
            return Err(ROLE_MISSING.with("role", role.as_str()).with("field", "roles"));
        }
        if let Some(role) = self.roles.keys().find(|role| !version.roles.contains(role)) {
            let error = ROLE_UNKNOWN.with("role", role.as_str()).with("roles", version.roles.0.clone());
            return Err(error.with("field", "roles"));
        }
        let known = |key: &&String| version.notes.iter().any(|note| note.key == key.as_str());
        match self.notes.keys().find(|key| !known(key)) {
            Some(key) => {
                let notes: Vec<String> = version.notes.iter().map(|note| note.key.to_string()).collect();
                Err(NOTE_UNKNOWN.with("note", key.as_str()).with("notes", notes).with("field", "notes"))
            }
            None => Ok(()),
        }
    }
    async fn account(&self, cx: &mut Context<'_>, deal: Option<&Deal>) -> Result<Option<Account>> {
        let of_deal = deal.and_then(|deal| deal.account);
        let Some(account) = &self.account else { return seen(cx, of_deal).await };
        let account = cx.load(account).await?;
        match of_deal {
            Some(other) if other != account.id => Err(ACCOUNT_FOREIGN.with("field", "account")),
            _ => Ok(Some(account)),
        }
    }
}

impl Starting<'_> {
    async fn project(&self, cx: &mut Context<'_>, playbook: &Playbook) -> Result<Project> {
        let planned = &self.version.project;
        let name = match &planned.name {
            Some(name) => self.subject(name)?,
            None => match &self.account {
                Some(account) => self.subject(&format!("{} - {}", account.name, playbook.name))?,
                None => self.subject(&playbook.name)?,
            },
        };
        let roles = (!self.call.roles.is_empty()).then(|| Document(self.call.roles.clone()));
        let project = Project {
            name,
            r#type: planned.r#type.clone(),
            account: self.account.as_ref().map(|account| account.id),
            deal: self.deal.as_ref().map(|deal| deal.id),
            owner: self.assignee(planned.owner.as_ref())?,
            start_date: Some(self.calendar.start),
            due_date: match &planned.due {
                Some(due) => Some(self.calendar.project_due(Some(due)).ok_or_else(|| beyond("project"))?),
                None => None,
            },
            playbook: Some(playbook.id),
            playbook_version: Some(self.version.number),
            roles,
            start_key: self.call.key.clone(),
            ..Project::default()
        };
        cx.add(project).await
    }
    async fn tasks(&self, cx: &mut Context<'_>, project: &Project) -> Result<Vec<Task>> {
        let mut made: HashMap<&Key, Id<Task>> = HashMap::new();
        let mut rank = Rank::of_new(cx.new_id::<Task>().uuid(), cx.now());
        let mut places: Vec<Option<Task>> = self.version.tasks.iter().map(|_| None).collect();
        // What is a part of another comes after it.
        while made.len() < self.version.tasks.len() {
            let before = made.len();
            for (planned, place) in self.version.tasks.iter().zip(&mut places) {
                let waits = planned.parent.as_ref().is_some_and(|parent| !made.contains_key(parent));
                if waits || place.is_some() {
                    continue;
                }
                let parent = planned.parent.as_ref().and_then(|parent| made.get(parent)).copied();
                let task = cx.add(self.task(planned, project, parent)?).await?;
                made.insert(&planned.key, task.id);
                *place = Some(task);
            }
            if made.len() == before {
                break;
            }
        }
        let mut tasks = Vec::with_capacity(places.len());
        for task in places.into_iter().flatten() {
            let next = rank.next().unwrap_or_else(|| rank.clone());
            tasks.push(cx.save(Task { rank: Some(std::mem::replace(&mut rank, next)), ..task }).await?);
        }
        for planned in self.version.tasks.iter() {
            let Some(task) = made.get(&planned.key).copied() else { continue };
            for depends_on in planned.after.iter().filter_map(|key| made.get(key)).copied() {
                let dependency = TaskDependency { task, depends_on, ..TaskDependency::default() };
                cx.unrestricted().insert(dependency).await?;
            }
        }
        Ok(tasks)
    }
    fn task(&self, planned: &PlannedTask, project: &Project, parent: Option<Id<Task>>) -> Result<Task> {
        let due = self.calendar.due(planned.due.as_ref(), self.version.project.due.as_ref());
        let (due_date, due_at) = due.ok_or_else(|| beyond(&planned.key))?;
        let items = planned.checklist.iter().map(|text| ChecklistItem { text: text.clone(), done: false }).collect();
        let about = self.deal.as_ref().map(About::from).or_else(|| self.account.as_ref().map(About::from));
        Ok(Task {
            title: self.subject(&planned.title)?,
            description: self.body(planned.description.as_ref())?,
            due_date,
            due_at,
            priority: planned.priority,
            assignee: self.assignee(planned.assignee.as_ref())?,
            about,
            project: Some(project.id),
            parent,
            step: Some(planned.key.clone()),
            checklist: Checklist::new(items).map_err(|problem| invalid("tasks", problem.to_owned()))?,
            ..Task::default()
        })
    }
    async fn meetings(&self, cx: &mut Context<'_>, project: &Project) -> Result<Vec<Meeting>> {
        let mut meetings = Vec::with_capacity(self.version.meetings.len());
        for planned in self.version.meetings.iter() {
            let (from, to) = self.calendar.span(planned).ok_or_else(|| beyond(&planned.key))?;
            let organizer = self.assignee(planned.organizer.as_ref())?;
            let meeting = Meeting {
                title: self.subject(&planned.title)?,
                agenda: self.body(planned.agenda.as_ref())?,
                join_url: self.call.join_url.clone(),
                organizer: organizer.and_then(Assignee::as_user).map(Id::new),
                starts_at: Some(from),
                ends_at: Some(to),
                about: self.about(project)?,
                ..Meeting::default()
            };
            let meeting = cx.add(meeting).await?;
            let attendees = self.attendees(cx, planned).await?;
            meeting::invite(cx, meeting.id, &attendees).await?;
            meetings.push(meeting);
        }
        Ok(meetings)
    }
    /// Who comes to a meeting, each once.
    async fn attendees(&self, cx: &mut Context<'_>, planned: &PlannedMeeting) -> Result<Vec<meeting::NewAttendee>> {
        let (mut users, mut contact): (BTreeSet<Uuid>, Option<Id<Contact>>) = (BTreeSet::new(), None);
        for attendee in &planned.attendees {
            match attendee {
                PlannedAttendee::PrimaryContact => contact = self.contact.as_ref().map(|contact| contact.id),
                PlannedAttendee::Team(assignee) => match self.assignee(Some(assignee))? {
                    Some(Assignee::User(user)) => drop(users.insert(user)),
                    Some(Assignee::Group(group)) => {
                        let members = assignment::active_members(cx, Id::new(group)).await?;
                        users.extend(members.into_iter().map(|member| member.id.uuid()));
                    }
                    None => {}
                },
            }
        }
        let contact =
            contact.map(|contact| meeting::NewAttendee { contact: Some(contact.into()), ..Default::default() });
        let user = |user| meeting::NewAttendee { user: Some(Id::new(user).into()), ..Default::default() };
        Ok(contact.into_iter().chain(users.into_iter().map(user)).collect())
    }
    async fn notes(&self, cx: &mut Context<'_>, project: &Project) -> Result<(Vec<Note>, Vec<Key>)> {
        let (mut notes, mut left_out) = (Vec::new(), Vec::new());
        for planned in self.version.notes.iter() {
            let given = self.call.notes.get(planned.key.as_str()).cloned();
            let body = match given {
                Some(body) => Some(body),
                None => self.body(planned.body.as_ref())?,
            };
            match body {
                Some(body) => notes.push(cx.add(self.note(planned, project, body)?).await?),
                None => left_out.push(planned.key.clone()),
            }
        }
        Ok((notes, left_out))
    }
    fn note(&self, planned: &PlannedNote, project: &Project, body: Body) -> Result<Note> {
        let mut readers = Vec::with_capacity(planned.readers.len());
        for reader in &planned.readers {
            readers.extend(self.assignee(Some(reader))?);
        }
        Ok(Note {
            r#type: planned.r#type.clone(),
            body,
            about: self.about(project)?,
            readers: Readers::new(readers).map_err(|problem| invalid("notes", problem.to_owned()))?,
            ..Note::default()
        })
    }

    /// The project, and what it is for.
    fn about(&self, project: &Project) -> Result<Abouts> {
        let deal = self.deal.as_ref().map(About::from);
        let account = self.account.as_ref().map(About::from);
        let all = [About::from(project)].into_iter().chain(deal).chain(account);
        Abouts::new(all).map_err(|problem| invalid("about", problem.to_owned()))
    }
    /// Who is meant. Error: `playbook.role_missing`.
    fn assignee(&self, planned: Option<&PlannedAssignee>) -> Result<Option<Assignee>> {
        Ok(match planned {
            None => None,
            Some(PlannedAssignee::Role(role)) => {
                let named = self.call.roles.get(role.as_str()).copied();
                Some(named.ok_or_else(|| ROLE_MISSING.with("role", role.as_str()).with("field", "roles"))?)
            }
            Some(PlannedAssignee::User(user)) => Some(Assignee::User(*user)),
            Some(PlannedAssignee::Group(group)) => Some(Assignee::Group(*group)),
            Some(PlannedAssignee::OwnerOf(RecordOwner::Deal)) => {
                self.deal.as_ref().and_then(|deal| deal.owner).map(Assignee::user)
            }
            Some(PlannedAssignee::OwnerOf(RecordOwner::Account)) => {
                self.account.as_ref().and_then(|account| account.owner)
            }
        })
    }
    fn text(&self, text: &str) -> Result<String> {
        placeholder::filled(text, &self.values).map_err(|name| VALUE_MISSING.with("name", name.to_owned()))
    }
    fn subject(&self, text: &str) -> Result<Subject> {
        Subject::parse(&self.text(text)?).map_err(|problem| invalid("playbook", problem.to_owned()))
    }
    fn body(&self, text: Option<&Body>) -> Result<Option<Body>> {
        let Some(text) = text else { return Ok(None) };
        Body::parse(&self.text(text)?).map(Some).map_err(|problem| invalid("playbook", problem.to_owned()))
    }
}

fn beyond(key: &str) -> crate::Error {
    DUE.with("key", key).with("problem", "no calendar has that day")
}
