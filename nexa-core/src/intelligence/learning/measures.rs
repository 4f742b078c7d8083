//! How good a score is: how well it ranks, and how far its probabilities are true.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logistic::logistic;

/// A score with what it weighs and what became of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub(super) score: f64,
    pub(super) weight: f64,
    pub(super) won: bool,
}

/// What makes a probability of a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How much log odds a point is.
    pub slope: f64,
    /// The log odds at 50 points.
    pub at_fifty: f64,
    /// Within how many days of the moment that is scored the outcome is meant.
    #[schemars(range(min = 1, max = 3650))]
    pub horizon_days: u32,
}

impl Calibration {
    /// The probability at so many points.
    pub fn probability(&self, points: f64) -> f64 {
        logistic(self.at_fifty + self.slope * (points - 50.0))
    }

    /// Fits it to scores (Platt), by Newton's method with step halving.
    pub(super) fn fit(scored: &[Scored], horizon_days: u32) -> Self {
        let loss = |slope: f64, at: f64| {
            let of = |one: &Scored| {
                let p = logistic(at + slope * (one.score - 50.0)).clamp(1e-12, 1.0 - 1e-12);
                -one.weight * libm::log(if one.won { p } else { 1.0 - p })
            };
            scored.iter().map(of).sum::<f64>()
        };
        let (mut slope, mut at) = (0.04, 0.0);
        let mut now = loss(slope, at);
        for _ in 0..50 {
            let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
            for one in scored {
                let x = one.score - 50.0;
                let p = logistic(at + slope * x);
                let miss = one.weight * (p - if one.won { 1.0 } else { 0.0 });
                let curve = one.weight * p * (1.0 - p);
                g0 += miss;
                g1 += miss * x;
                h00 += curve;
                h01 += curve * x;
                h11 += curve * x * x;
            }
            let determinant = h00 * h11 - h01 * h01;
            if determinant <= 0.0 {
                break;
            }
            let (step0, step1) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
            let mut share = 1.0;
            let mut next = loss(slope - step1, at - step0);
            while (next.is_nan() || next > now) && share > 1e-6 {
                share /= 2.0;
                next = loss(slope - share * step1, at - share * step0);
            }
            let gained = now - next;
            if gained.is_nan() || gained <= 0.0 {
                break;
            }
            (slope, at, now) = (slope - share * step1, at - share * step0, next);
            if gained < 1e-10 * (1.0 + now) {
                break;
            }
        }
        Self { slope, at_fifty: at, horizon_days }
    }
}

/// How good a learned card is, measured on examples that it did not learn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measures {
    /// How probable it is that one that was won has a higher score than one that was not; 0.5 is chance.
    pub auc: f64,
    /// The standard error of it over five folds.
    pub auc_error: f64,
    /// The logarithmic loss of the probabilities; less is better.
    pub log_loss: f64,
    /// The loss of saying of all of them how many were won on the whole.
    pub base_log_loss: f64,
    /// The mean square of what the probabilities miss.
    pub brier: f64,
    /// How far the probabilities are from what came, on average over ten groups.
    pub calibration_error: f64,
    /// How many times as many were won among the tenth with the highest scores as on the whole.
    pub lift: f64,
}

/// The order of scores, the lowest first.
fn ordered(scored: &[Scored]) -> Vec<Scored> {
    let mut ordered = scored.to_vec();
    ordered.sort_by(|one, other| one.score.total_cmp(&other.score));
    ordered
}

/// How well scores rank: ties count half.
pub(super) fn auc(scored: &[Scored]) -> f64 {
    let ordered = ordered(scored);
    let (mut below, mut sum, mut won, mut lost) = (0.0, 0.0, 0.0, 0.0);
    for group in ordered.chunk_by(|one, other| one.score == other.score) {
        let of = |is: bool| group.iter().filter(|one| one.won == is).map(|one| one.weight).sum::<f64>();
        let (up, down) = (of(true), of(false));
        sum += up * (below + down / 2.0);
        below += down;
        won += up;
        lost += down;
    }
    if won > 0.0 && lost > 0.0 { sum / (won * lost) } else { 0.5 }
}

