//! Lines of a card from features: a value of a list, a range of a number, nothing known. Every line holds for at least ten people.

use std::collections::{BTreeMap, BTreeSet};

use super::features::{Cell, Feature, Holds};
use crate::{Filter, Op, kernel::search::fold};

/// A line holds for so many at least, so that it says nothing of one person.
const LEAST: usize = 10;
/// Into so many ranges a number is cut.
const RANGES: usize = 10;
/// So many values of a feature have a line of their own, the most frequent.
const MOST_VALUES: usize = 50;
/// A value that is longer is no value of a list.
const LONGEST: usize = 100;

/// For which cells a line holds.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Missing,
    OneOf(BTreeSet<String>),
    /// Anything but these, and not nothing.
    Other(BTreeSet<String>),
    Range(Option<f64>, Option<f64>),
    Flag(bool),
}

/// A line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) feature: usize,
    test: Test,
    pub(super) filter: Filter,
    pub(super) reason: String,
}

impl Line {
    fn new(feature: usize, of: &Feature, test: Test) -> Self {
        let path = of.path.as_str();
        let name = path.replace("custom.", "").replace("engagement.", "").replace('_', " ");
        let is = |op: Op, value: f64| Filter::compare(path, op, value);
        let whole = |number: f64| if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() };
        let (filter, reason) = match &test {
            Test::Missing => (Filter::compare(path, Op::IsNull, true), format!("{name} is not known")),
            Test::OneOf(values) => {
                let filter = match values.len() {
                    1 => Filter::compare(path, Op::Eq, values.first().cloned().unwrap_or_default()),
                    _ => Filter::compare(path, Op::In, values),
                };
                (filter, format!("{name} is {}", values.first().map(String::as_str).unwrap_or_default()))
            }
            Test::Other(values) => {
                let there = Filter::compare(path, Op::IsNull, false);
                let filter =
                    if values.is_empty() { there } else { there.and(Filter::compare(path, Op::NotIn, values)) };
                (filter, format!("{name} is something rare"))
            }
            Test::Range(Some(from), Some(to)) => {
                (is(Op::Ge, *from).and(is(Op::Lt, *to)), format!("{name} is {} to below {}", whole(*from), whole(*to)))
            }
            Test::Range(Some(from), None) => (is(Op::Ge, *from), format!("{name} is {} or more", whole(*from))),
            Test::Range(None, Some(to)) => (is(Op::Lt, *to), format!("{name} is below {}", whole(*to))),
            Test::Range(None, None) => (Filter::compare(path, Op::IsNull, false), format!("{name} is known")),
            Test::Flag(flag) => {
                (Filter::compare(path, Op::Eq, *flag), format!("{name} is {}", if *flag { "yes" } else { "no" }))
            }
        };
        let reason = reason.chars().filter(|letter| !letter.is_control()).take(200).collect();
        Self { feature, test, filter, reason }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, cell: &Cell) -> bool {
        match (&self.test, cell) {
            (Test::Missing, Cell::Missing) => true,
            (Test::OneOf(values), Cell::Text(text)) => values.contains(text),
            (Test::Other(values), Cell::Text(text)) => !values.contains(text),
            (Test::Range(from, to), Cell::Number(number)) => {
                from.is_none_or(|from| *number >= from) && to.is_none_or(|to| *number < to)
            }
            (Test::Flag(flag), Cell::Flag(value)) => flag == value,
            _ => false,
        }
    }
}

