//! Finding articles: by a question, by a ticket, and by their name in addresses. Only what is live and the actor may see is looked at, so
//! that no draft is in any answer.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Article, ArticleAudience, ArticleRevision, ArticleVote, markdown};
use crate::{
    Code, Context, Count, Filter, GroupBy, Id, Language, MeasureOf, Name, Op, Query, Record, Ref, Result, Search,
    Subject,
    kernel::{
        context::not_found,
        error::codes,
        input,
        search::{Candidate, frequent_words, ranked},
    },
    service::Ticket,
};

/// There is nothing to look for.
pub const NO_WORDS: Code = Code::invalid("article.no_words", "Give a question with letters or digits.");

/// How many words of a question are looked for.
const MOST_WORDS: usize = 24;
/// How many articles of each word are compared.
const COMPARED: usize = 200;
/// How many answers there are unless said, and at most.
const USUAL: usize = 10;
/// How many answers there are at most.
const MOST: usize = 50;
/// How many articles are suggested for a ticket.
const SUGGESTED: usize = 3;
/// How many characters a snippet has.
const SNIPPET: usize = 200;
/// From so many votes on they count.
const ENOUGH_VOTES: i64 = 5;

/// The published articles that answer a question, best first: `article.answers`.
///
/// Words in titles count four times, those in headings and tags twice; the share of readers whom an article helped counts a little. In the
/// language that is asked for, then in the default one of an article that has no other. Error: `article.no_words`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchArticles {
    /// What is asked.
    pub question: Subject,
    /// The language; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Language>,
    /// Only what these may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<ArticleAudience>,
    /// How many at most: 10 unless said, 50 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// An article that may answer a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleAnswer {
    /// The article.
    pub article: Id<Article>,
    /// What is published of it.
    pub revision: Id<ArticleRevision>,
    /// The language.
    pub locale: Language,
    /// Whether it is in another language than was asked for.
    pub other_locale: bool,
    /// The title.
    pub title: Subject,
    /// The name in addresses.
    pub slug: Name,
    /// A piece of it, as plain text: a page that shows it escapes it.
    pub snippet: String,
    /// The words of the question that it has.
    pub words: Vec<String>,
    /// How well it fits, in millionths: to compare with others of the same answer.
    pub score: i64,
}

impl Query for SearchArticles {
    const VERB: &'static str = "answers";
    const ERRORS: &'static [Code] = &[NO_WORDS];
    type Of = ArticleRevision;
    type Output = Vec<ArticleAnswer>;
    fn name() -> &'static str {
        "article.answers"
    }
    fn check(&self) -> Result<()> {
        if self.limit.is_some_and(|limit| !(1..=MOST).contains(&limit)) {
            let problem = format!("give a number from 1 to {MOST}");
            return Err(codes::FIELD_INVALID.with("field", "limit").with("problem", problem));
        }
        if frequent_words(&self.question, 1).is_empty() { Err(NO_WORDS.with("field", "question")) } else { Ok(()) }
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<ArticleAnswer>> {
        let words = frequent_words(&self.question, MOST_WORDS);
        answers(cx, &words, self.locale.as_ref(), self.audience, self.limit.unwrap_or(USUAL)).await
    }
}

/// Three published articles that may answer a ticket: `article.suggest`. What somebody writes in the ticket is the question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suggest {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// The language; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Language>,
}

impl Query for Suggest {
    const VERB: &'static str = "suggest";
    type Of = ArticleRevision;
    type Output = Vec<ArticleAnswer>;
    fn name() -> &'static str {
        "article.suggest"
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<ArticleAnswer>> {
        let ticket = cx.load(&self.ticket).await?;
        let hidden = cx.hidden(Ticket::def())?;
        let shown = |field: &str, text: &str| if hidden.contains(&field) { String::new() } else { text.to_owned() };
        let subject = shown(Ticket::SUBJECT.name(), &ticket.subject);
        let description = shown(Ticket::DESCRIPTION.name(), ticket.description.as_deref().unwrap_or_default());
        // The subject says twice as much as the rest.
        let words = frequent_words(&format!("{subject}\n{subject}\n{description}"), MOST_WORDS);
        answers(cx, &words, self.locale.as_ref(), None, SUGGESTED).await
    }
}

