//! A Crm: a storage, the operations, and the world outside, put together once.

mod rehearsal;

use std::{borrow::Cow, collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use self::rehearsal::rehearse;
use super::{
    access::{Directory, Policy, Principal},
    agenda::Agenda,
    blobs::{self, Blobs},
    catalog::{Catalog, Own, OwnOperation, SHARED, Shared},
    compile::Kinds,
    context::{Behaviour, Context, Environment, FOUNDING, of_record},
    custom,
    custom_field::FieldDefinition,
    definition,
    entity::{Entity, Mergeable, of_entity, of_mergeable},
    envelope::Envelope,
    error::{Code, Result, codes},
    idempotency::IdempotencyRecord,
    later::{Consumer, Consuming, Cursor, Failure, Firing, Later, Timed, Timer},
    maybe_send::{BoxFuture, MaybeSend, MaybeSync},
    memo::Memo,
    named_unit::NamedUnit,
    operation::Query,
    personal::{NothingHeld, Personal, Retention},
    ports::{Clock, Ids},
    record::Record,
    references::References,
    rule::Rule,
    schema::SchemaDifference,
    session::{Job, Session},
    shared::SharedOperation,
    store::Store,
    time,
    value::Timestamp,
};

/// The parts do not fit.
pub const UNBUILDABLE: Code =
    Code::invalid("crm.unbuildable", "The Crm cannot be put together: {problem}. Correct the builder's calls.");

/// Gives a new tenant what it starts with.
pub type SeedData = for<'a, 'c> fn(&'a mut Context<'c>) -> BoxFuture<'a, Result<()>>;

/// What is done outside of units, once a timer has said in one that it is to be done.
pub type Effect = for<'a> fn(&'a Session) -> BoxFuture<'a, Result<()>>;

/// What makes a tenant: the domain's own command for it.
pub trait Founding: MaybeSend + MaybeSync + 'static {
    /// The identifier that the host has chosen for the tenant.
    fn id(&self) -> Option<Uuid>;
    /// Adds the tenant's own record and its first user, whom it returns. What every new tenant starts with follows.
    fn found(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Uuid>> + MaybeSend;
}

struct FoundingJob<F> {
    founding: F,
    seed_data: Arc<[SeedData]>,
    later: Arc<Later>,
}

impl<F: Founding> Job for FoundingJob<F> {
    type Output = Uuid;
    fn operation(&self) -> Cow<'static, str> {
        FOUNDING.into()
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Uuid> {
        let admin = self.founding.found(cx).await?;
        self.later.begin(cx).await?;
        for seed_data in &*self.seed_data {
            seed_data(cx).await?;
        }
        Ok(admin)
    }
}

/// Asks nothing: a unit opens only for a tenant that exists.
struct Nothing;

impl Job for Nothing {
    type Output = ();
    fn operation(&self) -> Cow<'static, str> {
        "has_org".into()
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, _: &mut Context<'_>) -> Result<()> {
        Ok(())
    }
}

