//! What operations answer: texts of JSON, or rows that become JSON when the answer is written.

use std::{any::Any, collections::BTreeMap};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{
    context::{Context, conceal},
    error::Result,
    output::{Output, concealed, text_of},
    record::{Record, RecordDef, Row, corrupt, write_name},
};

/// Related records by relation and id.
pub(crate) type Related = BTreeMap<String, BTreeMap<String, Json>>;

/// What an operation answers by its name.
pub enum Answer {
    /// A text of JSON.
    Text(String),
    /// A text of JSON, as it was answered before.
    Again(String),
    /// A record, with related ones when there are any.
    Record(&'static RecordDef, Row, Related),
    /// A record, and whether it is new.
    Upserted(&'static RecordDef, Row, bool),
    /// A page of records: where the next starts, and the related ones.
    Page(&'static RecordDef, Vec<Row>, Option<String>, Related),
}

impl Answer {
    /// A document.
    pub fn of(output: &impl Serialize) -> Result<Self> {
        text_of(output).map(Self::Text)
    }

    /// What an operation of a kind's own gives; a record of the kind is written as it is stored.
    pub(crate) fn output<R: Record, T: Serialize + 'static>(output: T) -> Result<Self> {
        match (&output as &dyn Any).downcast_ref::<R>() {
            Some(record) => Ok(Self::record(R::def(), record.to_row())),
            None => Self::of(&output),
        }
    }

    /// A record alone.
    pub fn record(def: &'static RecordDef, row: Row) -> Self {
        Self::Record(def, row, Related::new())
    }

    /// The record of a kind that a shared operation answers.
    pub fn into_record<R: Record>(self) -> Result<R> {
        match self {
            Self::Record(_, row, _) | Self::Upserted(_, row, _) => R::from_row(row),
            other => other.into_document(),
        }
    }

    /// The document that a shared operation answers.
    pub fn into_document<T: DeserializeOwned>(self) -> Result<T> {
        serde_json::from_str(&self.text()?).map_err(|problem| corrupt("output", problem))
    }

    /// Appends it as JSON. Error: `store.corrupt`.
    pub(crate) fn write(&self, out: &mut String) -> Result<()> {
        match self {
            Self::Text(text) | Self::Again(text) => out.push_str(text),
            Self::Record(def, row, related) => {
                def.write_json(row, &[], out)?;
                if !related.is_empty() {
                    out.pop();
                    write_entry(out, "related", related)?;
                    out.push('}');
                }
            }
            Self::Upserted(def, row, created) => {
                out.push('{');
                write_entry(out, "created", created)?;
                write_name(out, "record");
                def.write_json(row, &[], out)?;
                out.push('}');
            }
            Self::Page(def, rows, next, related) => {
                out.push_str("{\"items\":[");
                for (position, row) in rows.iter().enumerate() {
                    if position > 0 {
                        out.push(',');
                    }
                    def.write_json(row, &[], out)?;
                }
                out.push(']');
                if let Some(next) = next {
                    write_entry(out, "next", next)?;
                }
                if !related.is_empty() {
                    write_entry(out, "related", related)?;
                }
                out.push('}');
            }
        }
        Ok(())
    }

    /// It as a document.
    pub(crate) fn json(self) -> Result<Json> {
        self.into_document()
    }

    /// It as a text.
    pub(crate) fn text(&self) -> Result<String> {
        let mut text = String::new();
        self.write(&mut text)?;
        Ok(text)
    }
}

fn write(out: &mut String, value: &impl Serialize) -> Result<()> {
    out.push_str(&text_of(value)?);
    Ok(())
}

fn write_entry(out: &mut String, name: &str, value: &impl Serialize) -> Result<()> {
    write_name(out, name);
    write(out, value)
}

impl Output for Answer {
    fn shown(self, cx: &Context<'_>) -> Result<Self> {
        Ok(match self {
            Self::Text(text) => {
                let hidden = cx.hidden_of_touched()?;
                if hidden.is_empty() {
                    return Ok(Self::Text(text));
                }
                let json = serde_json::from_str(&text).map_err(|problem| corrupt("output", problem))?;
                Self::Text(concealed(json, &hidden).to_string())
            }
            Self::Record(def, row, related) => Self::Record(def, conceal(def, row, &cx.hidden(def)?), related),
            Self::Upserted(def, row, created) => Self::Upserted(def, conceal(def, row, &cx.hidden(def)?), created),
            // A question shows nothing that is hidden.
            other @ (Self::Page(..) | Self::Again(_)) => other,
        })
    }
    fn to_text(&self) -> Result<String> {
        self.text()
    }
    fn of_text(text: String) -> Result<Self> {
        Ok(Self::Again(text))
    }
}

/// The answers of a batch, each to its own operation.
pub(crate) struct Answers(pub(crate) Vec<Answer>);

impl Answers {
    /// All as documents.
    pub(crate) fn json(self) -> Result<Vec<Json>> {
        self.0.into_iter().map(Answer::json).collect()
    }
}

impl Output for Answers {
    fn shown(self, cx: &Context<'_>) -> Result<Self> {
        self.0.into_iter().map(|answer| answer.shown(cx)).collect::<Result<_>>().map(Self)
    }
    fn to_text(&self) -> Result<String> {
        let mut text = String::from("[");
        for (position, answer) in self.0.iter().enumerate() {
            if position > 0 {
                text.push(',');
            }
            answer.write(&mut text)?;
        }
        text.push(']');
        Ok(text)
    }
    fn of_text(text: String) -> Result<Self> {
        let documents: Vec<Json> =
            serde_json::from_str(&text).map_err(|problem| corrupt("idempotency record", problem))?;
        Ok(Self(documents.into_iter().map(|document| Answer::Again(document.to_string())).collect()))
    }
}
