//! The shop on PostgreSQL, with sqlx: Nexa works on the shop's own pool.

use std::{error::Error, sync::Arc};

use nexa_crm::{
    Session,
    postgres::{HostSession, Isolation, Options, PostgresStore, sqlx},
    sales::lead::Reopen,
};
use sqlx::{PgPool, query, query_scalar};

use crate::{Outcome, account};

/// Takes orders; answers what came of them, and how many events the ledger has.
pub(crate) async fn shop(url: &str) -> Result<(Vec<Outcome>, u64), Box<dyn Error>> {
    let pool = PgPool::connect(url).await?;
    query("CREATE TABLE IF NOT EXISTS orders (lead text NOT NULL)").execute(&pool).await?;
    query("TRUNCATE orders").execute(&pool).await?;
    // An example may be tried with a superuser; a product connects as a role that row-level security binds.
    let options = Options::default().isolation(Isolation::FilterOnly);
    let store = PostgresStore::from_pool(pool.clone(), options)?;
    let crm = nexa_crm::builder().store(Arc::new(store)).build()?;
    crm.migrate().await?;
    let (shop, lead) = account::open(&crm).await?;
    let mut outcomes = Vec::new();

    // Rolled back: neither the order nor the conversion was ever there.
    let mut transaction = pool.begin().await?;
    order(&mut transaction, lead).await?;
    let answer = shop.within(&mut transaction).run(account::conversion(lead)).await;
    transaction.rollback().await?;
    outcomes.push(outcome("rolled back", account::words(&answer), &pool, &shop, lead).await?);

    // Refused: Nexa takes back its own part, and the shop goes on with the rest.
    let mut transaction = pool.begin().await?;
    order(&mut transaction, lead).await?;
    let refused = shop.within(&mut transaction).run(Reopen { lead: lead.into() }).await;
    let answer = refused.map_or_else(|error| error.code().to_owned(), |_| "reopened".to_owned());
    transaction.commit().await?;
    outcomes.push(outcome("committed after a refusal", answer, &pool, &shop, lead).await?);

    // Committed: both.
    let mut transaction = pool.begin().await?;
    order(&mut transaction, lead).await?;
    let answer = shop.within(&mut transaction).run(account::conversion(lead)).await;
    transaction.commit().await?;
    outcomes.push(outcome("committed", account::words(&answer), &pool, &shop, lead).await?);

    Ok((outcomes, account::verified(&shop).await?))
}

type Lead = nexa_crm::Id<nexa_crm::sales::Lead>;

async fn order(transaction: &mut sqlx::PgConnection, lead: Lead) -> sqlx::Result<()> {
    query("INSERT INTO orders (lead) VALUES ($1)").bind(lead.to_string()).execute(transaction).await.map(|_| ())
}

async fn outcome(
    transaction: &'static str,
    answer: String,
    pool: &PgPool,
    shop: &Session,
    lead: Lead,
) -> Result<Outcome, Box<dyn Error>> {
    let orders = query_scalar("SELECT count(*) FROM orders").fetch_one(pool).await?;
    Ok(Outcome { transaction, answer, orders, lead: account::status(shop, lead).await? })
}
