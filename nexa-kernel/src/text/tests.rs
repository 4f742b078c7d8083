use proptest::prelude::*;

use super::*;

fn name(text: &str) -> Result<String, &'static str> {
    line(text, 200, "give at most 200 characters")
}

#[test]
fn a_text_of_which_nothing_is_seen_is_empty() {
    for text in [
        "\u{3164}",
        "\u{ad}",
        "\u{2800}",
        "\u{200b}",
        "\u{2060}",
        "\u{feff}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{115f}\u{1160}",
        "\u{ffa0}",
        "\u{34f}",
        "\u{180e}",
        "\u{e0041}",
        "\u{e0100}",
        "\u{61c}",
        "\u{200e}",
        "\u{202e}",
        "\u{2066}",
        " \u{2800}\u{200b}\u{a0} ",
        "\u{17b4}",
        "\u{1d173}",
        "\u{fff9}",
    ] {
        assert_eq!(name(text), Err(EMPTY), "{text:?}");
        assert_eq!(lines(text, 100, ""), Err(EMPTY), "{text:?}");
    }
}

#[test]
fn a_name_with_something_invisible_in_it_is_the_same_name() {
    for c in [
        '\u{200b}',
        '\u{ad}',
        '\u{2060}',
        '\u{200d}',
        '\u{200c}',
        '\u{feff}',
        '\u{fe0f}',
        '\u{202e}',
        '\u{200e}',
        '\u{e0061}',
    ] {
        for text in [format!("Ac{c}me"), format!("{c}Acme"), format!("Acme{c}"), format!("A{c}{c}cme")] {
            assert_eq!(name(&text).as_deref(), Ok("Acme"), "{text:?}");
        }
    }
}

#[test]
fn joiners_and_selectors_stay_where_they_are_needed() {
    for text in [
        "نامه\u{200c}ای",
        "क्\u{200d}ष",
        "ශ්\u{200d}රී",
        "👩\u{200d}💻",
        "👩🏽\u{200d}🚀",
        "❤\u{fe0f}\u{200d}🔥",
        "❤\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "葛\u{e0100}",
        "ᠠ\u{180b}",
    ] {
        assert_eq!(name(text).as_deref(), Ok(text), "{text:?}");
    }
}

#[test]
fn a_text_is_composed() {
    assert_eq!(name("Jose\u{301}").as_deref(), Ok("José"));
    assert_eq!(name("Jose\u{200b}\u{301}").as_deref(), Ok("José"));
    assert_eq!(lines("Jose\u{301}\n", 100, "").as_deref(), Ok("José"));
}

#[test]
fn a_longer_text_keeps_what_sets_its_direction_and_loses_what_overrides_it() {
    let text = "\u{200f}שלום\u{200f} (a)";
    assert_eq!(lines(text, 100, "").as_deref(), Ok(text));
    assert_eq!(lines("a\u{202e}b", 100, "").as_deref(), Ok("ab"));
}

#[test]
fn a_name_that_is_compared_as_given_is_plain() {
    assert_eq!(must_be_plain("form-4711 é"), Ok(()));
    assert_eq!(must_be_plain("e\u{301}"), Ok(()));
    assert_eq!(must_be_plain("a\u{1b}b"), Err(ONE_LINE));
    assert_eq!(must_be_plain("a\u{200b}"), Err(ALL_VISIBLE));
    assert_eq!(must_be_plain("\u{3164}"), Err(EMPTY));
    assert_eq!(must_be_plain(" "), Err(EMPTY));
}

proptest! {
    #[test]
    fn what_was_cleaned_once_is_clean(text in "[ae\u{301}\u{200b}-\u{200f}\u{fe0f}\u{20e3}1❤🔥नاه\u{180b}\u{e0061}\u{1f3f4} ]{0,12}") {
        for lines in [Lines::One, Lines::Any] {
            let once = visible(&text, lines).into_owned();
            prop_assert_eq!(visible(&once, lines), once.as_str());
        }
    }
}
