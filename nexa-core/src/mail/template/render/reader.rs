//! Where in an HTML text a position is: in its text, in a value of an attribute, in a script.

use super::entity;
use crate::{
    Result,
    mail::template::problem::{LINK, SYNTAX},
};

/// The filters that guard links; no template can name them.
pub(super) const WHOLE_LINK: &str = "guard_link";
/// For what is printed within a link.
pub(super) const PART_OF_LINK: &str = "guard_part";
/// For what is printed within an address after `mailto:` or `tel:`.
pub(super) const PART_OF_ADDRESS: &str = "guard_address";

/// The attributes that hold links.
const LINKS: [&str; 10] =
    ["href", "src", "action", "formaction", "background", "cite", "poster", "data", "longdesc", "xlink:href"];

/// Whether a link begins as links of mails may, or with nothing that would be a scheme after `#`.
pub(super) fn is_allowed(link: &str) -> bool {
    let link: String = link.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()).collect();
    let scheme = link.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    link.is_empty()
        || link.starts_with('#')
        || matches!(scheme.as_deref(), Some("http" | "https" | "mailto" | "tel" | "cid"))
}

/// Where a position in an HTML text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    Comment,
    /// After `<`, in the name of an element.
    Element,
    /// Between the attributes of an element.
    Between,
    Attribute,
    AfterAttribute,
    BeforeValue,
    /// In a value in these quotes.
    Value(char),
    Unquoted,
    /// In an element whose content is no HTML, such as a script.
    Opaque,
}

