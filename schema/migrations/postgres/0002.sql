-- Version 2 of the schema; run it in one transaction.
SET LOCAL citus.multi_shard_modify_mode TO 'sequential';
ALTER TABLE nexa.orgs ADD COLUMN "calendar_id" uuid;
CREATE INDEX orgs_calendar_id_ref ON nexa.orgs (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
ALTER TABLE nexa.users ADD COLUMN "time_zone" text COLLATE "C";
ALTER TABLE nexa.users ADD COLUMN "language" text COLLATE "C";
ALTER TABLE nexa.users ADD COLUMN "manager_id" uuid;
ALTER TABLE nexa.users ADD COLUMN "calendar_id" uuid;
CREATE INDEX users_manager_id_ref ON nexa.users (org, "manager_id", "id") WHERE "manager_id" IS NOT NULL;
CREATE INDEX users_calendar_id_ref ON nexa.users (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
ALTER TABLE nexa.groups ADD COLUMN "calendar_id" uuid;
CREATE INDEX groups_calendar_id_ref ON nexa.groups (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE TABLE nexa.calendars (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "time_zone" text COLLATE "C",
  "weekly" json NOT NULL,
  "holidays" json NOT NULL,
  "exceptions" json NOT NULL
);
CREATE INDEX calendars_name_folded_key_trash ON nexa.calendars (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX calendars_name_folded_key ON nexa.calendars (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.calendars ADD CONSTRAINT calendars_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.calendars ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.calendars FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.calendars USING (org = nullif(current_setting('nexa.org', true), '')::uuid);
CREATE TABLE nexa.rates (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "currency" text COLLATE "C" NOT NULL,
  "valid_from" date NOT NULL,
  "value" json NOT NULL,
  "base" text COLLATE "C" NOT NULL,
  "external_keys" json
);
CREATE INDEX rates_base_currency_valid_from_key_trash ON nexa.rates (org, "base", "currency", "valid_from") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX rates_base_currency_valid_from_key ON nexa.rates (org, "base", "currency", "valid_from") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.rates ADD CONSTRAINT rates_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.rates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.rates USING (org = nullif(current_setting('nexa.org', true), '')::uuid);
ALTER TABLE nexa.leads ADD COLUMN "language" text COLLATE "C";
ALTER TABLE nexa.leads ADD COLUMN "time_zone" text COLLATE "C";
ALTER TABLE nexa.contacts ADD COLUMN "language" text COLLATE "C";
ALTER TABLE nexa.contacts ADD COLUMN "time_zone" text COLLATE "C";
ALTER TABLE nexa.accounts ADD COLUMN "language" text COLLATE "C";
ALTER TABLE nexa.accounts ADD COLUMN "time_zone" text COLLATE "C";
CREATE TABLE nexa.notes (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "type" text COLLATE "C",
  "body" text COLLATE "C" NOT NULL,
  "about" json,
  "pinned" boolean NOT NULL,
  "readers" json,
  "author_id" uuid,
  "external_keys" json
);
CREATE INDEX notes_author_id_idx ON nexa.notes (org, "author_id", "id", "deleted_at");
ALTER TABLE nexa.notes ADD CONSTRAINT notes_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.notes USING (org = nullif(current_setting('nexa.org', true), '')::uuid);
DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
  PERFORM create_distributed_table('nexa.calendars', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.rates', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notes', 'org', colocate_with => 'nexa.ledger');
END IF; END $$;
ALTER TABLE nexa.orgs ADD CONSTRAINT orgs_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.users ADD CONSTRAINT users_manager_id_fk FOREIGN KEY (org, "manager_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.users ADD CONSTRAINT users_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.groups ADD CONSTRAINT groups_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notes ADD CONSTRAINT notes_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
INSERT INTO nexa.schema_version (version) VALUES (2) ON CONFLICT DO NOTHING;
