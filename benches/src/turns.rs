//! Taking turns: ours, the baseline, ours, the baseline, … and medians of what they took.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Outcome, figure::Figure, figure::Target};

/// What something took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    wall: Duration,
    /// Of all threads.
    processor: Duration,
}

/// Runs something and returns what it took.
pub(crate) fn timed(run: impl FnOnce() -> Outcome<()>) -> Outcome<Taken> {
    let (start, processor) = (Instant::now(), processor_time());
    run()?;
    Ok(Taken { wall: start.elapsed(), processor: processor_time().saturating_sub(processor) })
}

fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// The medians of what the turns took, in seconds per operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turns {
    pub(crate) ours: f64,
    pub(crate) baseline: f64,
    /// The processor's time of both, which neither the disk nor other programs change much.
    pub(crate) processor: (f64, f64),
    /// The median of the baseline's time over ours, turn by turn: the share of its throughput.
    pub(crate) throughput: f64,
}

/// Lets both run `turns` times `count` operations, after one turn that is not counted.
pub(crate) fn turns(
    turns: usize,
    count: usize,
    mut ours: impl FnMut(usize) -> Outcome<Taken>,
    mut baseline: impl FnMut(usize) -> Outcome<Taken>,
) -> Outcome<Turns> {
    let mut taken = Vec::with_capacity(turns);
    for turn in 0..=turns {
        let per = |taken: Taken| [taken.wall, taken.processor].map(|time| time.as_secs_f64() / count.max(1) as f64);
        // Who begins changes, so that neither always meets what the other left behind.
        let pair = if turn % 2 == 0 {
            let first = per(ours(turn)?);
            (first, per(baseline(turn)?))
        } else {
            let second = per(baseline(turn)?);
            (per(ours(turn)?), second)
        };
        if turn > 0 {
            taken.push(pair);
        }
    }
    Ok(Turns {
        ours: median(taken.iter().map(|([ours, _], _)| *ours).collect()),
        baseline: median(taken.iter().map(|(_, [baseline, _])| *baseline).collect()),
        processor: (
            median(taken.iter().map(|([_, ours], _)| *ours).collect()),
            median(taken.iter().map(|(_, [_, baseline])| *baseline).collect()),
        ),
        throughput: median(taken.iter().map(|([ours, _], [baseline, _])| baseline / ours).collect()),
    })
}

/// The middle of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Turns {
    /// A line about operations a second; the ratio is the share of the baseline's.
    pub(crate) fn rate(self, measure: impl Into<String>, target: Option<Target>) -> Figure {
        let rate = |seconds: f64| format!("{:.0}/s", 1.0 / seconds);
        Figure {
            measure: measure.into(),
            ours: rate(self.ours),
            baseline: rate(self.baseline),
            ratio: Some(self.throughput),
            processor: Some(self.processor),
            target,
        }
    }
    /// A line about the time of one operation; the ratio is how many times the baseline's it is.
    pub(crate) fn time(self, measure: impl Into<String>, target: Option<Target>) -> Figure {
        Figure {
            measure: measure.into(),
            ours: micros(self.ours),
            baseline: micros(self.baseline),
            ratio: Some(1.0 / self.throughput),
            processor: Some(self.processor),
            target,
        }
    }
}

/// Seconds as microseconds.
pub(crate) fn micros(seconds: f64) -> String {
    format!("{:.1} µs", 1e6 * seconds)
}
