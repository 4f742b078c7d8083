//! A page of a list that many indexed ranges make up, such as the open tickets of an agent's queues.
//!
//! `status IN (…) AND queue IN (…) ORDER BY priority, age LIMIT 50` over an index of all these columns: the
//! rows of one status and one queue are in order already, so one range each is read in step with the others
//! and only until the page is full. The ranges give the sort columns and ids alone; whole rows are joined
//! for the page.

use nexa_kernel::{
    filter::{Comparison, Predicate},
    record::RecordDef,
    store::Select,
    value::Value,
};

use crate::{
    load::ONE_BY_ONE,
    order::{self, Key},
    predicate::and_conditions,
    schema::unindexed_references,
    scope::{Scope, and_trash},
    text::{Bind, Text},
};

/// More ranges than this cost more than they save.
const MOST_RANGES: usize = 64;
/// Smaller limits of ranges are written as this.
const LEAST_LIMIT: usize = 64;
/// Larger ones are not written, but bound.
const MOST_LIMIT: usize = 1_024;

/// A condition that fixes a column to one or a few values.
struct Fixed<'q> {
    column: usize,
    values: Vec<&'q Value>,
    /// Where it stands among the parts of the filter.
    part: usize,
}

/// How a select is split into ranges.
pub(crate) struct Plan<'q> {
    fixed: Vec<Fixed<'q>>,
    rest: Vec<&'q Predicate>,
}

impl<'q> Plan<'q> {
    /// A plan, where an index serves one and more than one range is needed.
    pub(crate) fn of(query: &'q Select) -> Option<Self> {
        let parts = query.filter.parts();
        let fixed: Vec<Fixed<'q>> =
            parts.iter().enumerate().filter_map(|(part, predicate)| fixes(part, predicate)).collect();
        let keys = order::keys(query);
        let mut chosen: Option<Vec<&Fixed<'q>>> = None;
        let references: Vec<[usize; 1]> = unindexed_references(query.of).map(|column| [column]).collect();
        let indexes = query.of.indexes.iter().map(|index| index.columns.as_slice());
        for index in indexes.chain(references.iter().map(<[usize; 1]>::as_slice)) {
            if let Some(prefix) = prefix_of(index, query.of, &fixed, &keys)
                && chosen.as_ref().is_none_or(|best| prefix.len() > best.len())
            {
                chosen = Some(prefix);
            }
        }
        let chosen: Vec<usize> = chosen?.iter().map(|fixed| fixed.part).collect();
        let fixed: Vec<Fixed<'q>> = fixed.into_iter().filter(|fixed| chosen.contains(&fixed.part)).collect();
        let ranges = fixed.iter().try_fold(1_usize, |product, fixed| product.checked_mul(fixed.values.len()))?;
        if !(2..=MOST_RANGES).contains(&ranges) {
            return None;
        }
        let rest = parts
            .into_iter()
            .enumerate()
            .filter_map(|(part, predicate)| (!chosen.contains(&part)).then_some(predicate))
            .collect();
        Some(Self { fixed, rest })
    }

    /// Every combination of one value per fixed column.
    fn ranges(&self) -> Vec<Vec<(usize, usize)>> {
        self.fixed.iter().enumerate().fold(vec![Vec::new()], |ranges, (position, fixed)| {
            ranges
                .iter()
                .flat_map(|range: &Vec<(usize, usize)>| {
                    (0..fixed.values.len()).map(move |value| {
                        let mut range = range.clone();
                        range.push((position, value));
                        range
                    })
                })
                .collect()
        })
    }
}

fn fixes(part: usize, predicate: &Predicate) -> Option<Fixed<'_>> {
    let (column, values) = equalities(predicate)?;
    // A value that is listed twice must not give its rows twice, and a null matches nothing.
    let mut different: Vec<&Value> = Vec::with_capacity(values.len().min(MOST_RANGES));
    for value in values {
        if different.len() > MOST_RANGES {
            return None;
        }
        if !value.is_null() && !different.contains(&value) {
            different.push(value);
        }
    }
    (!different.is_empty()).then_some(Fixed { column, values: different, part })
}

/// The column and the values of an equality, a list, or alternatives of them about one column.
fn equalities(predicate: &Predicate) -> Option<(usize, Vec<&Value>)> {
    match predicate {
        Predicate::Compare(column, Comparison::Eq, value) => Some((*column, vec![value])),
        Predicate::In(column, values) => Some((*column, values.iter().collect())),
        Predicate::Or(any) => {
            let mut parts = any.iter().map(equalities);
            let (column, mut values) = parts.next()??;
            for part in parts {
                let (other, more) = part?;
                if other != column {
                    return None;
                }
                values.extend(more);
            }
            Some((column, values))
        }
        _ => None,
    }
}

