//! Files of a person who is erased: they go with their bytes, because nobody can say what these hold.

use std::collections::BTreeSet;

use super::{attachment::Attachment, collection::release};
use crate::{
    Context, Record, Result,
    kernel::{person::Person, uuid::Uuid},
};

/// Removes the files of a person for good, in the trash or not, all but those that are `held`. Their bytes go with the next tick, unless
/// another file has them.
pub(crate) async fn take_away(
    cx: &mut Context<'_>,
    person: &Person,
    held: &BTreeSet<(&'static str, Uuid)>,
) -> Result<()> {
    let def = Attachment::def();
    let mut hashes = BTreeSet::new();
    for (of, id) in person.records() {
        if of.kind != def.kind || held.contains(&(def.kind, id)) {
            continue;
        }
        if let Some(row) = cx.unrestricted().row(def, id).await? {
            let attachment = Attachment::from_row(row)?;
            cx.remove(&attachment).await?;
            hashes.insert(attachment.sha256);
        }
    }
    for sha256 in hashes {
        release(cx, &sha256).await?;
    }
    Ok(())
}
