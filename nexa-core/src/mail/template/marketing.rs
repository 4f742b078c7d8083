//! What every message of marketing says: how to get no more of it, and where its sender is.

use super::{
    problem::{NO_ADDRESS, NO_UNSUBSCRIBE},
    render::{self, Sources},
};
use crate::Result;

/// Refuses a text whose HTML or text has no link for unsubscribing, or no postal address. Errors: `template.no_unsubscribe`,
/// `template.no_address`, and those of sources.
pub(super) fn must_be_complete(sources: &Sources<'_>) -> Result<()> {
    for (part, reads) in render::reads_of_parts(sources)? {
        if !reads.contains("unsubscribe_url") {
            return Err(NO_UNSUBSCRIBE.with("part", part.to_owned()).with("locale", &sources.text.locale));
        }
        if !reads.iter().any(|path| path == "org.address" || path.starts_with("org.address.")) {
            return Err(NO_ADDRESS.with("part", part.to_owned()).with("locale", &sources.text.locale));
        }
    }
    Ok(())
}
