//! A tenant with an agent, filled through the door by a command of the host's own.

use nexa_crm::kernel::error::codes;
use nexa_crm::{
    CollectionCommand, Context, Create, CreateOrg, Error, Id, Result,
    blocking::{self, Session},
    command,
    people::{Role, User},
    sales::{Account, Contact, Lead},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::{
    Outcome,
    people::{person, qualified_lead},
};

/// A tenant, its admin and an agent.
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) crm: blocking::Crm,
    pub(crate) org: Uuid,
    pub(crate) admin: Session,
    pub(crate) agent: Session,
    pub(crate) agent_id: Id<User>,
}

impl Tenant {
    /// A new tenant.
    pub(crate) fn settle(crm: blocking::Crm) -> Outcome<Self> {
        let admin = crm.create_org(CreateOrg::new("Acme Support", "Lisa Admin", "lisa@acme.example")?)?;
        let agent = Create::<User>::new().set(User::NAME, "Maria Agent").set(User::EMAIL, "maria@acme.example");
        let agent = admin.run(agent.set(User::ROLE, Role::Agent.as_str()))?.id;
        Ok(Self { org: admin.org(), agent: crm.user(admin.org(), agent), crm, admin, agent_id: agent })
    }

    /// The same tenant through another Crm.
    pub(crate) fn through(&self, crm: blocking::Crm) -> Self {
        Self {
            org: self.org,
            admin: crm.session(self.org, self.admin.principal().clone()),
            agent: crm.session(self.org, self.agent.principal().clone()),
            agent_id: self.agent_id,
            crm,
        }
    }

    /// Adds qualified leads, and answers their ids.
    pub(crate) fn leads(&self, count: usize) -> Outcome<Vec<Id<Lead>>> {
        let seed_data = |from, to| self.admin.run(SeedData { from, to, agent: self.agent_id, what: SeedKind::Leads });
        Ok(chunks(count, seed_data)?.into_iter().map(Id::new).collect())
    }

    /// Adds contacts with an account each, and answers their ids.
    pub(crate) fn contacts(&self, count: usize) -> Outcome<Vec<Id<Contact>>> {
        let seed_data =
            |from, to| self.admin.run(SeedData { from, to, agent: self.agent_id, what: SeedKind::Contacts });
        Ok(chunks(count, seed_data)?.into_iter().map(Id::new).collect())
    }
}

/// A builder with the command that fills a tenant.
pub(crate) fn builder() -> nexa_crm::CrmBuilder {
    nexa_crm::builder().command::<SeedData>()
}

/// Enough for one unit.
const CHUNK: usize = 500;

fn chunks(count: usize, mut seed_data: impl FnMut(usize, usize) -> Result<Vec<Uuid>>) -> Result<Vec<Uuid>> {
    let mut ids = Vec::with_capacity(count);
    for from in (0..count).step_by(CHUNK) {
        ids.extend(seed_data(from, count.min(from + CHUNK))?);
    }
    Ok(ids)
}

/// What a tenant is filled with.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
enum SeedKind {
    Leads,
    Contacts,
}

/// Puts records into a tenant as they are, so that what is measured has something to work on.
#[command("seed_data", collection = Lead, action = Create)]
struct SeedData {
    what: SeedKind,
    from: usize,
    to: usize,
    agent: Id<User>,
}

impl CollectionCommand for SeedData {
    type Output = Vec<Uuid>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<Uuid>> {
        let mut ids = Vec::with_capacity(self.to - self.from);
        for number in self.from..self.to {
            ids.push(match self.what {
                SeedKind::Leads => {
                    let lead = qualified_lead(number, self.agent, cx.now()).map_err(unfit)?;
                    cx.unrestricted().insert(lead).await?.id.uuid()
                }
                SeedKind::Contacts => contact(cx, number).await?.uuid(),
            });
        }
        Ok(ids)
    }
}

async fn contact(cx: &mut Context<'_>, number: usize) -> Result<Id<Contact>> {
    let person = person(number);
    let account = fields([("name", &person.company)]);
    let account = cx.create::<Account>(None, &account).await?.id;
    let names = [("first_name", &person.first), ("last_name", &person.last), ("email", &person.email)];
    let mut contact = fields(names);
    contact.insert("account".to_owned(), json!(account));
    Ok(cx.create::<Contact>(None, &contact).await?.id)
}

fn fields<const N: usize>(fields: [(&str, &String); N]) -> Map<String, Json> {
    fields.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect()
}

fn unfit(problem: impl std::fmt::Display) -> Error {
    codes::FIELD_INVALID.with("field", "people").with("problem", problem.to_string())
}
