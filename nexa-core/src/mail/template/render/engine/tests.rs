use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Body, Language, Subject, kernel::zone::Zone};

fn text(subject: Option<&str>, html: Option<&str>, text: Option<&str>) -> TemplateText {
    TemplateText {
        locale: Language::parse("en").unwrap(),
        subject: subject.map(|subject| Subject::parse(subject).unwrap()),
        html: html.map(|html| Body::parse(html).unwrap()),
        text: text.map(|text| Body::parse(text).unwrap()),
        ..TemplateText::default()
    }
}

fn formats() -> Formats {
    Formats::new(&Language::parse("en").unwrap(), Zone::UTC)
}

fn rendered(text: &TemplateText, values: &Json) -> Result<Rendered> {
    let partials = BTreeMap::new();
    let prepared = Prepared::new(&Sources { text, partials: &partials })?;
    prepared.compiled()?.render(values.as_object().unwrap(), &formats())
}

/// A text with these values, or the code with which it is refused.
fn plain(source: &str, values: &Json) -> String {
    match rendered(&text(None, None, Some(source)), values) {
        Ok(rendered) => rendered.text.unwrap().trim_end().to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

fn html(source: &str, values: &Json) -> String {
    match rendered(&text(None, Some(source), Some("x")), values) {
        Ok(rendered) => rendered.html.unwrap(),
        Err(error) => error.code().to_owned(),
    }
}

#[test]
fn a_value_that_is_missing_is_never_printed() {
    let values = json!({"contact": {"first_name": null, "title": " ", "tags": ["a", null], "city": "Rome"}});
    for source in [
        "Hi {{ contact.first_name }},",
        "Hi {{ contact.title }},",
        "Hi {{ contact.unknown }},",
        "Hi {{ contact.unknown.deeper }},",
        "Hi {{ unknown }},",
        "Hi {{ 'Mr ' ~ contact.first_name }},",
        "Hi {{ contact.first_name|upper }},",
        "Hi {{ contact.first_name|truncate(3) }},",
        "Hi {{ ('Mr ' ~ contact.first_name)|upper }},",
        "Hi {{ contact.tags|join(', ') }},",
        "Hi {% set name = contact.first_name %}{{ name }},",
        "{% for tag in contact.tags %}{{ tag }}{% endfor %}",
        "Hi {{ none }},",
        "{{ contact.first_name if contact.first_name }}",
    ] {
        assert_eq!(plain(source, &values), "template.variable_missing", "{source}");
    }
    let error = rendered(&text(None, None, Some("{{ contact.first_name|title }}")), &values).unwrap_err();
    assert_eq!(error.params()["variable"], "contact.first_name");
}

#[test]
fn a_default_covers_undefined_null_and_blank() {
    let values = json!({"a": {"null": null, "blank": " \t", "zero": 0, "no": false, "some": "x"}});
    for (source, expected) in [
        ("{{ a.null|default('there') }}", "there"),
        ("{{ a.blank|default('there') }}", "there"),
        ("{{ a.unknown|default('there') }}", "there"),
        ("{{ b.c.d|default('there') }}", "there"),
        ("{{ a.null|upper|default('there') }}", "there"),
        ("{{ a.zero|default('there') }} {{ a.no|default('there') }} {{ a.some|default('there') }}", "0 false x"),
        ("{% if a.null %}yes{% else %}no{% endif %} {{ a.blank is defined }} {{ a.some is defined }}", "no false true"),
        ("{% for x in a.null %}x{% endfor %}-", "-"),
        ("{{ a.null|length }}", "0"),
    ] {
        assert_eq!(plain(source, &values), expected, "{source}");
    }
}

#[test]
fn a_value_is_data_and_never_source() {
    let values = json!({"name": "{{ org.name }}{% for x in y %}", "org": {"name": "Acme"}});
    assert_eq!(plain("{{ name }}", &values), "{{ org.name }}{% for x in y %}");
    assert_eq!(html("<p>{{ name }}</p>", &values), "<p>{{ org.name }}{% for x in y %}</p>");
}

#[test]
fn html_is_escaped_and_text_is_not() {
    let values = json!({"name": "<b>\"Tom\" & 'Jo'"});
    assert_eq!(
        html("<p title=\"{{ name }}\">", &values),
        "<p title=\"&lt;b&gt;&quot;Tom&quot; &amp; &#x27;Jo&#x27;\">"
    );
    assert_eq!(
        html("<p>{% set n %}<i>{{ name }}</i>{% endset %}{{ n }}</p>", &json!({"name": "<"})),
        "<p><i>&lt;</i></p>"
    );
    assert_eq!(plain("{{ name }}", &values), "<b>\"Tom\" & 'Jo'");
}

#[test]
fn links_are_encoded_and_have_allowed_schemes() {
    let values = json!({
        "url": "https://x.test/a b?q=\"1\"&r=2", "bad": "javascript:alert(1)", "name": "Tom & Jo/?\"", "mail": "a+b@c.test",
    });
    for (source, expected) in [
        ("<a href=\"{{ url }}\">", "<a href=\"https:&#x2f;&#x2f;x.test&#x2f;a%20b?q=%221%22&amp;r=2\">"),
        ("<a href=\"https://x.test/{{ name }}\">", "<a href=\"https://x.test/Tom%20%26%20Jo%2F%3F%22\">"),
        ("<a href=\"mailto:{{ mail }}\">", "<a href=\"mailto:a+b@c.test\">"),
        ("<a href=\"{{ bad }}\">", "template.link"),
        ("<a href=\"{{ name }}\">", "template.link"),
        ("<a href=\"{{ missing }}\">", "template.variable_missing"),
        (
            "<a href=\"{{ url if url else bad }}\">x</a>",
            "<a href=\"https:&#x2f;&#x2f;x.test&#x2f;a%20b?q=%221%22&amp;r=2\">x</a>",
        ),
    ] {
        assert_eq!(html(source, &values), expected, "{source}");
    }
}

proptest! {
    #[test]
    fn no_value_leaves_its_place(value in "([<>\"'&/=:{}%# \r\na-z]|javascript:|</a>|-->|&quot;|\u{2028}|é){0,12}") {
        let source = "<p title='{{ v }}'>{{ v }}<!-- {{ v }} --><a href=\"https://x.test/{{ v }}?{{ v }}\">{{ v }}</a></p>";
        let text = text(Some("Hi {{ v }}!"), Some(source), None);
        let Ok(rendered) = rendered(&text, &json!({"v": value})) else {
            // What is blank is missing.
            prop_assert!(value.trim().is_empty());
            return Ok(());
        };
        let html = rendered.html.unwrap();
        prop_assert_eq!(html.matches('<').count(), source.matches('<').count(), "{}", html);
        let links = super::super::links::of(&html);
        prop_assert!(links.len() == 1 && links[0].starts_with("https://x.test/"), "{links:?}");
        let address = links[0].strip_prefix("https://x.test/").unwrap();
        prop_assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%?-._~".contains(&byte)), "{address}");
        let ends_line = |letter: char| letter.is_control() || letter == '\u{2028}';
        prop_assert!(!rendered.subject.contains(ends_line));
    }
}

#[test]
fn a_subject_is_one_line_whatever_it_prints() {
    let values = json!({"name": "Tom\r\nBcc: all@x.test\u{2028}x\u{0}y"});
    let rendered = rendered(&text(Some("Hi {{ name }}"), None, Some("x")), &values).unwrap();
    assert_eq!(rendered.subject, "Hi Tom Bcc: all@x.test x y");
}

#[test]
fn steps_and_size_have_a_bound() {
    let many = json!({"xs": vec!["x"; 3000], "s": "x".repeat(1000)});
    let nested = "{% for a in xs %}{% for b in xs %}{{ a }}{% endfor %}{% endfor %}";
    assert_eq!(plain(nested, &many), "template.fuel");
    assert_eq!(plain("{{ s * 10000000 }}", &many), "template.fuel");
    assert_eq!(plain("{% for a in xs %}{{ s }}{% endfor %}", &many), "template.too_large");
    assert!(plain(&"(".repeat(5_000), &many).len() > 1);
    assert_eq!(plain(&format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000)), &many), "template.syntax");
}

