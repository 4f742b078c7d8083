//! The one door: a Crm, a tenant and an actor.

mod declared;
mod scan;

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    access::{Action, Principal},
    blobs::{Blobs, NOT_CONFIGURED},
    catalog::Catalog,
    compile::Kinds,
    context::{Behaviour, Context, Environment},
    envelope::{self, Envelope},
    error::{Error, Result, codes},
    idempotency::{IdempotencyRecord, fingerprint},
    maybe_send::{MaybeSend, MaybeSync},
    named_unit::NamedUnit,
    once::Once,
    operation::{Mode, Perform, Query},
    output::Output,
    query::{AggregateOf, Count, Find, Get, GroupRow, History, HistoryPage, Hits, Page, Search},
    record::{Record, Ref},
    rule::Case,
    store::{Prefetch, ReadRequest, Store, Transaction, Work, WriteRequest},
};
#[cfg(feature = "operations")]
use super::{
    answer::{Answer, Answers},
    catalog::Prepared,
    limits,
};

/// Somebody at work in a tenant; cheap to clone.
#[derive(Clone)]
pub struct Session {
    pub(crate) environment: Arc<Environment>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) org: Uuid,
    pub(crate) principal: Principal,
}

/// One operation of a batch, as on the wire: `{"run": "lead.qualify", "with": {…}}`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The name of the operation.
    pub run: String,
    /// Its arguments.
    #[serde(default = "no_arguments")]
    pub with: Json,
}

fn no_arguments() -> Json {
    Json::Object(serde_json::Map::new())
}

/// What `explain` says of one operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Permission {
    /// The operation, such as `lead.qualify`.
    pub operation: String,
    /// The refusal that it would meet now; `None` when it is allowed, as far as no arguments are concerned.
    pub refusal: Option<Error>,
}

impl Permission {
    /// Whether it is allowed now.
    pub const fn allowed(&self) -> bool {
        self.refusal.is_none()
    }
}

