//! A memory that somebody keeps: the tables and their rules are ours, the rows and events of a tenant are stored by a
//! host, in whatever way it has. That is all that a storage in another language needs to do.

use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    table::Edit,
    tenant::Tenant,
    unit::{Snapshot, Unit},
};
use crate::{
    agenda::{Due, DueRequest},
    error::Result,
    in_place::run_in_place,
    index,
    ledger::{Event, Head, Seq},
    maybe_send::{MaybeSend, MaybeSync},
    record::{RecordDef, Row},
    store::{Entry, ReadRequest, Store, Work, WriteRequest},
};

/// Everything that is kept of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Its rows, in any order.
    pub rows: Vec<(&'static RecordDef, Row)>,
    /// Its events, in the order of the ledger.
    pub events: Vec<Event>,
}

/// What one unit of work wrote; it is kept as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Written {
    /// Where the tenant's ledger ended before.
    pub after: Seq,
    /// Rows as they have become, by kind and id; none for those that are gone.
    pub rows: Vec<(&'static RecordDef, Uuid, Option<Row>)>,
    /// The events that follow, sealed.
    pub events: Vec<Event>,
    /// The numbers of earlier events that lose their salt, reason and payload: they were erased.
    pub erased: Vec<Seq>,
}

/// Keeps tenants for a [`KeptStore`], one call at a time for each.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Keeper: MaybeSend + MaybeSync + 'static {
    /// Receives the kinds before anything else.
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()>;
    /// Where the tenant's ledger ends; 0 for one that is not there. When it has moved, everything is loaded again.
    async fn head(&self, org: Uuid) -> Result<Seq>;
    /// Everything of a tenant.
    async fn load(&self, org: Uuid) -> Result<Kept>;
    /// Keeps a unit, unless the ledger does not end where the unit began.
    async fn keep(&self, org: Uuid, unit: Written) -> Result<()>;
    /// Removes a tenant.
    async fn drop_org(&self, org: Uuid) -> Result<()>;
}

/// A storage whose tenants are worked on in memory, and kept by somebody else.
pub struct KeptStore<K> {
    keeper: K,
    tenants: Mutex<HashMap<Uuid, Arc<Place>>>,
}

/// One tenant in memory.
#[derive(Default)]
struct Place {
    turn: Turn,
    tenant: Mutex<Loaded>,
}

#[derive(Default)]
struct Loaded {
    tenant: Tenant,
    /// Where the keeper's ledger ended when this was the same; absent when it may differ.
    known: Option<Seq>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Panics in work are caught before they reach a lock, and a rollback leaves what it guards whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Keeper> KeptStore<K> {
    /// A storage that this keeper keeps.
    pub fn new(keeper: K) -> Self {
        Self { keeper, tenants: Mutex::default() }
    }

    fn place(&self, org: Uuid) -> Arc<Place> {
        Arc::clone(locked(&self.tenants).entry(org).or_default())
    }

    /// Loads the tenant unless memory has it as it is kept.
    async fn refresh(&self, org: Uuid, place: &Place) -> Result<()> {
        let head = self.keeper.head(org).await?;
        if locked(&place.tenant).known == Some(head) {
            return Ok(());
        }
        let kept = self.keeper.load(org).await?;
        let tenant = tenant(kept);
        let known = Some(tenant.head.seq);
        *locked(&place.tenant) = Loaded { tenant, known };
        Ok(())
    }
}

/// A tenant of what is kept of it.
fn tenant(kept: Kept) -> Tenant {
    let head = kept.events.last().map(|last| Head { seq: last.seq, at: last.at, hash: last.hash }).unwrap_or_default();
    let mut tenant = Tenant::default();
    tenant.head = head;
    for event in kept.events {
        tenant.record(event);
    }
    for (def, row) in kept.rows {
        let id = row.id(def);
        let (entries, _) = index::changes(def, None, Some(&row), &[]);
        let table = tenant.table_mut(def);
        table.make(Edit::Row(id, Some(row)));
        for entry in entries {
            match entry {
                Entry::Term(term, weight) => table.make(Edit::Term(term, id, Some(weight))),
                Entry::Key(system, key) => table.make(Edit::Key((system, key), Some(id))),
                Entry::Value(..) => continue,
            };
        }
    }
    tenant
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<K: Keeper> Store for KeptStore<K> {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.keeper.migrate(defs).await
    }

    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        let place = self.place(request.org);
        let _turn = place.turn.take().await;
        self.refresh(request.org, &place).await?;
        let written = {
            let mut loaded = locked(&place.tenant);
            let mut unit = Unit::begin(&mut loaded.tenant, None);
            let result = run_in_place(&*work, &mut unit).and_then(|()| unit.check());
            if result.is_err() || request.discard {
                unit.roll_back();
                return result;
            }
            let written = unit.written();
            if written.rows.is_empty() && written.events.is_empty() && written.erased.is_empty() {
                return Ok(());
            }
            // Until it is kept, memory has what may never be.
            loaded.known = None;
            written
        };
        let head = written.after + written.events.len() as Seq;
        self.keeper.keep(request.org, written).await?;
        locked(&place.tenant).known = Some(head);
        Ok(())
    }

    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        let place = self.place(request.org);
        let _turn = place.turn.take().await;
        self.refresh(request.org, &place).await?;
        run_in_place(&*work, &mut Snapshot(&locked(&place.tenant).tenant))
    }

    /// Of the tenants that were worked on here: what else the keeper has, nobody has asked for.
    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        let places: Vec<(Uuid, Arc<Place>)> =
            locked(&self.tenants).iter().map(|(org, place)| (*org, Arc::clone(place))).collect();
        let mut due = Vec::new();
        for (org, place) in places {
            let _turn = place.turn.take().await;
            self.refresh(org, &place).await?;
            due.extend(locked(&place.tenant).tenant.due(org, &asked)?);
        }
        due.sort_unstable();
        due.truncate(asked.limit);
        Ok(due)
    }

    async fn drop_org(&self, org: Uuid) -> Result<()> {
        let place = self.place(org);
        let _turn = place.turn.take().await;
        *locked(&place.tenant) = Loaded::default();
        self.keeper.drop_org(org).await
    }
}

