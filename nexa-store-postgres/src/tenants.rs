//! Who waits to write, by tenant. A tenant's units are written one group after another; tenants in parallel.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use nexa_kernel::{
    error::{Result, codes},
    store::Work,
};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    alone::{self, Manner},
    begin::Begun,
    connection::Connection,
    failure::{Class, Failure},
    group,
    shared::Shared,
    unit::Unit,
};

/// At most so many units share a commit.
const LARGEST_GROUP: usize = 64;
/// How often a unit runs again because another transaction was in the way.
const ATTEMPTS: u32 = 8;

struct Waiting {
    unit: Unit,
    answer: oneshot::Sender<Result<()>>,
}

impl Waiting {
    fn answer(self, result: Result<()>) {
        // Who waited may be gone; then nobody hears of it.
        let _ = self.answer.send(result);
    }
}

/// The tenants that somebody writes for. One that is in the map has a task that serves it.
#[derive(Default)]
pub(crate) struct Tenants(Mutex<HashMap<Uuid, VecDeque<Waiting>>>);

impl Tenants {
    fn locked(&self) -> MutexGuard<'_, HashMap<Uuid, VecDeque<Waiting>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a unit when its turn comes.
    pub(crate) async fn run(self: &Arc<Self>, shared: &Arc<Shared>, unit: Unit) -> Result<()> {
        let org = unit.request.org;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { unit, answer };
        let first = {
            let mut tenants = self.locked();
            let served = tenants.contains_key(&org);
            tenants.entry(org).or_default().push_back(waiting);
            !served
        };
        if first {
            let (tenants, shared) = (Arc::clone(self), Arc::clone(shared));
            let handle = shared.handle.clone();
            handle.spawn(async move { Serving { tenants, shared, org, finished: false }.serve().await });
        }
        answered.await.unwrap_or_else(|_| Err(codes::STORE_FAILED.with("problem", "it was closed")))
    }
}

/// The task of a tenant.
struct Serving {
    tenants: Arc<Tenants>,
    shared: Arc<Shared>,
    org: Uuid,
    finished: bool,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // A task that was stopped leaves nobody waiting: their channels close, and the next caller starts another.
        if !self.finished {
            self.tenants.locked().remove(&self.org);
        }
    }
}

impl Serving {
    async fn serve(mut self) {
        let mut connection: Option<Connection> = None;
        loop {
            if self.is_done() {
                self.finished = true;
                connection.take().into_iter().for_each(|kept| self.shared.keep(kept));
                return;
            }
            let mut current = match connection.take() {
                Some(current) => current,
                None => match self.shared.connection(self.org).await {
                    Ok(current) => current,
                    Err(failure) => {
                        self.refuse(&failure);
                        continue;
                    }
                },
            };
            let lone = self.lone();
            match self.shared.begin(&mut current, self.org, &self.shared.opening, true, lone.as_ref()).await {
                Err(failure) => {
                    current.roll_back().await;
                    self.refuse(&failure);
                }
                Ok(begun) => {
                    let waiting = self.next_group();
                    self.serve_group(&mut current, waiting, begun).await;
                }
            }
            connection = Some(current).filter(|current| self.shared.may_keep(current));
        }
    }

    /// Whether nobody waits; then the tenant is served no longer.
    fn is_done(&self) -> bool {
        let mut tenants = self.tenants.locked();
        let done = tenants.get(&self.org).is_none_or(VecDeque::is_empty);
        if done {
            tenants.remove(&self.org);
        }
        done
    }

    /// The work of the only one who waits. What many read first they read together, when it is known who they are.
    fn lone(&self) -> Option<Arc<dyn Work>> {
        let tenants = self.tenants.locked();
        let queue = tenants.get(&self.org)?;
        queue.front().filter(|_| queue.len() == 1).map(|waiting| Arc::clone(&waiting.unit.work))
    }

    fn next_group(&self) -> Vec<Waiting> {
        let mut tenants = self.tenants.locked();
        let Some(queue) = tenants.get_mut(&self.org) else { return Vec::new() };
        let mut group = Vec::with_capacity(LARGEST_GROUP.min(queue.len()));
        while group.len() < LARGEST_GROUP
            && let Some(waiting) = queue.pop_front()
        {
            // For one whose caller is gone, nothing was done yet.
            if !waiting.answer.is_closed() {
                group.push(waiting);
            }
        }
        group
    }

    /// Answers all who wait now that nothing can be done.
    fn refuse(&self, failure: &Failure) {
        for waiting in self.next_group() {
            waiting.answer(Err(failure.error.clone()));
        }
    }

