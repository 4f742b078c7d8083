//! The notes of a release: what is new, for customers to read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Release;
use crate::{
    Context, Get, Query, Ref, Result, Subject,
    feedback::{Bug, FeatureRequest, seen_of},
};

/// What is new in a release, as far as the actor sees its bugs and requests: `release.notes`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notes {
    /// The release.
    pub release: Ref<Release>,
}

/// What is new in a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseNotes {
    /// The release.
    pub release: Release,
    /// The titles of the requests that it ships.
    pub shipped: Vec<Subject>,
    /// The titles of the bugs that it puts right.
    pub fixed: Vec<Subject>,
    /// All of it as a text in Markdown.
    pub markdown: String,
}

impl Query for Notes {
    const VERB: &'static str = "notes";
    type Of = Release;
    type Output = ReleaseNotes;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ReleaseNotes> {
        let release = Get::of(self.release.clone()).run(cx).await?.record;
        let mut requests: Vec<FeatureRequest> = seen_of(cx, FeatureRequest::SHIPPED_IN, release.id).await?;
        let mut bugs: Vec<Bug> = seen_of(cx, Bug::FIXED_IN, release.id).await?;
        bugs.retain(|bug| !bug.is_rejected());
        requests.sort_by(|one, other| one.title.cmp(&other.title));
        bugs.sort_by(|one, other| (other.severity, &one.title).cmp(&(one.severity, &other.title)));
        // A title that is hidden from the actor is empty.
        let titles =
            |all: Vec<Subject>| -> Vec<Subject> { all.into_iter().filter(|title| !title.is_empty()).collect() };
        let shipped = titles(requests.into_iter().map(|request| request.title).collect());
        let fixed = titles(bugs.into_iter().map(|bug| bug.title).collect());
        let markdown = markdown(&release, &shipped, &fixed);
        Ok(ReleaseNotes { release, shipped, fixed, markdown })
    }
}

fn markdown(release: &Release, shipped: &[Subject], fixed: &[Subject]) -> String {
    let mut text = String::from("#");
    if let Some(product) = &release.product {
        text.push_str(&format!(" {}", escaped(product)));
    }
    text.push_str(&format!(" {}\n", escaped(&release.spoken())));
    for (heading, lines) in [("Changes", release.changes.as_slice()), ("New", shipped), ("Fixed", fixed)] {
        if !lines.is_empty() {
            text.push_str(&format!("\n## {heading}\n\n"));
            lines.iter().for_each(|line| text.push_str(&format!("- {}\n", escaped(line))));
        }
    }
    text
}

/// A text that Markdown shows as it is, and makes no tag of.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' | '!') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Document;

    #[test]
    fn notes_show_titles_as_they_are_and_make_no_tags_of_them() {
        let release = Release {
            name: "2.1.6".parse().unwrap(),
            changes: Document(vec!["Fixed CSV export dependency issue".parse().unwrap()]),
            ..Release::default()
        };
        let fixed = ["<img src=x> in names".parse().unwrap()];
        let text = markdown(&release, &[], &fixed);
        assert_eq!(
            text,
            "# v2.1.6\n\n## Changes\n\n- Fixed CSV export dependency issue\n\n## Fixed\n\n- \\<img src=x\\> in names\n"
        );
    }
}
