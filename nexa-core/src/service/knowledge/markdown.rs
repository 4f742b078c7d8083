//! What is read of Markdown: headings, links to other articles, and a piece of its text without signs.

/// How a link names another article: `[text](article:slug)`.
const LINK: &str = "](article:";

/// The headings of a text.
pub(super) fn headings(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        if !fenced && (1..=6).contains(&level) && heading.starts_with(' ') {
            found.push(heading.trim().trim_end_matches('#').trim_end());
        }
    }
    found
}

/// The slugs of other articles to which a text links.
pub(super) fn links(text: &str) -> Vec<&str> {
    let after = text.split(LINK).skip(1);
    after.filter_map(|rest| rest.split_once(')').map(|(slug, _)| slug.trim())).filter(|slug| !slug.is_empty()).collect()
}

/// A text on one line, without the signs of Markdown. Tags in it stay text.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let after = rest.get(sign.len_utf8()..).unwrap_or_default();
        // Of a link its text is read.
        if sign == ']' && after.starts_with('(') {
            rest = after.split_once(')').map_or("", |(_, rest)| rest);
            continue;
        }
        let is_mark = matches!(sign, '#' | '*' | '`' | '[' | ']' | '|' | '~');
        let blank = sign.is_whitespace();
        if !is_mark && !(blank && (out.is_empty() || out.ends_with(' '))) {
            out.push(if blank { ' ' } else { sign });
        }
        rest = after;
    }
    out.truncate(out.trim_end().len());
    out
}

/// At most so many characters of a plain text around the first word that begins with one of these.
pub(super) fn snippet(text: &str, words: &[String], most: usize) -> String {
    let text = plain(text);
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= most {
        return text;
    }
    let begins =
        |at: usize| at.checked_sub(1).and_then(|before| chars.get(before)).is_none_or(|c| !c.is_alphanumeric());
    let hit = |at: &usize| {
        let rest: String = chars.iter().skip(*at).take(64).collect();
        let rest = crate::kernel::search::words_of(&rest).into_iter().next().unwrap_or_default();
        begins(*at) && words.iter().any(|word| rest.starts_with(word.as_str()))
    };
    let found = (0..chars.len()).filter(|at| chars.get(*at).is_some_and(|c| c.is_alphanumeric()) && begins(*at));
    let found = found.take(2_000).find(hit).unwrap_or_default();
    let from = found.saturating_sub(most / 4).min(chars.len().saturating_sub(most));
    let piece: String = chars.iter().skip(from).take(most).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if from + most < chars.len() { "…" } else { "" };
    format!("{before}{}{after}", piece.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_links_are_found_and_code_is_none() {
        let text = "# Export\n\nSee [import](article:import-contacts) and [x](https://x.example).\n\n```\n# no\n```\n## To CSV ##\n#tag";
        assert_eq!(headings(text), ["Export", "To CSV"]);
        assert_eq!(links(text), ["import-contacts"]);
    }

    #[test]
    fn a_snippet_is_plain_text_around_what_was_sought() {
        assert_eq!(plain("## To **CSV**\n\n[Import](article:x) `it` <b>"), "To CSV Import it <b>");
        let long = format!("{} exporting contacts {}", "word ".repeat(100), "more ".repeat(100));
        let piece = snippet(&long, &["export".to_owned()], 80);
        assert!(piece.starts_with('…') && piece.ends_with('…') && piece.contains("exporting contacts"), "{piece}");
        assert!(piece.chars().count() <= 82, "{piece}");
        assert_eq!(snippet("Short", &["x".to_owned()], 80), "Short");
    }
}
