//! The links in a mail: with its token alone, without logging in, a person sees and says what they want to get. Only `mail.unsubscribe` and
//! `mail.resubscribe` change anything, so that a program that follows links unsubscribes nobody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Consent, Mail, Suppression, SuppressionReason, SuppressionScope, Topic, TopicKind,
    consent::{ConsentBasis, ConsentState},
    secret::{AddressHash, Purpose, Secret},
    suppression::Suppress,
    token::Token,
};
use crate::{
    Action, Body, Choice, Code, CollectionCommand, Context, Id, Key, Name, Query, Record, Result, closed_enum, command,
};

/// The token is none of this organisation's.
pub const TOKEN: Code = Code::not_found("mail.token", "The link is not valid here; use the one in the latest mail.");

closed_enum! {
    /// How much somebody unsubscribes from.
    pub enum UnsubscribeScope {
        /// The topic of the mail.
        Topic = "topic",
        /// All marketing.
        Marketing = "marketing",
    }
}

closed_enum! {
    /// What a host does with a request to a link.
    pub enum LinkPage {
        /// It shows a page with a button, and changes nothing: a program may have followed the link.
        Ask = "ask",
        /// It calls `mail.unsubscribe` and answers 200, without asking back.
        Unsubscribe = "unsubscribe",
        /// It answers that the method is not allowed (405).
        Refuse = "refuse",
    }
}

/// What a good token says.
struct Holder {
    address: AddressHash,
    topic: Option<Id<Topic>>,
}

/// Reads a token. Error: `mail.token`.
async fn holder(cx: &mut Context<'_>, text: &str) -> Result<Holder> {
    let (token, proof) = Token::claimed(text).ok_or_else(|| TOKEN.error())?;
    let secret = Secret::known(cx).await?.ok_or_else(|| TOKEN.error())?;
    if token.org != cx.org() || !token.is_proved(&proof, &secret, Purpose::Preferences, &[]) {
        return Err(TOKEN.error());
    }
    Ok(Holder { address: token.address, topic: (!token.topic.is_nil()).then(|| Id::new(token.topic)) })
}

/// What a person gets of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TopicChoice {
    /// The topic.
    pub topic: Id<Topic>,
    /// Its name.
    pub name: Name,
    /// Its name for programs.
    pub key: Key,
    /// What there is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Body>,
    /// Whether the person gets it.
    pub subscribed: bool,
}

/// What a person gets, as their page shows it. It says nothing else of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Choices {
    /// The topic of the mail whose link it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Id<Topic>>,
    /// The topics of marketing, by name.
    pub topics: Vec<TopicChoice>,
}

async fn choices(cx: &mut Context<'_>, holder: &Holder) -> Result<Choices> {
    let mut topics = cx.unrestricted().every::<Topic>(&Topic::KIND.eq(TopicKind::Marketing)).await?;
    topics.sort_by(|one, other| one.name.cmp(&other.name));
    let suppressions = Suppression::all_of(cx, holder.address).await?;
    let consents = Consent::all_of(cx, holder.address).await?;
    let choice = |topic: Topic| {
        let agreed = |consent: &Consent| consent.topic == topic.id && consent.state == ConsentState::Granted;
        let against = |one: &Suppression| one.stands_against(Some(topic.id), true);
        let subscribed = consents.iter().any(agreed) && !suppressions.iter().any(against);
        TopicChoice { topic: topic.id, name: topic.name, key: topic.key, description: topic.description, subscribed }
    };
    Ok(Choices { topic: holder.topic, topics: topics.into_iter().map(choice).collect() })
}

/// Unsubscribes an address with the token of a link, without logging in: it never expires, and works whatever became of the mail and of
/// the person. It holds for every claim from now on. The same again changes nothing. Error: `mail.token`.
#[command(
    "unsubscribe",
    collection = Mail,
    action = Operate,
    errors(TOKEN),
    final = "the person does not want the mail."
)]
pub struct Unsubscribe {
    /// The token.
    pub token: String,
    /// How much; the topic of the mail unless said. A mail without a topic stands for all marketing.
    pub scope: Option<UnsubscribeScope>,
}

