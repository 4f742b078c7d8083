//! What an erasure takes away, whoever asks for it: the person's files, what is known of the person, and the right to write to them.

use std::collections::BTreeSet;

use crate::{
    Context, Result, files,
    kernel::{
        person::{Person, Sum},
        uuid::Uuid,
    },
    mail::suppression,
};

/// Takes away what is known of a person, all but `held`.
pub(super) async fn take_away(
    cx: &mut Context<'_>,
    person: &Person,
    held: &BTreeSet<(&'static str, Uuid)>,
) -> Result<Sum> {
    files::take_away(cx, person, held).await?;
    let sum = cx.erase_person(person, held).await?;
    if !sum.records.is_empty() {
        for address in &person.addresses {
            suppression::of_erased(cx, address).await?;
        }
    }
    Ok(sum)
}
