//! Lays like functions beside each other. gzip finds again only what it saw within the last 32 KiB, and the compiler
//! leaves the instances of one generic function far apart.

use std::collections::VecDeque;

/// Functions are alike by the runs of so many bytes that they share.
const RUN: usize = 6;
/// What more functions share than these is everywhere anyway, and says nothing about any two of them.
const COMMON: usize = 100;
/// The bytes of code that the next function is compared with: as far as gzip looks back, less what comes between.
const WINDOW: usize = 28_000;
/// The weight of a run that only one function has; what many share counts less.
const WEIGHT: f64 = 4096.0;
/// Keeps the smallest functions from always coming first.
const SMALL: f64 = 20.0;

/// The order for functions with these bodies, by their positions. It begins with `first`; after them comes each time the
/// function of which the code just before knows most.
pub(super) fn neighbours(bodies: &[&[u8]], first: &[usize]) -> Vec<usize> {
    let mut known = Known::new(bodies);
    let mut largest: Vec<usize> = (0..bodies.len()).collect();
    largest.sort_by_key(|&position| (std::cmp::Reverse(bodies.get(position).map_or(0, |body| body.len())), position));
    let mut largest = largest.into_iter();
    let mut first = first.iter().copied();
    let mut order = Vec::with_capacity(bodies.len());
    while order.len() < bodies.len() {
        let next = first.next().or_else(|| known.best()).or_else(|| largest.find(|&position| known.waits(position)));
        let Some(next) = next else { break };
        if known.waits(next) {
            order.push(next);
            known.take(next);
        }
    }
    order
}

/// A function on its way to its place.
struct Function {
    /// The runs that others have as well.
    runs: Vec<usize>,
    bytes: usize,
    /// What it is measured by: large functions have more to share.
    measure: f64,
    /// How much of it is known.
    known: u64,
    placed: bool,
}

/// A run of bytes that some functions share.
struct Run {
    functions: Vec<usize>,
    weight: u64,
    /// How many of the functions in the window have it.
    present: u32,
}

/// What the last code before the next function consists of.
struct Known {
    functions: Vec<Function>,
    runs: Vec<Run>,
    window: VecDeque<usize>,
    bytes: usize,
}

impl Known {
    #[allow(clippy::cast_precision_loss, reason = "lengths of functions")]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is between 0 and 4096")]
    fn new(bodies: &[&[u8]]) -> Self {
        let mut functions: Vec<Function> = bodies
            .iter()
            .map(|body| {
                // To the power of three quarters; roots are the same on every machine.
                let root = (body.len() as f64).sqrt();
                Function {
                    runs: Vec::new(),
                    bytes: body.len(),
                    measure: root * root.sqrt() + SMALL,
                    known: 0,
                    placed: false,
                }
            })
            .collect();
        let mut found: Vec<(u64, usize)> = Vec::new();
        for (position, body) in bodies.iter().enumerate() {
            let runs = body.windows(RUN).map(|run| run.iter().fold(0, |key, byte| key << 8 | u64::from(*byte)));
            found.extend(runs.map(|run| (run, position)));
        }
        found.sort_unstable();
        found.dedup();
        let mut runs = Vec::new();
        for same in found.chunk_by(|a, b| a.0 == b.0).filter(|same| (2..=COMMON).contains(&same.len())) {
            let sharing: Vec<usize> = same.iter().map(|(_, position)| *position).collect();
            for &position in &sharing {
                if let Some(function) = functions.get_mut(position) {
                    function.runs.push(runs.len());
                }
            }
            let weight = (WEIGHT / (sharing.len() as f64).sqrt()) as u64;
            runs.push(Run { functions: sharing, weight, present: 0 });
        }
        Self { functions, runs, window: VecDeque::new(), bytes: 0 }
    }

    fn waits(&self, position: usize) -> bool {
        self.functions.get(position).is_some_and(|function| !function.placed)
    }

    /// The function that waits of which most is known, for its length; none when nothing is known of any.
    #[allow(clippy::cast_precision_loss, reason = "sums of weights, compared")]
    fn best(&self) -> Option<usize> {
        let mut best = (0.0, None);
        for (position, function) in self.functions.iter().enumerate() {
            let known = function.known as f64 / function.measure;
            if !function.placed && known > best.0 {
                best = (known, Some(position));
            }
        }
        best.1
    }

    /// Puts a function at the end of the window, which forgets what is too far back.
    fn take(&mut self, position: usize) {
        let Some(function) = self.functions.get_mut(position) else { return };
        function.placed = true;
        self.bytes += function.bytes;
        self.window.push_back(position);
        self.change(position, true);
        while self.bytes > WINDOW && self.window.len() > 1 {
            let Some(oldest) = self.window.pop_front() else { return };
            self.bytes -= self.functions.get(oldest).map_or(0, |function| function.bytes);
            self.change(oldest, false);
        }
    }

    /// Counts the runs of a function that enters or leaves the window.
    fn change(&mut self, position: usize, enters: bool) {
        let Self { functions, runs, .. } = self;
        let own = functions.get(position).map(|function| function.runs.clone()).unwrap_or_default();
        for run in own {
            let Some(run) = runs.get_mut(run) else { continue };
            let before = run.present;
            run.present = if enters { before + 1 } else { before.saturating_sub(1) };
            if (before == 0) == (run.present == 0) {
                continue;
            }
            for &sharing in &run.functions {
                if let Some(function) = functions.get_mut(sharing) {
                    function.known =
                        if enters { function.known + run.weight } else { function.known.saturating_sub(run.weight) };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_functions_come_beside_each_other_and_each_once() {
        let bodies: Vec<Vec<u8>> = (0..12_u8)
            .map(|position| (0..40).map(|byte| byte * 5 + position % 3 * 7).chain([position]).collect())
            .collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let order = neighbours(&bodies, &[5]);
        assert_eq!(order.first(), Some(&5));
        let kinds: Vec<usize> = order.iter().map(|position| position % 3).collect();
        assert_eq!(kinds.chunk_by(|a, b| a == b).map(<[usize]>::len).collect::<Vec<_>>(), [4, 4, 4]);
        let mut each = order;
        each.sort_unstable();
        assert_eq!(each, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn functions_unlike_all_others_come_by_their_length() {
        let bodies: [&[u8]; 3] = [b"short", b"the longest of them", b"rather long"];
        assert_eq!(neighbours(&bodies, &[]), [1, 2, 0]);
    }
}
