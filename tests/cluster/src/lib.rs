//! A throw-away PostgreSQL server: in a temporary folder, on a free port of the loopback, gone when it is dropped.
//!
//! Several run side by side. The server is stopped by the process id that it wrote down, so only by who started it.

mod programs;

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

pub use programs::{Programs, find};

/// What a server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As a server in production: what it has acknowledged survives.
    Full,
    /// Faster, and gone after a crash.
    None,
}

/// A running server.
#[derive(Debug)]
pub struct Cluster {
    programs: Programs,
    folder: PathBuf,
    port: u16,
    durability: Durability,
}

/// How often another port is tried when somebody takes the free one first.
const TRIES: usize = 5;

impl Cluster {
    /// Makes and starts a server. The error says what is missing.
    pub fn start(durability: Durability) -> Result<Self, String> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let programs = find()?;
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("nexa-postgres-{}-{number}", std::process::id()));
        let data = folder.to_string_lossy().into_owned();
        let arguments = ["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        programs.run("initdb", &arguments)?;
        let mut cluster = Self { programs, folder, port: 0, durability };
        let mut problem = String::new();
        for _ in 0..TRIES {
            cluster.port = free_port()?;
            match cluster.launch() {
                Ok(()) => return Ok(cluster),
                Err(failed) => problem = failed,
            }
        }
        Err(problem)
    }

    /// Starts the server again on its port, after it was stopped.
    pub fn launch(&self) -> Result<(), String> {
        let mut options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=200",
            self.port,
            self.folder.display()
        );
        if self.durability == Durability::None {
            options.push_str(" -c fsync=off -c full_page_writes=off -c synchronous_commit=off");
        }
        let data = self.folder.to_string_lossy();
        let log = self.folder.join("server.log");
        self.programs
            .run("pg_ctl", &["-D", &data, "-l", &log.to_string_lossy(), "-o", &options, "-w", "-t", "60", "start"])
    }

    /// Stops the server: `fast` in order, `immediate` as in a crash.
    pub fn stop(&self, mode: &str) -> Result<(), String> {
        let data = self.folder.to_string_lossy();
        self.programs.run("pg_ctl", &["-D", &data, "-m", mode, "-w", "stop"])
    }

    /// Makes a role that owns a database of the same name, and answers its URL.
    pub fn tenant(&self, name: &str) -> Result<String, String> {
        for sql in [format!("CREATE ROLE {name} LOGIN"), format!("CREATE DATABASE {name} OWNER {name}")] {
            self.programs.run("psql", &["-q", "-v", "ON_ERROR_STOP=1", "-d", &self.url(), "-c", &sql])?;
        }
        Ok(format!("postgres://{name}@127.0.0.1:{}/{name}", self.port))
    }

    /// The URL of the superuser and the maintenance database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that a test has stopped already is not stopped again; the folder goes in any case.
        let _ = self.stop("immediate");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    Ok(listener.local_addr().map_err(|error| format!("no free port: {error}"))?.port())
}

/// Runs a program to its end; its output is the error when it fails.
pub(crate) fn finish(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    // A server that goes on must not keep our pipes open, so what it prints goes to a file of its own.
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = output.output().map_err(|error| format!("cannot start {shown}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{shown} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
