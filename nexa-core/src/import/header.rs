//! Understands which column is which field, from the headers that other systems write.

mod meaning;
mod prefix;
#[cfg(test)]
mod tests;
mod words;

use super::form::{self, Form};
use prefix::Whose;

/// The field name that stands for a first and a last name in one column, where a kind has both fields.
pub const FULL_NAME: &str = "full_name";

/// The headers of a table, and what is known beside them.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// The kind that its rows shall become.
    pub kind: &'a str,
    /// The headers, in order.
    pub names: &'a [String],
    /// The fields that columns may be taken for.
    pub fields: &'a [&'a str],
    /// Of each column whether its target is settled already; none when nothing is.
    pub settled: &'a [bool],
    /// The form's name, when it is known beforehand; `none` is no form.
    pub form: Option<&'a str>,
    /// Of each column in how many rows it has something; none when no rows are known.
    pub filled: &'a [usize],
}

/// What the headers of a table are understood to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understood {
    /// The form that the headers have, when it is known.
    pub form: Option<&'static Form>,
    /// The code of the headers' language, when it is known.
    pub language: Option<&'static str>,
    /// The target of each column, in order; `None` for a column that is not recognised.
    pub targets: Vec<Option<String>>,
    /// Columns that nobody took, each with the target that another column has.
    pub rivals: Vec<(usize, String)>,
}

/// Understands the headers of a table.
///
/// The form of the table is recognised as a whole; what it leaves open is recognised by each header, in seven languages. Case,
/// accents, blanks and punctuation do not matter, nor does a prefix such as `Person - `. No two columns get one field:
/// the likelier header wins, of equals the first, and a column with nothing in it wins nothing. [`FULL_NAME`] is a target
/// when the kind has `first_name` and `last_name` and no column is either.
///
/// ```
/// use nexa_core::import::header::{Headers, understand};
///
/// let names = ["E-Mail-Adresse", "Firma", "Schuhgröße"].map(String::from);
/// let fields = ["email", "company", "phone"];
/// let understood = understand(&Headers { kind: "lead", names: &names, fields: &fields, settled: &[], form: None, filled: &[] });
/// assert_eq!(understood.targets, [Some("email".into()), Some("company".into()), None]);
/// assert_eq!(understood.language, Some("de"));
/// ```
pub fn understand(headers: &Headers<'_>) -> Understood {
    let form = match headers.form {
        Some(name) => form::named(name),
        None => form::recognise(headers.names, headers.kind),
    };
    let language = language_of(headers.names);
    let reader = Reader { headers, language, form: form.filter(|form| form.kinds.contains(&headers.kind)) };
    let mut wishes = reader.wishes();
    wishes.sort_by_key(|wish| (wish.order, wish.column));
    let mut understood = Understood {
        form,
        language: language.and_then(|language| words::LANGUAGES.get(language)).map(|(code, _)| *code),
        targets: vec![None; headers.names.len()],
        rivals: Vec::new(),
    };
    let (names, others): (Vec<Wish>, Vec<Wish>) = wishes.into_iter().partition(|wish| wish.field == FULL_NAME);
    for wish in others {
        understood.grant(wish.column, &wish.field);
    }
    if headers.fields.contains(&"first_name") && headers.fields.contains(&"last_name") {
        let (first, last) = (understood.has("first_name"), understood.has("last_name"));
        for wish in names {
            match (first, last, wish.meaning) {
                (false, false, _) => understood.grant(wish.column, FULL_NAME),
                // `Vorname;Name` and `Nombre;Apellidos`: the word for a name is the other half.
                (true, false, "family_or_name") => understood.grant(wish.column, "last_name"),
                (false, true, "given_or_name") => understood.grant(wish.column, "first_name"),
                _ => {}
            }
        }
    }
    let targets = &understood.targets;
    understood.rivals.retain(|(column, _)| targets.get(*column).is_some_and(Option::is_none));
    understood
}

/// The field of a kind that a meaning is likeliest to have.
pub(super) fn field_of(kind: &str, meaning: &str) -> Option<&'static str> {
    meaning::fields(kind, meaning).iter().copied().find(|field| kind != "lead" || *field != "mobile")
}

/// Whether a header is known in any language, so that a row with several such is a header.
pub(super) fn is_known(header: &str) -> bool {
    let folded = folded(undecorated(header));
    // A letter alone is a cell of any table.
    if folded.chars().count() < 2 {
        return false;
    }
    !words::meanings(&folded).is_empty()
        || form::is_known(&folded)
        || prefix::strip(header).is_some_and(|(_, rest)| !words::meanings(&self::folded(rest)).is_empty())
}

impl Understood {
    fn has(&self, field: &str) -> bool {
        self.targets.iter().flatten().any(|target| target == field)
    }
    /// Gives a column a field, unless either is taken.
    fn grant(&mut self, column: usize, field: &str) {
        match (self.has(field), self.targets.get_mut(column)) {
            (false, Some(slot @ None)) => *slot = Some(field.to_owned()),
            (true, Some(None)) if !self.rivals.iter().any(|(rival, of)| *rival == column && of == field) => {
                self.rivals.push((column, field.to_owned()));
            }
            _ => {}
        }
    }
}

/// A field that a column may be taken for.
struct Wish {
    column: usize,
    field: String,
    meaning: &'static str,
    order: Order,
}

/// Whether the column is empty, how the field was found, and how likely the header is.
type Order = (bool, How, usize);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// The form says so.
    Form,
    /// It is named as the field.
    Name,
    /// It is named as the last part of the field.
    Part,
    /// The header means it.
    Word,
    /// The header means something that this field may hold as well.
    Instead,
}