/// The fixed columns that lead an index, when the columns of the order follow them.
fn prefix_of<'f, 'q>(
    index: &[usize],
    def: &RecordDef,
    fixed: &'f [Fixed<'q>],
    keys: &[Key<'q>],
) -> Option<Vec<&'f Fixed<'q>>> {
    let prefix: Vec<&Fixed<'q>> =
        index.iter().map_while(|column| fixed.iter().find(|fixed| fixed.column == *column)).collect();
    let mut following = index.iter().skip(prefix.len()).chain(std::iter::once(&def.id));
    // A column that is fixed may also be sorted by; it is then fixed within each range, not before them all.
    let sorted = keys.iter().all(|key| !key.nullable && following.next() == Some(&key.column));
    (sorted && !prefix.is_empty()).then_some(prefix)
}

/// Renders a select by its plan.
pub(crate) fn render<'q>(text: &mut Text<'q>, query: &'q Select, plan: &Plan<'q>) {
    let scope = Scope::of(query.of, query.trash);
    let keys = order::keys(query);
    let limit = text.hold(Bind::int(query.limit));
    let binds: Vec<Vec<usize>> = plan
        .fixed
        .iter()
        .map(|fixed| fixed.values.iter().map(|value| text.hold(*value)).collect::<Vec<usize>>())
        .collect();
    // The same in every range, so its binds are held once.
    let tail = text.aside(|text| {
        and_trash(text, scope, query.trash);
        and_conditions(text, scope, &plan.rest);
        order::and_after(text, scope, &keys);
    });
    text.push("SELECT ");
    text.columns(0, query.of);
    text.push(" FROM (");
    for (position, range) in plan.ranges().into_iter().enumerate() {
        if position > 0 {
            text.push(" UNION ALL ");
        }
        text.push(if text.dialect.is_postgres() { "(SELECT " } else { "SELECT " });
        for (position, key) in keys.iter().enumerate() {
            if position > 0 {
                text.push(", ");
            }
            text.column(0, query.of, key.column);
            text.push(&format!(" AS k{position}"));
        }
        text.push(" FROM ");
        text.table(query.of.table);
        text.push(" AS t0 WHERE t0.org = ");
        text.placeholder(1);
        for (fixed, value) in range {
            let (Some(column), Some(bind)) =
                (plan.fixed.get(fixed), binds.get(fixed).and_then(|binds| binds.get(value)))
            else {
                continue;
            };
            text.push(" AND ");
            text.column(0, query.of, column.column);
            text.push(" = ");
            text.placeholder(*bind);
        }
        text.push(&tail);
        if text.dialect.is_postgres() {
            order::order_by(text, &keys, |text, position, _| text.push(&format!("k{position}")));
            text.push(" LIMIT ");
            match written_limit(query.limit) {
                Some(rounded) => text.push(&rounded.to_string()),
                None => text.placeholder(limit),
            }
            text.push(")");
        }
    }
    order::order_by(text, &keys, |text, position, _| text.push(&format!("k{position}")));
    text.push(" LIMIT ");
    text.placeholder(limit);
    text.push(") AS page CROSS JOIN ");
    let postgres = text.dialect.is_postgres();
    if postgres {
        text.push("LATERAL (SELECT * FROM ");
    }
    text.table(query.of.table);
    text.push(" AS t0 WHERE t0.org = ");
    text.placeholder(1);
    text.push(" AND ");
    text.column(0, query.of, query.of.id);
    text.push(&format!(" = page.k{}", keys.len().saturating_sub(1)));
    if postgres {
        text.push(ONE_BY_ONE);
        text.push(" AS t0");
    }
    order::order_by(text, &keys, |text, position, _| text.push(&format!("page.k{position}")));
}

/// A limit of each range that PostgreSQL reads in the statement itself, rounded up so that statements stay few. Of a bind it
/// expects a tenth of the rows, thinks that dear, and plans the page anew each time.
fn written_limit(limit: usize) -> Option<usize> {
    limit.checked_next_power_of_two().map(|rounded| rounded.max(LEAST_LIMIT)).filter(|rounded| *rounded <= MOST_LIMIT)
}
