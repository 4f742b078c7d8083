use proptest::prelude::*;

use super::{Content, score, sought, text_terms, without_beginnings};

fn terms(content: Content, texts: &[&str]) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    texts.iter().for_each(|text| text_terms(content, text, 1, &mut found));
    without_beginnings(found)
}

fn words(content: Content, text: &str) -> Vec<String> {
    terms(content, &[text]).into_iter().map(|(term, _)| term).collect()
}

fn finds(content: Content, text: &str, query: &str) -> bool {
    let sought = sought(query);
    !sought.is_empty() && score(&sought, &terms(content, &[text])).is_some()
}

#[track_caller]
fn check(content: Content, text: &str, found_by: &[&str], not_by: &[&str]) {
    for query in found_by {
        assert!(
            finds(content, text, query),
            "{query} finds {text}: {:?} in {:?}",
            sought(query),
            terms(content, &[text])
        );
    }
    for query in not_by {
        assert!(!finds(content, text, query), "{query} does not find {text}: {:?}", terms(content, &[text]));
    }
}

#[test]
fn words_are_found_by_their_beginning_whatever_stands_between_them() {
    let plain = Content::Plain;
    for name in ["O\u{2019}Brien", "O'Brien", "O\u{2bc}BRIEN"] {
        check(plain, name, &["O'Brien", "o\u{2019}brien", "brien", "obrien", "O Brien", "obr"], &["rien", "'"]);
    }
    check(plain, "L'Oréal", &["Oréal", "oreal", "L\u{2019}Oréal", "loreal", "l'o"], &["real"]);
    check(plain, "Jean\u{2010}Luc Picard", &["jean-luc", "jeanluc", "jean luc", "luc", "picard jean"], &["jean-paul"]);
    check(plain, "AT&T U.S.A. v2.0", &["at&t", "att", "usa", "u.s.a.", "v2", "v2.0", "v20"], &["uk"]);
    check(
        plain,
        "INV-2024-001, 1.234,56 / 12:30",
        &["inv-2024-001", "2024", "001", "1234", "1.234", "12:30"],
        &["inv 2025"],
    );
    check(plain, "Smith,John (Ltd.)", &["john", "smith", "ltd", "smith john"], &["smith jane"]);
    check(plain, "snake_case #tag C++", &["case", "snake_case", "tag", "#tag", "c++"], &[]);
    assert_eq!(words(plain, "Acme Corp"), ["acme", "corp"]);
    assert_eq!(words(plain, "O'Brien"), ["brien", "obrien"]);
    assert_eq!(words(plain, "Ann Anna"), ["anna"]);
    assert!(sought(" - \u{200b} ").is_empty());
}

#[test]
fn accents_do_not_hide_a_word_and_rank_the_better_hit_first() {
    let plain = Content::Plain;
    check(plain, "Müller", &["muller", "Müller", "mu\u{308}ll", "MULLER", "m\u{fc}"], &["mueller"]);
    check(plain, "Muller", &["müller", "muller"], &[]);
    check(plain, "Søren Łukasz Đặng Kjær", &["soren", "lukasz", "dang", "kjaer", "søren", "kjær"], &[]);
    check(plain, "İstanbul IŞIK", &["istanbul", "ışık", "isik"], &[]);
    check(plain, "ΟΔΟΣ Straße", &["οδος", "οδός", "strasse"], &[]);
    let score_of = |text: &str, query: &str| score(&sought(query), &terms(plain, &[text])).unwrap();
    for (query, better, worse) in
        [("Müller", "Müller", "Muller"), ("muller", "Muller", "Müller"), ("jean-luc", "Jean-Luc", "Luc Jean")]
    {
        assert!(score_of(better, query) > score_of(worse, query), "{query}");
    }
}

#[test]
fn scripts_without_blanks_are_found_by_two_characters() {
    let plain = Content::Plain;
    check(plain, "東京都庁", &["東京", "京都", "都庁", "東京都", "東京都庁", "庁", "東"], &["東都", "大阪", "東京府"]);
    check(plain, "ジョン・スミス", &["ジョン", "スミス", "ジョンスミス", "ｼﾞｮﾝ", "ジョン・スミス"], &["ション"]);
    check(plain, "삼성전자 주식회사", &["삼성", "전자", "성전", "회사", "삼성전자"], &["삼전"]);
    check(plain, "กรุงเทพมหานคร", &["กรุงเทพ", "เทพ", "นคร", "มหา"], &["เทพา"]);
    check(plain, "iPhone電話2025年", &["iphone", "電話", "2025", "年", "電話2025"], &["話電"]);
    check(plain, "Иван Петров Фёдоров Сергей", &["иван", "ПЕТР", "федоров", "сергей"], &["сергеи"]);
    check(plain, "محمد علي مُحَمَّد", &["محمد", "علي", "عل"], &["لي"]);
    check(plain, "שָׁלוֹם עולם", &["שלום", "עולם"], &["לום"]);
    check(plain, "दिल्ली विश्वविद्यालय", &["दिल्ली", "विश्व"], &["ल्ली"]);
    assert_eq!(words(plain, "東京都"), ["京都", "東京", "都"]);
}

