//! What tasks and their like are about must be there.

use crate::{
    About, Context, Ref, Result,
    kernel::{
        entity::{REFERENCE_GONE, TRASHED_TOO},
        error::codes,
    },
};

/// Refuses what is about a record that the actor may not see or that is not there; of a merged record it answers the survivor.
/// A thing of the host is the host's to know. Error: `reference.broken`.
pub async fn check_about(cx: &mut Context<'_>, about: &About) -> Result<About> {
    let About::Record { kind, id } = about else { return Ok(about.clone()) };
    let broken = || codes::REFERENCE_BROKEN.with("field", "about").with("kind", kind);
    let of = cx.kind(kind).map_err(|_| broken())?;
    // What only rules keep is nothing to be about.
    if !of.ledger {
        return Err(broken());
    }
    match cx.visible_row(of, &Ref::<()>::Id((*id).into()), false).await {
        Ok(row) => Ok(About::record(of.kind, row.id(of))),
        Err(error) if error.is(&codes::NOT_FOUND) || error.is(&codes::TRASHED) => Err(broken()),
        Err(error) => Err(error),
    }
}

/// Refuses to bring back what is about a record in the trash. One that was purged since stays what it was about. Error:
/// `restore.reference_gone`.
pub(crate) async fn check_about_again(cx: &mut Context<'_>, what: &str, about: &About) -> Result<()> {
    let About::Record { kind, id } = about else { return Ok(()) };
    let Ok(of) = cx.kind(kind) else { return Ok(()) };
    match cx.unrestricted().row(of, *id).await? {
        Some(row) if !row.live(of) => {
            let gone = REFERENCE_GONE.with("kind", what).with("field", "about").with("of", of.kind);
            Err(gone.with("id", id).with("problem", TRASHED_TOO))
        }
        _ => Ok(()),
    }
}
