//! What types say of their operations, as data: the catalog is made from it by code that no type repeats.

use serde_json::Value as Json;

#[cfg(feature = "catalog")]
use super::Schemas;
use super::{Mode, Work, arguments, shared::Shared};
use crate::{
    access::Action,
    behaviour::{self, Behaviour},
    command::{Command, Query},
    entity::{Create, Entity, Merge, Mergeable, Purge, Restore, Trash, Update, Upsert},
    error::{Code, Result},
    query::{AggregateOf, Count, Find, Get, History, Search},
    record::{Names, Record, RecordDef},
    unit::{self, Guard},
};
#[cfg(feature = "operations")]
use crate::{answer::Answer, context::Context, send::BoxFuture};

/// What a command or a query says of its operation.
pub(crate) struct Declared {
    pub(super) name: &'static str,
    pub(super) mode: Mode,
    pub(super) def: fn() -> &'static RecordDef,
    pub(super) action: Action,
    #[cfg(feature = "catalog")]
    pub(super) errors: &'static [Code],
    /// The names of the kind's own operations, when it is a command.
    #[cfg(feature = "catalog")]
    pub(super) names: Option<&'static Names>,
    pub(super) trashed_target: bool,
    /// Present when it names one record of the kind.
    pub(super) guard: Option<Guard>,
    pub(super) expects_version: bool,
    pub(super) work: Work,
    #[cfg(feature = "catalog")]
    pub(super) schemas: Schemas,
}

impl Declared {
    const fn command<C: Command>(guard: Option<Guard>, work: Work) -> Self {
        Self {
            name: C::NAME,
            mode: Mode::Command,
            def: C::Target::def,
            action: C::ACTION,
            #[cfg(feature = "catalog")]
            errors: C::ERRORS,
            #[cfg(feature = "catalog")]
            names: Some(Of::<C::Target>::NAMES),
            trashed_target: C::TRASHED_TARGET,
            guard,
            expects_version: C::EXPECTS_VERSION,
            work,
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<C, C::Output>(),
        }
    }

    const fn query<Q: Query>(work: Work) -> Self {
        Self {
            name: Q::NAME,
            mode: Mode::Query,
            def: Q::Target::def,
            action: Action::Read,
            #[cfg(feature = "catalog")]
            errors: Q::ERRORS,
            #[cfg(feature = "catalog")]
            names: None,
            trashed_target: false,
            guard: None,
            expects_version: false,
            work,
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<Q, Q::Output>(),
        }
    }
}

/// The operations of a kind that callers read.
pub(crate) struct OfRecord {
    pub(super) get: Declared,
    pub(super) find: Declared,
    pub(super) count: Declared,
    pub(super) aggregate: Declared,
    pub(super) search: Declared,
    pub(super) history: Declared,
}

/// The operations of a kind that callers create and edit.
pub(crate) struct OfEntity {
    pub(super) record: &'static OfRecord,
    pub(crate) kind: &'static Behaviour,
    pub(super) create: Declared,
    pub(super) update: Declared,
    pub(super) upsert: Declared,
    pub(super) trash: Declared,
    pub(super) restore: Declared,
    pub(super) purge: Declared,
    pub(super) names: &'static Names,
    pub(super) errors: &'static [Code],
}

/// What a command, a query or a kind declares.
pub(crate) struct Of<T>(T);

impl<C: Command> Of<C> {
    /// A command that works on one record.
    pub(crate) const TARGETED: &'static Declared = &Declared::command::<C>(Some(unit::guard::<C>), Self::OWN);
    /// A command that works on no single record.
    pub(crate) const UNTARGETED: &'static Declared = &Declared::command::<C>(None, Self::OWN);
    const OWN: Work = Work::Own {
        check: check_command::<C>,
        #[cfg(feature = "operations")]
        perform: perform_command::<C>,
    };

    /// A command that every such kind has.
    const fn shared(guard: Option<Guard>, which: Shared, kind: &'static Behaviour) -> Declared {
        Declared::command::<C>(guard, shared(which, kind))
    }
    const fn shared_targeted(which: Shared, kind: &'static Behaviour) -> Declared {
        Self::shared(Some(unit::guard::<C>), which, kind)
    }
}