impl CollectionCommand for Unsubscribe {
    type Output = Choices;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Choices> {
        let holder = holder(cx, &self.token).await?;
        let topic = holder.topic.filter(|_| self.scope.unwrap_or_default() == UnsubscribeScope::Topic);
        let scope = if topic.is_some() { SuppressionScope::Topic } else { SuppressionScope::Marketing };
        let (address, reason) = (holder.address, SuppressionReason::Unsubscribed);
        Suppression::put(cx, Suppress { address, scope, topic, reason, source: Choice::parse("mail").ok() }).await?;
        for consent in Consent::all_of(cx, holder.address).await? {
            let marketing = cx.unrestricted().load(consent.topic).await?.is_marketing();
            if topic.map_or(marketing, |topic| consent.topic == topic) {
                consent.withdraw(cx).await?;
            }
        }
        choices(cx, &holder).await
    }
}

/// Subscribes an address again to the topic of its link, as long as its page is there: what unsubscribing did is taken back for that topic.
/// Complaints and addresses that do not exist stay suppressed. Error: `mail.token`.
#[command(
    "resubscribe",
    collection = Mail,
    action = Operate,
    errors(TOKEN),
    final = "the person wants the mail; mail.unsubscribe takes it back."
)]
pub struct Resubscribe {
    /// The token.
    pub token: String,
}

impl CollectionCommand for Resubscribe {
    type Output = Choices;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Choices> {
        let holder = holder(cx, &self.token).await?;
        let mut unsubscribed = false;
        for suppression in Suppression::all_of(cx, holder.address).await? {
            let of_topic = suppression.topic.is_none() || suppression.topic == holder.topic;
            if suppression.reason == SuppressionReason::Unsubscribed && of_topic {
                suppression.lift("the person subscribed again", cx).await?;
                unsubscribed = true;
            }
        }
        for consent in Consent::all_of(cx, holder.address).await? {
            let withdrawn = consent.state == ConsentState::Withdrawn && Some(consent.topic) == holder.topic;
            if withdrawn && unsubscribed {
                let (state, basis, at) = (ConsentState::Granted, ConsentBasis::OptIn, cx.now());
                cx.save(Consent { state, basis, at, source: Choice::parse("preferences").ok(), ..consent }).await?;
            }
        }
        choices(cx, &holder).await
    }
}

/// What the person of a token gets: `mail.preferences`. Error: `mail.token`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// The token.
    pub token: String,
}

impl Query for Preferences {
    const VERB: &'static str = "preferences";
    const ERRORS: &'static [Code] = &[TOKEN];
    type Of = Mail;
    type Output = Choices;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Choices> {
        cx.authorize_kind(Mail::def(), Action::Operate)?;
        let holder = holder(cx, &self.token).await?;
        choices(cx, &holder).await
    }
}

/// What a host does with a request to the link of a token: `mail.link`. It changes nothing. Error: `mail.token`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The token.
    pub token: String,
    /// The method of the request, such as `GET`.
    pub method: String,
}

/// What a host does with a request to a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Followed {
    /// Which page it shows.
    pub page: LinkPage,
    /// What the person gets now.
    pub choices: Choices,
}

impl Query for Link {
    const VERB: &'static str = "link";
    const ERRORS: &'static [Code] = &[TOKEN];
    type Of = Mail;
    type Output = Followed;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Followed> {
        cx.authorize_kind(Mail::def(), Action::Operate)?;
        let holder = holder(cx, &self.token).await?;
        let page = match self.method.trim().to_ascii_uppercase().as_str() {
            "GET" | "HEAD" => LinkPage::Ask,
            "POST" => LinkPage::Unsubscribe,
            _ => LinkPage::Refuse,
        };
        Ok(Followed { page, choices: choices(cx, &holder).await? })
    }
}
