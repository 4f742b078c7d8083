//! The deal that a lead brings: a new one, or one that it joins.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value as Json, json};

use super::{Convert, account::belongs, keep};
use crate::{
    Action, Assignee, Code, Context, Date, Id, Money, Name, Record, Ref, Result, Subject,
    kernel::{
        draft::schema,
        error::codes,
        input::{self, Unreadable},
        value::days_after,
    },
    people::User,
    sales::{account::Account, contact::Contact, deal::Deal, lead::Lead, lookups, pipeline::default_pipeline},
};

/// A group cannot own a deal.
pub const OWNER_MUST_BE_USER: Code =
    Code::rule("deal.owner_must_be_user", "A deal belongs to one user; give a user instead of a group.");
/// The deal belongs to another account.
pub const DEAL_ELSEWHERE: Code = Code::rule(
    "lead.deal_elsewhere",
    "The deal {deal} belongs to another account; name that account, or another deal.",
);

/// After how many days a new deal should close.
const CLOSE_IN_DAYS: i64 = 90;
/// The stage in which a new deal begins, where its pipeline has it.
const STAGE: &str = "qualification";

/// The deal of a conversion. In JSON the id or the key of one that is there, or an object with what is known of a new one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum WantedDeal {
    /// A new one.
    New(Box<NewDeal>),
    /// One that is there, which the lead joins.
    Join(Ref<Deal>),
}

impl From<NewDeal> for WantedDeal {
    fn from(deal: NewDeal) -> Self {
        Self::New(Box::new(deal))
    }
}

impl<'de> Deserialize<'de> for WantedDeal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let is_new = json.as_object().is_some_and(|object| !object.contains_key("system"));
        let read = if is_new { input::value(&json).map(Self::New) } else { input::value(&json).map(Self::Join) };
        read.map_err(Unreadable::pass)
    }
}

impl JsonSchema for WantedDeal {
    fn schema_name() -> Cow<'static, str> {
        "WantedDeal".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (deal, new) = (generator.subschema_for::<Ref<Deal>>().to_value(), generator.subschema_for::<NewDeal>());
        let mut forms = deal.get("anyOf").and_then(Json::as_array).cloned().unwrap_or_default();
        forms.push(new.to_value());
        schema(json!({"anyOf": forms}))
    }
}

/// What is known of the deal of a conversion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewDeal {
    /// Its name; company and source unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Subject>,
    /// What it is about, for the name: `Company - Product`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Name>,
    /// Its amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// When it should close; 90 days from today unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_date: Option<Date>,
    /// Whose it is; the lead's user unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Ref<User>>,
}

impl Convert {
    /// Joins a deal that is there: what it lacks is filled. Error: `lead.deal_elsewhere`.
    pub(super) async fn join_deal(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        mut deal: Deal,
        contact: Option<&Contact>,
        account: Option<&Account>,
    ) -> Result<Deal> {
        let account = account.map(|account| account.id);
        if deal.account.is_some() && account.is_some() && deal.account != account {
            return Err(DEAL_ELSEWHERE.with("deal", deal.id));
        }
        if !cx.allows(Deal::def(), &deal.to_row(), Action::Update).await? {
            return Ok(deal);
        }
        let before = deal.clone();
        deal.account = deal.account.or(account);
        let contact = contact.filter(|contact| belongs(contact, deal.account));
        self.put(&mut deal.primary_contact, &contact.map(|contact| contact.id));
        self.put(&mut deal.source, &lead.source);
        self.put(&mut deal.campaign, &lead.campaign);
        self.put(&mut deal.owner, &lead.assignee.and_then(Assignee::as_user).map(Id::new));
        self.put_custom(&mut deal.custom, self.custom_for(lead, "deal"));
        keep(cx, &before, deal).await
    }

    /// Makes a new deal. Error: `deal.owner_must_be_user`.
    pub(super) async fn new_deal(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        wanted: &NewDeal,
        contact: Option<&Contact>,
        account: Option<&Account>,
    ) -> Result<Deal> {
        let owner = match (&wanted.owner, lead.assignee) {
            (Some(owner), _) => Some(cx.load::<User>(owner).await?.id),
            (None, Some(Assignee::User(id))) => Some(Id::new(id)),
            (None, Some(Assignee::Group(_))) => return Err(OWNER_MUST_BE_USER.error()),
            (None, None) => cx.actor().user().map(Id::new),
        };
        // The name of a company that is hidden from the actor stands in no name.
        let named = match account {
            Some(account) if cx.saw(account).await? => Some(account),
            _ => None,
        };
        let today = lookups::today(cx).await?;
        let pipeline = default_pipeline(cx).await?;
        let new = Deal {
            stage: pipeline.stage(STAGE).map(|stage| stage.name.clone()).unwrap_or_default(),
            pipeline: pipeline.id,
            name: match &wanted.name {
                Some(name) => name.clone(),
                None => deal_name(lead, wanted.product.as_ref(), named)?,
            },
            amount: wanted.amount,
            close_date: Some(wanted.close_date.unwrap_or_else(|| days_after(today, CLOSE_IN_DAYS))),
            account: account.map(|account| account.id),
            primary_contact: contact.map(|contact| contact.id),
            source: lead.source.clone(),
            campaign: lead.campaign,
            owner,
            custom: self.custom_for(lead, "deal"),
            ..Deal::default()
        };
        cx.add(new).await
    }
}

/// "Company - Product or source", as far as it is known; without a company the person's name. A mail address is nobody's name, and
/// may be hidden from those who see the deal.
fn deal_name(lead: &Lead, product: Option<&Name>, account: Option<&Account>) -> Result<Subject> {
    let company = account
        .map(|account| account.name.to_string())
        .or_else(|| lead.company.as_ref().map(Name::to_string))
        .or_else(|| lead.name())
        .unwrap_or_else(|| "New deal".to_owned());
    let what =
        product.map(|product| product.to_string()).or_else(|| lead.source.as_ref().map(|source| source.to_string()));
    let full = match what {
        Some(what) => format!("{company} - {what}"),
        None => company.clone(),
    };
    // A name that grows too long by its second part is used without it.
    Subject::parse(&full)
        .or_else(|_| Subject::parse(&company))
        .map_err(|problem| codes::FIELD_INVALID.with("field", "deal.name").with("problem", problem))
}
