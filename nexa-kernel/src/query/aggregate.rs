//! Groups and measures over the records that an actor may see.

use std::collections::{BTreeSet, HashMap};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    access::Action,
    answer::Answer,
    compile,
    context::{Behaviour, Context},
    error::{Code, Error, Result, codes},
    filter::Filter,
    input::{self, Unreadable},
    limits,
    operation::{Mode, Query},
    record::{ColumnType, Lapse, Record, RecordDef, Row},
    shared::SharedOperation,
    store::{Aggregate, Group, Measure, Trash},
    value::{Value, zone::Zone},
};

/// What to group by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The value of a field.
    Field(String),
    /// The month of a date or time field.
    Month {
        /// The field.
        field: String,
        /// The IANA time zone in which a moment's month is meant; UTC unless said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
}

/// What to measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeasureOf {
    /// The number of records.
    Count,
    /// The number of different values of a field.
    Distinct(String),
    /// The sum of a field. Sums of money are grouped by currency by themselves.
    Sum(String),
    /// The mean of a field.
    Avg(String),
    /// The least value of a field.
    Min(String),
    /// The greatest value of a field.
    Max(String),
}

/// Groups and measures: `deal.aggregate` and the like.
///
/// Errors: `filter.invalid`, `filter.too_large`, `field.unknown`, `argument.too_long`, `aggregate.too_many_groups`, `aggregate.overflow`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, bound = "")]
#[schemars(bound = "R: JsonSchema")]
pub struct AggregateOf<R> {
    /// The records to measure.
    #[serde(skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    /// The groups; one for all without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<GroupBy>,
    /// The measures.
    pub measure: Vec<MeasureOf>,
    #[serde(skip)]
    #[schemars(skip)]
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R> Default for AggregateOf<R> {
    fn default() -> Self {
        Self {
            filter: Filter::everything(),
            group_by: Vec::new(),
            measure: vec![MeasureOf::Count],
            kind: std::marker::PhantomData,
        }
    }
}

impl<R> AggregateOf<R> {
    /// These groups and measures of what matches.
    pub fn new(filter: Filter, group_by: Vec<GroupBy>, measure: Vec<MeasureOf>) -> Self {
        Self { filter, group_by, measure, kind: std::marker::PhantomData }
    }
}

/// One group: its values, then its measures, in the order in which they were asked. A currency that was added to keep sums apart
/// stands last among the groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupRow {
    /// The values of the group.
    pub group: Vec<Json>,
    /// The measures.
    pub measures: Vec<Json>,
}

/// How many groups an aggregate answers at most.
const MOST_GROUPS: usize = 10_000;

impl<R> AggregateOf<R> {
    /// Errors: `filter.too_large`, `argument.too_long`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        limits::at_most("group_by", "entries", self.group_by.len(), limits::MOST_GROUP_KEYS)?;
        limits::at_most("measure", "entries", self.measure.len(), limits::MOST_MEASURES)?;
        limits::filter(&self.filter)
    }
}

impl SharedOperation for AggregateOf<()> {
    const VERB: &'static str = "aggregate";
    const DOC: &'static str = "Groups and measures records of the kind {kind}.\n\nErrors: `filter.invalid`, `filter.too_large`, \
        `field.unknown`, `argument.too_long`, `aggregate.too_many_groups`, `aggregate.overflow`.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(_: &Behaviour) -> bool {
        true
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        Vec::new()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        Self::json_schema(generator)
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Vec<GroupRow>>()
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&cx.measured((kind.def)(), &self.filter, &self.group_by, &self.measure).await?)
    }
}

impl<R: Record> Query for AggregateOf<R> {
    const VERB: &'static str = <AggregateOf<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = Vec<GroupRow>;
    fn check(&self) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<GroupRow>> {
        cx.measured(R::def(), &self.filter, &self.group_by, &self.measure).await
    }
}

impl Context<'_> {
    /// Groups and measures of a kind, in the actor's scope. Errors: those of [`AggregateOf`].
    pub async fn measured(
        &mut self,
        of: &'static RecordDef,
        filter: &Filter,
        group_by: &[GroupBy],
        measure: &[MeasureOf],
    ) -> Result<Vec<GroupRow>> {
        let hidden = self.hidden(of)?;
        let column = |path: &str| column(of, path, &hidden);
        let mut groups = group_by.iter().map(|by| group(of, by, &hidden)).collect::<Result<Vec<_>>>()?;
        let mut measures = Vec::with_capacity(measure.len());
        for measure in measure {
            let resolved = match measure {
                MeasureOf::Count => Measure::Count,
                MeasureOf::Distinct(path) => Measure::Distinct(column(path)?),
                MeasureOf::Sum(path) => Measure::Sum(numeric(of, path, column(path)?)?),
                MeasureOf::Avg(path) => Measure::Avg(numeric(of, path, column(path)?)?),
                MeasureOf::Min(path) => Measure::Min(column(path)?),
                MeasureOf::Max(path) => Measure::Max(column(path)?),
            };
            // Sums never mix currencies.
            if let Measure::Sum(index) | Measure::Avg(index) | Measure::Min(index) | Measure::Max(index) = resolved
                && let Some(currency) = currency_of(of, index)
                && !groups.contains(&Group::Column(currency))
            {
                groups.push(Group::Column(currency));
            }
            measures.push(resolved);
        }
        let filter = self.asked_filter(of, filter).await?;
        let width = groups.len();
        let query = Aggregate { of, filter, trash: Trash::Live, groups, measures, limit: MOST_GROUPS + 1 };
        let rows = self.groups_as_they_read(query).await?;
        if rows.len() > MOST_GROUPS {
            return Err(codes::TOO_MANY_GROUPS.with("limit", MOST_GROUPS));
        }
        Ok(rows
            .into_iter()
            .map(|row| {
                let mut values = row.values().iter().map(crate::value::Value::to_json);
                let group = values.by_ref().take(width).collect();
                GroupRow { group, measures: values.collect() }
            })
            .collect())
    }
}

