//! From a webinar to deals: import, score, route, contact, qualify, convert, win. (Workflow scenarios 1.)

use indicatif::{ProgressBar, ProgressStyle};
use nexa_crm::{
    Amount, Choice, Create, Currency, Envelope, Filter, Find, Id, Money, Op, Result,
    blocking::Session,
    import::{ImportOptions, Progress},
    marketing::Campaign,
    productivity::{Task, TaskStatus, task},
    sales::{
        Deal, DealStatus, Lead,
        deal::{lifecycle::Win, stage::Move},
        lead::{Band, BantInput, Contacted, Convert, NewDeal, Qualify, Route, Status},
    },
};
use serde_json::json;

use crate::team::{Team, first};

/// The registrants; the file ships with the example.
const REGISTRANTS: &str = include_str!("../data/registrants.csv");

/// Which columns say what a registrant did; the others are guessed.
const ENGAGEMENT: &str = "Registered Early=engagement:registered_early,Attended=engagement:attended,\
    Questions Asked=engagement:question_asked,Downloaded Brochure=engagement:content_downloaded,\
    Opened Mail=engagement:mail_opened,Demo Requested=engagement:demo_requested,Referred By Customer=ignore";

/// How many of each band become deals in the story.
const CONVERTED: [(Band, u64); 2] = [(Band::High, 30), (Band::Medium, 40)];

/// What the story does on a first run; on the next there is nothing left to do.
pub(crate) fn hold(team: &Team) -> Result<()> {
    let campaign = campaign(&team.maya)?;
    import(&team.maya, campaign)?;
    route(team, campaign)?;
    for (band, wanted) in CONVERTED {
        convert(team, campaign, band, wanted)?;
    }
    sell(team)
}

fn campaign(maya: &Session) -> Result<Id<Campaign>> {
    const NAME: &str = "Q4 Product Webinar";
    if let Some(campaign) = first::<Campaign>(maya, Campaign::NAME.eq(NAME))? {
        return Ok(campaign.id);
    }
    let create = Create::new()
        .set(Campaign::NAME, NAME)
        .set(Campaign::TYPE, "webinar")
        .set(Campaign::GOAL, "Generate 100 qualified leads")
        .set(Campaign::TARGET_AUDIENCE, "Enterprise IT Managers")
        .set(Campaign::BUDGET, dollars(5_000));
    Ok(maya.run(create)?.id)
}

fn import(maya: &Session, campaign: Id<Campaign>) -> Result<()> {
    let bar = bar("Import", REGISTRANTS.len() as u64);
    let options = ImportOptions::new()
        .map(ENGAGEMENT)
        .set("source", "webinar")
        .set("campaign", json!(campaign))
        .run("import:registrants.csv");
    let report = maya.import_csv::<Lead>(REGISTRANTS.as_bytes(), options, |progress: &Progress| {
        bar.set_position(progress.bytes);
        bar.set_message(format!("{} rows", progress.counts.rows));
    })?;
    bar.finish_with_message(format!(
        "{} rows: {} new leads, {} known already, {} refused",
        report.counts.rows, report.counts.created, report.counts.skipped, report.counts.refused
    ));
    Ok(())
}

/// Every lead goes where its score sends it: the senior rep, the rep, or the nurture list.
fn route(team: &Team, campaign: Id<Campaign>) -> Result<()> {
    let mut after = None;
    let total = team.maya.count::<Lead>(of(campaign))?;
    let bar = bar("Route", total);
    loop {
        let page = team.maya.find(Find::<Lead>::new().filter(of(campaign)).limit(500).after(after))?;
        for lead in &page.items {
            bar.inc(1);
            if lead.status == Status::New && lead.assignee.is_none() {
                let once = Envelope::once(format!("route {}", lead.id));
                team.maya.run_with(once, Route { lead: lead.id.into() })?;
            }
        }
        after = page.next;
        if after.is_none() {
            bar.finish_with_message(format!("{total} leads are where their score sends them"));
            return Ok(());
        }
    }
}

