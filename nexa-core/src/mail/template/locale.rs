//! Which of several texts somebody reads.

use super::TemplateText;
use crate::Language;

/// The text in the first language that there is one for: `pt-BR`, else `pt`.
pub(super) fn choose<'t, 'l>(
    texts: &'t [TemplateText],
    wanted: impl IntoIterator<Item = &'l Language>,
) -> Option<&'t TemplateText> {
    wanted.into_iter().find_map(|language| {
        let mut tag = language.as_str();
        loop {
            if let Some(text) = texts.iter().find(|text| text.locale == tag) {
                return Some(text);
            }
            tag = tag.rsplit_once('-')?.0;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_falls_back_to_its_language_and_then_to_the_next_wish() {
        let language = |tag: &str| Language::parse(tag).unwrap();
        let texts =
            ["en", "pt", "zh-Hant"].map(|tag| TemplateText { locale: language(tag), ..TemplateText::default() });
        let chosen = |wanted: &[&str]| {
            let wanted: Vec<_> = wanted.iter().map(|tag| language(tag)).collect();
            choose(&texts, &wanted).map(|text| text.locale.to_string())
        };
        assert_eq!(chosen(&["pt-BR", "en"]).as_deref(), Some("pt"));
        assert_eq!(chosen(&["zh-Hant-TW", "en"]).as_deref(), Some("zh-Hant"));
        assert_eq!(chosen(&["zh-TW", "en"]).as_deref(), Some("en"));
        assert_eq!(chosen(&["fr"]), None);
    }
}
