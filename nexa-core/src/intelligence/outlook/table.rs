//! What became of deals that were open for so long: how many were won, and how long the decision still took.

/// A deal that was decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Decided {
    pub(super) won: bool,
    /// How many days it took.
    pub(super) days: f64,
}

/// So many deals have to have been open for as long, so that their share says something.
const LEAST: usize = 30;
/// For so many deals the stage's own probability counts beside them.
const PRIOR: f64 = 10.0;

/// Decided deals in the order of how long they took.
#[derive(Debug, Default)]
pub(super) struct Table(Vec<Decided>);

impl Table {
    pub(super) fn of(decided: &[Decided]) -> Self {
        let mut decided = decided.to_vec();
        decided.sort_by(|one, other| one.days.total_cmp(&other.days).then(one.won.cmp(&other.won)));
        Self(decided)
    }

    /// Those that were still open after so many days; none where they are too few.
    fn open_after(&self, days: f64) -> &[Decided] {
        let first = self.0.partition_point(|deal| deal.days <= days);
        let (_, later) = self.0.split_at(first);
        if later.len() < LEAST { &[] } else { later }
    }

    /// The share that was won of those that were still open after so many days, drawn a little to the probability of the stage, and how
    /// many there are.
    pub(super) fn won_after(&self, days: f64, stage: f64) -> Option<(f64, usize)> {
        let open = self.open_after(days);
        if open.is_empty() {
            return None;
        }
        #[allow(clippy::cast_precision_loss)]
        let (won, all) = (open.iter().filter(|deal| deal.won).count() as f64, open.len() as f64);
        Some(((won + PRIOR * stage) / (all + PRIOR), open.len()))
    }

    /// After how many more days a quarter, a half and three quarters of them were decided.
    pub(super) fn days_left(&self, days: f64) -> Option<[f64; 3]> {
        let open = self.open_after(days);
        let quantile = |quarter: usize| open.get((open.len() - 1) * quarter / 4).map(|deal| deal.days - days);
        if open.is_empty() { None } else { Some([quantile(1)?, quantile(2)?, quantile(3)?]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hundred deals that take 1 to 100 days; those that take over 50 are won.
    fn table() -> Table {
        Table::of(&(1..=100).map(|day| Decided { won: day > 50, days: f64::from(day) }).collect::<Vec<_>>())
    }

    #[test]
    fn the_share_that_was_won_is_of_those_that_were_open_for_as_long() {
        let (young, count) = table().won_after(0.0, 0.5).unwrap();
        assert_eq!((young, count), (0.5, 100));
        let (old, count) = table().won_after(50.0, 0.5).unwrap();
        assert!(old > 0.9 && count == 50, "an old deal is no bad deal: {old}");
        assert_eq!(table().won_after(80.0, 0.5), None, "20 deals say nothing");
        assert_eq!(Table::default().won_after(0.0, 0.5), None);
    }

    #[test]
    fn the_days_that_are_left_are_of_those_that_are_not_decided_yet() {
        assert_eq!(table().days_left(0.0), Some([25.0, 50.0, 75.0]));
        assert_eq!(table().days_left(40.0), Some([15.0, 30.0, 45.0]));
        assert_eq!(table().days_left(90.0), None);
    }
}
