//! A finished message of a template, made in the scope of whoever asks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    Template, TemplateVersion,
    problem::{self, NO_TEXT},
    render::{self, Sources, With},
    values::{self, Collected, Occasion},
    version::Partials,
};
use crate::{
    About, Code, Context, Get, Id, Language, Query, Ref, Result, TimeZone, Timestamp,
    sales::{Contact, Lead},
};

/// Who and what a caller names. Error: `record.not_found`.
pub(super) async fn occasion(
    cx: &mut Context<'_>,
    about: Option<&About>,
    contact: Option<&Ref<Contact>>,
    lead: Option<&Ref<Lead>>,
) -> Result<Occasion> {
    let contact = match contact {
        Some(contact) => Some(Get::of(contact.clone()).run(cx).await?.record.id),
        None => None,
    };
    let lead = match lead {
        Some(lead) => Some(Get::of(lead.clone()).run(cx).await?.record.id),
        None => None,
    };
    Ok(Occasion { about: about.cloned(), contact, lead })
}

/// A message of a template's published version, for a host to use: `template.render`. Mails are made by `mail.plan`, with their links for
/// unsubscribing; here these are missing.
///
/// Errors: `record.not_found`, `template.not_published`, `template.archived`, `template.variable_missing`, `template.value`,
/// `template.link`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Render {
    /// The template.
    pub template: Ref<Template>,
    /// The record that the message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The contact to whom it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
    /// The lead to whom it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
    /// The language; that of the person unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Language>,
    /// Values of the template's variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
}

/// A message that a template made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TemplateMessage")]
pub struct Message {
    /// The version of which it was made.
    pub template_version: Id<TemplateVersion>,
    /// The language of the text.
    pub locale: Language,
    /// The subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Query for Render {
    const VERB: &'static str = "render";
    const ERRORS: &'static [Code] = &[
        problem::NOT_PUBLISHED,
        problem::ARCHIVED,
        problem::NO_TEXT,
        problem::VARIABLE_MISSING,
        problem::VALUE,
        problem::LINK,
        problem::FUEL,
        problem::TOO_LARGE,
        problem::NO_ENGINE,
    ];
    type Of = Template;
    type Output = Message;

    async fn run(&self, cx: &mut Context<'_>) -> Result<Message> {
        let template = Get::of(self.template.clone()).run(cx).await?.record;
        template.must_be_unarchived()?;
        let version = TemplateVersion::published(cx, &template).await?;
        let occasion = occasion(cx, self.about.as_ref(), self.contact.as_ref(), self.lead.as_ref()).await?;
        let collected = version.collect(cx, &occasion, &self.values).await?;
        let partials = Partials::load(cx, &version.partials).await?;
        let wanted: Vec<Language> = self.locale.clone().into_iter().chain(collected.languages).collect();
        version.message(&partials, &wanted, collected.values, (collected.time_zone, cx.now()))
    }
}

/// The values with the day on which a message is made.
pub(super) fn with_today(mut values: Map<String, Json>, now: Timestamp, zone: TimeZone) -> Map<String, Json> {
    values.insert("today".to_owned(), now.date_in(zone.zone()).to_string().into());
    values
}

impl TemplateVersion {
    /// Reads what it reads. Errors: as [`values::collect`].
    pub(super) async fn collect(
        &self,
        cx: &mut Context<'_>,
        occasion: &Occasion,
        given: &Map<String, Json>,
    ) -> Result<Collected> {
        values::collect(cx, (self.about_kind.as_deref(), &self.reads, &self.variables), occasion, given).await
    }

    /// Something of its text in the first of these languages that it has. Error: `template.no_text`.
    pub(super) fn in_language<T>(
        &self,
        partials: &Partials,
        wanted: &[Language],
        then: impl FnOnce(&Language, Sources<'_>) -> Result<T>,
    ) -> Result<T> {
        let no_text = || NO_TEXT.with("part", "text").with("locale", &self.default_locale);
        let text = self.text_in(wanted).ok_or_else(no_text)?;
        let included = partials.texts_in(&[text.locale.clone(), self.default_locale.clone()]);
        then(&text.locale, Sources { text, partials: &included })
    }

    /// A message of it. Errors: `template.variable_missing`, `template.value`, `template.link`, `template.fuel`, `template.too_large`.
    fn message(
        &self,
        partials: &Partials,
        wanted: &[Language],
        values: Map<String, Json>,
        (zone, now): (TimeZone, Timestamp),
    ) -> Result<Message> {
        self.in_language(partials, wanted, |locale, sources| {
            let values = with_today(values, now, zone);
            let rendered = render::rendered(&sources, &With { values: &values, locale, zone: zone.zone() })?;
            Ok(Message {
                template_version: self.id,
                locale: locale.clone(),
                subject: Some(rendered.subject).filter(|subject| !subject.is_empty()),
                html: rendered.html,
                text: rendered.text,
            })
        })
    }
}