/// The lines of a feature; none where it says the same of nearly everybody. `cells` has what it says of each example, with its lead.
pub(super) fn lines(place: usize, feature: &Feature, cells: &[(usize, &Cell)]) -> Vec<Line> {
    let people = |holds: &dyn Fn(&Cell) -> bool| {
        cells.iter().filter(|(_, cell)| holds(cell)).map(|(lead, _)| *lead).collect::<BTreeSet<_>>().len()
    };
    let mut tests = Vec::new();
    // A signal that was never seen is where everybody begins.
    if feature.holds != Holds::Count {
        tests.push(Test::Missing);
    }
    match feature.holds {
        Holds::Text => texts(cells, &mut tests),
        Holds::Flag => tests.extend([Test::Flag(true), Test::Flag(false)]),
        Holds::Number | Holds::Count => numbers(cells, &mut tests),
    }
    let mut lines: Vec<Line> = tests.into_iter().map(|test| Line::new(place, feature, test)).collect();
    lines.retain(|line| people(&|cell| line.holds(cell)) >= LEAST);
    let everybody = people(&|_| true);
    if lines.len() == 1 && lines.iter().any(|line| people(&|cell| line.holds(cell)) + LEAST > everybody) {
        lines.clear();
    }
    lines
}

fn texts(cells: &[(usize, &Cell)], tests: &mut Vec<Test>) {
    // Texts that read the same are one value, in all their spellings.
    let mut groups: BTreeMap<String, (BTreeSet<String>, BTreeSet<usize>)> = BTreeMap::new();
    for (lead, cell) in cells {
        if let Cell::Text(text) = cell
            && text.len() <= LONGEST
        {
            let (spellings, leads) = groups.entry(fold(text)).or_default();
            spellings.insert(text.clone());
            leads.insert(*lead);
        }
    }
    let mut values: Vec<(BTreeSet<String>, usize)> =
        groups.into_values().map(|(spellings, leads)| (spellings, leads.len())).collect();
    values.retain(|(spellings, count)| *count >= LEAST && spellings.len() <= 20);
    values.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    values.truncate(MOST_VALUES);
    if values.is_empty() {
        return;
    }
    let known = values.iter().flat_map(|(spellings, _)| spellings.iter().cloned()).collect();
    tests.extend(values.into_iter().map(|(spellings, _)| Test::OneOf(spellings)));
    tests.push(Test::Other(known));
}

fn numbers(cells: &[(usize, &Cell)], tests: &mut Vec<Test>) {
    let mut first: BTreeMap<usize, f64> = BTreeMap::new();
    for (lead, cell) in cells {
        if let Cell::Number(number) = cell {
            // Of a number that changes the last one counts for where the ranges are cut.
            first.insert(*lead, *number);
        }
    }
    let mut sorted: Vec<f64> = first.into_values().collect();
    sorted.sort_by(f64::total_cmp);
    let zeros = sorted.iter().filter(|number| **number == 0.0).count();
    let mut cuts: Vec<f64> = Vec::new();
    if zeros >= LEAST {
        // Nothing at all is a range of its own.
        cuts.push(0.0);
        cuts.extend(sorted.iter().copied().find(|number| *number > 0.0));
    }
    let others: Vec<f64> = sorted.into_iter().filter(|number| zeros < LEAST || *number != 0.0).collect();
    for part in 1..RANGES {
        cuts.extend(others.get(others.len() * part / RANGES));
    }
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    // A cut that leaves fewer than ten between it and the one before is none.
    let mut kept: Vec<f64> = Vec::new();
    let count = |from: Option<f64>, to: Option<f64>| {
        let within = |number: &&f64| from.is_none_or(|from| **number >= from) && to.is_none_or(|to| **number < to);
        let of_zero = if from.is_none_or(|from| from <= 0.0) && to.is_none_or(|to| to > 0.0) { zeros } else { 0 };
        others.iter().filter(within).count() + if zeros < LEAST { 0 } else { of_zero }
    };
    for cut in cuts {
        if count(kept.last().copied(), Some(cut)) >= LEAST || (kept.is_empty() && cut == 0.0 && zeros >= LEAST) {
            kept.push(cut);
        }
    }
    let mut from = None;
    for cut in kept.iter().copied().map(Some).chain([None]) {
        tests.push(Test::Range(from, cut));
        from = cut;
    }
}
