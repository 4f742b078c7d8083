//! What somebody may ask of the door: changes and questions, as plain structs with a name.
//!
//! A change has one of three forms, chosen by what it needs: [`Apply`] changes one record and needs nothing but the record,
//! [`Command`] has other records at hand, [`CollectionCommand`] names no record or finds it by itself. The attribute
//! [`command`](macro@crate::command) writes the constant half of each, [`Operation`].

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    access::{Action, Actor},
    context::{Context, Terms, not_found},
    error::{Code, Result},
    maybe_send::{MaybeSend, MaybeSync},
    record::{Record, Ref, Row},
    store::Prefetch,
};

pub use super::context::Moment;

/// Whether an operation changes or reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It changes.
    Command,
    /// It reads.
    Query,
}

/// The name of an operation: that of its kind, a dot and its verb, such as `lead.qualify`.
pub fn operation_name(kind: &'static str, verb: &'static str) -> &'static str {
    // There are as many as the program declares, so they are made once and live as long as it.
    static NAMES: LazyLock<RwLock<HashMap<(&str, &str), &str>>> = LazyLock::new(RwLock::default);
    if let Some(name) = NAMES.read().unwrap_or_else(PoisonError::into_inner).get(&(kind, verb)) {
        return name;
    }
    let mut names = NAMES.write().unwrap_or_else(PoisonError::into_inner);
    names.entry((kind, verb)).or_insert_with(|| Box::leak(format!("{kind}.{verb}").into_boxed_str()))
}

fn name_of<C: Operation + ?Sized>() -> &'static str {
    C::NAME.unwrap_or_else(|| operation_name(C::Of::def().kind, C::VERB))
}

/// What a change says of itself. The attribute [`command`](macro@crate::command) writes it.
pub trait Operation: Serialize + MaybeSend + MaybeSync + 'static {
    /// The verb, such as `qualify`; with the name of the kind it is the name of the operation.
    const VERB: &'static str;
    /// Its whole name, where the verb and the kind are not.
    const NAME: Option<&'static str> = None;
    /// What the actor must be allowed to do with the record, or with the kind when no record is named.
    const ACTION: Action = Action::Update;
    /// The codes that it may answer beside the kernel's own.
    const ERRORS: &'static [Code] = &[];
    /// Whether the record may be in the trash.
    const TRASHED: bool = false;
    /// Why what it did cannot be undone, in a sentence; `None` where it can be.
    const FINAL: Option<&'static str> = None;
    /// Whether it is about one record, so that `explain` can describe it.
    const NAMES_RECORD: bool;
    /// The kind it works on.
    type Of: Record;
    /// Whether the door hands it its record: [`OnRecord`] or [`OnCollection`].
    type Form: Form<Self>;

    /// The record that the door loads, authorizes and guards.
    fn record(&self) -> Option<&Ref<Self::Of>> {
        None
    }
    /// What the state of the record and the actor allow, without arguments; `explain` asks this as well.
    fn guard(record: &Self::Of, actor: &Actor) -> Result<()> {
        let _ = (record, actor);
        Ok(())
    }
    /// Checks the arguments by themselves, before any storage is touched.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// What it will load in this tenant beside its record, as far as its arguments say.
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        let _ = org;
        Vec::new()
    }
}

