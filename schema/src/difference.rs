//! Where two texts differ, in a few lines.

/// Lines of each side that are shown.
const SHOWN: usize = 12;

/// The lines between the common beginning and the common end of two texts, as in a diff; long ones cut short.
pub(crate) fn summary(found: &str, wanted: &str) -> String {
    let (found, wanted): (Vec<&str>, Vec<&str>) = (found.lines().collect(), wanted.lines().collect());
    let start = found.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
    let (found, wanted) = (found.get(start..).unwrap_or_default(), wanted.get(start..).unwrap_or_default());
    let end = found.iter().rev().zip(wanted.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out = format!("@@ from line {} @@\n", start + 1);
    for (sign, lines) in [('-', found), ('+', wanted)] {
        let lines = lines.get(..lines.len() - end).unwrap_or_default();
        for line in lines.iter().take(SHOWN) {
            out.push_str(&format!("{sign}{line}\n"));
        }
        if lines.len() > SHOWN {
            out.push_str(&format!("{sign}… {} more lines\n", lines.len() - SHOWN));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn only_what_differs_is_shown() {
        let shown = summary("a\nb\nc\nz\n", "a\nx\ny\nz\n");
        assert_eq!(shown, "@@ from line 2 @@\n-b\n-c\n+x\n+y\n");
    }

    #[test]
    fn a_long_difference_is_cut_short() {
        let wanted = "line\n".repeat(100);
        let shown = summary("", &wanted);
        assert_eq!(shown.lines().count(), 14);
        assert!(shown.ends_with("+… 88 more lines\n"));
    }

    #[test]
    fn texts_that_share_both_ends_do_not_overlap() {
        assert_eq!(summary("a\na\n", "a\na\na\n"), "@@ from line 3 @@\n+a\n");
    }
}
