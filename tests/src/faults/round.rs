//! One round: a writing process, its sudden end, and the check of what it left.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::{
    Acknowledged,
    check::{self, Found},
    files::{self, Folder},
    place::Place,
};

/// What happened in a round.
#[derive(Debug)]
pub struct Round {
    /// The tenant.
    pub org: Uuid,
    /// How long the process wrote.
    pub wrote: Duration,
    /// How many commands were acknowledged.
    pub acknowledged: usize,
    /// What was found afterwards.
    pub found: Found,
}

/// A process of this program that writes.
pub struct Writer {
    child: Child,
    lines: mpsc::Receiver<String>,
    said: Vec<String>,
    began: Instant,
    /// The tenant.
    pub org: Uuid,
}

impl Writer {
    /// Starts the program as a writer, and waits until it has the tenant.
    pub fn start(program: &Path, place: &Place, org: Option<Uuid>, seed: u64) -> Result<Self, String> {
        Self::begin(Command::new(program), place, org, seed)
    }

    /// The same for one that sends files.
    pub fn start_files(
        program: &Path,
        place: &Place,
        folder: &Folder,
        org: Option<Uuid>,
        seed: u64,
    ) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.arg("--files").arg(&folder.path);
        command.arg("--began").arg(folder.clock.began.to_string()).arg("--ahead").arg(folder.clock.ahead.to_string());
        Self::begin(command, place, org, seed)
    }

    fn begin(mut command: Command, place: &Place, org: Option<Uuid>, seed: u64) -> Result<Self, String> {
        command.arg("--child").arg(place.url()).arg("--seed").arg(seed.to_string());
        if let Some(org) = org {
            command.arg("--org").arg(org.to_string());
        }
        let failed = |error: std::io::Error| format!("the writer cannot be started: {error}");
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
        let out = child.stdout.take().ok_or("the writer has no output")?;
        let (send, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut line = String::new();
            // A line without its end does not count: the process ended while it wrote it.
            while out.read_line(&mut line).is_ok_and(|bytes| bytes > 0) && line.ends_with('\n') {
                if send.send(line.trim_end().to_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
        let first = lines.recv().map_err(|_| "the writer ended before it wrote".to_owned())?;
        let Some(Acknowledged::Org(org)) = Acknowledged::read(&first) else {
            return Err(format!("the writer said {first}"));
        };
        Ok(Self { child, lines, said: Vec::new(), began: Instant::now(), org })
    }

    /// How many commands were acknowledged so far.
    pub fn acknowledged(&mut self) -> usize {
        self.said.extend(self.lines.try_iter());
        self.said.len()
    }

    /// Kills it (`SIGKILL`), and answers what it had acknowledged.
    pub fn kill(mut self) -> Result<Vec<Acknowledged>, String> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(format!("the writer ended by itself: {status}"));
        }
        self.child.kill().map_err(|error| format!("the writer cannot be killed: {error}"))?;
        self.child.wait().map_err(|error| format!("the writer does not end: {error}"))?;
        let said = self.said.into_iter().chain(self.lines.iter());
        said.map(|line| Acknowledged::read(&line).ok_or(format!("the writer said {line}"))).collect()
    }
}

/// Lets a writer work for so long, kills it, and checks what is there.
pub fn play(place: &Place, org: Option<Uuid>, seed: u64, time: Duration) -> Result<Round, String> {
    let program = env::current_exe().map_err(|error| format!("this program is not to be found: {error}"))?;
    let writer = Writer::start(&program, place, org, seed)?;
    thread::sleep(time);
    let (org, wrote) = (writer.org, writer.began.elapsed());
    let acknowledged = writer.kill()?;
    let found = check::whole(place, org, &acknowledged)?;
    Ok(Round { org, wrote, acknowledged: acknowledged.len(), found })
}

/// The same with a writer that sends files; returns the tenant and what was found.
pub fn play_files(
    place: &Place,
    folder: &mut Folder,
    org: Option<Uuid>,
    seed: u64,
    time: Duration,
) -> Result<(Uuid, files::Found), String> {
    let program = env::current_exe().map_err(|error| format!("this program is not to be found: {error}"))?;
    let writer = Writer::start_files(&program, place, folder, org, seed)?;
    thread::sleep(time);
    let org = writer.org;
    let acknowledged = writer.kill()?;
    files::whole(place, folder, org, &acknowledged).map(|found| (org, found))
}