/// A change of one record that needs nothing but the record: what most commands are. It runs without a store.
pub trait Apply: Operation<Form = OnRecord> {
    /// Changes the record, which the door has loaded, authorized and guarded.
    fn apply(&self, record: &mut Self::Of, at: &Moment<'_>) -> Result<()>;
}

/// A change of one record with others at hand. The door hands over the record that it loaded, authorized and guarded.
#[diagnostic::on_unimplemented(message = "`{Self}` is a command on a record; implement `Apply` or `Command` for it")]
pub trait Command: Operation<Form = OnRecord> {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;
    /// Makes the change. It awaits nothing but the context.
    fn run(&self, record: Self::Of, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

impl<C: Apply> Command for C {
    type Output = C::Of;
    async fn run(&self, mut record: C::Of, cx: &mut Context<'_>) -> Result<C::Of> {
        self.apply(&mut record, &cx.moment())?;
        cx.save(record).await
    }
}

/// A change that names no record, or must find it by itself.
#[diagnostic::on_unimplemented(message = "`{Self}` is a command on a collection; implement `CollectionCommand` for it")]
pub trait CollectionCommand: Operation<Form = OnCollection> {
    /// What it answers.
    type Output: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;
    /// Makes the change. It awaits nothing but the context.
    fn run(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

/// How the door lets a change in and runs it.
pub trait Form<C: ?Sized> {
    /// What the change answers.
    type Output: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;
    #[doc(hidden)]
    fn perform(command: &C, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

/// The form of a change that works on one record.
#[derive(Clone, Copy, Debug)]
pub struct OnRecord;

/// The form of a change that works on the kind, or finds its record by itself.
#[derive(Clone, Copy, Debug)]
pub struct OnCollection;

impl<C: Command> Form<C> for OnRecord {
    type Output = C::Output;
    async fn perform(command: &C, cx: &mut Context<'_>) -> Result<C::Output> {
        // Without a record there is nothing to authorize: refused, as what the actor does not see.
        let Some(record) = command.record() else { return Err(not_found(C::Of::def(), "")) };
        let record = cx.admitted(&Terms::of::<C>(), &record.untyped()).await.and_then(C::Of::from_row)?;
        C::guard(&record, cx.actor())?;
        command.run(record, cx).await
    }
}

impl<C: CollectionCommand> Form<C> for OnCollection {
    type Output = C::Output;
    async fn perform(command: &C, cx: &mut Context<'_>) -> Result<C::Output> {
        cx.admit_to_kind(&Terms::of::<C>())?;
        command.run(cx).await
    }
}

/// What [`Session::run`](crate::Session::run) takes: every [`Operation`], and those that every kind has, such as [`Create`](crate::Create).
pub trait Perform: Serialize + MaybeSend + MaybeSync + 'static {
    /// The kind it works on.
    type Of: Record;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;

    /// The name of the operation, such as `lead.qualify`.
    fn name() -> &'static str;
    /// Checks the arguments by themselves, before any storage is touched.
    fn check(&self) -> Result<()>;
    /// What it will load, as far as its arguments say.
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch>;
    /// Lets it in, or refuses it, and makes the change.
    #[doc(hidden)]
    fn perform(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

impl<C: Operation> Perform for C {
    type Of = C::Of;
    type Output = <C::Form as Form<C>>::Output;

    fn name() -> &'static str {
        name_of::<C>()
    }
    fn check(&self) -> Result<()> {
        Operation::check(self)
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        let mut loads = Operation::prefetch(self, org);
        loads.extend(self.record().and_then(Ref::prefetch));
        loads
    }
    async fn perform(&self, cx: &mut Context<'_>) -> Result<Self::Output> {
        <C::Form as Form<C>>::perform(self, cx).await
    }
}

/// What the state of a row and the actor allow.
pub(crate) type Guard = fn(&Row, &Actor) -> Result<()>;

/// The guard of an operation, for a row.
pub(crate) fn row_guard<C: Operation>(row: &Row, actor: &Actor) -> Result<()> {
    C::guard(&C::Of::from_row(row.clone())?, actor)
}

impl Terms {
    /// The terms of an operation of its own.
    pub(crate) fn of<C: Operation>() -> Self {
        let def = C::Of::def();
        Self {
            operation: name_of::<C>(),
            def,
            action: C::ACTION,
            trashed: C::TRASHED,
            expects_version: C::NAMES_RECORD,
        }
    }
}

/// A guard, for `explain`.
pub(crate) const fn guard_of<C: Operation>() -> Option<Guard> {
    if C::NAMES_RECORD { Some(row_guard::<C>) } else { None }
}

/// A named question.
pub trait Query: Serialize + MaybeSend + MaybeSync + 'static {
    /// The verb, such as `overview`; with the name of the kind it is the name of the question.
    const VERB: &'static str;
    /// The codes that it may answer beside the kernel's own.
    const ERRORS: &'static [Code] = &[];
    /// The kind it is about.
    type Of: Record;
    /// What it answers.
    type Output: Serialize + DeserializeOwned + MaybeSend + MaybeSync + 'static;

    /// The name of the question.
    fn name() -> &'static str {
        operation_name(Self::Of::def().kind, Self::VERB)
    }
    /// Checks the question by itself, before any storage is touched.
    fn check(&self) -> Result<()> {
        Ok(())
    }
    /// What it will load, as far as its arguments say.
    fn prefetch(&self) -> Vec<Prefetch> {
        Vec::new()
    }
    /// Reads, in the actor's scope.
    fn run(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}
