//! Accounts by their contacts, beside hand-written SQL of the owner, whom row-level security does not bind.

use std::hint::black_box;

use nexa_crm::{
    Record,
    sales::{Account, Contact},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, query};
use uuid::Uuid;

use crate::{
    Outcome,
    children::{PAGE, WAYS, Way, account, contact, sizes},
    figure::{Figure, Target},
    postgres::{building::Building, seed},
    turns::{timed, turns},
};

const ACCOUNTS: &str = "nexa.accounts";
const CONTACTS: &str = "nexa.contacts";

/// How many accounts have contacts of a title, and the first of them.
pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let (accounts, contacts) = sizes(short);
    let building = Building::open(1)?;
    let org = building.tenants.first().ok_or("there is no tenant")?.org;
    seed::records(&building, Account::def(), org, (0..accounts).map(|number| Ok(account(number)?.to_row())))?;
    seed::records(&building, Contact::def(), org, (0..contacts).map(|number| Ok(contact(number)?.to_row())))?;
    building.own("VACUUM ANALYZE nexa.accounts")?;
    building.own("VACUUM ANALYZE nexa.contacts")?;
    building.own("ANALYZE; CHECKPOINT")?;
    let mut owner = building.runtime.block_on(building.as_owner())?;
    let mut figures = Vec::new();
    for way in WAYS {
        figures.push(count(way, &building, &mut owner, short)?);
        figures.push(page(way, &building, &mut owner, short)?);
    }
    Ok(figures)
}

fn count(way: Way, building: &Building, owner: &mut PgConnection, short: bool) -> Outcome<Figure> {
    let tenant = building.tenants.first().ok_or("there is no tenant")?;
    let (session, runtime) = (tenant.admin.asynchronous(), &building.runtime);
    let sql = way.count_by_hand(ACCOUNTS, CONTACTS);
    let (own, other) = (
        runtime.block_on(session.count::<Account>(way.filter()))?,
        runtime.block_on(counted(owner, &sql, tenant.org))?.unsigned_abs(),
    );
    if own != other || own == 0 {
        return Err(format!("{own} accounts {} are counted, and {other} by hand", way.name).into());
    }
    let taken = turns(
        if short { 1 } else { 5 },
        1,
        |_| {
            timed(|| {
                black_box(runtime.block_on(session.count::<Account>(way.filter()))?);
                Ok(())
            })
        },
        |_| {
            timed(|| {
                black_box(runtime.block_on(counted(owner, &sql, tenant.org))?);
                Ok(())
            })
        },
    )?;
    Ok(taken.time(format!("postgres count of accounts {}", way.name), Some(Target::AtMost(2.0))))
}

fn page(way: Way, building: &Building, owner: &mut PgConnection, short: bool) -> Outcome<Figure> {
    let tenant = building.tenants.first().ok_or("there is no tenant")?;
    let (session, runtime) = (tenant.admin.asynchronous(), &building.runtime);
    let sql = way.page_by_hand(ACCOUNTS, CONTACTS);
    let page = runtime.block_on(session.find(way.page()))?;
    let own: Vec<Uuid> = page.items.iter().map(|account| account.id.uuid()).collect();
    if own.is_empty() || own != runtime.block_on(read(owner, &sql, tenant.org))? {
        return Err(format!("the two pages of accounts {} differ", way.name).into());
    }
    let (count, pages) = if short { (1, 2) } else { (5, 10) };
    let taken = turns(
        count,
        pages,
        |_| {
            timed(|| {
                runtime.block_on(async {
                    for _ in 0..pages {
                        black_box(session.find(way.page()).await?);
                    }
                    Ok(())
                })
            })
        },
        |_| {
            timed(|| {
                runtime.block_on(async {
                    for _ in 0..pages {
                        black_box(read(owner, &sql, tenant.org).await?);
                    }
                    Ok(())
                })
            })
        },
    )?;
    Ok(taken.time(format!("postgres {PAGE} accounts {}", way.name), Some(Target::AtMost(2.0))))
}

async fn counted(db: &mut PgConnection, sql: &str, org: Uuid) -> Outcome<i64> {
    let mut tx = db.begin().await?;
    let row = query(AssertSqlSafe(sql.to_owned())).bind(org).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(row.try_get(0)?)
}

async fn read(db: &mut PgConnection, sql: &str, org: Uuid) -> Outcome<Vec<Uuid>> {
    let mut tx = db.begin().await?;
    let rows = query(AssertSqlSafe(sql.to_owned())).bind(org).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    rows.iter().map(|row| row.try_get("id").map_err(Into::into)).collect()
}
