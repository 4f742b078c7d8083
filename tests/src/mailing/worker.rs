//! A process that hands mail to a server until it is killed.

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use nexa_connect::smtp::{Security, Settings, SmtpMailer};
use nexa_crm::{Result, Timestamp, kernel::ports::Clock, mail::deliver};
use pollster::block_on;
use uuid::Uuid;

/// The system's clock, so many minutes ahead.
struct Ahead(i64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
        Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX).saturating_add(self.0 * 60_000_000))
    }
}

/// Who works where.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    /// The storage.
    pub url: String,
    /// The tenant.
    pub org: Uuid,
    /// The port of the mail server on this machine.
    pub port: u16,
    /// The worker's name.
    pub name: String,
    /// By how many minutes its clock is ahead.
    pub ahead: i64,
}

/// Works until the process ends.
pub fn run(worker: &Worker) -> Result<()> {
    let builder = nexa_crm::builder().clock(Ahead(worker.ahead));
    let crm = block_on(nexa_crm::open_with(&worker.url, builder))?;
    let session = crm.system(worker.org, "mail");
    let settings = Settings::new("127.0.0.1").port(worker.port).security(Security::None);
    let mailer = SmtpMailer::new(settings);
    loop {
        match block_on(deliver(&session, &mailer, &worker.name, 20)) {
            Ok(delivered) if delivered.tried > 0 => {}
            Ok(_) => thread::sleep(Duration::from_millis(10)),
            // Others write as well; what was claimed and not tried is claimed again later.
            Err(error) if error.retryable() => {}
            Err(error) => return Err(error),
        }
    }
}
