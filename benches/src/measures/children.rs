//! Accounts by their contacts, beside hand-written SQL.

use std::hint::black_box;

use nexa_crm::{
    Record,
    blocking::Session,
    sales::{Account, Contact},
};
use rusqlite::Connection;
use uuid::Uuid;

use crate::{
    Outcome,
    children::{PAGE, WAYS, Way, account, contact, sizes},
    figure::{Figure, Target},
    office::Office,
    support::fill_rows,
    turns::{timed, turns},
};

const ACCOUNTS: &str = "nexa_accounts";
const CONTACTS: &str = "nexa_contacts";

/// How many accounts have contacts of a title, and the first of them.
pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let (accounts, contacts) = sizes(short);
    let mut office = Office::open()?;
    fill_rows(&office, Account::def(), accounts, |number| Ok(account(number)?.to_row()))?;
    fill_rows(&office, Contact::def(), contacts, |number| Ok(contact(number)?.to_row()))?;
    office.reopen()?;
    let by_hand = Connection::open(office.path())?;
    let mut figures = Vec::new();
    for way in WAYS {
        figures.push(count(way, &office.tenant.admin, &by_hand, office.tenant.org, short)?);
        figures.push(page(way, &office.tenant.admin, &by_hand, office.tenant.org, short)?);
    }
    Ok(figures)
}

fn count(way: Way, session: &Session, by_hand: &Connection, org: Uuid, short: bool) -> Outcome<Figure> {
    let sql = way.count_by_hand(ACCOUNTS, CONTACTS);
    let counted = || -> Outcome<u64> {
        Ok(by_hand.prepare_cached(&sql)?.query_row([org.as_bytes()], |row| row.get::<_, i64>(0))?.unsigned_abs())
    };
    let (own, other) = (session.count::<Account>(way.filter())?, counted()?);
    if own != other || own == 0 {
        return Err(format!("{own} accounts {} are counted, and {other} by hand", way.name).into());
    }
    let taken = turns(
        if short { 1 } else { 5 },
        1,
        |_| {
            timed(|| {
                black_box(session.count::<Account>(way.filter())?);
                Ok(())
            })
        },
        |_| {
            timed(|| {
                black_box(counted()?);
                Ok(())
            })
        },
    )?;
    Ok(taken.time(format!("count of accounts {}", way.name), Some(Target::AtMost(2.0))))
}

fn page(way: Way, session: &Session, by_hand: &Connection, org: Uuid, short: bool) -> Outcome<Figure> {
    let sql = way.page_by_hand(ACCOUNTS, CONTACTS);
    let read = || -> Outcome<Vec<Uuid>> {
        let mut statement = by_hand.prepare_cached(&sql)?;
        let ids = statement.query_map([org.as_bytes()], |row| row.get::<_, [u8; 16]>("id").map(Uuid::from_bytes))?;
        Ok(ids.collect::<Result<_, _>>()?)
    };
    let own: Vec<Uuid> = session.find(way.page())?.items.iter().map(|account| account.id.uuid()).collect();
    if own.is_empty() || own != read()? {
        return Err(format!("the two pages of accounts {} differ", way.name).into());
    }
    let (count, pages) = if short { (1, 2) } else { (5, 10) };
    let taken = turns(
        count,
        pages,
        |_| {
            timed(|| {
                (0..pages)
                    .try_for_each(|_| session.find(way.page()).map(|page| drop(black_box(page))).map_err(Into::into))
            })
        },
        |_| timed(|| (0..pages).try_for_each(|_| read().map(|page| drop(black_box(page))))),
    )?;
    Ok(taken.time(format!("{PAGE} accounts {}", way.name), Some(Target::AtMost(2.0))))
}
