//! A full name in one column, where a record keeps two.

/// Words that belong to the family name behind them.
const PARTICLES: &[&str] = &[
    "af", "al", "av", "ben", "bin", "bint", "da", "dal", "das", "de", "degli", "del", "della", "den", "der", "di",
    "do", "dos", "du", "el", "ibn", "la", "las", "le", "los", "mac", "st.", "ten", "ter", "van", "ver", "von", "zu",
    "zum", "zur",
];

/// Splits a full name into first and last name; either may be empty. `Doe, Jane` is read as written, otherwise the
/// last word is the last name, together with particles such as `van` before it. A single word is a first name.
///
/// ```
/// use nexa_core::import::name::split;
///
/// assert_eq!(split("Ludwig van Beethoven"), ("Ludwig".into(), "van Beethoven".into()));
/// assert_eq!(split("Doe, Jane"), ("Jane".into(), "Doe".into()));
/// ```
pub fn split(full: &str) -> (String, String) {
    if let Some((last, first)) = full.split_once(',') {
        return (words(first).join(" "), words(last).join(" "));
    }
    let words = words(full);
    let mut last_from = words.len().saturating_sub(1).max(1);
    while last_from > 1 && words.get(last_from - 1).is_some_and(|word| is_particle(word)) {
        last_from -= 1;
    }
    let (first, last) = words.split_at(last_from.min(words.len()));
    (first.join(" "), last.join(" "))
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn full_names_split_where_people_split_them() {
        for (full, first, last) in [
            ("Jane Doe", "Jane", "Doe"),
            ("  Mary  Ann   Smith ", "Mary Ann", "Smith"),
            ("Doe, Jane", "Jane", "Doe"),
            ("de la Cruz, María José", "María José", "de la Cruz"),
            ("Juan de la Cruz", "Juan", "de la Cruz"),
            ("Van Morrison", "Van", "Morrison"),
            ("Omar bin Khalid", "Omar", "bin Khalid"),
            ("Plato", "Plato", ""),
            ("Doe,", "", "Doe"),
            ("", "", ""),
            (",", "", ""),
        ] {
            assert_eq!(split(full), (first.to_owned(), last.to_owned()), "{full}");
        }
    }
}
