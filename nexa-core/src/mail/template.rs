//! A template: the texts of a message in several languages, with places for values.
//!
//! What is sent is a published version, which never changes; the template holds the next one while it is written. Values are data: they
//! are escaped where they are printed, and a value that looks like a tag prints itself. A template reaches nothing but the records, fields
//! and variables that it names, and what the policy hides from whoever asks for a message is unknown to it.

mod lifecycle;
mod locale;
mod made;
mod marketing;
mod message;
mod preview;
pub mod problem;
mod reach;
// Without the engine nobody reads what it would be given.
#[cfg_attr(not(feature = "templates"), allow(dead_code, unused_imports))]
mod render;
mod test;
mod text;
mod values;
mod version;

pub use lifecycle::{Archive, Publish, Unarchive};
pub(super) use made::{Made, Written, missing, unmade};
pub use message::{Message, Render};
pub use preview::{Preview, Previewed, Warning};
pub(crate) use render::{Formats, When};
pub use test::Test;
pub use text::{TemplatePartial, TemplateText, TemplateVariable, VariableType};
pub(super) use values::Occasion;
pub use version::TemplateVersion;

use serde::{Deserialize, Serialize};

use self::problem::{ARCHIVED, NOT_ARCHIVED};
use super::Topic;
use crate::{
    Context, CrmBuilder, Document, Entity, ExternalKey, Id, Key, Language, Name, Record, Result, Timestamp,
    closed_enum, kernel::error::codes,
};

closed_enum! {
    /// What a template is for.
    pub enum Channel {
        /// A mail: a subject, and HTML or text.
        Email = "email",
        /// A text, such as one for a telephone.
        Text = "text",
        /// What a user finds in their inbox.
        Notification = "notification",
        /// A note on a record.
        Note = "note",
    }
}

/// The texts of a message in several languages, with places for values. It is the version that is being written; those that were
/// published are `template_version`.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "template",
    table = "templates", access = settings,
    search(name = 2, key = 3),
    unique("name.folded", code = "template.name_taken"),
    unique("key", code = "template.key_taken")
)]
pub struct Template {
    /// The identifier.
    pub id: Id<Template>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The name by which rules and hosts find it, such as `customer_welcome`.
    #[record(editable)]
    pub key: Option<Key>,
    /// What it is for.
    #[record(editable)]
    pub channel: Channel,
    /// The kind of record that its messages are about, such as `deal`; messages to people alone have none.
    #[record(editable)]
    pub about_kind: Option<Name>,
    /// The topic of its mails. Where that is marketing, each text links to `unsubscribe_url` and prints `org.address`.
    #[record(editable)]
    pub topic: Option<Id<Topic>>,
    /// The language of those for whom there is no other text.
    #[record(editable)]
    pub default_locale: Language,
    /// The texts, one for each language.
    #[record(editable)]
    pub texts: Document<Vec<TemplateText>>,
    /// The variables that callers give a value.
    #[record(editable)]
    pub variables: Document<Vec<TemplateVariable>>,
    /// The versions of other templates that it includes, by the name under which it does.
    #[record(editable)]
    pub partials: Document<Vec<TemplatePartial>>,
    /// The number of the version that was published last; absent before the first.
    pub published: Option<i64>,
    /// When it was archived; an archived template makes no new messages.
    pub archived_at: Option<Timestamp>,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// A template has at most so many texts, variables and partials.
const MOST: usize = 100;

impl Template {
    pub(super) fn must_be_unarchived(&self) -> Result<()> {
        if self.archived_at.is_none() { Ok(()) } else { Err(ARCHIVED.with("name", &self.name)) }
    }
    fn must_be_archived(&self) -> Result<()> {
        if self.archived_at.is_some() { Ok(()) } else { Err(NOT_ARCHIVED.with("name", &self.name)) }
    }
}

fn invalid(field: &str, problem: impl Into<String>) -> crate::Error {
    codes::FIELD_INVALID.with("field", field).with("problem", problem.into())
}

impl Entity for Template {
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() && self.default_locale.is_empty() {
            self.default_locale = Language::parse("en").map_err(|problem| invalid("default_locale", problem))?;
        }
        if let Some(about) = &self.about_kind {
            reach::kind(cx, about)?;
        }
        for (field, count) in
            [("texts", self.texts.len()), ("variables", self.variables.len()), ("partials", self.partials.len())]
        {
            if count > MOST {
                return Err(invalid(field, format!("give at most {MOST} of them")));
            }
        }
        unique("texts", self.texts.iter().map(|text| text.locale.as_str()))?;
        unique("variables", self.variables.iter().map(|variable| variable.name.as_str()))?;
        unique("partials", self.partials.iter().map(|partial| partial.name.as_str()))?;
        if let Some(variable) = self.variables.iter().find(|variable| reach::is_root(cx, &variable.name)) {
            let name = &variable.name;
            return Err(invalid("variables", format!("{name} means something else in templates; name it otherwise")));
        }
        let wrong = |variable: &&TemplateVariable| {
            variable.default.as_ref().is_some_and(|default| !variable.r#type.fits(default))
        };
        if let Some(variable) = self.variables.iter().find(wrong) {
            let (name, r#type) = (&variable.name, variable.r#type);
            return Err(invalid("variables", format!("give {name} a default that is a {type}")));
        }
        for partial in self.partials.iter() {
            cx.unrestricted().load(partial.version).await.map_err(|error| error.with("field", "partials"))?;
        }
        Ok(())
    }
}

fn unique<'n>(field: &str, names: impl Iterator<Item = &'n str>) -> Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(invalid(field, format!("give {name} once")));
        }
    }
    Ok(())
}

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Template>()
        .command::<Publish>()
        .command::<Archive>()
        .command::<Unarchive>()
        .command::<Test>()
        .query::<Preview>()
        .query::<Render>()
        .record::<TemplateVersion>()
}
