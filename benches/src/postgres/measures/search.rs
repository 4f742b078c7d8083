//! Searches in a large tenant, beside the same statements run by the owner, whom row-level security does not bind.

use std::hint::black_box;

use nexa_crm::{
    Custom, Email, Envelope, Filter, Find, Id, Name, Record, Timestamp,
    kernel::{
        filter::{Op, Predicate},
        ports::uuid_v7,
        search::sought,
        store::Select,
        value::Value,
    },
    sales::Contact,
};
use nexa_sql::{Bind, Dialect};
use nexa_store_postgres::Namespace;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, query};
use uuid::Uuid;

use crate::{
    Outcome,
    figure::{Figure, Target},
    people::person,
    postgres::{building::Building, seed},
    tenant::Tenant,
    turns::{timed, turns},
};

/// How long a page is; one more row shows whether there is another.
const PAGE: usize = 50;

/// When the first contact was met: 2024-01-01T00:00:00Z.
const FIRST: i64 = 1_704_067_200_000_000;

/// One way to search.
struct Way {
    name: &'static str,
    words: Option<&'static str>,
    region: Option<&'static str>,
}

const WAYS: [Way; 3] = [
    Way { name: "two words", words: Some("grace street77"), region: None },
    Way { name: "the beginning of a word", words: Some("street1234"), region: None },
    Way { name: "an indexed custom field", words: None, region: Some("region 4711") },
];

/// By words, by the beginning of a word, and by a custom field that is indexed.
pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let size = if short { 20_000 } else { 1_000_000 };
    let building = Building::open(1)?;
    let tenant = building.tenants.first().ok_or("there is no tenant")?;
    fill(&building, tenant, size)?;
    let mut owner = building.runtime.block_on(building.as_owner())?;
    WAYS.iter().map(|way| measure(&building, tenant, &mut owner, way, size, short)).collect()
}

fn measure(
    building: &Building,
    tenant: &Tenant,
    owner: &mut PgConnection,
    way: &Way,
    size: usize,
    short: bool,
) -> Outcome<Figure> {
    let runtime = &building.runtime;
    let session = tenant.agent.asynchronous();
    let ours = async || -> Outcome<Vec<Contact>> {
        match (way.words, way.region) {
            (Some(words), _) => Ok(session.search::<Contact>(words).await?.items),
            (None, region) => {
                let filter = Filter::compare("custom.region", Op::Eq, region.unwrap_or_default());
                Ok(session.find(Find::<Contact>::new().filter(filter).limit(PAGE)).await?.items)
            }
        }
    };
    let def = Contact::def();
    let select = Select::all(def, PAGE + 1).searched(way.words.map(sought).unwrap_or_default());
    let select = match (way.region, def.custom) {
        (Some(region), Some(custom)) => {
            select.filtered(Predicate::Indexed(custom, "region".to_owned(), vec![region.to_owned()]))
        }
        _ => select,
    };
    let statement = nexa_sql::select(Dialect::Postgres(Namespace::default()), tenant.org, &select);
    let found: Vec<Uuid> = runtime.block_on(ours())?.iter().map(|contact| contact.id.uuid()).collect();
    let mut other = runtime.block_on(plain(owner, &statement))?;
    other.truncate(PAGE);
    if found.is_empty() || found != other {
        return Err(format!("{}: {} hits and {} by the owner", way.name, found.len(), other.len()).into());
    }
    let (count, searches) = if short { (1, 10) } else { (5, 10) };
    let taken = turns(
        count,
        searches,
        |_| {
            timed(|| {
                runtime.block_on(async {
                    for _ in 0..searches {
                        black_box(ours().await?);
                    }
                    Ok(())
                })
            })
        },
        |_| {
            timed(|| {
                runtime.block_on(async {
                    for _ in 0..searches {
                        black_box(plain(owner, &statement).await?);
                    }
                    Ok(())
                })
            })
        },
    )?;
    Ok(taken.time(format!("postgres search of {size} contacts by {}", way.name), Some(Target::AtMost(3.0))))
}

/// Runs the statement of the store as it is, and answers the ids.
async fn plain(db: &mut PgConnection, statement: &nexa_sql::Statement<'_>) -> Outcome<Vec<Uuid>> {
    let mut tx = db.begin().await?;
    let mut asked = query(AssertSqlSafe(statement.sql.clone()));
    for bind in &statement.binds {
        let Bind::Value(value) = bind else { return Err("the statement binds something else".into()) };
        asked = match value.as_ref() {
            Value::Uuid(id) => asked.bind(*id),
            Value::Int(number) => asked.bind(*number),
            Value::Text(text) => asked.bind(text.clone()),
            other => return Err(format!("the statement binds {other:?}").into()),
        };
    }
    let rows = asked.fetch_all(&mut *tx).await?;
    tx.commit().await?;
    rows.iter().map(|row| row.try_get("id").map_err(Into::into)).collect()
}

/// Contacts with their terms and their region, as the door writes them.
fn fill(building: &Building, tenant: &Tenant, size: usize) -> Outcome<()> {
    let define = json!({"of_kind": "contact", "name": "region", "holds": "text", "indexed": true});
    tenant.admin.execute("field.define", define, Envelope::default())?;
    let (def, org) = (Contact::def(), tenant.org);
    seed::records(building, def, org, (0..size).map(|number| Ok(contact(number)?.to_row())))?;
    let entries = (0..size).flat_map(|number| {
        let made = contact(number);
        let lines: Vec<Outcome<Vec<Value>>> = match made {
            Ok(contact) => nexa_crm::kernel::search::row_terms(def, &contact.to_row())
                .into_iter()
                .map(|(term, weight)| {
                    Ok(vec![
                        Value::Uuid(org),
                        Value::Text(def.kind.to_owned()),
                        Value::Text(term),
                        Value::Uuid(contact.id.uuid()),
                        Value::Int(weight),
                    ])
                })
                .collect(),
            Err(problem) => vec![Err(problem)],
        };
        lines
    });
    seed::copy(building, "terms", "org, kind, term, record, weight", entries)?;
    let values = (0..size).map(|number| {
        Ok(vec![
            Value::Uuid(org),
            Value::Text(def.kind.to_owned()),
            Value::Text("custom.region".to_owned()),
            Value::Text(region(number)),
            Value::Uuid(contact(number)?.id.uuid()),
        ])
    });
    seed::copy(building, "indexed_values", "org, kind, field, value, record", values)?;
    building.own("VACUUM ANALYZE nexa.contacts")?;
    building.own("VACUUM ANALYZE nexa.terms")?;
    building.own("ANALYZE; CHECKPOINT")?;
    Ok(())
}

/// A hundred contacts have each region.
fn region(number: usize) -> String {
    format!("region {}", number % 10_000)
}

fn contact(number: usize) -> Outcome<Contact> {
    let person = person(number);
    let at = Timestamp::from_micros(FIRST + 1_000 * i64::try_from(number)?);
    let mut contact = Contact {
        first_name: Some(Name::parse(&person.first)?),
        last_name: Some(Name::parse(&format!("{} Street{}", person.last, number % 20_000))?),
        email: Some(Email::parse(&person.email)?),
        custom: Custom::parse(&json!({"region": region(number)}).to_string())?,
        ..Contact::default()
    };
    contact.stamp(Id::new(uuid_v7(at, (number as u64).to_be_bytes())), 1, at, at);
    Ok(contact)
}
