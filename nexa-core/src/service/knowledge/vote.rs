//! Whether an article helped: one vote of each contact, user or visitor, which they may change.

use serde::{Deserialize, Serialize};

use super::{Article, ArticleRevision};
use crate::{
    Code, CollectionCommand, Context, Id, Name, Principal, Record, Ref, Result, Timestamp, command, people::User,
    sales::Contact,
};

/// Nobody is named whose vote it is, or several are.
pub const ONE_VOTER: Code = Code::invalid(
    "article.one_voter",
    "A vote is of a contact, a user or a visitor; give contact or visitor, or vote as a user.",
);

/// Whether an article helped somebody.
// One refusal, whoever has voted already.
#[allow(clippy::duplicated_attributes)]
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "article_vote", table = "article_votes", access = work)]
#[record(unique("article", "contact", code = "article_vote.exists"))]
#[record(unique("article", "user", code = "article_vote.exists"))]
#[record(unique("article", "visitor", code = "article_vote.exists"))]
#[record(index("contact"))]
pub struct ArticleVote {
    /// The identifier.
    pub id: Id<ArticleVote>,
    /// Counts the changes.
    pub version: i64,
    /// When somebody voted.
    pub created_at: Timestamp,
    /// When they last changed it.
    pub updated_at: Timestamp,
    /// The article.
    #[record(on_trash = with_parent)]
    pub article: Id<Article>,
    /// The contact who voted.
    #[record(on_trash = with_parent, person)]
    pub contact: Option<Id<Contact>>,
    /// The user who voted.
    pub user: Option<Id<User>>,
    /// The key under which a host knows somebody who is neither.
    pub visitor: Option<Name>,
    /// Whether it helped.
    pub helpful: bool,
}

/// Says whether an article helped: of a contact, a visitor, or the one who acts. Again changes it. Error: `article.one_voter`.
#[command("vote", name = "article.vote", collection = ArticleVote, action = Create, errors(ONE_VOTER))]
pub struct CastVote {
    /// What was read.
    pub revision: Ref<ArticleRevision>,
    /// Whether it helped.
    pub helpful: bool,
    /// The contact who says so.
    pub contact: Option<Ref<Contact>>,
    /// The key under which a host knows a visitor who says so.
    pub visitor: Option<Name>,
}

impl CollectionCommand for CastVote {
    type Output = ArticleVote;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ArticleVote> {
        let article = cx.load(&self.revision).await?.article;
        let acting = match cx.actor().principal {
            Principal::Contact(contact) => Some(Id::new(contact)),
            _ => None,
        };
        let given = match &self.contact {
            Some(contact) => Some(cx.load(contact).await?.id),
            None => acting,
        };
        if given != acting && acting.is_some() {
            return Err(ONE_VOTER.with("field", "contact"));
        }
        let user = cx.actor().user().map(Id::new).filter(|_| given.is_none() && self.visitor.is_none());
        let vote = ArticleVote {
            article,
            contact: given,
            user,
            visitor: self.visitor.clone(),
            helpful: self.helpful,
            ..ArticleVote::default()
        };
        let voters = [vote.contact.is_some(), vote.user.is_some(), vote.visitor.is_some()];
        if voters.into_iter().filter(|is| *is).count() != 1 {
            return Err(ONE_VOTER.error());
        }
        let known: Vec<ArticleVote> = cx.unrestricted().matching(ArticleVote::ARTICLE, &article).await?;
        let same = |known: &ArticleVote| {
            (known.contact, known.user, &known.visitor) == (vote.contact, vote.user, &vote.visitor)
        };
        match known.into_iter().find(same) {
            Some(known) => cx.save(ArticleVote { helpful: self.helpful, ..known }).await,
            None => cx.unrestricted().insert(vote).await,
        }
    }
}
