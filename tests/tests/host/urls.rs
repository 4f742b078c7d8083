//! A URL is opened as it is meant, or refused; a secret in it stands in no message.

use nexa_crm::{Error, blocking};

#[track_caller]
fn refused(url: &str) -> Error {
    match blocking::open(url) {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error,
    }
}

#[test]
fn no_message_repeats_a_secret() {
    for url in [
        "postgress://lisa:hunter2@localhost/crm",
        "postgress:lisa:hunter2@localhost",
        "hunter2",
        "lisa:hunter2@localhost/crm",
        "postgres:lisa:hunter2@localhost",
        "postgres://lisa:hunter2@localhost:notaport/crm",
        "postgres://lisa:pa?hunter2@localhost/crm",
        "postgres://lisa:pa#hunter2@localhost/crm",
        "postgres://lisa:hunter2@[::1/crm",
        "postgres://lisa:hunter2@localhost/crm?password=hunter2&port=hunter2",
        "postgres://lisa:hunter2@localhost/crm?sslmode=hunter2",
        "postgres://lisa:hunter2@localhost/crm?hunter2",
        "postgres://lisa:%68unter2@127.0.0.1:1/crm",
        "postgres://lisa:hunter2@127.0.0.1:1/crm",
        "sqlite:crm.db?key=hunter2",
        "memory:hunter2",
    ] {
        let error = refused(url);
        let shown = format!("{error} {error:?} {:?} {}", error.params(), serde_json::to_string(&error).unwrap());
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        for secret in ["hunter2", "%68unter2"] {
            assert!(!shown.contains(secret) && !source.contains(secret), "{url}: {shown} {source}");
        }
    }
}

#[test]
fn special_names_of_sqlite_are_refused() {
    for url in [
        "sqlite:",
        "sqlite: ",
        "sqlite://",
        "sqlite::memory:",
        "sqlite://:memory:",
        "sqlite:file:crm.db",
        "sqlite:file:crm.db?mode=ro",
        "sqlite:FILE:crm.db",
        "sqlite:crm.db?mode=ro",
        "sqlite:crm.db#x",
        "memory",
        "memory://",
        "memory:?shared=1",
        "",
        ":",
    ] {
        let error = refused(url);
        assert_eq!(error.code(), "crm.url_invalid", "{url}: {error:?}");
    }
}

#[test]
fn unknown_parts_of_a_server_s_url_are_refused_with_those_that_are_known() {
    let error = refused("postgres://localhost/crm?pool_size=4");
    assert_eq!(error.code(), "store.misconfigured");
    assert!(error.message().contains("pool_size") && error.message().contains("application_name"), "{error}");
}
