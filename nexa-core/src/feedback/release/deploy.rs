//! Deploying a release: what it answers is there, the tickets behind it are resolved, and each customer is told once.

use std::collections::BTreeMap;

use super::{
    ROLLED_BACK, Release, ReleaseOutcome, ReleaseStatus, ReleaseTicket, TicketOutcome,
    notice::{self, Notice},
};
use crate::{
    Assignee, Body, Command, Context, Id, PlainText, Record, Ref, Result, command,
    feedback::{Bug, BugStatus, BugTicket, FeatureRequest, FeatureRequestStatus},
    mail::plan::{DEDUP_TAKEN, NO_PREFERENCES_PAGE},
    people::{Group, org},
    service::{Ticket, TicketStatus, ticket},
};

impl Release {
    /// Error: `release.was_rolled_back`.
    fn may_deploy(&self) -> Result<()> {
        match self.status {
            ReleaseStatus::RolledBack => Err(ROLLED_BACK.with("name", &self.name)),
            ReleaseStatus::Planned | ReleaseStatus::Deployed => Ok(()),
        }
    }
}

/// Says that customers have a release: its bugs are `released`, its requests `shipped`. Once: again answers what came of it.
///
/// Where the organisation says so (`releases.resolve_tickets` of `org.configure`), each ticket of these bugs is resolved in the same unit
/// that is not resolved or closed and whose other bugs are fixed too, whatever of it the actor sees. Each customer of those gets one mail,
/// about the newest of their tickets, which names all of them; who has no address is listed.
///
/// Errors: `release.was_rolled_back`.
#[command(
    "deploy",
    on = Release,
    guard = Release::may_deploy,
    errors(ROLLED_BACK, ticket::CLOSED, ticket::NOT_RESOLVED, DEDUP_TAKEN, NO_PREFERENCES_PAGE)
)]
pub struct Deploy {
    /// The release.
    pub release: Ref<Release>,
    /// What customers are told, above the list of their tickets; a standard text unless said.
    pub message: Option<PlainText>,
}

impl Command for Deploy {
    type Output = ReleaseOutcome;
    async fn run(&self, release: Release, cx: &mut Context<'_>) -> Result<ReleaseOutcome> {
        if release.status == ReleaseStatus::Deployed {
            cx.answers_again();
            return ReleaseOutcome::of(cx, release).await;
        }
        let release = Release { status: ReleaseStatus::Deployed, deployed_at: Some(cx.now()), ..release };
        let release = cx.save(release).await?;
        let bugs = bring_fixes(cx, &release).await?;
        bring_features(cx, &release).await?;
        if org::settings(cx).await?.release_settings().resolve_tickets {
            resolve_tickets(cx, &release, &bugs, self.message.as_ref()).await?;
        }
        ReleaseOutcome::of(cx, release).await
    }
}

/// Releases the bugs, but for those with which nobody goes on.
async fn bring_fixes(cx: &mut Context<'_>, release: &Release) -> Result<Vec<Bug>> {
    let mut bugs: Vec<Bug> = cx.unrestricted().matching(Bug::FIXED_IN, &release.id).await?;
    bugs.retain(|bug| !bug.is_rejected());
    let mut released = Vec::with_capacity(bugs.len());
    for mut bug in bugs {
        bug.status = BugStatus::Released;
        (bug.released_at, bug.recurred_at) = (release.deployed_at, None);
        released.push(cx.save(bug).await?);
    }
    Ok(released)
}

/// Ships the requests, but for those that were declined.
async fn bring_features(cx: &mut Context<'_>, release: &Release) -> Result<()> {
    let requests: Vec<FeatureRequest> = cx.unrestricted().matching(FeatureRequest::SHIPPED_IN, &release.id).await?;
    for mut request in requests {
        if request.status != FeatureRequestStatus::Declined {
            request.status = FeatureRequestStatus::Shipped;
            request.shipped_at = release.deployed_at;
            cx.save(request).await?;
        }
    }
    Ok(())
}

/// Resolves the tickets of these bugs that wait for nothing else, and tells the customers.
async fn resolve_tickets(
    cx: &mut Context<'_>,
    release: &Release,
    bugs: &[Bug],
    message: Option<&PlainText>,
) -> Result<()> {
    let mut behind: BTreeMap<Id<Ticket>, Option<Id<Group>>> = BTreeMap::new();
    for bug in bugs {
        let group = match bug.assignee {
            Some(Assignee::Group(group)) => Some(Id::new(group)),
            _ => None,
        };
        for link in BugTicket::of_bug(cx, bug.id).await? {
            let known = behind.entry(link.ticket).or_default();
            *known = known.or(group);
        }
    }
    let resolution = Body::parse(&format!("Fix deployed in {}", release.spoken())).ok();
    let (mut outcomes, mut resolved) = (Vec::with_capacity(behind.len()), Vec::new());
    for (id, on_behalf_of) in behind {
        let Some(row) = cx.unrestricted().row(Ticket::def(), id.uuid()).await? else { continue };
        let mut ticket = Ticket::from_row(row)?;
        let mut outcome = ReleaseTicket {
            release: release.id,
            ticket: id,
            outcome: outcome_for(cx, &ticket).await?,
            ..ReleaseTicket::default()
        };
        if outcome.outcome == TicketOutcome::Resolved {
            ticket.move_to(TicketStatus::Resolved, None, cx.now())?;
            ticket.resolution.clone_from(&resolution);
            (outcome.on_behalf_of, outcome.contact) = (on_behalf_of, ticket.contact);
            resolved.push(cx.save(ticket).await?);
        }
        outcomes.push(outcome);
    }
    let notices = notice::tell(cx, release, resolved, message).await?;
    for mut outcome in outcomes {
        match notices.get(&outcome.ticket) {
            Some(Notice::Planned(mail)) => outcome.mail = Some(*mail),
            Some(Notice::Skipped(mail, why)) => {
                (outcome.mail, outcome.not_told) = (Some(*mail), Some(why.clone()));
            }
            Some(Notice::None(why)) => outcome.not_told = Some(why.clone()),
            None => {}
        }
        cx.unrestricted().insert(outcome).await?;
    }
    Ok(())
}

/// What a release is to do to a ticket.
async fn outcome_for(cx: &mut Context<'_>, ticket: &Ticket) -> Result<TicketOutcome> {
    if ticket.deleted_at.is_some() {
        return Ok(TicketOutcome::Trashed);
    }
    match ticket.status {
        TicketStatus::Closed => return Ok(TicketOutcome::Closed),
        TicketStatus::Resolved => return Ok(TicketOutcome::WasResolved),
        TicketStatus::Open | TicketStatus::Pending | TicketStatus::InProgress => {}
    }
    for link in BugTicket::of_ticket(cx, ticket.id).await? {
        let row = cx.unrestricted().row(Bug::def(), link.bug.uuid()).await?.filter(|row| row.live(Bug::def()));
        if row.map(Bug::from_row).transpose()?.is_some_and(|bug| bug.is_unfixed()) {
            return Ok(TicketOutcome::OtherBugOpen);
        }
    }
    Ok(TicketOutcome::Resolved)
}