/// The whole machine; cheap to clone.
#[derive(Clone)]
pub struct Crm {
    pub(crate) environment: Arc<Environment>,
    catalog: Arc<Catalog>,
    seed_data: Arc<[SeedData]>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) later: Arc<Later>,
    pub(crate) effects: Arc<[(&'static str, Effect)]>,
}

impl Crm {
    /// Brings the storage up to this version's schema.
    pub async fn migrate(&self) -> Result<()> {
        self.store.migrate(self.environment.kinds.all()).await
    }
    /// The statements that make the whole schema of these kinds, for a host that wants to read them or run them with a tool of
    /// its own; none in memory. Error: `store.unsupported`.
    pub async fn schema(&self) -> Result<Vec<String>> {
        self.store.schema(self.environment.kinds.all()).await
    }
    /// The statements that bring the storage from what it has to what these kinds need, in their order and for one transaction;
    /// none when it is up to date. [`Crm::migrate`] runs the same. It changes nothing.
    ///
    /// Errors: `schema.differs` with table and column where no statement helps, `schema.newer`, `store.unsupported`, `store.…`.
    pub async fn migration(&self) -> Result<Vec<String>> {
        self.store.compare(self.environment.kinds.all()).await?.statements()
    }
    /// What the storage lacks or has otherwise than these kinds need, by table and column; empty when it is up to date. It needs
    /// no right but to read. Errors: `schema.newer`, `store.unsupported`, `store.…`.
    pub async fn check(&self) -> Result<Vec<SchemaDifference>> {
        self.store.compare(self.environment.kinds.all()).await.map(|comparison| comparison.differences)
    }
    /// The same machine on another storage.
    #[must_use]
    pub fn on(&self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self.clone() }
    }
    /// A session of somebody in a tenant. The host has authenticated them.
    pub fn session(&self, org: impl Into<Uuid>, principal: Principal) -> Session {
        let (environment, catalog) = (self.environment.clone(), self.catalog.clone());
        Session { environment, catalog, store: self.store.clone(), org: org.into(), principal }
    }
    /// A session of a user.
    pub fn user(&self, org: impl Into<Uuid>, user: impl Into<Uuid>) -> Session {
        self.session(org, Principal::User(user.into()))
    }
    /// A session of the host itself, for which every access is open; never hand it to a caller from outside.
    pub fn system(&self, org: impl Into<Uuid>, cause: impl Into<String>) -> Session {
        self.session(org, Principal::System(cause.into()))
    }
    /// Makes a tenant with its first admin and what a new tenant starts with, such as a pipeline, in one unit, and returns the
    /// admin's session. For the host only. Errors: `id.taken`, `user.role_unknown`.
    pub async fn create_org(&self, create: impl Founding) -> Result<Session> {
        let now = self.environment.clock.now();
        let org = create.id().unwrap_or_else(|| self.environment.ids.id(now));
        let founder = self.session(org, Principal::System("create_org".to_owned()));
        let founding = FoundingJob { founding: create, seed_data: self.seed_data.clone(), later: self.later.clone() };
        let admin = founder.write(Envelope::default(), founding).await?;
        Ok(self.user(org, admin))
    }

    /// Whether the tenant exists.
    pub async fn has_org(&self, org: impl Into<Uuid>) -> Result<bool> {
        match self.system(org, "has_org").read(Nothing).await {
            Ok(()) => Ok(true),
            Err(error) if error.is(&codes::ORG_UNKNOWN) => Ok(false),
            Err(error) => Err(error),
        }
    }
    /// Removes a tenant with everything it has, its history and the bytes of its files included.
    pub async fn drop_org(&self, org: impl Into<Uuid>) -> Result<()> {
        let org = org.into();
        self.store.drop_org(org).await?;
        match &self.environment.blobs {
            Some(blobs) => blobs::clear(&**blobs, org).await,
            None => Ok(()),
        }
    }
    /// Writes a consistent copy of an embedded storage to a new file while work goes on.
    pub async fn backup(&self, path: &Path) -> Result<()> {
        self.store.backup(path).await
    }
    /// Answers a question in SQL, such as a report's, on a connection of the storage that can only read: for the host, past every
    /// access rule but the tenant that the question names.
    ///
    /// Errors: `sql.refused`, `sql.too_large`, `sql.too_long`; `store.unsupported` where the storage has no tables of its own to ask.
    pub async fn sql(&self, question: super::sql::Sql) -> Result<super::sql::SqlRows> {
        self.store.sql(question).await
    }
    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.environment.clock.now()
    }
    /// Every operation.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }
    /// Every kind.
    pub fn kinds(&self) -> &Kinds {
        &self.environment.kinds
    }
}

/// Puts a [`Crm`] together.
#[derive(Default)]
pub struct CrmBuilder {
    // Every call hands the builder on; a pointer is moved with less code than what it points at.
    given: Box<Given>,
}

