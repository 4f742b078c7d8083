//! A long run of many callers on PostgreSQL: nothing unexpected is refused, nothing grows, every ledger verifies.
//!
//! `nexa-benches --soak MINUTES`, which `cargo xtask soak` calls.

mod caller;
mod health;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use comfy_table::{Table, presets::ASCII_MARKDOWN};
use indicatif::{ProgressBar, ProgressStyle};
use nexa_crm::people::org::Verify;
use tokio::task::JoinSet;

use self::{
    caller::{Caller, Tally},
    health::Health,
};
use crate::{Outcome, postgres::Building};

const TENANTS: usize = 32;
/// In each tenant.
const CALLERS: usize = 3;
/// This share of the time fills caches and connections; what grows afterwards grows for ever.
const WARM_UP: f64 = 0.3;

/// Runs for so many minutes, and prints a table at the end.
pub(crate) fn run(minutes: f64) -> Outcome<()> {
    let time = Duration::try_from_secs_f64(60.0 * minutes)?;
    let building = Building::open(TENANTS)?;
    let (bar, began) = (progress(time)?, Instant::now());
    bar.set_message("filling");
    let mut callers = Vec::with_capacity(TENANTS * CALLERS);
    for tenant in &building.tenants {
        let contacts = Arc::new(tenant.contacts(20)?);
        for number in 0..CALLERS {
            callers.push(Caller::new(tenant.clone(), Arc::clone(&contacts), callers.len() as u64, number));
        }
    }
    let until = Instant::now() + time;
    let health = building.runtime.block_on(async {
        let mut running = JoinSet::new();
        for caller in callers {
            running.spawn(caller.live(until));
        }
        let mut tally = Tally::default();
        let mut health = Health::default();
        let mut owner = building.as_owner().await?;
        while !running.is_empty() {
            if let Ok(ended) = tokio::time::timeout(Duration::from_millis(500), running.join_next()).await {
                if let Some(ended) = ended {
                    tally.add(ended??);
                }
                continue;
            }
            let warm = began.elapsed().as_secs_f64() > WARM_UP * time.as_secs_f64();
            health.look(&mut owner, warm).await?;
            bar.set_position(began.elapsed().as_secs().min(time.as_secs()));
            bar.set_message(format!("{:.0} MB, {} connections", health.memory() / 1e6, health.connections()));
        }
        Ok::<_, crate::Trouble>((tally, health))
    });
    let (tally, health) = health?;
    bar.set_message("verifying");
    let mut events = 0;
    for tenant in &building.tenants {
        events += tenant.admin.ask(Verify::default())?.events;
    }
    bar.finish_and_clear();
    println!("{}", table(&tally, &health, events));
    health.judge()
}

fn progress(time: Duration) -> Outcome<ProgressBar> {
    let style = ProgressStyle::with_template("{elapsed} of {len} s {wide_bar} {msg}")?;
    Ok(ProgressBar::new(time.as_secs()).with_style(style))
}

fn table(tally: &Tally, health: &Health, events: u64) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(["what", "how often", "slowest"]);
    for (what, (count, slowest)) in tally.lines() {
        table.add_row([what.to_owned(), count.to_string(), format!("{:.0} ms", 1e3 * slowest.as_secs_f64())]);
    }
    table.add_row(["events, all verified".to_owned(), events.to_string(), String::new()]);
    for (what, value) in health.lines() {
        table.add_row([what, value, String::new()]);
    }
    table
}
