//! Learning a scorecard of leads: a question, so that nobody waits for it, whose answer is rules like any other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    super::explained::{Explained, Explanation, RULES},
    examples::{Example, Examples, examples},
    features::{Cell, Feature, features},
    fit::{FOLDS, Learned, alone, learn},
    lines::{Line, lines},
    logistic::Row,
    measures::{Calibration, Measures},
};
use crate::{
    Action, Code, Context, Filter, Query, Record, Result, closed_enum,
    kernel::error::codes,
    sales::lead::{ScoreRule, Scorecard},
    values::canonical,
};

/// Too little is decided.
pub const TOO_FEW_OUTCOMES: Code = Code::rule(
    "model.too_few_outcomes",
    "Of {decided} decided leads {won} were converted; a card is learned from 100 decided ones, with 25 of each outcome. Score by rules until \
     then.",
);
/// The fields say nothing.
pub const NO_SIGNAL: Code = Code::rule(
    "model.no_signal",
    "What was known of the leads does not say which of them were converted: an area of {auc} where 0.5 is chance. Score by rules.",
);
/// The probabilities are not true.
pub const NOT_CALIBRATED: Code = Code::rule(
    "model.not_calibrated",
    "The card ranks, but its probabilities miss by {error} on average, more than chance makes of so few; score by rules.",
);
/// The field may not be learned from.
pub const FIELD_FORBIDDEN: Code = Code::invalid(
    "model.field_forbidden",
    "{name} is nothing to learn from: it is personal, decided with the outcome, or unknown; name a field that was known before.",
);

/// So many leads have to be decided.
const LEAST_DECIDED: usize = 100;
/// So many of each outcome.
const LEAST_EACH: usize = 25;
/// The horizon unless said, in days.
const HORIZON: u32 = 90;
/// A field that ranks so well by itself was written with the outcome.
const TOO_GOOD: f64 = 0.78;
/// So many lines a card has at most.
const MOST_LINES: usize = 400;

closed_enum! {
    /// Why a field was left out.
    pub enum LeftOut {
        /// It was changed with the conversion, or after it.
        WrittenWithTheOutcome = "written_with_the_outcome",
        /// By itself it says the outcome too well; it counts where `include` names it.
        SaysTheOutcome = "says_the_outcome",
        /// It says the same of nearly everybody.
        SaysNothing = "says_nothing",
    }
}

/// A field that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LearnedField {
    /// Its path, as filters name it.
    pub field: String,
    /// How many lines of the card are of it.
    pub lines: usize,
    /// How well it ranks by itself; 0.5 is chance.
    pub alone: f64,
    /// Why it was left out; absent where it counts.
    pub left_out: Option<LeftOut>,
}

/// A card that was learned. To use it, give `rules` and `calibration` to `scorecard.create` with `active`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrainedScorecard {
    /// The rules: the first one holds for every lead, so that the middle lead has 50 points and one of ten has 75.
    pub rules: Vec<ScoreRule>,
    /// What makes probabilities of the points.
    pub calibration: Calibration,
    /// How good it is on leads that it did not learn from.
    pub measures: Measures,
    /// How many leads were decided.
    pub decided: usize,
    /// How many of them were converted within the horizon.
    pub converted: usize,
    /// How many leads were left out because a person was erased from their history.
    pub erased: usize,
    /// The fields that were looked at, the best first.
    pub fields: Vec<LearnedField>,
    /// SHA-256 of rules and calibration: the same history has the same on every storage and platform.
    pub digest: String,
}

/// Learns a scorecard of the tenant's own leads: `scorecard.train`. It is a question and changes nothing; the card counts when
/// `scorecard.create` makes it.
///
/// An example is a lead as the ledger has it at a moment while it was open, and whether it was converted within the horizon; what was
/// written later does not count. Whoever may make scorecards may ask. Errors: `model.too_few_outcomes`, `model.no_signal`,
/// `model.not_calibrated`, `model.field_forbidden`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Train {
    /// Within how many days a conversion counts; 90 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub horizon_days: Option<u32>,
    /// Fields that count although they say the outcome too well by themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub include: Vec<String>,
    /// Fields that do not count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub exclude: Vec<String>,
}

