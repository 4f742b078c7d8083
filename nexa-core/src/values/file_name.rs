//! Names of files.

use std::borrow::Cow;

use super::text::{EMPTY, trimmed};
use crate::kernel::normal::fold;

/// The longest name, in characters.
const LONGEST: usize = 200;

/// The longest ending that is kept when a name is cut, in characters, with its dot.
const LONGEST_ENDING: usize = 20;

string_value!(
    /// The name of a file: one line of at most 200 characters, without folders, control characters and signs of direction.
    FileName,
    |text| {
        let name = plain(text)?;
        if name.chars().count() > LONGEST { Err("give at most 200 characters") } else { Ok(name) }
    },
    {
        "type": "string", "minLength": 1, "maxLength": 200,
        "description": "The name of a file without its folder, at most 200 characters."
    }
);

impl FileName {
    /// The name under which somebody sends a file, and whether it was cut: one that is too long loses characters before its ending.
    pub fn received(text: &str) -> Result<(Self, bool), &'static str> {
        let name = plain(text)?;
        let length = name.chars().count();
        if length <= LONGEST {
            return Ok((Self(name), false));
        }
        let dot = name.rfind('.').unwrap_or(name.len());
        let (stem, ending) = name.split_at(dot);
        let (stem, ending) = if ending.chars().count() > LONGEST_ENDING { (&*name, "") } else { (stem, ending) };
        let kept: String = stem.chars().take(LONGEST - ending.chars().count()).collect();
        Ok((Self(format!("{}{ending}", kept.trim_end())), true))
    }

    /// What follows its last dot, as a program that opens it reads it: in small letters, and without what such a program passes over.
    pub fn extension(&self) -> String {
        let seen = self.0.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
        seen.rsplit_once('.').map_or_else(String::new, |(_, extension)| fold(extension))
    }
}

fn plain(text: &str) -> Result<String, &'static str> {
    let mut name = plainer(text);
    loop {
        if name.is_empty() {
            return Err(EMPTY);
        }
        // What is left of one that was dressed up twice may be dressed up still; each time it is shorter.
        let next = plainer(&name);
        if next == name {
            return Ok(name);
        }
        name = next;
    }
}

fn plainer(text: &str) -> String {
    let text = decoded(text);
    let base = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String =
        trimmed(base).chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect();
    trimmed(&shown).trim_end_matches(|c: char| c == '.' || c.is_whitespace()).to_owned()
}

/// A name in the form of RFC 2231 (`UTF-8''r%C3%A9sum%C3%A9.pdf`) as it is meant; any other as it is.
fn decoded(text: &str) -> Cow<'_, str> {
    read_extended(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn read_extended(text: &str) -> Option<String> {
    let (charset, rest) = text.split_once('\'')?;
    let (language, value) = rest.split_once('\'')?;
    let is_utf8 = ["utf-8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known));
    if !is_utf8 || !language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::check;

    fn name(text: &str) -> String {
        FileName::parse(text).unwrap().to_string()
    }

    #[test]
    fn a_name_has_no_folder() {
        for text in
            ["report.pdf", "../../etc/report.pdf", "C:\\Users\\Sarah\\report.pdf", " report.pdf. ", "a/b\\report.pdf"]
        {
            assert_eq!(name(text), "report.pdf", "{text:?}");
        }
        for text in ["", " ", "..", ".", "/", "a/", "\u{202e}", "\0", ". ."] {
            assert!(FileName::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_nobody_sees_and_what_turns_the_direction_is_left_out() {
        assert_eq!(name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(name("in\u{2066}voice\u{2069}.p\u{200b}df"), "invoice.pdf");
        assert_eq!(name("in\r\nvoice\t.pdf\u{7f}"), "invoice.pdf");
        assert_eq!(name("re\u{301}sume\u{301}.pdf"), "résumé.pdf");
    }

    #[test]
    fn a_long_name_is_cut_before_its_ending_and_marked() {
        let (cut, marked) = FileName::received(&format!("{}.pdf", "ß".repeat(300))).unwrap();
        assert_eq!((cut.chars().count(), cut.ends_with("ß.pdf"), marked), (200, true, true));
        let (cut, marked) = FileName::received(&format!("a.{}", "b".repeat(300))).unwrap();
        assert_eq!((cut.chars().count(), marked), (200, true));
        let (whole, marked) = FileName::received(&"ß".repeat(200)).unwrap();
        assert_eq!((whole.chars().count(), marked), (200, false));
        assert_eq!(FileName::parse(&"x".repeat(201)), Err("give at most 200 characters"));
    }

    #[test]
    fn an_extension_is_what_a_program_takes_for_it() {
        let of = |text: &str| FileName::parse(text).unwrap().extension();
        assert_eq!(of("setup.EXE"), "exe");
        assert_eq!(of("setup.exe. . "), "exe");
        assert_eq!(of("setup.exe::$DATA"), "exe");
        assert_eq!(of("setup.\u{ff45}xe"), "exe");
        assert_eq!(of("UTF-8''setup.ex%65"), "exe");
        assert_eq!(of("utf-8'en'setup%2Eexe"), "exe");
        assert_eq!(of(".exe"), "exe");
        assert_eq!(of("README"), "");
        assert_eq!(name("UTF-8''r%C3%A9sum%C3%A9.pdf"), "résumé.pdf");
        assert_eq!(name("it's Sarah's.pdf"), "it's Sarah's.pdf");
    }

    proptest! {
        #[test]
        fn the_normal_form_is_normal(text in "(?s)[ ./\\\\'%\r\n\u{a0}a-z5ß\u{1}\u{feff}\u{202e}]{0,12}") {
            check::normal(FileName::parse, &text);
        }

        #[test]
        fn what_is_received_is_a_name(text in any::<String>()) {
            if let Ok((name, _)) = FileName::received(&text) {
                prop_assert!(!name.contains(['/', '\\', '\0', '\n']) && name.chars().count() <= LONGEST);
            }
        }
    }
}
