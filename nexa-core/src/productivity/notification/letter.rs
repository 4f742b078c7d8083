//! The mail about notifications: one for everything that is due. What it says is made when a worker claims it, of what its reader may see
//! then; it names no customer, as it is kept after they are erased.

use super::{
    Notification,
    delivery::{self, wanted},
    preference::MAIL,
    shown::{Reader, ShownNotification, shown},
};
use crate::{
    About, Context, Id, PlainText, Result, Subject, Url,
    mail::{
        Content, Mail, MailPurpose, Sender,
        plan::{self, Planned, Says},
    },
    people::{User, org},
};

/// How many things a mail names; others are a number.
const NAMED: usize = 50;
/// How many of its notifications a mail looks at.
const LOOKED_AT: usize = 1_000;

/// Plans the mail of a user; or says why there is none. `first` is the first of what it is about.
pub(super) async fn plan(
    cx: &mut Context<'_>,
    user: &User,
    first: &Notification,
) -> Result<std::result::Result<Id<Mail>, String>> {
    let Some(sender) = org::settings(cx).await?.notification_sender else {
        return Ok(Err("no_sender".to_owned()));
    };
    let sender: Sender = cx.unrestricted().load(sender).await?;
    let planned = Planned {
        dedup: format!("notification:{}", cx.new_id::<Mail>()),
        purpose: MailPurpose::Notification,
        about: Some(About::from(first)),
        topic: None,
        sender,
        person: None,
        to: user.email.clone(),
        says: Says::Notifications,
        correspondence: None,
        not_before: None,
        expires_at: None,
    };
    Ok(Ok(plan::plan(cx, planned).await?.id))
}

/// What the mail says, or why it does not leave: its user has read it all meanwhile, or is not there any more.
pub(crate) async fn content(cx: &mut Context<'_>, mail: &Mail) -> Result<std::result::Result<Content, String>> {
    let deliveries = delivery::of_mail(cx, mail.id, LOOKED_AT).await?;
    let Some(first) = deliveries.first() else { return Ok(Err("nothing_to_say".to_owned())) };
    let not_all = deliveries.len() == LOOKED_AT;
    let late = deliveries.iter().any(|delivery| delivery.late);
    let user = cx.unrestricted().load(first.user).await?;
    let (mut items, mut more) = (Vec::new(), 0);
    for delivery in deliveries {
        debug_assert_eq!(delivery.channel, MAIL, "a mail is of that channel alone");
        match wanted(cx, &user, &delivery).await? {
            Some(notification) if items.len() < NAMED => {
                items.push(shown(cx, notification, Reader::OutsideAs(user.id.uuid())).await?);
            }
            Some(_) => more += 1,
            None => {}
        }
    }
    if items.is_empty() {
        return Ok(Err("nothing_to_say".to_owned()));
    }
    let page = org::settings(cx).await?.mail_settings().record_page;
    let rest = match (more, not_all) {
        (0, _) => None,
        (more, false) => Some(format!("And {more} more.")),
        (more, true) => Some(format!("And more than {more} others.")),
    };
    Ok(written(&items, rest, late, page.as_ref()).map_err(str::to_owned))
}

/// The mail about these.
fn written(
    items: &[ShownNotification],
    rest: Option<String>,
    late: bool,
    page: Option<&Url>,
) -> std::result::Result<Content, &'static str> {
    let subject = match items {
        [only] if rest.is_none() => {
            Subject::parse(only.text.trim_end_matches('.')).or_else(|_| Subject::parse("1 notification"))?
        }
        _ if rest.is_some() => Subject::parse(&format!("More than {} notifications", items.len()))?,
        _ => Subject::parse(&format!("{} notifications", items.len()))?,
    };
    let mut text = String::new();
    if late {
        text.push_str("This comes late: it waited for the next run.\n\n");
    }
    for item in items {
        text.push_str(&item.text);
        text.push('\n');
        if let Some((page, about)) = page.zip(item.about.as_ref()) {
            let between = if page.contains('?') { '&' } else { '?' };
            text.push_str(&format!("{page}{between}kind={}&id={}\n", about.kind, about.id));
        }
        text.push('\n');
    }
    if let Some(rest) = rest {
        text.push_str(&rest);
    }
    Ok(Content::plain(subject, &PlainText::parse(text.trim_end())?))
}
