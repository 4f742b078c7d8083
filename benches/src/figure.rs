//! One line of the table: what was measured, and whether it is what was asked for.

use comfy_table::{Table, presets::ASCII_MARKDOWN};

/// What was measured.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) measure: String,
    pub(crate) ours: String,
    pub(crate) baseline: String,
    /// Ours against the baseline.
    pub(crate) ratio: Option<f64>,
    /// Seconds of the processor for one operation, ours and the baseline's.
    pub(crate) processor: Option<(f64, f64)>,
    pub(crate) target: Option<Target>,
}

/// What a ratio should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// At least so much of the baseline's throughput.
    AtLeast(f64),
    /// At most so many times the baseline's time or size.
    AtMost(f64),
}

impl Target {
    fn text(self) -> String {
        match self {
            Self::AtLeast(target) => format!("≥ {target:.2}"),
            Self::AtMost(target) => format!("≤ {target:.2}"),
        }
    }
    /// How much is missing; nothing when it is met.
    fn verdict(self, ratio: f64) -> String {
        let (missing, target) = match self {
            Self::AtLeast(target) => (target - ratio, target),
            Self::AtMost(target) => (ratio - target, target),
        };
        if missing <= 0.0 { "met".to_owned() } else { format!("misses by {:.0} %", 100.0 * missing / target) }
    }
}

/// The table; `short` runs are too small to be held against a target.
pub(crate) fn table(figures: &[Figure], short: bool) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header([
        "measure",
        "ours",
        "baseline",
        "ratio",
        "target",
        "verdict",
        "processor",
    ]);
    for figure in figures {
        let verdict = match (figure.target, figure.ratio) {
            _ if short => "not judged".to_owned(),
            (Some(target), Some(ratio)) => target.verdict(ratio),
            _ => String::new(),
        };
        table.add_row([
            figure.measure.clone(),
            figure.ours.clone(),
            figure.baseline.clone(),
            figure.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            figure.target.map(Target::text).unwrap_or_default(),
            verdict,
            figure
                .processor
                .map(|(ours, baseline)| format!("{:.0} : {:.0} µs", 1e6 * ours, 1e6 * baseline))
                .unwrap_or_default(),
        ]);
    }
    table
}
