//! A note: what somebody writes down about records, for all who see these or for some.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Abouts, Actor, Assignee, Body, Choice, Code, Command, Context, Entity, ExternalKey, Id, Readers, Record, Ref,
    Result, Timestamp, command,
    people::{
        User,
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
};

/// Somebody else than the author changes who may read a note.
pub const NOT_AUTHOR: Code =
    Code::forbidden("note.not_author", "Only its author changes who may read a note; ask them, or write another.");
/// The author of notes that are to be handed over still works here.
pub const AUTHOR_ACTIVE: Code =
    Code::rule("note.author_active", "{name} is active and keeps their notes; hand over those of users who left.");

/// What somebody wrote down about records. It is read by those who see one of these; where it lists readers, by these of them and the
/// author alone, whatever their role.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "note", table = "notes", access = through(about), index("author"))]
pub struct Note {
    /// The identifier.
    pub id: Id<Note>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What sort of note it is, such as `handoff`; the tenant may close the list as `note.type`.
    #[record(editable)]
    pub r#type: Option<Choice>,
    /// What was written. `@[user:…]` and `@[group:…]` with an id mention users and groups, who are notified where they may read it.
    #[record(editable, mentions)]
    pub body: Body,
    /// What it is about: records of any kind, or things of the host.
    #[record(editable, follows)]
    pub about: Abouts,
    /// Whether it stands before the others.
    #[record(editable)]
    pub pinned: bool,
    /// Who alone may read it beside the author; with none, all who see what it is about. The author changes it.
    #[record(editable, readers)]
    pub readers: Readers,
    /// The user who wrote it; nobody when a service or the host did.
    #[record(author)]
    pub author: Option<Id<User>>,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Note {
    fn may_set_readers(&self, readers: &Readers, actor: &Actor) -> Result<()> {
        let is_author = actor.is_system() || actor.user().is_some_and(|user| self.author == Some(Id::new(user)));
        if is_author || *readers == self.readers { Ok(()) } else { Err(NOT_AUTHOR.with("field", "readers")) }
    }
}

impl Entity for Note {
    const ERRORS: &'static [Code] = &[NOT_AUTHOR, INACTIVE, CHOICE_UNKNOWN];

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let actor = cx.actor().user().map(Id::new);
        match before {
            None => self.author = actor,
            Some(before) => before.may_set_readers(&self.readers, cx.actor())?,
        }
        for reader in self.readers.iter().filter(|reader| before.is_none_or(|before| !before.readers.contains(reader)))
        {
            assignment::check_assignee(cx, reader).await.map_err(|error| error.with("field", "readers"))?;
        }
        if let Some(choice) = &mut self.r#type
            && before.is_none_or(|before| before.r#type.as_ref() != Some(choice))
        {
            org::choose(cx, "note.type", choice).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match (before, now) {
            (Some(before), Some(now)) => before.may_set_readers(&now.readers, cx.actor()),
            _ => Ok(()),
        }
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("note.type", self.r#type.as_deref())]).await
    }
}

/// Makes somebody else the author of the notes of a user who left: who hands them over need not be able to read them. At most 1,000 at
/// once; where there are more, call it again. Error: `note.author_active`.
#[command("hand_over_notes", on = User, guard = must_have_left, errors(AUTHOR_ACTIVE, INACTIVE))]
pub struct HandOver {
    /// The user who left.
    pub user: Ref<User>,
    /// The active user who takes them over.
    pub to: Ref<User>,
}

fn must_have_left(user: &User) -> Result<()> {
    if user.active { Err(AUTHOR_ACTIVE.with("name", &user.name)) } else { Ok(()) }
}

/// What was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HandedOver {
    /// How many notes were handed over.
    pub notes: usize,
    /// Whether the user has more.
    pub more: bool,
}

impl Command for HandOver {
    type Output = HandedOver;
    async fn run(&self, user: User, cx: &mut Context<'_>) -> Result<HandedOver> {
        let to = cx.load(&self.to).await?;
        assignment::check_assignee(cx, &Assignee::user(to.id)).await?;
        let theirs = cx.unrestricted().find::<Note>(&Note::AUTHOR.eq(user.id), &[], MOST + 1).await?;
        let (notes, more) = (theirs.len().min(MOST), theirs.len() > MOST);
        for note in theirs.into_iter().take(MOST) {
            cx.save(Note { author: Some(to.id), ..note }).await?;
        }
        Ok(HandedOver { notes, more })
    }
}

/// How many notes are handed over at once.
const MOST: usize = 1_000;
