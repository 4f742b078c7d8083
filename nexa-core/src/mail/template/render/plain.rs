//! The text of a mail, made of its HTML.
//!
//! It is made of the template, not of what was rendered: the tags stay as they are, and so does what they repeat or leave out. It reads
//! the HTML once, and its time grows with the length alone, however deep elements are nested.

use std::fmt::Write as _;

use super::{
    entity,
    source::{Piece, TagKind, pieces},
};

/// Stands for a tag of the template, between its number and the end of that.
const TAG: char = '\u{fdd2}';
const TAG_END: char = '\u{fdd3}';

/// The text that an HTML template says.
pub(super) fn text_of(html: &str) -> String {
    let pieces = pieces(html);
    let mut marked = String::with_capacity(html.len());
    let mut tags = Vec::new();
    for piece in &pieces {
        match piece {
            Piece::Text(text) => marked.extend(text.chars().filter(|letter| *letter != TAG && *letter != TAG_END)),
            Piece::Tag(tag) => {
                // Writing to a text does not fail.
                let _ = write!(marked, "{TAG}{}{TAG_END}", tags.len());
                tags.push(*tag);
            }
        }
    }
    let mut writer =
        Writer { tags: &tags, out: String::new(), lines: 0, ended: 2, blank: false, at_start: true, link: None };
    writer.html(&marked);
    writer.out
}

struct Writer<'t, 's> {
    tags: &'t [super::source::Tag<'s>],
    out: String,
    /// How many line ends come before what is written next.
    lines: usize,
    /// How many line ends stand at the end of what is read; statements are not.
    ended: usize,
    /// Whether a blank comes before what is written next.
    blank: bool,
    /// Whether nothing stands on the line yet.
    at_start: bool,
    /// Where the link that is open leads to, with what was written when it began. There are no links in links.
    link: Option<(String, usize)>,
}

