//! How a store is opened.

use std::time::Duration;

use nexa_sql::Namespace;

/// What keeps tenants apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Every statement names the tenant, and row-level security stops one that does not. A role that bypasses it is
    /// refused.
    #[default]
    RowSecurity,
    /// Every statement names the tenant. For a server whose only role bypasses row-level security.
    FilterOnly,
}

/// How a [`PostgresStore`](crate::PostgresStore) treats its server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The schema of the tables, `nexa` by default; see [`Options::schema`].
    pub namespace: Namespace,
    /// What keeps tenants apart.
    pub isolation: Isolation,
    /// The URL of a role that may migrate, when the store's own may not.
    pub owner: Option<String>,
    /// The role that the migration gives the tables to, beside their owner; the one that the store connects as.
    pub role: Option<String>,
    /// At most so many connections; ten by default.
    pub connections: u32,
    /// How long to wait for a connection; then `store.exhausted`. Ten seconds by default.
    pub acquire_timeout: Duration,
    /// How long to wait for a tenant that another transaction holds; then `org.busy`. Five seconds by default.
    pub lock_timeout: Duration,
    /// Whether connections keep statements prepared, as they do by default. Not behind a pooler that gives each
    /// transaction another connection of the server and knows nothing of prepared statements, such as PgBouncer before
    /// 1.21.
    pub prepared: bool,
    /// Whether each commit sends `NOTIFY nexa, '<org>'`, a hint for those who follow the feed. Off by default:
    /// PostgreSQL lets commits that notify wait for one another.
    pub notify: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            namespace: Namespace::default(),
            isolation: Isolation::default(),
            owner: None,
            role: None,
            connections: 10,
            acquire_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
            prepared: true,
            notify: false,
        }
    }
}

impl Options {
    /// The same with tables in another schema: lower-case letters, digits and underscores, beginning with a letter.
    /// Error: `store.misconfigured`.
    pub fn schema(mut self, name: &str) -> nexa_kernel::Result<Self> {
        let problem = || crate::codes::MISCONFIGURED.with("problem", format!("{name} is no plain name of a schema"));
        self.namespace = Namespace::new(name).ok_or_else(problem)?;
        Ok(self)
    }
    /// The same with another isolation.
    #[must_use]
    pub const fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = isolation;
        self
    }
    /// The same with the URL of a role that may migrate.
    #[must_use]
    pub fn owner(mut self, url: impl Into<String>) -> Self {
        self.owner = Some(url.into());
        self
    }
    /// The same with a role that the migration gives the tables to.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }
    /// The same with another number of connections.
    #[must_use]
    pub const fn connections(mut self, most: u32) -> Self {
        self.connections = most;
        self
    }
    /// The same with another wait for a connection.
    #[must_use]
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }
    /// The same with another wait for a tenant.
    #[must_use]
    pub const fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }
    /// The same with or without prepared statements.
    #[must_use]
    pub const fn prepared(mut self, prepared: bool) -> Self {
        self.prepared = prepared;
        self
    }
    /// The same with or without notifications.
    #[must_use]
    pub const fn notify(mut self, notify: bool) -> Self {
        self.notify = notify;
        self
    }
}
