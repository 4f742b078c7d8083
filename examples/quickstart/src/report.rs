//! What a manager wants to look at: funnel, pipeline, campaign, the ticket's timeline, and whether the history holds.

use comfy_table::{Cell, CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use nexa_crm::{
    AggregateOf, Filter, GroupBy, MeasureOf, Result,
    marketing::{Campaign, campaign::PerformanceOf},
    people::org::Verify,
    sales::{Lead, deal::by_stage::ByStage},
    service::timeline::Timeline,
};

use crate::{
    onboarding, sale,
    team::{Team, first},
    ticket,
};

/// Shows everything; the story's own parts only when it was run.
pub(crate) fn show(team: &Team, story: bool) -> Result<()> {
    funnel(team)?;
    if story {
        pipeline(team)?;
        campaign(team)?;
        onboarding::show(team)?;
        timeline(team)?;
        sale::show(team)?;
    }
    let verified = team.lisa.ask(Verify::default())?;
    println!(
        "\nLedger: {} events, chain intact, head {}…",
        verified.events,
        verified.head.get(..16).unwrap_or_default()
    );
    Ok(())
}

fn funnel(team: &Team) -> Result<()> {
    let by_status = AggregateOf::<Lead>::new(
        Filter::everything(),
        vec![GroupBy::Field("status".to_owned())],
        vec![MeasureOf::Count, MeasureOf::Avg("score".to_owned())],
    );
    let rows = team.maya.aggregate(by_status)?;
    let count = |status: &str| {
        rows.iter()
            .find(|row| row.group.first().and_then(|value| value.as_str()) == Some(status))
            .and_then(|row| row.measures.first()?.as_u64())
            .unwrap_or_default()
    };
    let total: u64 = rows.iter().filter_map(|row| row.measures.first()?.as_u64()).sum();
    println!("\nLead funnel");
    let mut table = table(&["stage", "leads", "share", ""]);
    let converted = count("converted");
    let qualified = count("qualified") + converted;
    let contacted = count("contacted") + qualified;
    for (name, number) in
        [("came in", total), ("contacted", contacted), ("qualified", qualified), ("converted", converted)]
    {
        let share = (number * 100).checked_div(total).unwrap_or_default();
        let width = usize::try_from(share * 40 / 100).unwrap_or_default();
        table.add_row([cell(name), number_cell(number), number_cell(format!("{share} %")), cell("█".repeat(width))]);
    }
    println!("{table}");
    let high = team.maya.count::<Lead>(Lead::SCORE.ge(75))?;
    let medium = team.maya.count::<Lead>(Lead::SCORE.ge(50).and(Lead::SCORE.lt(75)))?;
    println!("By score: {high} high (75 and more), {medium} medium (50 to 74), {} low", total - high - medium);
    Ok(())
}

fn pipeline(team: &Team) -> Result<()> {
    let value = team.john.ask(ByStage::default())?;
    println!("\nPipeline");
    let mut table = table(&["stage", "deals", "probability", "value", "weighted"]);
    for stage in &value.stages {
        table.add_row([
            cell(&stage.stage),
            number_cell(stage.deals.count),
            number_cell(stage.probability),
            number_cell(stage.deals.total.converted),
            number_cell(stage.deals.weighted.converted),
        ]);
    }
    table.add_row([
        cell("open"),
        number_cell(value.open.count),
        cell(""),
        number_cell(value.open.total.converted),
        number_cell(value.open.weighted.converted),
    ]);
    println!("{table}");
    Ok(())
}

fn campaign(team: &Team) -> Result<()> {
    let Some(campaign) = first::<Campaign>(&team.maya, Filter::everything())? else { return Ok(()) };
    let brought = team.maya.ask(PerformanceOf { campaign: campaign.id.into() })?;
    println!("\nCampaign: {}", campaign.name);
    let mut table = table(&["", "leads", "converted"]);
    for (name, figures) in [
        ("high", brought.bands.high),
        ("medium", brought.bands.medium),
        ("low", brought.bands.low),
        ("all", brought.leads),
    ] {
        table.add_row([cell(name), number_cell(figures.generated), number_cell(figures.converted)]);
    }
    println!("{table}");
    let times = |roi: Option<_>| {
        roi.map_or_else(|| "unknown".to_owned(), |roi: nexa_crm::Decimal| format!("{} times", roi.normalize()))
    };
    println!(
        "Cost {}, pipeline {} (return {}), won {} (return {})",
        brought.cost.map_or_else(String::new, |cost| cost.to_string()),
        brought.pipeline.in_base,
        times(brought.roi_pipeline),
        brought.won.in_base,
        times(brought.roi_won),
    );
    Ok(())
}

fn timeline(team: &Team) -> Result<()> {
    let page = team.lisa.ask(Timeline::of(ticket::key()))?;
    println!("\nTicket: who did what, when and why (as an admin sees it)");
    let mut table = table(&["when", "who", "what", "why"]);
    for entry in page.items {
        let at = entry.change.at.to_string();
        table.add_row([
            cell(at.get(..19).unwrap_or(&at).replace('T', " ")),
            cell(entry.name.unwrap_or(entry.change.actor)),
            cell(entry.did),
            cell(entry.change.reason.unwrap_or_default()),
        ]);
    }
    println!("{table}");
    Ok(())
}

pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED).set_header(header.to_vec());
    table
}

pub(crate) fn cell(text: impl ToString) -> Cell {
    Cell::new(text)
}

fn number_cell(number: impl ToString) -> Cell {
    Cell::new(number).set_alignment(CellAlignment::Right)
}