/// Reads an HTML text once, and knows at each moment where it is.
pub(super) struct Reader {
    pub(super) place: Place,
    pub(super) element: String,
    pub(super) attribute: String,
    /// What was read of the value of the attribute, before anything was printed in it.
    pub(super) value: String,
    /// Whether something was printed in the value.
    printed: bool,
    /// The last characters, to find the end of a comment or a script.
    tail: String,
    /// How the value began at each `if` in it that is not closed yet: every branch goes on from there.
    branches: Vec<(String, bool)>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Text,
            element: String::new(),
            attribute: String::new(),
            value: String::new(),
            printed: false,
            tail: String::new(),
            branches: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, text: &str, line: usize) -> Result<()> {
        let mut line = line;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            line += usize::from(letter == '\n');
            self.letter(letter, letters.peek().copied(), line)?;
        }
        Ok(())
    }

    pub(super) fn letter(&mut self, letter: char, next: Option<char>, line: usize) -> Result<()> {
        match (self.place, letter) {
            (Place::Text, '<') if next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)) => {
                self.element.clear();
                self.place = Place::Element;
            }
            (Place::Text, _) => {}
            (Place::Comment, _) => {
                self.keep_tail(letter, 3);
                if self.tail == "-->" {
                    self.place = Place::Text;
                }
            }
            (Place::Opaque, _) => {
                let end = format!("</{}", self.element);
                self.keep_tail(letter.to_ascii_lowercase(), end.len());
                if self.tail == end {
                    self.element.insert(0, '/');
                    self.place = Place::Between;
                }
            }
            (Place::Element, '>') => self.close_element(),
            (Place::Element, letter) if letter.is_ascii_whitespace() => self.place = Place::Between,
            (Place::Element, '/') if !self.element.is_empty() => self.place = Place::Between,
            (Place::Element, _) => {
                self.element.push(letter.to_ascii_lowercase());
                if self.element == "!--" {
                    self.tail.clear();
                    self.place = Place::Comment;
                }
            }
            (Place::Between | Place::Attribute | Place::AfterAttribute | Place::BeforeValue, '>') => {
                self.close_element();
            }
            (Place::Between, letter) if letter.is_ascii_whitespace() || letter == '/' => {}
            (Place::Between, _) => self.begin_attribute(letter),
            (Place::Attribute | Place::AfterAttribute, '=') => self.place = Place::BeforeValue,
            (Place::Attribute, '/') => self.place = Place::Between,
            (Place::Attribute, letter) if letter.is_ascii_whitespace() => self.place = Place::AfterAttribute,
            (Place::Attribute, _) => self.attribute.push(letter.to_ascii_lowercase()),
            (Place::AfterAttribute | Place::BeforeValue, letter) if letter.is_ascii_whitespace() => {}
            (Place::AfterAttribute, _) => self.begin_attribute(letter),
            (Place::BeforeValue, '"' | '\'') => self.place = Place::Value(letter),
            (Place::BeforeValue, _) => {
                self.place = Place::Unquoted;
                self.value.push(letter);
            }
            (Place::Value(quote), _) if letter == quote => {
                self.close_value(line)?;
                self.place = Place::Between;
            }
            (Place::Unquoted, '>') => {
                self.close_value(line)?;
                self.close_element();
            }
            (Place::Unquoted, letter) if letter.is_ascii_whitespace() => {
                self.close_value(line)?;
                self.place = Place::Between;
            }
            (Place::Value(_) | Place::Unquoted, _) => {
                if !self.printed {
                    self.value.push(letter);
                }
            }
        }
        Ok(())
    }

    fn keep_tail(&mut self, letter: char, most: usize) {
        self.tail.push(letter);
        while self.tail.len() > most {
            self.tail.remove(0);
        }
    }

    fn begin_attribute(&mut self, letter: char) {
        self.attribute.clear();
        self.attribute.push(letter.to_ascii_lowercase());
        self.value.clear();
        self.printed = false;
        self.branches.clear();
        self.place = Place::Attribute;
    }

    /// Follows the branches within a value.
    pub(super) fn branch(&mut self, statement: &str) {
        match statement {
            "if" => self.branches.push((self.value.clone(), self.printed)),
            "elif" | "else" => {
                if let Some((value, printed)) = self.branches.last() {
                    (self.value, self.printed) = (value.clone(), *printed);
                }
            }
            "endif" => {
                self.branches.pop();
                self.printed = true;
            }
            _ => {}
        }
    }

    fn close_element(&mut self) {
        self.tail.clear();
        self.place = match self.element.as_str() {
            "script" | "style" | "textarea" | "title" | "xmp" | "iframe" | "noembed" | "noframes" => Place::Opaque,
            _ => Place::Text,
        };
    }

    fn is_link(&self) -> bool {
        LINKS.contains(&self.attribute.as_str())
    }

    /// Error: `template.link`.
    fn close_value(&mut self, line: usize) -> Result<()> {
        let value = entity::decoded(&self.value);
        if self.is_link() && !self.printed && !is_allowed(&value) {
            return Err(LINK.with("link", value.trim()).with("line", line));
        }
        Ok(())
    }

    /// What guards a value that is printed here. Errors: `template.syntax`, `template.link`.
    pub(super) fn print(&mut self, line: usize) -> Result<Option<&'static str>> {
        let refused = |problem: &str| Err(SYNTAX.with("line", line).with("problem", problem));
        match self.place {
            Place::Text | Place::Comment => Ok(None),
            Place::Value(_) if self.attribute.starts_with("on") => refused("nothing may be printed in a script"),
            Place::Value(_) if !self.is_link() => {
                self.printed = true;
                Ok(None)
            }
            Place::Value(_) => {
                let before = entity::decoded(&self.value).trim().to_ascii_lowercase();
                let guard = match before.as_str() {
                    "" if !self.printed => WHOLE_LINK,
                    "mailto:" | "tel:" => PART_OF_ADDRESS,
                    _ => PART_OF_LINK,
                };
                if guard == PART_OF_LINK && !self.printed && !is_allowed(&before) {
                    return Err(LINK.with("link", before).with("line", line));
                }
                self.printed = true;
                Ok(Some(guard))
            }
            Place::BeforeValue | Place::Unquoted => refused("put the value of the attribute into quotes"),
            Place::Opaque => refused("nothing may be printed in a script or style"),
            Place::Element | Place::Between | Place::Attribute | Place::AfterAttribute => {
                refused("nothing may be printed among the attributes of an element, but in their values")
            }
        }
    }
}
