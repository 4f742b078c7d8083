//! The tick: whatever is due in a tenant is done, in units, when the host calls.

mod outlook;
mod refused;
mod round;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::{
    outlook::OutlookJob,
    refused::RefusedJob,
    round::{Fired, RoundJob},
};
use super::{
    agenda::{Due, DueRequest},
    crm::Crm,
    envelope::Envelope,
    error::{Error, Result, codes},
    query::page_size,
    session::Session,
    time::CLOCK_AHEAD,
    value::Timestamp,
};

/// The cause of everything that a tick does.
const TICK: &str = "tick";

/// How much is done in one unit, as long as nothing fails.
const AT_ONCE: usize = 64;

/// What a tick did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticked {
    /// How many timers fired, and how many units of the ledger a consumer was given.
    pub done: usize,
    /// When something is due next, as far as that is known; now or before, when the limit left something.
    pub next_due: Option<Timestamp>,
}

impl Crm {
    /// The tenants in which something is due at a moment, those first in which it is due longest; at most `limit` (1,000). It reads
    /// nothing of a tenant but its identifier and that moment. With a moment in the future it says what will be due by then. For the
    /// host only.
    ///
    /// Errors: `page.size`, `store.unsupported`, `store.…`.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>> {
        let limit = page_size(Some(limit))?;
        self.store.due(DueRequest::new(now, limit, self.later.names().to_owned())).await
    }

    /// Does what is due in a tenant now: fires timers in the order in which they are due, and gives consumers what happened, in the
    /// order of the ledger; about `limit` (1,000) of them. Each is done with the mark that it is done, as one unit, so that it is done
    /// once, also when several tick at the same time, or a process is killed. Where nothing is due it reads one row and writes
    /// nothing. For the host only.
    ///
    /// What a consumer or a timer fails at is kept as a [`Failure`](crate::later::Failure); the tick goes on.
    ///
    /// What timers have said is to be done outside of units follows: the bytes of files that nobody needs go.
    ///
    /// Errors: `org.unknown`, `page.size`, `clock.ahead`, and `store.…` or `blobs.…` where the storage does not answer; what was done
    /// until then is done.
    pub async fn tick(&self, org: impl Into<Uuid>, limit: usize) -> Result<Ticked> {
        let limit = page_size(Some(limit))?;
        let session = self.system(org, TICK);
        let fired = Fired::default();
        let ticked = self.units(&session, limit, &fired).await?;
        for (timer, effect) in &*self.effects {
            if fired.has(timer) {
                effect(&session).await?;
            }
        }
        Ok(ticked)
    }

    /// Does what is due in units.
    async fn units(&self, session: &Session, limit: usize, fired: &Fired) -> Result<Ticked> {
        // A unit in which something fails is lost: the next ones do one thing each, until what fails has been found.
        let (mut done, mut singly) = (0, 0_usize);
        // A round that does nothing reads on; so the rounds are as limited as what is done.
        for _ in 0..limit {
            let outlook = session.read(OutlookJob::new(&self.later)).await?;
            if outlook.due_since.is_none() || done >= limit {
                return Ok(Ticked { done, next_due: outlook.due_since.or(outlook.next_timer) });
            }
            let budget = if singly > 0 { 1 } else { AT_ONCE.min(limit - done) };
            let round = RoundJob::new(&self.later, budget, fired);
            let tried = round.tried();
            match session.write(Envelope::default(), round).await {
                Ok(count) => {
                    done += count;
                    singly = singly.saturating_sub(1);
                }
                Err(error) if is_passing(&error) => return Err(error),
                Err(_) if budget > 1 => singly = AT_ONCE,
                Err(error) => {
                    let Some(tried) = tried.take() else { return Err(error) };
                    let later = Some(Arc::clone(&self.later));
                    let recorded = RefusedJob::new(tried.clone(), error.clone(), later);
                    match session.write(Envelope::default(), recorded).await {
                        Ok(()) => {}
                        Err(error) if is_passing(&error) => return Err(error),
                        // What should follow was refused as well: nothing stands still for it.
                        Err(_) => session.write(Envelope::default(), RefusedJob::new(tried, error, None)).await?,
                    }
                }
            }
        }
        let outlook = session.read(OutlookJob::new(&self.later)).await?;
        Ok(Ticked { done, next_due: outlook.due_since.or(outlook.next_timer) })
    }
}

/// Whether the same may succeed later without a change: nobody is to blame.
fn is_passing(error: &Error) -> bool {
    error.retryable() || error.is(&CLOCK_AHEAD) || error.is(&codes::ORG_UNKNOWN)
}
