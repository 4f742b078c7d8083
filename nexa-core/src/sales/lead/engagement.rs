//! What a lead did: each signal counts, and the score follows.

use super::{CONVERTED, Lead, bant::CLOSED};
use crate::{Command, Context, Name, Ref, Result, command, kernel::error::codes, sales::lead::scoring};

/// Notes that a lead did something; the score follows. The first scorecard of a tenant counts `registered_early`,
/// `mail_opened`, `attended`, `question_asked`, `content_downloaded`, `demo_requested` and `replied`.
#[command("record_engagement", on = Lead, guard = Lead::must_be_open, check = Self::check, errors(CLOSED, CONVERTED))]
pub struct RecordEngagement {
    /// The lead.
    pub lead: Ref<Lead>,
    /// The signal, in lower case with underscores.
    #[schemars(length(min = 1, max = 100))]
    pub signal: Name,
    /// How many times; once unless said.
    #[serde(default = "once")]
    #[schemars(range(min = 1))]
    pub count: u32,
}

const fn once() -> u32 {
    1
}

impl RecordEngagement {
    /// Notes a signal once.
    pub fn new(lead: impl Into<Ref<Lead>>, signal: Name) -> Self {
        Self { lead: lead.into(), signal, count: 1 }
    }
}

impl RecordEngagement {
    fn check(&self) -> Result<()> {
        if self.count == 0 {
            return Err(codes::FIELD_INVALID.with("field", "count").with("problem", "give at least 1"));
        }
        Ok(())
    }
}

impl Command for RecordEngagement {
    type Output = Lead;
    async fn run(&self, mut lead: Lead, cx: &mut Context<'_>) -> Result<Lead> {
        lead.engagement
            .record_times(&self.signal, self.count)
            .map_err(|problem| codes::FIELD_INVALID.with("field", "signal").with("problem", problem))?;
        scoring::score(cx, &mut lead).await?;
        cx.save(lead).await
    }
}
