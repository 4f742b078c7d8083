//! The shop on SQLite, with rusqlite: its table and Nexa's are in one file.

use std::{error::Error, sync::Arc};

use nexa_crm::{
    Id,
    blocking::Session,
    sales::{Lead, lead::Reopen},
    sqlite::{
        SqliteStore,
        rusqlite::{self, Connection, TransactionBehavior::Immediate},
    },
};
use tokio::runtime::Runtime;

use crate::{Outcome, account};

/// Takes orders; answers what came of them, and how many events the ledger has.
pub(crate) fn shop() -> Result<(Vec<Outcome>, u64), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("shop.db");
    let crm = nexa_crm::builder().store(Arc::new(SqliteStore::open(&path)?)).build()?;
    let runtime = Runtime::new()?;
    let (session, lead) = runtime.block_on(async {
        crm.migrate().await?;
        account::open(&crm).await
    })?;
    let shop = Session::new(session.clone());
    let mut db = Connection::open(&path)?;
    db.execute_batch("CREATE TABLE orders (lead TEXT NOT NULL)")?;
    let mut outcomes = Vec::new();

    // Rolled back: neither the order nor the conversion was ever there.
    let transaction = db.transaction_with_behavior(Immediate)?;
    order(&transaction, lead)?;
    let answer = shop.within(&transaction).run(account::conversion(lead));
    transaction.rollback()?;
    outcomes.push(outcome("rolled back", account::words(&answer), &db, &shop, lead)?);

    // Refused: Nexa takes back its own part, and the shop goes on with the rest.
    let transaction = db.transaction_with_behavior(Immediate)?;
    order(&transaction, lead)?;
    let refused = shop.within(&transaction).run(Reopen { lead: lead.into() });
    let answer = refused.map_or_else(|error| error.code().to_owned(), |_| "reopened".to_owned());
    transaction.commit()?;
    outcomes.push(outcome("committed after a refusal", answer, &db, &shop, lead)?);

    // Committed: both.
    let transaction = db.transaction_with_behavior(Immediate)?;
    order(&transaction, lead)?;
    let answer = shop.within(&transaction).run(account::conversion(lead));
    transaction.commit()?;
    outcomes.push(outcome("committed", account::words(&answer), &db, &shop, lead)?);

    let events = runtime.block_on(account::verified(&session))?;
    Ok((outcomes, events))
}

fn order(transaction: &Connection, lead: Id<Lead>) -> rusqlite::Result<()> {
    transaction.execute("INSERT INTO orders (lead) VALUES (?1)", [lead.to_string()]).map(|_| ())
}

fn outcome(
    transaction: &'static str,
    answer: String,
    db: &Connection,
    shop: &Session,
    lead: Id<Lead>,
) -> Result<Outcome, Box<dyn Error>> {
    let orders = db.query_row("SELECT count(*) FROM orders", [], |row| row.get(0))?;
    Ok(Outcome { transaction, answer, orders, lead: shop.get::<Lead>(lead)?.status.as_str().to_owned() })
}