impl Context<'_> {
    /// Groups as their records read by now: those whose value has lapsed are asked for by themselves.
    async fn groups_as_they_read(&mut self, query: Aggregate) -> Result<Vec<Row>> {
        let Some(lapse) = query.of.lapses else { return self.groups(query).await };
        let own: Vec<(usize, Measure)> = query.measures.iter().copied().enumerate().collect();
        let own: Vec<_> = own.into_iter().filter(|(_, of)| measured_column(*of) == Some(lapse.column)).collect();
        if own.is_empty() {
            return self.groups_that_lapse(query, lapse).await;
        }
        // What is measured of the value itself is taken from its groups.
        let width = query.groups.len();
        let mut values = Aggregate { measures: vec![Measure::Count], ..query.clone() };
        values.groups.push(Group::Column(lapse.column));
        values.limit = values.limit.saturating_mul(8);
        let mut by_group: HashMap<Vec<Value>, BTreeSet<String>> = HashMap::new();
        for row in self.groups_that_lapse(values, lapse).await? {
            if let Some(value) = row.get(width).as_text() {
                let group = row.values().iter().take(width).cloned().collect();
                by_group.entry(group).or_default().insert(value.to_owned());
            }
        }
        let mut plain = query;
        for (place, _) in &own {
            if let Some(measure) = plain.measures.get_mut(*place) {
                *measure = Measure::Count;
            }
        }
        let mut rows = self.groups_that_lapse(plain, lapse).await?;
        for row in &mut rows {
            let group: Vec<Value> = row.values().iter().take(width).cloned().collect();
            let values = by_group.get(&group);
            let text = |value: Option<&String>| value.map_or(Value::Null, |text| Value::Text(text.clone()));
            for (place, measure) in &own {
                let measured = match measure {
                    Measure::Min(_) => text(values.and_then(|values| values.first())),
                    Measure::Max(_) => text(values.and_then(|values| values.last())),
                    _ => Value::Int(i64::try_from(values.map_or(0, BTreeSet::len)).unwrap_or(i64::MAX)),
                };
                row.set(width + place, measured);
            }
        }
        Ok(rows)
    }

    /// The same for measures of other columns.
    async fn groups_that_lapse(&mut self, query: Aggregate, lapse: Lapse) -> Result<Vec<Row>> {
        let asked = query.groups.clone();
        if !asked.contains(&Group::Column(lapse.column)) {
            return self.groups(query).await;
        }
        let now = self.now();
        let mut over = Aggregate { filter: query.filter.clone().and(lapse.over(now)), ..query.clone() };
        // Every time that it is asked for.
        over.groups.retain(|group| *group != Group::Column(lapse.column));
        // One group for all is there with nothing in it as well.
        over.measures.push(Measure::Count);
        let filter = query.filter.clone().and(lapse.not_over(now));
        let mut rows = self.groups(Aggregate { filter, ..query }).await?;
        for row in self.groups(over).await? {
            let mut values = row.into_values();
            if values.pop().and_then(|count| count.as_int()) != Some(0) {
                for (place, group) in asked.iter().enumerate() {
                    if *group == Group::Column(lapse.column) {
                        values.insert(place, Value::Text(lapse.to.to_owned()));
                    }
                }
                rows.push(Row::new(values));
            }
        }
        Ok(rows)
    }
}

fn column(of: &'static RecordDef, path: &str, hidden: &[&'static str]) -> Result<usize> {
    // A money field without a part means its amount.
    let amount = format!("{path}.amount");
    of.column(path)
        .or_else(|| of.column(&amount))
        .filter(|column| !compile::is_hidden(of, *column, hidden))
        .ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", of.kind).with("field", path))
}

fn group(of: &'static RecordDef, by: &GroupBy, hidden: &[&'static str]) -> Result<Group> {
    match by {
        GroupBy::Field(path) => column(of, path, hidden).map(Group::Column),
        GroupBy::Month { field, zone } => {
            let index = column(of, field, hidden)?;
            let zone = match zone {
                None => Zone::UTC,
                Some(name) => Zone::named(name).ok_or_else(|| unusable(field, format!("{name} is no time zone")))?,
            };
            match of.columns.get(index).map(|column| column.kind) {
                Some(ColumnType::Date | ColumnType::Time) => Ok(Group::Month(index, zone)),
                _ => Err(unusable(field, "it is neither a date nor a time".to_owned())),
            }
        }
    }
}

const fn measured_column(measure: Measure) -> Option<usize> {
    match measure {
        Measure::Count => None,
        Measure::Distinct(column)
        | Measure::Sum(column)
        | Measure::Avg(column)
        | Measure::Min(column)
        | Measure::Max(column) => Some(column),
    }
}

fn numeric(of: &RecordDef, path: &str, index: usize) -> Result<usize> {
    match of.columns.get(index).map(|column| column.kind) {
        Some(ColumnType::Int | ColumnType::Amount) => Ok(index),
        _ => Err(unusable(path, "it is no number".to_owned())),
    }
}

fn unusable(field: &str, problem: String) -> Error {
    codes::FILTER_INVALID.with("field", field).with("problem", problem)
}

/// The currency column of the money that this amount column belongs to.
fn currency_of(of: &RecordDef, amount: usize) -> Option<usize> {
    let path = of.columns.get(amount)?.path.strip_suffix(".amount")?;
    of.column(&format!("{path}.currency"))
}
