//! Erasing again after a backup was restored, in which erased persons are back.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{erase::certified, erasure::Erasure, kept::plan, taken::take_away};
use crate::{
    CollectionCommand, Context, Record, Result, command,
    kernel::{limits::at_most, person::TOO_MANY_RECORDS},
};

/// How many certificates one call takes.
const MOST: usize = 1_000;

/// Erases again what these certificates name, as after a backup was restored in which it is back. What they kept is kept. What is not there,
/// or is erased, stays as it is.
///
/// Errors: `argument.too_long`, `person.too_many_records`.
#[command(
    "erase_again",
    name = "person.erase_again",
    collection = Erasure,
    action = Privacy,
    check = Self::check,
    errors(TOO_MANY_RECORDS),
    final = "what was erased is not kept anywhere"
)]
pub struct EraseAgain {
    /// The certificates, as `person.erase` and `erasure.find` returned them; at most 1,000.
    pub certificates: Vec<Erasure>,
}

/// What erasing again came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErasedAgain {
    /// How many certificates had something to be erased.
    pub certificates: u64,
    /// How many records hold nothing of the persons any more.
    pub records: u64,
    /// How many events of the history lost what they said.
    pub events: u64,
}

impl EraseAgain {
    fn check(&self) -> Result<()> {
        at_most("certificates", "certificates", self.certificates.len(), MOST)
    }
}

impl CollectionCommand for EraseAgain {
    type Output = ErasedAgain;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ErasedAgain> {
        let mut again = ErasedAgain::default();
        for certificate in &self.certificates {
            let person = cx.named_records(&certificate.records).await?;
            let kept = cx.named_records(&certificate.kept_records()).await?;
            let held: BTreeSet<_> = kept.records().map(|(def, id)| (def.kind, id)).collect();
            let sum = take_away(cx, &person, &held).await?;
            let known = cx.unrestricted().row(Erasure::def(), certificate.id.uuid()).await?;
            if known.is_none() {
                let erasure = Erasure { records: certificate.records.clone(), ..certified(certificate.clone(), &sum) };
                let erasure = cx.unrestricted().insert(erasure).await?;
                plan(cx, &erasure).await?;
            }
            again.certificates += u64::from(!sum.records.is_empty());
            again.records += sum.records.len() as u64;
            again.events += sum.events;
        }
        Ok(again)
    }
}
