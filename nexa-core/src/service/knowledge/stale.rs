//! Which articles somebody should look at.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Article, ArticleRevision, markdown, search::votes};
use crate::{Context, Id, Language, Query, Record, Result, closed_enum, kernel::search::fold, sales};

/// From so many votes on it counts how many were helped.
const ENOUGH_VOTES: i64 = 10;

closed_enum! {
    /// Why somebody should look at an article.
    pub enum StaleReason {
        /// The day of its review is past.
        ReviewOverdue = "review_overdue",
        /// What it was translated of was published anew since.
        TranslationOutdated = "translation_outdated",
        /// It helped less than half of at least ten who said so.
        HelpsFew = "helps_few",
        /// It links to an article that is not published.
        DeadLink = "dead_link",
    }
}

/// The published articles that somebody should look at, with the reasons, as far as the actor sees them: `article.stale`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stale {}

/// An article that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StaleArticle {
    /// The article.
    pub article: Id<Article>,
    /// Why somebody should look.
    pub reasons: Vec<StaleReason>,
    /// The languages that a reason is about.
    pub locales: Vec<Language>,
    /// The names in addresses to which it links and which are not published.
    pub dead_links: Vec<String>,
}

impl Query for Stale {
    const VERB: &'static str = "stale";
    type Of = Article;
    type Output = Vec<StaleArticle>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<StaleArticle>> {
        let hidden = cx.hidden(ArticleRevision::def())?;
        let needed = [ArticleRevision::LIVE.name(), ArticleRevision::ARTICLE.name(), ArticleRevision::LOCALE.name()];
        if needed.iter().any(|field| hidden.contains(field)) {
            return Ok(Vec::new());
        }
        let live: Vec<ArticleRevision> = cx.visible_every(&ArticleRevision::LIVE.eq(true)).await?;
        let mut by_article: BTreeMap<Id<Article>, Vec<&ArticleRevision>> = BTreeMap::new();
        for revision in &live {
            by_article.entry(revision.article).or_default().push(revision);
        }
        let ids: Vec<_> = by_article.keys().map(|id| id.uuid()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let articles: Vec<Article> = cx.visible_every(&crate::Filter::compare("id", crate::Op::In, ids)).await?;
        let votes = votes(cx, by_article.keys().copied()).await?;
        let today = sales::today(cx).await?;
        let mut stale = Vec::new();
        for article in articles {
            let Some(live) = by_article.get(&article.id) else { continue };
            let (mut reasons, mut locales) = (BTreeSet::new(), BTreeSet::new());
            let mut dead_links = BTreeSet::new();
            if article.review_after.is_some_and(|day| day < today) {
                reasons.insert(StaleReason::ReviewOverdue);
            }
            if votes.get(&article.id).is_some_and(|(yes, all)| *all >= ENOUGH_VOTES && yes * 2 < *all) {
                reasons.insert(StaleReason::HelpsFew);
            }
            let base = live.iter().find(|revision| revision.locale == article.default_locale);
            for revision in live {
                let outdated = base.is_some_and(|base| {
                    base.locale != revision.locale && revision.based_on.is_some_and(|based_on| based_on != base.id)
                });
                if outdated {
                    reasons.insert(StaleReason::TranslationOutdated);
                    locales.insert(revision.locale.clone());
                }
                for slug in markdown::links(&revision.body) {
                    if !is_published(cx, slug).await? {
                        reasons.insert(StaleReason::DeadLink);
                        locales.insert(revision.locale.clone());
                        dead_links.insert(slug.to_owned());
                    }
                }
            }
            if !reasons.is_empty() {
                stale.push(StaleArticle {
                    article: article.id,
                    reasons: reasons.into_iter().collect(),
                    locales: locales.into_iter().collect(),
                    dead_links: dead_links.into_iter().collect(),
                });
            }
        }
        Ok(stale)
    }
}

/// Whether something is published under a name in addresses, or was and has another name by now.
async fn is_published(cx: &mut Context<'_>, slug: &str) -> Result<bool> {
    let Ok(slug) = crate::Name::parse(&fold(slug)) else { return Ok(false) };
    let named: Vec<ArticleRevision> = cx.unrestricted().matching(ArticleRevision::SLUG, &slug).await?;
    for revision in named {
        if revision.live || !ArticleRevision::live_of(cx, revision.article).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
