//! A PostgreSQL server for tests: the one that `NEXA_TEST_POSTGRES_URL` names, or one that is thrown away.

use std::{env, io::Read, path::Path};

use nexa_test_cluster::{Cluster, Durability, find};

use crate::command::{output, program, run as run_command};

/// The environment variable that names a server; its role makes databases and roles.
pub(crate) const URL: &str = "NEXA_TEST_POSTGRES_URL";

/// A server, for as long as this is kept.
pub(crate) enum Server {
    Given(String),
    Started(Cluster),
}

impl Server {
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Given(url) => url.clone(),
            Self::Started(cluster) => cluster.url(),
        }
    }
}

impl Server {
    /// The URL of a new database with an owner of its own; `None` on a server that was given.
    pub(crate) fn database(&self, name: &str) -> Result<Option<String>, String> {
        match self {
            Self::Given(_) => Ok(None),
            Self::Started(cluster) => cluster.tenant(name).map(Some),
        }
    }
}

/// Finds or starts a server; on Debian, as root, PostgreSQL is installed when it is missing.
pub(crate) fn server(durability: Durability) -> Result<Server, String> {
    if let Ok(url) = env::var(URL) {
        return Ok(Server::Given(url));
    }
    if let Err(missing) = find() {
        install().map_err(|problem| format!("{missing} ({problem})"))?;
    }
    Cluster::start(durability).map(Server::Started)
}

fn install() -> Result<(), String> {
    if !Path::new("/etc/debian_version").exists() || output(program("id").arg("-u")).as_deref() != Some("0") {
        return Err("it is installed by itself only on Debian and as root".to_owned());
    }
    println!("installing PostgreSQL");
    run_command(program("apt-get").args(["update", "-qq"]))?;
    run_command(
        program("apt-get")
            .args(["install", "-qq", "-y", "--no-install-recommends", "postgresql"])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// `cargo xtask postgres`.
pub(crate) fn run() -> Result<(), String> {
    let server = server(Durability::Full)?;
    println!("{}", server.url());
    // It lives until whoever started this closes our input.
    let ended = std::io::stdin().read_to_end(&mut Vec::new());
    drop(server);
    ended.map(|_| ()).map_err(|error| format!("cannot wait: {error}"))
}
