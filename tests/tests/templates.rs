//! Templates, as callers of every backend see them: what is published, what is refused, and what a message says.

use nexa_core::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        test(backend.name, office);
    }
}

/// In memory alone, where the rules are the same.
fn office() -> Office {
    Office::staffed(backends::memory().store, nexa_core::builder())
}

/// A template for mails with this text in English.
fn template(office: &Office, name: &str, text: &Json) -> Json {
    let mut text = text.clone();
    text["locale"] = json!("en");
    office.run("template.create", json!({"name": name, "texts": [text]}))["id"].clone()
}

fn refused(office: &Office, operation: &str, arguments: Json) -> nexa_core::Error {
    office.run_as("admin", operation, arguments).unwrap_err()
}

/// The code and line with which a text is refused.
fn problem(text: &Json) -> (String, Json) {
    let office = office();
    let id = template(&office, "Test", text);
    let error = refused(&office, "template.publish", json!({"template": id}));
    (error.code().to_owned(), error.params().get("line").cloned().unwrap_or_default())
}

fn contact(office: &Office, fields: Json) -> Json {
    office.run("contact.create", fields)["id"].clone()
}

#[test]
fn what_is_published_never_changes() {
    everywhere(|name, office| {
        let id = template(&office, "Welcome", &json!({"subject": "Hi", "text": "First {{ contact.last_name }}"}));
        let ann = contact(&office, json!({"last_name": "Ann"}));
        let not_yet = refused(&office, "template.render", json!({"template": id, "contact": ann}));
        assert_eq!(not_yet.code(), "template.not_published", "{name}");
        let first = office.run("template.publish", json!({"template": id}));
        assert_eq!((&first["number"], &first["reads"]), (&json!(1), &json!(["contact.last_name"])), "{name}");

        let texts = json!([{"locale": "en", "subject": "Hi", "text": "Second {{ contact.last_name }}"}]);
        office.run("template.update", json!({"template": id, "texts": texts}));
        let said =
            |office: &Office| office.run("template.render", json!({"template": id, "contact": ann}))["text"].clone();
        assert_eq!(said(&office), "First Ann\n", "{name}");
        let preview = office.run("template.preview", json!({"template": id, "contact": ann}));
        assert_eq!(preview["text"], "Second Ann\n", "{name}");
        let as_published = json!({"template": id, "contact": ann, "published": true});
        assert_eq!(office.run("template.preview", as_published)["text"], "First Ann\n", "{name}");

        let second = office.run("template.publish", json!({"template": id}));
        assert_eq!(second["number"], 2, "{name}");
        assert_eq!(said(&office), "Second Ann\n", "{name}");
        let kept = office.run("template_version.get", json!({"template_version": first["id"]}));
        assert_eq!(kept, first, "{name}");
        let catalog = office.crm.catalog();
        for verb in ["create", "update", "trash", "upsert"] {
            assert!(catalog.operation(&format!("template_version.{verb}")).is_err(), "{verb}");
        }

        let in_use = refused(&office, "template.trash", json!({"template": id}));
        assert_eq!(in_use.code(), "record.in_use", "{name}");
        office.run("template.archive", json!({"template": id}));
        let archived = refused(&office, "template.render", json!({"template": id, "contact": ann}));
        assert_eq!(archived.code(), "template.archived", "{name}");
        assert_eq!(refused(&office, "template.archive", json!({"template": id})).code(), "template.archived");
        office.run("template.unarchive", json!({"template": id}));
        assert_eq!(refused(&office, "template.unarchive", json!({"template": id})).code(), "template.not_archived");
        office.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn publishing_refuses_what_could_not_be_sent_and_names_the_line() {
    for (text, code, line) in [
        (json!({"subject": "Hi", "text": "a\n{{ contact.frist_name }}"}), "template.variable_unknown", json!(2)),
        (json!({"subject": "Hi {{ name }}", "text": "a"}), "template.variable_unknown", json!(1)),
        (json!({"subject": "Hi", "html": "<p>\n\n{{ deal.name }}</p>"}), "template.variable_unknown", json!(3)),
        (json!({"subject": "Hi", "text": "{{ contact.account.parent.name }}"}), "template.variable_unknown", json!(1)),
        (json!({"subject": "Hi", "text": "{{ contact.custom.unknown }}"}), "template.variable_unknown", json!(1)),
        (json!({"subject": "Hi", "text": "{{ today.year }}"}), "template.variable_unknown", json!(1)),
        (json!({"subject": "Hi", "text": "{{ config.secret }} {{ self }}"}), "template.variable_unknown", json!(1)),
        (json!({"subject": "Hi", "text": "a\n{{ contact.last_name|safe }}"}), "template.filter_unknown", json!(2)),
        (json!({"subject": "Hi", "text": "{% if org is iterable %}{% endif %}"}), "template.filter_unknown", json!(1)),
        (
            json!({"subject": "Hi", "html": "<a href=\"{{ today|guard_link }}\">x</a>"}),
            "template.filter_unknown",
            json!(1),
        ),
        (json!({"subject": "Hi", "text": "a\nb\n{{ contact."}), "template.syntax", json!(3)),
        (json!({"subject": "Hi", "text": "{% for x in contact.tags %}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "{{ range(100) }}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "{{ contact.last_name.upper() }}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "{% autoescape false %}{% endautoescape %}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "{% extends 'x' %}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "{% include today %}"}), "template.syntax", json!(1)),
        (json!({"subject": "Hi", "text": "x\n{% include 'footer' %}"}), "template.partial_unknown", json!(2)),
        (json!({"subject": "Hi", "html": "<p>\n<a href=x{{ today }}>x</a>"}), "template.syntax", json!(2)),
        (json!({"subject": "Hi", "html": "<p>\n<a href=\"javascript:x\">x</a>"}), "template.link", json!(2)),
        (json!({"subject": "Hi"}), "template.no_text", Json::Null),
        (json!({"text": "Hi"}), "template.no_text", Json::Null),
    ] {
        assert_eq!(problem(&text), (code.to_owned(), line), "{text}");
    }
    let office = office();
    let without = office.run("template.create", json!({"name": "Empty"}))["id"].clone();
    let error = refused(&office, "template.publish", json!({"template": without}));
    assert_eq!(error.code(), "template.no_text");
    // What is refused is not published.
    assert_eq!(office.run("template.get", json!({"template": without}))["published"], Json::Null);
}

#[test]
fn a_message_reads_its_records_and_no_further_than_one_away() {
    everywhere(|name, office| {
        office.run("org.configure", json!({"address": {"street": "1 Main St", "city": "Rome"}}));
        let account = office.run("account.create", json!({"name": "Globex"}))["id"].clone();
        let ann = contact(&office, json!({"first_name": "Ann", "email": "ann@globex.example", "account": account}));
        let agent = office.id("agent");
        let deal = json!({
            "name": "Plan", "account": account, "primary_contact": ann, "owner": agent,
            "amount": {"amount": "1234.5", "currency": "EUR"},
        });
        let deal = office.run("deal.create", deal)["id"].clone();
        let text = "{{ deal.name }} {{ deal.amount }} {{ deal.account.name }} {{ account.name }} {{ contact.first_name }} \
                    {{ owner.name }} {{ org.name }}, {{ org.address }} {{ today|date }} {{ code }}{% if lead %} lead{% endif %}";
        let made = json!({
            "name": "Offer", "about_kind": "deal", "variables": [{"name": "code", "required": true}],
            "texts": [{"locale": "en", "subject": "{{ deal.name }}", "text": text}],
        });
        let id = office.run("template.create", made)["id"].clone();
        office.run("template.publish", json!({"template": id}));
        let about = json!({"kind": "deal", "id": deal});
        let owner = office.run("user.get", json!({"user": agent}))["name"].as_str().unwrap().to_owned();
        let org = office.run("org.find", json!({}))["items"][0]["name"].as_str().unwrap().to_owned();
        let message =
            office.run("template.render", json!({"template": id, "about": about, "values": {"code": "{{ x }}"}}));
        let expected =
            format!("Plan €1,234.50 Globex Globex Ann {owner} {org}, 1 Main St, Rome Nov 17, 2025 {{{{ x }}}}\n");
        assert_eq!(message["text"], expected, "{name}");

        let without = refused(&office, "template.render", json!({"template": id, "about": about}));
        assert_eq!(without.code(), "template.variable_missing", "{name}");
        for (values, code) in
            [(json!({"code": 5}), "field.invalid"), (json!({"code": "x", "other": "y"}), "field.invalid")]
        {
            let arguments = json!({"template": id, "about": about, "values": values});
            assert_eq!(refused(&office, "template.render", arguments).code(), code, "{name}");
        }
        let other = json!({"template": id, "about": {"kind": "contact", "id": ann}, "values": {"code": "x"}});
        assert_eq!(refused(&office, "template.render", other).code(), "field.invalid", "{name}");
        // Without a record there is nothing to say of it.
        let nothing = refused(&office, "template.render", json!({"template": id, "values": {"code": "x"}}));
        assert_eq!((nothing.code(), &nothing.params()["variable"]), ("template.variable_missing", &json!("deal.name")));
    });
}

#[test]
fn the_language_is_the_persons_then_their_accounts_then_the_templates() {
    everywhere(|name, office| {
        let text = |locale: &str| json!({"locale": locale, "subject": locale, "text": "{{ contact.last_name }} {{ today|date }}"});
        let made = json!({"name": "Hello", "texts": [text("en"), text("pt"), text("de")]});
        let id = office.run("template.create", made)["id"].clone();
        office.run("template.publish", json!({"template": id}));
        let account = office.run("account.create", json!({"name": "Globex", "language": "de-AT"}))["id"].clone();
        let of = |fields: Json| {
            let contact = contact(&office, fields);
            office.run("template.render", json!({"template": id, "contact": contact}))
        };
        for (fields, locale, text) in [
            (json!({"last_name": "A", "language": "pt-BR", "account": account}), "pt", "A 17/11/2025\n"),
            (json!({"last_name": "B", "language": "fr", "account": account}), "de", "B 17.11.2025\n"),
            (json!({"last_name": "C", "account": account}), "de", "C 17.11.2025\n"),
            (json!({"last_name": "D", "language": "fr"}), "en", "D Nov 17, 2025\n"),
        ] {
            let message = of(fields);
            assert_eq!((&message["locale"], &message["text"]), (&json!(locale), &json!(text)), "{name}");
        }
    });
}

#[test]
fn a_partial_is_included_in_the_version_that_was_named() {
    everywhere(|name, office| {
        let footer = template(&office, "Footer", &json!({"subject": "-", "html": "<p>{{ org.name }} 1</p>"}));
        let first = office.run("template.publish", json!({"template": footer}))["id"].clone();
        let texts = json!([{"locale": "en", "subject": "-", "html": "<p>{{ org.name }} 2</p>"}]);
        office.run("template.update", json!({"template": footer, "texts": texts}));
        let made = json!({
            "name": "Main", "partials": [{"name": "footer", "version": first}],
            "texts": [{"locale": "en", "subject": "Hi", "html": "<b>Hi</b>{% include 'footer' %}"}],
        });
        let main = office.run("template.create", made)["id"].clone();
        let version = office.run("template.publish", json!({"template": main}));
        assert_eq!(version["reads"], json!(["org.name"]), "{name}");
        let outer = json!({
            "name": "Outer", "partials": [{"name": "main", "version": version["id"]}],
            "texts": [{"locale": "en", "subject": "Hi", "html": "{% include 'main' %}"}],
        });
        let outer = office.run("template.create", outer)["id"].clone();
        office.run("template.publish", json!({"template": outer}));
        office.run("template.publish", json!({"template": footer}));
        let org = office.run("org.find", json!({}))["items"][0]["name"].as_str().unwrap().to_owned();
        let html = office.run("template.render", json!({"template": outer}))["html"].clone();
        assert_eq!(html, format!("<b>Hi</b><p>{org} 1</p>"), "{name}");
        let preview = office.run("template.preview", json!({"template": outer}));
        assert_eq!(preview["html"], html, "{name}");

        let circle = json!([{"name": "outer", "version": version["id"]}]);
        office.run("template.update", json!({"template": footer, "partials": circle}));
        assert_eq!(
            refused(&office, "template.publish", json!({"template": footer})).code(),
            "template.circle",
            "{name}"
        );
    });
}

#[test]
fn a_preview_changes_nothing_and_says_what_is_missing() {
    everywhere(|name, office| {
        let html = "<p>Hi {{ contact.first_name }}</p><img src=\"https://x.test/a.png\"><a href=\"https://x.test/{{ contact.title }}\">a</a> \
                    <a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>";
        let id =
            template(&office, "Draft", &json!({"subject": "{{ contact.last_name|default('you') }}", "html": html}));
        let ann = contact(&office, json!({"last_name": "Ann"}));
        let head = office.head();
        let preview = office.run("template.preview", json!({"template": id, "contact": ann}));
        assert_eq!(preview["subject"], "Ann", "{name}");
        assert_eq!(preview["missing"], json!(["contact.first_name", "contact.title"]), "{name}");
        assert_eq!(preview["links"], json!(["https://x.test/[contact.title]"]), "{name}");
        assert_eq!(preview["warnings"], json!(["image_without_text"]), "{name}");
        let text = "Hi [contact.first_name]\n\na (https://x.test/[contact.title]) Unsubscribe (#)\n";
        assert_eq!(preview["text"], text, "{name}");
        let nobody = office.run("template.preview", json!({"template": id}));
        assert_eq!((&nobody["subject"], &nobody["missing"]), (&json!("you"), &preview["missing"]), "{name}");
        let tried = json!([{"locale": "en", "subject": "x".repeat(200), "html": "é".repeat(60_000)}]);
        let tried = office.run("template.preview", json!({"template": id, "texts": tried}));
        assert_eq!(tried["warnings"], json!(["large_html", "long_subject"]), "{name}");
        let wrong = json!([{"locale": "en", "subject": "{{ x", "text": "x"}]);
        let error = refused(&office, "template.preview", json!({"template": id, "texts": wrong}));
        assert_eq!(error.code(), "template.syntax", "{name}");
        assert_eq!(office.head(), head, "{name}");
    });
}

#[test]
fn what_a_template_is_made_of_is_checked_when_it_is_written() {
    let office = office();
    for fields in [
        json!({"key": "Not a key"}),
        json!({"about_kind": "unicorn"}),
        json!({"texts": [{"locale": "en"}, {"locale": "en"}]}),
        json!({"variables": [{"name": "A b"}]}),
        json!({"variables": [{"name": "a"}, {"name": "a"}]}),
        json!({"variables": [{"name": "contact"}]}),
        json!({"variables": [{"name": "deal"}]}),
        json!({"variables": [{"name": "day", "type": "date", "default": "soon"}]}),
        json!({"partials": [{"name": "A b", "version": uuid::Uuid::nil()}]}),
    ] {
        let mut with = fields.clone();
        with["name"] = json!("Wrong");
        assert_eq!(refused(&office, "template.create", with).code(), "field.invalid", "{fields}");
    }
    let unknown = json!({"name": "Wrong", "partials": [{"name": "a", "version": uuid::Uuid::from_u128(404)}]});
    assert_eq!(refused(&office, "template.create", unknown).code(), "record.not_found");
    for (name, key) in [("Taken", "taken"), ("TAKEN", "other"), ("Other", "taken")] {
        let made = office.run_as("admin", "template.create", json!({"name": name, "key": key}));
        let code = made.err().map(|error| error.code().to_owned());
        let expected = match (name, key) {
            ("Taken", _) => None,
            ("TAKEN", _) => Some("template.name_taken".to_owned()),
            _ => Some("template.key_taken".to_owned()),
        };
        assert_eq!(code, expected, "{name} {key}");
    }
}
