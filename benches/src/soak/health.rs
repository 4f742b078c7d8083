//! What the process and the server hold, from look to look.

use sqlx::{PgConnection, query_as};

use crate::{Outcome, turns::median};

/// Resident memory may grow by so much after the warm-up: what an allocator keeps differs from minute to minute.
const SLACK: f64 = 24e6;

/// One look.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    /// Resident memory of this process in bytes.
    memory: f64,
    /// Connections of the application.
    connections: i64,
    /// Transactions that were left open for seconds.
    forgotten: i64,
}

/// All looks, those of the warm-up apart.
#[derive(Debug, Default)]
pub(super) struct Health {
    cold: Vec<Look>,
    warm: Vec<Look>,
}

impl Health {
    pub(super) async fn look(&mut self, owner: &mut PgConnection, warm: bool) -> Outcome<()> {
        let (connections, forgotten): (i64, i64) = query_as(
            "SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '5 s') \
             FROM pg_stat_activity WHERE datname = current_database() AND usename <> current_user",
        )
        .fetch_one(owner)
        .await?;
        let look = Look { memory: resident()?, connections, forgotten };
        if warm {
            self.warm.push(look)
        } else {
            self.cold.push(look)
        }
        Ok(())
    }

    fn last(&self) -> Look {
        self.warm.last().or(self.cold.last()).copied().unwrap_or_default()
    }

    pub(super) fn memory(&self) -> f64 {
        self.last().memory
    }

    pub(super) fn connections(&self) -> i64 {
        self.last().connections
    }

    /// The memory in the first and in the last quarter after the warm-up.
    fn quarters(&self) -> (f64, f64) {
        let quarter = (self.warm.len() / 4).max(1);
        let memory = |looks: &[Look]| median(looks.iter().map(|look| look.memory).collect());
        let last = self.warm.get(self.warm.len().saturating_sub(quarter)..).unwrap_or_default();
        (memory(self.warm.get(..quarter).unwrap_or_default()), memory(last))
    }

    /// The most connections in the warm-up and afterwards.
    fn most(&self) -> (i64, i64) {
        let most = |looks: &[Look]| looks.iter().map(|look| look.connections).max().unwrap_or_default();
        (most(&self.cold), most(&self.warm))
    }

    /// Refuses what grew.
    pub(super) fn judge(&self) -> Outcome<()> {
        let ((before, after), (cold, warm)) = (self.quarters(), self.most());
        if self.warm.is_empty() {
            return Err("the run was too short to see whether something grows".into());
        }
        if after > before + SLACK.max(before * 0.1) {
            return Err(format!("memory grew from {:.0} to {:.0} MB", before / 1e6, after / 1e6).into());
        }
        if warm > cold {
            return Err(format!("connections grew from {cold} to {warm}").into());
        }
        match self.warm.iter().map(|look| look.forgotten).max() {
            Some(forgotten) if forgotten > 0 => Err(format!("{forgotten} transactions were left open").into()),
            _ => Ok(()),
        }
    }

    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let ((before, after), (cold, warm)) = (self.quarters(), self.most());
        vec![
            (
                "memory after the warm-up, at the end".to_owned(),
                format!("{:.0} MB, {:.0} MB", before / 1e6, after / 1e6),
            ),
            ("most connections in the warm-up, afterwards".to_owned(), format!("{cold}, {warm}")),
        ]
    }
}

fn resident() -> Outcome<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()).ok_or("the system shows no memory")?;
    Ok(kibibytes.parse::<f64>()? * 1_024.0)
}
