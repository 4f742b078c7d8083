//! A template is published, archived and brought back.

use std::collections::BTreeSet;

use super::{
    Channel, Template, TemplatePartial, TemplateText, TemplateVersion, marketing,
    problem::{
        ARCHIVED, CIRCLE, FILTER_UNKNOWN, LINK, NO_ADDRESS, NO_ENGINE, NO_TEXT, NO_UNSUBSCRIBE, NOT_ARCHIVED,
        PARTIAL_UNKNOWN, SYNTAX, VARIABLE_UNKNOWN,
    },
    reach::Reach,
    render::{self, Sources},
    version::Partials,
};
use crate::{Apply, Command, Context, Document, Id, Language, Moment, Ref, Result, command};

/// Publishes a template as it is now: a version that never changes. What was published before stays as it is.
///
/// Errors: `template.syntax`, `template.variable_unknown`, `template.filter_unknown`, `template.partial_unknown`, `template.link`,
/// `template.circle`, `template.no_text`; for a topic of marketing `template.no_unsubscribe`, `template.no_address`.
#[command(
    "publish",
    on = Template,
    guard = Template::must_be_unarchived,
    errors(
        ARCHIVED, NO_TEXT, CIRCLE, SYNTAX, VARIABLE_UNKNOWN, FILTER_UNKNOWN, PARTIAL_UNKNOWN, LINK, NO_UNSUBSCRIBE, NO_ADDRESS,
        NO_ENGINE
    )
)]
pub struct Publish {
    /// The template.
    pub template: Ref<Template>,
}

impl Command for Publish {
    type Output = TemplateVersion;
    async fn run(&self, mut template: Template, cx: &mut Context<'_>) -> Result<TemplateVersion> {
        for text in template.texts.iter() {
            must_be_whole(template.channel, text)?;
        }
        if !template.texts.iter().any(|text| text.locale == template.default_locale) {
            return Err(no_text("text", &template.default_locale));
        }
        let partials = all_partials(cx, &template).await?;
        let included = Partials::load(cx, &partials).await?;
        let reads = reads(cx, &template, &included).await?;
        if let Some(topic) = template.topic
            && cx.unrestricted().load(topic).await?.is_marketing()
        {
            for text in template.texts.iter() {
                let included = included.texts_in(&[text.locale.clone(), template.default_locale.clone()]);
                marketing::must_be_complete(&Sources { text, partials: &included })?;
            }
        }
        let number = template.published.unwrap_or_default() + 1;
        template.published = Some(number);
        let template = cx.save(template).await?;
        cx.insert(TemplateVersion {
            template: template.id,
            number,
            channel: template.channel,
            about_kind: template.about_kind,
            topic: template.topic,
            default_locale: template.default_locale,
            texts: template.texts,
            variables: template.variables,
            partials: Document(partials),
            reads: Document(reads.into_iter().collect()),
            publisher: cx.actor().user().map(Id::new),
            ..TemplateVersion::default()
        })
        .await
    }
}

fn no_text(part: &str, locale: &Language) -> crate::Error {
    NO_TEXT.with("part", part.to_owned()).with("locale", locale)
}

/// Error: `template.no_text`.
fn must_be_whole(channel: Channel, text: &TemplateText) -> Result<()> {
    let missing = match channel {
        Channel::Email if text.subject.is_none() => "subject",
        Channel::Email if text.html.is_none() && text.text.is_none() => "html",
        Channel::Text | Channel::Notification | Channel::Note if text.text.is_none() => "text",
        _ => return Ok(()),
    };
    Err(no_text(missing, &text.locale))
}

/// The versions that a template includes, and those that these include. Error: `template.circle`.
async fn all_partials(cx: &mut Context<'_>, template: &Template) -> Result<Vec<TemplatePartial>> {
    let mut all = template.partials.0.clone();
    for (name, version) in Partials::load(cx, &template.partials).await?.iter() {
        let within = Partials::load(cx, &version.partials).await?;
        let contained = within.iter().map(|(_, version)| version.template).chain([version.template]);
        if contained.into_iter().any(|contained| contained == template.id) {
            return Err(CIRCLE.with("partial", name.to_owned()));
        }
        for partial in version.partials.iter() {
            match all.iter().find(|known| known.name == partial.name) {
                None => all.push(partial.clone()),
                Some(known) if known.version == partial.version => {}
                Some(_) => {
                    let problem = format!("name it otherwise: {name} includes another version as {}", partial.name);
                    return Err(super::invalid("partials", problem));
                }
            }
        }
    }
    Ok(all)
}

/// What the texts read, all of it known. Errors: those of sources.
async fn reads(cx: &mut Context<'_>, template: &Template, partials: &Partials) -> Result<BTreeSet<String>> {
    let reach = Reach::of(cx, template.about_kind.as_deref(), &template.variables).await?;
    let mut reads = BTreeSet::new();
    for text in template.texts.iter() {
        let included = partials.texts_in(&[text.locale.clone(), template.default_locale.clone()]);
        for read in render::checked(&Sources { text, partials: &included })? {
            reach.check(&read)?;
            reads.insert(read.path);
        }
    }
    Ok(reads)
}

/// Archives a template: it makes no new messages. Those that it made stay as they are.
#[command("archive", on = Template, guard = Template::must_be_unarchived, errors(ARCHIVED))]
pub struct Archive {
    /// The template.
    pub template: Ref<Template>,
}

impl Apply for Archive {
    fn apply(&self, template: &mut Template, at: &Moment<'_>) -> Result<()> {
        template.archived_at = Some(at.now);
        Ok(())
    }
}

/// Brings an archived template back.
#[command("unarchive", on = Template, guard = Template::must_be_archived, errors(NOT_ARCHIVED))]
pub struct Unarchive {
    /// The template.
    pub template: Ref<Template>,
}

impl Apply for Unarchive {
    fn apply(&self, template: &mut Template, _: &Moment<'_>) -> Result<()> {
        template.archived_at = None;
        Ok(())
    }
}
