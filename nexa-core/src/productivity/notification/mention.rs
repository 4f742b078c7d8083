//! Mentions: `@[user:…]` and `@[group:…]` with an id, in what people write.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::Assignee;

/// So many different users and groups of a text count; who writes to more means nobody in particular.
const MOST: usize = 100;

/// Whether a text may mention anybody.
pub(super) fn may_mention(text: &str) -> bool {
    text.contains("@[")
}

/// Whom a text mentions, each once.
pub(super) fn mentioned(text: &str) -> BTreeSet<Assignee> {
    let mut found = BTreeSet::new();
    for mention in text.split("@[").skip(1).filter_map(read) {
        if found.len() == MOST {
            break;
        }
        found.insert(mention);
    }
    found
}

fn read(text: &str) -> Option<Assignee> {
    let (kind, id) = text.split_once(']')?.0.split_once(':')?;
    let id = Uuid::try_parse(id).ok()?;
    match kind {
        "user" => Some(Assignee::User(id)),
        "group" => Some(Assignee::Group(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_are_mentioned_by_their_ids() {
        let [ada, desk] = [1, 2].map(Uuid::from_u128);
        let text = format!("Ask @[user:{ada}], or @[group:{desk}] (not @[deal:{ada}], @[user:ada], @ada, @[user:{ada}");
        assert_eq!(mentioned(&text), [Assignee::User(ada), Assignee::Group(desk)].into());
        assert_eq!(mentioned(&format!("@[user:{ada}] and again @[user:{ada}]")).len(), 1);
        assert!(mentioned("@[").is_empty());
    }

    #[test]
    fn a_hundred_of_a_text_count() {
        let text: String = (0..150).map(|number| format!("@[user:{}] ", Uuid::from_u128(number))).collect();
        assert_eq!(mentioned(&text).len(), MOST);
    }
}
