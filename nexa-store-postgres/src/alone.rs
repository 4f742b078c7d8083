//! One unit in a transaction of its own, or of its host.

use nexa_kernel::{Error, error::Result, ledger::Head, record::RecordDef, store::Batch};

use crate::{
    begin::Begun,
    cache::Cache,
    careful,
    failure::Failure,
    link::Link,
    references::{Touched, broken},
    script::{Answered, Asked, Script, Step},
    unit::Unit,
    write::{self, Net},
};

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// At once; what is refused then ends the transaction.
    Fast,
    /// One after another, each asked about first.
    Careful,
}

/// What came of a unit whose transaction is still open.
pub(crate) struct Ran {
    pub(crate) result: Result<()>,
    /// Whether there is something to commit.
    pub(crate) written: bool,
}

/// A unit on its way.
struct Running<'l, 'c> {
    link: &'l mut Link<'c>,
    /// What was prefetched, as long as it holds.
    cache: Cache,
    manner: Manner,
    head: Head,
    written: bool,
    touched: Vec<Touched>,
    lost: Option<Error>,
}

/// Runs a unit on an open transaction that holds the tenant. After a failure the transaction is to be rolled back.
pub(crate) async fn run(
    link: &mut Link<'_>,
    kinds: &[&'static RecordDef],
    unit: &Unit,
    begun: Begun,
    manner: Manner,
) -> Result<Ran, Failure> {
    let Begun { head, clock, cache } = begun;
    let mut script = Script::start(&unit.work, head, clock, true);
    let mut running = Running { link, cache, manner, head, written: false, touched: Vec::new(), lost: None };
    let ended = loop {
        match script.step() {
            Step::Ends(result) => break result,
            Step::Asks(asked) => {
                let answer = running.answer(asked, &mut script).await?;
                script.answer(answer);
            }
        }
    };
    let Running { link, written, touched, lost, .. } = running;
    let mut result = ended.and(lost.map_or(Ok(()), Err));
    if result.is_ok() && manner == Manner::Careful {
        result = broken(link, kinds, &touched).await?.map_or(Ok(()), Err);
    }
    Ok(Ran { written: written && result.is_ok(), result })
}

impl Running<'_, '_> {
    async fn answer(&mut self, asked: Asked, script: &mut Script) -> Result<Result<Answered>, Failure> {
        Ok(match asked {
            Asked::Apply(batch) => match &self.lost {
                Some(lost) => Err(lost.clone()),
                None => self.apply(batch, script).await?,
            },
            other => Ok(read(self.link, &mut self.cache, other).await?),
        })
    }

    async fn apply(&mut self, batch: Batch, script: &mut Script) -> Result<Result<Answered>, Failure> {
        let Batch { changes, mut events, erased } = batch;
        self.cache = Cache::default();
        self.written |= !changes.is_empty() || !events.is_empty() || !erased.is_empty();
        let net = match self.manner {
            Manner::Fast => Net::of(changes),
            Manner::Careful => {
                if let Err(refusal) = careful::apply(self.link, changes, &mut self.touched).await? {
                    self.lost = Some(refusal.clone());
                    return Ok(Err(refusal));
                }
                Net::default()
            }
        };
        if !erased.is_empty() {
            self.link.erase_events(&erased).await?;
        }
        for event in &mut events {
            event.seal(&mut self.head);
        }
        let head = (!events.is_empty()).then_some(self.head);
        write::write(self.link, net, &events, head, true).await?;
        script.moved(self.head);
        Ok(Ok(Answered::Done))
    }
}

/// Answers a question that changes nothing.
pub(crate) async fn read(link: &mut Link<'_>, cache: &mut Cache, asked: Asked) -> Result<Answered, Failure> {
    if let Some(known) = cache.answer(&asked) {
        return Ok(known);
    }
    Ok(match asked {
        Asked::Prefetch(_) | Asked::Load { .. } | Asked::Recorded(_) => {
            cache.fetch(link, std::iter::once(&asked)).await?;
            cache.answer(&asked).unwrap_or(Answered::Done)
        }
        Asked::Select(query) => Answered::Rows(link.select(&query).await?),
        Asked::Aggregate(query) => Answered::Rows(link.aggregate(&query).await?),
        Asked::Events(query) => Answered::Events(link.events(&query).await?),
        Asked::Apply(_) => Answered::Done,
    })
}
