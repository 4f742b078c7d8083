//! Whether the ledger is what was written, and the rows what the ledger says.

mod rows;

pub(crate) use self::rows::same;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    context::Context,
    error::{Code, Result},
    ledger::{EventQuery, Head, LEDGER_BROKEN, Seq, Verb, erased},
};

/// A stored row is not what the ledger recorded.
pub const ROW_DIFFERS: Code = Code::rule(
    "ledger.row_differs",
    "{field} of the {kind} {id} is not what the ledger recorded: {problem}. Somebody changed the storage beside Nexa; compare \
     with a backup.",
);

/// How many events are read at once.
const PAGE: usize = 1_000;

/// What a check of the ledger found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verified {
    /// How many events hold.
    pub events: u64,
    /// How many of them were erased, as an event of the erasure says.
    pub erased: u64,
    /// How many rows are what the ledger recorded; absent when they were not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// The hash of the last one, in hexadecimal; note it elsewhere to notice a rewritten ledger.
    pub head: String,
}

/// The numbers of events that were found blank and that no erasure has named yet, as ranges.
#[derive(Default)]
struct Blank(Vec<(Seq, Seq)>);

impl Blank {
    fn add(&mut self, seq: Seq) {
        match self.0.last_mut() {
            Some((_, last)) if *last + 1 == seq => *last = seq,
            _ => self.0.push((seq, seq)),
        }
    }

    /// Takes out what an erasure names.
    fn name(&mut self, (from, to): (Seq, Seq)) {
        let rest = |&(first, last): &(Seq, Seq)| {
            let left = (first < from).then(|| (first, last.min(from - 1)));
            let right = (last > to).then(|| (first.max(to + 1), last));
            left.into_iter().chain(right)
        };
        self.0 = self.0.iter().flat_map(rest).collect();
    }
}

impl Context<'_> {
    /// Checks every event of the tenant against the chain, and with `rows` every row against its events. Errors:
    /// `ledger.broken`, `ledger.row_differs`.
    pub async fn verify_ledger(&mut self, rows: bool) -> Result<Verified> {
        let (mut head, mut blank) = (Head::default(), Blank::default());
        let mut verified = Verified { events: 0, erased: 0, rows: None, head: String::new() };
        loop {
            let query = EventQuery { after: head.seq, limit: PAGE, ..EventQuery::default() };
            let events = self.tx.events(&query).await?;
            for event in &events {
                event.verify(&mut head)?;
                verified.events += 1;
                if event.salt.is_none() {
                    verified.erased += 1;
                    blank.add(event.seq);
                } else if event.verb == Verb::Erased {
                    // It can name only what was there before it; a later one is blank without a reason.
                    erased(event).into_iter().filter(|(_, to)| *to < event.seq).for_each(|range| blank.name(range));
                }
            }
            if rows {
                self.made_are_there(&events).await?;
            }
            if events.len() < PAGE {
                break;
            }
        }
        let broken = |seq: Seq, problem: &str| Err(LEDGER_BROKEN.with("seq", seq).with("problem", problem));
        let stored = self.tx.head();
        if stored.seq != head.seq || stored.hash != head.hash {
            return broken(stored.seq.max(head.seq), "is missing at the end of the chain");
        }
        if let Some((seq, _)) = blank.0.first() {
            return broken(*seq, "is blank, and no erasure names it");
        }
        if rows {
            verified.rows = Some(self.rows_are_as_recorded().await?);
        }
        verified.head = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(verified)
    }
}