/// The reps call, qualify and convert until the story's number is reached.
fn convert(team: &Team, campaign: Id<Campaign>, band: Band, wanted: u64) -> Result<()> {
    let rep = if band == Band::High { &team.john } else { &team.mike };
    let in_band = of(campaign).and(match band {
        Band::High => Lead::SCORE.ge(75),
        _ => Lead::SCORE.ge(50).and(Lead::SCORE.lt(75)),
    });
    let done = rep.count::<Lead>(in_band.clone().and(Lead::STATUS.eq(Status::Converted)))?;
    let bar = bar(if band == Band::High { "Convert hot" } else { "Convert warm" }, wanted);
    bar.set_position(done);
    let open = in_band.and(Lead::STATUS.any_of([Status::New, Status::Contacted, Status::Qualified]));
    let left = usize::try_from(wanted.saturating_sub(done)).unwrap_or_default();
    let mut leads = Vec::new();
    if left > 0 {
        let best_first = Find::<Lead>::new().filter(open).by_descending(Lead::SCORE).by(Lead::EMAIL).limit(left);
        leads = rep.find(best_first)?.items;
    }
    for lead in leads {
        if lead.status == Status::New {
            rep.run_with(Envelope::because("Follow-up call"), Contacted { lead: lead.id.into() })?;
        }
        for task in tasks(rep, &lead)? {
            rep.run(task::Complete::of(task.id))?;
        }
        if lead.status != Status::Qualified {
            let qualify = Qualify { lead: lead.id.into(), bant: Some(BantInput::all_met()) };
            rep.run_with(Envelope::because("Demo held, all four criteria met"), qualify)?;
        }
        let deal = NewDeal { amount: Some(dollars(50_000)), ..NewDeal::default() };
        rep.run(Convert { deal: Some(deal.into()), ..Convert::of(lead.id) })?;
        bar.inc(1);
    }
    bar.finish_with_message(format!("{wanted} contacts and deals"));
    Ok(())
}

fn tasks(rep: &Session, lead: &Lead) -> Result<Vec<Task>> {
    let about = Filter::compare("about.id", Op::Eq, lead.id).and(Task::STATUS.eq(TaskStatus::Todo));
    Ok(rep.find(Find::new().filter(about))?.items)
}

/// Some deals move on, and ten are won.
fn sell(team: &Team) -> Result<()> {
    let fresh = Deal::STAGE.eq("qualification").and(Deal::STATUS.eq(DealStatus::Open));
    if team.john.count::<Deal>(Deal::STATUS.eq(DealStatus::Won))? > 0 {
        return Ok(());
    }
    let deals = team.john.find(Find::<Deal>::new().filter(fresh).by(Deal::NAME).limit(40))?.items;
    for (position, deal) in deals.iter().enumerate() {
        team.john.run(Move { deal: deal.id.into(), stage: stage("proposal")? })?;
        if position % 2 == 0 {
            team.john.run(Move { deal: deal.id.into(), stage: stage("negotiation")? })?;
        }
        if position % 4 == 0 {
            team.john.run_with(Envelope::because("Contract signed"), Win::of(deal.id))?;
        }
    }
    Ok(())
}

fn stage(name: &str) -> Result<Choice> {
    Choice::parse(name).map_err(|problem| {
        nexa_crm::kernel::error::codes::FIELD_INVALID.with("field", "stage").with("problem", problem)
    })
}

fn of(campaign: Id<Campaign>) -> Filter {
    Lead::CAMPAIGN.eq(campaign)
}

pub(crate) fn dollars(whole: i64) -> Money {
    Money::new(Amount::from_ten_thousandths(whole * 10_000), Currency::USD)
}

/// A bar with a name, a rate and the time that is left.
pub(crate) fn bar(name: &'static str, length: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix:>14} {bar:30.cyan/blue} {percent:>3} % {per_sec:>12} {eta:>4} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_prefix(name)
}
