//! A mail server on this machine, for tests of this project and of hosts: it takes messages, refuses them, hangs and hangs up.
//!
//! What it does follows from the name of a recipient, the part before the `@`:
//!
//! | name | what it does |
//! | --- | --- |
//! | `busy`, `unknown`, `plain` | refuses the recipient with 450 4.2.1, with 550 5.1.1, with a bare 550 |
//! | `hang-rcpt`, `cut-rcpt` | says nothing to the recipient, hangs up |
//! | `data-busy`, `data-cut` | refuses `DATA` with 451, hangs up |
//! | `body-cut` | hangs up within the body |
//! | `body-busy`, `body-refused` | refuses the body with 452, with 554 |
//! | `answer-hang`, `answer-cut` | takes the body, says nothing, hangs up |
//!
//! Everybody else is served.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

/// A message that arrived whole, whether the server said so or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope who were taken.
    pub to: Vec<String>,
    /// The message as it was sent.
    pub data: String,
}

impl Received {
    /// Its `Message-ID`; empty without one.
    pub fn message_id(&self) -> &str {
        let id = self.data.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        id.unwrap_or_default().trim()
    }
}

/// How a server behaves to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Manner {
    /// As servers do.
    #[default]
    Usual,
    /// It takes connections and says nothing.
    Silent,
    /// It greets with 554.
    Refusing,
    /// It hangs up after each message, without waiting for `QUIT`.
    HangingUp,
    /// It wants a login: `crm` with the password `secret`.
    Locked,
    /// It refuses every message of this number, and its multiples, with 451 once it has read it.
    BusyEvery(usize),
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    connections: usize,
    commands: Vec<String>,
    read: usize,
    open: BTreeMap<usize, TcpStream>,
    over: bool,
}

/// A mail server on this machine. It ends with its value.
pub struct MailServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MailServer {
    /// Starts a server at a free port.
    pub fn start(manner: Manner) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::Builder::new().name("mail-server".to_owned()).spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut state = locked(&shared);
                if state.over {
                    return;
                }
                state.connections += 1;
                let number = state.connections;
                state.open.extend(stream.try_clone().map(|stream| (number, stream)));
                drop(state);
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    // A client that hangs up in the middle is served no further.
                    let _ = serve(stream, manner, &shared);
                    if let Some(stream) = locked(&shared).open.remove(&number) {
                        let _ = stream.shutdown(Shutdown::Both);
                    }
                });
            }
        })?;
        Ok(Self { address, state })
    }
    /// The port at 127.0.0.1.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }
    /// The messages that arrived, in their order.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.state).received.clone()
    }
    /// How often each message arrived, by its `Message-ID`.
    pub fn arrivals(&self) -> BTreeMap<String, usize> {
        let mut arrivals = BTreeMap::new();
        for received in &locked(&self.state).received {
            *arrivals.entry(received.message_id().to_owned()).or_default() += 1;
        }
        arrivals
    }
    /// How many connections there were.
    pub fn connections(&self) -> usize {
        locked(&self.state).connections
    }
    /// The commands that were given to it, in their order.
    pub fn commands(&self) -> Vec<String> {
        locked(&self.state).commands.clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        state.over = true;
        for stream in std::mem::take(&mut state.open).into_values() {
            // It may be closed already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        drop(state);
        // The thread that listens sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

/// Waits until the other side gives up.
fn hang(mut lines: BufReader<TcpStream>) -> io::Result<()> {
    lines.read_to_end(&mut Vec::new()).map(drop)
}

fn serve(stream: TcpStream, manner: Manner, state: &Mutex<State>) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    match manner {
        Manner::Silent => return hang(lines),
        Manner::Refusing => return lines.get_mut().write_all(b"554 5.3.2 Not here\r\n"),
        _ => lines.get_mut().write_all(b"220 test ESMTP\r\n")?,
    }
    let (mut from, mut to): (String, Vec<String>) = (String::new(), Vec::new());
    let mut admitted = manner != Manner::Locked;
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        locked(state).commands.push(line.trim_end().to_owned());
        let named = line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(name, _)| name.to_owned());
        let verb = line.split([' ', '\r', '\n']).next().unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 SMTPUTF8".to_owned(),
            // The login as PLAIN has it: \0crm\0secret.
            "AUTH" if line.contains("AGNybQBzZWNyZXQ=") => {
                admitted = true;
                "235 2.7.0 Welcome".to_owned()
            }
            "AUTH" => "535 5.7.8 Wrong password".to_owned(),
            "MAIL" if !admitted => "530 5.7.0 Authentication required".to_owned(),
            "MAIL" => {
                from = named.unwrap_or_default();
                to.clear();
                if from.starts_with("forged@") { "550 5.7.1 Not yours" } else { "250 2.1.0 Ok" }.to_owned()
            }
            "RCPT" => {
                let name = named.unwrap_or_default();
                match name.split('@').next().unwrap_or_default() {
                    "hang-rcpt" => return hang(lines),
                    "cut-rcpt" => return Ok(()),
                    "busy" => "450 4.2.1 Later".to_owned(),
                    "unknown" => "550-5.1.1 Nobody\r\n550 5.1.1 of that name".to_owned(),
                    "plain" => "550 no".to_owned(),
                    _ => {
                        to.push(name);
                        "250 2.1.5 Ok".to_owned()
                    }
                }
            }
            "DATA" => match take(&mut lines, manner, state, (&from, &to))? {
                After::Reply(reply) => reply,
                After::Hang => return hang(lines),
                After::Cut => return Ok(()),
            },
            "RSET" | "NOOP" => "250 2.0.0 Ok".to_owned(),
            "QUIT" => return lines.get_mut().write_all(b"221 2.0.0 Bye\r\n"),
            _ => "500 5.5.1 What?".to_owned(),
        };
        lines.get_mut().write_all(format!("{reply}\r\n").as_bytes())?;
        if manner == Manner::HangingUp && reply.starts_with("250 2.0.0 Ok: queued") {
            return Ok(());
        }
    }
}

/// What a server does after `DATA`.
enum After {
    Reply(String),
    Hang,
    Cut,
}

fn take(
    lines: &mut BufReader<TcpStream>,
    manner: Manner,
    state: &Mutex<State>,
    (from, to): (&str, &[String]),
) -> io::Result<After> {
    let does = to.first().and_then(|name| name.split('@').next()).unwrap_or_default();
    match does {
        "data-busy" => return Ok(After::Reply("451 4.3.0 Not now".to_owned())),
        "data-cut" => return Ok(After::Cut),
        _ => lines.get_mut().write_all(b"354 Go on\r\n")?,
    }
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || does == "body-cut" {
            return Ok(After::Cut);
        }
        if line == ".\r\n" {
            break;
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
    let mut state = locked(state);
    state.read += 1;
    let busy = matches!(manner, Manner::BusyEvery(every) if every > 0 && state.read.is_multiple_of(every));
    if busy || does == "body-busy" {
        return Ok(After::Reply("452 4.3.1 Full".to_owned()));
    }
    if does == "body-refused" {
        return Ok(After::Reply("554 5.6.0 Spam".to_owned()));
    }
    state.received.push(Received { from: from.to_owned(), to: to.to_vec(), data });
    Ok(match does {
        "answer-hang" => After::Hang,
        "answer-cut" => After::Cut,
        _ => After::Reply(format!("250 2.0.0 Ok: queued as Q{}", state.received.len())),
    })
}
