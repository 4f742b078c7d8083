//! What the schema promises, as the server's own catalog shows it: so it also runs on Citus, and no name was cut.

use std::{collections::BTreeSet, sync::Arc};

use nexa_crm::{
    kernel::memory::MemoryStore,
    postgres::{Namespace, schema},
};
use nexa_tests::database::{Database, rows};
use sqlx::Row;

/// What a query on a migrated database finds; for these checks, nothing.
fn found(sql: &str) -> Vec<String> {
    let database = Database::migrated();
    rows(&database.owner_url(), sql, |row| row.get(0))
}

const NONE: [&str; 0] = [];

#[test]
fn the_tenant_leads_every_key_and_every_index() {
    let lacking = "SELECT i.indexrelid::regclass::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid \
         JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
         WHERE c.relnamespace = 'nexa'::regnamespace AND c.relname <> 'schema_version' AND a.attname <> 'org'";
    assert_eq!(found(lacking), NONE);
    let expressions = "SELECT indexrelid::regclass::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid \
         WHERE c.relnamespace = 'nexa'::regnamespace AND i.indkey[0] = 0";
    assert_eq!(found(expressions), NONE);
}

/// Of indexes that seem equally good PostgreSQL takes the youngest, and in a table that was not analysed yet all that begin with
/// the tenant and hold the id do: a check of a reference would walk all rows of the tenant.
#[test]
fn the_primary_key_is_the_youngest_index_of_its_table() {
    let older = found(
        "SELECT k.conname FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace \
         WHERE n.nspname = 'nexa' AND k.contype = 'p' \
         AND EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = k.conrelid AND i.indexrelid > k.conindid)",
    );
    assert_eq!(older, Vec::<String>::new());
}

/// Until a table is analysed the server thinks that one row in 200 lives, so that every index seems as good as the right one for a
/// lookup of a unique value.
#[test]
fn uniques_are_younger_than_other_indexes() {
    let younger = found(
        "SELECT u.indexrelid::regclass::text FROM pg_index AS u \
         JOIN pg_class AS c ON c.oid = u.indrelid \
         WHERE c.relnamespace = 'nexa'::regnamespace AND u.indisunique AND NOT u.indisprimary \
         AND EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = u.indrelid AND NOT i.indisunique \
         AND i.indpred IS NULL AND i.indexrelid > u.indexrelid)",
    );
    assert_eq!(younger, NONE);
    let names = found(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'nexa.accounts'::regclass AND indisunique \
         AND NOT indisprimary ORDER BY indexrelid DESC LIMIT 1",
    );
    assert_eq!(names, ["nexa.accounts_name_folded_key"], "an account is looked up by its name");
}

#[test]
fn the_tenant_leads_both_sides_of_every_reference() {
    let lacking = "SELECT k.conname::text FROM pg_constraint AS k \
         JOIN pg_attribute AS own ON own.attrelid = k.conrelid AND own.attnum = k.conkey[1] \
         JOIN pg_attribute AS other ON other.attrelid = k.confrelid AND other.attnum = k.confkey[1] \
         WHERE k.connamespace = 'nexa'::regnamespace AND k.contype = 'f' \
         AND (own.attname <> 'org' OR other.attname <> 'org' OR cardinality(k.conkey) <> 2)";
    assert_eq!(found(lacking), NONE);
    let several =
        "SELECT count(*)::text FROM pg_constraint WHERE connamespace = 'nexa'::regnamespace AND contype = 'f'";
    assert!(found(several)[0].parse::<u32>().unwrap() > 20, "there are references to look at");
}

#[test]
fn every_key_has_one_type_for_the_tenant() {
    let others = "SELECT c.relname::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = 1 \
         WHERE c.relnamespace = 'nexa'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version' \
         AND (a.attname <> 'org' OR a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull)";
    assert_eq!(found(others), NONE);
}

