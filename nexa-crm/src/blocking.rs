//! The same API for hosts without an asynchronous runtime: every call blocks its thread.

mod download;
mod waiting;
#[cfg(feature = "sqlite")]
mod within;

use std::{
    io::{Read, Write},
    path::Path,
};

use nexa_core::{
    AggregateOf, CreateOrg, CrmBuilder, Entity, Envelope, Feed, Filter, Find, GroupRow, Hits, Once, Page, Perform,
    Permission, Position, Principal, Query, Record, Ref, Request, Result, Timestamp,
    export::{self, ExportOptions, Exported},
    files::{self, Attachment, DownloadOptions, Swept, Upload, UploadOptions},
    import::{self, ImportOptions, ImportReport, Progress, Refused},
    kernel::{
        Ticked,
        agenda::Due,
        blobs::OfReader,
        query::HistoryPage,
        schema::SchemaDifference,
        sql::{Sql, SqlRows},
    },
    service::{Inbox, MailEnvelope, inbox::Received},
};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::Migrate;
pub use download::Download;
pub(crate) use waiting::block_on;

#[cfg(feature = "sqlite")]
pub use within::Within;

/// Opens `memory:`, `sqlite:PATH` or `postgres://…`; see [`open`](crate::open).
pub fn open(url: &str) -> Result<Crm> {
    block_on(crate::open(url)).map(Crm)
}

/// The same with a builder of the host's own; see [`open_with`](crate::open_with).
pub fn open_with(url: &str, builder: CrmBuilder) -> Result<Crm> {
    block_on(crate::open_with(url, builder)).map(Crm)
}

/// The same, with what becomes of the schema; see [`open_as`](crate::open_as).
pub fn open_as(url: &str, builder: CrmBuilder, migrate: Migrate) -> Result<Crm> {
    block_on(crate::open_as(url, builder, migrate)).map(Crm)
}

/// The whole machine; cheap to clone.
#[derive(Clone)]
pub struct Crm(nexa_core::Crm);

impl Crm {
    /// Blocks on this Crm.
    pub const fn new(crm: nexa_core::Crm) -> Self {
        Self(crm)
    }
    /// The asynchronous Crm.
    pub const fn asynchronous(&self) -> &nexa_core::Crm {
        &self.0
    }
    /// Brings the storage up to this version's schema; see [`nexa_core::Crm::migrate`].
    pub fn migrate(&self) -> Result<()> {
        block_on(self.0.migrate())
    }
    /// The statements of the whole schema; see [`nexa_core::Crm::schema`].
    pub fn schema(&self) -> Result<Vec<String>> {
        block_on(self.0.schema())
    }
    /// The statements that `migrate` would run; see [`nexa_core::Crm::migration`].
    pub fn migration(&self) -> Result<Vec<String>> {
        block_on(self.0.migration())
    }
    /// What the storage has otherwise than the kinds need; see [`nexa_core::Crm::check`].
    pub fn check(&self) -> Result<Vec<SchemaDifference>> {
        block_on(self.0.check())
    }
    /// Makes a tenant with its first admin and answers the admin's session.
    pub fn create_org(&self, create: CreateOrg) -> Result<Session> {
        block_on(self.0.create_org(create)).map(Session)
    }
    /// Whether the tenant exists.
    pub fn has_org(&self, org: impl Into<Uuid>) -> Result<bool> {
        block_on(self.0.has_org(org))
    }
    /// A session of somebody in a tenant. The host has authenticated them.
    pub fn session(&self, org: impl Into<Uuid>, principal: Principal) -> Session {
        Session(self.0.session(org, principal))
    }
    /// A session of a user.
    pub fn user(&self, org: impl Into<Uuid>, user: impl Into<Uuid>) -> Session {
        Session(self.0.user(org, user))
    }
    /// A session of the host itself; never hand it to a caller from outside.
    pub fn system(&self, org: impl Into<Uuid>, cause: impl Into<String>) -> Session {
        Session(self.0.system(org, cause))
    }
    /// Events of a tenant after a position, for the trusted host.
    pub fn feed(&self, org: impl Into<Uuid>, after: Position, limit: usize) -> Result<Feed> {
        block_on(self.0.feed(org, after, limit))
    }
    /// The tenants in which something is due; see [`nexa_core::Crm::due`].
    pub fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>> {
        block_on(self.0.due(now, limit))
    }
    /// Does what is due in a tenant; see [`nexa_core::Crm::tick`].
    pub fn tick(&self, org: impl Into<Uuid>, limit: usize) -> Result<Ticked> {
        block_on(self.0.tick(org, limit))
    }
    /// Removes a tenant with everything it has.
    pub fn drop_org(&self, org: impl Into<Uuid>) -> Result<()> {
        block_on(self.0.drop_org(org))
    }
    /// Writes a consistent copy of an embedded storage to a new file while work goes on.
    pub fn backup(&self, path: &Path) -> Result<()> {
        block_on(self.0.backup(path))
    }
    /// Answers a question in SQL that can only read; see [`nexa_core::Crm::sql`].
    pub fn sql(&self, question: Sql) -> Result<SqlRows> {
        block_on(self.0.sql(question))
    }
}

