//! What ran, how long it took, how it ended.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

/// How many tests a step ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests that passed.
    pub(crate) passed: u64,
    /// Tests that failed.
    pub(crate) failed: u64,
    /// Tests that were left out.
    pub(crate) skipped: u64,
}

impl Counts {
    /// Adds the counts of a line such as `3 failed, 120 passed, 2 skipped in 20.11s`, as pytest ends with.
    pub(crate) fn read_pytest(&mut self, line: &str) {
        let Some((counts, _)) = line.rsplit_once(" in ").filter(|(_, took)| took.contains('s')) else { return };
        for part in counts.trim_matches(['=', ' ']).split(", ") {
            match part.split_once(' ').map(|(number, what)| (number.parse::<u64>(), what)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed" | "error" | "errors")) => self.failed += number,
                Some((Ok(number), "skipped")) => self.skipped += number,
                _ => {}
            }
        }
    }
    /// Adds the count of a line such as `ℹ pass 57`, as the test runner of Node ends with.
    pub(crate) fn read_node(&mut self, line: &str) {
        let mut words = line.split_whitespace().skip_while(|word| ["ℹ", "#"].contains(word));
        let (Some(what), Some(Ok(number)), None) = (words.next(), words.next().map(str::parse::<u64>), words.next())
        else {
            return;
        };
        match what {
            "pass" => self.passed += number,
            "fail" | "cancelled" => self.failed += number,
            "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
    /// Adds the counts of a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    pub(crate) fn read(&mut self, line: &str) {
        let Some((_, counts)) = line.trim().strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for part in counts.split("; ") {
            match part.split_once(' ').map(|(number, what)| (number.parse::<u64>(), what)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                Some((Ok(number), "ignored")) => self.skipped += number,
                _ => {}
            }
        }
    }
}

struct Step {
    name: &'static str,
    took: Duration,
    counts: Counts,
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
    pub(crate) fn counted(&mut self, name: &'static str, work: impl FnOnce(&mut Counts) -> Result<(), String>) {
        println!("\n── {name}");
        let start = Instant::now();
        let mut counts = Counts::default();
        let problem = work(&mut counts).err();
        match &problem {
            // It failed outside its tests, as when it does not compile.
            Some(_) if counts.failed == 0 => counts.failed = 1,
            None if counts == Counts::default() => counts.passed = 1,
            _ => {}
        }
        if let Some(problem) = &problem {
            println!("{problem}");
        }
        self.steps.push(Step { name, took: start.elapsed(), counts, problem });
    }

    /// Prints the table and, last of all, the sum.
    pub(crate) fn finish(self) -> ExitCode {
        println!("\n{:<24} {:>8} {:>8} {:>8}  result", "step", "seconds", "passed", "failed");
        let mut sum = Counts::default();
        for step in &self.steps {
            let Counts { passed, failed, skipped } = step.counts;
            let result = step.problem.as_deref().unwrap_or("ok");
            println!("{:<24} {:>8.1} {passed:>8} {failed:>8}  {result}", step.name, step.took.as_secs_f64());
            sum.passed += passed;
            sum.failed += failed;
            sum.skipped += skipped;
        }
        let skipped = if sum.skipped > 0 { format!(", {} skipped", sum.skipped) } else { String::new() };
        println!("\n{} passed, {} failed{skipped}", sum.passed, sum.failed);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn the_counts_of_several_test_binaries_add_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "a line about test result: nothing",
        ] {
            counts.read(line);
        }
        assert_eq!(counts, Counts { passed: 15, failed: 2, skipped: 1 });
    }

    #[test]
    fn the_counts_of_node_are_read_however_they_are_marked() {
        let mut counts = Counts::default();
        for line in ["ℹ tests 9", "ℹ pass 7", "# fail 1", "ℹ cancelled 0", "ℹ skipped 1", "pass the salt", "ℹ suites 0"]
        {
            counts.read_node(line);
        }
        assert_eq!(counts, Counts { passed: 7, failed: 1, skipped: 1 });
    }
}