#[test]
fn nothing_of_the_world_is_at_hand() {
    let none = json!({});
    for source in [
        "{{ range(3) }}",
        "{{ env('HOME') }}",
        "{{ debug() }}",
        "{{ 'x'.upper() }}",
        "{% include 'x' %}",
        "{{ ''.__class__.x() }}",
    ] {
        let code = plain(source, &none);
        assert!(["template.value", "template.variable_missing"].contains(&code.as_str()), "{source}: {code}");
    }
    for source in ["{% macro a() %}{% endmacro %}", "{% do x %", "{{ x", "{% if %}"] {
        assert_eq!(plain(source, &none), "template.syntax", "{source}");
    }
}

#[test]
fn money_dates_and_addresses_are_printed_for_people() {
    let values = json!({"deal": {
        "amount": {"amount": "1234.5", "currency": "EUR"}, "closes": "2026-03-31", "at": "2026-03-31T12:05:00Z",
        "address": {"street": "1 Main St", "city": "Rome"}, "count": 12345, "rate": "0.5",
    }});
    for (source, expected) in [
        ("{{ deal.amount }} {{ deal.amount|money }}", "€1,234.50 €1,234.50"),
        ("{{ deal.closes|date }} {{ deal.at|date }} {{ deal.at|time }}", "Mar 31, 2026 Mar 31, 2026 12:05 PM"),
        ("{{ deal.address }}", "1 Main St, Rome"),
        ("{{ deal.count|number }} {{ deal.rate|number(2) }}", "12,345 0.50"),
        (
            "{{ 'ABC def'|title }} {{ 'é'|upper }} {{ 'abcdef'|truncate(4) }} {{ 'a b'|urlencode }}",
            "Abc Def É abc… a%20b",
        ),
        ("{{ deal }}", "template.value"),
        ("{{ deal.count|date }}", "template.value"),
        ("{{ 1 / 0 }}", "template.value"),
    ] {
        assert_eq!(plain(source, &values), expected, "{source}");
    }
}

