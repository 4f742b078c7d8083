//! What the words of a ticket, and what is known of it, say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        explained::{Confidence, Evidence, Explained, Explanation, RULES},
        sight::Sight,
    },
    lexicon,
    similar::{self, customers},
    words::{first_of, occurrences, words},
};
use crate::{
    Context, Get, Id, Language, Query, Record, Ref, Result, closed_enum,
    sales::{Account, Contact},
    service::{Ticket, TicketPriority, TicketSeverity, TicketType},
};

/// Over so many days the same issue is counted.
const RECENT_DAYS: u32 = 7;
/// So many other customers with the same issue make it the first thing to do.
const MANY: usize = 5;

closed_enum! {
    /// The mood of a customer, by their words.
    pub enum Mood default Neutral {
        /// They have had enough.
        Frustrated = "frustrated",
        /// They are not pleased.
        Negative = "negative",
        /// Their words do not say.
        Neutral = "neutral",
        /// They are pleased.
        Positive = "positive",
        /// They are very pleased.
        Delighted = "delighted",
    }
}

closed_enum! {
    /// How soon something is to be done.
    pub enum Urgency default Medium {
        /// It can wait.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before the others.
        High = "high",
        /// Now.
        Critical = "critical",
    }
}

closed_enum! {
    /// What a ticket is about.
    pub enum TicketCategory {
        /// Something of the product is wrong.
        ProductBug = "product_bug",
        /// Somebody does not get in.
        Access = "access",
        /// Money: invoices, payments, prices.
        Billing = "billing",
        /// Somebody wants something new.
        FeatureRequest = "feature_request",
        /// Somebody wants to know something.
        HowTo = "how_to",
    }
}

/// What a ticket is about, and what to do about it. What the rules cannot say is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TicketAnalysis {
    /// The ticket.
    pub ticket: Id<Ticket>,
    /// The language of the customer, as the contact or the account says it.
    pub language: Option<Language>,
    /// The mood of the customer; a fault in neutral words is neutral.
    pub sentiment: Mood,
    /// How soon something is to be done.
    pub urgency: Urgency,
    /// What it is about.
    pub category: Option<TicketCategory>,
    /// The feature that it is about, such as `data_export`.
    pub affected_feature: Option<String>,
    /// How many other tickets of the last seven days are about the same, of those that the actor sees.
    pub similar_tickets: u32,
    /// The priority that it should have.
    pub recommended_priority: TicketPriority,
    /// How bad the damage is, where something is wrong: `p1` with five other customers who have the same, or an outage of several.
    pub recommended_severity: Option<TicketSeverity>,
    /// What sort of issue it is.
    pub recommended_type: Option<TicketType>,
    /// How sure each of these is.
    pub confidences: AnalysisConfidences,
}

/// How sure the parts of an analysis are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnalysisConfidences {
    /// Of the language.
    pub language: Confidence,
    /// Of the mood.
    pub sentiment: Confidence,
    /// Of the urgency.
    pub urgency: Confidence,
    /// Of the category, and of the type.
    pub category: Confidence,
    /// Of the feature.
    pub affected_feature: Confidence,
    /// Of priority and severity.
    pub recommended_priority: Confidence,
}

/// What the words of a ticket say by themselves.
pub(super) struct Judged {
    mood: Mood,
    mood_known: bool,
    category: Option<TicketCategory>,
    /// The word that says the category.
    said: Option<&'static str>,
    feature: Option<&'static str>,
    fault: bool,
    outage: Option<&'static str>,
    blocked: Option<&'static str>,
    /// Whether there are words at all.
    any: bool,
}

