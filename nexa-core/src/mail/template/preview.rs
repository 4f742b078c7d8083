//! A message as it would be, to be looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    Template, TemplateText, TemplateVersion,
    message::{occasion, with_today},
    problem::{self, NO_TEXT},
    reach::LINKS,
    render::{self, Sources, With},
    version::Partials,
};
use crate::{
    About, Code, Context, Get, Language, Query, Ref, Result, closed_enum,
    sales::{Contact, Lead},
};

/// A message as it would be: `template.preview`. It changes nothing. Its links for unsubscribing lead nowhere, and what is missing stands in
/// brackets.
///
/// Errors: `record.not_found`, `template.not_published`, `template.no_text`, and those of sources such as `template.syntax`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// The template.
    pub template: Ref<Template>,
    /// Whether the version is meant that was published last, not the one that is being written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub published: bool,
    /// Texts to try instead of those of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts: Option<Vec<TemplateText>>,
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

closed_enum! {
    /// Something about a message that its readers may not like.
    pub enum Warning {
        /// The HTML is larger than 100 KB: mail programs cut it.
        LargeHtml = "large_html",
        /// An image has no text for those who do not see it.
        ImageWithoutText = "image_without_text",
        /// The subject is longer than 150 characters.
        LongSubject = "long_subject",
    }
}

/// A message as it would be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Previewed {
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
    /// Where the links lead, each once.
    pub links: Vec<String>,
    /// The values that are missing: with any of them, no message is sent.
    pub missing: Vec<String>,
    /// How large HTML and text are together, in bytes.
    pub size: usize,
    /// What its readers may not like.
    pub warnings: Vec<Warning>,
}

/// HTML that is larger is cut by mail programs, in bytes.
const LARGE: usize = 100_000;
/// A subject that is longer is cut by mail programs, in characters.
const LONG: usize = 150;

impl Query for Preview {
    const VERB: &'static str = "preview";
    const ERRORS: &'static [Code] = &[
        NO_TEXT,
        problem::NOT_PUBLISHED,
        problem::SYNTAX,
        problem::FILTER_UNKNOWN,
        problem::PARTIAL_UNKNOWN,
        problem::LINK,
        problem::VALUE,
        problem::FUEL,
        problem::TOO_LARGE,
        problem::VARIABLE_MISSING,
        problem::NO_ENGINE,
    ];
    type Of = Template;
    type Output = Previewed;

    async fn run(&self, cx: &mut Context<'_>) -> Result<Previewed> {
        let template = Get::of(self.template.clone()).run(cx).await?.record;
        let (version, partials) = template.tried(cx, self.published, self.texts.as_ref()).await?;
        let occasion = occasion(cx, self.about.as_ref(), self.contact.as_ref(), self.lead.as_ref()).await?;
        let mut collected = version.collect(cx, &occasion, &self.values).await?;
        no_links(&mut collected.values);
        let wanted: Vec<Language> = self.locale.clone().into_iter().chain(collected.languages).collect();
        let (zone, now) = (collected.time_zone, cx.now());
        version.in_language(&partials, &wanted, |locale, sources| {
            let values = with_today(collected.values, now, zone);
            let draft = render::draft(&sources, &With { values: &values, locale, zone: zone.zone() })?;
            Ok(Previewed::new(locale.clone(), draft))
        })
    }
}

/// Links with which nobody unsubscribes.
pub(super) fn no_links(values: &mut Map<String, Json>) {
    for dead in LINKS {
        values.insert(dead.to_owned(), "#".into());
    }
}

impl Template {
    /// The version that is being written, or that was published last, as something is made of it to be looked at; with these texts instead
    /// of its own. Errors: `template.not_published`, and those of sources.
    pub(super) async fn tried(
        self,
        cx: &mut Context<'_>,
        published: bool,
        texts: Option<&Vec<TemplateText>>,
    ) -> Result<(TemplateVersion, Partials)> {
        let mut version = match published {
            true => TemplateVersion::published(cx, &self).await?,
            false => TemplateVersion {
                channel: self.channel,
                default_locale: self.default_locale,
                about_kind: self.about_kind,
                texts: self.texts,
                variables: self.variables,
                partials: self.partials,
                ..TemplateVersion::default()
            },
        };
        if let Some(texts) = texts {
            version.texts.0.clone_from(texts);
        }
        let partials = Partials::load(cx, &version.partials).await?.with_theirs(cx).await?;
        version.reads.0.clear();
        for text in version.texts.iter() {
            let included = partials.texts_in(&[text.locale.clone(), version.default_locale.clone()]);
            let read = render::checked(&Sources { text, partials: &included })?;
            version.reads.0.extend(read.into_iter().map(|read| read.path));
        }
        Ok((version, partials))
    }
}

impl Previewed {
    fn new(locale: Language, draft: render::Draft) -> Self {
        let rendered = draft.rendered;
        let large = rendered.html.as_ref().is_some_and(|html| html.len() > LARGE);
        let long = rendered.subject.chars().count() > LONG;
        let warnings = [
            (large, Warning::LargeHtml),
            (draft.has_bare_image, Warning::ImageWithoutText),
            (long, Warning::LongSubject),
        ];
        Self {
            locale,
            links: draft.links,
            missing: draft.missing.into_iter().collect(),
            size: rendered.html.as_ref().map_or(0, String::len) + rendered.text.as_ref().map_or(0, String::len),
            warnings: warnings.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect(),
            subject: Some(rendered.subject).filter(|subject| !subject.is_empty()),
            html: rendered.html,
            text: rendered.text,
        }
    }
}
