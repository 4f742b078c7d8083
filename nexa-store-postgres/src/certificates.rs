//! The certificate files of a connection, found once: a later connection of the pool opens them again, wherever the process
//! stands by then.

use std::path::{self, PathBuf};

use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::codes;

/// How the driver shows an input that is a file.
const FILE: &str = "file: ";

/// The options with each certificate file by its absolute path, whether the URL or the environment names it.
/// Error: `store.misconfigured`.
pub(crate) fn fixed(options: PgConnectOptions) -> nexa_kernel::Result<PgConnectOptions> {
    let shown = options.to_url_lossy();
    let mut fixed = options;
    for (name, value) in shown.query_pairs() {
        let Some(file) = value.strip_prefix(FILE) else { continue };
        let absolute = |file: &str| -> nexa_kernel::Result<PathBuf> {
            path::absolute(file).map_err(|error| codes::MISCONFIGURED.with("problem", format!("{name}: {error}")))
        };
        fixed = match name.as_ref() {
            "sslrootcert" => fixed.ssl_root_cert(absolute(file)?),
            "sslcert" => fixed.ssl_client_cert(absolute(file)?),
            "sslkey" => fixed.ssl_client_key(absolute(file)?),
            _ => fixed,
        };
    }
    Ok(fixed)
}

#[cfg(test)]
mod tests {
    use std::{env, str::FromStr};

    use super::*;

    #[test]
    fn a_relative_file_is_found_from_where_the_store_was_opened() {
        let url = "postgres://u:p@h/d?sslmode=verify-full&sslrootcert=ca.pem&ssl-cert=own/c.pem&sslkey=%2Fetc%2Fk.pem";
        let shown = fixed(PgConnectOptions::from_str(url).unwrap()).unwrap().to_url_lossy();
        let here = env::current_dir().unwrap();
        let file = |name: &str| shown.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(file("sslrootcert"), Some(format!("file: {}", here.join("ca.pem").display())));
        assert_eq!(file("sslcert"), Some(format!("file: {}", here.join("own/c.pem").display())));
        assert_eq!(file("sslkey"), Some("file: /etc/k.pem".to_owned()));
    }

    #[test]
    fn a_certificate_in_the_url_stays_what_it_is() {
        let inline = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
        let options = PgConnectOptions::from_str("postgres://u:p@h/d").unwrap().ssl_root_cert_from_pem(inline.into());
        let shown = fixed(options).unwrap().to_url_lossy();
        assert!(shown.query_pairs().any(|(name, value)| name == "sslrootcert" && value == inline), "{shown}");
    }
}