impl Session {
    /// The tenant.
    pub const fn org(&self) -> Uuid {
        self.org
    }
    /// The principal that acts.
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }
    /// Every kind.
    pub fn kinds(&self) -> &Kinds {
        &self.environment.kinds
    }
    /// What a kind does that callers read or edit. Error: `kind.unknown`.
    pub fn behaviour(&self, kind: &str) -> Result<&'static Behaviour> {
        self.environment.behaviour(kind)
    }
    /// Where the records are kept.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }
    /// Where the bytes of files are kept. Error: `blobs.not_configured`.
    pub fn blobs(&self) -> Result<Arc<dyn Blobs>> {
        self.environment.blobs.clone().ok_or_else(|| NOT_CONFIGURED.error())
    }
    /// A new identifier of this moment: for the layers of this library alone.
    #[doc(hidden)]
    pub fn new_id(&self) -> Uuid {
        self.environment.ids.id(self.environment.clock.now())
    }
    /// The same somebody on another storage.
    pub(crate) fn on(&self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self.clone() }
    }

    /// Runs a command as one unit with its history.
    pub async fn run<C: Perform>(&self, command: C) -> Result<C::Output> {
        self.run_with(Envelope::default(), command).await
    }

    /// Runs a command in an envelope: idempotency key, expected version, dry run, reason.
    pub async fn run_with<C: Perform>(&self, envelope: Envelope, command: C) -> Result<C::Output> {
        self.declared(|_| C::name().into(), command.check())?;
        envelope::from_outside(&envelope, C::name())?;
        self.write(envelope, CommandJob(command)).await
    }

    /// The same, and says whether the command was done now or before.
    pub async fn run_once<C: Perform>(&self, envelope: Envelope, command: C) -> Result<Once<C::Output>> {
        self.declared(|_| C::name().into(), command.check())?;
        envelope::from_outside(&envelope, C::name())?;
        self.write_once(envelope, CommandJob(command)).await
    }

    /// Asks a question.
    pub async fn ask<Q: Query>(&self, query: Q) -> Result<Q::Output> {
        self.declared(|_| Q::name().into(), query.check())?;
        self.read(QueryJob(query)).await
    }

    /// Reads one record. Error: `record.not_found`.
    pub async fn get<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<R> {
        Ok(self.ask(Get::of(record)).await?.record)
    }
    /// Reads a page of records.
    pub async fn find<R: Record>(&self, find: Find<R>) -> Result<Page<R>> {
        self.ask(find).await
    }
    /// Counts records.
    pub async fn count<R: Record>(&self, filter: super::filter::Filter) -> Result<u64> {
        self.ask(Count::<R>::of(filter)).await
    }
    /// Groups and measures records.
    pub async fn aggregate<R: Record>(&self, query: AggregateOf<R>) -> Result<Vec<GroupRow>> {
        self.ask(query).await
    }
    /// Finds records by words.
    pub async fn search<R: Record>(&self, text: impl Into<String>) -> Result<Hits<R>> {
        self.ask(Search::<R>::text(text)).await
    }
    /// Reads what happened to a record.
    pub async fn history<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<HistoryPage> {
        self.ask(History::<R>::of(record)).await
    }

    #[cfg(feature = "operations")]
    /// Runs an operation of the catalog by name, from JSON to JSON.
    pub async fn execute(&self, operation: &str, arguments: Json, envelope: Envelope) -> Result<Json> {
        let marked = envelope.mark_replays;
        let (answer, of_command) = self.answer(operation, arguments, envelope).await?;
        let again = answer.is_again();
        let json = answer.into_value().json()?;
        Ok(if marked && of_command { serde_json::json!({"value": json, "replayed": again}) } else { json })
    }

    #[cfg(feature = "operations")]
    /// The same to the text of JSON, which is what bindings and servers pass on: records are written as they are stored,
    /// without a document in between.
    pub async fn execute_to_text(&self, operation: &str, arguments: Json, envelope: Envelope) -> Result<String> {
        let marked = envelope.mark_replays;
        let (answer, of_command) = self.answer(operation, arguments, envelope).await?;
        let text = answer.value().text()?;
        Ok(if marked && of_command { marked_text(&text, answer.is_again()) } else { text })
    }

    /// What an operation answers, and whether it is a command.
    #[cfg(feature = "operations")]
    async fn answer(&self, operation: &str, arguments: Json, envelope: Envelope) -> Result<(Once<Answer>, bool)> {
        let entry = self.catalog.operation(operation)?;
        let call = self.declared(|_| entry.name.into(), entry.prepare(&arguments))?;
        let job = NamedJob { operation: entry.name, call, arguments };
        envelope::from_outside(&envelope, entry.name)?;
        match entry.mode {
            Mode::Command => Ok((self.write_once(envelope, job).await?, true)),
            Mode::Query => Ok((Once::New(self.read(job).await?), false)),
        }
    }

    #[cfg(feature = "operations")]
    /// Runs several operations, all or none.
    pub async fn batch(&self, requests: Vec<Request>, envelope: Envelope) -> Result<Vec<Json>> {
        self.answers(requests, envelope).await?.into_value().json()
    }

    #[cfg(feature = "operations")]
    /// The same to the text of a JSON list.
    pub async fn batch_to_text(&self, requests: Vec<Request>, envelope: Envelope) -> Result<String> {
        let marked = envelope.mark_replays;
        let answers = self.answers(requests, envelope).await?;
        let text = answers.value().to_text()?;
        Ok(if marked { marked_text(&text, answers.is_again()) } else { text })
    }

    #[cfg(feature = "operations")]
    async fn answers(&self, requests: Vec<Request>, envelope: Envelope) -> Result<Once<Answers>> {
        limits::batch(requests.len())?;
        envelope::from_outside(&envelope, "")?;
        let prepare = |(position, request): (usize, &Request)| {
            let entry = self.catalog.operation(&request.run)?;
            let call = self.declared(|_| entry.name.into(), entry.prepare(&request.with));
            let call = call.map_err(|error| error.with("position", position))?;
            Ok((entry.name, call))
        };
        let calls = requests.iter().enumerate().map(prepare).collect::<Result<_>>()?;
        self.write_once(envelope, BatchJob { requests, calls }).await
    }

    /// What the actor may do with a record now, and if not, why not.
    pub async fn explain<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<Vec<Permission>> {
        let record = match record.into() {
            Ref::Id(id) => Ref::Id(id.uuid().into()),
            Ref::External(key) => Ref::External(key),
        };
        self.explain_kind(R::def().kind, record).await
    }

    /// The same by the name of the kind.
    pub async fn explain_kind(&self, kind: &str, record: Ref<()>) -> Result<Vec<Permission>> {
        let kind = self.environment.kinds.named(kind)?.kind;
        self.read(ExplainJob { catalog: self.catalog.clone(), kind, record }).await
    }

    /// Runs a job as one unit with its history: for the layers of this library alone.
    #[doc(hidden)]
    pub async fn write<J: Job>(&self, envelope: Envelope, job: J) -> Result<J::Output> {
        self.write_once(envelope, job).await.map(Once::into_value)
    }

    /// The same, and says whether the job was done now or before.
    pub(crate) async fn write_once<J: Job>(&self, envelope: Envelope, job: J) -> Result<Once<J::Output>> {
        envelope::check_principal(&self.principal)?;
        let envelope = envelope::checked(envelope)?;
        let request = WriteRequest::new(self.org);
        let request = if envelope.dry_run { request.discarded() } else { request };
        let work = Arc::new(Writing(self.unit(envelope, job)));
        let outcome = self.store.write(request, work.clone()).await;
        self.declared(|error| work.0.job.refused(error), outcome)?;
        work.0.take()
    }

    /// Runs a job that changes nothing: for the layers of this library alone.
    #[doc(hidden)]
    pub async fn read<J: Job>(&self, job: J) -> Result<J::Output> {
        envelope::check_principal(&self.principal)?;
        let work = Arc::new(Reading(self.unit(Envelope::default(), job)));
        let outcome = self.store.read(ReadRequest::new(self.org), work.clone()).await;
        self.declared(|error| work.0.job.refused(error), outcome)?;
        work.0.take().map(Once::into_value)
    }

    fn unit<J: Job>(&self, envelope: Envelope, job: J) -> Unit<J> {
        Unit {
            environment: self.environment.clone(),
            org: self.org,
            principal: self.principal.clone(),
            envelope,
            job,
            answer: Mutex::new(None),
        }
    }
}

