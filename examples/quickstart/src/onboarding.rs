//! A deal was won: the customer is taken on, by a playbook that comes with the library.

use std::collections::BTreeMap;

use nexa_crm::{
    Assignee, Body, Filter, Find, Key, Name, Principal, Result,
    kernel::error::codes,
    productivity::{
        Playbook, Project, Task,
        playbook::{Start, Take},
        project::Overview,
    },
    sales::{Deal, DealStatus},
};

use crate::{
    report::{cell, table},
    team::{Team, first},
};

/// The playbook, which the tenant takes once.
const PLAYBOOK: &str = "customer_onboarding";

/// Starts the onboarding of the first customer: a project with its tasks, the kickoff and the handoff note, once.
pub(crate) fn begin(team: &Team) -> Result<()> {
    let key = Key::parse(PLAYBOOK).map_err(invalid)?;
    let playbook = match first::<Playbook>(&team.lisa, Playbook::KEY.eq(key.clone()))? {
        Some(playbook) => playbook,
        None => team.lisa.run(Take { key })?,
    };
    let won = Find::<Deal>::new().filter(Deal::STATUS.eq(DealStatus::Won)).by(Deal::NAME).limit(1);
    let Some(deal) = team.john.find(won)?.items.into_iter().next() else { return Ok(()) };
    let Principal::User(maya) = team.maya.principal() else { return Ok(()) };
    let roles = BTreeMap::from([
        ("csm".to_owned(), Assignee::user(*maya)),
        ("implementation".to_owned(), Assignee::group(team.technical_support)),
    ]);
    let note = Body::parse("Enterprise plan for 50 users. They want SSO, and to go live by the end of the month.");
    let notes = BTreeMap::from([("handoff".to_owned(), note.map_err(invalid)?)]);
    let start = Start {
        playbook: playbook.id.into(),
        deal: Some(deal.id.into()),
        account: None,
        start_date: None,
        roles,
        notes,
        join_url: None,
        key: Some(Name::parse("quickstart").map_err(invalid)?),
    };
    team.john.run(start).map(drop)
}

fn invalid(problem: &'static str) -> nexa_crm::Error {
    codes::FIELD_INVALID.with("field", "playbook").with("problem", problem)
}

/// The project with its tasks, as its manager sees them.
pub(crate) fn show(team: &Team) -> Result<()> {
    let Some(project) = first::<Project>(&team.maya, Filter::everything())? else { return Ok(()) };
    let overview = team.maya.ask(Overview { project: project.id.into() })?;
    println!(
        "\nProject: {} ({} to {})",
        project.name,
        project.start_date.map_or_else(String::new, |day| day.to_string()),
        project.due_date.map_or_else(String::new, |day| day.to_string()),
    );
    let mut tasks = table(&["task", "due", "priority", "status"]);
    let of = Find::<Task>::new().filter(Task::PROJECT.eq(project.id)).by(Task::RANK).limit(100);
    for task in team.maya.find(of)?.items {
        let due = task.due_date.map_or_else(String::new, |day| day.to_string());
        tasks.add_row([cell(&task.title), cell(due), cell(task.priority), cell(task.status)]);
    }
    println!("{tasks}");
    let counts = overview.tasks;
    println!(
        "{} % done; {} tasks to do, of which {} wait for others",
        overview.progress.map_or(0, |progress| progress.get()),
        counts.todo + counts.in_progress,
        counts.blocked
    );
    Ok(())
}
