//! A mail that a template makes. What it reads is read when the mail is planned, in the scope of whoever asks for it; it is rendered when a
//! worker first claims it, with what is known then: the sender, the links and the day.

use serde_json::{Map, Value as Json, json};

use super::{
    Channel, Template, TemplateVersion, marketing,
    message::with_today,
    problem::{NO_ENGINE, VALUE, VARIABLE_MISSING},
    reach::LINKS,
    render::{self, Rendered, With},
    values::Occasion,
    version::Partials,
};
use crate::{
    Context, Error, Id, Language, Result, Subject, TimeZone,
    mail::{Content, Mail, Sender, Topic},
};

/// Of what a mail is made.
pub(crate) struct Made {
    version: TemplateVersion,
    partials: Partials,
    /// The language of its text.
    pub(in crate::mail) locale: Language,
    /// The zone by whose clocks it tells moments.
    pub(in crate::mail) zone: TimeZone,
    /// The values that it reads.
    pub(in crate::mail) values: Map<String, Json>,
}

/// What a caller says of a template's mail.
pub(in crate::mail) struct Written<'c> {
    /// The language; that of the person unless said.
    pub(in crate::mail) locale: Option<&'c Language>,
    /// Values of the template's variables.
    pub(in crate::mail) values: &'c Map<String, Json>,
    /// Whom it goes to, and what it is about.
    pub(in crate::mail) occasion: &'c Occasion,
}

impl Made {
    /// Reads what a template's published version reads. Errors: `template.archived`, `template.not_published`,
    /// `template.variable_missing`, `template.no_text`, `field.invalid`.
    pub(in crate::mail) async fn of(cx: &mut Context<'_>, template: &Template, written: Written<'_>) -> Result<Self> {
        template.must_be_unarchived()?;
        let version = TemplateVersion::published(cx, template).await?;
        version.must_be_mail()?;
        if let (Some(wanted), Some(about)) = (&version.about_kind, &written.occasion.about)
            && wanted.as_str() != about.kind()
        {
            return Err(super::invalid("about", format!("give a {wanted}, which the template is about")));
        }
        let collected = version.collect(cx, written.occasion, written.values).await?;
        let partials = Partials::load(cx, &version.partials).await?;
        let wanted: Vec<Language> = written.locale.cloned().into_iter().chain(collected.languages).collect();
        let locale = version.in_language(&partials, &wanted, |locale, _| Ok(locale.clone()))?;
        Ok(Self { version, partials, locale, zone: collected.time_zone, values: collected.values })
    }

    /// What a planned mail is made of; nothing where somebody wrote it, or where its values were erased.
    pub(in crate::mail) async fn of_mail(cx: &mut Context<'_>, mail: &Mail) -> Result<Option<Self>> {
        let (Some(version), Some(values)) = (mail.template_version, &mail.values) else { return Ok(None) };
        let version = cx.unrestricted().load(version).await?;
        let partials = Partials::load(cx, &version.partials).await?;
        let locale = mail.locale.clone().unwrap_or_else(|| version.default_locale.clone());
        let zone = mail.time_zone.unwrap_or_default();
        Ok(Some(Self { version, partials, locale, zone, values: values.0.clone() }))
    }

    /// The version.
    pub(in crate::mail) const fn version(&self) -> Id<TemplateVersion> {
        self.version.id
    }
    /// The topic of the template's mails.
    pub(in crate::mail) const fn topic(&self) -> Option<Id<Topic>> {
        self.version.topic
    }
    /// Whether it reads a link to the page where people choose what they get.
    pub(in crate::mail) fn links(&self) -> bool {
        self.version.reads.iter().any(|path| LINKS.contains(&path.as_str()))
    }
    /// Refuses a text that is not fit for marketing. Errors: `template.no_unsubscribe`, `template.no_address`.
    pub(in crate::mail) fn must_be_fit_for_marketing(&self) -> Result<()> {
        self.version.in_language(&self.partials, std::slice::from_ref(&self.locale), |_, sources| {
            marketing::must_be_complete(&sources)
        })
    }

    /// Renders it. Errors: `template.variable_missing`, `template.value`, `template.link`, `template.fuel`, `template.too_large`.
    pub(in crate::mail) fn content(&self, cx: &Context<'_>, sender: &Sender, link: Option<&str>) -> Result<Content> {
        let mut values = with_today(self.values.clone(), cx.now(), self.zone);
        values.insert("sender".to_owned(), sender_of(sender));
        if let Some(link) = link {
            values.extend(LINKS.map(|name| (name.to_owned(), link.into())));
        }
        self.version.in_language(&self.partials, std::slice::from_ref(&self.locale), |locale, sources| {
            let with = With { values: &values, locale, zone: self.zone.zone() };
            content(render::rendered(&sources, &with)?, "")
        })
    }
}

impl TemplateVersion {
    /// Refuses a version that is for something else than mail. Error: `field.invalid`.
    pub(super) fn must_be_mail(&self) -> Result<()> {
        let problem = "give a template whose channel is email";
        if self.channel == Channel::Email { Ok(()) } else { Err(super::invalid("template", problem)) }
    }
}

/// The sender as templates know it.
pub(super) fn sender_of(sender: &Sender) -> Json {
    json!({"name": sender.name, "address": sender.address, "reply_to": sender.reply_to})
}

/// What a rendered message says, with a mark before its subject. Error: `template.value`.
pub(super) fn content(rendered: Rendered, mark: &str) -> Result<Content> {
    let subject = Subject::parse(&format!("{mark}{}", rendered.subject));
    let subject =
        subject.map_err(|problem| VALUE.with("line", 1).with("part", "subject").with("problem", problem.to_owned()))?;
    Ok(Content { subject, text: rendered.text.unwrap_or_default(), html: rendered.html })
}

/// The reason for which a mail is skipped whose template prints a value that is missing.
pub(in crate::mail) fn missing(error: &Error) -> Option<String> {
    let missing = error.code() == VARIABLE_MISSING.code;
    let variable = error.params().get("variable").and_then(Json::as_str).filter(|_| missing)?;
    Some(format!("variable_missing: {variable}"))
}

/// The reason for which a mail is skipped that cannot be made; other errors are none of the mail.
pub(in crate::mail) fn unmade(error: &Error) -> Option<String> {
    let of_template = error.code().starts_with("template.") && error.code() != NO_ENGINE.code;
    missing(error).or_else(|| of_template.then(|| error.code().to_owned()))
}
