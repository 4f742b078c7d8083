-- Version 2 of the schema; run it in one transaction.
-- Before the transaction: PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;
CREATE TABLE nexa_orgs_anew (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "base_currency" TEXT NOT NULL,
  "time_zone" TEXT NOT NULL,
  "calendar_id" BLOB,
  "rates" TEXT NOT NULL,
  "rates_base" TEXT,
  "choices" TEXT NOT NULL,
  CONSTRAINT nexa_orgs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_orgs_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa_calendars (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO nexa_orgs_anew ("org", "id", "version", "created_at", "updated_at", "name", "base_currency", "time_zone", "calendar_id", "rates", "rates_base", "choices") SELECT "org", "id", "version", "created_at", "updated_at", "name", "base_currency", "time_zone", NULL, "rates", "rates_base", "choices" FROM nexa_orgs;
DROP TABLE nexa_orgs;
ALTER TABLE nexa_orgs_anew RENAME TO nexa_orgs;
CREATE INDEX nexa_orgs_calendar_id_ref ON nexa_orgs (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE TABLE nexa_users_anew (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "active" INTEGER NOT NULL,
  "time_zone" TEXT,
  "language" TEXT,
  "manager_id" BLOB,
  "calendar_id" BLOB,
  CONSTRAINT nexa_users_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_users_active_check CHECK ("active" IN (0, 1)),
  CONSTRAINT nexa_users_manager_id_fk FOREIGN KEY (org, "manager_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_users_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa_calendars (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO nexa_users_anew ("org", "id", "version", "created_at", "updated_at", "name", "name_folded", "email", "role", "active", "time_zone", "language", "manager_id", "calendar_id") SELECT "org", "id", "version", "created_at", "updated_at", "name", "name_folded", "email", "role", "active", NULL, NULL, NULL, NULL FROM nexa_users;
DROP TABLE nexa_users;
ALTER TABLE nexa_users_anew RENAME TO nexa_users;
CREATE INDEX nexa_users_manager_id_ref ON nexa_users (org, "manager_id", "id") WHERE "manager_id" IS NOT NULL;
CREATE INDEX nexa_users_calendar_id_ref ON nexa_users (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_users_email_key ON nexa_users (org, "email");
CREATE TABLE nexa_groups_anew (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "calendar_id" BLOB,
  CONSTRAINT nexa_groups_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_groups_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa_calendars (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
INSERT INTO nexa_groups_anew ("org", "id", "version", "created_at", "updated_at", "name", "name_folded", "calendar_id") SELECT "org", "id", "version", "created_at", "updated_at", "name", "name_folded", NULL FROM nexa_groups;
DROP TABLE nexa_groups;
ALTER TABLE nexa_groups_anew RENAME TO nexa_groups;
CREATE INDEX nexa_groups_calendar_id_ref ON nexa_groups (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_groups_name_folded_key ON nexa_groups (org, "name_folded");
CREATE TABLE nexa_calendars (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "time_zone" TEXT,
  "weekly" TEXT NOT NULL,
  "holidays" TEXT NOT NULL,
  "exceptions" TEXT NOT NULL,
  CONSTRAINT nexa_calendars_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_calendars_name_folded_key_trash ON nexa_calendars (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_calendars_name_folded_key ON nexa_calendars (org, "name_folded") WHERE "deleted_at" IS NULL;
CREATE TABLE nexa_rates (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "currency" TEXT NOT NULL,
  "valid_from" TEXT NOT NULL,
  "value" TEXT NOT NULL,
  "base" TEXT NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_rates_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_rates_base_currency_valid_from_key_trash ON nexa_rates (org, "base", "currency", "valid_from") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_rates_base_currency_valid_from_key ON nexa_rates (org, "base", "currency", "valid_from") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa_leads ADD COLUMN "language" TEXT;
ALTER TABLE nexa_leads ADD COLUMN "time_zone" TEXT;
ALTER TABLE nexa_contacts ADD COLUMN "language" TEXT;
ALTER TABLE nexa_contacts ADD COLUMN "time_zone" TEXT;
ALTER TABLE nexa_accounts ADD COLUMN "language" TEXT;
ALTER TABLE nexa_accounts ADD COLUMN "time_zone" TEXT;
CREATE TABLE nexa_notes (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "type" TEXT,
  "body" TEXT NOT NULL,
  "about" TEXT,
  "pinned" INTEGER NOT NULL,
  "readers" TEXT,
  "author_id" BLOB,
  "external_keys" TEXT,
  CONSTRAINT nexa_notes_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_notes_pinned_check CHECK ("pinned" IN (0, 1)),
  CONSTRAINT nexa_notes_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_notes_author_id_idx ON nexa_notes (org, "author_id", "id", "deleted_at");
INSERT INTO nexa_schema_version (version) VALUES (2) ON CONFLICT DO NOTHING;