/// What a builder was given so far.
#[derive(Default)]
struct Given {
    store: Option<Arc<dyn Store>>,
    catalog: Catalog,
    kinds: Kinds,
    policy: Option<Arc<dyn Policy>>,
    directory: Option<Arc<dyn Directory>>,
    clock: Option<Arc<dyn Clock>>,
    largest_jump: Option<Duration>,
    ids: Option<Arc<dyn Ids>>,
    rules: Vec<Arc<dyn Rule>>,
    retention: Option<Arc<dyn Retention>>,
    seed_data: Vec<SeedData>,
    behaviours: BTreeMap<&'static str, &'static Behaviour>,
    shared: Vec<&'static Shared>,
    consumers: Vec<Consuming>,
    timers: Vec<Firing>,
    effects: Vec<(&'static str, Effect)>,
    blobs: Option<Arc<dyn Blobs>>,
}

impl Given {
    fn behaviour(&mut self, kind: &'static Behaviour) {
        let def = (kind.def)();
        self.kinds.add(def);
        self.behaviours.insert(def.kind, kind);
    }
}

impl CrmBuilder {
    /// Without any kind of the domain; the layer above has one that knows them all.
    pub fn bare() -> Self {
        let mut builder = Self::default();
        for def in [IdempotencyRecord::def(), NamedUnit::def(), Agenda::def(), Cursor::def(), Timer::def()] {
            builder.given.kinds.add(def);
        }
        builder.record::<Failure>().record::<FieldDefinition>().command::<custom::Define>().command::<custom::Remove>()
    }
    /// Where records are kept.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.given.store = Some(store);
        self
    }
    /// A kind that only rules read and write.
    #[must_use]
    pub fn kind<R: Record>(mut self) -> Self {
        self.given.kinds.add(R::def());
        self
    }
    /// A kind that callers read; its own commands change it.
    #[must_use]
    pub fn record<R: Record>(mut self) -> Self {
        self.given.behaviour(of_record::<R>());
        self
    }
    /// A kind that callers create, edit and trash. A command of its own with the verb of a shared operation, such as `create`, takes
    /// the place of that.
    #[must_use]
    pub fn entity<R: Entity>(mut self) -> Self {
        self.given.behaviour(of_entity::<R>());
        self
    }
    /// A kind whose records can also be folded into each other.
    #[must_use]
    pub fn mergeable<R: Mergeable>(mut self) -> Self {
        self.given.behaviour(of_mergeable::<R>());
        self
    }
    /// An operation of every kind of its sort, whether the kind was added before or is added later.
    #[must_use]
    pub fn shared<S: SharedOperation>(mut self) -> Self {
        self.given.shared.push(Shared::of::<S>());
        self
    }
    /// A command of a kind's own.
    #[must_use]
    pub fn command<C: OwnOperation>(mut self) -> Self {
        let own = Own::command::<C>();
        self.given.kinds.add((own.def)());
        self.given.catalog.own(own);
        self
    }
    /// A named question.
    #[must_use]
    pub fn query<Q: Query<Output: JsonSchema> + DeserializeOwned + JsonSchema>(mut self) -> Self {
        self.given.catalog.own(Own::query::<Q>());
        self
    }
    /// What follows from events, when [`Crm::tick`] is called.
    #[must_use]
    pub fn consumer<C: Consumer>(mut self) -> Self {
        self.given.consumers.push(Consuming::of::<C>());
        self
    }
    /// What timers are for that fire when [`Crm::tick`] is called.
    #[must_use]
    pub fn timed<T: Timed>(mut self) -> Self {
        self.given.timers.push(Firing::of::<T>());
        self
    }
    /// What is done outside of units, when a tick has fired a timer that is for this. It may be done more than once, and a process may
    /// end before it is done: the timer is set again until the records say that it was done.
    #[must_use]
    pub fn effect<T: Timed>(mut self, effect: Effect) -> Self {
        self.given.effects.push((T::NAME, effect));
        self
    }
    /// Where the bytes of files are kept; without it nobody uploads any (`blobs.not_configured`).
    #[must_use]
    pub fn blobs(mut self, blobs: Arc<dyn Blobs>) -> Self {
        self.given.blobs = Some(blobs);
        self
    }
    /// Who may do what; the last one given counts.
    #[must_use]
    pub fn policy(mut self, policy: impl Policy + 'static) -> Self {
        self.given.policy = Some(Arc::new(policy));
        self
    }
    /// What the tenant knows of a principal; the last one given counts.
    #[must_use]
    pub fn directory(mut self, directory: impl Directory + 'static) -> Self {
        self.given.directory = Some(Arc::new(directory));
        self
    }
    /// A rule of the host, asked after ours.
    #[must_use]
    pub fn rule(mut self, rule: impl Rule + 'static) -> Self {
        self.given.rules.push(Arc::new(rule));
        self
    }
    /// Which records an erasure of a person keeps for now, such as for a legal hold; the last one given counts.
    #[must_use]
    pub fn retention(mut self, retention: impl Retention + 'static) -> Self {
        self.given.retention = Some(Arc::new(retention));
        self
    }
    /// What a new tenant starts with, beside what others give it.
    #[must_use]
    pub fn seed_data(mut self, seed_data: SeedData) -> Self {
        self.given.seed_data.push(seed_data);
        self
    }
    /// The clock that gives the time.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.given.clock = Some(Arc::new(clock));
        self
    }
    /// How far the clock may be ahead of both a tenant's last event and the storage's own clock before writes are refused
    /// with `clock.ahead`: one hour unless said. [`Duration::MAX`] takes any time, for a host that knows better than the
    /// storage.
    #[must_use]
    pub fn largest_jump(mut self, jump: Duration) -> Self {
        self.given.largest_jump = Some(jump);
        self
    }
    /// What makes identifiers.
    #[must_use]
    pub fn ids(mut self, ids: impl Ids + 'static) -> Self {
        self.given.ids = Some(Arc::new(ids));
        self
    }
    /// Whether a store was given.
    pub const fn has_store(&self) -> bool {
        self.given.store.is_some()
    }
    /// Whether a place for the bytes of files was given.
    pub const fn has_blobs(&self) -> bool {
        self.given.blobs.is_some()
    }
    /// Checks that everything fits. Error: `crm.unbuildable`.
    pub fn build(self) -> Result<Crm> {
        self.given.build()
    }
}

