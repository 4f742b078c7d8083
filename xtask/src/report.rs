//! What ran, how long it took, how it ended.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

/// How many tests a step ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Who runs tests, and reports them in its own words.
#[derive(Clone, Copy)]
pub(crate) enum Runner {
    Cargo,
    Node,
    Pytest,
}

impl Runner {
    /// What a line counts: `test result: ok. 12 passed; 0 failed; 1 ignored; …`, `ℹ pass 57`, or
    /// `3 failed, 120 passed, 2 skipped in 20.11s`.
    fn counted(self, line: &str) -> Vec<(&str, u64)> {
        let number_first = |part| pair(part).and_then(|(number, what)| Some((what, number.parse().ok()?)));
        match self {
            Self::Cargo => {
                let results = line.trim().strip_prefix("test result: ").and_then(|rest| rest.split_once(". "));
                results.map_or(Vec::new(), |(_, counts)| counts.split("; ").filter_map(number_first).collect())
            }
            Self::Node => {
                let marked = line.trim_start_matches(['ℹ', '#', ' ']);
                pair(marked).and_then(|(what, number)| Some((what, number.parse().ok()?))).into_iter().collect()
            }
            Self::Pytest => {
                let results = line.rsplit_once(" in ").filter(|(_, took)| took.contains('s'));
                let counts = results.map_or("", |(counts, _)| counts.trim_matches(['=', ' ']));
                counts.split(", ").filter_map(number_first).collect()
            }
        }
    }

    /// Whether the runner begins to report what failed, or ends.
    fn reports_failures(self, line: &str) -> Option<bool> {
        let (begins, ends) = match self {
            Self::Cargo => (line == "failures:", line.starts_with("test result: ")),
            Self::Node => (line == "✖ failing tests:", false),
            Self::Pytest => {
                let title = line.trim_matches(['=', ' ']);
                (title == "FAILURES" || title == "ERRORS", title == "short test summary info")
            }
        };
        (begins || ends).then_some(begins)
    }
}

/// The two words of a text that has no others.
fn pair(text: &str) -> Option<(&str, &str)> {
    text.trim().split_once(' ').filter(|(_, second)| !second.contains(' '))
}

/// How many lines about what failed are said once more at the end.
const MOST_LINES: usize = 120;

/// What came of the tests of a step.
#[derive(Default)]
pub(crate) struct Results {
    counts: Counts,
    failures: Vec<String>,
    in_failures: bool,
}

impl Results {
    /// Reads a line that the runner prints.
    pub(crate) fn read(&mut self, runner: Runner, line: &str) {
        self.in_failures = runner.reports_failures(line).unwrap_or(self.in_failures);
        if self.in_failures && self.failures.len() < MOST_LINES {
            self.failures.push(line.to_owned());
        }
        for (what, number) in runner.counted(line) {
            match what {
                "passed" | "pass" => self.counts.passed += number,
                "failed" | "fail" | "cancelled" | "error" | "errors" => self.counts.failed += number,
                "ignored" | "skipped" | "todo" => self.counts.skipped += number,
                _ => {}
            }
        }
    }
}

struct Step {
    name: &'static str,
    took: Duration,
    results: Results,
    problem: Option<String>,
}

/// The steps of a task, in order.
#[derive(Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Runs a step that counts as one test.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<(), String>) {
        self.counted(name, |_| work());
    }

    /// Runs a step that counts its own tests.
    pub(crate) fn counted(&mut self, name: &'static str, work: impl FnOnce(&mut Results) -> Result<(), String>) {
        println!("\n── {name}");
        let start = Instant::now();
        let mut results = Results::default();
        let problem = work(&mut results).err();
        match &problem {
            // It failed outside its tests, as when it does not compile.
            Some(_) if results.counts.failed == 0 => results.counts.failed = 1,
            None if results.counts == Counts::default() => results.counts.passed = 1,
            _ => {}
        }
        if let Some(problem) = &problem {
            println!("{problem}");
        }
        self.steps.push(Step { name, took: start.elapsed(), results, problem });
    }

    /// Prints what failed, the table and, last of all, the sum.
    pub(crate) fn finish(self) -> ExitCode {
        for step in self.steps.iter().filter(|step| !step.results.failures.is_empty()) {
            println!("\n── {}, what failed\n{}", step.name, step.results.failures.join("\n"));
        }
        println!("\n{:<24} {:>9} {:>8} {:>8}  result", "step", "minutes", "passed", "failed");
        let (mut sum, mut took) = (Counts::default(), Duration::ZERO);
        for step in &self.steps {
            let Counts { passed, failed, skipped } = step.results.counts;
            let result = step.problem.as_deref().unwrap_or("ok");
            println!("{:<24} {:>9} {passed:>8} {failed:>8}  {result}", step.name, minutes(step.took));
            took += step.took;
            sum.passed += passed;
            sum.failed += failed;
            sum.skipped += skipped;
        }
        println!("{:<24} {:>9} {:>8} {:>8}", "all", minutes(took), sum.passed, sum.failed);
        let skipped = if sum.skipped > 0 { format!(", {} skipped", sum.skipped) } else { String::new() };
        println!("\n{} passed, {} failed{skipped}", sum.passed, sum.failed);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Minutes and seconds, such as `2:05`.
fn minutes(took: Duration) -> String {
    let seconds = took.as_millis().div_ceil(1_000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Counts, Results, Runner, minutes};

    #[test]
    fn a_time_is_shown_in_minutes_and_begun_seconds() {
        let shown =
            [0, 1, 59_000, 59_001, 60_000, 125_000, 3_600_000].map(|millis| minutes(Duration::from_millis(millis)));
        assert_eq!(shown, ["0:00", "0:01", "0:59", "1:00", "1:00", "2:05", "60:00"]);
    }

    fn read(runner: Runner, lines: &[&str]) -> Results {
        let mut results = Results::default();
        for line in lines {
            results.read(runner, line);
        }
        results
    }

    #[test]
    fn the_counts_of_several_test_binaries_add_up_and_what_failed_is_kept() {
        let lines = [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "failures:",
            "---- tests::sum stdout ----",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "a line about test result: nothing",
        ];
        let results = read(Runner::Cargo, &lines);
        assert_eq!(results.counts, Counts { passed: 15, failed: 2, skipped: 1 });
        assert_eq!(results.failures, lines[2..4]);
    }

    #[test]
    fn the_counts_of_node_are_read_however_they_are_marked_and_what_failed_is_kept() {
        let lines = [
            "ℹ tests 9",
            "ℹ pass 7",
            "# fail 1",
            "ℹ cancelled 0",
            "ℹ skipped 1",
            "pass the salt",
            "ℹ suites 0",
            "✖ failing tests:",
            "  Expected 3",
        ];
        let results = read(Runner::Node, &lines);
        assert_eq!(results.counts, Counts { passed: 7, failed: 1, skipped: 1 });
        assert_eq!(results.failures, lines[7..]);
    }

    #[test]
    fn the_counts_of_pytest_are_read_and_what_failed_is_kept() {
        let lines = [
            "tests/test_feed.py ..F",
            "=================== FAILURES ===================",
            "E   assert 1 == 2",
            "=========== short test summary info ============",
            "==== 1 failed, 120 passed, 2 skipped in 20.11s ====",
        ];
        let results = read(Runner::Pytest, &lines);
        assert_eq!(results.counts, Counts { passed: 120, failed: 1, skipped: 2 });
        assert_eq!(results.failures, lines[1..3]);
    }
}