impl<Q: Query> Of<Q> {
    /// A named question.
    pub(crate) const QUERY: &'static Declared = &Declared::query::<Q>(Work::Own {
        check: check_query::<Q>,
        #[cfg(feature = "operations")]
        perform: perform_query::<Q>,
    });
}

impl<R: Record> Of<R> {
    const NAMES: &'static Names = &R::NAMES;
    const READ: &'static Behaviour = behaviour::of_record::<R>();
    /// Its operations, when callers read it.
    pub(crate) const RECORD: &'static OfRecord = &OfRecord {
        get: Declared::query::<Get<R>>(shared(Shared::Get, Self::READ)),
        find: Declared::query::<Find<R>>(shared(Shared::Find, Self::READ)),
        count: Declared::query::<Count<R>>(shared(Shared::Count, Self::READ)),
        aggregate: Declared::query::<AggregateOf<R>>(shared(Shared::Aggregate, Self::READ)),
        search: Declared::query::<Search<R>>(shared(Shared::Search, Self::READ)),
        history: Declared::query::<History<R>>(shared(Shared::History, Self::READ)),
    };
}

impl<R: Entity> Of<R> {
    const EDITED: &'static Behaviour = behaviour::of_entity::<R>();
    /// Its operations, when callers create and edit it.
    pub(crate) const ENTITY: &'static OfEntity = &OfEntity {
        record: Self::RECORD,
        kind: Self::EDITED,
        create: Of::<Create<R>>::shared(None, Shared::Create, Self::EDITED),
        update: Of::<Update<R>>::shared_targeted(Shared::Update, Self::EDITED),
        upsert: Of::<Upsert<R>>::shared(None, Shared::Upsert, Self::EDITED),
        trash: Of::<Trash<R>>::shared_targeted(Shared::Trash, Self::EDITED),
        restore: Of::<Restore<R>>::shared_targeted(Shared::Restore, Self::EDITED),
        purge: Of::<Purge<R>>::shared_targeted(Shared::Purge, Self::EDITED),
        names: Self::NAMES,
        errors: R::ERRORS,
    };
}

impl<R: Mergeable> Of<R> {
    /// The operation that folds one record into another.
    pub(crate) const MERGE: &'static Declared =
        &Of::<Merge<R>>::shared_targeted(Shared::Merge, behaviour::of_mergeable::<R>());
}

/// What every kind has, for one kind.
#[cfg_attr(not(feature = "operations"), allow(unused_variables, reason = "only what runs looks at the kind's rules"))]
const fn shared(shared: Shared, kind: &'static Behaviour) -> Work {
    Work::Shared {
        shared,
        #[cfg(feature = "operations")]
        kind,
    }
}

fn check_command<C: Command>(json: &Json) -> Result<()> {
    arguments::<C>(C::NAME, json)?.check()
}

fn check_query<Q: Query>(json: &Json) -> Result<()> {
    arguments::<Q>(Q::NAME, json)?.check()
}

#[cfg(feature = "operations")]
fn perform_command<'a, C: Command>(cx: &'a mut Context<'_>, json: &'a Json) -> BoxFuture<'a, Result<Answer>> {
    Box::pin(async move {
        let command: C = arguments(C::NAME, json)?;
        // The door could not prefetch what it had not read yet.
        cx.prefetch(command.prefetch(cx.org())).await?;
        let output = cx.perform(&command).await?;
        Answer::of(output)
    })
}

#[cfg(feature = "operations")]
fn perform_query<'a, Q: Query>(cx: &'a mut Context<'_>, json: &'a Json) -> BoxFuture<'a, Result<Answer>> {
    Box::pin(async move {
        let query: Q = arguments(Q::NAME, json)?;
        query.check()?;
        cx.authorize_kind(Q::Target::def(), Action::Read)?;
        let output = query.run(cx).await?;
        Answer::of(output)
    })
}