/// What the actor may see of what is live; nothing where one of the fields that say so is hidden.
fn live(cx: &Context<'_>) -> Result<Option<Filter>> {
    let hidden = cx.hidden(ArticleRevision::def())?;
    let needed = [
        ArticleRevision::LIVE.name(),
        ArticleRevision::LOCALE.name(),
        ArticleRevision::AUDIENCE.name(),
        ArticleRevision::ARTICLE.name(),
        ArticleRevision::SLUG.name(),
    ];
    let seen = !needed.iter().any(|field| hidden.contains(field));
    Ok(seen.then(|| ArticleRevision::LIVE.eq(true)))
}

async fn answers(
    cx: &mut Context<'_>,
    words: &[String],
    locale: Option<&Language>,
    audience: Option<ArticleAudience>,
    limit: usize,
) -> Result<Vec<ArticleAnswer>> {
    let Some(mut filter) = live(cx)? else { return Ok(Vec::new()) };
    if let Some(audience) = audience {
        filter = filter.and(ArticleRevision::AUDIENCE.eq(audience));
    }
    let texts = Count::<ArticleRevision>::of(filter.clone()).run(cx).await?;
    let mut found: BTreeMap<Id<ArticleRevision>, ArticleRevision> = BTreeMap::new();
    for word in words {
        let mut search = Search::<ArticleRevision>::text(word.clone()).limit(COMPARED);
        search.filter = filter.clone();
        let hits = search.run(cx).await?;
        found.extend(hits.items.into_iter().map(|revision| (revision.id, revision)));
    }
    let found: Vec<ArticleRevision> = found.into_values().collect();
    let candidates: Vec<Candidate> = found
        .iter()
        .map(|revision| {
            let candidate = Candidate::default().field(&revision.title, 4);
            let candidate = candidate.field(revision.keywords.as_deref().unwrap_or_default(), 2);
            candidate.field(&revision.body, 1)
        })
        .collect();
    let fits = ranked(words, &candidates, usize::try_from(texts).unwrap_or(usize::MAX), |_| None);
    let helped = helped(cx, found.iter().map(|revision| revision.article)).await?;
    let mut best: HashMap<Id<Article>, ArticleAnswer> = HashMap::new();
    for fit in fits {
        let Some(revision) = found.get(fit.candidate) else { continue };
        let share = helped.get(&revision.article).copied().unwrap_or_default();
        let answer = ArticleAnswer {
            article: revision.article,
            revision: revision.id,
            locale: revision.locale.clone(),
            other_locale: locale.is_some_and(|asked| *asked != revision.locale),
            title: revision.title.clone(),
            slug: revision.slug.clone(),
            snippet: markdown::snippet(&revision.body, &fit.shared, SNIPPET),
            words: fit.shared,
            score: fit.score.saturating_add(fit.score / 1_000 * share),
        };
        let rank = |answer: &ArticleAnswer| (!answer.other_locale, answer.score);
        match best.get(&revision.article) {
            Some(known) if rank(known) >= rank(&answer) => {}
            _ => drop(best.insert(revision.article, answer)),
        }
    }
    let mut best: Vec<ArticleAnswer> = best.into_values().collect();
    best.sort_by(|one, other| {
        let order = one.other_locale.cmp(&other.other_locale).then(other.score.cmp(&one.score));
        order.then(one.article.cmp(&other.article))
    });
    best.truncate(limit);
    Ok(best)
}

/// By how many thousandths the votes move the score of articles: 100 at most, up or down.
async fn helped(
    cx: &mut Context<'_>,
    articles: impl Iterator<Item = Id<Article>>,
) -> Result<HashMap<Id<Article>, i64>> {
    let moved = |(yes, all): (i64, i64)| if all < ENOUGH_VOTES { 0 } else { (2 * yes - all) * 100 / all };
    Ok(votes(cx, articles).await?.into_iter().map(|(article, votes)| (article, moved(votes))).collect())
}