impl Judged {
    pub(super) fn of(ticket: &Ticket) -> Self {
        let subject = words(&ticket.subject);
        let text = words(ticket.description.as_deref().unwrap_or_default());
        let all: Vec<String> = subject.iter().chain(&text).cloned().collect();
        let fault = first_of(&all, lexicon::FAULT);
        let (wish, question) = (first_of(&all, lexicon::WISH), first_of(&all, lexicon::QUESTION));
        let (access, billing) = (first_of(&all, lexicon::ACCESS), first_of(&all, lexicon::BILLING));
        let category = [
            (billing, TicketCategory::Billing),
            (access, TicketCategory::Access),
            (wish, TicketCategory::FeatureRequest),
            (fault, TicketCategory::ProductBug),
            (question, TicketCategory::HowTo),
        ];
        // What people say of money and of getting in says more than that it does not work.
        let (said, category) = category
            .into_iter()
            .find_map(|(said, category)| Some((said?, category)))
            .map_or((None, None), |(said, category)| (Some(said), Some(category)));
        let feature = |(_, phrases): &(&'static str, &[&str])| {
            let count = |words: &[String]| phrases.iter().map(|phrase| occurrences(words, phrase).len()).sum::<usize>();
            2 * count(&subject) + count(&text)
        };
        let mut features: Vec<(usize, &'static str)> =
            lexicon::FEATURES.iter().map(|of| (feature(of), of.0)).filter(|(count, _)| *count > 0).collect();
        features.sort_by_key(|feature| std::cmp::Reverse(feature.0));
        // Two that are named alike are none.
        let feature = match features.as_slice() {
            [(first, _), (second, _), ..] if first == second => None,
            [(_, feature), ..] => Some(*feature),
            [] => None,
        };
        let (score, mood_known) = mood_of(&all);
        Self {
            mood: mood(score),
            mood_known,
            category,
            said,
            feature,
            fault: fault.is_some(),
            outage: first_of(&all, lexicon::OUTAGE),
            blocked: first_of(&all, lexicon::BLOCKED),
            any: !all.is_empty(),
        }
    }

    /// Whether both say that the same feature does not work, or that nothing does.
    pub(super) fn is_same_fault(&self, other: &Self) -> bool {
        if self.outage.is_some() && other.outage.is_some() {
            return true;
        }
        self.fault && other.fault && self.feature.is_some() && self.feature == other.feature
    }

    fn ticket_type(&self) -> Option<TicketType> {
        match self.category? {
            TicketCategory::ProductBug if self.outage.is_some() => Some(TicketType::Incident),
            TicketCategory::ProductBug => Some(TicketType::Bug),
            TicketCategory::Access => Some(TicketType::Problem),
            TicketCategory::FeatureRequest => Some(TicketType::FeatureRequest),
            TicketCategory::Billing if self.fault => Some(TicketType::Problem),
            TicketCategory::Billing | TicketCategory::HowTo => Some(TicketType::Question),
        }
    }
}

/// How pleased the words are, and whether any of them says so. What is negated is turned round, what is stressed counts more.
fn mood_of(words: &[String]) -> (f64, bool) {
    let mut score = 0.0;
    let mut known = false;
    for (phrase, value) in lexicon::MOOD {
        for at in occurrences(words, phrase) {
            let before = words.get(at.saturating_sub(3)..at).unwrap_or_default();
            let is = |list: &[&str]| before.iter().any(|word| list.contains(&word.as_str()));
            let stressed = before.last().is_some_and(|word| lexicon::STRONGER.contains(&word.as_str()));
            // `not working` is negated by itself.
            let negated = is(lexicon::NEGATIONS) && *value > 0.0;
            score += value * if negated { -1.0 } else { 1.0 } * if stressed { 1.3 } else { 1.0 };
            known = true;
        }
    }
    (score, known)
}

fn mood(score: f64) -> Mood {
    match score {
        score if score <= -4.0 => Mood::Frustrated,
        score if score <= -1.5 => Mood::Negative,
        score if score >= 4.0 => Mood::Delighted,
        score if score >= 1.5 => Mood::Positive,
        _ => Mood::Neutral,
    }
}

/// Says what a ticket is about, by rules: `ticket.analyze`. Nothing is changed; `ticket.apply_analysis` takes what is recommended.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Analyze {
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Query for Analyze {
    const VERB: &'static str = "analyze";
    type Of = Ticket;
    type Output = Explained<TicketAnalysis>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<TicketAnalysis>> {
        let ticket = Get::of(self.ticket.clone()).run(cx).await?.record;
        analyze(cx, &ticket).await
    }
}

/// The analysis of a ticket, as the actor sees it.
pub(super) async fn analyze(cx: &mut Context<'_>, ticket: &Ticket) -> Result<Explained<TicketAnalysis>> {
    let judged = Judged::of(ticket);
    let like = similar::like(cx, ticket, RECENT_DAYS).await?;
    let same = like.iter().filter(|one| one.same).count();
    // The damage counts where the actor sees whom it hits.
    let others = customers(&like, ticket);
    let accounts: std::collections::BTreeSet<_> =
        like.iter().filter(|one| one.same).filter_map(|one| one.ticket.account).collect();
    let several = accounts.iter().any(|account| ticket.account != Some(*account));
    let first = others >= MANY || (judged.outage.is_some() && several);
    let mut reasons = Vec::new();
    let own = || [Evidence::of(ticket)];
    let mut because = |code: &str, text: String| {
        reasons.push(Explanation::new(&format!("ticket.{code}"), text).evidence(own()));
    };

    let blocking = ticket.customer_impact.as_deref().is_some_and(|impact| impact.contains("block"));
    let mut urgency =
        if judged.category == Some(TicketCategory::FeatureRequest) { Urgency::Low } else { Urgency::Medium };
    if let Some(word) = judged.blocked {
        urgency = urgency.max(Urgency::High);
        because("urgency", format!("It says \"{}\"", plain(word)));
    }
    if blocking {
        urgency = urgency.max(Urgency::High);
        because(
            "urgency",
            format!("The customer's work stands still: {}", ticket.customer_impact.as_deref().unwrap_or_default()),
        );
    }
    match ticket.severity {
        Some(TicketSeverity::P1) => urgency = Urgency::Critical,
        Some(TicketSeverity::P2) => urgency = urgency.max(Urgency::High),
        _ => {}
    }
    if let Some(word) = judged.outage {
        urgency = urgency.max(if first { Urgency::Critical } else { Urgency::High });
        because("urgency", format!("It says \"{}\"", plain(word)));
    }
    if let Some(word) = judged.said {
        because("category", format!("It says \"{}\"", plain(word)));
    }
    if let Some(feature) = judged.feature {
        because("affected_feature", format!("It names what people call {}", feature.replace('_', " ")));
    }
    if judged.mood != Mood::Neutral {
        because("sentiment", format!("Its words are {}", judged.mood));
    }
    let priority = match (first, urgency) {
        (true, _) | (_, Urgency::Critical) => TicketPriority::Critical,
        (_, Urgency::High) => TicketPriority::High,
        (_, Urgency::Low) => TicketPriority::Low,
        _ => TicketPriority::Medium,
    };
    if first {
        let text = format!("{others} other customers report the same within {RECENT_DAYS} days");
        let evidence = like.iter().filter(|one| one.same).take(10).map(|one| Evidence::of(&one.ticket));
        reasons.push(Explanation::new("ticket.recommended_priority", text).evidence(evidence));
    }
    let severity = match (judged.fault || judged.outage.is_some(), first, urgency) {
        (_, true, _) => Some(TicketSeverity::P1),
        (true, _, Urgency::High | Urgency::Critical) => Some(TicketSeverity::P2),
        (true, ..) => Some(TicketSeverity::P3),
        _ => None,
    };
    let language = language(cx, ticket).await?;
    let sure = |known: bool| if known { Confidence::Medium } else { Confidence::None };
    let confidences = AnalysisConfidences {
        language: if language.is_some() { Confidence::High } else { Confidence::None },
        sentiment: if judged.mood_known { Confidence::Medium } else { Confidence::Low },
        urgency: if blocking { Confidence::High } else { sure(judged.blocked.is_some() || judged.outage.is_some()) },
        category: sure(judged.category.is_some()),
        affected_feature: sure(judged.feature.is_some()),
        recommended_priority: if first { Confidence::High } else { sure(judged.any) },
    };
    let known = [language.is_some(), judged.mood_known, judged.category.is_some(), judged.feature.is_some()];
    let known = known.iter().map(|known| u32::from(*known)).sum();
    let analysis = TicketAnalysis {
        ticket: ticket.id,
        language,
        sentiment: judged.mood,
        urgency,
        category: judged.category,
        affected_feature: judged.feature.map(str::to_owned),
        similar_tickets: u32::try_from(same).unwrap_or(u32::MAX),
        recommended_priority: priority,
        recommended_severity: severity,
        recommended_type: judged.ticket_type(),
        confidences,
    };
    Explained::now(cx, analysis, reasons, RULES, [known, 4]).await
}

/// A phrase of the lexicon as people read it.
fn plain(phrase: &str) -> String {
    phrase.replace('*', "…")
}

/// The language of the contact, or of the account, as far as the actor sees them. A text of some words does not say its language.
async fn language(cx: &mut Context<'_>, ticket: &Ticket) -> Result<Option<Language>> {
    if let Some(contact) = ticket.contact
        && Sight::Actor.sees(cx, Contact::def(), &[Contact::LANGUAGE.name()])?
    {
        let contacts: Vec<Contact> = cx.visible(&Contact::ID.eq(contact), &[], 1).await?;
        if let Some(language) = contacts.into_iter().next().and_then(|contact| contact.language) {
            return Ok(Some(language));
        }
    }
    if let Some(account) = ticket.account
        && Sight::Actor.sees(cx, Account::def(), &[Account::LANGUAGE.name()])?
    {
        let accounts: Vec<Account> = cx.visible(&Account::ID.eq(account), &[], 1).await?;
        return Ok(accounts.into_iter().next().and_then(|account| account.language));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(subject: &str, description: &str) -> Judged {
        let ticket =
            Ticket { subject: subject.parse().unwrap(), description: description.parse().ok(), ..Ticket::default() };
        Judged::of(&ticket)
    }

    #[test]
    fn the_mood_is_the_customers_and_not_that_of_the_topic() {
        for (subject, description, expected) in [
            ("Cannot access dashboard", "", Mood::Neutral),
            ("The app crashes every time I open it", "", Mood::Neutral),
            ("Could you please send me the invoice", "", Mood::Neutral),
            (
                "Export function not working",
                "When I try to export contacts to CSV, I get an error message",
                Mood::Negative,
            ),
            ("Third time I report this", "This is unacceptable, still not fixed.", Mood::Frustrated),
            ("I'm really disappointed with the service", "", Mood::Negative),
            ("Thanks, great support", "You are very helpful", Mood::Delighted),
            ("Not happy with the new design", "", Mood::Negative),
            ("Love it", "", Mood::Positive),
        ] {
            assert_eq!(judged(subject, description).mood, expected, "{subject} {description}");
        }
    }

    #[test]
    fn what_a_ticket_is_about_is_said_by_its_words_or_not_at_all() {
        for (text, category, feature, of_type) in [
            (
                "Export function not working",
                Some(TicketCategory::ProductBug),
                Some("data_export"),
                Some(TicketType::Bug),
            ),
            ("How do I invite a colleague?", Some(TicketCategory::HowTo), None, Some(TicketType::Question)),
            ("Please add dark mode", Some(TicketCategory::FeatureRequest), None, Some(TicketType::FeatureRequest)),
            ("I was charged twice", Some(TicketCategory::Billing), Some("billing"), Some(TicketType::Question)),
            ("I forgot my password", Some(TicketCategory::Access), Some("login"), Some(TicketType::Problem)),
            ("Good morning", None, None, None),
        ] {
            let judged = judged(text, "");
            assert_eq!((judged.category, judged.feature, judged.ticket_type()), (category, feature, of_type), "{text}");
        }
    }
}
