//! Reporting an issue, with the customer as far as one knows them.

mod customer;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, json};
use uuid::Uuid;

pub use self::customer::{CUSTOMER_UNREACHABLE, Customer};
use super::{CHOICE_UNKNOWN, COUNTER, Ticket};
use crate::{
    Accepts, Action, Code, CollectionCommand, Column, Context, Draft, Id, Operation, Record, Result,
    kernel::{
        draft::{check_fields, properties, schema},
        error::codes,
        input::{self, Unreadable},
        operation::OnCollection,
        store::Prefetch,
    },
    people::{counter::Counter, org::Org},
    sales::Contact,
};

/// Reports an issue. The ticket is open, assigned to nobody, and has the tenant's next number.
///
/// `customer` may say who has the issue: contact and account are found, or made in the same unit. Errors:
/// `ticket.customer_unreachable`, `id.taken`.
///
/// ```
/// use nexa_core::{Email, Name, service::{Ticket, ticket::{Create, Customer}}};
///
/// let sarah = Customer {
///     name: Name::parse("Sarah Johnson").ok(),
///     email: Email::parse("sarah@acme.example").ok(),
///     company: Name::parse("Acme Corp").ok(),
///     ..Customer::default()
/// };
/// let create = Create::new("Cannot access dashboard").set(Ticket::DESCRIPTION, "Unable to log in").customer(sarah);
/// assert_eq!(serde_json::to_value(&create).unwrap()["customer"]["company"], "Acme Corp");
/// ```
#[derive(Clone, Debug, Default, Serialize)]
pub struct Create {
    /// The identifier, when the caller names what it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id<Ticket>>,
    /// Who has the issue, instead of `contact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// Its fields.
    #[serde(flatten)]
    pub fields: Draft<Ticket>,
}

impl<'de> Deserialize<'de> for Create {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        let id = input::take(&mut fields, "id").map_err(Unreadable::pass)?;
        let customer = input::take(&mut fields, "customer").map_err(Unreadable::pass)?;
        Ok(Self { id, customer, fields: fields.into() })
    }
}

impl Create {
    /// A ticket about this.
    pub fn new(subject: impl Into<String>) -> Self {
        let mut fields = Draft::new();
        fields.put(Ticket::SUBJECT.name(), json!(subject.into()));
        Self { fields, ..Self::default() }
    }
    /// Names the ticket.
    #[must_use]
    pub const fn id(mut self, id: Id<Ticket>) -> Self {
        self.id = Some(id);
        self
    }
    /// Says who has the issue.
    #[must_use]
    pub fn customer(mut self, customer: Customer) -> Self {
        self.customer = Some(customer);
        self
    }
    /// Sets a field.
    #[must_use]
    pub fn set<T: Accepts<V>, V>(mut self, column: Column<Ticket, T>, value: V) -> Self {
        self.fields = self.fields.set(column, value);
        self
    }
}

impl Operation for Create {
    const VERB: &'static str = "create";
    const ACTION: Action = Action::Create;
    const ERRORS: &'static [Code] = &[CHOICE_UNKNOWN, CUSTOMER_UNREACHABLE];
    const NAMES_RECORD: bool = false;
    type Of = Ticket;
    type Form = OnCollection;
    fn check(&self) -> Result<()> {
        check_fields(Ticket::def(), self.fields.fields())?;
        let Some(customer) = &self.customer else { return Ok(()) };
        if self.fields.has(Ticket::CONTACT) {
            let problem = "give either the contact or the customer";
            return Err(codes::FIELD_INVALID.with("field", "customer").with("problem", problem));
        }
        customer.must_be_reachable()
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        let contact = self.customer.as_ref().and_then(|customer| customer.email.as_ref());
        let contact = match (contact, self.fields.id(Ticket::CONTACT)) {
            (Some(email), _) => Some(Prefetch::by_email(Contact::def(), email)),
            (None, Some(contact)) => Some(Prefetch::id(Contact::def(), contact)),
            (None, None) => None,
        };
        [Some(Prefetch::id(Org::def(), org)), Counter::prefetch(COUNTER), contact].into_iter().flatten().collect()
    }
}

impl CollectionCommand for Create {
    type Output = Ticket;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Ticket> {
        let mut ticket: Ticket = cx.draft(self.id, self.fields.fields()).await?;
        if let Some(customer) = &self.customer {
            let (contact, account) = customer.find_or_create(cx, ticket.account).await?;
            (ticket.contact, ticket.account) = (Some(contact), account);
        }
        cx.insert(ticket).await
    }
}

impl JsonSchema for Create {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ticket_create".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = properties(Ticket::def(), generator);
        properties.insert("id".to_owned(), json!({"type": "string", "format": "uuid"}));
        properties.insert("customer".to_owned(), generator.subschema_for::<Customer>().to_value());
        schema(json!({
            "type": "object",
            "description": "Reports an issue. The ticket is open and assigned to nobody; contact and account of `customer` are found, \
                or made in the same unit.",
            "properties": properties,
            "required": [Ticket::SUBJECT.name()],
            "additionalProperties": false,
        }))
    }
}
