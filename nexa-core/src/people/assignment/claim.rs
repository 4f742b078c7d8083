//! Taking a record from a queue: the same for every kind whose records wait in one.

use schemars::{Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{NOT_A_USER, TAKEN, holder::Holder};
use crate::{
    Action, Actor, Assignee, Code, Context, Entity, Record, Ref, Result,
    kernel::{
        answer::Answer,
        context::{Behaviour, not_found},
        entity::{NoOptions, of_entity},
        input::Unreadable,
        operation::Mode,
        record::{RecordDef, Row, schema},
        shared::{SharedOperation, shared_perform},
        store::Prefetch,
        targeted::{self, Targeted},
    },
};

/// Takes a record from a queue: `ticket.claim` and the like. Of many that try, exactly one succeeds; for the rest the answer is
/// `assignee.taken`, even when they no longer see the record; by a key of the host's, what they do not see is not found. Claiming
/// what one has already changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Claim<R>(pub Targeted<R, NoOptions>);

impl<R> Claim<R> {
    /// Takes this record.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions::default()))
    }
}

/// Whether this actor may take a record now. Errors: `assignee.not_a_user`, `assignee.taken`, and those of the kind.
fn may_claim(kind: &'static Behaviour, row: &Row, actor: &Actor) -> Result<()> {
    let user = actor.user().ok_or_else(|| NOT_A_USER.error())?;
    (kind.edited()?.may_change_hands)(row.clone())?;
    match Holder::of((kind.def)()).and_then(|holder| holder.assignee(row)) {
        Some(Assignee::User(other)) if other != user => Err(TAKEN.error()),
        _ => Ok(()),
    }
}

impl SharedOperation for Claim<()> {
    const VERB: &'static str = "claim";
    const DOC: &'static str = "Takes {a kind} from a queue. Of many that try, exactly one succeeds; for the rest the answer is \
        `assignee.taken`, even when they no longer see it; by a key of the host's, what they do not see is not found. Claiming what one \
        has already changes nothing.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Update;
    const NAMES_RECORD: bool = true;
    // The door would load the record in the actor's scope, and answer those who came too late that it is not there.
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        kind.edited().is_ok() && Holder::of((kind.def)()).is_some_and(Holder::is_queue)
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        let own = kind.edited().map_or(&[][..], |edited| edited.hands_errors);
        own.iter().copied().chain([TAKEN, NOT_A_USER]).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<NoOptions>(def, generator)
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        schema::record(def, generator)
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn prefetch(&self, kind: &'static Behaviour) -> Vec<Prefetch> {
        self.0.record.prefetch_of((kind.def)()).into_iter().collect()
    }
    fn guard(kind: &'static Behaviour, row: &Row, actor: &Actor) -> Result<()> {
        may_claim(kind, row, actor)
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let (def, record) = ((kind.def)(), &self.0.record);
        let mut row = match cx.unrestricted().load_row(def, record).await {
            Ok(row) => row,
            // Whoever may see it in the trash hears that it is there.
            Err(gone) => return Err(cx.visible_row(def, record, false).await.err().unwrap_or(gone)),
        };
        let Some(holder) = Holder::of(def) else { return Err(not_found(def, record)) };
        let before = holder.assignee(&row);
        if !cx.allows(def, &row, Action::Read).await? {
            // An id is known to those who saw the record and come too late; a key can be guessed.
            let late = before.is_some() && matches!(record, Ref::Id(_));
            return Err(if late { TAKEN.error() } else { not_found(def, record) });
        }
        cx.authorize(def, &row, Action::Update).await?;
        cx.expect_version(def, &row)?;
        may_claim(kind, &row, cx.actor())?;
        let user = cx.actor().user().map(Assignee::User);
        if before != user {
            holder.hand_over(def, &mut row, user, before.and_then(Assignee::as_group))?;
            Holder::acknowledge(def, &mut row, &cx.moment());
        }
        Ok(Answer::record(def, cx.save_row(def, row).await?))
    }
}

shared_perform!(Claim<R: Entity> of of_entity::<R>() => R {
    check: |_call| Ok(()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Claim(call.0.untyped()),
    answer: Answer::into_record,
});
