//! The most memory that a process takes which does one thing and nothing else.

use std::{fs, process::Command};

use crate::{
    Outcome,
    figure::{Figure, Target},
};

/// What work of any size may take, in bytes.
const LIMIT: f64 = 100e6;

/// Runs this program with an option that lets it do one thing with so many rows, and reads what it printed at its end, in bytes.
pub(crate) fn peak_of_own_process(option: &str, rows: usize) -> Outcome<f64> {
    let child = Command::new(std::env::current_exe()?).arg(option).arg(rows.to_string()).output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into_owned().into());
    }
    Ok(String::from_utf8(child.stdout)?.trim().parse::<f64>()? * 1024.0)
}

/// Prints the most memory that this process ever had, in KiB.
pub(crate) fn print_peak() -> Outcome<()> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
    println!("{}", peak.ok_or("the system does not say how much memory a process took")?);
    Ok(())
}

/// A line about the most memory, beside the limit.
pub(crate) fn peak_figure(measure: String, bytes: f64) -> Figure {
    Figure {
        measure,
        ours: format!("{:.0} MB", bytes / 1e6),
        baseline: format!("{:.0} MB", LIMIT / 1e6),
        ratio: Some(bytes / LIMIT),
        processor: None,
        target: Some(Target::AtMost(1.0)),
    }
}
