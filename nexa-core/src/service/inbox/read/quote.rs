//! What of a text was written, and what only quotes earlier mails: the end of the first. Nothing is thrown away.

/// Our own line above which an answer is written.
pub(in crate::service) const ABOVE: &str = "##- Reply above this line -##";

/// Lines that begin a quoted mail, by how they begin and end, in the languages of common mail programs.
const MARKS: [(&str, &str); 14] = [
    ("On ", " wrote:"),
    ("Am ", " schrieb:"),
    ("Am ", ":"),
    ("Le ", " a écrit :"),
    ("Le ", " a écrit:"),
    ("El ", " escribió:"),
    ("Il giorno ", " ha scritto:"),
    ("Il ", " ha scritto:"),
    ("Em ", " escreveu:"),
    ("Op ", " schreef:"),
    ("Den ", " skrev:"),
    ("Dnia ", " napisał:"),
    ("W dniu ", " pisze:"),
    ("Op ", " het volgende geschreven:"),
];

/// Lines that separate a quoted mail, whole.
const LINES: [&str; 8] = [
    "-----Original Message-----",
    "----- Original Message -----",
    "-----Ursprüngliche Nachricht-----",
    "-------- Original Message --------",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
];

/// How many bytes of a text were written by its sender; nothing where all of it was: a forward, an answer between the lines, and what a cut
/// would leave empty are not cut.
pub(in crate::service) fn reply_end(text: &str) -> Option<usize> {
    let mut offset = 0;
    let mut lines: Vec<(usize, &str)> = Vec::new();
    for line in text.split_inclusive('\n') {
        lines.push((offset, line.trim_end()));
        offset += line.len();
    }
    let (cut, mark_lines) = (0..lines.len()).find_map(|at| Some((at, begins_quote(&lines, at)?)))?;
    let (end, mark) = *lines.get(cut)?;
    let written = text.get(..end)?.trim_end();
    if written.is_empty() {
        return None;
    }
    let after = lines.get(cut + mark_lines..).unwrap_or_default();
    let separated = LINES.contains(&mark.trim()) || mark.trim() == ABOVE;
    // Between quoted lines somebody may have answered.
    let quoted_tail = after.iter().filter(|(_, line)| !line.is_empty()).all(|(_, line)| line.starts_with('>'));
    (separated || quoted_tail).then_some(written.len())
}

/// Over how many lines a quoted mail begins at this one: a mark goes over one or two, and the first quoted line of the end needs none.
fn begins_quote(lines: &[(usize, &str)], at: usize) -> Option<usize> {
    let (_, line) = lines.get(at)?;
    let line = line.trim();
    if LINES.contains(&line) || line == ABOVE {
        return Some(1);
    }
    let next = lines.get(at + 1).map(|(_, next)| next.trim()).unwrap_or_default();
    let joined = format!("{line} {next}");
    let is_mark = |text: &str| {
        text.len() < 300
            && text.contains(|c: char| c.is_ascii_digit())
            && MARKS.iter().any(|(begin, end)| text.starts_with(begin) && text.ends_with(end))
    };
    if is_mark(line) {
        return Some(1);
    }
    if MARKS.iter().any(|(begin, _)| line.starts_with(begin)) && !next.starts_with('>') && is_mark(&joined) {
        return Some(2);
    }
    let tail = line.starts_with('>')
        && lines.iter().skip(at).filter(|(_, line)| !line.is_empty()).all(|(_, line)| line.starts_with('>'));
    tail.then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> &str {
        reply_end(text).map_or(text, |end| &text[..end])
    }

    #[test]
    fn a_quoted_tail_is_cut_behind_the_mark_of_any_program() {
        for mark in [
            "On Mon, 17 Nov 2025 at 09:00, Acme <support@acme.example> wrote:",
            "Am 17.11.25 um 09:00 schrieb Acme:",
            "Am Mo., 17. Nov. 2025 um 09:00 Uhr schrieb:",
            "Le lun. 17 nov. 2025 à 09:00, Acme a écrit :",
            "El lun, 17 nov 2025 a las 9:00, Acme escribió:",
            "On Mon, 17 Nov 2025 at 09:00, Acme\n<support@acme.example> wrote:",
        ] {
            let text = format!("It works now.\n\n{mark}\n> Please try again.\n>\n> Alex\n");
            assert_eq!(reply(&text), "It works now.", "{mark}");
        }
        assert_eq!(reply("Thanks\n\n> a\n> b"), "Thanks");
        assert_eq!(reply("Thanks\n\n-----Original Message-----\nFrom: Alex\n\nPlease try"), "Thanks");
    }

    #[test]
    fn what_was_written_between_or_below_quoted_lines_stays() {
        for text in [
            "On Mon, 17 Nov 2025, Acme wrote:\n> Does it work?\nYes.\n> And this?\nNo.",
            "> Does it work?\n\nYes, it does.",
            "On Mon, 17 Nov 2025, Acme wrote:\n> all of it is quoted",
            "-----Original Message-----\nFrom: a customer",
            "On the other hand he wrote:\nplease call",
            "No quotes at all",
            "",
        ] {
            assert_eq!(reply(text), text);
        }
    }
}
