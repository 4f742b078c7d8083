//! A full name in one column, where a record keeps two.

/// Words that belong to the family name behind them.
const PARTICLES: &[&str] = &[
    "af", "al", "av", "ben", "bin", "bint", "da", "dal", "das", "de", "degli", "del", "della", "den", "der", "di",
    "do", "dos", "du", "el", "ibn", "la", "las", "le", "los", "mac", "st.", "ten", "ter", "van", "ver", "von", "zu",
    "zum", "zur",
];

/// Words of address before a name, without a point; those of the second list only with one, for they are names as well.
const SALUTATIONS: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "mlle", "monsieur", "madame", "sra", "srta",
    "señor", "señora", "sig", "sigra", "sig.ra", "dott", "dottssa", "dott.ssa", "dhr", "mevr", "mevrouw",
];
const SALUTATIONS_WITH_POINT: &[&str] = &["sr.", "fr.", "hr.", "rev.", "hon.", "ing.", "dña."];

/// Words behind a name that are part of it.
const SUFFIXES: &[&str] = &["jr", "sr", "ii", "iii", "iv", "phd", "md", "mba", "esq", "cpa", "dds", "jun", "sen"];

/// Splits a full name into first and last name; either may be empty. `Doe, Jane` is read as written, otherwise the
/// last word is the last name, together with particles such as `van` before it and suffixes such as `Jr.` behind it. A
/// salutation is no part of the name. A single word is a first name, or a last name behind a salutation.
///
/// ```
/// use nexa_core::import::name::split;
///
/// assert_eq!(split("Ludwig van Beethoven"), ("Ludwig".into(), "van Beethoven".into()));
/// assert_eq!(split("Doe, Jane"), ("Jane".into(), "Doe".into()));
/// assert_eq!(split("Dr. John Smith, Jr."), ("John".into(), "Smith Jr.".into()));
/// ```
pub fn split(full: &str) -> (String, String) {
    let parts: Vec<&str> = full.split(',').map(str::trim).collect();
    let suffixed = parts.len() - parts.iter().rev().take_while(|part| are_suffixes(part)).count();
    let (names, suffixes) = parts.split_at_checked(suffixed.max(1)).unwrap_or((&parts, &[]));
    let suffix = suffixes.join(" ");
    let (first, last) = match names {
        [last, first @ ..] if !first.is_empty() => {
            let given = first.join(", ");
            (without_salutation(&words(&given)).words.join(" "), without_salutation(&words(last)).words.join(" "))
        }
        _ => in_order(names.first().copied().unwrap_or_default()),
    };
    match (last.is_empty(), suffix.is_empty()) {
        (_, true) => (first, last),
        // A suffix belongs to a family name, if there is one.
        (true, false) => (format!("{first} {suffix}").trim().to_owned(), last),
        (false, false) => (first, format!("{last} {suffix}")),
    }
}

/// First name before last name.
fn in_order(full: &str) -> (String, String) {
    let all = words(full);
    let Addressed { words, addressed } = without_salutation(&all);
    let mut end = words.len();
    while end > 2 && words.get(end - 1).is_some_and(|word| are_suffixes(word)) {
        end -= 1;
    }
    if end <= 1 {
        let name = words.join(" ");
        return if addressed { (String::new(), name) } else { (name, String::new()) };
    }
    let mut last_from = end - 1;
    while last_from > 1 && words.get(last_from - 1).is_some_and(|word| is_particle(word)) {
        last_from -= 1;
    }
    // Behind a salutation a particle begins the family name: Herr von Braun.
    if last_from == 1 && addressed && words.first().is_some_and(|word| is_particle(word)) {
        last_from = 0;
    }
    let (first, last) = words.split_at_checked(last_from).unwrap_or((words, &[]));
    (first.join(" "), last.join(" "))
}

/// The words of a name, and whether a salutation stood before them.
struct Addressed<'w> {
    words: &'w [&'w str],
    addressed: bool,
}

fn without_salutation<'w>(words: &'w [&'w str]) -> Addressed<'w> {
    let mut rest = words;
    while let [first, more @ ..] = rest {
        if more.is_empty() || !is_salutation(first) {
            break;
        }
        rest = more;
    }
    Addressed { words: rest, addressed: rest.len() < words.len() }
}

fn is_salutation(word: &str) -> bool {
    let word = word.to_lowercase();
    SALUTATIONS_WITH_POINT.contains(&word.as_str()) || SALUTATIONS.contains(&word.trim_end_matches('.'))
}

fn are_suffixes(text: &str) -> bool {
    let suffix = |word: &str| SUFFIXES.contains(&word.to_lowercase().replace('.', "").as_str());
    !text.is_empty() && text.split_whitespace().all(suffix)
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

    #[test]
    fn salutations_go_and_suffixes_stay_with_the_family_name() {
        for (full, first, last) in [
            ("John Smith, Jr.", "John", "Smith Jr."),
            ("John Smith Jr.", "John", "Smith Jr."),
            ("Smith, John, Jr.", "John", "Smith Jr."),
            ("Jane Doe, Ph.D.", "Jane", "Doe Ph.D."),
            ("Henry Ford II", "Henry", "Ford II"),
            ("Dr. Jane Doe", "Jane", "Doe"),
            ("Prof. Dr. Jane Doe", "Jane", "Doe"),
            ("Mr. Smith", "", "Smith"),
            ("Herr von Braun", "", "von Braun"),
            ("Frau Anna von der Heide", "Anna", "von der Heide"),
            ("Doe, Dr. Jane", "Jane", "Doe"),
            ("Mme Claire Dupont", "Claire", "Dupont"),
            ("Dr", "Dr", ""),
            ("Don Draper", "Don", "Draper"),
            ("M. Night Shyamalan", "M. Night", "Shyamalan"),
        ] {
            assert_eq!(split(full), (first.to_owned(), last.to_owned()), "{full}");
        }
    }
}