struct Reader<'a> {
    headers: &'a Headers<'a>,
    language: Option<usize>,
    form: Option<&'static Form>,
}

impl Reader<'_> {
    fn wishes(&self) -> Vec<Wish> {
        let mut wishes = Vec::new();
        for (column, header) in self.headers.names.iter().enumerate() {
            if self.headers.settled.get(column) != Some(&true) {
                self.wish(column, header, &mut wishes);
            }
        }
        wishes
    }

    fn wish(&self, column: usize, header: &str, wishes: &mut Vec<Wish>) {
        let rows = self.headers.filled.iter().copied().max().unwrap_or(0);
        let empty = rows > 0 && self.headers.filled.get(column) == Some(&0);
        let plain = undecorated(header);
        let name = folded(plain);
        if name.is_empty() {
            return;
        }
        let mut add = |field: &str, meaning, how, rank| {
            wishes.push(Wish { column, field: field.to_owned(), meaning, order: (empty, how, rank) });
        };
        if let Some(said) = self.form.and_then(|form| form.meaning_of(&name)) {
            match said.strip_prefix('=') {
                Some(target) => add(target, "", How::Form, 0),
                None => self.fields_of(said, |field, place| {
                    add(field, said, if place == 0 { How::Form } else { How::Instead }, place * 100);
                }),
            }
            return;
        }
        for field in self.headers.fields {
            if folded(field) == name {
                add(field, "", How::Name, 0);
            } else if folded(last_part(field)) == name {
                add(field, "", How::Part, 0);
            }
        }
        // A second column of a name is a rival of the first.
        let again = if plain.len() < header.len() { 50 } else { 0 };
        if let Some((meaning, rank)) = self.meaning(plain) {
            self.fields_of(meaning, |field, place| {
                let how = if place == 0 { How::Word } else { How::Instead };
                add(field, meaning, how, rank + again + place * 100);
            });
            let other = match meaning {
                "email" | "person_email" => Some("other_emails"),
                "phone" | "person_phone" | "mobile" => Some("other_phones"),
                _ => None,
            };
            if let Some(other) = other.filter(|other| self.headers.fields.contains(other)) {
                add(other, meaning, How::Instead, rank + again + 500);
            }
        }
    }

    /// The fields of the kind that may hold a meaning.
    fn fields_of(&self, meaning: &str, mut add: impl FnMut(&str, usize)) {
        let fields = meaning::fields(self.headers.kind, meaning);
        for (place, field) in fields.iter().enumerate() {
            if *field == FULL_NAME || self.headers.fields.contains(field) {
                add(field, place);
            }
        }
    }

    /// What a header means in a table of this kind, and how likely that is; 0 is likeliest.
    fn meaning(&self, header: &str) -> Option<(&'static str, usize)> {
        let whole = self.word(&folded(header));
        if let Some((meaning, rank)) = whole
            && !matches!(meaning, "title" | "salutation" | "name")
        {
            return Some((meaning, rank));
        }
        let Some((whose, rest)) = prefix::strip(header) else { return whole };
        let (own, rank) = match self.word(&folded(rest)) {
            Some(word) => word,
            // Two prefixes, as in `Contact: Account Name`, or a word that only this table has.
            None => prefix::strip(rest).and_then(|_| self.meaning(rest))?,
        };
        let further = if whose.is(self.headers.kind) { 10 } else { 60 };
        Some((self.of(whose, own)?, rank + further))
    }

    fn of(&self, whose: Whose, own: &'static str) -> Option<&'static str> {
        whose.meaning(self.headers.kind, own)
    }

    /// What a folded word means, in the language of the headers, else in English, else in any.
    fn word(&self, folded: &str) -> Option<(&'static str, usize)> {
        let words = words::meanings(folded);
        let own = words.iter().find(|word| Some(word.language) == self.language);
        own.or(words.first()).map(|word| (word.meaning, word.rank))
    }
}

/// The language that most headers have; the more frequent one of two that fit as well.
fn language_of(headers: &[String]) -> Option<usize> {
    let mut counts = vec![0_usize; words::LANGUAGES.len()];
    for header in headers {
        let plain = undecorated(header);
        let mut known = words::meanings(&folded(plain));
        if let (true, Some((_, rest))) = (known.is_empty(), prefix::strip(plain)) {
            known = words::meanings(&folded(rest));
        }
        for word in known {
            if let Some(count) = counts.get_mut(word.language) {
                *count += 1;
            }
        }
    }
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    counts.iter().position(|count| *count == most)
}

/// The field without what it is part of: `city` of `billing.city`.
fn last_part(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

/// A header without what is no part of its name: the mark of a required column, and the count of a repeated one.
fn undecorated(header: &str) -> &str {
    let header = header.trim().trim_end_matches('*').trim_end();
    let header = header.strip_suffix("(required)").unwrap_or(header).trim_end();
    match header.rsplit_once(" (") {
        Some((name, count)) if is_count(count) => name.trim_end(),
        _ => header,
    }
}

fn is_count(text: &str) -> bool {
    text.strip_suffix(')').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A name as it is compared: letters and digits in lower case, without accents.
pub(super) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()) {
        match unaccented(character) {
            "" => folded.push(character),
            plain => folded.push_str(plain),
        }
    }
    folded
}

/// The plain letters that stand for one with an accent in the languages of the headers.
const fn unaccented(character: char) -> &'static str {
    match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'º' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        _ => "",
    }
}