/// What runs inside a unit, beside the operations: for the layers of this library alone.
#[doc(hidden)]
pub trait Job: MaybeSend + MaybeSync + 'static {
    /// What it gives back.
    type Output: Output;
    /// The name of the operation.
    fn operation(&self) -> Cow<'static, str>;
    /// The name of the operation that met a refusal.
    fn refused(&self, error: &Error) -> Cow<'static, str> {
        let _ = error;
        self.operation()
    }
    /// The arguments as text, to recognise a repeated command.
    fn arguments(&self) -> String;
    /// What it will load, as far as the arguments say.
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        let _ = org;
        Vec::new()
    }
    /// Does it.
    fn run(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

struct Unit<J: Job> {
    environment: Arc<Environment>,
    org: Uuid,
    principal: Principal,
    envelope: Envelope,
    job: J,
    answer: Mutex<Option<Once<J::Output>>>,
}

impl<J: Job> Unit<J> {
    async fn open<'a>(
        &'a self,
        tx: &'a mut dyn Transaction,
        operation: Cow<'static, str>,
        remembered: impl IntoIterator<Item = Prefetch> + MaybeSend,
    ) -> Result<Context<'a>> {
        let mut loads = self.environment.directory.prefetch(&self.principal);
        loads.extend(remembered);
        if let Some(user) = self.envelope.on_behalf_of {
            loads.extend(self.environment.directory.prefetch(&Principal::User(user)));
        }
        loads.extend(self.job.prefetch(self.org));
        tx.prefetch(loads).await?;
        Context::open(tx, &self.environment, self.org, &self.principal, operation, &self.envelope).await
    }
    fn keep(&self, output: J::Output, again: bool) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(Once::of(output, again));
    }
    fn take(&self) -> Result<Once<J::Output>> {
        self.answer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(|| codes::STORE_FAILED.with("problem", "the work was not run"))
    }
}

/// A unit that changes nothing.
struct Reading<J: Job>(Unit<J>);

/// A unit that may change something.
struct Writing<J: Job>(Unit<J>);

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<J: Job> Work for Reading<J> {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let unit = &self.0;
        let mut cx = unit.open(tx, unit.job.operation(), None).await?;
        let output = unit.job.run(&mut cx).await?;
        unit.keep(output, false);
        Ok(())
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<J: Job> Work for Writing<J> {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let unit = &self.0;
        let operation = unit.job.operation();
        let key = unit.envelope.idempotency_key.as_deref();
        let idempotency_record = key.and_then(|key| IdempotencyRecord::prefetch(&unit.principal, key));
        let named = unit.envelope.unit;
        let kind = operation.split_once('.').and_then(|(kind, _)| unit.environment.behaviours.get(kind));
        let maintained_by =
            kind.and_then(|kind| kind.entity).map(|entity| (entity.maintained_by)()).unwrap_or_default();
        let remembered = idempotency_record.into_iter().chain(named.and_then(NamedUnit::prefetch)).chain(maintained_by);
        let mut cx = unit.open(tx, operation.clone(), remembered).await?;
        let named =
            named.map(|named| (named, fingerprint(&[&unit.principal.to_string(), &operation, &unit.job.arguments()])));
        if let Some((named, command)) = &named
            && let Some(text) = cx.done_as(*named, command).await?
        {
            unit.keep(J::Output::of_text(text)?, true);
            return Ok(());
        }
        let command = key.map(|_| fingerprint(&[&operation, &unit.job.arguments()])).unwrap_or_default();
        if let Some(key) = key
            && let Some(text) = cx.remembered(key, &command).await?
        {
            unit.keep(J::Output::of_text(text)?, true);
            return Ok(());
        }
        let output = unit.job.run(&mut cx).await?;
        let output = output.shown(&cx)?;
        if let Some(key) = key {
            cx.remember(key, command, output.to_text()?).await?;
        }
        if let Some((named, command)) = named {
            cx.remember_unit(named, command, output.to_text()?).await?;
        }
        cx.finish().await?;
        unit.keep(output, cx.again);
        Ok(())
    }
}