impl<'s> Writer<'_, 's> {
    fn html(&mut self, marked: &str) {
        let mut rest = marked;
        while let Some((text, from)) = rest.split_once('<') {
            self.text(text);
            rest = from;
            if let Some(comment) = from.strip_prefix("!--") {
                let (inside, after) = comment.split_once("-->").unwrap_or((comment, ""));
                self.statements(inside);
                rest = after;
                continue;
            }
            if !from.starts_with(|next: char| next.is_ascii_alphabetic() || next == '/' || next == '!' || next == '?') {
                self.text("<");
                continue;
            }
            let end = element_end(from);
            let (element, after) = from.split_at_checked(end).unwrap_or((from, ""));
            rest = after.strip_prefix('>').unwrap_or(after);
            let name = element_name(element).to_ascii_lowercase();
            if matches!(name.as_str(), "script" | "style" | "title" | "head") && !element.starts_with('/') {
                // Nobody reads it; the statements in it still belong together with others.
                self.statements(element);
                let close = close_of(rest, &name);
                let (inside, after) = rest.split_at_checked(close).unwrap_or((rest, ""));
                self.statements(inside);
                rest = after;
                continue;
            }
            self.element(&name, element);
        }
        self.text(rest);
    }

    fn element(&mut self, name: &str, element: &str) {
        let closes = element.starts_with('/');
        let link = if name == "a" && !closes { attribute(element, "href") } else { None };
        if link.is_none() {
            self.statements(element);
        }
        match (name, closes) {
            ("br", _) => {
                self.lines += 1;
                self.at_start = true;
                self.blank = false;
            }
            ("hr", false) => {
                self.break_line(2);
                self.words("---");
                self.break_line(2);
            }
            (
                "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" | "blockquote" | "dl" | "pre",
                _,
            ) => {
                self.break_line(2);
            }
            ("li", false) => {
                self.break_line(1);
                self.words("- ");
                self.at_start = true;
            }
            (
                "div" | "tr" | "li" | "section" | "article" | "header" | "footer" | "main" | "center" | "dt" | "dd"
                | "body",
                _,
            ) => self.break_line(1),
            ("td" | "th", true) => self.blank = !self.at_start,
            ("img", false) => {
                if let Some(alternative) = attribute(element, "alt") {
                    self.text(alternative);
                }
            }
            ("a", false) => {
                let link = link.unwrap_or_default().trim().to_owned();
                self.close_link();
                self.link = Some((link, self.out.len()));
            }
            ("a", true) => self.close_link(),
            _ => {}
        }
    }

    /// Writes where the link that was open leads to, unless its text says it.
    fn close_link(&mut self) {
        let Some((link, from)) = self.link.take() else { return };
        let said = self.out.get(from..).unwrap_or_default().trim().to_owned();
        let link = self.unmarked(&entity::decoded(&link));
        if !link.is_empty() && !link.starts_with('#') && said != link {
            let (open, close) = if said.is_empty() { ("", "") } else { (" (", ")") };
            self.read();
            self.out.push_str(&format!("{open}{link}{close}"));
        }
    }

    /// Ends the line, with an empty one after it for 2.
    fn break_line(&mut self, lines: usize) {
        self.blank = false;
        self.lines = self.lines.max(lines.saturating_sub(self.ended));
        self.at_start = true;
    }

    fn flush(&mut self) {
        if self.lines > 0 {
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
        }
        (0..self.lines).for_each(|_| self.out.push('\n'));
        if self.blank && self.lines == 0 {
            self.out.push(' ');
        }
        self.ended += self.lines;
        (self.lines, self.blank) = (0, false);
    }

    /// What is read follows.
    fn read(&mut self) {
        self.flush();
        (self.ended, self.at_start) = (0, false);
    }

    /// Writes words as they are.
    fn words(&mut self, words: &str) {
        self.read();
        self.out.push_str(words);
    }

    /// Writes a text of HTML, whose blanks and line ends are one blank.
    fn text(&mut self, text: &str) {
        let text = entity::decoded(text);
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            if letter == TAG {
                let number: String = letters.by_ref().take_while(|letter| *letter != TAG_END).collect();
                self.tag(&number, true);
            } else if letter.is_ascii_whitespace() {
                self.blank |= !self.at_start;
            } else {
                self.read();
                self.literal(letter);
            }
        }
    }

    /// A letter that does not begin a tag with the one before it.
    fn literal(&mut self, letter: char) {
        if self.out.ends_with('{') && matches!(letter, '{' | '%' | '#') {
            self.out.pop();
            self.out.push_str("{{ '{' }}");
        }
        self.out.push(letter);
    }

    /// Writes a tag; one that prints only where it is `read`.
    fn tag(&mut self, number: &str, read: bool) {
        let Some(tag) = number.parse::<usize>().ok().and_then(|number| self.tags.get(number)) else { return };
        match tag.kind {
            TagKind::Comment => {}
            TagKind::Statement => {
                self.flush();
                self.out.push_str(tag.whole);
            }
            TagKind::Print | TagKind::Raw if read => {
                self.read();
                if self.out.ends_with('{') {
                    self.out.pop();
                    self.out.push_str("{{ '{' }}");
                }
                self.out.push_str(tag.whole);
            }
            TagKind::Print | TagKind::Raw => {}
        }
    }

    /// Writes the statements in what nobody reads.
    fn statements(&mut self, marked: &str) {
        let mut rest = marked;
        while let Some((_, from)) = rest.split_once(TAG) {
            let (number, after) = from.split_once(TAG_END).unwrap_or((from, ""));
            let number = number.to_owned();
            self.tag(&number, false);
            rest = after;
        }
    }

    /// A text with its tags as they are written.
    fn unmarked(&self, marked: &str) -> String {
        let mut text = String::new();
        let mut rest = marked;
        while let Some((before, from)) = rest.split_once(TAG) {
            text.push_str(before);
            let (number, after) = from.split_once(TAG_END).unwrap_or((from, ""));
            if let Some(tag) = number.parse::<usize>().ok().and_then(|number| self.tags.get(number)) {
                text.push_str(tag.whole);
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }
}

/// Where an element ends that begins here: at `>` outside of quotes.
fn element_end(from: &str) -> usize {
    let mut quote = None;
    let mut in_value = false;
    for (at, letter) in from.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if in_value => quote = Some(letter),
            (None, '>') => return at,
            (None, _) if letter.is_ascii_whitespace() => {}
            (None, _) => in_value = letter == '=',
        }
    }
    from.len()
}