#[test]
fn nothing_is_changed_behind_our_back() {
    let triggers = "SELECT tgname::text FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid \
         WHERE c.relnamespace = 'nexa'::regnamespace AND NOT t.tgisinternal";
    assert_eq!(found(triggers), NONE);
    let others = "SELECT conname::text FROM pg_constraint WHERE connamespace = 'nexa'::regnamespace \
         AND (confdeltype NOT IN ('a', ' ') OR confupdtype NOT IN ('a', ' '))";
    assert_eq!(found(others), NONE, "no reference deletes, empties or changes what it stands in");
    let made = "SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
         WHERE c.relnamespace = 'nexa'::regnamespace AND c.relkind = 'r' \
         AND (a.attidentity <> '' OR a.attgenerated <> '' OR EXISTS (SELECT 1 FROM pg_attrdef AS d \
         WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND pg_get_expr(d.adbin, d.adrelid) !~ '^(''[^'']*''::[a-z]+|[0-9]+|true|false)$'))";
    assert_eq!(found(made), NONE, "no serial, identity or generated columns, and no defaults but constants");
    let objects = "SELECT relname::text FROM pg_class WHERE relnamespace = 'nexa'::regnamespace \
         AND relkind NOT IN ('r', 'i') UNION ALL \
         SELECT proname::text FROM pg_proc WHERE pronamespace = 'nexa'::regnamespace";
    assert_eq!(found(objects), NONE, "no sequences, views or functions");
}

#[test]
fn every_table_has_row_security_that_binds_its_owner_too() {
    let open = "SELECT relname::text FROM pg_class WHERE relnamespace = 'nexa'::regnamespace AND relkind = 'r' \
         AND relname <> 'schema_version' AND NOT (relrowsecurity AND relforcerowsecurity)";
    assert_eq!(found(open), NONE);
    let without = "SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = 'nexa'::regnamespace \
         AND c.relkind = 'r' AND c.relname <> 'schema_version' AND NOT EXISTS (SELECT 1 FROM pg_policy AS p \
         WHERE p.polrelid = c.oid AND p.polcmd = '*' AND pg_get_expr(p.polqual, c.oid) LIKE '%nexa.org%')";
    assert_eq!(found(without), NONE);
}

#[test]
fn every_name_is_ours_and_whole() {
    // From version 18 on the server lists NOT NULL as a constraint, which is named by nobody.
    let names = "SELECT conname::text FROM pg_constraint WHERE connamespace = 'nexa'::regnamespace AND contype <> 'n' UNION \
         SELECT relname::text FROM pg_class WHERE relnamespace = 'nexa'::regnamespace AND relkind IN ('r', 'i')";
    let known: BTreeSet<String> = found(names).into_iter().collect();
    let crm = nexa_crm::builder().store(Arc::new(MemoryStore::new())).build().unwrap();
    // A name that the server made up, or cut, is not in the script.
    let script = schema(Namespace::default(), crm.kinds().all(), None);
    let written: BTreeSet<&str> = script.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
    let foreign: Vec<&String> = known.iter().filter(|name| !written.contains(name.as_str())).collect();
    assert_eq!(foreign, NONE, "the server named these");
    assert!(known.iter().all(|name| name.len() <= 63), "{known:?}");
    assert!(known.len() > 100, "{} names", known.len());
}

#[test]
fn money_is_exact_and_texts_compare_by_bytes() {
    let floats = "SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
         WHERE c.relnamespace = 'nexa'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
         AND a.atttypid IN ('float4'::regtype, 'float8'::regtype, 'money'::regtype, 'timestamp'::regtype, 'jsonb'::regtype)";
    assert_eq!(found(floats), NONE);
    let collated = "SELECT c.relname || '.' || a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
         JOIN pg_collation AS l ON l.oid = a.attcollation WHERE c.relnamespace = 'nexa'::regnamespace \
         AND c.relkind = 'r' AND a.attnum > 0 AND l.collname <> 'C'";
    assert_eq!(found(collated), NONE);
}