impl Given {
    fn build(mut self) -> Result<Crm> {
        for kind in self.behaviours.values() {
            for shared in SHARED.iter().chain(&self.shared) {
                self.catalog.shared(shared, kind);
            }
        }
        let unbuildable = |problem: String| UNBUILDABLE.with("problem", problem);
        for def in self.kinds.all() {
            if let Some(problem) = definition::problems(def).first() {
                return Err(unbuildable(format!("{}: {problem}", def.kind)));
            }
        }
        let references = References::of(&self.kinds).map_err(unbuildable)?;
        let personal = Personal::of(&self.kinds).map_err(unbuildable)?;
        if let Some(name) = self.catalog.duplicates.first() {
            return Err(unbuildable(format!("the operation {name} was added twice")));
        }
        let later = Later::of(self.consumers, self.timers).map_err(unbuildable)?;
        let missing = |what: &str| unbuildable(format!("no {what} was given"));
        let policy = self.policy.ok_or_else(|| missing("policy"))?;
        rehearse(&*policy, &self.kinds).map_err(unbuildable)?;
        let finals = self.catalog.operations().filter_map(|entry| Some((entry.name, entry.is_final?)));
        let finals = finals.collect();
        let catalog = Arc::new(self.catalog);
        Ok(Crm {
            store: self.store.ok_or_else(|| missing("store"))?,
            catalog: Arc::clone(&catalog),
            seed_data: self.seed_data.into(),
            later: Arc::new(later),
            effects: self.effects.into(),
            environment: Arc::new(Environment {
                memo: Memo::default(),
                kinds: self.kinds,
                policy,
                directory: self.directory.ok_or_else(|| missing("directory"))?,
                clock: self.clock.ok_or_else(|| missing("clock"))?,
                largest_jump: self.largest_jump.unwrap_or(time::LARGEST_JUMP),
                ids: self.ids.ok_or_else(|| missing("source of identifiers"))?,
                blobs: self.blobs,
                rules: self.rules,
                references,
                personal,
                retention: self.retention.unwrap_or_else(|| Arc::new(NothingHeld)),
                finals,
                operations: catalog,
                behaviours: self.behaviours,
            }),
        })
    }
}
