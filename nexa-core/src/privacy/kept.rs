//! What was kept, once its time is over.

use std::collections::BTreeSet;

use super::{
    erase::certified,
    erasure::{Erasure, of_kept},
    taken::take_away,
};
use crate::{
    Context, Document, Id, Result,
    kernel::{
        Timed, Timer,
        idempotency::fingerprint,
        later::set_timer,
        person::{OfKind, Sum},
        uuid::Uuid,
    },
};

/// Erases what an erasure had kept until now, and says so in its certificate.
pub(crate) struct EndOfHold;

impl Timed for EndOfHold {
    const NAME: &'static str = "person.erase_kept";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let erasure: Erasure = cx.unrestricted().load(Id::new(id)).await?;
        let now = cx.now();
        let (due, mut kept): (Vec<_>, Vec<_>) =
            erasure.kept.0.iter().cloned().partition(|kept| kept.until.is_some_and(|until| until <= now));
        let person = cx.named_records(&of_kept(&due)).await?;
        // A hold may last longer than was known.
        let longer = cx.held_records(&person).await?;
        for mut still in due {
            if let Some((_, held)) = longer.iter().find(|((kind, id), _)| *kind == still.kind && *id == still.id) {
                (still.reason, still.until) = (held.reason.clone(), held.until);
                kept.push(still);
            }
        }
        // Those whose time is not over share addresses with these, and keep their history.
        let held: BTreeSet<_> =
            cx.named_records(&of_kept(&kept)).await?.records().map(|(def, id)| (def.kind, id)).collect();
        let sum = take_away(cx, &person, &held).await?;
        let erasure = cx.save(joined(Erasure { kept: Document(kept), ..erasure }, &sum)).await?;
        plan(cx, &erasure).await
    }
}

/// Sees to it that what is kept goes when its time is over.
pub(super) async fn plan(cx: &mut Context<'_>, erasure: &Erasure) -> Result<()> {
    match erasure.kept_until {
        Some(until) => set_timer::<EndOfHold>(cx, &erasure.id.to_string(), until, None).await,
        None => Ok(()),
    }
}

/// A certificate with what a later erasure of the same person came to.
pub(super) fn joined(before: Erasure, sum: &Sum) -> Erasure {
    let more = certified(before.clone(), sum);
    let mut records: Vec<OfKind> = before.records.0;
    for OfKind { kind, ids } in more.records.0 {
        match records.iter_mut().find(|known| known.kind == kind) {
            Some(known) => known.ids.extend(ids),
            None => records.push(OfKind { kind, ids }),
        }
    }
    Erasure {
        records: Document(records),
        record_count: before.record_count + more.record_count,
        event_count: before.event_count + more.event_count,
        answer_count: before.answer_count + more.answer_count,
        digest: fingerprint(&[&before.digest, &more.digest]),
        ..more
    }
}
