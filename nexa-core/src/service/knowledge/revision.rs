//! A revision: what was published of an article in one language, and never changes but for who may read it and whether it is live.

use serde::{Deserialize, Serialize};

use super::{Article, ArticleAudience, ArticleText};
use crate::{
    Body, Context, Filter, Id, Language, Name, Record, Result, Subject, Timestamp, kernel::search::frequent_words,
    people::User,
};

/// How many words of a body a search knows.
const KNOWN_WORDS: usize = 300;

/// What was published of an article in one language. The live ones are what readers see; a host's policy for customers lets them see
/// those of [`ArticleRevision::public`].
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "article_revision",
    table = "article_revisions", access = work,
    search(title = 4, keywords = 2, words = 1),
    unique("address", code = "article.slug_taken"),
    unique("article", "locale", "number", code = "article.revision_taken"),
    index("slug"),
    index("live", "locale")
)]
pub struct ArticleRevision {
    /// The identifier.
    pub id: Id<ArticleRevision>,
    /// Counts the changes.
    pub version: i64,
    /// When it was published.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The article.
    #[record(on_trash = refuse)]
    pub article: Id<Article>,
    /// The language.
    pub locale: Language,
    /// Its number among those of the article in the language; the first is 1.
    pub number: i64,
    /// The title.
    #[record(folded)]
    pub title: Subject,
    /// The name in addresses.
    pub slug: Name,
    /// The text in Markdown. Tags of HTML in it are text, and are to be shown as such.
    pub body: Body,
    /// Its headings and the tags of the article.
    pub keywords: Option<String>,
    /// The words of the body by which it is found.
    pub words: Option<String>,
    /// Who may read it.
    pub audience: ArticleAudience,
    /// Whether readers see it.
    pub live: bool,
    /// Language and name in addresses while readers see it; no two have the same.
    pub address: Option<String>,
    /// The revision in the default language that was live when this one was published.
    pub based_on: Option<Id<ArticleRevision>>,
    /// The user who published it; nobody when a service or the host did.
    pub publisher: Option<Id<User>>,
}

fn address(locale: &Language, slug: &str) -> String {
    format!("{locale}/{slug}")
}

impl ArticleRevision {
    /// What customers may read: live and public. A policy for them takes it as the rows of this kind.
    pub fn public() -> Filter {
        Self::LIVE.eq(true).and(Self::AUDIENCE.eq(ArticleAudience::Public))
    }
    /// A new one of a draft.
    pub(super) fn of(article: &Article, text: ArticleText, keywords: String, number: i64) -> Self {
        let slug = text.slug.unwrap_or_default();
        let some = |text: String| if text.is_empty() { None } else { Some(text) };
        Self {
            article: article.id,
            address: Some(address(&text.locale, &slug)),
            locale: text.locale,
            number,
            title: text.title,
            slug,
            words: some(frequent_words(&text.body, KNOWN_WORDS).join(" ")),
            body: text.body,
            keywords: some(keywords),
            live: true,
            ..Self::default()
        }
    }
    /// Whether it says what a draft says.
    pub(super) fn says(&self, text: &ArticleText, keywords: &str) -> bool {
        self.title == text.title
            && Some(&self.slug) == text.slug.as_ref()
            && self.body == text.body
            && self.keywords.as_deref().unwrap_or_default() == keywords
    }
    /// The draft that it was made of.
    pub(super) fn draft(self) -> ArticleText {
        ArticleText { locale: self.locale, title: self.title, slug: Some(self.slug), body: self.body }
    }
    /// Lets readers see it no more.
    pub(super) async fn withdraw(mut self, cx: &mut Context<'_>) -> Result<Self> {
        (self.live, self.address) = (false, None);
        cx.save(self).await
    }
    /// Those of an article that readers see.
    pub(super) async fn live_of(cx: &mut Context<'_>, article: Id<Article>) -> Result<Vec<Self>> {
        let all: Vec<Self> = cx.unrestricted().matching(Self::ARTICLE, &article).await?;
        Ok(all.into_iter().filter(|revision| revision.live).collect())
    }
    /// How many there are of an article in a language.
    pub(super) async fn count_of(cx: &mut Context<'_>, article: Id<Article>, locale: &Language) -> Result<i64> {
        let all: Vec<Self> = cx.unrestricted().matching(Self::ARTICLE, &article).await?;
        let count = all.iter().filter(|revision| revision.locale == *locale).count();
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
    /// The one that readers see at an address.
    pub(super) async fn live_at(cx: &mut Context<'_>, locale: &Language, slug: &str) -> Result<Option<Self>> {
        let found: Vec<Self> = cx.unrestricted().matching(Self::ADDRESS, &address(locale, slug)).await?;
        Ok(found.into_iter().next())
    }
}
