//! Who is mentioned in a text and does not see it, so that whoever wrote it can say it to them in another way.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Notification, from_events::members, mention::mentioned};
use crate::{Action, Context, Id, Query, Record, Ref, Result, kernel::error::codes, people::User};

/// Who is mentioned in a text and is not notified of it, because they do not see it: `notification.unreachable`. Ask it when the text was
/// written. Errors: `field.invalid`, `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unreachable {
    /// The kind of the record with the text: `note`, `comment`, or one of the host's with a text that mentions.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

/// Who does not see a text in which they are mentioned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnreachableUsers {
    /// The users, themselves or as members of a group, in the order of their ids; also those who are not active.
    pub users: Vec<Id<User>>,
}

impl Query for Unreachable {
    const VERB: &'static str = "unreachable";
    type Of = Notification;
    type Output = UnreachableUsers;
    async fn run(&self, cx: &mut Context<'_>) -> Result<UnreachableUsers> {
        cx.authorize_kind(Notification::def(), Action::Read)?;
        let no_text =
            || codes::FIELD_INVALID.with("field", "kind").with("problem", "name a kind whose text mentions people");
        let def = cx.kind(&self.kind).map_err(|_| no_text())?;
        let text = def.mentions.ok_or_else(no_text)?;
        let row = cx.visible_row(def, &Ref::Id(self.id.into()), false).await?;
        let hidden = cx.hidden(def)?;
        let hides = def.columns.get(text).is_some_and(|column| hidden.contains(&column.path.as_str()));
        let said = row.get(text).as_text().filter(|_| !hides).unwrap_or_default().to_owned();
        let meant: BTreeSet<Uuid> = members(cx, mentioned(&said).iter()).await?;
        let mut users = Vec::new();
        for user in meant {
            let known = cx.unrestricted().row(User::def(), user).await?.is_some();
            if known && cx.actor().user() != Some(user) && !cx.is_seen_by(user, def, row.id(def)).await? {
                users.push(Id::new(user));
            }
        }
        Ok(UnreachableUsers { users })
    }
}
