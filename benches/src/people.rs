//! Plausible people and companies, no two alike.

use nexa_crm::{
    Assignee, Body, Choice, Email, Id, Name, Phone, Timestamp,
    people::User,
    sales::{
        Lead,
        lead::{Bant, Criterion, Status},
    },
};

use crate::Outcome;

const FIRST: [&str; 16] = [
    "Ada",
    "Grace",
    "Alan",
    "Edsger",
    "Barbara",
    "Donald",
    "Frances",
    "John",
    "Margaret",
    "Niklaus",
    "Radia",
    "Dennis",
    "Shafi",
    "Tony",
    "Leslie",
    "Katherine",
];
const LAST: [&str; 20] = [
    "Winter",
    "Okafor",
    "Berg",
    "Tanaka",
    "Silva",
    "Novak",
    "Haddad",
    "Larsen",
    "Moreau",
    "Rossi",
    "Kowalski",
    "Nguyen",
    "Fischer",
    "Castro",
    "Lindqvist",
    "Patel",
    "Murphy",
    "Yilmaz",
    "Sato",
    "Dubois",
];
const TRADE: [&str; 12] = [
    "Logistics",
    "Foods",
    "Robotics",
    "Textiles",
    "Optics",
    "Energy",
    "Printing",
    "Shipping",
    "Plastics",
    "Software",
    "Clinics",
    "Tools",
];

fn pick<'a>(words: &[&'a str], number: usize) -> &'a str {
    words.get(number % words.len()).copied().unwrap_or_default()
}

/// The texts of one person.
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) last: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) company: String,
}

/// The person of a number.
pub(crate) fn person(number: usize) -> Person {
    let (first, last, trade) = (pick(&FIRST, number), pick(&LAST, number / 7), pick(&TRADE, number / 3));
    Person {
        first: first.to_owned(),
        last: last.to_owned(),
        email: format!(
            "{}.{}{number}@{}{number}.example",
            first.to_lowercase(),
            last.to_lowercase(),
            trade.to_lowercase()
        ),
        phone: format!("+1415{number:07}"),
        company: format!("{last} {trade} {number}"),
    }
}

/// A qualified lead of an agent.
pub(crate) fn qualified_lead(number: usize, agent: Id<User>, now: Timestamp) -> Outcome<Lead> {
    let person = person(number);
    let met = |evidence: &str| -> Outcome<Criterion> {
        Ok(Criterion { met: Some(true), evidence: Some(Body::parse(evidence)?), at: Some(now), by: Some(agent) })
    };
    Ok(Lead {
        first_name: Some(Name::parse(&person.first)?),
        last_name: Some(Name::parse(&person.last)?),
        email: Some(Email::parse(&person.email)?),
        phone: Some(Phone::parse(&person.phone)?),
        company: Some(Name::parse(&person.company)?),
        title: Some(Name::parse("IT Director")?),
        industry: Some(Choice::parse("technology")?),
        company_size: Some(Choice::parse("enterprise")?),
        source: Some(Choice::parse("Webinar Q4")?),
        status: Status::Qualified,
        score: 85,
        assignee: Some(Assignee::user(agent)),
        bant: Bant {
            budget: met("50,000 USD are set aside")?,
            authority: met("signs for the department")?,
            need: met("the old tool is switched off in spring")?,
            timeline: met("decides this quarter")?,
        },
        last_contacted: Some(now),
        qualified_at: Some(now),
        ..Lead::default()
    })
}
