//! The loop of a native host that does what is due in every tenant.

mod alarm;

use std::{
    future::{Future, poll_fn},
    io,
    pin::pin,
    task::Poll,
    thread::{Builder, JoinHandle},
    time::Duration,
};

use futures_channel::oneshot;
use nexa_core::{
    Crm, Error,
    kernel::ports::Ids,
    mail::{Mailer, deliver},
};
use uuid::Uuid;

use self::alarm::Alarm;
use crate::{SystemIds, blocking::block_on};

/// How often a worker looks for what is due, unless the host says otherwise.
const EVERY: Duration = Duration::from_secs(1);

/// How many tenants it looks at before it asks again who is due.
const TENANTS: usize = 100;

/// How much it does in a tenant before it is another one's turn.
const AT_ONCE: usize = 100;

/// How many mails it claims at once.
const MAILS: u32 = 20;

/// What is called for a tenant that could not be worked on; without a tenant when nobody could be found.
type OnError = Box<dyn FnMut(Option<Uuid>, &Error) + Send>;

/// Does what is due in every tenant, again and again. Several of them, also of several processes, may work on one storage.
pub struct Worker {
    crm: Crm,
    every: Duration,
    on_error: OnError,
    mailer: Option<Box<dyn Mailer>>,
    /// The name under which it claims mail, which no other has.
    name: String,
}

/// A worker for this Crm. It does nothing until it is run or started.
pub fn worker(crm: Crm) -> Worker {
    let name = format!("worker {}", SystemIds::default().id(crm.now()));
    Worker { crm, every: EVERY, on_error: Box::new(|_, _| ()), mailer: None, name }
}

impl Worker {
    /// How long it waits when nothing is due: a second unless said. What becomes due meanwhile waits that long.
    #[must_use]
    pub const fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// What hands mail to a server. Without, this worker delivers none.
    #[must_use]
    pub fn mailer(mut self, mailer: impl Mailer + 'static) -> Self {
        self.mailer = Some(Box::new(mailer));
        self
    }

    /// What is called when a tenant could not be worked on, or, without a tenant, when the storage did not say who is due. The worker goes
    /// on; the same is tried again after the pause. What a consumer or a timer failed at is not reported here but kept as a `failure`.
    #[must_use]
    pub fn on_error(mut self, report: impl FnMut(Option<Uuid>, &Error) + Send + 'static) -> Self {
        self.on_error = Box::new(report);
        self
    }

    /// Does what is due now in every tenant, once around; returns how much it did.
    pub async fn once(&mut self) -> usize {
        match self.crm.due(self.crm.now(), TENANTS).await {
            Ok(due) => {
                let mut done = 0;
                for tenant in due {
                    match self.crm.tick(tenant.org, AT_ONCE).await {
                        Ok(ticked) => done += ticked.done,
                        Err(error) => (self.on_error)(Some(tenant.org), &error),
                    }
                    let Some(mailer) = &self.mailer else { continue };
                    let session = self.crm.system(tenant.org, "mail");
                    match deliver(&session, &**mailer, &self.name, MAILS).await {
                        Ok(delivered) => done += delivered.tried,
                        Err(error) => (self.on_error)(Some(tenant.org), &error),
                    }
                }
                done
            }
            Err(error) => {
                (self.on_error)(None, &error);
                0
            }
        }
    }

    /// Works until `shutdown` is ready; what is under way then is done to its end. It needs no runtime: it waits by a thread of its
    /// own. Error: the system's, when it gives no thread.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> io::Result<()> {
        let mut shutdown = pin!(shutdown);
        let alarm = Alarm::new()?;
        loop {
            let busy = self.once().await > 0;
            let pause = if busy { Duration::ZERO } else { self.every };
            let mut rings = pin!(alarm.after(pause));
            let ended = poll_fn(|context| {
                if shutdown.as_mut().poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                rings.as_mut().poll(context).map(|()| false)
            });
            if ended.await {
                return Ok(());
            }
        }
    }

    /// Works on a thread of its own until the handle is stopped or dropped. Error: the system's, when it gives no thread.
    pub fn start(self) -> io::Result<Running> {
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            // Dropped without a word, it is to stop as well.
            let _ = stopped.await;
        };
        let thread = Builder::new().name("nexa-worker".to_owned()).spawn(move || block_on(self.run(shutdown)))?;
        Ok(Running { stop: Some(stop), thread: Some(thread) })
    }
}

/// A worker at work on a thread of its own.
pub struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Stops it, and waits until what is under way is done.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread is over with it.
            let _ = thread.join();
        }
    }
}