impl Measures {
    /// Of scores of examples that were not learned from, with the areas of each fold.
    pub(super) fn of(scored: &[Scored], folds: &[f64], calibration: &Calibration) -> Self {
        let all: f64 = scored.iter().map(|one| one.weight).sum();
        let share = scored.iter().filter(|one| one.won).map(|one| one.weight).sum::<f64>() / all.max(1e-12);
        let share = share.clamp(1e-9, 1.0 - 1e-9);
        let (mut loss, mut base, mut brier) = (0.0, 0.0, 0.0);
        for one in scored {
            let p = calibration.probability(one.score).clamp(1e-12, 1.0 - 1e-12);
            loss -= one.weight * libm::log(if one.won { p } else { 1.0 - p });
            base -= one.weight * libm::log(if one.won { share } else { 1.0 - share });
            let miss = p - if one.won { 1.0 } else { 0.0 };
            brier += one.weight * miss * miss;
        }
        let ordered = ordered(scored);
        let (mut error, mut top, mut seen) = (0.0, (0.0, 0.0), 0.0);
        let mut group = (0.0, 0.0, 0.0);
        let mut tenth = 1.0;
        for one in &ordered {
            let won = if one.won { one.weight } else { 0.0 };
            seen += one.weight;
            group = (group.0 + one.weight, group.1 + one.weight * calibration.probability(one.score), group.2 + won);
            if seen > 0.9 * all {
                top = (top.0 + one.weight, top.1 + won);
            }
            if seen >= tenth * all / 10.0 - 1e-9 {
                error += (group.1 - group.2).abs();
                group = (0.0, 0.0, 0.0);
                tenth += 1.0;
            }
        }
        error += (group.1 - group.2).abs();
        #[allow(clippy::cast_precision_loss)]
        let count = folds.len().max(1) as f64;
        let mean = folds.iter().sum::<f64>() / count;
        let spread = folds.iter().map(|area| (area - mean) * (area - mean)).sum::<f64>() / (count - 1.0).max(1.0);
        Self {
            auc: mean,
            auc_error: libm::sqrt(spread / count),
            log_loss: loss / all.max(1e-12),
            base_log_loss: base / all.max(1e-12),
            brier: brier / all.max(1e-12),
            calibration_error: error / all.max(1e-12),
            lift: if top.0 > 0.0 { top.1 / top.0 / share } else { 1.0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(of: &[(f64, bool)]) -> Vec<Scored> {
        of.iter().map(|(score, won)| Scored { score: *score, weight: 1.0, won: *won }).collect()
    }

    #[test]
    fn the_area_counts_pairs_and_ties_half() {
        assert_eq!(auc(&scored(&[(1.0, false), (2.0, true)])), 1.0);
        assert_eq!(auc(&scored(&[(1.0, true), (2.0, false)])), 0.0);
        assert_eq!(auc(&scored(&[(1.0, true), (1.0, false)])), 0.5);
        assert_eq!(auc(&scored(&[(1.0, true)])), 0.5, "one outcome says nothing");
        assert_eq!(auc(&[]), 0.5);
    }

    #[test]
    fn probabilities_are_what_came_of_the_scores() {
        let of: Vec<(f64, bool)> =
            (0..1_000).map(|n| (if n % 2 == 0 { 25.0 } else { 75.0 }, n % 20 == 0 || n % 4 == 1)).collect();
        let calibration = Calibration::fit(&scored(&of), 90);
        assert!((calibration.probability(25.0) - 0.1).abs() < 0.01, "{calibration:?}");
        assert!((calibration.probability(75.0) - 0.5).abs() < 0.01, "{calibration:?}");
        let measures = Measures::of(&scored(&of), &[0.7, 0.8], &calibration);
        assert!(measures.calibration_error < 0.02 && measures.log_loss < measures.base_log_loss, "{measures:?}");
        assert!((measures.auc - 0.75).abs() < 1e-9);
    }
}
