//! A row of a file of leads, as somebody prepares it by hand: trimmed, folded, scored.

use serde::{Deserialize, Serialize};

use crate::{Outcome, terms::Terms};

/// A row of the file.
#[derive(Deserialize)]
pub(crate) struct Registrant {
    #[serde(rename = "First Name")]
    first_name: String,
    #[serde(rename = "Last Name")]
    last_name: String,
    #[serde(rename = "Email")]
    email: String,
    #[serde(rename = "Phone")]
    phone: String,
    #[serde(rename = "Company")]
    company: String,
    #[serde(rename = "Title")]
    title: String,
    #[serde(rename = "Industry")]
    industry: String,
    #[serde(rename = "Lead Source")]
    source: String,
}

#[derive(Serialize)]
struct Reason {
    points: i64,
    reason: &'static str,
}

/// What the event says.
#[derive(Serialize)]
pub(crate) struct Created<'a> {
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
    phone: &'a str,
    company: &'a str,
    title: &'a str,
    industry: &'a str,
    source: &'a str,
    status: &'a str,
    score: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    score_reasons: &'a Vec<Reason>,
}

/// A lead that can be written.
pub(crate) struct Prepared {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) company: String,
    pub(crate) company_folded: String,
    pub(crate) title: String,
    pub(crate) title_folded: String,
    pub(crate) industry: String,
    pub(crate) source: String,
    pub(crate) source_folded: String,
    pub(crate) score: i64,
    reasons: Vec<Reason>,
}

impl Registrant {
    pub(crate) fn prepare(&self) -> Outcome<Prepared> {
        let email = self.email.trim().to_lowercase();
        if !email.contains('@') {
            return Err("the mail address is none".into());
        }
        let [first_name, last_name, phone, company, title, industry, source] =
            [&self.first_name, &self.last_name, &self.phone, &self.company, &self.title, &self.industry, &self.source]
                .map(|text| text.trim().to_owned());
        let [company_folded, title_folded, source_folded] = [&company, &title, &source].map(|text| text.to_lowercase());
        let reasons = scored(&title_folded, &source_folded, &source);
        Ok(Prepared {
            first_name,
            last_name,
            email,
            phone,
            company,
            company_folded,
            title,
            title_folded,
            industry,
            source,
            source_folded,
            score: reasons.iter().map(|reason| reason.points).sum(),
            reasons,
        })
    }
}

impl Prepared {
    pub(crate) fn reasons(&self) -> Outcome<Option<String>> {
        if self.reasons.is_empty() { Ok(None) } else { Ok(Some(serde_json::to_string(&self.reasons)?)) }
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms::default()
            .email(&self.email, 4)
            .of(&self.last_name, 3)
            .of(&self.first_name, 3)
            .of(&self.company, 2)
            .phone(&self.phone, 2)
    }

    pub(crate) fn created(&self) -> Created<'_> {
        Created {
            first_name: &self.first_name,
            last_name: &self.last_name,
            email: &self.email,
            phone: &self.phone,
            company: &self.company,
            title: &self.title,
            industry: &self.industry,
            source: &self.source,
            status: "new",
            score: self.score,
            score_reasons: &self.reasons,
        }
    }
}

/// The scorecard of the file's columns.
fn scored(title: &str, folded_source: &str, source: &str) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if ["director", "chief", "vp", "head of", "cto", "cio"].iter().any(|word| title.contains(word)) {
        reasons.push(Reason { points: 15, reason: "decides on IT" });
    }
    if folded_source.starts_with("webinar") {
        reasons.push(Reason { points: 15, reason: "came from a webinar" });
    }
    if source == "referral" {
        reasons.push(Reason { points: 30, reason: "came by referral" });
    }
    reasons
}
