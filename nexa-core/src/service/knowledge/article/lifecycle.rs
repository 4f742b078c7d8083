//! Publishing an article, and taking it back.

use super::{Article, ArticleAudience, ArticleText};
use crate::{
    Code, Command, Context, Document, Language, Ref, Result, command,
    kernel::value::days_after,
    sales,
    service::knowledge::{ArticleRevision, markdown},
};

/// There is no draft in the language.
pub const NO_TEXT: Code =
    Code::rule("article.no_text", "The article {number} has no text in {locale}; write one first with article.update.");
/// Nothing of the article is published in the language.
pub const NOT_PUBLISHED: Code =
    Code::rule("article.not_published", "Nothing of the article {number} is published in {locale}.");
/// What is below an internal category is for the team.
pub const CATEGORY_INTERNAL: Code = Code::rule(
    "article.category_internal",
    "The category, or one above it, is internal; make the article internal, or choose another category.",
);
/// Another article has the name in addresses.
pub const SLUG_TAKEN: Code = Code::conflict(
    "article.slug_taken",
    "Another article is published as {slug} in {locale}; give this one another slug.",
);
/// The revision is of another article.
pub const REVISION_FOREIGN: Code =
    Code::invalid("article.revision_foreign", "The revision is of another article; name one of this.");

/// For how many days an article is taken for right once somebody has looked.
const RIGHT_FOR: i64 = 180;

impl Article {
    async fn verified(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.verified_at = Some(cx.now());
        self.review_after = Some(days_after(sales::today(cx).await?, RIGHT_FOR));
        Ok(())
    }
    fn locale<'a>(&'a self, asked: Option<&'a Language>) -> &'a Language {
        asked.unwrap_or(&self.default_locale)
    }
}

/// Publishes the draft of an article in a language: a revision that never changes, and that readers see from now on. A draft that is
/// published already answers that revision. Errors: `article.no_text`, `article.slug_taken`, `article.category_internal`.
#[command("publish", on = Article, errors(NO_TEXT, SLUG_TAKEN, CATEGORY_INTERNAL))]
pub struct Publish {
    /// The article.
    pub article: Ref<Article>,
    /// The language; the default one unless said.
    pub locale: Option<Language>,
}

impl Command for Publish {
    type Output = ArticleRevision;
    async fn run(&self, mut article: Article, cx: &mut Context<'_>) -> Result<ArticleRevision> {
        let locale = article.locale(self.locale.as_ref()).clone();
        let none = || NO_TEXT.with("number", &article.number).with("locale", &locale);
        let text = article.text(&locale).cloned().ok_or_else(none)?;
        if article.audience == ArticleAudience::Public && article.is_below_internal(cx).await? {
            return Err(CATEGORY_INTERNAL.with("field", "article"));
        }
        let live = ArticleRevision::live_of(cx, article.id).await?;
        let before = live.iter().find(|revision| revision.locale == locale).cloned();
        let keywords = keywords(&article, &text);
        if let Some(before) = before.as_ref().filter(|before| before.says(&text, &keywords)) {
            cx.answers_again();
            return Ok(before.clone());
        }
        let slug = text.slug.clone().unwrap_or_default();
        let taken = ArticleRevision::live_at(cx, &locale, &slug).await?;
        if taken.is_some_and(|taken| taken.article != article.id) {
            return Err(SLUG_TAKEN.with("slug", &slug).with("locale", &locale).with("field", "slug"));
        }
        let based_on = live.iter().find(|revision| revision.locale == article.default_locale);
        let based_on = based_on.filter(|_| locale != article.default_locale).map(|revision| revision.id);
        let audience = article.readers(cx).await?;
        let number = ArticleRevision::count_of(cx, article.id, &locale).await? + 1;
        if let Some(before) = before {
            before.withdraw(cx).await?;
        }
        if article.archived_at.take().is_some() || article.verified_at.is_none() {
            if article.verified_at.is_none() && article.review_after.is_none() {
                article.verified(cx).await?;
            }
            article = cx.save(article).await?;
        }
        let revision = ArticleRevision::of(&article, text, keywords, number);
        let publisher = cx.actor().user().map(crate::Id::new);
        cx.unrestricted().insert(ArticleRevision { audience, based_on, publisher, ..revision }).await
    }
}

/// What an article is found by beside its title and body: its headings and tags.
fn keywords(article: &Article, text: &ArticleText) -> String {
    let headings = markdown::headings(&text.body);
    let all: Vec<&str> = headings.into_iter().chain(article.tags.iter()).collect();
    all.join("\n")
}

/// Takes back what is published of an article in a language: readers see it no more, and its draft stays. Error:
/// `article.not_published`.
#[command("unpublish", on = Article, errors(NOT_PUBLISHED))]
pub struct Unpublish {
    /// The article.
    pub article: Ref<Article>,
    /// The language; the default one unless said.
    pub locale: Option<Language>,
}

impl Command for Unpublish {
    type Output = ArticleRevision;
    async fn run(&self, article: Article, cx: &mut Context<'_>) -> Result<ArticleRevision> {
        let locale = article.locale(self.locale.as_ref());
        let live = ArticleRevision::live_of(cx, article.id).await?;
        let none = || NOT_PUBLISHED.with("number", &article.number).with("locale", locale);
        live.into_iter().find(|revision| revision.locale == *locale).ok_or_else(none)?.withdraw(cx).await
    }
}

/// Takes back all that is published of an article, and puts it into the archive. Publishing takes it out again.
#[command("archive", on = Article)]
pub struct Archive {
    /// The article.
    pub article: Ref<Article>,
}

impl Command for Archive {
    type Output = Article;
    async fn run(&self, mut article: Article, cx: &mut Context<'_>) -> Result<Article> {
        for revision in ArticleRevision::live_of(cx, article.id).await? {
            revision.withdraw(cx).await?;
        }
        article.archived_at = article.archived_at.or(Some(cx.now()));
        cx.save(article).await
    }
}

/// Says that somebody looked, and an article is right: it is to be looked at again after 180 days.
#[command("verify", on = Article)]
pub struct Verify {
    /// The article.
    pub article: Ref<Article>,
}

impl Command for Verify {
    type Output = Article;
    async fn run(&self, mut article: Article, cx: &mut Context<'_>) -> Result<Article> {
        article.verified(cx).await?;
        cx.save(article).await
    }
}

/// Makes a revision the draft of its language again. Publish it for readers to see it. Error: `article.revision_foreign`.
#[command("restore_revision", on = Article, errors(REVISION_FOREIGN))]
pub struct RestoreRevision {
    /// The article.
    pub article: Ref<Article>,
    /// The revision.
    pub revision: Ref<ArticleRevision>,
}

impl Command for RestoreRevision {
    type Output = Article;
    async fn run(&self, mut article: Article, cx: &mut Context<'_>) -> Result<Article> {
        let revision = cx.load(&self.revision).await?;
        if revision.article != article.id {
            return Err(REVISION_FOREIGN.with("field", "revision"));
        }
        let draft = revision.draft();
        let Document(mut texts) = article.texts;
        texts.retain(|text| text.locale != draft.locale);
        texts.push(draft);
        article.texts = Document(texts);
        cx.save(article).await
    }
}
