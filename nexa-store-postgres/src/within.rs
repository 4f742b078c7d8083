//! Units and questions inside a transaction that others have begun.

use std::sync::Arc;

use nexa_kernel::{
    Error,
    error::{Result, codes as kernel},
    store::{ReadRequest, Work, WriteRequest},
};
use sqlx::{PgConnection, postgres::PgRow};
use uuid::Uuid;

use crate::{
    alone::{self, Manner},
    begin::Begun,
    cache::Cache,
    codes,
    failure::{Class, Failure},
    link::Link,
    options::Isolation,
    reader,
    rows::simple_text,
    shared::Shared,
    unit::Unit,
};

/// What a unit sets for itself, and gives back.
const SETTINGS: [&str; 4] = ["nexa.org", "lock_timeout", "plan_cache_mode", "enable_seqscan"];
const SAVE: &str = "SAVEPOINT nexa_unit";
const KEEP: &str = "RELEASE SAVEPOINT nexa_unit";
const TAKE_BACK: &str = "ROLLBACK TO SAVEPOINT nexa_unit; RELEASE SAVEPOINT nexa_unit";

/// The host's settings, in the order of [`SETTINGS`].
type Found = Vec<String>;

/// Begins a unit: a savepoint, the host's settings, ours, and the head of the ledger.
async fn begin(link: &mut Link<'_>, shared: &Shared, lock: bool) -> Result<(Found, Begun), Failure> {
    let org = link.org;
    let ledger = shared.server.statements.dialect().table("ledger");
    let found = SETTINGS.map(|name| format!("current_setting('{name}', true)")).join(", ");
    let mut opening = format!("{SAVE}; SELECT {found}, row_security_active('{ledger}'); SET LOCAL nexa.org = '{org}'");
    if lock {
        opening.push_str("; ");
        opening.push_str(&shared.settings);
    }
    opening.push_str("; ");
    opening.push_str(&shared.server.statements.head_of(&format!("'{org}'"), lock));
    let rows = link.simple(opening).await?;
    let Some((settings, head)) = rows.split_first() else {
        return Err(kernel::STORE_FAILED.with("problem", "the transaction answers nothing").into());
    };
    if shared.options.isolation == Isolation::RowSecurity && text(settings, SETTINGS.len()) != "t" {
        return Err(codes::ISOLATION.with("role", "of the transaction").into());
    }
    let found = (0..SETTINGS.len()).map(|position| text(settings, position)).collect();
    Ok((found, link.began(head, Cache::default(), lock).await?))
}

fn text(row: &PgRow, position: usize) -> String {
    simple_text(row, position).unwrap_or_default()
}

/// The statement that gives the host's settings back.
fn give_back(found: &[String]) -> String {
    let each = SETTINGS.iter().zip(found);
    let calls: Vec<String> =
        each.map(|(name, value)| format!("set_config('{name}', '{}', true)", value.replace('\'', "''"))).collect();
    format!("SELECT {}", calls.join(", "))
}

async fn take_back(link: &mut Link<'_>) {
    // When even this fails the connection is gone, and the host's transaction with it.
    let _ = link.simple(TAKE_BACK.to_owned()).await;
}

/// Runs a unit between a savepoint and its end. What failed is taken back by the caller.
async fn unit(link: &mut Link<'_>, shared: &Shared, unit: &Unit, manner: Manner) -> Result<Result<()>, Failure> {
    let kinds = shared.kinds();
    let (found, begun) = begin(link, shared, true).await?;
    let ran = alone::run(link, &kinds, unit, begun, manner).await?;
    if ran.result.is_err() || unit.request.discard {
        if ran.result.is_ok() {
            link.simple(shared.references_now().to_string()).await?;
        }
        link.simple(TAKE_BACK.to_owned()).await?;
        return Ok(ran.result);
    }
    let (references, notice) = (shared.references_now(), shared.notice(link.org));
    let (given_back, mut closing) = (give_back(&found), Vec::new());
    if ran.written {
        // A broken reference is ours to report now, and not the host's to meet when it commits.
        closing.extend(Some(&*references).filter(|check| !check.is_empty()));
        closing.extend(notice.as_deref());
    }
    closing.extend([given_back.as_str(), KEEP]);
    link.simple(closing.join("; ")).await?;
    Ok(Ok(()))
}

async fn question(link: &mut Link<'_>, shared: &Shared, work: &Arc<dyn Work>) -> Result<Result<()>, Failure> {
    let (found, begun) = begin(link, shared, false).await?;
    let ended = reader::work_on(link, begun, work).await?;
    link.simple(format!("{}; {KEEP}", give_back(&found))).await?;
    Ok(ended)
}

/// What only a new transaction of the host can cure is reported as that.
fn reported(failure: Failure, org: Uuid) -> Error {
    if failure.class == Class::Serialization { codes::SERIALIZATION.with("org", org) } else { failure.error }
}

/// Runs a unit under a savepoint: a refusal takes back what it did.
pub(crate) async fn write(
    db: &mut PgConnection,
    shared: &Shared,
    request: WriteRequest,
    work: Arc<dyn Work>,
) -> Result<()> {
    let org = request.org;
    let mut link = Link { db, server: &shared.server, org };
    let asked = Unit { request, work };
    let mut ended = unit(&mut link, shared, &asked, Manner::Fast).await;
    if ended.is_err() {
        take_back(&mut link).await;
    }
    if matches!(&ended, Err(failure) if failure.class == Class::Constraint) {
        ended = unit(&mut link, shared, &asked, Manner::Careful).await;
        if ended.is_err() {
            take_back(&mut link).await;
        }
    }
    ended.unwrap_or_else(|failure| Err(reported(failure, org)))
}

/// Runs work that sees what the transaction sees.
pub(crate) async fn read(
    db: &mut PgConnection,
    shared: &Shared,
    request: ReadRequest,
    work: Arc<dyn Work>,
) -> Result<()> {
    let org = request.org;
    let mut link = Link { db, server: &shared.server, org };
    let ended = question(&mut link, shared, &work).await;
    if ended.is_err() {
        take_back(&mut link).await;
    }
    ended.unwrap_or_else(|failure| Err(reported(failure, org)))
}
