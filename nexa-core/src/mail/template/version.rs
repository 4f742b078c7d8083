//! A version of a template: what was published, and never changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Channel, Template, TemplatePartial, TemplateText, TemplateVariable, locale, problem::NOT_PUBLISHED};
use crate::{Context, Document, Filter, Id, Language, Name, Op, Record, Result, Timestamp, mail::Topic, people::User};

/// A template as it was published. It never changes: what is sent in several attempts, or over weeks, is made of the same version.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "template_version",
    table = "template_versions", access = settings,
    unique("template", "number", code = "template.number_taken")
)]
pub struct TemplateVersion {
    /// The identifier.
    pub id: Id<TemplateVersion>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was published.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The template.
    #[record(on_trash = refuse)]
    pub template: Id<Template>,
    /// Its number; the first is 1.
    pub number: i64,
    /// What it is for.
    pub channel: Channel,
    /// The kind of record that its messages are about.
    pub about_kind: Option<Name>,
    /// The topic of its mails.
    pub topic: Option<Id<Topic>>,
    /// The language of those for whom there is no other text.
    pub default_locale: Language,
    /// The texts, one for each language.
    pub texts: Document<Vec<TemplateText>>,
    /// The variables that callers give a value.
    pub variables: Document<Vec<TemplateVariable>>,
    /// The versions that it includes, also those that these include.
    pub partials: Document<Vec<TemplatePartial>>,
    /// What it reads: fields of records such as `contact.first_name`, and variables.
    pub reads: Document<Vec<String>>,
    /// The user who published it; nobody when a service or the host did.
    pub publisher: Option<Id<User>>,
}

impl TemplateVersion {
    /// The version that a template makes messages of. Error: `template.not_published`.
    pub(in crate::mail) async fn published(cx: &mut Context<'_>, template: &Template) -> Result<Self> {
        let none = || NOT_PUBLISHED.with("name", &template.name);
        let number = template.published.ok_or_else(none)?;
        let filter = Self::TEMPLATE.eq(template.id).and(Filter::compare(Self::NUMBER.name(), Op::Eq, number));
        let found: Vec<Self> = cx.unrestricted().find(&filter, &[], 1).await?;
        found.into_iter().next().ok_or_else(none)
    }

    /// The text in the first of these languages that it has, or else in its default one.
    pub(super) fn text_in(&self, wanted: &[Language]) -> Option<&TemplateText> {
        locale::choose(&self.texts, wanted.iter().chain([&self.default_locale]))
    }
}

/// Published versions that are included, by the name under which they are.
pub(super) struct Partials(BTreeMap<String, TemplateVersion>);

impl Partials {
    /// The versions that these name.
    pub(super) async fn load(cx: &mut Context<'_>, partials: &[TemplatePartial]) -> Result<Self> {
        let mut loaded = BTreeMap::new();
        for partial in partials {
            let version = cx.unrestricted().load(partial.version).await?;
            loaded.insert(partial.name.to_string(), version);
        }
        Ok(Self(loaded))
    }

    /// The same with those that these include.
    pub(super) async fn with_theirs(mut self, cx: &mut Context<'_>) -> Result<Self> {
        let theirs: Vec<_> = self.0.values().flat_map(|version| version.partials.iter().cloned()).collect();
        for (name, version) in Self::load(cx, &theirs).await?.0 {
            self.0.entry(name).or_insert(version);
        }
        Ok(self)
    }

    /// Their texts in a language, each in its default one where it has no such.
    pub(super) fn texts_in<'p>(&'p self, wanted: &[Language]) -> BTreeMap<&'p str, &'p TemplateText> {
        let texts = self.0.iter().filter_map(|(name, version)| Some((name.as_str(), version.text_in(wanted)?)));
        texts.collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &TemplateVersion)> {
        self.0.iter().map(|(name, version)| (name.as_str(), version))
    }
}
