//! Mail addresses.

use email_address::{EmailAddress, Options};

use super::text::{EMPTY, trimmed};
use crate::kernel::normal::lower;

string_value!(
    /// A mail address in lower case and Unicode NFKC, so that one mailbox has one form; at most 254 bytes.
    Email,
    normal,
    {
        "type": "string", "format": "email", "minLength": 3, "maxLength": 254,
        "description": "A mail address; kept in lower case."
    },
    Email
);

impl Email {
    /// The part after the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

fn normal(text: &str) -> Result<String, &'static str> {
    let text = trimmed(text);
    let text = text.as_ref();
    if text.is_empty() {
        return Err(EMPTY);
    }
    // Nothing that folds to an address of 254 bytes is this long; long input costs nothing.
    if text.len() > 2_000 {
        return Err(TOO_LONG);
    }
    let folded = folded(text);
    if folded.len() > 254 {
        return Err(TOO_LONG);
    }
    let options = Options::default().without_display_text().without_domain_literal().with_required_tld();
    match EmailAddress::parse_with_options(&folded, options) {
        Ok(_) if !folded.contains(char::is_whitespace) => Ok(folded),
        _ => Err("give a mail address such as ada@example.com, without a name"),
    }
}

const TOO_LONG: &str = "give a mail address of at most 254 bytes";

/// Lower case and NFKC. One can bring back what the other removed, hence until nothing changes.
fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = text.to_owned();
    for _ in 0..4 {
        let next = lower(&folded);
        if next == folded {
            break;
        }
        folded = next;
    }
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::check;

    #[test]
    fn one_mailbox_has_one_form() {
        let plain = Email::parse("sarah.chen@acme.com").unwrap();
        for text in [" Sarah.Chen@ACME.com ", "sarah.chen@acme.com\n", "Ｓarah.chen＠acme.com"] {
            assert_eq!(Email::parse(text).unwrap(), plain, "{text:?}");
        }
        assert_eq!(plain.domain(), "acme.com");
        assert_eq!(Email::parse("MÜLLER@Bücher.de").unwrap(), "müller@bücher.de");
        check::round_trip(&plain);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "sarah",
            "sarah@",
            "@acme.com",
            "sarah@acme",
            "a b@acme.com",
            "a@b@acme.com",
            "sarah@acme..com",
            "Sarah <sarah@acme.com>",
            "<sarah@acme.com>",
            "sarah@[127.0.0.1]",
            "a@acme.com, b@acme.com",
            "sarah@acme.com\0",
            "sarah\n@acme.com",
            "\"a b\"@acme.com",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Email::parse(&format!("a@{}.com", "x.".repeat(200))), Err(TOO_LONG));
    }

    proptest! {
        #[test]
        fn the_normal_form_is_normal(text in "[A-Za-zÀ-ſİẞ.+]{1,9}[@＠][A-Za-zÀ-ſ]{1,5}\\.[a-zA-Z]{2,3} ?") {
            check::normal(Email::parse, &text);
        }

        #[test]
        fn any_text_is_an_address_or_refused(text in any::<String>()) {
            check::normal(Email::parse, &text);
        }
    }
}