/// How many votes of the actor's sight say that an article helped, and how many there are.
pub(super) async fn votes(
    cx: &mut Context<'_>,
    articles: impl Iterator<Item = Id<Article>>,
) -> Result<HashMap<Id<Article>, (i64, i64)>> {
    let mut votes: HashMap<Id<Article>, (i64, i64)> = HashMap::new();
    let (of, fields) = (ArticleVote::def(), [ArticleVote::ARTICLE.name(), ArticleVote::HELPFUL.name()]);
    let hidden = cx.hidden(of)?;
    let mut ids: Vec<_> = articles.map(Id::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || fields.iter().any(|field| hidden.contains(field)) {
        return Ok(votes);
    }
    let groups = fields.map(|field| GroupBy::Field(field.to_owned()));
    let filter = Filter::compare(ArticleVote::ARTICLE.name(), Op::In, ids);
    // Who may read no votes is answered without them.
    let rows = match cx.measured(of, &filter, &groups, &[MeasureOf::Count]).await {
        Err(error) if error.is(&codes::DENIED) => return Ok(votes),
        rows => rows?,
    };
    for row in rows {
        let read = |position: usize| row.group.get(position).cloned().unwrap_or_default();
        let article: Option<Id<Article>> = input::value(&read(0)).ok();
        let count = row.measures.first().and_then(serde_json::Value::as_i64).unwrap_or_default();
        if let Some(article) = article {
            let (yes, all) = votes.entry(article).or_default();
            *all += count;
            *yes += if read(1) == serde_json::Value::Bool(true) { count } else { 0 };
        }
    }
    Ok(votes)
}

/// The published article of a name in addresses: `article.read`. A name that it had before leads on; one of another language does too
/// where there is none in the language that is asked for. Error: `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The name in addresses.
    pub slug: Name,
    /// The language; that of the name unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Language>,
}

/// A published article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReadArticle {
    /// What is published of it.
    pub revision: ArticleRevision,
    /// Whether it has another name by now: lead whoever asked there.
    pub moved: bool,
    /// Whether it is in another language than was asked for.
    pub other_locale: bool,
    /// The languages in which it is published.
    pub locales: Vec<Language>,
}

impl Query for Read {
    const VERB: &'static str = "read";
    type Of = ArticleRevision;
    type Output = ReadArticle;
    fn name() -> &'static str {
        "article.read"
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<ReadArticle> {
        let none = || not_found(ArticleRevision::def(), &self.slug);
        let filter = live(cx)?.ok_or_else(none)?;
        // Names that were given up are looked up in what readers do not see any more, and nothing of that is answered.
        let mut named: Vec<ArticleRevision> = cx.unrestricted().matching(ArticleRevision::SLUG, &self.slug).await?;
        let asked = |revision: &ArticleRevision| self.locale.as_ref().is_none_or(|asked| *asked == revision.locale);
        named.sort_by_key(|revision| {
            (!asked(revision), !revision.live, std::cmp::Reverse(revision.number), revision.id)
        });
        for known in named {
            let of = filter.clone().and(ArticleRevision::ARTICLE.eq(known.article));
            let live: Vec<ArticleRevision> = cx.visible(&of, &[], MOST).await?;
            let wanted = self.locale.as_ref().unwrap_or(&known.locale);
            let in_locale = live.iter().find(|revision| revision.locale == *wanted);
            let same = || live.iter().find(|revision| revision.locale == known.locale);
            let base = || live.iter().find(|revision| revision.based_on.is_none());
            if let Some(revision) = in_locale.or_else(same).or_else(base).or(live.first()).cloned() {
                let mut locales: Vec<Language> = live.iter().map(|revision| revision.locale.clone()).collect();
                locales.sort();
                return Ok(ReadArticle {
                    moved: revision.slug != self.slug,
                    other_locale: self.locale.as_ref().is_some_and(|asked| *asked != revision.locale),
                    revision,
                    locales,
                });
            }
        }
        Err(none())
    }
}
