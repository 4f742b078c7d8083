//! Records that are seen by more than one other: through a chain of them, or by several at once.
//!
//! Where two of them changed between two reads, neither event alone says that the record left: with the first the second had not
//! changed yet, and with the second the first had. So each is taken as it ever was. What may be said too much by that is that a
//! record is gone which was seen only at some other time, or of which all was to be seen, but not at once.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    past::{Back, Past},
    reading::{Bounded, Reading, Spent},
};
use crate::{
    context::{Context, Instead},
    filter::{Alone, Predicate},
    maybe_send::BoxFuture,
    record::{RecordDef, Row},
};

/// Whether a row is held against a predicate by more than one other record at once.
pub(super) fn is_chained(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::And(all) => {
            all.iter().filter(|one| !one.relations().is_empty()).count() > 1 || all.iter().any(is_chained)
        }
        Predicate::Or(any) => any.iter().any(is_chained),
        Predicate::Not(one) => is_chained(one),
        Predicate::Through(_, _, inner) => !inner.relations().is_empty(),
        _ => false,
    }
}

impl Reading {
    /// Whether a predicate is true of a row with the others as any of them ever was; one of them may be given.
    pub(super) fn ever_held<'a>(
        &'a mut self,
        cx: &'a mut Context<'_>,
        predicate: &'a Predicate,
        row: &'a Row,
        given: Option<&'a Instead<'a>>,
    ) -> BoxFuture<'a, Bounded<bool>> {
        Box::pin(async move {
            match predicate {
                Predicate::And(all) => {
                    for one in all {
                        match self.ever_held(cx, one, row, given).await? {
                            Ok(true) => {}
                            other => return Ok(other),
                        }
                    }
                    Ok(Ok(true))
                }
                Predicate::Or(any) => {
                    for one in any {
                        match self.ever_held(cx, one, row, given).await? {
                            Ok(false) => {}
                            other => return Ok(other),
                        }
                    }
                    Ok(Ok(false))
                }
                Predicate::Not(one) if !one.relations().is_empty() => Ok(Ok(true)),
                Predicate::Through(column, of, inner) => {
                    for id in row.pointed_at(*column, of) {
                        let states = match given.filter(|given| given.kind == of.kind && given.id == id) {
                            Some(given) => given.row.cloned().into_iter().collect(),
                            None => match self.states(cx, of, id).await? {
                                Ok(states) => states,
                                Err(Spent) => return Ok(Err(Spent)),
                            },
                        };
                        for state in states.iter().filter(|state| state.live(of)) {
                            match self.ever_held(cx, inner, state, given).await? {
                                Ok(false) => {}
                                other => return Ok(other),
                            }
                        }
                    }
                    Ok(Ok(false))
                }
                plain => Ok(Ok(plain.holds(row, &Alone) == Some(true))),
            }
        })
    }

    /// A record as it is and ever was.
    async fn states(&mut self, cx: &mut Context<'_>, of: &'static RecordDef, id: Uuid) -> Bounded<Arc<[Row]>> {
        if let Some(known) = self.states.get(&(of.kind, id)) {
            return Ok(Ok(Arc::clone(known)));
        }
        let current = cx.row(of, id).await?;
        let mut states: Vec<Row> = current.iter().cloned().collect();
        let mut past = Past::of(of, id, current);
        loop {
            match past.step(cx, &mut self.past_left).await? {
                Back::To(turn) => states.extend(turn.before),
                Back::Beginning => break,
                Back::Spent => return Ok(Err(Spent)),
            }
        }
        let states: Arc<[Row]> = states.into();
        self.states.insert((of.kind, id), Arc::clone(&states));
        Ok(Ok(states))
    }
}
