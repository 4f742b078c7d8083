//! The mail that tells a customer what a release put right: one for each of them, about the newest of their tickets.

use std::collections::{BTreeMap, HashMap};

use super::Release;
use crate::{
    About, Context, Id, PlainText, Record, Result, Subject,
    kernel::error::codes,
    mail::{
        Content, Mail, MailPurpose, MailState, Person, Sender, Topic,
        plan::{self, Planned, Says},
    },
    people::org,
    sales::Contact,
    service::Ticket,
};

/// The topic of these mails, which every tenant starts with.
const TOPIC: &str = "service";
/// How many tickets a mail names; others are a number.
const NAMED: usize = 50;

/// What was sent because of a ticket.
#[derive(Clone)]
pub(super) enum Notice {
    /// This mail leaves.
    Planned(Id<Mail>),
    /// This mail may not leave, and why.
    Skipped(Id<Mail>, String),
    /// There is no mail, and why.
    None(String),
}

/// Tells the customers of these tickets; answers what was sent because of each of them.
pub(super) async fn tell(
    cx: &mut Context<'_>,
    release: &Release,
    tickets: Vec<Ticket>,
    message: Option<&PlainText>,
) -> Result<HashMap<Id<Ticket>, Notice>> {
    let mut notices = HashMap::new();
    let mut by_contact: BTreeMap<Id<Contact>, Vec<Ticket>> = BTreeMap::new();
    for ticket in tickets {
        match ticket.contact {
            Some(contact) => by_contact.entry(contact).or_default().push(ticket),
            None => drop(notices.insert(ticket.id, Notice::None("no_contact".to_owned()))),
        }
    }
    let sender = match org::settings(cx).await?.release_settings().sender {
        Some(sender) => Some(cx.unrestricted().load(sender).await?),
        None => None,
    };
    let topics: Vec<Topic> = match TOPIC.parse() {
        Ok(key) => cx.unrestricted().matching(Topic::KEY, &key).await?,
        Err(_) => Vec::new(),
    };
    let topic = topics.into_iter().find(|topic| !topic.is_marketing());
    for (contact, mut tickets) in by_contact {
        tickets.sort_by_key(|ticket| (ticket.created_at, ticket.number.clone()));
        let notice = match &sender {
            None => Notice::None("no_sender".to_owned()),
            Some(sender) => tell_one(cx, release, contact, &tickets, (sender, topic.as_ref()), message).await?,
        };
        notices.extend(tickets.iter().map(|ticket| (ticket.id, notice.clone())));
    }
    Ok(notices)
}

async fn tell_one(
    cx: &mut Context<'_>,
    release: &Release,
    contact: Id<Contact>,
    tickets: &[Ticket],
    (sender, topic): (&Sender, Option<&Topic>),
    message: Option<&PlainText>,
) -> Result<Notice> {
    let none = |why: &str| Ok(Notice::None(why.to_owned()));
    let Some(newest) = tickets.last() else { return none("no_ticket") };
    let Some(row) = cx.unrestricted().row(Contact::def(), contact.uuid()).await? else { return none("no_contact") };
    let person = Contact::from_row(row)?;
    let Some(to) = person.email.clone() else { return none("no_address") };
    let content = written(release, tickets, message)
        .map_err(|problem| codes::FIELD_INVALID.with("field", "message").with("problem", problem))?;
    let planned = Planned {
        dedup: format!("release:{}:{contact}", release.id),
        purpose: MailPurpose::System,
        about: Some(About::from(newest)),
        topic: topic.cloned(),
        sender: sender.clone(),
        person: Some(Person::Contact(Box::new(person))),
        to,
        says: Says::Content(content),
        correspondence: None,
        not_before: None,
        expires_at: None,
    };
    let mail = plan::plan(cx, planned).await?;
    Ok(match mail.state {
        MailState::Skipped => Notice::Skipped(mail.id, mail.reason.unwrap_or_default()),
        _ => Notice::Planned(mail.id),
    })
}

/// What a mail about these tickets says.
fn written(release: &Release, tickets: &[Ticket], message: Option<&PlainText>) -> Result<Content, &'static str> {
    let version = release.spoken();
    let about = tickets.last().map(|ticket| ticket.subject.as_str()).unwrap_or_default();
    let subject = Subject::parse(&format!("Fixed in {version}: {about}"));
    let subject = subject.or_else(|_| Subject::parse(&format!("Fixed in {version}")))?;
    let mut text = match message {
        Some(message) => message.as_str().to_owned(),
        None => format!(
            "Good news! What you reported has been fixed, and is deployed in {version}.\n\n\
             Please try again. If you encounter any issues, just reply to this mail."
        ),
    };
    text.push_str("\n\n");
    for ticket in tickets.iter().rev().take(NAMED) {
        text.push_str(&format!("{}: {}\n", ticket.number, ticket.subject));
    }
    if tickets.len() > NAMED {
        text.push_str(&format!("And {} more.\n", tickets.len() - NAMED));
    }
    if message.is_none() {
        text.push_str("\nThank you for your patience!");
    }
    Ok(Content::plain(subject, &PlainText::parse(text.trim_end())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(content: &Content) -> String {
        serde_json::to_value(content).unwrap()["subject"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_notice_names_the_tickets_of_its_reader_newest_first() {
        let release = Release { name: "2.1.6".parse().unwrap(), ..Release::default() };
        let ticket = |number: &str, subject: &str| Ticket {
            number: number.to_owned(),
            subject: subject.parse().unwrap(),
            ..Ticket::default()
        };
        let tickets = [ticket("T-000001", "Export fails"), ticket("T-000007", "CSV is empty")];
        let content = written(&release, &tickets, None).unwrap();
        assert_eq!(subject(&content), "Fixed in v2.1.6: CSV is empty");
        assert!(content.text().contains("deployed in v2.1.6"), "{}", content.text());
        assert!(content.text().contains("T-000007: CSV is empty\nT-000001: Export fails\n"), "{}", content.text());
        let own = "Der Fehler ist behoben.".parse().unwrap();
        let content = written(&release, &tickets, Some(&own)).unwrap();
        assert!(content.text().starts_with("Der Fehler ist behoben.\n\nT-000007"), "{}", content.text());
        let many: Vec<Ticket> = (0..52).map(|_| ticket("T-1", &"x".repeat(500))).collect();
        let content = written(&release, &many, None).unwrap();
        assert_eq!(subject(&content), "Fixed in v2.1.6");
        assert!(content.text().contains("And 2 more."), "{}", content.text());
    }
}
