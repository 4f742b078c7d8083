//! What records are about must be there.

use super::{REFERENCE_GONE, TRASHED_TOO};
use crate::{
    context::Context,
    error::{Error, Result, codes},
    record::{RecordDef, Ref, Row, Topic},
};

impl Context<'_> {
    /// Refuses what is about a record that the actor may not see or that is not there; in the place of a merged record its survivor
    /// is named. What a record was about before is not asked again, and a thing of the host is the host's to know. Error:
    /// `reference.broken`.
    pub(crate) async fn check_topics(&mut self, def: &RecordDef, row: &mut Row, before: Option<&Row>) -> Result<()> {
        for topic in def.follows.iter().copied() {
            let known = before.map(|before| topic.named(before)).unwrap_or_default();
            for (kind, id) in topic.named(row) {
                if known.iter().any(|(of, known)| *of == kind && *known == id) {
                    continue;
                }
                let broken = || codes::REFERENCE_BROKEN.with("field", field_of(def, topic)).with("kind", &kind);
                let of = self.kind(&kind).map_err(|_| broken())?;
                // What only rules keep is nothing to be about, nor, unless it is named, what is itself seen through what it is about.
                if !def.may_be_about(topic, of) {
                    return Err(broken());
                }
                let there = self.visible_row(of, &Ref::<()>::Id(id.into()), false).await;
                let there = there.map_err(|error| if is_absence(&error) { broken() } else { error })?.id(of);
                if there != id {
                    topic.replace(row, (&kind, id), (&kind, there));
                }
            }
        }
        Ok(())
    }

    /// Refuses to bring back what is about a record in the trash. One that was purged since stays what it was about. Error:
    /// `restore.reference_gone`.
    pub(crate) async fn check_topics_again(&mut self, def: &RecordDef, row: &Row) -> Result<()> {
        for topic in def.follows.iter().copied() {
            for (kind, id) in topic.named(row) {
                let Ok(of) = self.kind(&kind) else { continue };
                if self.row(of, id).await?.is_some_and(|row| !row.live(of)) {
                    let gone =
                        REFERENCE_GONE.with("kind", def.kind).with("field", field_of(def, topic)).with("of", of.kind);
                    return Err(gone.with("id", id).with("problem", TRASHED_TOO));
                }
            }
        }
        Ok(())
    }
}

fn is_absence(error: &Error) -> bool {
    error.is(&codes::NOT_FOUND) || error.is(&codes::TRASHED)
}

fn field_of(def: &RecordDef, topic: Topic) -> &str {
    let path = def.columns.get(topic.column()).map(|column| column.path.as_str());
    path.and_then(|path| path.split('.').next()).unwrap_or_default()
}
