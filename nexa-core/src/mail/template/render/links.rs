//! What an HTML text that was rendered links to.

use super::{
    entity,
    reader::{Place, Reader},
};

/// Where the links of an HTML text lead, in order, each once.
pub(super) fn of(html: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for (element, attribute, value) in attributes(html) {
        let value = entity::decoded(&value).trim().to_owned();
        if element == "a"
            && attribute == "href"
            && !value.is_empty()
            && !value.starts_with('#')
            && !links.contains(&value)
        {
            links.push(value);
        }
    }
    links
}

/// Whether an image has no text for those who do not see it.
pub(super) fn has_bare_image(html: &str) -> bool {
    let alternatives =
        attributes(html).into_iter().filter(|(element, attribute, _)| element == "img" && attribute == "alt");
    html.to_ascii_lowercase().matches("<img").count() > alternatives.count()
}

/// The attributes in quotes of an HTML text, each with its element.
fn attributes(html: &str) -> Vec<(String, String, String)> {
    let mut reader = Reader::new();
    let mut found = Vec::new();
    let mut letters = html.chars().peekable();
    while let Some(letter) = letters.next() {
        let before = reader.place;
        // What is wrong with a link was said where it was rendered.
        let read = reader.letter(letter, letters.peek().copied(), 1);
        if matches!(before, Place::Value(_)) && (read.is_err() || reader.place == Place::Between) {
            found.push((reader.element.clone(), reader.attribute.clone(), std::mem::take(&mut reader.value)));
            reader.place = Place::Between;
        }
    }
    found
}
