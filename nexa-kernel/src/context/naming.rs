//! The ids that callers give to what they make: an id names one record, of one kind, for ever.

use uuid::Uuid;

use super::Context;
use crate::error::{Result, codes};

impl Context<'_> {
    /// Refuses an id that any record or event of the tenant ever had, of whatever kind, also when it was purged. What has
    /// a generated id need not be asked about. Error: `id.taken`.
    pub async fn must_be_free(&mut self, id: Uuid) -> Result<()> {
        self.look_up_ids(vec![id]).await?;
        let free = self.named.get(&id).is_some_and(|free| *free);
        // What this call made or loaded, the ledger need not know yet.
        let known = || self.environment.kinds.all().iter().any(|def| self.entries.contains_key(&(def.kind, id)));
        if free && !known() { Ok(()) } else { Err(codes::ID_TAKEN.with("id", id)) }
    }

    /// Asks the storage once which of these ids were ever given.
    pub async fn look_up_ids(&mut self, mut ids: Vec<Uuid>) -> Result<()> {
        ids.retain(|id| !self.named.contains_key(id));
        if ids.is_empty() {
            return Ok(());
        }
        let taken = self.tx.recorded(&ids).await?;
        self.named.extend(ids.into_iter().map(|id| (id, true)));
        self.named.extend(taken.into_iter().map(|id| (id, false)));
        Ok(())
    }
}
