//! The page of a quote.

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Shop, everywhere, usd};

fn page(shop: &Shop, arguments: Json) -> String {
    shop.run("quote.print", arguments)["html"].as_str().unwrap().to_owned()
}

#[test]
fn a_page_is_self_contained_and_everything_in_it_is_escaped() {
    everywhere(|shop| {
        let name = shop.name;
        let script = "<script>alert(1)</script>";
        let line = json!({
            "name": format!("Plan {script}"), "description": format!("\"{script}' & <img src=x onerror=alert(1)>"),
            "unit_price": usd("12.3456"), "quantity": "2.5", "unit": "<b>", "tax_rate": "19", "tax_name": "<i>VAT"
        });
        let quote = json!({
            "deal": shop.deal, "valid_until": "2025-11-30", "terms": format!("Net 30\n{script}"),
            "tiers": [{"key": "only", "name": format!("Tier {script}"), "lines": [line]}]
        });
        let quote = shop.run("quote.create", quote)["id"].clone();
        let draft = page(&shop, json!({"quote": quote}));
        assert!(draft.contains("<span class=\"mark\">Draft</span>"), "{name}");
        shop.run("quote.send", json!({"quote": quote}));
        let sent = page(&shop, json!({"quote": quote}));
        assert!(!sent.contains("Draft"), "{name}");
        for page in [&draft, &sent] {
            for forbidden in
                ["<script", "<img", "onerror=alert(1)>", "<b>", "<i>", "http://", "https://", "Globex <Corp>"]
            {
                assert!(!page.contains(forbidden), "{name}: {forbidden} in {page}");
            }
            assert!(page.contains("Globex &lt;Corp&gt;") && page.contains("Sarah Chen"), "{name}");
            assert!(page.contains("USD\u{a0}12.3456") || page.contains("12.3456\u{a0}USD"), "{name}: {page}");
            // 2.5 × 12.3456 is 30.864, and 19 % of 30.86 is 5.86.
            for amount in ["$30.86", "$5.86", "$36.72"] {
                assert!(page.contains(amount), "{name}: {amount} in {page}");
            }
            assert!(page.contains("@media print") && page.contains("default-src 'none'"), "{name}");
        }
    });
}

#[test]
fn what_was_sent_is_kept_with_its_hash() {
    everywhere(|shop| {
        let quote = shop.sent(json!([Shop::tier("basic", "30000"), Shop::tier("premium", "60000")]));
        let printed = shop.run("quote.print", json!({"quote": quote}));
        let html = printed["html"].as_str().unwrap();
        let hash: String = Sha256::digest(html.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(printed["sha256"], json!(hash), "{}", shop.name);
        assert!(
            html.contains("Overview") && html.contains("Plan basic") && html.contains("$71,400.00"),
            "{}",
            shop.name
        );
        let one = shop.run("quote.print", json!({"quote": quote, "tier": "premium"}));
        let only = one["html"].as_str().unwrap();
        assert!(
            one["sha256"].is_null() && only.contains("Plan premium") && !only.contains("Plan basic"),
            "{}",
            shop.name
        );
        let unknown = shop.refused("quote.print", json!({"quote": quote, "tier": "gold"}));
        assert_eq!(unknown, "quote.tier_unknown", "{}", shop.name);
    });
}

#[test]
fn a_page_speaks_the_language_of_its_recipient() {
    everywhere(|shop| {
        shop.run("contact.update", json!({"contact": shop.contact, "language": "de-AT"}));
        let quote = shop.sent(json!([Shop::tier("only", "1234567.8")]));
        let german = page(&shop, json!({"quote": quote}));
        for words in
            ["<html lang=\"de-AT\">", "Angebot Q-000001", "Gültig bis", "30.11.2025", "Gesamtsumme", "pro Jahr"]
        {
            assert!(german.contains(words), "{}: {words} in {german}", shop.name);
        }
    });
}