fn element_name(element: &str) -> &str {
    let element = element.strip_prefix('/').unwrap_or(element);
    let end = element.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(element.len());
    element.get(..end).unwrap_or_default()
}

/// Where the content of an element ends whose content is no HTML.
fn close_of(rest: &str, name: &str) -> usize {
    let close = format!("</{name}");
    rest.char_indices()
        .filter(|(_, letter)| *letter == '<')
        .find(|(at, _)| rest.get(*at..*at + close.len()).is_some_and(|found| found.eq_ignore_ascii_case(&close)))
        .map_or(rest.len(), |(at, _)| at)
}

/// The value of an attribute in quotes, or up to a blank.
fn attribute<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let mut rest = element;
    loop {
        let (before, value) = rest.split_once('=')?;
        let named = before.trim_end().rsplit(|letter: char| letter.is_ascii_whitespace() || letter == '"').next()?;
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.get(1..)?.split_once(quote)?,
            _ => value.split_once(|letter: char| letter.is_ascii_whitespace()).unwrap_or((value, "")),
        };
        if named.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_what_the_html_says() {
        for (html, text) in [
            ("<h1>Hi  {{ name }}</h1>\n<p>How\n are <b>you</b>?<br>Bye</p>", "Hi {{ name }}\n\nHow are you?\nBye"),
            ("<p>See <a href=\"{{ url }}\">this &amp; that</a>.</p>", "See this & that ({{ url }})."),
            ("<a href='https://x.test'>https://x.test</a>", "https://x.test"),
            ("<a href='https://x.test/?a=1&amp;b=2'><img src='x' alt='Logo'></a>", "Logo (https://x.test/?a=1&b=2)"),
            (
                "<ul>{% for x in xs %}<li>{{ x }}</li>{% endfor %}</ul><p>End</p>",
                "{% for x in xs %}- {{ x }}\n{% endfor %}\nEnd",
            ),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<p>Dear {% if x %}Mr {{ x }}{% endif %}, hi</p>", "Dear {% if x %}Mr {{ x }}{% endif %}, hi"),
            ("<head><title>{{ t }}</title>{% if x %}</head>a{% endif %}", "{% if x %}a{% endif %}"),
            ("<style>p{}</style>a<script>b</script><!-- c {{ d }} -->e", "ae"),
            ("<td {% if a %}class=\"b\"{% endif %}>c > d</td>", "{% if a %}{% endif %}c > d"),
            ("a < b {# no #} c", "a < b c"),
        ] {
            assert_eq!(text_of(html), text, "{html}");
        }
    }

    #[test]
    fn what_is_written_by_number_is_no_tag() {
        assert_eq!(text_of("&#123;{ x }} &#123;% y"), "{{ '{' }}{ x }} {{ '{' }}% y");
        assert_eq!(text_of("&#123;{{ x }}"), "{{ '{' }}{{ x }}");
    }

    #[test]
    fn deep_nesting_costs_no_more_than_its_length() {
        let html = format!("{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert_eq!(text_of(&html), "x");
        let links = "<a href='https://x.test'>".repeat(40_000);
        assert_eq!(text_of(&format!("{links}y</a>")).matches("https://x.test").count(), 40_000);
    }
}
