//! Checks sources and renders them with values. The engine is there with the feature `templates`; without it, what needs one is refused.

#[cfg(feature = "templates")]
mod check;
#[cfg(feature = "templates")]
mod engine;
#[cfg(feature = "templates")]
mod entity;
#[cfg(feature = "templates")]
mod filter;
// Quotes are printed without the engine.
#[cfg_attr(not(feature = "templates"), allow(dead_code))]
mod format;
#[cfg(feature = "templates")]
mod html;
#[cfg(feature = "templates")]
mod links;
#[cfg(feature = "templates")]
mod plain;
#[cfg(feature = "templates")]
mod reader;
#[cfg(feature = "templates")]
mod source;
#[cfg(feature = "templates")]
mod value;

pub(crate) use self::format::{Formats, When};

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::TemplateText;
use crate::{Language, Result, kernel::zone::Zone};

/// A text of a template, with the texts that it may include by their names.
pub(super) struct Sources<'t> {
    pub(super) text: &'t TemplateText,
    pub(super) partials: &'t BTreeMap<&'t str, &'t TemplateText>,
}

/// With what a text is rendered.
pub(super) struct With<'v> {
    pub(super) values: &'v Map<String, Json>,
    /// The language whose forms numbers and dates have.
    pub(super) locale: &'v Language,
    /// The zone whose clocks moments are told by.
    pub(super) zone: Zone,
}

/// Something that a text reads: a field of a record, such as `contact.first_name`, or a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) path: String,
    /// The part of the text, such as `html`, with the partial in it.
    pub(super) part: String,
    pub(super) line: usize,
}

/// A rendered message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// One line; empty where the template has none.
    pub(crate) subject: String,
    pub(crate) html: Option<String>,
    pub(crate) text: Option<String>,
}

/// A message that was rendered to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) rendered: Rendered,
    /// The names of values that are missing; in the message they stand in brackets.
    pub(super) missing: BTreeSet<String>,
    /// Where its links lead, in order, each once.
    pub(super) links: Vec<String>,
    /// Whether it has an image without a text for those who do not see it.
    pub(super) has_bare_image: bool,
}

#[cfg(feature = "templates")]
mod with_engine {
    use super::{
        BTreeSet, Draft, Read, Rendered, Result, Sources, With, check, engine::Prepared, format::Formats, links,
    };

    /// What a text reads. Errors: `template.syntax`, `template.filter_unknown`, `template.partial_unknown`, `template.link`.
    pub(in super::super) fn checked(sources: &Sources<'_>) -> Result<Vec<Read>> {
        check::reads(sources)
    }

    /// Renders a message. Errors: `template.variable_missing`, `template.value`, `template.link`, `template.fuel`,
    /// `template.too_large`.
    pub(in super::super) fn rendered(sources: &Sources<'_>, with: &With<'_>) -> Result<Rendered> {
        let prepared = Prepared::new(sources)?;
        prepared.compiled()?.render(with.values, &Formats::new(with.locale, with.zone))
    }

    /// What the HTML and the text of a text read, with what they include. Errors: as those of [`checked`].
    pub(in super::super) fn reads_of_parts(sources: &Sources<'_>) -> Result<Vec<(&'static str, BTreeSet<String>)>> {
        check::reads_of_parts(sources)
    }

    /// Renders a message to be looked at.
    pub(in super::super) fn draft(sources: &Sources<'_>, with: &With<'_>) -> Result<Draft> {
        let prepared = Prepared::new(sources)?;
        let (rendered, missing) = prepared.compiled()?.preview(with.values, &Formats::new(with.locale, with.zone))?;
        let html = rendered.html.as_deref().unwrap_or_default();
        let (links, has_bare_image) = (links::of(html), links::has_bare_image(html));
        Ok(Draft { links, has_bare_image, missing, rendered })
    }
}

#[cfg(not(feature = "templates"))]
mod with_engine {
    use super::{BTreeSet, Draft, Read, Rendered, Result, Sources, With};
    use crate::mail::template::problem::NO_ENGINE;

    pub(in super::super) fn checked(_: &Sources<'_>) -> Result<Vec<Read>> {
        Err(NO_ENGINE.error())
    }
    pub(in super::super) fn rendered(_: &Sources<'_>, _: &With<'_>) -> Result<Rendered> {
        Err(NO_ENGINE.error())
    }
    pub(in super::super) fn reads_of_parts(_: &Sources<'_>) -> Result<Vec<(&'static str, BTreeSet<String>)>> {
        Err(NO_ENGINE.error())
    }
    pub(in super::super) fn draft(_: &Sources<'_>, _: &With<'_>) -> Result<Draft> {
        Err(NO_ENGINE.error())
    }
}

pub(super) use with_engine::{checked, draft, reads_of_parts, rendered};
