//! Snapshots: transactions that read while others write.

use std::sync::Arc;

use nexa_kernel::{
    error::Result,
    store::{ReadRequest, Work},
};

use crate::{
    alone::read,
    begin::Begun,
    connection::Connection,
    failure::Failure,
    link::Link,
    script::{Script, Step},
    shared::Shared,
};

/// Compiling a large search takes the server longer than running it.
const OPENING: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL jit = off";

/// Runs work on a snapshot. The answer does not wait for the end of the transaction, which has nothing to say.
pub(crate) async fn snapshot(shared: Arc<Shared>, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
    let handle = shared.handle.clone();
    let mut connection = shared.connection(request.org).await.map_err(|failure| failure.error)?;
    let ended = run(&shared, &mut connection, request, &work).await;
    handle.spawn(async move {
        connection.roll_back().await;
        shared.keep(connection);
    });
    ended.unwrap_or_else(|failure| Err(failure.error))
}

async fn run(
    shared: &Arc<Shared>,
    connection: &mut Connection,
    request: ReadRequest,
    work: &Arc<dyn Work>,
) -> Result<Result<()>, Failure> {
    let begun = shared.begin(connection, request.org, OPENING, false, Some(work)).await?;
    work_on(&mut connection.link(&shared.server, request.org), begun, work).await
}

/// Runs work that changes nothing in a transaction that is open.
pub(crate) async fn work_on(link: &mut Link<'_>, begun: Begun, work: &Arc<dyn Work>) -> Result<Result<()>, Failure> {
    let Begun { head, clock, mut cache } = begun;
    let mut script = Script::start(work, head, clock, false);
    loop {
        match script.step() {
            Step::Ends(result) => return Ok(result),
            Step::Asks(asked) => {
                let answer = read(link, &mut cache, asked).await?;
                script.answer(Ok(answer));
            }
        }
    }
}
