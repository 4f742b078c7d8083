//! Operations that kinds have in common: written over rows and compiled once, whatever the number of kinds.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value as Json;

use super::{
    access::{Action, Actor},
    answer::Answer,
    context::{Behaviour, Context, Terms, not_found},
    error::{Code, Result},
    input::Unreadable,
    maybe_send::{MaybeSend, MaybeSync},
    operation::{Mode, operation_name},
    record::{RecordDef, Ref, Row},
    store::Prefetch,
};

/// An operation that kinds have in common. Where it stands in the table of them, or is given to
/// [`CrmBuilder::shared`](crate::CrmBuilder::shared), every kind of its sort has it, with its schema and its codes.
pub trait SharedOperation: Sized + MaybeSend + MaybeSync + 'static {
    /// The verb, such as `trash`.
    const VERB: &'static str;
    /// What it does, in Markdown; `{kind}` and `{a kind}` stand for the name of the kind.
    const DOC: &'static str;
    /// Whether it changes or reads.
    const MODE: Mode;
    /// What the actor must be allowed to do with the record, or with the kind when no record is named.
    const ACTION: Action;
    /// Whether it is a change of one record, so that `explain` describes it.
    const NAMES_RECORD: bool = Self::On::IS_ROW;
    /// Whether the record may be in the trash.
    const TRASHED: bool = false;
    /// What the door hands it: the row of the record that it names, or `()`.
    type On: Admitted;

    /// Whether a kind has it.
    fn fits(kind: &Behaviour) -> bool;
    /// The codes that it may answer for a kind beside the kernel's own.
    fn errors(kind: &Behaviour) -> Vec<Code>;
    /// The JSON Schema of its arguments for a kind.
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema;
    /// The JSON Schema of its answer for a kind.
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema;
    /// Reads its arguments.
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable>;
    /// Checks its arguments by themselves, before any storage is touched.
    fn check(&self, def: &'static RecordDef) -> Result<()> {
        let _ = def;
        Ok(())
    }
    /// The record that the door loads, authorizes and guards; it has one when it is handed a row.
    fn record(&self) -> Option<&Ref<()>> {
        None
    }
    /// What it will load, as far as its arguments say.
    fn prefetch(&self, kind: &'static Behaviour) -> Vec<Prefetch> {
        let def = (kind.def)();
        self.record().and_then(|record| record.prefetch_of(def)).into_iter().collect()
    }
    /// What the state of the row and the actor allow, without arguments; `explain` asks this as well.
    fn guard(kind: &'static Behaviour, row: &Row, actor: &Actor) -> Result<()> {
        let _ = (kind, row, actor);
        Ok(())
    }
    /// Runs it for a kind.
    fn run(
        &self,
        on: Self::On,
        cx: &mut Context<'_>,
        kind: &'static Behaviour,
    ) -> impl Future<Output = Result<Answer>> + MaybeSend;
}

/// What a shared operation works on, once the door has let it in.
pub trait Admitted: Sized + MaybeSend + 'static {
    /// Whether it is the row of one record.
    const IS_ROW: bool;
    #[doc(hidden)]
    fn admit<S: SharedOperation<On = Self>>(
        call: &S,
        cx: &mut Context<'_>,
        kind: &'static Behaviour,
    ) -> impl Future<Output = Result<Self>> + MaybeSend;
}

impl Admitted for () {
    const IS_ROW: bool = false;
    async fn admit<S: SharedOperation<On = Self>>(_: &S, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<()> {
        match S::MODE {
            Mode::Query => cx.authorize_kind((kind.def)(), Action::Read),
            Mode::Command => cx.admit_to_kind(&terms::<S>((kind.def)())),
        }
    }
}

impl Admitted for Row {
    const IS_ROW: bool = true;
    async fn admit<S: SharedOperation<On = Self>>(
        call: &S,
        cx: &mut Context<'_>,
        kind: &'static Behaviour,
    ) -> Result<Self> {
        let def = (kind.def)();
        let Some(record) = call.record() else { return Err(not_found(def, "")) };
        let row = cx.admitted(&terms::<S>(def), record).await?;
        S::guard(kind, &row, cx.actor())?;
        Ok(row)
    }
}

fn terms<S: SharedOperation>(def: &'static RecordDef) -> Terms {
    Terms {
        operation: operation_name(def.kind, S::VERB),
        def,
        action: S::ACTION,
        trashed: S::TRASHED,
        expects_version: S::NAMES_RECORD,
    }
}

/// Lets a shared operation in, or refuses it, and runs it for a kind.
pub async fn perform<S: SharedOperation>(cx: &mut Context<'_>, kind: &'static Behaviour, call: &S) -> Result<Answer> {
    let on = S::On::admit(call, cx, kind).await?;
    call.run(on, cx, kind).await
}

/// Lets Rust callers run a shared change of a typed record: on the same path as by its name.
#[doc(hidden)]
#[macro_export]
macro_rules! shared_perform {
    ($call:ident<R: $bound:ident> of $kind:expr => $output:ty {
        check: |$checked:ident| $check:expr,
        prefetch: |$prefetched:ident| $prefetch:expr,
        call: |$own:ident| $untyped:expr,
        answer: $answer:expr,
    }) => {
        impl<R: $bound> $crate::operation::Perform for $call<R> {
            type Of = R;
            type Output = $output;
            fn name() -> &'static str {
                let verb = <$call<()> as $crate::shared::SharedOperation>::VERB;
                $crate::operation::operation_name(R::def().kind, verb)
            }
            fn check(&self) -> $crate::error::Result<()> {
                let $checked = self;
                $check
            }
            fn prefetch(&self, _: $crate::uuid::Uuid) -> ::std::vec::Vec<$crate::store::Prefetch> {
                let $prefetched = self;
                $prefetch
            }
            async fn perform(&self, cx: &mut $crate::context::Context<'_>) -> $crate::error::Result<$output> {
                let $own = self;
                let answer = $crate::shared::perform(cx, $kind, &$untyped).await?;
                $answer(answer)
            }
        }
    };
}
#[doc(hidden)]
pub use shared_perform;
