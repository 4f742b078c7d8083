//! Comparisons with a value that lapses.

use serde_json::Value as Json;

use crate::{
    filter::{Comparison, Op, Predicate},
    record::Lapse,
    value::{Timestamp, Value},
};

impl Lapse {
    /// The rows whose value has lapsed by now.
    pub(crate) fn lapsed(&self, now: Timestamp) -> Predicate {
        let from = Predicate::Compare(self.column, Comparison::Eq, Value::Text(self.from.to_owned()));
        from.and(Predicate::Compare(self.at, Comparison::Le, Value::Time(now)))
    }
    /// The rows that read the value into which it lapses.
    pub(crate) fn over(&self, now: Timestamp) -> Predicate {
        let written = Predicate::Compare(self.column, Comparison::Eq, Value::Text(self.to.to_owned()));
        Predicate::Or(vec![written, self.lapsed(now)])
    }
    /// The rows whose value has not lapsed; known of each row.
    fn not_lapsed(&self, now: Timestamp) -> Predicate {
        Predicate::Or(vec![
            Predicate::Compare(self.column, Comparison::Ne, Value::Text(self.from.to_owned())),
            Predicate::IsNull(self.at),
            Predicate::Compare(self.at, Comparison::Gt, Value::Time(now)),
        ])
    }
    /// The rows that read neither.
    pub(crate) fn not_over(&self, now: Timestamp) -> Predicate {
        let written = Predicate::Compare(self.column, Comparison::Ne, Value::Text(self.to.to_owned()));
        written.and(self.not_lapsed(now))
    }
    /// What is asked of the value as it reads by now, where `stored` is the same of the value as it is stored.
    pub(super) fn compared(&self, now: Timestamp, stored: Predicate, op: Op, asked: &Json) -> Predicate {
        let is = |json: &Json| json.as_str() == Some(self.to);
        let among = || asked.as_array().is_some_and(|values| values.iter().any(is));
        let of_lapsed = match op {
            Op::Eq => is(asked),
            Op::Ne => !is(asked),
            Op::In => among(),
            Op::NotIn => !among(),
            Op::IsNull => asked == &Json::Bool(false),
            _ => return stored,
        };
        let stored = stored.and(self.not_lapsed(now));
        if of_lapsed { Predicate::Or(vec![stored, self.lapsed(now)]) } else { stored }
    }
}
