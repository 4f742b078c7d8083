//! How a server is reached.

use std::{fmt, time::Duration};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Security {
    /// By TLS from its first byte (port 465).
    #[default]
    Tls,
    /// By TLS after `STARTTLS` (port 587); where the server does not offer it, nothing is sent.
    StartTls,
    /// Not at all (port 25): for a server on the same machine, and for tests.
    None,
}

/// How long a mailer waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection with its greeting; 30 seconds unless said.
    pub connect: Duration,
    /// For the answer to a command; 60 seconds unless said.
    pub command: Duration,
    /// For the answer to the body of a message; 3 minutes unless said. It must be shorter than the lease of a claim (5 minutes).
    pub body: Duration,
    /// How long a connection is kept without a message; 20 seconds unless said.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(30), command: seconds(60), body: seconds(180), idle: seconds(20) }
    }
}

/// How a server is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) security: Security,
    pub(super) credentials: Option<(String, String)>,
    pub(super) hello: Option<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) timeouts: Timeouts,
    pub(super) most_idle: usize,
}

impl Settings {
    /// A server by its name or address, with TLS.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: Security::default(),
            credentials: None,
            hello: None,
            roots: Vec::new(),
            timeouts: Timeouts::default(),
            most_idle: 8,
        }
    }
    /// At this port; 465, 587 or 25 unless said, by the security.
    #[must_use]
    pub const fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }
    /// Protected in this way.
    #[must_use]
    pub const fn security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }
    /// As this user. Nothing is sent over a connection that is not protected, unless the server is on the same machine.
    #[must_use]
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Some((user.into(), password.into()));
        self
    }
    /// With this name in `EHLO`; the domain of the sender's address unless said.
    #[must_use]
    pub fn hello(mut self, name: impl Into<String>) -> Self {
        self.hello = Some(name.into());
        self
    }
    /// Trusting this certificate (DER) as well, beside the known authorities.
    #[must_use]
    pub fn trusting(mut self, certificate: Vec<u8>) -> Self {
        self.roots.push(certificate);
        self
    }
    /// Waiting so long.
    #[must_use]
    pub const fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }
    /// Keeping at most so many connections open for the next message; 8 unless said.
    #[must_use]
    pub const fn most_idle(mut self, connections: usize) -> Self {
        self.most_idle = connections;
        self
    }

    pub(super) fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(match self.security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        })
    }
    /// Whether a password may be sent over a connection without TLS.
    pub(super) fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// Without the password.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.host)
            .field("port", &self.port_or_default())
            .field("security", &self.security)
            .field("user", &self.credentials.as_ref().map(|(user, _)| user))
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
