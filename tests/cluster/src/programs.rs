//! Where PostgreSQL's programs are, and as whom they run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::finish;

/// The programs of a server.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    /// PostgreSQL does not run as root; then it runs as the user that its package made.
    as_postgres: bool,
}

impl Programs {
    /// Runs one of the programs to its end.
    pub(crate) fn run(&self, name: &str, arguments: &[&str]) -> Result<(), String> {
        let path = self.folder.join(name);
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // A folder that the other user may enter.
        finish(command.args(arguments).current_dir(env::temp_dir()))
    }
}

/// Finds the newest PostgreSQL of this machine. The error says what to install.
pub fn find() -> Result<Programs, String> {
    let folder = debian().or_else(on_path).or_else(configured).ok_or(
        "PostgreSQL is not installed: its programs initdb and pg_ctl are neither under /usr/lib/postgresql nor on the path; \
         on Debian, as root: apt-get install postgresql",
    )?;
    Ok(Programs { folder, as_postgres: is_root() })
}

fn complete(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}

fn debian() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let numbered = versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    numbered
        .map(|(number, path)| (number, path.join("bin")))
        .filter(|(_, path)| complete(path))
        .max()
        .map(|(_, path)| path)
}

fn on_path() -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).find(|folder| complete(folder))
}

fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").stderr(Stdio::null()).output().ok()?;
    let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    complete(&folder).then_some(folder)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}
