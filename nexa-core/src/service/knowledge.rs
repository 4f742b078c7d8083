//! The knowledge base: articles that answer what customers ask, in several languages, for customers or for the team alone.

pub mod article;
pub mod category;
mod markdown;
mod revision;
pub mod search;
pub mod stale;
pub mod ticket_link;
pub mod vote;

pub use article::{Article, ArticleAudience, ArticleText};
pub use category::Category;
pub use revision::ArticleRevision;
pub use ticket_link::ArticleTicket;
pub use vote::ArticleVote;

use crate::CrmBuilder;

/// The kinds and operations of the knowledge base.
pub(super) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Category>()
        .entity::<Article>()
        .command::<article::Publish>()
        .command::<article::Unpublish>()
        .command::<article::Archive>()
        .command::<article::Verify>()
        .command::<article::RestoreRevision>()
        .command::<ticket_link::LinkTicket>()
        .command::<ticket_link::UnlinkTicket>()
        .record::<ArticleRevision>()
        .record::<ArticleTicket>()
        .record::<ArticleVote>()
        .command::<vote::CastVote>()
        .query::<search::SearchArticles>()
        .query::<search::Suggest>()
        .query::<search::Read>()
        .query::<stale::Stale>()
}
