//! Commands beside the same rows written by hand: one caller, and 64 at once.

use nexa_crm::{
    Id, Money,
    sales::{Contact, Lead, lead::Convert},
    service::{
        Ticket,
        ticket::{Create, TicketChannel, TicketPriority, TicketType},
    },
};
use uuid::Uuid;

use super::callers::{CALLERS, at_once};
use crate::{
    Outcome,
    by_hand::ByHand,
    figure::{Figure, Target},
    ledger::Ledger,
    office::Office,
    same,
    turns::{timed, turns},
};

/// How much is run.
struct Amount {
    turns: usize,
    /// Operations in a turn of one caller.
    alone: usize,
    /// Operations in a turn of all callers.
    together: usize,
}

impl Amount {
    const fn of(short: bool) -> Self {
        if short {
            Self { turns: 1, alone: 20, together: 2 * CALLERS }
        } else {
            Self { turns: 20, alone: 100, together: 10 * CALLERS }
        }
    }
    const fn operations(&self) -> usize {
        (self.turns + 1) * (self.alone + self.together)
    }
}

/// `lead.convert`.
pub(crate) fn convert(short: bool) -> Outcome<Vec<Figure>> {
    let amount = Amount::of(short);
    let mut office = Office::open()?;
    let leads = office.tenant.leads(amount.operations())?;
    office.reopen()?;
    let money = Money::parse("50000.00 USD")?;
    let ours = |lead: &Id<Lead>| -> Outcome<()> {
        office.tenant.agent.run(Convert::of(*lead).amount(money))?;
        Ok(())
    };
    let by_hand = |hand: &ByHand, ledger: &mut Ledger, lead: &Id<Lead>| {
        hand.convert(ledger, office.tenant.agent_id.uuid(), lead.uuid())
    };
    beside("convert", &amount, &office, &leads, ours, by_hand)
}

const DESCRIPTION: &str = "Since this morning the dashboard answers with a blank page in every browser that we tried. The password \
    was reset twice. Fourteen people cannot work.";

/// `ticket.create`.
pub(crate) fn ticket(short: bool) -> Outcome<Vec<Figure>> {
    let amount = Amount::of(short);
    let mut office = Office::open()?;
    let contacts = office.tenant.contacts(if short { 100 } else { 1_000 })?;
    office.reopen()?;
    let issues: Vec<(String, Id<Contact>)> = (0..amount.operations())
        .zip(contacts.iter().cycle())
        .map(|(number, contact)| (format!("Cannot open dashboard {number} since the update"), *contact))
        .collect();
    let ours = |(subject, contact): &(String, Id<Contact>)| -> Outcome<()> {
        let create = Create::new(subject)
            .set(Ticket::DESCRIPTION, DESCRIPTION)
            .set(Ticket::PRIORITY, TicketPriority::High)
            .set(Ticket::TYPE, TicketType::Problem)
            .set(Ticket::CHANNEL, TicketChannel::Email)
            .set(Ticket::CONTACT, *contact);
        office.tenant.agent.run(create)?;
        Ok(())
    };
    let by_hand = |hand: &ByHand, ledger: &mut Ledger, (subject, contact): &(String, Id<Contact>)| {
        let _: Uuid = hand.ticket(ledger, office.tenant.agent_id.uuid(), contact.uuid(), subject, DESCRIPTION)?;
        Ok(())
    };
    beside("ticket", &amount, &office, &issues, ours, by_hand)
}

/// Runs both sides over the same work, from the same state of the file.
fn beside<T: Sync>(
    name: &str,
    amount: &Amount,
    office: &Office,
    work: &[T],
    ours: impl Fn(&T) -> Outcome<()> + Sync,
    by_hand: impl Fn(&ByHand, &mut Ledger, &T) -> Outcome<()>,
) -> Outcome<Vec<Figure>> {
    let hand = ByHand::open(&office.copy("by_hand.db")?, office.tenant.org)?;
    let (alone, together) = work.split_at((amount.turns + 1) * amount.alone);

    let single = turns(
        amount.turns,
        amount.alone,
        |turn| timed(|| share(alone, turn, amount.alone).iter().try_for_each(&ours)),
        |turn| {
            timed(|| {
                share(alone, turn, amount.alone)
                    .iter()
                    .try_for_each(|one| hand.together(|hand, ledger| by_hand(hand, ledger, one)))
            })
        },
    )?;
    let grouped = turns(
        amount.turns,
        amount.together,
        |turn| at_once(share(together, turn, amount.together), &ours),
        |turn| {
            timed(|| {
                share(together, turn, amount.together).chunks(CALLERS).try_for_each(|group| {
                    hand.together(|hand, ledger| group.iter().try_for_each(|one| by_hand(hand, ledger, one)))
                })
            })
        },
    )?;
    drop(hand);
    same::check(&office.path(), &office.beside("by_hand.db"), office.tenant.org, office.tenant.admin.principal())?;
    let against_single = single.baseline / grouped.ours;
    Ok(vec![
        single.rate(format!("{name}, one caller"), Some(Target::AtLeast(0.85))),
        grouped.rate(format!("{name}, {CALLERS} callers; baseline: {CALLERS} in a commit"), Some(Target::AtLeast(0.6))),
        Figure {
            measure: format!("{name}, {CALLERS} callers; baseline: one in a commit"),
            ours: format!("{:.0}/s", 1.0 / grouped.ours),
            baseline: format!("{:.0}/s", 1.0 / single.baseline),
            ratio: Some(against_single),
            processor: None,
            target: None,
        },
    ])
}

/// What is done in one turn.
fn share<T>(work: &[T], turn: usize, count: usize) -> &[T] {
    work.get(turn * count..(turn + 1) * count).unwrap_or_default()
}
