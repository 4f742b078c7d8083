//! An article: an answer to what customers ask, with a draft for each language. What readers see is its published revisions.

mod lifecycle;
mod slug;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::lifecycle::{
    Archive, CATEGORY_INTERNAL, NO_TEXT, NOT_PUBLISHED, Publish, REVISION_FOREIGN, RestoreRevision, SLUG_TAKEN,
    Unpublish, Verify,
};
use super::{Category, revision::ArticleRevision};
use crate::{
    Assignee, Body, Code, Context, Custom, Date, Document, Entity, ExternalKey, Id, Language, Name, Record, Result,
    Subject, Tags, Timestamp, closed_enum,
    kernel::error::codes,
    people::{
        assignment::{self, INACTIVE},
        counter,
    },
};

/// What numbers the articles of a tenant.
const COUNTER: &str = "article";
/// How many languages an article has.
const MOST_TEXTS: usize = 100;

closed_enum! {
    /// Who may read an article.
    pub enum ArticleAudience {
        /// The team alone.
        Internal = "internal",
        /// Customers as well.
        Public = "public",
    }
}

/// A draft of an article in one language. Readers see what was published of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleText {
    /// The language.
    pub locale: Language,
    /// The title.
    pub title: Subject,
    /// The name in addresses, such as `export-contacts`; made of the title unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<Name>,
    /// The text in Markdown. Tags of HTML in it are text, and are to be shown as such.
    pub body: Body,
}

/// An answer to what customers ask. It holds the drafts; `article_revision` what was published.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "article",
    table = "articles", access = work,
    search(number = 1),
    unique("number", code = "article.number_taken"),
    index("category"),
    index("review_after")
)]
pub struct Article {
    /// The identifier.
    pub id: Id<Article>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The number that people say, such as `K-000001`.
    pub number: String,
    /// Where it stands.
    #[record(editable, on_trash = refuse)]
    pub category: Option<Id<Category>>,
    /// Who may read it, unless its category is internal.
    #[record(editable)]
    pub audience: ArticleAudience,
    /// Who answers for it: a user or a group.
    #[record(editable, assignee)]
    pub owner: Option<Assignee>,
    /// The language of those for whom there is no other text; `en` unless said.
    #[record(editable)]
    pub default_locale: Language,
    /// The drafts, one for each language; 100 at most.
    #[record(editable)]
    pub texts: Document<Vec<ArticleText>>,
    /// The day after which somebody should look whether it is still right; 180 days after it was verified, unless said.
    #[record(editable)]
    pub review_after: Option<Date>,
    /// When somebody last looked.
    pub verified_at: Option<Timestamp>,
    /// When it was archived; publishing takes it out of the archive.
    pub archived_at: Option<Timestamp>,
    /// Labels, by which it is found as well once published.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Article {
    /// Its draft in a language.
    pub(super) fn text(&self, locale: &Language) -> Option<&ArticleText> {
        self.texts.iter().find(|text| text.locale == *locale)
    }
    /// Whether its category is internal.
    async fn is_below_internal(&self, cx: &mut Context<'_>) -> Result<bool> {
        match self.category {
            Some(category) => cx.unrestricted().load(category).await?.is_internal(cx).await,
            None => Ok(false),
        }
    }
    /// Who may read what is published of it: what it says, and nobody but the team below an internal category.
    async fn readers(&self, cx: &mut Context<'_>) -> Result<ArticleAudience> {
        Ok(if self.is_below_internal(cx).await? { ArticleAudience::Internal } else { self.audience })
    }
}

/// Makes what is published of the articles of a category internal, or as public as they say.
pub(super) async fn follow_category(cx: &mut Context<'_>, category: Id<Category>, internal: bool) -> Result<()> {
    let articles: Vec<Article> = cx.unrestricted().matching(Article::CATEGORY, &category).await?;
    for article in articles {
        let audience = if internal { ArticleAudience::Internal } else { article.audience };
        show_to(cx, article.id, audience).await?;
    }
    Ok(())
}

/// Makes what is published of an article readable by these.
async fn show_to(cx: &mut Context<'_>, article: Id<Article>, audience: ArticleAudience) -> Result<()> {
    for mut revision in ArticleRevision::live_of(cx, article).await? {
        if revision.audience != audience {
            revision.audience = audience;
            cx.save(revision).await?;
        }
    }
    Ok(())
}

impl Entity for Article {
    const ERRORS: &'static [Code] = &[INACTIVE, CATEGORY_INTERNAL];

    fn is_open(&self) -> bool {
        self.archived_at.is_none()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let invalid = |field: &str, problem: &str| codes::FIELD_INVALID.with("field", field).with("problem", problem);
        if before.is_none() {
            self.number = format!("K-{:06}", counter::next_number(cx, COUNTER).await?);
            if self.default_locale.is_empty() {
                self.default_locale = Language::parse("en").map_err(|problem| invalid("default_locale", problem))?;
            }
        }
        if let Some(owner) = &self.owner
            && before.is_none_or(|before| before.owner != self.owner)
        {
            assignment::check_assignee(cx, owner).await.map_err(|error| error.with("field", "owner"))?;
        }
        if self.texts.len() > MOST_TEXTS {
            return Err(invalid("texts", "give at most 100 of them"));
        }
        let mut locales = std::collections::BTreeSet::new();
        for text in &mut self.texts.0 {
            if !locales.insert(text.locale.clone()) {
                return Err(invalid("texts", &format!("give {} once", text.locale)));
            }
            let given = text.slug.as_deref().unwrap_or(&text.title);
            text.slug = Some(slug::of(given).map_err(|problem| invalid("texts", problem))?);
        }
        let moved = before.is_none_or(|b| (b.category, b.audience) != (self.category, self.audience));
        if moved && (self.category.is_some() || before.is_some()) {
            let internal = self.is_below_internal(cx).await?;
            if internal && self.audience == ArticleAudience::Public {
                return Err(CATEGORY_INTERNAL.with("field", "audience"));
            }
            if before.is_some() {
                let audience = self.readers(cx).await?;
                show_to(cx, self.id, audience).await?;
            }
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|now| now.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.owner), now.owner).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        match &self.owner {
            Some(owner) => assignment::check_assignee(cx, owner).await,
            None => Ok(()),
        }
    }
}
