//! The operations that every kind has, by name: read, checked and run over rows, without a type per kind.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{Operation, arguments, malformed};
#[cfg(feature = "operations")]
use crate::{
    answer::Answer,
    behaviour::Behaviour,
    context::Context,
    query::{self, Related},
};
use crate::{
    draft::{Draft, check_fields},
    entity::{Create, MergeOptions, NoOptions, RestoreOptions, TrashOptions, Upsert},
    error::Result,
    limits,
    query::{AggregateOf, Count, Find, GetOptions, HistoryOptions, Search},
    record::Ref,
    targeted,
};

/// Which of them an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    Create,
    Update,
    Upsert,
    Trash,
    Restore,
    Purge,
    Merge,
    Get,
    Find,
    Count,
    Aggregate,
    Search,
    History,
}

/// A call of one of them, with its arguments.
enum Call {
    Create(Create<()>),
    Update(Ref<()>, Draft<()>),
    Upsert(Upsert<()>),
    Trash(Ref<()>, TrashOptions),
    Restore(Ref<()>, RestoreOptions),
    Purge(Ref<()>),
    Merge(Ref<()>, MergeOptions<()>),
    Get(Ref<()>, GetOptions),
    Find(Find<()>),
    Count(Count<()>),
    Aggregate(AggregateOf<()>),
    Search(Search<()>),
    History(Ref<()>, HistoryOptions),
}

/// The record and the rest of the arguments.
fn targeted<A: DeserializeOwned>(operation: &Operation, json: &Json) -> Result<(Ref<()>, A)> {
    let map: Map<String, Json> = match json {
        Json::Object(map) => map.clone(),
        other => arguments(operation.name, other)?,
    };
    targeted::split(operation.kind, map).map_err(|problem| malformed(operation.name, &problem))
}

impl Shared {
    /// Reads the arguments. Error: `command.malformed`.
    fn read(self, operation: &Operation, json: &Json) -> Result<Call> {
        let name = operation.name;
        Ok(match self {
            Self::Create => Call::Create(arguments(name, json)?),
            Self::Update => {
                let (record, draft) = targeted(operation, json)?;
                Call::Update(record, draft)
            }
            Self::Upsert => Call::Upsert(arguments(name, json)?),
            Self::Trash => {
                let (record, options) = targeted(operation, json)?;
                Call::Trash(record, options)
            }
            Self::Restore => {
                let (record, options) = targeted(operation, json)?;
                Call::Restore(record, options)
            }
            Self::Purge => Call::Purge(targeted::<NoOptions>(operation, json)?.0),
            Self::Merge => {
                let (record, options) = targeted(operation, json)?;
                Call::Merge(record, options)
            }
            Self::Get => {
                let (record, options) = targeted(operation, json)?;
                Call::Get(record, options)
            }
            Self::Find => Call::Find(arguments(name, json)?),
            Self::Count => Call::Count(arguments(name, json)?),
            Self::Aggregate => Call::Aggregate(arguments(name, json)?),
            Self::Search => Call::Search(arguments(name, json)?),
            Self::History => {
                let (record, options) = targeted(operation, json)?;
                Call::History(record, options)
            }
        })
    }

    /// Checks arguments by themselves.
    pub(super) fn check(self, operation: &Operation, json: &Json) -> Result<()> {
        let call = self.read(operation, json)?;
        if let Some(fields) = call.fields() {
            check_fields(operation.def, fields)?;
        }
        call.check()
    }

    /// Runs the operation.
    #[cfg(feature = "operations")]
    pub(super) async fn perform(
        self,
        cx: &mut Context<'_>,
        operation: &Operation,
        kind: &'static Behaviour,
        json: &Json,
    ) -> Result<Answer> {
        let call = self.read(operation, json)?;
        call.check()?;
        operation.admit(cx, call.target()).await?;
        call.run(cx, kind).await
    }
}

impl Call {
    /// The fields that it sets.
    fn fields(&self) -> Option<&Map<String, Json>> {
        match self {
            Self::Create(create) => Some(create.fields.fields()),
            Self::Update(_, draft) => Some(draft.fields()),
            Self::Upsert(upsert) => Some(upsert.fields.fields()),
            _ => None,
        }
    }

    fn check(&self) -> Result<()> {
        match self {
            Self::Get(_, options) => options.in_bounds(),
            Self::Find(find) => find.in_bounds(),
            Self::Count(count) => limits::filter(&count.filter),
            Self::Aggregate(of) => of.in_bounds(),
            Self::Search(search) => search.in_bounds(),
            _ => Ok(()),
        }
    }
}

#[cfg(feature = "operations")]
impl Call {
    const fn target(&self) -> Option<&Ref<()>> {
        match self {
            Self::Update(record, _)
            | Self::Trash(record, _)
            | Self::Restore(record, _)
            | Self::Purge(record)
            | Self::Merge(record, _) => Some(record),
            _ => None,
        }
    }

    async fn run(self, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let def = (kind.def)();
        let row = match self {
            Self::Create(create) => cx.create_row(kind, create.id.map(crate::Id::uuid), create.fields.fields()).await?,
            Self::Update(record, draft) => {
                let row = cx.visible_row(def, &record, false).await?;
                cx.edit_row(kind, row, draft.fields()).await?
            }
            Self::Upsert(upsert) => {
                let (row, created) = cx.upsert_row(kind, &upsert).await?;
                return Ok(Answer::Upserted(def, row, created));
            }
            Self::Trash(record, options) => cx.trash_row(kind, &record, &options.on_dependents).await?,
            Self::Restore(record, options) => cx.restore_row(def, &record, &options).await?,
            Self::Purge(record) => {
                cx.purge_row(kind, &record).await?;
                return Ok(Answer::Document(Json::Null));
            }
            Self::Merge(record, options) => cx.merge_rows(kind, &record, &options.other).await?,
            Self::Get(record, options) => {
                let (row, related) = query::get_row(cx, def, &record, &options).await?;
                return Ok(Answer::Record(def, row, related));
            }
            Self::Find(find) => {
                let page = query::page_of(cx, def, &find.untyped()).await?;
                return Ok(Answer::Page(def, page.rows, page.next, page.related));
            }
            Self::Count(count) => return Answer::of(query::count_rows(cx, def, &count.filter).await?),
            Self::Aggregate(of) => return Answer::of(cx.measured(def, &of.filter, &of.group_by, &of.measure).await?),
            Self::Search(search) => {
                let (rows, next) = query::search_rows(cx, def, &search).await?;
                return Ok(Answer::Page(def, rows, next, Related::new()));
            }
            Self::History(record, options) => return Answer::of(query::history_of(cx, def, &record, &options).await?),
        };
        Ok(Answer::Record(def, row, Related::new()))
    }
}
