//! Every consumer, and everything that timers are for.

use super::{Consuming, Firing};
use crate::{agenda::Agenda, context::Context, error::Result, record::Record};

/// The longest name, in bytes.
const LONGEST_NAME: usize = 100;

/// What a Crm does later.
#[derive(Default)]
pub(crate) struct Later {
    pub(crate) consumers: Vec<Consuming>,
    pub(crate) timers: Vec<Firing>,
    /// The names of the consumers, sorted, with a comma after each.
    names: String,
}

impl Later {
    /// Checks and sorts what was added; the problem, when there is one.
    pub(crate) fn of(mut consumers: Vec<Consuming>, timers: Vec<Firing>) -> Result<Self, String> {
        consumers.sort_unstable_by_key(|consumer| consumer.name);
        let mut names: Vec<&str> = consumers.iter().map(|consumer| consumer.name).collect();
        names.extend(timers.iter().map(|timer| timer.name));
        let plain = |name: &str| {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
            !name.is_empty() && name.len() <= LONGEST_NAME && name.chars().all(fits)
        };
        if let Some(name) = names.iter().find(|name| !plain(name)) {
            let form = "a name of a consumer or timer has lower-case letters, digits, underscores and dots";
            return Err(format!("\"{name}\": {form}, and at most {LONGEST_NAME} of them"));
        }
        names.sort_unstable();
        if let Some([name, ..]) = names.windows(2).find(|pair| pair.first() == pair.last()) {
            return Err(format!("the consumer or timer {name} was added twice"));
        }
        let names = consumers.iter().map(|consumer| format!("{},", consumer.name)).collect();
        Ok(Self { consumers, timers, names })
    }

    /// The names of the consumers, as [`Agenda::consumers`] has them.
    pub(crate) fn names(&self) -> &str {
        &self.names
    }

    /// What a timer of this name is for.
    pub(crate) fn timer(&self, name: &str) -> Option<&Firing> {
        self.timers.iter().find(|timer| timer.name == name)
    }

    /// Writes down in a new tenant that nothing of it was read.
    pub(crate) async fn begin(&self, cx: &mut Context<'_>) -> Result<()> {
        if self.consumers.is_empty() || cx.row(Agenda::def(), cx.org()).await?.is_some() {
            return Ok(());
        }
        let agenda = Agenda { consumers: Some(self.names.clone()), ..Agenda::first(cx.org(), cx.now()) };
        cx.insert_row(Agenda::def(), agenda.to_row()).await
    }
}
