//! Writing down that a quote has expired, which it reads already.

use uuid::Uuid;

use super::{Quote, QuoteStatus};
use crate::{
    Context, Record, Result,
    kernel::{Timed, Timer},
};

/// Writes down that a quote has expired, so that those who follow what happens learn it.
pub(super) struct Expire;

impl Timed for Expire {
    const NAME: &'static str = "quote.expire";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let Some(row) = cx.unrestricted().row(Quote::def(), id).await? else { return Ok(()) };
        let quote = Quote::from_row(row)?;
        if quote.status == QuoteStatus::Expired {
            cx.save(quote).await?;
        }
        Ok(())
    }
}
