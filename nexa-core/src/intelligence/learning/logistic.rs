//! Logistic regression of lines that hold or not: Newton's method with step halving, so that rare outcomes do not make it diverge.

/// An example: the lines that hold, what it weighs, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) lines: Vec<usize>,
    pub(super) weight: f64,
    pub(super) won: bool,
}

/// What was learned: the log odds without any line, and what each line adds.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    pub(super) base: f64,
    pub(super) lines: Vec<f64>,
}

const MOST_STEPS: usize = 40;
const MOST_HALVINGS: usize = 30;

/// 1 / (1 + e^-x), the same bits on every platform.
pub(super) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

/// ln(1 + e^x), without overflow.
fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + libm::log1p(libm::exp(-x)) } else { libm::log1p(libm::exp(x)) }
}

impl Weights {
    /// The log odds of these lines.
    pub(super) fn log_odds(&self, lines: &[usize]) -> f64 {
        lines.iter().filter_map(|line| self.lines.get(*line)).fold(self.base, |sum, weight| sum + weight)
    }

    fn loss(&self, rows: &[Row], ridge: f64) -> f64 {
        let fit: f64 = rows
            .iter()
            .map(|row| {
                let odds = self.log_odds(&row.lines);
                row.weight * (softplus(odds) - if row.won { odds } else { 0.0 })
            })
            .sum();
        fit + ridge / 2.0 * self.lines.iter().map(|weight| weight * weight).sum::<f64>()
    }

    fn moved(&self, step: &[f64], share: f64) -> Self {
        let (lines, base) = step.split_at(self.lines.len());
        Self {
            base: self.base - share * base.first().copied().unwrap_or_default(),
            lines: self.lines.iter().zip(lines).map(|(weight, step)| weight - share * step).collect(),
        }
    }

    /// Fits the weights of so many lines; a ridge draws them to zero, but for the base.
    pub(super) fn fit(rows: &[Row], count: usize, ridge: f64) -> Self {
        let mut weights = Self { base: 0.0, lines: vec![0.0; count] };
        let mut loss = weights.loss(rows, ridge);
        for _ in 0..MOST_STEPS {
            let Some(step) = weights.step(rows, ridge) else { break };
            let mut share = 1.0;
            let mut next = weights.moved(&step, share);
            let mut lower = next.loss(rows, ridge);
            let mut halvings = 0;
            // A step that goes too far is halved: undamped, it diverges where outcomes are rare.
            while (lower.is_nan() || lower > loss) && halvings < MOST_HALVINGS {
                share /= 2.0;
                halvings += 1;
                next = weights.moved(&step, share);
                lower = next.loss(rows, ridge);
            }
            let gained = loss - lower;
            if gained.is_nan() || gained <= 0.0 {
                break;
            }
            (weights, loss) = (next, lower);
            if gained < 1e-9 * (1.0 + loss) {
                break;
            }
        }
        weights
    }

    /// The Newton step, by Cholesky's decomposition; nothing where the matrix is not positive.
    fn step(&self, rows: &[Row], ridge: f64) -> Option<Vec<f64>> {
        let size = self.lines.len() + 1;
        let mut matrix = vec![0.0; size * size];
        let mut gradient = vec![0.0; size];
        for row in rows {
            let p = logistic(self.log_odds(&row.lines));
            let miss = row.weight * (p - if row.won { 1.0 } else { 0.0 });
            let curve = (row.weight * p * (1.0 - p)).max(1e-12);
            let held = || row.lines.iter().copied().filter(|line| *line < size - 1).chain([size - 1]);
            for line in held() {
                *gradient.get_mut(line)? += miss;
                for other in held() {
                    *matrix.get_mut(line * size + other)? += curve;
                }
            }
        }
        for (line, weight) in self.lines.iter().enumerate() {
            *gradient.get_mut(line)? += ridge * weight;
            *matrix.get_mut(line * size + line)? += ridge;
        }
        solve(matrix, gradient, size)
    }
}

/// Solves a positive symmetric system.
fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>, size: usize) -> Option<Vec<f64>> {
    for column in 0..size {
        for row in column..size {
            let mut sum = *matrix.get(row * size + column)?;
            for k in 0..column {
                sum -= matrix.get(row * size + k)? * matrix.get(column * size + k)?;
            }
            let value = if row == column {
                if sum <= 0.0 {
                    return None;
                }
                libm::sqrt(sum)
            } else {
                sum / matrix.get(column * size + column)?
            };
            *matrix.get_mut(row * size + column)? = value;
        }
    }
    for row in 0..size {
        let mut sum = *right.get(row)?;
        for k in 0..row {
            sum -= matrix.get(row * size + k)? * right.get(k)?;
        }
        *right.get_mut(row)? = sum / matrix.get(row * size + row)?;
    }
    for row in (0..size).rev() {
        let mut sum = *right.get(row)?;
        for k in row + 1..size {
            sum -= matrix.get(k * size + row)? * right.get(k)?;
        }
        *right.get_mut(row)? = sum / matrix.get(row * size + row)?;
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line that holds for every second example; of each `rare` examples one is won, of those with the line twice as many.
    fn rows(rare: usize, all: usize) -> Vec<Row> {
        (0..all)
            .map(|number| {
                let holds = number % 2 == 0;
                let won = if holds { number % rare < 2 } else { number % (2 * rare) == 1 };
                Row { lines: if holds { vec![0] } else { vec![1] }, weight: 1.0, won }
            })
            .collect()
    }

    #[test]
    fn five_and_two_percent_of_outcomes_do_not_diverge() {
        for rare in [4, 20, 50] {
            let rows = rows(rare, 4_000);
            let weights = Weights::fit(&rows, 2, 3.0);
            let share = |line: usize| {
                let of: Vec<&Row> = rows.iter().filter(|row| row.lines == [line]).collect();
                of.iter().filter(|row| row.won).count() as f64 / of.len() as f64
            };
            for line in [0, 1] {
                let p = logistic(weights.log_odds(&[line]));
                assert!((p - share(line)).abs() < 0.01, "1 in {rare}: {p} for {}", share(line));
            }
        }
    }

    #[test]
    fn what_separates_perfectly_stays_finite_and_nothing_at_all_is_the_base() {
        let rows: Vec<Row> = (0..40).map(|n| Row { lines: vec![n % 2], weight: 1.0, won: n % 2 == 0 }).collect();
        let weights = Weights::fit(&rows, 2, 3.0);
        assert!(weights.lines.iter().all(|weight| weight.is_finite() && weight.abs() < 10.0), "{weights:?}");
        let rows: Vec<Row> = (0..40).map(|n| Row { lines: vec![], weight: 1.0, won: n % 4 == 0 }).collect();
        let base = Weights::fit(&rows, 0, 3.0).base;
        assert!((logistic(base) - 0.25).abs() < 1e-6);
        assert_eq!(Weights::fit(&[], 1, 3.0).lines, [0.0]);
    }
}