    async fn serve_group(&self, connection: &mut Connection, waiting: Vec<Waiting>, begun: Begun) {
        let (together, mut apart): (Vec<Waiting>, Vec<Waiting>) =
            waiting.into_iter().partition(|waiting| !waiting.unit.request.discard);
        // The transaction that is open is for those who may share it, or else for the first who may not.
        let (mut manner, mut open) = (Manner::Fast, None);
        let ran = if together.is_empty() {
            open = Some(begun);
            Ok(Vec::new())
        } else {
            self.together(connection, &together, begun).await
        };
        match ran {
            Ok(results) => {
                for (waiting, result) in together.into_iter().zip(results) {
                    match result {
                        Some(result) => waiting.answer(result),
                        None => apart.push(waiting),
                    }
                }
            }
            // Whether it was committed is not known here, so none of it may run again.
            Err(failure) if failure.class == Class::Lost => {
                together.into_iter().for_each(|waiting| waiting.answer(Err(failure.error.clone())));
            }
            Err(failure) => {
                if together.len() == 1 && failure.class == Class::Constraint {
                    manner = Manner::Careful;
                }
                apart.splice(0..0, together);
            }
        }
        for waiting in apart {
            let result = self.alone(connection, &waiting.unit, manner, open.take()).await;
            waiting.answer(result);
        }
        connection.roll_back().await;
    }

    /// Runs units in the transaction that is open, and ends it. Units without a result have to run alone.
    async fn together(
        &self,
        connection: &mut Connection,
        waiting: &[Waiting],
        begun: Begun,
    ) -> Result<Vec<Option<Result<()>>>, Failure> {
        let mut link = connection.link(&self.shared.server, self.org);
        let ran = match waiting {
            [one] => alone::run(&mut link, &self.shared.kinds(), &one.unit, begun, Manner::Fast)
                .await
                .map(|ran| group::Ran { results: vec![Some(ran.result)], written: ran.written }),
            several => {
                let units: Vec<&Unit> = several.iter().map(|waiting| &waiting.unit).collect();
                group::run(&mut link, &units, begun).await
            }
        };
        let ended = match ran {
            Ok(ran) if ran.written => connection
                .commit(&self.shared.server, self.org, self.shared.closing(self.org))
                .await
                .map(|()| ran.results),
            ran => ran.map(|ran| ran.results),
        };
        connection.roll_back().await;
        ended
    }

    /// Runs a unit in a transaction of its own, the first time in one that is open already if there is one.
    async fn alone(
        &self,
        connection: &mut Connection,
        unit: &Unit,
        mut manner: Manner,
        mut begun: Option<Begun>,
    ) -> Result<()> {
        let mut attempt = 0;
        loop {
            if begun.is_none() && !connection.usable() {
                *connection = self.shared.connection(self.org).await.map_err(|failure| failure.error)?;
            }
            let ended = self.attempt(connection, unit, manner, begun.take()).await;
            connection.roll_back().await;
            let failure = match ended {
                Ok(result) => return result,
                Err(failure) => failure,
            };
            attempt += 1;
            match failure.class {
                Class::Constraint if manner == Manner::Fast => manner = Manner::Careful,
                Class::Serialization if attempt < ATTEMPTS => {
                    // Two that were in each other's way must not meet again.
                    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                    let jitter = u64::from(now.subsec_micros() % 10_000);
                    tokio::time::sleep(Duration::from_micros(jitter * u64::from(attempt))).await;
                }
                _ => return Err(failure.error),
            }
        }
    }

    async fn attempt(
        &self,
        connection: &mut Connection,
        unit: &Unit,
        manner: Manner,
        begun: Option<Begun>,
    ) -> Result<Result<()>, Failure> {
        let begun = match begun {
            Some(begun) => begun,
            None => self.shared.begin(connection, self.org, &self.shared.opening, true, Some(&unit.work)).await?,
        };
        let ran =
            alone::run(&mut connection.link(&self.shared.server, self.org), &self.shared.kinds(), unit, begun, manner)
                .await?;
        if !ran.written {
            return Ok(ran.result);
        }
        if unit.request.discard {
            connection.link(&self.shared.server, self.org).simple("SET CONSTRAINTS ALL IMMEDIATE".to_owned()).await?;
        } else {
            connection.commit(&self.shared.server, self.org, self.shared.closing(self.org)).await?;
        }
        Ok(ran.result)
    }
}
