//! The forms in which other systems write their tables: what identifies one, and what its columns are.
//!
//! A form says only what its headers do not say by themselves; all other columns are understood by the words of their
//! headers. A form that is none of the kind that is imported is named, and its columns are left to the words.

mod apollo;
mod apple;
mod dynamics;
mod espocrm;
mod freshworks;
mod google;
mod hubspot;
mod intercom;
mod linkedin;
mod mailing;
mod monica;
mod odoo;
mod outlook;
mod pipedrive;
mod sales_tools;
mod salesforce;
mod suitecrm;
#[cfg(test)]
mod tests;
mod vtiger;
mod webinar;
mod zendesk;
mod zoho;

use std::{collections::HashSet, sync::LazyLock};

use super::header::{self, folded};

/// A form in which a system writes a table.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// Its name, such as `hubspot.contacts`.
    pub name: &'static str,
    /// The system, as people call it.
    pub system: &'static str,
    /// What the table holds, as the system calls it.
    pub table: &'static str,
    /// The kinds that its rows may become, the likeliest first.
    pub kinds: &'static [&'static str],
    /// Headers that identify the form: all of one of these lists.
    pub marks: &'static [&'static [&'static str]],
    /// What columns mean that their headers do not say, or say wrongly: a meaning, a target behind `=`, or nothing.
    pub columns: &'static [(&'static str, &'static str)],
    /// What stands between several values of one cell.
    pub separator: Option<&'static str>,
    /// How the system writes dates, when that may be misread.
    pub dates: Option<&'static str>,
}

impl Form {
    const fn new(
        name: &'static str,
        system: &'static str,
        table: &'static str,
        kinds: &'static [&'static str],
        marks: &'static [&'static [&'static str]],
    ) -> Self {
        Self { name, system, table, kinds, marks, columns: &[], separator: None, dates: None }
    }
    const fn columns(mut self, columns: &'static [(&'static str, &'static str)]) -> Self {
        self.columns = columns;
        self
    }
    const fn separator(mut self, separator: &'static str) -> Self {
        self.separator = Some(separator);
        self
    }

    /// The target of each header that this form says something of, in rows of a kind; nothing for one that is left over.
    pub fn mapped(&self, kind: &str) -> Vec<(&'static str, Option<&'static str>)> {
        let target = |meaning: &'static str| match meaning.strip_prefix('=') {
            Some(target) => Some(target),
            None => header::field_of(kind, meaning),
        };
        self.columns.iter().map(|(header, meaning)| (*header, target(meaning))).collect()
    }

    /// What a folded header means in this form, when the form says it.
    pub(super) fn meaning_of(&self, folded: &str) -> Option<&'static str> {
        self.columns.iter().find(|(header, _)| self::folded(header) == folded).map(|(_, meaning)| *meaning)
    }
}

/// The forms that are known, those that say most first.
pub static FORMS: LazyLock<Vec<&'static Form>> = LazyLock::new(|| {
    let systems: [&[Form]; 21] = [
        salesforce::FORMS,
        hubspot::FORMS,
        pipedrive::FORMS,
        zoho::FORMS,
        google::FORMS,
        outlook::FORMS,
        linkedin::FORMS,
        mailing::FORMS,
        freshworks::FORMS,
        zendesk::FORMS,
        intercom::FORMS,
        odoo::FORMS,
        suitecrm::FORMS,
        espocrm::FORMS,
        vtiger::FORMS,
        monica::FORMS,
        apple::FORMS,
        dynamics::FORMS,
        sales_tools::FORMS,
        apollo::FORMS,
        webinar::FORMS,
    ];
    systems.into_iter().flatten().collect()
});

/// Every header that a form says something of, folded.
static HEADERS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let said = |form: &&Form| form.columns.iter().map(|(header, _)| folded(header)).collect::<Vec<_>>();
    let marks = |form: &&Form| form.marks.iter().copied().flatten().map(|mark| folded(mark)).collect::<Vec<_>>();
    FORMS.iter().flat_map(|form| said(form).into_iter().chain(marks(form))).collect()
});

/// Whether a form says something of this folded header.
pub(super) fn is_known(folded: &str) -> bool {
    HEADERS.contains(folded)
}

/// A header as marks are compared: `LastName` identifies another system than `Last Name`.
fn marked(header: &str) -> String {
    let words: Vec<&str> = header.trim_end_matches('*').split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The form of this name.
pub(super) fn named(name: &str) -> Option<&'static Form> {
    FORMS.iter().copied().find(|form| form.name == name)
}

/// The form that most of these headers belong to; of equals one of this kind, then the first.
pub(super) fn recognise(headers: &[String], kind: &str) -> Option<&'static Form> {
    let exact: HashSet<String> = headers.iter().map(|header| marked(header)).collect();
    let headers: Vec<String> = headers.iter().map(|header| folded(header)).collect();
    let mut best: Option<((usize, bool), &'static Form)> = None;
    for form in FORMS.iter().copied() {
        let all = |marks: &&&[&str]| marks.iter().all(|mark| exact.contains(&marked(mark)));
        let Some(marks) = form.marks.iter().filter(all).map(|marks| marks.len()).max() else { continue };
        let said = headers.iter().filter(|header| form.meaning_of(header).is_some()).count();
        let worth = (marks + said, form.kinds.contains(&kind));
        if best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, form));
        }
    }
    best.map(|(_, form)| form)
}
