//! The URL of a server: what it may say. It holds a password, so no message repeats any of it but names that are known to be none.

use std::str::FromStr;

use nexa_kernel::Result;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::{certificates, codes};

/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// What a URL has to be.
const SHAPE: &str = "the URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE; write other characters of a name or password as %XX";

/// What may follow the question mark.
const KNOWN: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];
/// Other ways to write some of them.
const ALIASES: &[&str] = &["statement-cache-capacity", "ssl-mode", "ssl-root-cert", "ssl-ca", "ssl-cert", "ssl-key"];

/// Refuses a URL with parts that would be passed over. Error: `store.misconfigured`.
fn check(url: &str) -> Result<()> {
    let misconfigured = |problem: String| Err(codes::MISCONFIGURED.with("problem", problem));
    let (place, query) = url.split_once('?').map_or((url, ""), |(place, query)| (place, query));
    // Of a password with a sign that ends it, the rest would be read as a host, a database or a part.
    if place.contains('#') || query.contains(['#', '@']) {
        return misconfigured(SHAPE.to_owned());
    }
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let name = part.split('=').next().unwrap_or_default();
        if KNOWN.contains(&name) || ALIASES.contains(&name) || name.starts_with("options[") {
            continue;
        }
        let plain =
            name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
        let named = if plain && part.contains('=') { format!(" {name}") } else { String::new() };
        return misconfigured(format!(
            "the URL has an unknown part{named} after the question mark; known are {}",
            KNOWN.join(", ")
        ));
    }
    Ok(())
}

/// How to connect to the server of a URL. Error: `store.misconfigured`.
pub(crate) fn connect_options(url: &str) -> Result<PgConnectOptions> {
    check(url)?;
    // What the driver says may repeat a part of the URL, and with it a secret.
    let options = PgConnectOptions::from_str(url).map_err(|_| codes::MISCONFIGURED.with("problem", SHAPE))?;
    Ok(certificates::fixed(options)?.statement_cache_capacity(PREPARED).disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_passes() {
        for url in [
            "postgres://u:p@h/d",
            "postgres://h/d?sslmode=require&application_name=crm&options[search_path]=x",
            "postgres:///d?host=/run",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_is_unknown_is_refused_without_any_secret() {
        for url in [
            "postgres://u:hunter2@h/d?pool_size=hunter2",
            "postgres://u:pa?hunter2@h/d",
            "postgres://u:pa#hunter2@h/d",
            "postgres://h/d?hunter2",
            "postgres://h/d?password=a&Hunter2=x",
            "postgres://u:pa?a=b&hunter2@h/d",
        ] {
            let error = check(url).unwrap_err();
            assert_eq!(error.code(), "store.misconfigured", "{url}");
            assert!(!serde_json_text(&error).to_lowercase().contains("hunter2"), "{error:?}");
        }
        assert!(check("postgres://h/d?pool_size=4").unwrap_err().message().contains("pool_size"));
    }

    fn serde_json_text(error: &nexa_kernel::Error) -> String {
        format!("{error:?} {:?}", error.params())
    }
}