#[cfg(feature = "operations")]
fn marked_text(value: &str, replayed: bool) -> String {
    format!("{{\"value\":{value},\"replayed\":{replayed}}}")
}

fn text(value: &impl Serialize) -> String {
    // Through a document, so that the same arguments read the same whatever their order was.
    serde_json::to_value(value).map(|json| json.to_string()).unwrap_or_default()
}

struct CommandJob<C>(C);

impl<C: Perform> Job for CommandJob<C> {
    type Output = C::Output;
    fn operation(&self) -> Cow<'static, str> {
        C::name().into()
    }
    fn arguments(&self) -> String {
        text(&self.0)
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        self.0.prefetch(org)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<C::Output> {
        self.0.perform(cx).await
    }
}

struct QueryJob<Q>(Q);

impl<Q: Query> Job for QueryJob<Q> {
    type Output = Q::Output;
    fn operation(&self) -> Cow<'static, str> {
        Q::name().into()
    }
    fn arguments(&self) -> String {
        text(&self.0)
    }
    fn prefetch(&self, _: Uuid) -> Vec<Prefetch> {
        self.0.prefetch()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Q::Output> {
        cx.authorize_kind(Q::Of::def(), Action::Read)?;
        self.0.run(cx).await
    }
}

#[cfg(feature = "operations")]
struct NamedJob {
    operation: &'static str,
    arguments: Json,
    call: Prepared,
}

#[cfg(feature = "operations")]
impl Job for NamedJob {
    type Output = Answer;
    fn operation(&self) -> Cow<'static, str> {
        self.operation.into()
    }
    fn arguments(&self) -> String {
        text(&self.arguments)
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        self.call.prefetch(org)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Answer> {
        self.call.perform(cx).await
    }
}

#[cfg(feature = "operations")]
struct BatchJob {
    requests: Vec<Request>,
    /// What the requests ask for, each with the name of its operation.
    calls: Vec<(&'static str, Prepared)>,
}

#[cfg(feature = "operations")]
impl Job for BatchJob {
    type Output = Answers;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("batch")
    }
    fn refused(&self, error: &Error) -> Cow<'static, str> {
        let position = error.params().get("position").and_then(Json::as_u64).and_then(|at| usize::try_from(at).ok());
        position.and_then(|at| self.calls.get(at)).map_or_else(|| self.operation(), |(name, _)| Cow::Borrowed(name))
    }
    fn arguments(&self) -> String {
        text(&self.requests)
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        self.calls.iter().flat_map(|(_, call)| call.prefetch(org)).collect()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Answers> {
        let named = self.requests.iter().filter_map(|request| request.with.get("id")?.as_str()?.parse().ok());
        cx.look_up_ids(named.collect()).await?;
        let mut answers = Vec::with_capacity(self.calls.len());
        for (position, (operation, call)) in self.calls.iter().enumerate() {
            cx.operation = Cow::Borrowed(operation);
            let answer = call.perform(cx).await;
            // What the storage or a host's rule refuses is refused of this operation, and its events bear its name.
            let written = if answer.is_ok() { cx.flush().await } else { Ok(()) };
            let answer = answer.and_then(|answer| written.map(|()| answer));
            answers.push(answer.map_err(|error| error.with("position", position))?);
        }
        // That a part was done before says nothing of the whole.
        cx.again = false;
        Ok(Answers(answers))
    }
}

struct ExplainJob {
    catalog: Arc<Catalog>,
    kind: &'static str,
    record: Ref<()>,
}

impl Job for ExplainJob {
    type Output = Vec<Permission>;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("explain")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<Permission>> {
        let def = cx.kind(self.kind)?;
        let row = cx.visible_row(def, &self.record, true).await?;
        let environment = cx.environment;
        let mut permissions = Vec::new();
        for operation in self.catalog.operations().filter(|operation| operation.kind == self.kind) {
            if !operation.targeted {
                continue;
            }
            let trashed = !row.live(def) && !operation.trashed;
            let mut verdict = match trashed {
                true => Err(codes::TRASHED.with("kind", def.kind).with("id", row.id(def))),
                false => cx.authorize(def, &row, operation.action).await,
            };
            if verdict.is_ok() {
                verdict = operation.guard(&row, cx.actor());
            }
            if verdict.is_ok() {
                let case = Case {
                    operation: operation.name,
                    actor: cx.actor(),
                    of: def,
                    before: Some(&row),
                    after: None,
                    now: cx.now(),
                };
                verdict = environment.rules.iter().try_for_each(|rule| rule.guard(&case));
            }
            permissions.push(Permission { operation: operation.name.to_owned(), refusal: verdict.err() });
        }
        Ok(permissions)
    }
}
