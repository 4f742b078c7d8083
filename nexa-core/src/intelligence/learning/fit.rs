//! A card from examples: weights in whole points, on a scale on which the middle lead has 50 and one of ten has 75.

use std::collections::BTreeMap;

use super::{
    features::Cell,
    logistic::{Row, Weights},
    measures::{Calibration, Measures, Scored, auc},
};

/// How strongly weights are drawn to zero; over a wide range it makes no difference.
const RIDGE: f64 = 3.0;
/// Examples are learned from in so many parts, of which each is left out once.
pub(super) const FOLDS: usize = 5;
/// A line gives at most so many points.
const MOST_POINTS: f64 = 100.0;

/// What a card gives, in whole points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Points {
    pub(super) base: i32,
    pub(super) lines: Vec<i32>,
}

impl Points {
    /// The sum for these lines, before it is kept within 0 and 100.
    pub(super) fn sum(&self, lines: &[usize]) -> f64 {
        let points = lines.iter().filter_map(|line| self.lines.get(*line));
        f64::from(points.fold(self.base, |sum, points| sum.saturating_add(*points)))
    }

    /// Learns from rows with this many lines.
    fn learn(rows: &[Row], count: usize) -> Self {
        let weights = Weights::fit(rows, count, RIDGE);
        let mut odds: Vec<(f64, f64)> = rows.iter().map(|row| (weights.log_odds(&row.lines), row.weight)).collect();
        odds.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (middle, high) = (quantile(&odds, 0.5), quantile(&odds, 0.9));
        let scale = if high - middle > 1e-6 { 25.0 / (high - middle) } else { 0.0 };
        let points = |odds: f64| whole((odds * scale).round());
        Self {
            base: points(weights.base - middle).saturating_add(50),
            lines: weights.lines.iter().map(|weight| points(*weight)).collect(),
        }
    }
}

#[allow(clippy::cast_possible_truncation)]
fn whole(points: f64) -> i32 {
    points.clamp(-MOST_POINTS, MOST_POINTS) as i32
}

fn quantile(sorted: &[(f64, f64)], share: f64) -> f64 {
    let all: f64 = sorted.iter().map(|(_, weight)| weight).sum();
    let mut seen = 0.0;
    for (value, weight) in sorted {
        seen += weight;
        if seen >= share * all {
            return *value;
        }
    }
    sorted.last().map_or(0.0, |(value, _)| *value)
}

/// What was learned, and how good it is on what it did not learn from.
pub(super) struct Learned {
    pub(super) points: Points,
    pub(super) calibration: Calibration,
    pub(super) measures: Measures,
}

/// Learns from rows; `fold` says to which part each belongs.
pub(super) fn learn(rows: &[Row], fold: &[usize], count: usize, horizon_days: u32) -> Learned {
    let mut scored: Vec<Scored> = Vec::with_capacity(rows.len());
    let mut areas = Vec::new();
    for part in 0..FOLDS {
        let of = |own: bool| {
            let rows = rows.iter().zip(fold).filter(move |(_, fold)| (**fold == part) == own);
            rows.map(|(row, _)| row.clone()).collect::<Vec<Row>>()
        };
        let points = Points::learn(&of(false), count);
        let part: Vec<Scored> = of(true)
            .iter()
            .map(|row| Scored { score: points.sum(&row.lines), weight: row.weight, won: row.won })
            .collect();
        if part.iter().any(|one| one.won) && part.iter().any(|one| !one.won) {
            areas.push(auc(&part));
        }
        scored.extend(part);
    }
    let calibration = Calibration::fit(&scored, horizon_days);
    let measures = Measures::of(&scored, &areas, &calibration);
    Learned { points: Points::learn(rows, count), calibration, measures }
}

/// How well a feature ranks by itself: the share of won of its values, each of those in the other parts.
pub(super) fn alone(cells: &[(&Cell, f64, bool)], fold: &[usize]) -> f64 {
    let key = |cell: &Cell| match cell {
        // Numbers in halves of their size, which is coarse and says enough.
        Cell::Number(number) if *number > 0.0 => format!("{}", (libm::log(*number) * 2.0).floor()),
        cell => format!("{cell:?}"),
    };
    let keys: Vec<String> = cells.iter().map(|(cell, ..)| key(cell)).collect();
    let mut counts: BTreeMap<(&str, usize), (f64, f64)> = BTreeMap::new();
    let mut sums = [(0.0, 0.0); FOLDS];
    for (((_, weight, won), key), fold) in cells.iter().zip(&keys).zip(fold) {
        let won = if *won { *weight } else { 0.0 };
        let count = counts.entry((key, *fold)).or_default();
        *count = (count.0 + won, count.1 + weight);
        if let Some(sum) = sums.get_mut(*fold) {
            *sum = (sum.0 + won, sum.1 + weight);
        }
    }
    let scored: Vec<Scored> = cells
        .iter()
        .zip(&keys)
        .zip(fold)
        .map(|(((_, weight, won), key), fold)| {
            let (mut of, mut all) = ((0.0, 0.0), (0.0, 0.0));
            for part in (0..FOLDS).filter(|part| part != fold) {
                let here = counts.get(&(key.as_str(), part)).copied().unwrap_or_default();
                of = (of.0 + here.0, of.1 + here.1);
                let sum = sums.get(part).copied().unwrap_or_default();
                all = (all.0 + sum.0, all.1 + sum.1);
            }
            let share = all.0 / all.1.max(1e-12);
            Scored { score: (of.0 + 5.0 * share) / (of.1 + 5.0), weight: *weight, won: *won }
        })
        .collect();
    auc(&scored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_has_50_points_and_one_of_ten_has_75() {
        // Three groups: six of ten rarely won, three of ten sometimes, one of ten mostly.
        let rows: Vec<Row> = (0..2_000)
            .map(|number| {
                let (line, won) = match number % 10 {
                    0..=5 => (0, number / 10 % 10 == 0),
                    6..=8 => (1, number / 10 % 10 < 4),
                    _ => (2, number / 10 % 10 < 9),
                };
                Row { lines: vec![line], weight: 1.0, won }
            })
            .collect();
        let fold: Vec<usize> = (0..2_000).map(|number| number / 100 % FOLDS).collect();
        let learned = learn(&rows, &fold, 3, 90);
        let scores = [0, 1, 2].map(|line| learned.points.sum(&[line]));
        assert!((scores[0] - 50.0).abs() <= 1.0 && scores[1] > scores[0] && scores[2] > scores[1], "{scores:?}");
        assert!(learned.measures.auc > 0.7 && learned.measures.calibration_error < 0.06, "{:?}", learned.measures);
        assert_eq!(learn(&rows, &fold, 3, 90).points, learned.points, "the same again");
    }

    #[test]
    fn chance_says_nothing() {
        let rows: Vec<Row> = (0..1_000_usize)
            .map(|number| Row { lines: vec![number * 7 % 3], weight: 1.0, won: number * 13 % 10 < 3 })
            .collect();
        let fold: Vec<usize> = (0..1_000).map(|number| number % FOLDS).collect();
        let measures = learn(&rows, &fold, 3, 90).measures;
        assert!(measures.auc - 2.0 * measures.auc_error < 0.55, "{measures:?}");
    }
}