/// Somebody at work in a tenant; cheap to clone.
#[derive(Clone)]
pub struct Session(nexa_core::Session);

impl Session {
    /// Blocks on this session.
    pub const fn new(session: nexa_core::Session) -> Self {
        Self(session)
    }
    /// The asynchronous session.
    pub const fn asynchronous(&self) -> &nexa_core::Session {
        &self.0
    }
    /// The tenant.
    pub const fn org(&self) -> Uuid {
        self.0.org()
    }
    /// The principal that acts.
    pub const fn principal(&self) -> &Principal {
        self.0.principal()
    }
    /// Runs a command as one unit with its history.
    pub fn run<C: Perform>(&self, command: C) -> Result<C::Output> {
        block_on(self.0.run(command))
    }
    /// Runs a command in an envelope: idempotency key, expected version, dry run, reason.
    pub fn run_with<C: Perform>(&self, envelope: Envelope, command: C) -> Result<C::Output> {
        block_on(self.0.run_with(envelope, command))
    }
    /// The same, and says whether the command was done now or before.
    pub fn run_once<C: Perform>(&self, envelope: Envelope, command: C) -> Result<Once<C::Output>> {
        block_on(self.0.run_once(envelope, command))
    }
    /// Asks a question.
    pub fn ask<Q: Query>(&self, query: Q) -> Result<Q::Output> {
        block_on(self.0.ask(query))
    }
    /// Reads one record. Error: `record.not_found`.
    pub fn get<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<R> {
        block_on(self.0.get(record))
    }
    /// Reads a page of records.
    pub fn find<R: Record>(&self, find: Find<R>) -> Result<Page<R>> {
        block_on(self.0.find(find))
    }
    /// Counts records.
    pub fn count<R: Record>(&self, filter: Filter) -> Result<u64> {
        block_on(self.0.count::<R>(filter))
    }
    /// Groups and measures records.
    pub fn aggregate<R: Record>(&self, query: AggregateOf<R>) -> Result<Vec<GroupRow>> {
        block_on(self.0.aggregate(query))
    }
    /// Finds records by words.
    pub fn search<R: Record>(&self, text: impl Into<String>) -> Result<Hits<R>> {
        block_on(self.0.search(text))
    }
    /// Reads what happened to a record.
    pub fn history<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<HistoryPage> {
        block_on(self.0.history(record))
    }
    /// What the actor may do with a record now, and if not, why not.
    pub fn explain<R: Record>(&self, record: impl Into<Ref<R>>) -> Result<Vec<Permission>> {
        block_on(self.0.explain(record))
    }
    /// Runs an operation of the catalog by name, from JSON to JSON.
    pub fn execute(&self, operation: &str, arguments: Json, envelope: Envelope) -> Result<Json> {
        block_on(self.0.execute(operation, arguments, envelope))
    }
    /// The same to the text of JSON, for who passes it on.
    pub fn execute_to_text(&self, operation: &str, arguments: Json, envelope: Envelope) -> Result<String> {
        block_on(self.0.execute_to_text(operation, arguments, envelope))
    }
    /// Runs several operations, all or none.
    pub fn batch(&self, requests: Vec<Request>, envelope: Envelope) -> Result<Vec<Json>> {
        block_on(self.0.batch(requests, envelope))
    }
    /// The same to the text of a JSON list.
    pub fn batch_to_text(&self, requests: Vec<Request>, envelope: Envelope) -> Result<String> {
        block_on(self.0.batch_to_text(requests, envelope))
    }
    /// Imports a CSV file of any length; see [`nexa_core::import::import_csv`].
    pub fn import_csv<R: Entity>(
        &self,
        file: impl Read,
        options: ImportOptions,
        progress: impl FnMut(&Progress),
    ) -> Result<ImportReport> {
        block_on(import::import_csv::<R>(&self.0, file, options, progress))
    }
    /// Imports rows that are objects; see [`nexa_core::import::import_rows`].
    pub fn import_rows<R: Entity>(
        &self,
        rows: impl IntoIterator<Item = Map<String, Json>>,
        options: ImportOptions,
        progress: impl FnMut(&Progress),
    ) -> Result<ImportReport> {
        block_on(import::import_rows::<R>(&self.0, rows, options, progress))
    }
    /// Starts an import that also reports refused rows.
    pub fn import<R: Entity>(&self, options: ImportOptions) -> Import<'_> {
        Import(import::Import::new::<R>(&self.0, options))
    }
    /// Writes every record that a find matches; see [`nexa_core::export::export`].
    pub fn export<R: Record>(
        &self,
        find: Find<R>,
        options: impl Into<ExportOptions>,
        target: impl Write,
        progress: impl FnMut(&Exported),
    ) -> Result<Exported> {
        block_on(export::export(&self.0, find, options, target, progress))
    }
    /// Takes a file of any length, to be attached with `attachment.add`; see [`nexa_core::files::upload`].
    pub fn upload(&self, name: &str, options: UploadOptions, file: impl Read + Send) -> Result<Upload> {
        block_on(files::upload(&self.0, name, options, &mut OfReader::new(file)))
    }
    /// Takes a mail that came to an inbox, as bytes; see [`nexa_core::service::inbox::receive`].
    pub fn receive(&self, inbox: impl Into<Ref<Inbox>>, envelope: MailEnvelope, bytes: &[u8]) -> Result<Received> {
        block_on(nexa_core::service::inbox::receive(&self.0, inbox, envelope, bytes))
    }
    /// Gives the bytes of a file, and what a server says of them; see [`nexa_core::files::download`].
    pub fn download(&self, attachment: impl Into<Ref<Attachment>>, options: DownloadOptions) -> Result<Download> {
        block_on(files::download(&self.0, attachment, options)).map(Download::new)
    }
    /// Removes bytes that no record knows, and says what records miss; see [`nexa_core::files::sweep`].
    pub fn sweep_files(&self) -> Result<Swept> {
        block_on(files::sweep(&self.0))
    }
    /// Events after a position, as far as the actor may see them.
    pub fn feed(&self, after: Position, limit: usize) -> Result<Feed> {
        block_on(self.0.feed(after, limit))
    }
}

/// An import in the making: `session.import::<Lead>(options).on_refused(…).csv(file)`.
pub struct Import<'a>(nexa_core::import::Import<'a>);

impl<'a> Import<'a> {
    /// Reports how far the import is, after every unit.
    #[must_use]
    pub fn on_progress(self, report: impl FnMut(&Progress) + 'a) -> Self {
        Self(self.0.on_progress(report))
    }
    /// Reports every refused row, in the order of the file.
    #[must_use]
    pub fn on_refused(self, report: impl FnMut(&Refused<'_>) + 'a) -> Self {
        Self(self.0.on_refused(report))
    }
    /// Imports a CSV file.
    pub fn csv(self, file: impl Read) -> Result<ImportReport> {
        block_on(self.0.csv(file))
    }
    /// Imports rows that are objects.
    pub fn rows(self, rows: impl IntoIterator<Item = Map<String, Json>>) -> Result<ImportReport> {
        block_on(self.0.rows(rows))
    }
}
