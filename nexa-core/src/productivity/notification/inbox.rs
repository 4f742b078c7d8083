//! The inbox: what a user's notifications say to them today.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Notification,
    shown::{Reader, ShownNotification, shown},
};
use crate::{Action, Context, Filter, Find, Op, Query, Record, Result, kernel::error::codes};

/// How many a page has unless said, and at most.
const USUAL: usize = 50;
const MOST: usize = 200;

/// What the notifications of the acting user say, newest first, as far as they may see today what these are about:
/// `notification.inbox`. Others than users have none.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Inbox {
    /// Whether only those are meant that are not read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// At most so many: 50 unless said, 200 at most.
    #[schemars(range(min = 1, max = 200))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A page of the inbox.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InboxPage {
    /// What the notifications say.
    pub items: Vec<ShownNotification>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl Query for Inbox {
    const VERB: &'static str = "inbox";
    type Of = Notification;
    type Output = InboxPage;
    fn check(&self) -> Result<()> {
        match self.limit {
            Some(limit) if !(1..=MOST).contains(&limit) => {
                Err(codes::FIELD_INVALID.with("field", "limit").with("problem", "give 1 to 200"))
            }
            _ => Ok(()),
        }
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<InboxPage> {
        cx.authorize_kind(Notification::def(), Action::Read)?;
        let Some(user) = cx.actor().user() else { return Ok(InboxPage::default()) };
        let mut theirs = Filter::compare(Notification::USER.name(), Op::Eq, user).and(Notification::INBOX.eq(true));
        if self.unread {
            theirs = theirs.and(Notification::READ_AT.is_null());
        }
        let find = Find::<Notification>::new()
            .filter(theirs)
            .by_descending(Notification::CREATED_AT)
            .limit(self.limit.unwrap_or(USUAL))
            .after(self.after.clone());
        let page = find.run(cx).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for notification in page.items {
            items.push(shown(cx, notification, Reader::Actor).await?);
        }
        Ok(InboxPage { items, next: page.next })
    }
}