#[test]
fn a_mail_address_is_found_by_its_parts() {
    let mail = Content::Email;
    let by = [
        "ann.smith@acme.example",
        "ann",
        "ann.smith",
        "smith",
        "acme.example",
        "@acme.example",
        "acme example",
        "example",
        "acme",
        "ann.smith@acme",
    ];
    for content in [Content::Email, Content::Plain] {
        check(content, "ann.smith@acme.example", &by, &["ann@acme.example", "mith", "cme.example", "acme.org"]);
    }
    for local in ["jörg", "jorg"] {
        check(
            mail,
            &format!("{local}@acme.example"),
            &["acme example", "jorg", "jörg@acme.example", "jorg@acme.example"],
            &[],
        );
    }
    for domain in ["müller.example", "xn--mller-kva.example"] {
        let by = [
            "müller.example",
            "@muller.example",
            "xn--mller-kva.example",
            "a@müller.example",
            "a@xn--mller-kva.example",
        ];
        check(mail, &format!("a@{domain}"), &by, &["a@miller.example"]);
    }
    check(
        mail,
        "o'brien@sub.my-shop.example",
        &["brien", "o'brien", "my-shop.example", "shop", "sub.my-shop", "myshop"],
        &[],
    );
    check(
        Content::Plain,
        "Mail <ann@acme.example>, bob@b.example!",
        &["ann@acme.example", "bob@b.example", "acme"],
        &["ann@b.example"],
    );
    assert_eq!(words(mail, "ann@acme.example"), ["acmeexample", "ann@acme.example", "example"]);
    // The address itself is the better hit.
    let hit = |text: &str| score(&sought("acme.example"), &terms(mail, &[text]));
    assert!(hit("x@acme.example") > hit("acme@other.example"));
}

#[test]
fn a_telephone_number_is_found_as_people_write_it() {
    let phone = Content::Phone;
    let by = [
        "+442079460018",
        "02079460018",
        "+44 (0)20 7946 0018",
        "0044 20 7946 0018",
        "020 7946 0018",
        "(020) 7946-0018",
        "2079460018",
        "7946 0018",
        "7946",
        "0018",
        "946-0018",
        "79460018",
        "+44",
    ];
    check(phone, "+442079460018", &by, &["7947", "+442079460019", "07946 0019", "0019"]);
    check(phone, "02079460018", &["+442079460018", "020 7946 0018", "7946 0018", "0018"], &["+442079460019"]);
    check(
        phone,
        "+13125550122",
        &["312-555-0122", "(312) 555-0122", "555-0122", "0122", "1 312 555 0122"],
        &["556-0122"],
    );
    check(phone, "+33123456789", &["01 23 45 67 89", "+33 1 23 45 67 89", "6789"], &["01 23 45 67 88"]);
    check(phone, "5550100x123", &["555-0100", "0100", "123"], &[]);
    check(phone, "112", &["112"], &["113"]);
    let exact = |number: &str| score(&sought("+442079460018"), &terms(phone, &[number])).unwrap();
    assert!(exact("+442079460018") > exact("+12129460018"));
    assert_eq!(words(phone, "+442079460018"), ["0018", "2079460018", "442079460018", "460018", "79460018", "9460018"]);
    // What is no telephone number is found by its own digits.
    check(Content::Plain, "Order 1234567890 of 2024 2025", &["1234567890", "2024 2025", "order 2025"], &["4567890"]);
    check(Content::Plain, "Report 2025-11-17", &["2025-11-17", "2025", "11-17"], &["2025-11-18"]);
}

#[test]
fn a_web_address_is_found_by_its_host() {
    let by = ["acme.example", "www.acme.example", "https://www.acme.example/other", "shop", "acme", "example"];
    check(Content::Url, "https://www.shop.acme.example:8080/path?q=1#x", &by, &["path", "8080", "https"]);
    check(Content::Url, "http://xn--mller-kva.example", &["müller.example", "muller"], &[]);
    check(Content::Plain, "see www.acme.example now", &["acme.example", "www.acme.example"], &[]);
}

#[test]
fn long_words_match_by_their_beginning() {
    let long = "x".repeat(200);
    check(Content::Plain, &long, &[&long, "xx"], &["xy"]);
    assert_eq!(words(Content::Plain, &long)[0].len(), 64);
    let dense = "漢".repeat(100);
    check(Content::Plain, &dense, &[&dense, "漢漢"], &[]);
    assert_eq!(words(Content::Plain, &dense), ["漢漢"]);
}

proptest! {
    #[test]
    fn every_text_is_found_by_itself(text in "[a-zA-Zé0-9東京ก่ '@.,:+/()-]{0,24}") {
        let sought = sought(&text);
        if !sought.is_empty() {
            prop_assert!(score(&sought, &terms(Content::Plain, &[&text])).is_some(), "{:?} in {:?}", sought, terms(Content::Plain, &[&text]));
        }
    }

    #[test]
    fn no_term_begins_a_heavier_one(text in "[ab' -]{0,20}", other in any::<String>()) {
        let terms = terms(Content::Plain, &[&text, &other]);
        for (term, weight) in &terms {
            prop_assert!(!term.is_empty());
            prop_assert!(terms.iter().all(|(longer, more)| longer == term || !longer.starts_with(term.as_str()) || more < weight));
        }
    }

    #[test]
    fn every_number_is_found_as_it_is_kept(number in "\\+[1-9][0-9]{6,14}|[0-9]{3,15}") {
        prop_assert!(finds(Content::Phone, &number, &number), "{:?} in {:?}", sought(&number), words(Content::Phone, &number));
    }
}
