//! An article that answers a ticket: how often it does is counted from these.

use serde::{Deserialize, Serialize};

use super::Article;
use crate::{Code, Command, Context, Id, Record, Ref, Result, Timestamp, command, people::User, service::Ticket};

/// The ticket is linked to the article already.
pub const ALREADY_LINKED: Code =
    Code::conflict("article.already_linked", "The ticket is linked to this article already; there is nothing to add.");
/// The ticket is not linked to the article.
pub const NOT_LINKED: Code =
    Code::rule("article.not_linked", "The ticket is not linked to this article; there is nothing to remove.");

/// An article that answers a ticket. It is seen by those who see the ticket.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "article_ticket",
    table = "article_tickets", access = through(ticket),
    unique("article", "ticket", code = "article.already_linked"),
    index("ticket")
)]
pub struct ArticleTicket {
    /// The identifier.
    pub id: Id<ArticleTicket>,
    /// Counts the changes.
    pub version: i64,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When the link was last changed.
    pub updated_at: Timestamp,
    /// The article.
    #[record(on_trash = with_parent)]
    pub article: Id<Article>,
    /// The ticket.
    #[record(on_trash = with_parent)]
    pub ticket: Id<Ticket>,
    /// The user who linked it; nobody when a service or the host did.
    pub linked_by: Option<Id<User>>,
}

impl ArticleTicket {
    async fn between(cx: &mut Context<'_>, article: Id<Article>, ticket: Id<Ticket>) -> Result<Option<Self>> {
        let links: Vec<Self> = cx.unrestricted().matching(Self::TICKET, &ticket).await?;
        Ok(links.into_iter().find(|link| link.article == article))
    }
}

/// Notes that an article answers a ticket. Error: `article.already_linked`.
#[command("link_ticket", on = Article, errors(ALREADY_LINKED))]
pub struct LinkTicket {
    /// The article.
    pub article: Ref<Article>,
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for LinkTicket {
    type Output = ArticleTicket;
    async fn run(&self, article: Article, cx: &mut Context<'_>) -> Result<ArticleTicket> {
        let ticket = cx.load(&self.ticket).await?.id;
        if ArticleTicket::between(cx, article.id, ticket).await?.is_some() {
            return Err(ALREADY_LINKED.error());
        }
        let linked_by = cx.actor().user().map(Id::new);
        let link = ArticleTicket { article: article.id, ticket, linked_by, ..ArticleTicket::default() };
        cx.unrestricted().insert(link).await
    }
}

/// Takes the link of an article and a ticket away. Error: `article.not_linked`.
#[command("unlink_ticket", on = Article, errors(NOT_LINKED))]
pub struct UnlinkTicket {
    /// The article.
    pub article: Ref<Article>,
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for UnlinkTicket {
    type Output = ();
    async fn run(&self, article: Article, cx: &mut Context<'_>) -> Result<()> {
        let ticket = cx.load_even_trashed(&self.ticket).await?.id;
        let link = ArticleTicket::between(cx, article.id, ticket).await?;
        cx.remove(&link.ok_or_else(|| NOT_LINKED.error())?).await
    }
}