/// Whose turn it is; who waits for it sleeps.
#[derive(Default)]
struct Turn(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    taken: bool,
    wakers: VecDeque<Waker>,
}

impl Turn {
    async fn take(&self) -> Taken<'_> {
        poll_fn(|context| {
            let mut waiting = locked(&self.0);
            if waiting.taken {
                waiting.wakers.push_back(context.waker().clone());
                return Poll::Pending;
            }
            waiting.taken = true;
            Poll::Ready(())
        })
        .await;
        Taken(self)
    }
}

/// A turn, given back when it is dropped.
struct Taken<'t>(&'t Turn);

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let wakers = {
            let mut waiting = locked(&self.0.0);
            waiting.taken = false;
            std::mem::take(&mut waiting.wakers)
        };
        // All of them: who was dropped meanwhile cannot pass the turn on.
        wakers.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps tenants as they are written. One that is forgetful makes memory load everything again each time.
    #[derive(Default)]
    struct Shelf {
        tenants: Mutex<HashMap<Uuid, Kept>>,
        forgetful: bool,
    }

    #[async_trait]
    impl Keeper for Shelf {
        async fn migrate(&self, _: &[&'static RecordDef]) -> Result<()> {
            Ok(())
        }
        async fn head(&self, org: Uuid) -> Result<Seq> {
            let seq = locked(&self.tenants).get(&org).map_or(0, |kept| kept.events.len() as Seq);
            Ok(if self.forgetful { Seq::MAX } else { seq })
        }
        async fn load(&self, org: Uuid) -> Result<Kept> {
            Ok(locked(&self.tenants).get(&org).cloned().unwrap_or_default())
        }
        async fn keep(&self, org: Uuid, unit: Written) -> Result<()> {
            let mut tenants = locked(&self.tenants);
            let kept = tenants.entry(org).or_default();
            assert_eq!(kept.events.len() as Seq, unit.after);
            for (def, id, row) in unit.rows {
                kept.rows.retain(|(of, kept)| of.kind != def.kind || kept.id(of) != id);
                kept.rows.extend(row.map(|row| (def, row)));
            }
            for event in kept.events.iter_mut().filter(|event| unit.erased.contains(&event.seq)) {
                event.blank();
            }
            kept.events.extend(unit.events);
            Ok(())
        }
        async fn drop_org(&self, org: Uuid) -> Result<()> {
            locked(&self.tenants).remove(&org);
            Ok(())
        }
    }

    crate::testing::conformance!(|| async { KeptStore::new(Shelf::default()) });

    /// What is kept is enough to go on from.
    #[test]
    fn memory_can_be_lost_between_calls() {
        use crate::testing::suite;
        type Check = fn(&dyn Store);
        let checks: [Check; 6] = [
            suite::changes::all_values_come_back,
            suite::changes::external_keys_are_unique_and_found,
            suite::ledger::events_come_back_as_they_were,
            suite::searches::hits_come_best_first,
            suite::random_filters::selects_agree_with_their_meaning,
            suite::tenants::a_dropped_tenant_is_gone,
        ];
        for check in checks {
            suite::run(async { KeptStore::new(Shelf { forgetful: true, ..Shelf::default() }) }, check);
        }
    }
}