impl Query for Train {
    const VERB: &'static str = "train";
    const ERRORS: &'static [Code] = &[TOO_FEW_OUTCOMES, NO_SIGNAL, NOT_CALIBRATED, FIELD_FORBIDDEN];
    type Of = Scorecard;
    type Output = Explained<TrainedScorecard>;
    fn check(&self) -> Result<()> {
        let bad = |field, problem| Err(codes::FIELD_INVALID.with("field", field).with("problem", problem));
        match self.horizon_days {
            Some(days) if !(1..=3_650).contains(&days) => bad("horizon_days", "give 1 to 3,650 days"),
            _ if self.include.len() > 100 => bad("include", "give at most 100 fields"),
            _ if self.exclude.len() > 100 => bad("exclude", "give at most 100 fields"),
            _ => Ok(()),
        }
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<TrainedScorecard>> {
        // It looks at every lead of the tenant, whoever sees them.
        cx.authorize_kind(Scorecard::def(), Action::Create)?;
        let horizon_days = self.horizon_days.unwrap_or(HORIZON);
        let found = examples(cx, horizon_days).await?;
        if found.decided < LEAST_DECIDED || found.won < LEAST_EACH || found.decided - found.won < LEAST_EACH {
            return Err(TOO_FEW_OUTCOMES.with("decided", found.decided).with("won", found.won));
        }
        let signals = found.signals().into_iter();
        let features = features(cx, &self.include, &self.exclude, signals).await?;
        let (card, fields, lines) = card(&found, &features, &self.include, horizon_days);
        pass(&card.measures, found.decided, found.won)?;
        let rules = rules(&card, &lines);
        let digest = digest(&rules, &card.calibration);
        let known = u32::try_from(fields.iter().filter(|field| field.left_out.is_none()).count()).unwrap_or(u32::MAX);
        let all = u32::try_from(fields.len()).unwrap_or(u32::MAX);
        let reasons = fields.iter().take(10).map(|field| {
            let text = match field.left_out {
                None => format!("{} ranks with {:.3} by itself", field.field, field.alone),
                Some(why) => format!("{} was left out: {}", field.field, why.as_str().replace('_', " ")),
            };
            Explanation::new("model.field", text)
        });
        let reasons = reasons.collect();
        let trained = TrainedScorecard {
            rules,
            calibration: card.calibration,
            measures: card.measures,
            decided: found.decided,
            converted: found.won,
            erased: found.erased,
            fields,
            digest,
        };
        Explained::now(cx, trained, reasons, RULES, [known, all]).await
    }
}

/// Learns from examples: the card, the fields that were looked at, and the lines in the order of its points.
fn card(
    found: &Examples,
    features: &[Feature],
    include: &[String],
    horizon_days: u32,
) -> (Learned, Vec<LearnedField>, Vec<Line>) {
    let fold: Vec<usize> = found.all.iter().map(|example| example.lead % FOLDS).collect();
    let (mut fields, mut kept): (Vec<LearnedField>, Vec<Line>) = (Vec::new(), Vec::new());
    let mut cells: Vec<Vec<Cell>> = Vec::with_capacity(features.len());
    for (place, feature) in features.iter().enumerate() {
        let own: Vec<Cell> = found.all.iter().map(|example| feature.cell(&example.fields)).collect();
        let judged: Vec<(&Cell, f64, bool)> =
            own.iter().zip(&found.all).map(|(cell, example)| (cell, example.weight, example.won)).collect();
        let alone = alone(&judged, &fold);
        let of_leads: Vec<(usize, &Cell)> =
            own.iter().zip(&found.all).map(|(cell, example): (&Cell, &Example)| (example.lead, cell)).collect();
        let lines = lines(place, feature, &of_leads);
        let named = include.contains(&feature.path);
        let column = feature.path.split('.').next().unwrap_or_default();
        // Fields of the tenant are kept in one column: what was changed of it does not say which.
        let changed = found.changed.get(column).filter(|_| column == feature.path);
        let late = changed.is_some_and(|[all, late]| u64::from(*late) * 20 > u64::from(*all));
        let left_out = match () {
            () if lines.is_empty() => Some(LeftOut::SaysNothing),
            () if late && !named => Some(LeftOut::WrittenWithTheOutcome),
            () if alone > TOO_GOOD && !named => Some(LeftOut::SaysTheOutcome),
            () => None,
        };
        let count = if left_out.is_none() { lines.len() } else { 0 };
        fields.push(LearnedField { field: feature.path.clone(), lines: count, alone, left_out });
        if left_out.is_none() && kept.len() + lines.len() <= MOST_LINES {
            kept.extend(lines);
        }
        cells.push(own);
    }
    let rows: Vec<Row> = found
        .all
        .iter()
        .enumerate()
        .map(|(number, example)| {
            let holds = |line: &Line| {
                cells.get(line.feature).and_then(|of| of.get(number)).is_some_and(|cell| line.holds(cell))
            };
            let lines = kept.iter().enumerate().filter(|(_, line)| holds(line)).map(|(place, _)| place).collect();
            Row { lines, weight: example.weight, won: example.won }
        })
        .collect();
    fields.sort_by(|one, other| other.alone.total_cmp(&one.alone).then(one.field.cmp(&other.field)));
    let learned = learn(&rows, &fold, kept.len(), horizon_days);
    (learned, fields, kept)
}

/// Whether a card is good enough to be shown. Errors: `model.no_signal`, `model.not_calibrated`.
#[allow(clippy::cast_precision_loss)]
fn pass(measures: &Measures, decided: usize, won: usize) -> Result<()> {
    let says = measures.auc - 2.0 * measures.auc_error > 0.55 && measures.log_loss < 0.99 * measures.base_log_loss;
    if !says {
        return Err(NO_SIGNAL.with("auc", format!("{:.3}", measures.auc)));
    }
    // What ten groups of so few miss by chance is no fault of the card.
    let (all, share) = (decided as f64, won as f64 / decided as f64);
    let chance = 0.8 * libm::sqrt(10.0 * share * (1.0 - share) / all);
    if measures.calibration_error > 0.05 + chance {
        return Err(NOT_CALIBRATED.with("error", format!("{:.3}", measures.calibration_error)));
    }
    Ok(())
}

/// The rules of a card; a line without points is none.
fn rules(card: &Learned, lines: &[Line]) -> Vec<ScoreRule> {
    let base = ScoreRule {
        filter: Filter::everything(),
        points: card.points.base.clamp(-100, 100),
        reason: "every lead".to_owned(),
    };
    let own = lines.iter().zip(&card.points.lines).map(|(line, points)| ScoreRule {
        filter: line.filter.clone(),
        points: *points,
        reason: line.reason.clone(),
    });
    [base].into_iter().chain(own).filter(|rule| rule.points != 0).collect()
}

fn digest(rules: &[ScoreRule], calibration: &Calibration) -> String {
    let json = serde_json::json!({"rules": rules, "calibration": calibration});
    let hash = Sha256::digest(canonical(&json).as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value as Json, json};

    use super::*;
    use crate::intelligence::learning::features::{Fields, Holds};

    /// Columns that were written after the outcome, the number of a lead and the outcome itself.
    const LATE: &[&str] = &[
        "Prospect ID",
        "Lead Number",
        "Converted",
        "Tags",
        "Lead Quality",
        "Lead Profile",
        "Last Activity",
        "Last Notable Activity",
        "Asymmetrique Activity Index",
        "Asymmetrique Profile Index",
        "Asymmetrique Activity Score",
        "Asymmetrique Profile Score",
    ];
    const NUMBERS: &[&str] = &["TotalVisits", "Total Time Spent on Website", "Page Views Per Visit"];

    /// What is measured on public leads, where the environment names the folder that has them.
    #[test]
    fn public_leads_are_ranked_where_they_are_given() {
        let Ok(folder) = std::env::var("NEXA_DATA") else { return };
        let mut file = csv::Reader::from_path(format!("{folder}/education_leads.csv")).unwrap();
        let header: Vec<String> = file.headers().unwrap().iter().map(str::to_owned).collect();
        let (mut found, mut all) = (Examples::default(), Vec::new());
        for (lead, record) in file.records().enumerate() {
            let record = record.unwrap();
            let (mut custom, mut won) = (Map::new(), false);
            for (name, cell) in header.iter().zip(record.iter()) {
                won |= name == "Converted" && cell == "1";
                if LATE.contains(&name.as_str()) || cell.is_empty() {
                    continue;
                }
                let value =
                    if NUMBERS.contains(&name.as_str()) { json!(cell.parse::<f64>().unwrap()) } else { json!(cell) };
                custom.insert(name.clone(), value);
            }
            let fields: Fields = [("custom".to_owned(), Json::Object(custom))].into();
            all.push(Example { lead, fields, weight: 1.0, won });
        }
        (found.decided, found.won) = (all.len(), all.iter().filter(|one| one.won).count());
        found.all = all;
        let features: Vec<Feature> = header
            .iter()
            .filter(|name| !LATE.contains(&name.as_str()))
            .map(|name| Feature {
                path: format!("custom.{name}"),
                holds: if NUMBERS.contains(&name.as_str()) { Holds::Number } else { Holds::Text },
            })
            .collect();
        let (learned, fields, lines) = card(&found, &features, &[], 90);
        println!("{} leads, {} lines: {:?}", found.decided, lines.len(), learned.measures);
        println!("base {}, fields {:?}", learned.points.base, fields.iter().take(5).collect::<Vec<_>>());
        pass(&learned.measures, found.decided, found.won).unwrap();
        assert!(learned.measures.auc > 0.86, "{:?}", learned.measures);
    }
}