#[test]
fn a_preview_lists_all_that_is_missing() {
    let text = text(Some("{{ a.b }}"), Some("<a href=\"{{ url }}\">{{ c|upper }}</a>"), None);
    let partials = BTreeMap::new();
    let prepared = Prepared::new(&Sources { text: &text, partials: &partials }).unwrap();
    let (rendered, missing) = prepared.compiled().unwrap().preview(&Map::new(), &formats()).unwrap();
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["a.b", "c", "url"]);
    assert_eq!(rendered.subject, "[a.b]");
    assert_eq!(rendered.html.as_deref(), Some("<a href=\"[url]\">[c]</a>"));
    assert_eq!(rendered.text.as_deref(), Some("[c] ([url])\n"));
}

#[test]
fn a_partial_is_that_of_its_part_and_sees_the_values() {
    let footer = text(None, Some("<p>{{ org }}</p>"), Some("{{ org }}!"));
    let main = text(Some("s"), Some("<b>{% include 'footer' %}</b>"), Some("Bye {% include 'footer' %}"));
    let partials = BTreeMap::from([("footer", &footer)]);
    let prepared = Prepared::new(&Sources { text: &main, partials: &partials }).unwrap();
    let engine = prepared.compiled().unwrap();
    let rendered = engine.render(json!({"org": "A & B"}).as_object().unwrap(), &formats()).unwrap();
    assert_eq!(rendered.html.as_deref(), Some("<b><p>A &amp; B</p></b>"));
    assert_eq!(rendered.text.as_deref(), Some("Bye A & B!\n"));
    let missing = engine.render(&Map::new(), &formats()).unwrap_err();
    assert_eq!((missing.code(), &missing.params()["variable"]), ("template.variable_missing", &json!("org")));
}

#[test]
fn a_preheader_is_hidden_text_of_the_html() {
    let text = TemplateText {
        preheader: Some(Subject::parse("A < B {{ name }}").unwrap()),
        ..text(None, Some("<html><body class=\"x\"><p>Hi</p></body></html>"), None)
    };
    let rendered = rendered(&text, &json!({"name": "<i>"})).unwrap();
    assert_eq!(
        rendered.html.as_deref(),
        Some(
            "<html><body class=\"x\"><div style=\"display:none;max-height:0;overflow:hidden\">A &lt; B &lt;i&gt;</div>\
             <p>Hi</p></body></html>"
        )
    );
    assert_eq!(rendered.text.as_deref(), Some("Hi\n"));
}
