//! What a server's answers mean.

use lettre::transport::smtp::{Error, response::Response};
use nexa_core::mail::Attempt;

/// The longest text of a server that is kept, in characters.
const LONGEST: usize = 500;

/// The code of a refusal: the enhanced one, such as `5.1.1`, or that of three digits. Nothing where the server did not answer.
pub(super) fn code(error: &Error) -> Option<String> {
    let status = error.status()?.to_string();
    let said = said(error);
    let enhanced = said.split_whitespace().next().filter(|word| is_enhanced(word)).map(str::to_owned);
    Some(enhanced.unwrap_or(status))
}

fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 3
        && matches!(parts.first(), Some(&("2" | "4" | "5")))
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a server said with a refusal, or the system when there is no answer.
pub(super) fn said(error: &Error) -> String {
    let text = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    text.chars().filter(|letter| !letter.is_control() || *letter == '\n').take(LONGEST).collect()
}

/// What came of an attempt that ended with an error before the body left, or when the server refused it.
pub(super) fn refused(error: &Error) -> Attempt {
    let attempt = if error.is_permanent() { Attempt::permanent() } else { Attempt::temporary() };
    with_words(attempt, error)
}

/// The same for what says nothing of the message: a connection, a greeting, a password.
pub(super) fn not_reached(error: &Error) -> Attempt {
    with_words(Attempt::temporary(), error)
}

/// What came of a body that left: without an answer, nobody knows.
pub(super) fn after_body(error: &Error) -> Attempt {
    if error.status().is_some() { refused(error) } else { with_words(Attempt::unknown(), error) }
}

fn with_words(attempt: Attempt, error: &Error) -> Attempt {
    let attempt = attempt.detail(said(error));
    match code(error) {
        Some(code) => attempt.code(code),
        None => attempt,
    }
}

/// The name that a server gave a message: `250 2.0.0 Ok: queued as 4XyZ`, `250 OK id=1abc-0002`, `250 Ok 0102018f…`.
pub(super) fn provider_id(response: &Response) -> Option<String> {
    let line = response.first_line()?;
    let named = line.split_once("queued as ").or_else(|| line.split_once("id=")).map(|(_, name)| name);
    let last = || line.split_whitespace().next_back().filter(|word| word.len() >= 16);
    let name = named.and_then(|name| name.split_whitespace().next()).or_else(last)?;
    Some(name.trim_matches(['<', '>', '.', ',']).chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use lettre::transport::smtp::response::{Category, Code, Detail, Severity};

    use super::*;

    #[test]
    fn a_server_names_what_it_took() {
        let response = |line: &str| {
            let code = Code::new(Severity::PositiveCompletion, Category::MailSystem, Detail::Zero);
            Response::new(code, vec![line.to_owned()])
        };
        for (line, name) in [
            ("2.0.0 Ok: queued as 4XyZ12", Some("4XyZ12")),
            ("OK id=1abc-0002-XY", Some("1abc-0002-XY")),
            ("Ok 0102018f2a3b4c5d-6e7f", Some("0102018f2a3b4c5d-6e7f")),
            ("OK thank you", None),
            ("", None),
        ] {
            assert_eq!(provider_id(&response(line)).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn an_enhanced_code_has_three_numbers() {
        for (word, enhanced) in [("5.1.1", true), ("4.7.12", true), ("5.1", false), ("3.1.1", false), ("5.a.1", false)]
        {
            assert_eq!(is_enhanced(word), enhanced, "{word}");
        }
    }
}
