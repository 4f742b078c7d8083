CREATE SCHEMA IF NOT EXISTS nexa;

CREATE TABLE nexa.schema_version (
  version bigint NOT NULL
);
ALTER TABLE nexa.schema_version ADD CONSTRAINT schema_version_pk PRIMARY KEY (version);

CREATE TABLE nexa.ledger (
  org uuid NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  head bytea NOT NULL
);
ALTER TABLE nexa.ledger ADD CONSTRAINT ledger_pk PRIMARY KEY (org);
ALTER TABLE nexa.ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.ledger FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.ledger USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.events (
  org uuid NOT NULL,
  seq bigint NOT NULL,
  unit uuid NOT NULL,
  at bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  on_behalf_of text COLLATE "C",
  cause text COLLATE "C",
  request text COLLATE "C",
  command text COLLATE "C" NOT NULL,
  verb text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  record uuid NOT NULL,
  format bigint NOT NULL,
  digest bytea NOT NULL,
  salt bytea,
  reason text COLLATE "C",
  payload text COLLATE "C",
  hash bytea NOT NULL
);
CREATE INDEX events_record_idx ON nexa.events (org, record, seq);
CREATE INDEX events_unit_idx ON nexa.events (org, unit, seq);
ALTER TABLE nexa.events ADD CONSTRAINT events_pk PRIMARY KEY (org, seq);
ALTER TABLE nexa.events ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.events USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.terms (
  org uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  term text COLLATE "C" NOT NULL,
  record uuid NOT NULL,
  weight bigint NOT NULL
);
ALTER TABLE nexa.terms ADD CONSTRAINT terms_pk PRIMARY KEY (org, kind, term, record) INCLUDE (weight);
ALTER TABLE nexa.terms ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.terms FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.terms USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.indexed_values (
  org uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  field text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  record uuid NOT NULL
);
ALTER TABLE nexa.indexed_values ADD CONSTRAINT indexed_values_pk PRIMARY KEY (org, kind, field, value, record);
ALTER TABLE nexa.indexed_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.indexed_values FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.indexed_values USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.external_keys (
  org uuid NOT NULL,
  kind text COLLATE "C" NOT NULL,
  system text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  record uuid NOT NULL
);
CREATE INDEX external_keys_record_idx ON nexa.external_keys (org, kind, record);
ALTER TABLE nexa.external_keys ADD CONSTRAINT external_keys_pk PRIMARY KEY (org, kind, system, key);
ALTER TABLE nexa.external_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.external_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.external_keys USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.receipts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "caller_key" text COLLATE "C" NOT NULL,
  "command" text COLLATE "C" NOT NULL,
  "output" text COLLATE "C" NOT NULL
);
CREATE INDEX receipts_created_at_idx ON nexa.receipts (org, "created_at", "id");
CREATE UNIQUE INDEX receipts_caller_key_key ON nexa.receipts (org, "caller_key");
ALTER TABLE nexa.receipts ADD CONSTRAINT receipts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.receipts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.named_units (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "unit" uuid NOT NULL,
  "command" text COLLATE "C" NOT NULL,
  "output" text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX named_units_unit_key ON nexa.named_units (org, "unit");
ALTER TABLE nexa.named_units ADD CONSTRAINT named_units_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.named_units ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.named_units FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.named_units USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.agendas (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "due_at" timestamptz,
  "read_to" bigint NOT NULL,
  "consumers" text COLLATE "C"
);
ALTER TABLE nexa.agendas ADD CONSTRAINT agendas_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.agendas ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.agendas FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.agendas USING (org = nullif(current_setting('nexa.org', true), '')::uuid);
DROP POLICY IF EXISTS due ON nexa.agendas;
CREATE POLICY due ON nexa.agendas FOR SELECT USING (current_setting('nexa.due', true) = 'on');
DROP POLICY IF EXISTS due ON nexa.ledger;
CREATE POLICY due ON nexa.ledger FOR SELECT USING (current_setting('nexa.due', true) = 'on');

CREATE TABLE nexa.cursors (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "consumer" text COLLATE "C" NOT NULL,
  "read_to" bigint NOT NULL
);
CREATE UNIQUE INDEX cursors_consumer_key ON nexa.cursors (org, "consumer");
ALTER TABLE nexa.cursors ADD CONSTRAINT cursors_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.cursors ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.cursors FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.cursors USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.timers (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "due_at" timestamptz NOT NULL,
  "slot" text COLLATE "C" NOT NULL,
  "detail" text COLLATE "C"
);
CREATE INDEX timers_due_at_idx ON nexa.timers (org, "due_at", "id");
CREATE UNIQUE INDEX timers_slot_key ON nexa.timers (org, "slot");
ALTER TABLE nexa.timers ADD CONSTRAINT timers_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.timers ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.timers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.timers USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.failures (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "event" bigint,
  "timer" text COLLATE "C",
  "due_at" timestamptz,
  "code" text COLLATE "C" NOT NULL,
  "message" text COLLATE "C" NOT NULL
);
CREATE INDEX failures_created_at_idx ON nexa.failures (org, "created_at", "id");
ALTER TABLE nexa.failures ADD CONSTRAINT failures_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.failures ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.failures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.failures USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.fields (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "of_kind" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "holds" text COLLATE "C" NOT NULL,
  "indexed" boolean NOT NULL,
  "personal" boolean NOT NULL DEFAULT FALSE,
  CONSTRAINT fields_holds_check CHECK ("holds" IN ('text', 'number', 'bool', 'date', 'time'))
);
CREATE UNIQUE INDEX fields_of_kind_name_key ON nexa.fields (org, "of_kind", "name");
ALTER TABLE nexa.fields ADD CONSTRAINT fields_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.fields FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.fields USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.orgs (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "base_currency" text COLLATE "C" NOT NULL,
  "address_street" text COLLATE "C",
  "address_city" text COLLATE "C",
  "address_region" text COLLATE "C",
  "address_postal_code" text COLLATE "C",
  "address_country" text COLLATE "C",
  "time_zone" text COLLATE "C" NOT NULL,
  "calendar_id" uuid,
  "rates" json NOT NULL,
  "rates_base" text COLLATE "C",
  "rounding" text COLLATE "C" NOT NULL DEFAULT 'half_up',
  "tax_rounding" text COLLATE "C" NOT NULL DEFAULT 'per_rate',
  "choices" json NOT NULL,
  "files" json,
  "notification_sender_id" uuid,
  "mail" json,
  "releases" json,
  CONSTRAINT orgs_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT orgs_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line'))
);
CREATE INDEX orgs_calendar_id_ref ON nexa.orgs (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE INDEX orgs_notification_sender_id_ref ON nexa.orgs (org, "notification_sender_id", "id") WHERE "notification_sender_id" IS NOT NULL;
ALTER TABLE nexa.orgs ADD CONSTRAINT orgs_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.orgs ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.orgs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.orgs USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.users (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "email" text COLLATE "C" NOT NULL,
  "role" text COLLATE "C" NOT NULL,
  "active" boolean NOT NULL,
  "time_zone" text COLLATE "C",
  "language" text COLLATE "C",
  "manager_id" uuid,
  "calendar_id" uuid
);
CREATE INDEX users_manager_id_ref ON nexa.users (org, "manager_id", "id") WHERE "manager_id" IS NOT NULL;
CREATE INDEX users_calendar_id_ref ON nexa.users (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX users_email_key ON nexa.users (org, "email");
ALTER TABLE nexa.users ADD CONSTRAINT users_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.users USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.groups (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "calendar_id" uuid
);
CREATE INDEX groups_calendar_id_ref ON nexa.groups (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX groups_name_folded_key ON nexa.groups (org, "name_folded");
ALTER TABLE nexa.groups ADD CONSTRAINT groups_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.groups ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.groups FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.groups USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.memberships (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "group_id" uuid NOT NULL,
  "user_id" uuid NOT NULL
);
CREATE INDEX memberships_group_id_ref ON nexa.memberships (org, "group_id", "id");
CREATE INDEX memberships_user_id_ref ON nexa.memberships (org, "user_id", "id");
CREATE UNIQUE INDEX memberships_group_id_user_id_key ON nexa.memberships (org, "group_id", "user_id");
ALTER TABLE nexa.memberships ADD CONSTRAINT memberships_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.memberships USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.counters (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "last" bigint NOT NULL
);
CREATE UNIQUE INDEX counters_name_key ON nexa.counters (org, "name");
ALTER TABLE nexa.counters ADD CONSTRAINT counters_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.counters USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

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

CREATE TABLE nexa.leads (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "erased_at" timestamptz,
  "merged_into_id" uuid,
  "first_name" text COLLATE "C",
  "first_name_folded" text COLLATE "C",
  "last_name" text COLLATE "C",
  "last_name_folded" text COLLATE "C",
  "email" text COLLATE "C",
  "email_open" text COLLATE "C",
  "phone" text COLLATE "C",
  "other_emails" json,
  "other_phones" json,
  "company" text COLLATE "C",
  "company_folded" text COLLATE "C",
  "title" text COLLATE "C",
  "title_folded" text COLLATE "C",
  "industry" text COLLATE "C",
  "company_size" text COLLATE "C",
  "website" text COLLATE "C",
  "website_folded" text COLLATE "C",
  "address_street" text COLLATE "C",
  "address_city" text COLLATE "C",
  "address_region" text COLLATE "C",
  "address_postal_code" text COLLATE "C",
  "address_country" text COLLATE "C",
  "language" text COLLATE "C",
  "time_zone" text COLLATE "C",
  "source" text COLLATE "C",
  "source_folded" text COLLATE "C",
  "campaign_id" uuid,
  "description" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL,
  "status_before" text COLLATE "C",
  "lost_reason" text COLLATE "C",
  "score" bigint NOT NULL,
  "score_reasons" json,
  "engagement" json,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "via_group_id" uuid,
  "bant_budget_met" boolean,
  "bant_budget_evidence" text COLLATE "C",
  "bant_budget_at" timestamptz,
  "bant_budget_by_id" uuid,
  "bant_authority_met" boolean,
  "bant_authority_evidence" text COLLATE "C",
  "bant_authority_at" timestamptz,
  "bant_authority_by_id" uuid,
  "bant_need_met" boolean,
  "bant_need_evidence" text COLLATE "C",
  "bant_need_at" timestamptz,
  "bant_need_by_id" uuid,
  "bant_timeline_met" boolean,
  "bant_timeline_evidence" text COLLATE "C",
  "bant_timeline_at" timestamptz,
  "bant_timeline_by_id" uuid,
  "last_contacted" timestamptz,
  "qualified_at" timestamptz,
  "converted_at" timestamptz,
  "lost_at" timestamptz,
  "known_contact_id" uuid,
  "previous_lead_id" uuid,
  "converted_contact_id" uuid,
  "converted_account_id" uuid,
  "converted_deal_id" uuid,
  "not_carried" json,
  "converted_as" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT leads_status_check CHECK ("status" IN ('new', 'contacted', 'qualified', 'converted', 'lost')),
  CONSTRAINT leads_status_before_check CHECK ("status_before" IN ('new', 'contacted', 'qualified', 'converted', 'lost')),
  CONSTRAINT leads_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL)
);
CREATE INDEX leads_email_idx ON nexa.leads (org, "email", "id", "deleted_at");
CREATE INDEX leads_status_assignee_queue_score_idx ON nexa.leads (org, "status", "assignee_queue", "score", "id", "deleted_at");
CREATE INDEX leads_campaign_id_idx ON nexa.leads (org, "campaign_id", "id", "deleted_at");
CREATE INDEX leads_score_idx ON nexa.leads (org, "score", "id", "deleted_at");
CREATE INDEX leads_merged_into_id_ref ON nexa.leads (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX leads_assignee_user_id_ref ON nexa.leads (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX leads_assignee_group_id_ref ON nexa.leads (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX leads_via_group_id_ref ON nexa.leads (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX leads_bant_budget_by_id_ref ON nexa.leads (org, "bant_budget_by_id", "id") WHERE "bant_budget_by_id" IS NOT NULL;
CREATE INDEX leads_bant_authority_by_id_ref ON nexa.leads (org, "bant_authority_by_id", "id") WHERE "bant_authority_by_id" IS NOT NULL;
CREATE INDEX leads_bant_need_by_id_ref ON nexa.leads (org, "bant_need_by_id", "id") WHERE "bant_need_by_id" IS NOT NULL;
CREATE INDEX leads_bant_timeline_by_id_ref ON nexa.leads (org, "bant_timeline_by_id", "id") WHERE "bant_timeline_by_id" IS NOT NULL;
CREATE INDEX leads_known_contact_id_ref ON nexa.leads (org, "known_contact_id", "id") WHERE "known_contact_id" IS NOT NULL;
CREATE INDEX leads_previous_lead_id_ref ON nexa.leads (org, "previous_lead_id", "id") WHERE "previous_lead_id" IS NOT NULL;
CREATE INDEX leads_converted_contact_id_ref ON nexa.leads (org, "converted_contact_id", "id") WHERE "converted_contact_id" IS NOT NULL;
CREATE INDEX leads_converted_account_id_ref ON nexa.leads (org, "converted_account_id", "id") WHERE "converted_account_id" IS NOT NULL;
CREATE INDEX leads_converted_deal_id_ref ON nexa.leads (org, "converted_deal_id", "id") WHERE "converted_deal_id" IS NOT NULL;
CREATE INDEX leads_email_open_key_trash ON nexa.leads (org, "email_open") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX leads_email_open_key ON nexa.leads (org, "email_open") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.leads ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.leads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.leads USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.scorecards (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "active" boolean NOT NULL,
  "rules" json NOT NULL,
  "calibration" json
);
CREATE INDEX scorecards_name_key_trash ON nexa.scorecards (org, "name") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX scorecards_name_key ON nexa.scorecards (org, "name") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.scorecards ADD CONSTRAINT scorecards_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.scorecards ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.scorecards FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.scorecards USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.routings (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "band" text COLLATE "C" NOT NULL,
  "group_id" uuid,
  "pick" text COLLATE "C" NOT NULL,
  "contact_list_id" uuid,
  "task_title" text COLLATE "C",
  "task_due_hours" bigint,
  "task_priority" text COLLATE "C",
  CONSTRAINT routings_band_check CHECK ("band" IN ('low', 'medium', 'high')),
  CONSTRAINT routings_pick_check CHECK ("pick" IN ('group', 'round_robin', 'fewest_open')),
  CONSTRAINT routings_task_priority_check CHECK ("task_priority" IN ('low', 'medium', 'high', 'urgent'))
);
CREATE INDEX routings_group_id_ref ON nexa.routings (org, "group_id", "id") WHERE "group_id" IS NOT NULL;
CREATE INDEX routings_contact_list_id_ref ON nexa.routings (org, "contact_list_id", "id") WHERE "contact_list_id" IS NOT NULL;
CREATE INDEX routings_band_key_trash ON nexa.routings (org, "band") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX routings_band_key ON nexa.routings (org, "band") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.routings ADD CONSTRAINT routings_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.routings ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.routings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.routings USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.quotes (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "revision" bigint NOT NULL,
  "deal_id" uuid NOT NULL,
  "account_id" uuid,
  "recipient_id" uuid,
  "currency" text COLLATE "C" NOT NULL,
  "price_book_id" uuid,
  "valid_until" date,
  "expires_at" timestamptz,
  "terms" text COLLATE "C",
  "language" text COLLATE "C" NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "sent_at" timestamptz,
  "first_viewed_at" timestamptz,
  "accepted_at" timestamptz,
  "accepted_by" text COLLATE "C",
  "accepted_tier" text COLLATE "C",
  "reason" text COLLATE "C",
  "exchange_rate" json,
  "rounding" text COLLATE "C" NOT NULL,
  "tax_rounding" text COLLATE "C" NOT NULL,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT quotes_status_check CHECK ("status" IN ('draft', 'sent', 'accepted', 'declined', 'withdrawn', 'superseded', 'expired')),
  CONSTRAINT quotes_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT quotes_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line'))
);
CREATE INDEX quotes_deal_id_status_idx ON nexa.quotes (org, "deal_id", "status", "id");
CREATE INDEX quotes_account_id_status_idx ON nexa.quotes (org, "account_id", "status", "id");
CREATE INDEX quotes_recipient_id_idx ON nexa.quotes (org, "recipient_id", "id");
CREATE INDEX quotes_price_book_id_idx ON nexa.quotes (org, "price_book_id", "id");
CREATE UNIQUE INDEX quotes_number_revision_key ON nexa.quotes (org, "number", "revision");
ALTER TABLE nexa.quotes ADD CONSTRAINT quotes_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.quotes ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.quotes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.quotes USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.quote_tiers (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "quote_id" uuid NOT NULL,
  "deal_id" uuid NOT NULL,
  "rank" bigint NOT NULL,
  "key" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "recommended" boolean NOT NULL,
  "discount" json,
  "discount_amount_amount" numeric(19,4) NOT NULL,
  "discount_amount_currency" text COLLATE "C" NOT NULL,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  "taxes" json NOT NULL,
  "tax_amount" numeric(19,4) NOT NULL,
  "tax_currency" text COLLATE "C" NOT NULL,
  "total_amount" numeric(19,4) NOT NULL,
  "total_currency" text COLLATE "C" NOT NULL,
  "yearly_amount" numeric(19,4) NOT NULL,
  "yearly_currency" text COLLATE "C" NOT NULL,
  "monthly_amount" numeric(19,4) NOT NULL,
  "monthly_currency" text COLLATE "C" NOT NULL,
  "contract_value_amount" numeric(19,4) NOT NULL,
  "contract_value_currency" text COLLATE "C" NOT NULL
);
CREATE INDEX quote_tiers_quote_id_rank_idx ON nexa.quote_tiers (org, "quote_id", "rank", "id");
CREATE INDEX quote_tiers_deal_id_idx ON nexa.quote_tiers (org, "deal_id", "id");
ALTER TABLE nexa.quote_tiers ADD CONSTRAINT quote_tiers_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.quote_tiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.quote_tiers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.quote_tiers USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.quote_lines (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "quote_tier_id" uuid NOT NULL,
  "deal_id" uuid NOT NULL,
  "rank" bigint NOT NULL,
  "product_id" uuid,
  "name" text COLLATE "C" NOT NULL,
  "sku" text COLLATE "C",
  "description" text COLLATE "C",
  "quantity" numeric(19,4) NOT NULL,
  "unit" text COLLATE "C",
  "unit_price_amount" numeric(19,4) NOT NULL,
  "unit_price_currency" text COLLATE "C" NOT NULL,
  "list_price_amount" numeric(19,4),
  "list_price_currency" text COLLATE "C",
  "slices" json NOT NULL,
  "discount" json,
  "tax_rate" numeric(19,4),
  "tax_name" text COLLATE "C",
  "recurring" text COLLATE "C",
  "term_months" bigint,
  "service_start" date,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  CONSTRAINT quote_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT quote_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year'))
);
CREATE INDEX quote_lines_quote_tier_id_rank_idx ON nexa.quote_lines (org, "quote_tier_id", "rank", "id");
CREATE INDEX quote_lines_product_id_idx ON nexa.quote_lines (org, "product_id", "id");
CREATE INDEX quote_lines_deal_id_idx ON nexa.quote_lines (org, "deal_id", "id");
ALTER TABLE nexa.quote_lines ADD CONSTRAINT quote_lines_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.quote_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.quote_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.quote_lines USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.quote_copies (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "quote_id" uuid NOT NULL,
  "deal_id" uuid NOT NULL,
  "recipient_id" uuid,
  "html" text COLLATE "C",
  "sha256" text COLLATE "C" NOT NULL
);
CREATE INDEX quote_copies_quote_id_idx ON nexa.quote_copies (org, "quote_id", "id");
CREATE INDEX quote_copies_deal_id_idx ON nexa.quote_copies (org, "deal_id", "id");
CREATE INDEX quote_copies_recipient_id_idx ON nexa.quote_copies (org, "recipient_id", "id");
ALTER TABLE nexa.quote_copies ADD CONSTRAINT quote_copies_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.quote_copies ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.quote_copies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.quote_copies USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.orders (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C",
  "deal_id" uuid NOT NULL,
  "deal_open" uuid,
  "quote_id" uuid,
  "contract_id" uuid,
  "account_id" uuid,
  "status" text COLLATE "C" NOT NULL,
  "purchase_order" text COLLATE "C",
  "ordered_on" date,
  "confirmed_at" timestamptz,
  "fulfilled_at" timestamptz,
  "cancelled_at" timestamptz,
  "cancel_reason" text COLLATE "C",
  "currency" text COLLATE "C" NOT NULL,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  "taxes" json NOT NULL,
  "tax_amount" numeric(19,4) NOT NULL,
  "tax_currency" text COLLATE "C" NOT NULL,
  "total_amount" numeric(19,4) NOT NULL,
  "total_currency" text COLLATE "C" NOT NULL,
  "yearly_amount" numeric(19,4) NOT NULL,
  "yearly_currency" text COLLATE "C" NOT NULL,
  "monthly_amount" numeric(19,4) NOT NULL,
  "monthly_currency" text COLLATE "C" NOT NULL,
  "contract_value_amount" numeric(19,4) NOT NULL,
  "contract_value_currency" text COLLATE "C" NOT NULL,
  "exchange_rate" json,
  "rounding" text COLLATE "C" NOT NULL,
  "tax_rounding" text COLLATE "C" NOT NULL,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT orders_status_check CHECK ("status" IN ('draft', 'confirmed', 'fulfilled', 'cancelled')),
  CONSTRAINT orders_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT orders_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line'))
);
CREATE INDEX orders_deal_id_idx ON nexa.orders (org, "deal_id", "id");
CREATE INDEX orders_account_id_status_idx ON nexa.orders (org, "account_id", "status", "id");
CREATE INDEX orders_quote_id_idx ON nexa.orders (org, "quote_id", "id");
CREATE INDEX orders_status_ordered_on_idx ON nexa.orders (org, "status", "ordered_on", "id");
CREATE INDEX orders_contract_id_ref ON nexa.orders (org, "contract_id", "id") WHERE "contract_id" IS NOT NULL;
CREATE UNIQUE INDEX orders_deal_open_key ON nexa.orders (org, "deal_open");
CREATE UNIQUE INDEX orders_number_key ON nexa.orders (org, "number");
ALTER TABLE nexa.orders ADD CONSTRAINT orders_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.orders USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.order_lines (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "order_id" uuid NOT NULL,
  "deal_id" uuid NOT NULL,
  "rank" bigint NOT NULL,
  "product_id" uuid,
  "name" text COLLATE "C" NOT NULL,
  "sku" text COLLATE "C",
  "description" text COLLATE "C",
  "quantity" numeric(19,4) NOT NULL,
  "unit" text COLLATE "C",
  "unit_price_amount" numeric(19,4) NOT NULL,
  "unit_price_currency" text COLLATE "C" NOT NULL,
  "list_price_amount" numeric(19,4),
  "list_price_currency" text COLLATE "C",
  "slices" json NOT NULL,
  "discount" json,
  "tax_rate" numeric(19,4),
  "tax_name" text COLLATE "C",
  "recurring" text COLLATE "C",
  "term_months" bigint,
  "service_start" date,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  CONSTRAINT order_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT order_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year'))
);
CREATE INDEX order_lines_order_id_rank_idx ON nexa.order_lines (org, "order_id", "rank", "id");
CREATE INDEX order_lines_product_id_idx ON nexa.order_lines (org, "product_id", "id");
CREATE INDEX order_lines_deal_id_idx ON nexa.order_lines (org, "deal_id", "id");
ALTER TABLE nexa.order_lines ADD CONSTRAINT order_lines_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.order_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.order_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.order_lines USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.contracts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "account_id" uuid,
  "deal_id" uuid NOT NULL,
  "order_id" uuid NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "start" date NOT NULL,
  "end" date NOT NULL,
  "term_months" bigint NOT NULL,
  "ends_at" timestamptz,
  "auto_renew" boolean NOT NULL,
  "notice_days" bigint NOT NULL,
  "renewal_id" uuid,
  "cancelled_at" timestamptz,
  "cancel_reason" text COLLATE "C",
  "currency" text COLLATE "C" NOT NULL,
  "yearly_amount" numeric(19,4) NOT NULL,
  "yearly_currency" text COLLATE "C" NOT NULL,
  "monthly_amount" numeric(19,4) NOT NULL,
  "monthly_currency" text COLLATE "C" NOT NULL,
  "contract_value_amount" numeric(19,4) NOT NULL,
  "contract_value_currency" text COLLATE "C" NOT NULL,
  "rounding" text COLLATE "C" NOT NULL,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT contracts_status_check CHECK ("status" IN ('active', 'renewed', 'ended', 'cancelled')),
  CONSTRAINT contracts_rounding_check CHECK ("rounding" IN ('half_up', 'half_even'))
);
CREATE INDEX contracts_account_id_status_idx ON nexa.contracts (org, "account_id", "status", "id");
CREATE INDEX contracts_deal_id_idx ON nexa.contracts (org, "deal_id", "id");
CREATE INDEX contracts_order_id_idx ON nexa.contracts (org, "order_id", "id");
CREATE INDEX contracts_status_end_idx ON nexa.contracts (org, "status", "end", "id");
CREATE INDEX contracts_renewal_id_ref ON nexa.contracts (org, "renewal_id", "id") WHERE "renewal_id" IS NOT NULL;
CREATE UNIQUE INDEX contracts_number_key ON nexa.contracts (org, "number");
ALTER TABLE nexa.contracts ADD CONSTRAINT contracts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.contracts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.contracts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.contracts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.contract_lines (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "contract_id" uuid NOT NULL,
  "deal_id" uuid NOT NULL,
  "rank" bigint NOT NULL,
  "product_id" uuid,
  "name" text COLLATE "C" NOT NULL,
  "sku" text COLLATE "C",
  "description" text COLLATE "C",
  "quantity" numeric(19,4) NOT NULL,
  "unit" text COLLATE "C",
  "unit_price_amount" numeric(19,4) NOT NULL,
  "unit_price_currency" text COLLATE "C" NOT NULL,
  "list_price_amount" numeric(19,4),
  "list_price_currency" text COLLATE "C",
  "slices" json NOT NULL,
  "discount" json,
  "tax_rate" numeric(19,4),
  "tax_name" text COLLATE "C",
  "recurring" text COLLATE "C",
  "term_months" bigint,
  "service_start" date,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  CONSTRAINT contract_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT contract_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year'))
);
CREATE INDEX contract_lines_contract_id_rank_idx ON nexa.contract_lines (org, "contract_id", "rank", "id");
CREATE INDEX contract_lines_product_id_idx ON nexa.contract_lines (org, "product_id", "id");
CREATE INDEX contract_lines_deal_id_idx ON nexa.contract_lines (org, "deal_id", "id");
ALTER TABLE nexa.contract_lines ADD CONSTRAINT contract_lines_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.contract_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.contract_lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.contract_lines USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.contacts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "erased_at" timestamptz,
  "merged_into_id" uuid,
  "first_name" text COLLATE "C",
  "first_name_folded" text COLLATE "C",
  "last_name" text COLLATE "C",
  "last_name_folded" text COLLATE "C",
  "email" text COLLATE "C",
  "phone" text COLLATE "C",
  "mobile" text COLLATE "C",
  "other_emails" json,
  "other_phones" json,
  "title" text COLLATE "C",
  "title_folded" text COLLATE "C",
  "department" text COLLATE "C",
  "department_folded" text COLLATE "C",
  "linkedin_url" text COLLATE "C",
  "account_id" uuid,
  "reports_to_id" uuid,
  "lifecycle_stage" text COLLATE "C" NOT NULL,
  "lifecycle_stage_rank" bigint NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "language" text COLLATE "C",
  "time_zone" text COLLATE "C",
  "source" text COLLATE "C",
  "owner_user_id" uuid,
  "owner_group_id" uuid,
  "owner_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "last_activity" timestamptz,
  "description" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT contacts_lifecycle_stage_check CHECK ("lifecycle_stage" IN ('subscriber', 'lead', 'opportunity', 'customer', 'advocate')),
  CONSTRAINT contacts_status_check CHECK ("status" IN ('active', 'inactive', 'churned')),
  CONSTRAINT contacts_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL)
);
CREATE INDEX contacts_owner_queue_created_at_idx ON nexa.contacts (org, "owner_queue", "created_at", "id", "deleted_at");
CREATE INDEX contacts_account_id_created_at_idx ON nexa.contacts (org, "account_id", "created_at", "id", "deleted_at");
CREATE INDEX contacts_merged_into_id_ref ON nexa.contacts (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX contacts_reports_to_id_ref ON nexa.contacts (org, "reports_to_id", "id") WHERE "reports_to_id" IS NOT NULL;
CREATE INDEX contacts_owner_user_id_ref ON nexa.contacts (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX contacts_owner_group_id_ref ON nexa.contacts (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX contacts_email_key_trash ON nexa.contacts (org, "email") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX contacts_email_key ON nexa.contacts (org, "email") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.contacts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.accounts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "merged_into_id" uuid,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "account_number" text COLLATE "C" NOT NULL,
  "industry" text COLLATE "C",
  "type" text COLLATE "C" NOT NULL,
  "tier" text COLLATE "C",
  "tier_rank" bigint,
  "website" text COLLATE "C",
  "website_folded" text COLLATE "C",
  "phone" text COLLATE "C",
  "employees" bigint,
  "annual_revenue_amount" numeric(19,4),
  "annual_revenue_currency" text COLLATE "C",
  "parent_id" uuid,
  "billing_address_street" text COLLATE "C",
  "billing_address_city" text COLLATE "C",
  "billing_address_region" text COLLATE "C",
  "billing_address_postal_code" text COLLATE "C",
  "billing_address_country" text COLLATE "C",
  "shipping_address_street" text COLLATE "C",
  "shipping_address_city" text COLLATE "C",
  "shipping_address_region" text COLLATE "C",
  "shipping_address_postal_code" text COLLATE "C",
  "shipping_address_country" text COLLATE "C",
  "primary_contact_id" uuid,
  "price_book_id" uuid,
  "customer_since" date,
  "owner_user_id" uuid,
  "owner_group_id" uuid,
  "owner_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "language" text COLLATE "C",
  "time_zone" text COLLATE "C",
  "description" text COLLATE "C",
  "source" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT accounts_type_check CHECK ("type" IN ('prospect', 'customer', 'partner', 'vendor')),
  CONSTRAINT accounts_tier_check CHECK ("tier" IN ('startup', 'smb', 'mid_market', 'enterprise')),
  CONSTRAINT accounts_annual_revenue_currency_both CHECK (("annual_revenue_amount" IS NULL) = ("annual_revenue_currency" IS NULL)),
  CONSTRAINT accounts_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL)
);
CREATE INDEX accounts_owner_queue_created_at_idx ON nexa.accounts (org, "owner_queue", "created_at", "id", "deleted_at");
CREATE INDEX accounts_merged_into_id_ref ON nexa.accounts (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX accounts_parent_id_ref ON nexa.accounts (org, "parent_id", "id") WHERE "parent_id" IS NOT NULL;
CREATE INDEX accounts_primary_contact_id_ref ON nexa.accounts (org, "primary_contact_id", "id") WHERE "primary_contact_id" IS NOT NULL;
CREATE INDEX accounts_price_book_id_ref ON nexa.accounts (org, "price_book_id", "id") WHERE "price_book_id" IS NOT NULL;
CREATE INDEX accounts_owner_user_id_ref ON nexa.accounts (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX accounts_owner_group_id_ref ON nexa.accounts (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX accounts_account_number_key_trash ON nexa.accounts (org, "account_number") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX accounts_account_number_key ON nexa.accounts (org, "account_number") WHERE "deleted_at" IS NULL;
CREATE INDEX accounts_name_folded_key_trash ON nexa.accounts (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX accounts_name_folded_key ON nexa.accounts (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.accounts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.products (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "sku" text COLLATE "C",
  "sku_folded" text COLLATE "C",
  "description" text COLLATE "C",
  "family" text COLLATE "C",
  "unit" text COLLATE "C",
  "recurring" text COLLATE "C",
  "tax_class" text COLLATE "C",
  "cost_amount" numeric(19,4),
  "cost_currency" text COLLATE "C",
  "active" boolean NOT NULL,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT products_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT products_cost_currency_both CHECK (("cost_amount" IS NULL) = ("cost_currency" IS NULL))
);
CREATE INDEX products_name_folded_idx ON nexa.products (org, "name_folded", "id", "deleted_at");
CREATE INDEX products_sku_folded_key_trash ON nexa.products (org, "sku_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX products_sku_folded_key ON nexa.products (org, "sku_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.products ADD CONSTRAINT products_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.products ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.products FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.products USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.price_books (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "currency" text COLLATE "C" NOT NULL,
  "valid_from" date,
  "valid_until" date,
  "is_default" boolean NOT NULL,
  "external_keys" json
);
CREATE INDEX price_books_currency_is_default_idx ON nexa.price_books (org, "currency", "is_default", "id", "deleted_at");
CREATE INDEX price_books_name_folded_key_trash ON nexa.price_books (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX price_books_name_folded_key ON nexa.price_books (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.price_books ADD CONSTRAINT price_books_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.price_books ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.price_books FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.price_books USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.prices (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "price_book_id" uuid NOT NULL,
  "product_id" uuid NOT NULL,
  "tiers" json NOT NULL,
  "mode" text COLLATE "C" NOT NULL,
  "external_keys" json,
  CONSTRAINT prices_mode_check CHECK ("mode" IN ('volume', 'graduated'))
);
CREATE INDEX prices_product_id_idx ON nexa.prices (org, "product_id", "id", "deleted_at");
CREATE INDEX prices_price_book_id_ref ON nexa.prices (org, "price_book_id", "id");
CREATE INDEX prices_price_book_id_product_id_key_trash ON nexa.prices (org, "price_book_id", "product_id") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX prices_price_book_id_product_id_key ON nexa.prices (org, "price_book_id", "product_id") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.prices ADD CONSTRAINT prices_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.prices ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.prices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.prices USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.tax_rates (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "tax_class" text COLLATE "C" NOT NULL,
  "country" text COLLATE "C" NOT NULL,
  "region" text COLLATE "C",
  "region_folded" text COLLATE "C",
  "rate" numeric(19,4) NOT NULL,
  "valid_from" date NOT NULL,
  "external_keys" json
);
CREATE INDEX tax_rates_tax_class_country_valid_from_idx ON nexa.tax_rates (org, "tax_class", "country", "valid_from", "id", "deleted_at");
ALTER TABLE nexa.tax_rates ADD CONSTRAINT tax_rates_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.tax_rates ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.tax_rates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.tax_rates USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.pipelines (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "is_default" boolean NOT NULL,
  "stages" json NOT NULL,
  "amount_from" text COLLATE "C" NOT NULL DEFAULT 'contract',
  "on_accept" text COLLATE "C" NOT NULL DEFAULT 'nothing',
  CONSTRAINT pipelines_amount_from_check CHECK ("amount_from" IN ('contract', 'first_year', 'yearly')),
  CONSTRAINT pipelines_on_accept_check CHECK ("on_accept" IN ('nothing', 'win'))
);
CREATE INDEX pipelines_name_folded_key_trash ON nexa.pipelines (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX pipelines_name_folded_key ON nexa.pipelines (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.pipelines ADD CONSTRAINT pipelines_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.pipelines ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.pipelines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.pipelines USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.deals (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "amount_amount" numeric(19,4),
  "amount_currency" text COLLATE "C",
  "has_lines" boolean NOT NULL DEFAULT FALSE,
  "price_book_id" uuid,
  "probability" bigint NOT NULL,
  "probability_by_hand" boolean NOT NULL,
  "category" text COLLATE "C" NOT NULL DEFAULT 'pipeline',
  "category_by_hand" boolean NOT NULL DEFAULT FALSE,
  "close_date" date,
  "pushed" bigint NOT NULL DEFAULT 0,
  "stage" text COLLATE "C" NOT NULL,
  "pipeline_id" uuid NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "stage_since" timestamptz NOT NULL,
  "rank" text COLLATE "C",
  "stage_before_close" text COLLATE "C",
  "closed_at" timestamptz,
  "won_reason" text COLLATE "C",
  "lost_reason" text COLLATE "C",
  "lost_text" text COLLATE "C",
  "lost_to" text COLLATE "C",
  "account_type_before" text COLLATE "C",
  "began_customer" boolean NOT NULL DEFAULT FALSE,
  "type" text COLLATE "C" NOT NULL,
  "source" text COLLATE "C",
  "campaign_id" uuid,
  "account_id" uuid,
  "primary_contact_id" uuid,
  "competitors" json,
  "owner_id" uuid,
  "contract_id" uuid,
  "contract_term_months" bigint,
  "contract_signed" boolean NOT NULL DEFAULT FALSE,
  "contract_url" text COLLATE "C",
  "next_step" text COLLATE "C",
  "description" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT deals_amount_currency_both CHECK (("amount_amount" IS NULL) = ("amount_currency" IS NULL)),
  CONSTRAINT deals_category_check CHECK ("category" IN ('omitted', 'pipeline', 'best_case', 'commit')),
  CONSTRAINT deals_status_check CHECK ("status" IN ('open', 'won', 'lost')),
  CONSTRAINT deals_account_type_before_check CHECK ("account_type_before" IN ('prospect', 'customer', 'partner', 'vendor')),
  CONSTRAINT deals_type_check CHECK ("type" IN ('new_business', 'upsell', 'renewal', 'cross_sell'))
);
CREATE INDEX deals_status_close_date_idx ON nexa.deals (org, "status", "close_date", "id", "deleted_at");
CREATE INDEX deals_pipeline_id_stage_idx ON nexa.deals (org, "pipeline_id", "stage", "id", "deleted_at");
CREATE INDEX deals_pipeline_id_stage_rank_idx ON nexa.deals (org, "pipeline_id", "stage", "rank", "id", "deleted_at");
CREATE INDEX deals_owner_id_status_close_date_idx ON nexa.deals (org, "owner_id", "status", "close_date", "id", "deleted_at");
CREATE INDEX deals_account_id_status_idx ON nexa.deals (org, "account_id", "status", "id", "deleted_at");
CREATE INDEX deals_campaign_id_status_idx ON nexa.deals (org, "campaign_id", "status", "id", "deleted_at");
CREATE INDEX deals_primary_contact_id_updated_at_idx ON nexa.deals (org, "primary_contact_id", "updated_at", "id", "deleted_at");
CREATE INDEX deals_price_book_id_ref ON nexa.deals (org, "price_book_id", "id") WHERE "price_book_id" IS NOT NULL;
CREATE INDEX deals_contract_id_ref ON nexa.deals (org, "contract_id", "id") WHERE "contract_id" IS NOT NULL;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.deals ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.deals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.deals USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.stage_visits (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deal_id" uuid NOT NULL,
  "pipeline_id" uuid NOT NULL,
  "stage" text COLLATE "C" NOT NULL,
  "entered_at" timestamptz NOT NULL,
  "left_at" timestamptz,
  "seconds" bigint,
  "next_stage" text COLLATE "C",
  "by_id" uuid,
  "reason" text COLLATE "C"
);
CREATE INDEX stage_visits_deal_id_entered_at_idx ON nexa.stage_visits (org, "deal_id", "entered_at", "id");
CREATE INDEX stage_visits_pipeline_id_stage_entered_at_idx ON nexa.stage_visits (org, "pipeline_id", "stage", "entered_at", "id");
CREATE INDEX stage_visits_by_id_ref ON nexa.stage_visits (org, "by_id", "id") WHERE "by_id" IS NOT NULL;
ALTER TABLE nexa.stage_visits ADD CONSTRAINT stage_visits_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.stage_visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.stage_visits FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.stage_visits USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.deal_contacts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deal_id" uuid NOT NULL,
  "contact_id" uuid NOT NULL,
  "role" text COLLATE "C" NOT NULL,
  CONSTRAINT deal_contacts_role_check CHECK ("role" IN ('decision_maker', 'champion', 'influencer', 'blocker', 'user', 'billing', 'partner', 'other'))
);
CREATE INDEX deal_contacts_deal_id_ref ON nexa.deal_contacts (org, "deal_id", "id");
CREATE INDEX deal_contacts_contact_id_ref ON nexa.deal_contacts (org, "contact_id", "id");
CREATE UNIQUE INDEX deal_contacts_deal_id_contact_id_key ON nexa.deal_contacts (org, "deal_id", "contact_id");
ALTER TABLE nexa.deal_contacts ADD CONSTRAINT deal_contacts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.deal_contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.deal_contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.deal_contacts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.lines (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deal_id" uuid NOT NULL,
  "rank" bigint NOT NULL,
  "product_id" uuid,
  "name" text COLLATE "C" NOT NULL,
  "sku" text COLLATE "C",
  "description" text COLLATE "C",
  "quantity" numeric(19,4) NOT NULL,
  "unit" text COLLATE "C",
  "unit_price_amount" numeric(19,4) NOT NULL,
  "unit_price_currency" text COLLATE "C" NOT NULL,
  "list_price_amount" numeric(19,4),
  "list_price_currency" text COLLATE "C",
  "slices" json NOT NULL,
  "discount" json,
  "tax_rate" numeric(19,4),
  "tax_name" text COLLATE "C",
  "recurring" text COLLATE "C",
  "term_months" bigint,
  "service_start" date,
  "net_amount" numeric(19,4) NOT NULL,
  "net_currency" text COLLATE "C" NOT NULL,
  "external_keys" json,
  CONSTRAINT lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year'))
);
CREATE INDEX lines_deal_id_rank_idx ON nexa.lines (org, "deal_id", "rank", "id");
CREATE INDEX lines_product_id_idx ON nexa.lines (org, "product_id", "id");
ALTER TABLE nexa.lines ADD CONSTRAINT lines_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.lines FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.lines USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.campaigns (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "type" text COLLATE "C" NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "start_date" date,
  "end_date" date,
  "goal" text COLLATE "C",
  "target_audience" text COLLATE "C",
  "budget_amount" numeric(19,4),
  "budget_currency" text COLLATE "C",
  "actual_cost_amount" numeric(19,4),
  "actual_cost_currency" text COLLATE "C",
  "owner_user_id" uuid,
  "owner_group_id" uuid,
  "owner_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "description" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT campaigns_status_check CHECK ("status" IN ('planned', 'active', 'completed', 'cancelled')),
  CONSTRAINT campaigns_budget_currency_both CHECK (("budget_amount" IS NULL) = ("budget_currency" IS NULL)),
  CONSTRAINT campaigns_actual_cost_currency_both CHECK (("actual_cost_amount" IS NULL) = ("actual_cost_currency" IS NULL)),
  CONSTRAINT campaigns_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL)
);
CREATE INDEX campaigns_status_start_date_idx ON nexa.campaigns (org, "status", "start_date", "id", "deleted_at");
CREATE INDEX campaigns_owner_user_id_ref ON nexa.campaigns (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX campaigns_owner_group_id_ref ON nexa.campaigns (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX campaigns_name_folded_key_trash ON nexa.campaigns (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX campaigns_name_folded_key ON nexa.campaigns (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.campaigns ADD CONSTRAINT campaigns_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.campaigns FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.campaigns USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.campaign_members (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "campaign_id" uuid NOT NULL,
  "lead_id" uuid,
  "contact_id" uuid,
  "joined_at" timestamptz NOT NULL
);
CREATE INDEX campaign_members_campaign_id_ref ON nexa.campaign_members (org, "campaign_id", "id");
CREATE INDEX campaign_members_lead_id_ref ON nexa.campaign_members (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX campaign_members_contact_id_ref ON nexa.campaign_members (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE UNIQUE INDEX campaign_members_campaign_id_contact_id_key ON nexa.campaign_members (org, "campaign_id", "contact_id");
CREATE UNIQUE INDEX campaign_members_campaign_id_lead_id_key ON nexa.campaign_members (org, "campaign_id", "lead_id");
ALTER TABLE nexa.campaign_members ADD CONSTRAINT campaign_members_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.campaign_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.campaign_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.campaign_members USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.contact_lists (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json
);
CREATE INDEX contact_lists_name_folded_key_trash ON nexa.contact_lists (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX contact_lists_name_folded_key ON nexa.contact_lists (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.contact_lists ADD CONSTRAINT contact_lists_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.contact_lists ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.contact_lists FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.contact_lists USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.contact_list_members (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "contact_list_id" uuid NOT NULL,
  "lead_id" uuid,
  "contact_id" uuid,
  "joined_at" timestamptz NOT NULL
);
CREATE INDEX contact_list_members_contact_list_id_ref ON nexa.contact_list_members (org, "contact_list_id", "id");
CREATE INDEX contact_list_members_lead_id_ref ON nexa.contact_list_members (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX contact_list_members_contact_id_ref ON nexa.contact_list_members (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE UNIQUE INDEX contact_list_members_contact_list_id_contact_id_key ON nexa.contact_list_members (org, "contact_list_id", "contact_id");
CREATE UNIQUE INDEX contact_list_members_contact_list_id_lead_id_key ON nexa.contact_list_members (org, "contact_list_id", "lead_id");
ALTER TABLE nexa.contact_list_members ADD CONSTRAINT contact_list_members_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.contact_list_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.contact_list_members FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.contact_list_members USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.tickets (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "merged_into_id" uuid,
  "number" text COLLATE "C" NOT NULL,
  "subject" text COLLATE "C" NOT NULL,
  "subject_folded" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL,
  "priority" text COLLATE "C" NOT NULL,
  "priority_rank" bigint NOT NULL,
  "type" text COLLATE "C",
  "severity" text COLLATE "C",
  "severity_rank" bigint,
  "channel" text COLLATE "C",
  "customer_impact" text COLLATE "C",
  "contact_id" uuid,
  "account_id" uuid,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "via_group_id" uuid,
  "escalation_to_id" uuid,
  "escalation_at" timestamptz,
  "escalation_severity" text COLLATE "C",
  "escalation_reason" text COLLATE "C",
  "pending_until" timestamptz,
  "resolution" text COLLATE "C",
  "resolved_at" timestamptz,
  "closed_at" timestamptz,
  "reported_at" timestamptz,
  "acknowledged_at" timestamptz,
  "waiting_since" timestamptz,
  "first_response_at" timestamptz,
  "responded_at" timestamptz,
  "target_id" uuid,
  "clocks" json,
  "next_due" timestamptz,
  "first_response_due" timestamptz,
  "resolution_due" timestamptz,
  "breached" boolean NOT NULL DEFAULT FALSE,
  "reopened" bigint NOT NULL,
  "follow_up_of_id" uuid,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT tickets_status_check CHECK ("status" IN ('open', 'pending', 'in_progress', 'resolved', 'closed')),
  CONSTRAINT tickets_priority_check CHECK ("priority" IN ('low', 'medium', 'high', 'critical')),
  CONSTRAINT tickets_type_check CHECK ("type" IN ('question', 'problem', 'incident', 'bug', 'feature_request', 'task')),
  CONSTRAINT tickets_severity_check CHECK ("severity" IN ('p4', 'p3', 'p2', 'p1')),
  CONSTRAINT tickets_channel_check CHECK ("channel" IN ('email', 'chat', 'phone', 'web', 'api')),
  CONSTRAINT tickets_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT tickets_escalation_severity_check CHECK ("escalation_severity" IN ('p4', 'p3', 'p2', 'p1'))
);
CREATE INDEX tickets_status_assignee_queue_priority_rank_created_at_idx ON nexa.tickets (org, "status", "assignee_queue", "priority_rank", "created_at", "id", "deleted_at");
CREATE INDEX tickets_contact_id_idx ON nexa.tickets (org, "contact_id", "id", "deleted_at");
CREATE INDEX tickets_account_id_idx ON nexa.tickets (org, "account_id", "id", "deleted_at");
CREATE INDEX tickets_next_due_idx ON nexa.tickets (org, "next_due", "id", "deleted_at");
CREATE INDEX tickets_merged_into_id_ref ON nexa.tickets (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX tickets_assignee_user_id_ref ON nexa.tickets (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX tickets_assignee_group_id_ref ON nexa.tickets (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX tickets_via_group_id_ref ON nexa.tickets (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX tickets_escalation_to_id_ref ON nexa.tickets (org, "escalation_to_id", "id") WHERE "escalation_to_id" IS NOT NULL;
CREATE INDEX tickets_target_id_ref ON nexa.tickets (org, "target_id", "id") WHERE "target_id" IS NOT NULL;
CREATE INDEX tickets_follow_up_of_id_ref ON nexa.tickets (org, "follow_up_of_id", "id") WHERE "follow_up_of_id" IS NOT NULL;
CREATE INDEX tickets_number_key_trash ON nexa.tickets (org, "number") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX tickets_number_key ON nexa.tickets (org, "number") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.tickets USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.targets (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "position" bigint NOT NULL,
  "active" boolean NOT NULL,
  "filter" json,
  "calendar_id" uuid,
  "goals" json NOT NULL,
  "near_minutes" bigint
);
CREATE INDEX targets_calendar_id_idx ON nexa.targets (org, "calendar_id", "id", "deleted_at");
CREATE INDEX targets_active_idx ON nexa.targets (org, "active", "id", "deleted_at");
CREATE INDEX targets_name_folded_key_trash ON nexa.targets (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX targets_name_folded_key ON nexa.targets (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.targets ADD CONSTRAINT targets_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.targets ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.targets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.targets USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.comments (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "ticket_id" uuid NOT NULL,
  "author_id" uuid,
  "body" text COLLATE "C" NOT NULL,
  "audience" text COLLATE "C" NOT NULL,
  CONSTRAINT comments_audience_check CHECK ("audience" IN ('members', 'admins'))
);
CREATE INDEX comments_ticket_id_created_at_idx ON nexa.comments (org, "ticket_id", "created_at", "id");
CREATE INDEX comments_author_id_ref ON nexa.comments (org, "author_id", "id") WHERE "author_id" IS NOT NULL;
ALTER TABLE nexa.comments ADD CONSTRAINT comments_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.comments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.comments USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.inboxes (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "address" text COLLATE "C" NOT NULL,
  "aliases" json NOT NULL,
  "sender_id" uuid,
  "group_id" uuid,
  "makes" text COLLATE "C" NOT NULL,
  "copied" text COLLATE "C" NOT NULL,
  "automatic" text COLLATE "C" NOT NULL,
  "acknowledgement" text COLLATE "C",
  "relays" json NOT NULL,
  "blocked" json NOT NULL,
  "trusted_servers" json NOT NULL,
  "off" boolean NOT NULL,
  "external_keys" json,
  CONSTRAINT inboxes_makes_check CHECK ("makes" IN ('thread', 'ticket')),
  CONSTRAINT inboxes_copied_check CHECK ("copied" IN ('propose', 'accept')),
  CONSTRAINT inboxes_automatic_check CHECK ("automatic" IN ('place', 'hold'))
);
CREATE INDEX inboxes_sender_id_ref ON nexa.inboxes (org, "sender_id", "id") WHERE "sender_id" IS NOT NULL;
CREATE INDEX inboxes_group_id_ref ON nexa.inboxes (org, "group_id", "id") WHERE "group_id" IS NOT NULL;
CREATE UNIQUE INDEX inboxes_address_key ON nexa.inboxes (org, "address");
ALTER TABLE nexa.inboxes ADD CONSTRAINT inboxes_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.inboxes ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.inboxes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.inboxes USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.threads (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "number" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  "channel" text COLLATE "C" NOT NULL,
  "inbox_id" uuid,
  "ticket_id" uuid,
  "contact_id" uuid,
  "subject" text COLLATE "C" NOT NULL,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "via_group_id" uuid,
  "state" text COLLATE "C" NOT NULL,
  "snoozed_until" timestamptz,
  "spam" boolean NOT NULL,
  "automatic" boolean NOT NULL,
  "participants" json,
  "waiting_since" timestamptz,
  "last_in" timestamptz,
  "last_out" timestamptz,
  "last_message" uuid,
  "suggested_thread_id" uuid,
  CONSTRAINT threads_kind_check CHECK ("kind" IN ('external', 'internal')),
  CONSTRAINT threads_channel_check CHECK ("channel" IN ('email', 'chat', 'phone', 'web', 'api')),
  CONSTRAINT threads_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT threads_state_check CHECK ("state" IN ('open', 'snoozed', 'done'))
);
CREATE INDEX threads_ticket_id_idx ON nexa.threads (org, "ticket_id", "id");
CREATE INDEX threads_contact_id_idx ON nexa.threads (org, "contact_id", "id");
CREATE INDEX threads_inbox_id_idx ON nexa.threads (org, "inbox_id", "id");
CREATE INDEX threads_state_assignee_queue_waiting_since_idx ON nexa.threads (org, "state", "assignee_queue", "waiting_since", "id");
CREATE INDEX threads_assignee_user_id_ref ON nexa.threads (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX threads_assignee_group_id_ref ON nexa.threads (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX threads_via_group_id_ref ON nexa.threads (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX threads_suggested_thread_id_ref ON nexa.threads (org, "suggested_thread_id", "id") WHERE "suggested_thread_id" IS NOT NULL;
CREATE UNIQUE INDEX threads_number_key ON nexa.threads (org, "number");
ALTER TABLE nexa.threads ADD CONSTRAINT threads_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.threads ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.threads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.threads USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.messages (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "thread_id" uuid NOT NULL,
  "direction" text COLLATE "C" NOT NULL,
  "author_id" uuid,
  "contact_id" uuid,
  "at" timestamptz NOT NULL,
  "claimed_at" timestamptz,
  "from" text COLLATE "C",
  "from_name" text COLLATE "C",
  "reply_to" json,
  "to" json,
  "cc" json,
  "bcc" json,
  "subject" text COLLATE "C",
  "text" text COLLATE "C",
  "reply_end" bigint,
  "html_id" uuid,
  "message_id" text COLLATE "C",
  "in_reply_to" text COLLATE "C",
  "references" json NOT NULL,
  "digest" text COLLATE "C",
  "auto" text COLLATE "C" NOT NULL,
  "trust" text COLLATE "C" NOT NULL,
  "placed_by" text COLLATE "C" NOT NULL,
  "marks" json NOT NULL,
  "mail_id" uuid,
  "redacted_at" timestamptz,
  "redacted_reason" text COLLATE "C",
  CONSTRAINT messages_direction_check CHECK ("direction" IN ('in', 'out', 'note')),
  CONSTRAINT messages_auto_check CHECK ("auto" IN ('none', 'auto_reply', 'out_of_office', 'list', 'bounce', 'receipt')),
  CONSTRAINT messages_trust_check CHECK ("trust" IN ('unknown', 'signed', 'known', 'failed')),
  CONSTRAINT messages_placed_by_check CHECK ("placed_by" IN ('written', 'signed_address', 'references', 'new', 'follow_up', 'hand'))
);
CREATE INDEX messages_thread_id_at_idx ON nexa.messages (org, "thread_id", "at", "id");
CREATE INDEX messages_contact_id_idx ON nexa.messages (org, "contact_id", "id");
CREATE INDEX messages_author_id_ref ON nexa.messages (org, "author_id", "id") WHERE "author_id" IS NOT NULL;
CREATE INDEX messages_html_id_ref ON nexa.messages (org, "html_id", "id") WHERE "html_id" IS NOT NULL;
CREATE INDEX messages_mail_id_ref ON nexa.messages (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.messages FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.messages USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.message_references (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "key" text COLLATE "C" NOT NULL,
  "message" uuid NOT NULL,
  "thread" uuid NOT NULL,
  "own" boolean NOT NULL
);
CREATE INDEX message_references_key_idx ON nexa.message_references (org, "key", "id");
ALTER TABLE nexa.message_references ADD CONSTRAINT message_references_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.message_references ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.message_references FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.message_references USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.inbounds (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "inbox_id" uuid NOT NULL,
  "envelope" json NOT NULL,
  "sender" text COLLATE "C",
  "contact_id" uuid,
  "sha256" text COLLATE "C" NOT NULL,
  "size" bigint NOT NULL,
  "digest" text COLLATE "C",
  "state" text COLLATE "C" NOT NULL,
  "reason" text COLLATE "C",
  "detail" text COLLATE "C",
  "message_id" uuid,
  "comment_id" uuid,
  "duplicate_of_id" uuid,
  "discarded_reason" text COLLATE "C",
  "acknowledged" boolean NOT NULL,
  CONSTRAINT inbounds_state_check CHECK ("state" IN ('held', 'placed', 'duplicate', 'discarded')),
  CONSTRAINT inbounds_reason_check CHECK ("reason" IN ('unparsable', 'error', 'too_large', 'limit', 'loop', 'spam', 'no_sender', 'bounce_unmatched', 'thread_trashed', 'automatic', 'inbox_off'))
);
CREATE INDEX inbounds_sha256_idx ON nexa.inbounds (org, "sha256", "id");
CREATE INDEX inbounds_digest_idx ON nexa.inbounds (org, "digest", "id");
CREATE INDEX inbounds_inbox_id_state_idx ON nexa.inbounds (org, "inbox_id", "state", "id");
CREATE INDEX inbounds_sender_created_at_idx ON nexa.inbounds (org, "sender", "created_at", "id");
CREATE INDEX inbounds_contact_id_ref ON nexa.inbounds (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX inbounds_message_id_ref ON nexa.inbounds (org, "message_id", "id") WHERE "message_id" IS NOT NULL;
CREATE INDEX inbounds_comment_id_ref ON nexa.inbounds (org, "comment_id", "id") WHERE "comment_id" IS NOT NULL;
CREATE INDEX inbounds_duplicate_of_id_ref ON nexa.inbounds (org, "duplicate_of_id", "id") WHERE "duplicate_of_id" IS NOT NULL;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.inbounds ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.inbounds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.inbounds USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.calls (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "about" json,
  "direction" text COLLATE "C" NOT NULL,
  "from" text COLLATE "C",
  "to" text COLLATE "C",
  "started_at" timestamptz NOT NULL,
  "duration_seconds" bigint,
  "outcome" text COLLATE "C",
  "summary" text COLLATE "C",
  "recording" text COLLATE "C",
  "recording_consent" boolean NOT NULL,
  "user_id" uuid,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT calls_direction_check CHECK ("direction" IN ('outgoing', 'incoming')),
  CONSTRAINT calls_outcome_check CHECK ("outcome" IN ('connected', 'voicemail', 'no_answer', 'busy', 'wrong_number', 'cancelled'))
);
CREATE INDEX calls_started_at_idx ON nexa.calls (org, "started_at", "id", "deleted_at");
CREATE INDEX calls_user_id_started_at_idx ON nexa.calls (org, "user_id", "started_at", "id", "deleted_at");
ALTER TABLE nexa.calls ADD CONSTRAINT calls_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.calls USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

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

CREATE TABLE nexa.meetings (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "title" text COLLATE "C" NOT NULL,
  "title_folded" text COLLATE "C" NOT NULL,
  "agenda" text COLLATE "C",
  "location" text COLLATE "C",
  "join_url" text COLLATE "C",
  "organizer_id" uuid,
  "starts_at" timestamptz,
  "ends_at" timestamptz,
  "start_date" date,
  "end_date" date,
  "availability" text COLLATE "C" NOT NULL,
  "about" json,
  "status" text COLLATE "C" NOT NULL,
  "outcome" text COLLATE "C",
  "notes" text COLLATE "C",
  "next_step" text COLLATE "C",
  "cancel_reason" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT meetings_availability_check CHECK ("availability" IN ('busy', 'free')),
  CONSTRAINT meetings_status_check CHECK ("status" IN ('planned', 'held', 'no_show', 'cancelled'))
);
CREATE INDEX meetings_status_starts_at_idx ON nexa.meetings (org, "status", "starts_at", "id", "deleted_at");
CREATE INDEX meetings_organizer_id_starts_at_idx ON nexa.meetings (org, "organizer_id", "starts_at", "id", "deleted_at");
ALTER TABLE nexa.meetings ADD CONSTRAINT meetings_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.meetings ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.meetings FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.meetings USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.attendees (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "meeting_id" uuid NOT NULL,
  "user_id" uuid,
  "contact_id" uuid,
  "lead_id" uuid,
  "email" text COLLATE "C",
  "name" text COLLATE "C",
  "role" text COLLATE "C" NOT NULL,
  "response" text COLLATE "C" NOT NULL,
  "responded_at" timestamptz,
  CONSTRAINT attendees_role_check CHECK ("role" IN ('required', 'optional')),
  CONSTRAINT attendees_response_check CHECK ("response" IN ('needs_action', 'accepted', 'tentative', 'declined'))
);
CREATE INDEX attendees_user_id_response_idx ON nexa.attendees (org, "user_id", "response", "id");
CREATE INDEX attendees_meeting_id_ref ON nexa.attendees (org, "meeting_id", "id");
CREATE INDEX attendees_contact_id_ref ON nexa.attendees (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX attendees_lead_id_ref ON nexa.attendees (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE UNIQUE INDEX attendees_meeting_id_email_key ON nexa.attendees (org, "meeting_id", "email");
CREATE UNIQUE INDEX attendees_meeting_id_lead_id_key ON nexa.attendees (org, "meeting_id", "lead_id");
CREATE UNIQUE INDEX attendees_meeting_id_contact_id_key ON nexa.attendees (org, "meeting_id", "contact_id");
CREATE UNIQUE INDEX attendees_meeting_id_user_id_key ON nexa.attendees (org, "meeting_id", "user_id");
ALTER TABLE nexa.attendees ADD CONSTRAINT attendees_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.attendees ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.attendees FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.attendees USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.playbooks (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "key" text COLLATE "C",
  "description" text COLLATE "C",
  "project" json NOT NULL,
  "tasks" json NOT NULL,
  "meetings" json NOT NULL,
  "notes" json NOT NULL,
  "on_weekend" text COLLATE "C" NOT NULL,
  "published" bigint,
  "external_keys" json,
  CONSTRAINT playbooks_on_weekend_check CHECK ("on_weekend" IN ('keep', 'next', 'previous'))
);
CREATE INDEX playbooks_key_key_trash ON nexa.playbooks (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX playbooks_key_key ON nexa.playbooks (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX playbooks_name_folded_key_trash ON nexa.playbooks (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX playbooks_name_folded_key ON nexa.playbooks (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.playbooks ADD CONSTRAINT playbooks_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.playbooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.playbooks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.playbooks USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.playbook_versions (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "playbook_id" uuid NOT NULL,
  "number" bigint NOT NULL,
  "project" json NOT NULL,
  "tasks" json NOT NULL,
  "meetings" json NOT NULL,
  "notes" json NOT NULL,
  "on_weekend" text COLLATE "C" NOT NULL,
  "roles" json NOT NULL,
  "publisher_id" uuid,
  CONSTRAINT playbook_versions_on_weekend_check CHECK ("on_weekend" IN ('keep', 'next', 'previous'))
);
CREATE INDEX playbook_versions_playbook_id_ref ON nexa.playbook_versions (org, "playbook_id", "id");
CREATE INDEX playbook_versions_publisher_id_ref ON nexa.playbook_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX playbook_versions_playbook_id_number_key ON nexa.playbook_versions (org, "playbook_id", "number");
ALTER TABLE nexa.playbook_versions ADD CONSTRAINT playbook_versions_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.playbook_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.playbook_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.playbook_versions USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.projects (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "type" text COLLATE "C",
  "description" text COLLATE "C",
  "account_id" uuid,
  "deal_id" uuid,
  "owner_user_id" uuid,
  "owner_group_id" uuid,
  "owner_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "status" text COLLATE "C" NOT NULL,
  "start_date" date,
  "due_date" date,
  "completed_at" timestamptz,
  "playbook_id" uuid,
  "playbook_version" bigint,
  "roles" json,
  "start_key" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT projects_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL),
  CONSTRAINT projects_status_check CHECK ("status" IN ('not_started', 'active', 'on_hold', 'done', 'cancelled'))
);
CREATE INDEX projects_status_due_date_idx ON nexa.projects (org, "status", "due_date", "id", "deleted_at");
CREATE INDEX projects_deal_id_idx ON nexa.projects (org, "deal_id", "id", "deleted_at");
CREATE INDEX projects_account_id_status_idx ON nexa.projects (org, "account_id", "status", "id", "deleted_at");
CREATE INDEX projects_owner_user_id_ref ON nexa.projects (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX projects_owner_group_id_ref ON nexa.projects (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX projects_playbook_id_ref ON nexa.projects (org, "playbook_id", "id") WHERE "playbook_id" IS NOT NULL;
CREATE INDEX projects_playbook_id_start_key_key_trash ON nexa.projects (org, "playbook_id", "start_key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX projects_playbook_id_start_key_key ON nexa.projects (org, "playbook_id", "start_key") WHERE "deleted_at" IS NULL;
CREATE INDEX projects_playbook_id_deal_id_key_trash ON nexa.projects (org, "playbook_id", "deal_id") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX projects_playbook_id_deal_id_key ON nexa.projects (org, "playbook_id", "deal_id") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.projects FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.projects USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.tasks (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "title" text COLLATE "C" NOT NULL,
  "title_folded" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "due_at" timestamptz,
  "due_date" date,
  "start_date" date,
  "remind_at" timestamptz,
  "priority" text COLLATE "C" NOT NULL,
  "priority_rank" bigint NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "via_group_id" uuid,
  "about_kind" text COLLATE "C",
  "about_id" uuid,
  "about_key" text COLLATE "C",
  "about_label" text COLLATE "C",
  "about_url" text COLLATE "C",
  "project_id" uuid,
  "step" text COLLATE "C",
  "parent_id" uuid,
  "checklist" json,
  "rank" text COLLATE "C",
  "completed_at" timestamptz,
  "completed_by_id" uuid,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT tasks_priority_check CHECK ("priority" IN ('low', 'medium', 'high', 'urgent')),
  CONSTRAINT tasks_status_check CHECK ("status" IN ('todo', 'in_progress', 'done', 'cancelled')),
  CONSTRAINT tasks_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL)
);
CREATE INDEX tasks_status_assignee_queue_priority_rank_due_at_idx ON nexa.tasks (org, "status", "assignee_queue", "priority_rank", "due_at", "id", "deleted_at");
CREATE INDEX tasks_status_rank_idx ON nexa.tasks (org, "status", "rank", "id", "deleted_at");
CREATE INDEX tasks_about_id_status_idx ON nexa.tasks (org, "about_id", "status", "id", "deleted_at");
CREATE INDEX tasks_assignee_user_id_ref ON nexa.tasks (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX tasks_assignee_group_id_ref ON nexa.tasks (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX tasks_via_group_id_ref ON nexa.tasks (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX tasks_project_id_ref ON nexa.tasks (org, "project_id", "id") WHERE "project_id" IS NOT NULL;
CREATE INDEX tasks_parent_id_ref ON nexa.tasks (org, "parent_id", "id") WHERE "parent_id" IS NOT NULL;
CREATE INDEX tasks_completed_by_id_ref ON nexa.tasks (org, "completed_by_id", "id") WHERE "completed_by_id" IS NOT NULL;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.tasks ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.tasks FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.tasks USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.task_dependencies (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "task_id" uuid NOT NULL,
  "depends_on_id" uuid NOT NULL
);
CREATE INDEX task_dependencies_task_id_ref ON nexa.task_dependencies (org, "task_id", "id");
CREATE INDEX task_dependencies_depends_on_id_ref ON nexa.task_dependencies (org, "depends_on_id", "id");
CREATE UNIQUE INDEX task_dependencies_task_id_depends_on_id_key ON nexa.task_dependencies (org, "task_id", "depends_on_id");
ALTER TABLE nexa.task_dependencies ADD CONSTRAINT task_dependencies_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.task_dependencies ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.task_dependencies FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.task_dependencies USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.notifications (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "user_id" uuid NOT NULL,
  "reason" text COLLATE "C" NOT NULL,
  "about_kind" text COLLATE "C",
  "about_id" uuid,
  "about_key" text COLLATE "C",
  "about_label" text COLLATE "C",
  "about_url" text COLLATE "C",
  "note_id" uuid,
  "message" text COLLATE "C",
  "count" bigint NOT NULL,
  "by" text COLLATE "C",
  "digest" text COLLATE "C",
  "due_at" timestamptz,
  "late" boolean NOT NULL,
  "inbox" boolean NOT NULL DEFAULT TRUE,
  "read_at" timestamptz,
  CONSTRAINT notifications_reason_check CHECK ("reason" IN ('assigned', 'reminder', 'mention', 'sender_halted', 'target_near', 'target_breached', 'workflow', 'workflow_halted'))
);
CREATE INDEX notifications_user_id_digest_idx ON nexa.notifications (org, "user_id", "digest", "id");
CREATE INDEX notifications_user_id_created_at_idx ON nexa.notifications (org, "user_id", "created_at", "id");
CREATE INDEX notifications_about_id_idx ON nexa.notifications (org, "about_id", "id");
CREATE INDEX notifications_note_id_ref ON nexa.notifications (org, "note_id", "id") WHERE "note_id" IS NOT NULL;
ALTER TABLE nexa.notifications ADD CONSTRAINT notifications_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.notifications FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.notifications USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.notification_preferences (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "user_id" uuid NOT NULL,
  "channels" json NOT NULL,
  "quiet" json NOT NULL,
  "digest" json NOT NULL
);
CREATE INDEX notification_preferences_user_id_ref ON nexa.notification_preferences (org, "user_id", "id");
CREATE UNIQUE INDEX notification_preferences_user_id_key ON nexa.notification_preferences (org, "user_id");
ALTER TABLE nexa.notification_preferences ADD CONSTRAINT notification_preferences_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.notification_preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.notification_preferences FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.notification_preferences USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.notification_deliveries (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "slot" text COLLATE "C" NOT NULL,
  "notification" uuid NOT NULL,
  "user_id" uuid NOT NULL,
  "channel" text COLLATE "C" NOT NULL,
  "reason" text COLLATE "C" NOT NULL,
  "not_before" timestamptz NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "late" boolean NOT NULL,
  "message" uuid,
  "attempts" bigint NOT NULL,
  "worker" text COLLATE "C",
  "lease_until" timestamptz,
  "problem" text COLLATE "C",
  "left_at" timestamptz,
  CONSTRAINT notification_deliveries_reason_check CHECK ("reason" IN ('assigned', 'reminder', 'mention', 'sender_halted', 'target_near', 'target_breached', 'workflow', 'workflow_halted')),
  CONSTRAINT notification_deliveries_state_check CHECK ("state" IN ('waiting', 'claimed', 'left', 'dropped', 'failed'))
);
CREATE INDEX notification_deliveries_user_id_state_not_before_idx ON nexa.notification_deliveries (org, "user_id", "state", "not_before", "id");
CREATE INDEX notification_deliveries_channel_state_not_before_idx ON nexa.notification_deliveries (org, "channel", "state", "not_before", "id");
CREATE INDEX notification_deliveries_message_idx ON nexa.notification_deliveries (org, "message", "id");
CREATE UNIQUE INDEX notification_deliveries_slot_key ON nexa.notification_deliveries (org, "slot");
ALTER TABLE nexa.notification_deliveries ADD CONSTRAINT notification_deliveries_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.notification_deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.notification_deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.notification_deliveries USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.notification_windows (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "user_id" uuid NOT NULL,
  "began_at" timestamptz NOT NULL,
  "count" bigint NOT NULL
);
CREATE INDEX notification_windows_user_id_ref ON nexa.notification_windows (org, "user_id", "id");
CREATE UNIQUE INDEX notification_windows_user_id_key ON nexa.notification_windows (org, "user_id");
ALTER TABLE nexa.notification_windows ADD CONSTRAINT notification_windows_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.notification_windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.notification_windows FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.notification_windows USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.workflows (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "key" text COLLATE "C",
  "description" text COLLATE "C",
  "runs_as_id" uuid,
  "trigger" json NOT NULL,
  "filter" json NOT NULL,
  "settings" json NOT NULL,
  "steps" json NOT NULL,
  "limits" json NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "active_since" bigint,
  "halted_reason" text COLLATE "C",
  "published" bigint,
  "external_keys" json,
  CONSTRAINT workflows_state_check CHECK ("state" IN ('draft', 'active', 'paused', 'halted'))
);
CREATE INDEX workflows_runs_as_id_ref ON nexa.workflows (org, "runs_as_id", "id") WHERE "runs_as_id" IS NOT NULL;
CREATE INDEX workflows_key_key_trash ON nexa.workflows (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX workflows_key_key ON nexa.workflows (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX workflows_name_folded_key_trash ON nexa.workflows (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX workflows_name_folded_key ON nexa.workflows (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.workflows ADD CONSTRAINT workflows_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.workflows ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.workflows FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.workflows USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.workflow_versions (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "workflow_id" uuid NOT NULL,
  "number" bigint NOT NULL,
  "runs_as_id" uuid NOT NULL,
  "trigger" json NOT NULL,
  "filter" json NOT NULL,
  "settings" json NOT NULL,
  "steps" json NOT NULL,
  "limits" json NOT NULL,
  "publisher_id" uuid
);
CREATE INDEX workflow_versions_workflow_id_ref ON nexa.workflow_versions (org, "workflow_id", "id");
CREATE INDEX workflow_versions_runs_as_id_ref ON nexa.workflow_versions (org, "runs_as_id", "id");
CREATE INDEX workflow_versions_publisher_id_ref ON nexa.workflow_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX workflow_versions_workflow_id_number_key ON nexa.workflow_versions (org, "workflow_id", "number");
ALTER TABLE nexa.workflow_versions ADD CONSTRAINT workflow_versions_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.workflow_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.workflow_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.workflow_versions USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.workflow_runs (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "workflow_id" uuid NOT NULL,
  "number" bigint NOT NULL,
  "slot" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C",
  "record" uuid,
  "event" bigint,
  "event_to" bigint,
  "root" uuid NOT NULL,
  "depth" bigint NOT NULL,
  "chain" text COLLATE "C" NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "position" json NOT NULL,
  "turn" bigint NOT NULL,
  "attempt" bigint NOT NULL,
  "lines" bigint NOT NULL,
  "steps" bigint NOT NULL,
  "made" json NOT NULL,
  "due_at" timestamptz,
  "ended_at" timestamptz,
  "reason" text COLLATE "C",
  "code" text COLLATE "C",
  CONSTRAINT workflow_runs_state_check CHECK ("state" IN ('running', 'waiting', 'done', 'failed', 'stopped', 'skipped', 'cancelled'))
);
CREATE INDEX workflow_runs_workflow_id_state_ended_at_idx ON nexa.workflow_runs (org, "workflow_id", "state", "ended_at", "id");
CREATE INDEX workflow_runs_chain_idx ON nexa.workflow_runs (org, "chain", "id");
CREATE INDEX workflow_runs_record_idx ON nexa.workflow_runs (org, "record", "id");
CREATE INDEX workflow_runs_state_due_at_idx ON nexa.workflow_runs (org, "state", "due_at", "id");
CREATE UNIQUE INDEX workflow_runs_slot_key ON nexa.workflow_runs (org, "slot");
ALTER TABLE nexa.workflow_runs ADD CONSTRAINT workflow_runs_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.workflow_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.workflow_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.workflow_runs USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.workflow_step_runs (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "run" uuid NOT NULL,
  "number" bigint NOT NULL,
  "step" text COLLATE "C" NOT NULL,
  "turn" bigint NOT NULL,
  "attempt" bigint NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "what" text COLLATE "C",
  "unit" uuid,
  "record" uuid,
  "code" text COLLATE "C",
  "message" text COLLATE "C",
  CONSTRAINT workflow_step_runs_state_check CHECK ("state" IN ('done', 'failed', 'again'))
);
CREATE INDEX workflow_step_runs_run_number_idx ON nexa.workflow_step_runs (org, "run", "number", "id");
CREATE INDEX workflow_step_runs_unit_idx ON nexa.workflow_step_runs (org, "unit", "id");
ALTER TABLE nexa.workflow_step_runs ADD CONSTRAINT workflow_step_runs_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.workflow_step_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.workflow_step_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.workflow_step_runs USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.workflow_windows (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "workflow_id" uuid NOT NULL,
  "began_at" timestamptz NOT NULL,
  "count" bigint NOT NULL
);
CREATE INDEX workflow_windows_workflow_id_ref ON nexa.workflow_windows (org, "workflow_id", "id");
CREATE UNIQUE INDEX workflow_windows_workflow_id_key ON nexa.workflow_windows (org, "workflow_id");
ALTER TABLE nexa.workflow_windows ADD CONSTRAINT workflow_windows_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.workflow_windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.workflow_windows FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.workflow_windows USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.templates (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "key" text COLLATE "C",
  "channel" text COLLATE "C" NOT NULL,
  "about_kind" text COLLATE "C",
  "topic_id" uuid,
  "default_locale" text COLLATE "C" NOT NULL,
  "texts" json NOT NULL,
  "variables" json NOT NULL,
  "partials" json NOT NULL,
  "published" bigint,
  "archived_at" timestamptz,
  "external_keys" json,
  CONSTRAINT templates_channel_check CHECK ("channel" IN ('email', 'text', 'notification', 'note'))
);
CREATE INDEX templates_topic_id_ref ON nexa.templates (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE INDEX templates_key_key_trash ON nexa.templates (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX templates_key_key ON nexa.templates (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX templates_name_folded_key_trash ON nexa.templates (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX templates_name_folded_key ON nexa.templates (org, "name_folded") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.templates ADD CONSTRAINT templates_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.templates FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.templates USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.template_versions (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "template_id" uuid NOT NULL,
  "number" bigint NOT NULL,
  "channel" text COLLATE "C" NOT NULL,
  "about_kind" text COLLATE "C",
  "topic_id" uuid,
  "default_locale" text COLLATE "C" NOT NULL,
  "texts" json NOT NULL,
  "variables" json NOT NULL,
  "partials" json NOT NULL,
  "reads" json NOT NULL,
  "publisher_id" uuid,
  CONSTRAINT template_versions_channel_check CHECK ("channel" IN ('email', 'text', 'notification', 'note'))
);
CREATE INDEX template_versions_template_id_ref ON nexa.template_versions (org, "template_id", "id");
CREATE INDEX template_versions_topic_id_ref ON nexa.template_versions (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE INDEX template_versions_publisher_id_ref ON nexa.template_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX template_versions_template_id_number_key ON nexa.template_versions (org, "template_id", "number");
ALTER TABLE nexa.template_versions ADD CONSTRAINT template_versions_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.template_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.template_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.template_versions USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.blobs (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "key" uuid NOT NULL,
  "sha256" text COLLATE "C",
  "size" bigint NOT NULL,
  "type" text COLLATE "C",
  "state" text COLLATE "C" NOT NULL,
  CONSTRAINT blobs_state_check CHECK ("state" IN ('live', 'dying'))
);
CREATE INDEX blobs_state_idx ON nexa.blobs (org, "state", "id");
CREATE UNIQUE INDEX blobs_sha256_key ON nexa.blobs (org, "sha256");
CREATE UNIQUE INDEX blobs_key_key ON nexa.blobs (org, "key");
ALTER TABLE nexa.blobs ADD CONSTRAINT blobs_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.blobs ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.blobs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.blobs USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.uploads (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "by" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "name_cut" boolean NOT NULL,
  "declared_type" text COLLATE "C",
  "type" text COLLATE "C",
  "size" bigint NOT NULL,
  "sha256" text COLLATE "C"
);
CREATE INDEX uploads_sha256_idx ON nexa.uploads (org, "sha256", "id");
ALTER TABLE nexa.uploads ADD CONSTRAINT uploads_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.uploads ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.uploads FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.uploads USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.attachments (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "about_kind" text COLLATE "C" NOT NULL,
  "about_id" uuid,
  "about_key" text COLLATE "C",
  "about_label" text COLLATE "C",
  "about_url" text COLLATE "C",
  "name" text COLLATE "C" NOT NULL,
  "name_cut" boolean NOT NULL,
  "declared_type" text COLLATE "C",
  "type" text COLLATE "C" NOT NULL,
  "size" bigint NOT NULL,
  "sha256" text COLLATE "C" NOT NULL,
  "by_id" uuid
);
CREATE INDEX attachments_about_id_idx ON nexa.attachments (org, "about_id", "id", "deleted_at");
CREATE INDEX attachments_sha256_idx ON nexa.attachments (org, "sha256", "id", "deleted_at");
CREATE INDEX attachments_by_id_ref ON nexa.attachments (org, "by_id", "id") WHERE "by_id" IS NOT NULL;
ALTER TABLE nexa.attachments ADD CONSTRAINT attachments_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.attachments USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.topics (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "key" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "double_opt_in" boolean NOT NULL,
  "external_keys" json,
  CONSTRAINT topics_kind_check CHECK ("kind" IN ('marketing', 'transactional'))
);
CREATE UNIQUE INDEX topics_key_key ON nexa.topics (org, "key");
CREATE UNIQUE INDEX topics_name_folded_key ON nexa.topics (org, "name_folded");
ALTER TABLE nexa.topics ADD CONSTRAINT topics_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.topics ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.topics FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.topics USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.consents (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "address" text COLLATE "C",
  "address_hash" text COLLATE "C" NOT NULL,
  "topic_id" uuid NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "basis" text COLLATE "C" NOT NULL,
  "source" text COLLATE "C",
  "text_version" text COLLATE "C",
  "evidence" json,
  "at" timestamptz NOT NULL,
  "asked_at" timestamptz,
  CONSTRAINT consents_state_check CHECK ("state" IN ('none', 'pending', 'granted', 'withdrawn')),
  CONSTRAINT consents_basis_check CHECK ("basis" IN ('opt_in', 'double_opt_in', 'contract', 'legitimate_interest'))
);
CREATE INDEX consents_address_hash_idx ON nexa.consents (org, "address_hash", "id");
CREATE INDEX consents_topic_id_state_idx ON nexa.consents (org, "topic_id", "state", "id");
CREATE UNIQUE INDEX consents_address_topic_id_key ON nexa.consents (org, "address", "topic_id");
ALTER TABLE nexa.consents ADD CONSTRAINT consents_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.consents ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.consents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.consents USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.suppressions (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "address_hash" text COLLATE "C" NOT NULL,
  "scope" text COLLATE "C" NOT NULL,
  "topic_id" uuid,
  "reason" text COLLATE "C" NOT NULL,
  "slot" text COLLATE "C" NOT NULL,
  "source" text COLLATE "C",
  "by" text COLLATE "C" NOT NULL,
  "at" timestamptz NOT NULL,
  "lifted_at" timestamptz,
  "lift_reason" text COLLATE "C",
  CONSTRAINT suppressions_scope_check CHECK ("scope" IN ('all', 'marketing', 'topic')),
  CONSTRAINT suppressions_reason_check CHECK ("reason" IN ('unsubscribed', 'complained', 'hard_bounce', 'soft_bounces', 'manual', 'erased'))
);
CREATE INDEX suppressions_address_hash_idx ON nexa.suppressions (org, "address_hash", "id");
CREATE INDEX suppressions_topic_id_ref ON nexa.suppressions (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE UNIQUE INDEX suppressions_slot_key ON nexa.suppressions (org, "slot");
ALTER TABLE nexa.suppressions ADD CONSTRAINT suppressions_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.suppressions ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.suppressions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.suppressions USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.senders (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "address" text COLLATE "C" NOT NULL,
  "reply_to" text COLLATE "C",
  "bounce_address" text COLLATE "C",
  "per_minute" bigint,
  "per_hour" bigint,
  "per_day" bigint,
  "per_domain" json NOT NULL,
  "verified_at" timestamptz,
  "state" text COLLATE "C" NOT NULL,
  "halted_reason" text COLLATE "C",
  "external_keys" json,
  CONSTRAINT senders_state_check CHECK ("state" IN ('active', 'halted'))
);
CREATE UNIQUE INDEX senders_address_key ON nexa.senders (org, "address");
ALTER TABLE nexa.senders ADD CONSTRAINT senders_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.senders ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.senders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.senders USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.sending_windows (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "slot" text COLLATE "C" NOT NULL,
  "began_at" timestamptz NOT NULL,
  "mails" bigint NOT NULL,
  "hard_bounces" bigint NOT NULL,
  "complaints" bigint NOT NULL
);
CREATE UNIQUE INDEX sending_windows_slot_key ON nexa.sending_windows (org, "slot");
ALTER TABLE nexa.sending_windows ADD CONSTRAINT sending_windows_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.sending_windows ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.sending_windows FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.sending_windows USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.mails (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "dedup" text COLLATE "C" NOT NULL,
  "purpose" text COLLATE "C" NOT NULL,
  "about_kind" text COLLATE "C",
  "about_id" uuid,
  "about_key" text COLLATE "C",
  "about_label" text COLLATE "C",
  "about_url" text COLLATE "C",
  "topic_id" uuid,
  "marketing" boolean NOT NULL,
  "sender_id" uuid NOT NULL,
  "lead_id" uuid,
  "contact_id" uuid,
  "to" text COLLATE "C",
  "template_version_id" uuid,
  "locale" text COLLATE "C",
  "time_zone" text COLLATE "C",
  "values" json,
  "content" json,
  "correspondence" json,
  "frame" json,
  "message_id" text COLLATE "C" NOT NULL,
  "not_before" timestamptz NOT NULL,
  "expires_at" timestamptz,
  "state" text COLLATE "C" NOT NULL,
  "reason" text COLLATE "C",
  "stage" text COLLATE "C" NOT NULL,
  "attempts" bigint NOT NULL,
  "put_off" bigint NOT NULL,
  "worker" text COLLATE "C",
  "claimed_at" timestamptz,
  "lease_until" timestamptz,
  "idempotent" boolean NOT NULL,
  "maybe_twice" boolean NOT NULL,
  "provider_id" text COLLATE "C",
  "code" text COLLATE "C",
  "detail" text COLLATE "C",
  "handed_over_at" timestamptz,
  "delivered_at" timestamptz,
  "bounced_at" timestamptz,
  "bounce_code" text COLLATE "C",
  "complained_at" timestamptz,
  "replied_at" timestamptz,
  CONSTRAINT mails_purpose_check CHECK ("purpose" IN ('person', 'system', 'notification', 'test', 'mass_email', 'sequence', 'workflow')),
  CONSTRAINT mails_state_check CHECK ("state" IN ('planned', 'claimed', 'handed_over', 'failed', 'uncertain', 'skipped', 'cancelled', 'expired')),
  CONSTRAINT mails_stage_check CHECK ("stage" IN ('open', 'body'))
);
CREATE INDEX mails_about_id_idx ON nexa.mails (org, "about_id", "id");
CREATE INDEX mails_state_marketing_not_before_idx ON nexa.mails (org, "state", "marketing", "not_before", "id");
CREATE INDEX mails_state_not_before_idx ON nexa.mails (org, "state", "not_before", "id");
CREATE INDEX mails_state_lease_until_idx ON nexa.mails (org, "state", "lease_until", "id");
CREATE INDEX mails_to_claimed_at_idx ON nexa.mails (org, "to", "claimed_at", "id");
CREATE INDEX mails_topic_id_idx ON nexa.mails (org, "topic_id", "id");
CREATE INDEX mails_sender_id_ref ON nexa.mails (org, "sender_id", "id");
CREATE INDEX mails_lead_id_ref ON nexa.mails (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX mails_contact_id_ref ON nexa.mails (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX mails_template_version_id_ref ON nexa.mails (org, "template_version_id", "id") WHERE "template_version_id" IS NOT NULL;
CREATE UNIQUE INDEX mails_dedup_key ON nexa.mails (org, "dedup");
ALTER TABLE nexa.mails ADD CONSTRAINT mails_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.mails ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.mails FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.mails USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.mail_secrets (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "secret" text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX mail_secrets_name_key ON nexa.mail_secrets (org, "name");
ALTER TABLE nexa.mail_secrets ADD CONSTRAINT mail_secrets_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.mail_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.mail_secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.mail_secrets USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.provider_events (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "event_id" text COLLATE "C" NOT NULL,
  "address_hash" text COLLATE "C",
  "class" text COLLATE "C",
  "mail_id" uuid,
  "at" timestamptz NOT NULL,
  CONSTRAINT provider_events_class_check CHECK ("class" IN ('hard', 'soft', 'block'))
);
CREATE INDEX provider_events_address_hash_idx ON nexa.provider_events (org, "address_hash", "id");
CREATE INDEX provider_events_mail_id_ref ON nexa.provider_events (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;
CREATE UNIQUE INDEX provider_events_event_id_key ON nexa.provider_events (org, "event_id");
ALTER TABLE nexa.provider_events ADD CONSTRAINT provider_events_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.provider_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.provider_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.provider_events USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.releases (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "name_folded" text COLLATE "C" NOT NULL,
  "product" text COLLATE "C",
  "key" text COLLATE "C" NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "type" text COLLATE "C",
  "changes" json NOT NULL,
  "features" json,
  "rollout" text COLLATE "C",
  "planned_for" date,
  "deployed_at" timestamptz,
  "rolled_back_at" timestamptz,
  "roll_back_reason" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT releases_status_check CHECK ("status" IN ('planned', 'deployed', 'rolled_back')),
  CONSTRAINT releases_type_check CHECK ("type" IN ('major', 'minor', 'patch', 'hotfix'))
);
CREATE INDEX releases_status_deployed_at_idx ON nexa.releases (org, "status", "deployed_at", "id", "deleted_at");
CREATE INDEX releases_key_key_trash ON nexa.releases (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX releases_key_key ON nexa.releases (org, "key") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.releases ADD CONSTRAINT releases_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.releases ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.releases FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.releases USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.release_tickets (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "release_id" uuid NOT NULL,
  "ticket_id" uuid NOT NULL,
  "outcome" text COLLATE "C" NOT NULL,
  "on_behalf_of_id" uuid,
  "contact_id" uuid,
  "mail_id" uuid,
  "not_told" text COLLATE "C",
  CONSTRAINT release_tickets_outcome_check CHECK ("outcome" IN ('resolved', 'was_resolved', 'closed', 'other_bug_open', 'trashed'))
);
CREATE INDEX release_tickets_ticket_id_idx ON nexa.release_tickets (org, "ticket_id", "id");
CREATE INDEX release_tickets_contact_id_idx ON nexa.release_tickets (org, "contact_id", "id");
CREATE INDEX release_tickets_release_id_ref ON nexa.release_tickets (org, "release_id", "id");
CREATE INDEX release_tickets_on_behalf_of_id_ref ON nexa.release_tickets (org, "on_behalf_of_id", "id") WHERE "on_behalf_of_id" IS NOT NULL;
CREATE INDEX release_tickets_mail_id_ref ON nexa.release_tickets (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;
CREATE UNIQUE INDEX release_tickets_release_id_ticket_id_key ON nexa.release_tickets (org, "release_id", "ticket_id");
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.release_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.release_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.release_tickets USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.bugs (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "title" text COLLATE "C" NOT NULL,
  "title_folded" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "severity" text COLLATE "C",
  "severity_rank" bigint,
  "status" text COLLATE "C" NOT NULL,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "sprint" text COLLATE "C",
  "story_points" bigint,
  "feature" text COLLATE "C",
  "affected_versions" json,
  "workaround" text COLLATE "C",
  "customer_impact" text COLLATE "C",
  "fixed_in_id" uuid,
  "released_at" timestamptz,
  "recurred" bigint NOT NULL,
  "recurred_at" timestamptz,
  "rejection" text COLLATE "C",
  "duplicate_of_id" uuid,
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT bugs_severity_check CHECK ("severity" IN ('p4', 'p3', 'p2', 'p1')),
  CONSTRAINT bugs_status_check CHECK ("status" IN ('reported', 'confirmed', 'in_progress', 'fixed', 'released', 'wont_fix', 'duplicate', 'not_reproducible')),
  CONSTRAINT bugs_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL)
);
CREATE INDEX bugs_status_severity_rank_created_at_idx ON nexa.bugs (org, "status", "severity_rank", "created_at", "id", "deleted_at");
CREATE INDEX bugs_feature_idx ON nexa.bugs (org, "feature", "id", "deleted_at");
CREATE INDEX bugs_fixed_in_id_idx ON nexa.bugs (org, "fixed_in_id", "id", "deleted_at");
CREATE INDEX bugs_duplicate_of_id_idx ON nexa.bugs (org, "duplicate_of_id", "id", "deleted_at");
CREATE INDEX bugs_assignee_user_id_ref ON nexa.bugs (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX bugs_assignee_group_id_ref ON nexa.bugs (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
ALTER TABLE nexa.bugs ADD CONSTRAINT bugs_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.bugs ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.bugs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.bugs USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.bug_tickets (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "bug_id" uuid NOT NULL,
  "ticket_id" uuid NOT NULL,
  "linked_by_id" uuid,
  "seen_in" text COLLATE "C"
);
CREATE INDEX bug_tickets_ticket_id_idx ON nexa.bug_tickets (org, "ticket_id", "id");
CREATE INDEX bug_tickets_bug_id_ref ON nexa.bug_tickets (org, "bug_id", "id");
CREATE INDEX bug_tickets_linked_by_id_ref ON nexa.bug_tickets (org, "linked_by_id", "id") WHERE "linked_by_id" IS NOT NULL;
CREATE UNIQUE INDEX bug_tickets_bug_id_ticket_id_key ON nexa.bug_tickets (org, "bug_id", "ticket_id");
ALTER TABLE nexa.bug_tickets ADD CONSTRAINT bug_tickets_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.bug_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.bug_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.bug_tickets USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.feature_requests (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "merged_into_id" uuid,
  "title" text COLLATE "C" NOT NULL,
  "title_folded" text COLLATE "C" NOT NULL,
  "description" text COLLATE "C",
  "source" text COLLATE "C",
  "feature" text COLLATE "C",
  "status" text COLLATE "C" NOT NULL,
  "business_value" text COLLATE "C",
  "engineering_effort" text COLLATE "C",
  "target_quarter" text COLLATE "C",
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "shipped_in_id" uuid,
  "shipped_at" timestamptz,
  "decline_reason" text COLLATE "C",
  "tags" json,
  "custom" json,
  "custom_folded" json,
  "external_keys" json,
  CONSTRAINT feature_requests_status_check CHECK ("status" IN ('new', 'planned', 'in_progress', 'shipped', 'declined')),
  CONSTRAINT feature_requests_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL)
);
CREATE INDEX feature_requests_status_created_at_idx ON nexa.feature_requests (org, "status", "created_at", "id", "deleted_at");
CREATE INDEX feature_requests_shipped_in_id_idx ON nexa.feature_requests (org, "shipped_in_id", "id", "deleted_at");
CREATE INDEX feature_requests_merged_into_id_ref ON nexa.feature_requests (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX feature_requests_assignee_user_id_ref ON nexa.feature_requests (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX feature_requests_assignee_group_id_ref ON nexa.feature_requests (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
ALTER TABLE nexa.feature_requests ADD CONSTRAINT feature_requests_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.feature_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.feature_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.feature_requests USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.votes (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "feature_request_id" uuid NOT NULL,
  "contact_id" uuid NOT NULL,
  "ticket_id" uuid
);
CREATE INDEX votes_contact_id_idx ON nexa.votes (org, "contact_id", "id");
CREATE INDEX votes_ticket_id_idx ON nexa.votes (org, "ticket_id", "id");
CREATE INDEX votes_feature_request_id_ref ON nexa.votes (org, "feature_request_id", "id");
CREATE UNIQUE INDEX votes_feature_request_id_contact_id_key ON nexa.votes (org, "feature_request_id", "contact_id");
ALTER TABLE nexa.votes ADD CONSTRAINT votes_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.votes ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.votes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.votes USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.account_signals (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "account_id" uuid NOT NULL,
  "signal" text COLLATE "C" NOT NULL,
  "number" numeric(19,4),
  "word" text COLLATE "C",
  "at" timestamptz NOT NULL
);
CREATE INDEX account_signals_account_id_signal_at_idx ON nexa.account_signals (org, "account_id", "signal", "at", "id");
ALTER TABLE nexa.account_signals ADD CONSTRAINT account_signals_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.account_signals ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.account_signals FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.account_signals USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.health_cards (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "deleted_at" timestamptz,
  "name" text COLLATE "C" NOT NULL,
  "active" boolean NOT NULL,
  "factors" json NOT NULL,
  "alert_below" bigint,
  "valid_days" bigint
);
CREATE INDEX health_cards_name_key_trash ON nexa.health_cards (org, "name") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX health_cards_name_key ON nexa.health_cards (org, "name") WHERE "deleted_at" IS NULL;
ALTER TABLE nexa.health_cards ADD CONSTRAINT health_cards_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.health_cards ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.health_cards FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.health_cards USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.alerts (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "type" text COLLATE "C" NOT NULL,
  "account_id" uuid NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "message" text COLLATE "C" NOT NULL,
  "recommendation" text COLLATE "C" NOT NULL,
  "value" bigint NOT NULL,
  "threshold" bigint NOT NULL,
  "reasons" json NOT NULL,
  "assignee_user_id" uuid,
  "assignee_group_id" uuid,
  "assignee_queue" uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  "acknowledged_at" timestamptz,
  "acknowledged_by_id" uuid,
  "resolved_at" timestamptz,
  "resolution" text COLLATE "C",
  "muted_until" timestamptz,
  "recovered_at" timestamptz,
  CONSTRAINT alerts_type_check CHECK ("type" IN ('churn_risk')),
  CONSTRAINT alerts_status_check CHECK ("status" IN ('open', 'acknowledged', 'resolved')),
  CONSTRAINT alerts_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL)
);
CREATE INDEX alerts_account_id_created_at_idx ON nexa.alerts (org, "account_id", "created_at", "id");
CREATE INDEX alerts_status_assignee_queue_created_at_idx ON nexa.alerts (org, "status", "assignee_queue", "created_at", "id");
CREATE INDEX alerts_assignee_user_id_ref ON nexa.alerts (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX alerts_assignee_group_id_ref ON nexa.alerts (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX alerts_acknowledged_by_id_ref ON nexa.alerts (org, "acknowledged_by_id", "id") WHERE "acknowledged_by_id" IS NOT NULL;
ALTER TABLE nexa.alerts ADD CONSTRAINT alerts_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.alerts ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.alerts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.alerts USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

CREATE TABLE nexa.erasures (
  org uuid NOT NULL,
  "id" uuid NOT NULL,
  "version" bigint NOT NULL,
  "created_at" timestamptz NOT NULL,
  "updated_at" timestamptz NOT NULL,
  "reason" text COLLATE "C" NOT NULL,
  "records" json NOT NULL,
  "record_count" bigint NOT NULL,
  "event_count" bigint NOT NULL,
  "answer_count" bigint NOT NULL,
  "kept" json NOT NULL,
  "kept_until" timestamptz,
  "digest" text COLLATE "C" NOT NULL
);
ALTER TABLE nexa.erasures ADD CONSTRAINT erasures_pk PRIMARY KEY (org, "id");
ALTER TABLE nexa.erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE nexa.erasures FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON nexa.erasures USING (org = nullif(current_setting('nexa.org', true), '')::uuid);

DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
  PERFORM create_reference_table('nexa.schema_version');
  PERFORM create_distributed_table('nexa.ledger', 'org');
  PERFORM create_distributed_table('nexa.events', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.terms', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.indexed_values', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.external_keys', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.receipts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.named_units', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.agendas', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.cursors', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.timers', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.failures', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.fields', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.orgs', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.users', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.groups', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.memberships', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.counters', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.calendars', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.rates', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.leads', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.scorecards', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.routings', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.quotes', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.quote_tiers', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.quote_lines', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.quote_copies', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.orders', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.order_lines', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.contracts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.contract_lines', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.contacts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.accounts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.products', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.price_books', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.prices', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.tax_rates', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.pipelines', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.deals', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.stage_visits', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.deal_contacts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.lines', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.campaigns', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.campaign_members', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.contact_lists', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.contact_list_members', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.tickets', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.targets', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.comments', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.inboxes', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.threads', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.messages', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.message_references', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.inbounds', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.calls', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notes', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.meetings', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.attendees', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.playbooks', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.playbook_versions', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.projects', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.tasks', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.task_dependencies', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notifications', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notification_preferences', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notification_deliveries', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.notification_windows', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.workflows', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.workflow_versions', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.workflow_runs', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.workflow_step_runs', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.workflow_windows', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.templates', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.template_versions', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.blobs', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.uploads', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.attachments', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.topics', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.consents', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.suppressions', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.senders', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.sending_windows', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.mails', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.mail_secrets', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.provider_events', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.releases', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.release_tickets', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.bugs', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.bug_tickets', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.feature_requests', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.votes', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.account_signals', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.health_cards', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.alerts', 'org', colocate_with => 'nexa.ledger');
  PERFORM create_distributed_table('nexa.erasures', 'org', colocate_with => 'nexa.ledger');
END IF; END $$;

ALTER TABLE nexa.orgs ADD CONSTRAINT orgs_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.orgs ADD CONSTRAINT orgs_notification_sender_id_fk FOREIGN KEY (org, "notification_sender_id") REFERENCES nexa.senders (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.users ADD CONSTRAINT users_manager_id_fk FOREIGN KEY (org, "manager_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.users ADD CONSTRAINT users_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.groups ADD CONSTRAINT groups_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.memberships ADD CONSTRAINT memberships_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.memberships ADD CONSTRAINT memberships_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa.campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_bant_budget_by_id_fk FOREIGN KEY (org, "bant_budget_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_bant_authority_by_id_fk FOREIGN KEY (org, "bant_authority_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_bant_need_by_id_fk FOREIGN KEY (org, "bant_need_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_bant_timeline_by_id_fk FOREIGN KEY (org, "bant_timeline_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_known_contact_id_fk FOREIGN KEY (org, "known_contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_previous_lead_id_fk FOREIGN KEY (org, "previous_lead_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_converted_contact_id_fk FOREIGN KEY (org, "converted_contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_converted_account_id_fk FOREIGN KEY (org, "converted_account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.leads ADD CONSTRAINT leads_converted_deal_id_fk FOREIGN KEY (org, "converted_deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.routings ADD CONSTRAINT routings_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.routings ADD CONSTRAINT routings_contact_list_id_fk FOREIGN KEY (org, "contact_list_id") REFERENCES nexa.contact_lists (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quotes ADD CONSTRAINT quotes_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quotes ADD CONSTRAINT quotes_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quotes ADD CONSTRAINT quotes_recipient_id_fk FOREIGN KEY (org, "recipient_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quotes ADD CONSTRAINT quotes_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa.price_books (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_tiers ADD CONSTRAINT quote_tiers_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa.quotes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_tiers ADD CONSTRAINT quote_tiers_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_lines ADD CONSTRAINT quote_lines_quote_tier_id_fk FOREIGN KEY (org, "quote_tier_id") REFERENCES nexa.quote_tiers (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_lines ADD CONSTRAINT quote_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_lines ADD CONSTRAINT quote_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa.products (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_copies ADD CONSTRAINT quote_copies_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa.quotes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_copies ADD CONSTRAINT quote_copies_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.quote_copies ADD CONSTRAINT quote_copies_recipient_id_fk FOREIGN KEY (org, "recipient_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.orders ADD CONSTRAINT orders_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.orders ADD CONSTRAINT orders_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa.quotes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.orders ADD CONSTRAINT orders_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa.contracts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.orders ADD CONSTRAINT orders_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.order_lines ADD CONSTRAINT order_lines_order_id_fk FOREIGN KEY (org, "order_id") REFERENCES nexa.orders (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.order_lines ADD CONSTRAINT order_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.order_lines ADD CONSTRAINT order_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa.products (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contracts ADD CONSTRAINT contracts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contracts ADD CONSTRAINT contracts_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contracts ADD CONSTRAINT contracts_order_id_fk FOREIGN KEY (org, "order_id") REFERENCES nexa.orders (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contracts ADD CONSTRAINT contracts_renewal_id_fk FOREIGN KEY (org, "renewal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contract_lines ADD CONSTRAINT contract_lines_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa.contracts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contract_lines ADD CONSTRAINT contract_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contract_lines ADD CONSTRAINT contract_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa.products (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_reports_to_id_fk FOREIGN KEY (org, "reports_to_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contacts ADD CONSTRAINT contacts_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_parent_id_fk FOREIGN KEY (org, "parent_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_primary_contact_id_fk FOREIGN KEY (org, "primary_contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa.price_books (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.accounts ADD CONSTRAINT accounts_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.prices ADD CONSTRAINT prices_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa.price_books (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.prices ADD CONSTRAINT prices_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa.products (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa.price_books (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_pipeline_id_fk FOREIGN KEY (org, "pipeline_id") REFERENCES nexa.pipelines (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa.campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_primary_contact_id_fk FOREIGN KEY (org, "primary_contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_owner_id_fk FOREIGN KEY (org, "owner_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deals ADD CONSTRAINT deals_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa.contracts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.stage_visits ADD CONSTRAINT stage_visits_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.stage_visits ADD CONSTRAINT stage_visits_pipeline_id_fk FOREIGN KEY (org, "pipeline_id") REFERENCES nexa.pipelines (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.stage_visits ADD CONSTRAINT stage_visits_by_id_fk FOREIGN KEY (org, "by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deal_contacts ADD CONSTRAINT deal_contacts_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.deal_contacts ADD CONSTRAINT deal_contacts_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.lines ADD CONSTRAINT lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.lines ADD CONSTRAINT lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa.products (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.campaigns ADD CONSTRAINT campaigns_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.campaigns ADD CONSTRAINT campaigns_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.campaign_members ADD CONSTRAINT campaign_members_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa.campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.campaign_members ADD CONSTRAINT campaign_members_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.campaign_members ADD CONSTRAINT campaign_members_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contact_list_members ADD CONSTRAINT contact_list_members_contact_list_id_fk FOREIGN KEY (org, "contact_list_id") REFERENCES nexa.contact_lists (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contact_list_members ADD CONSTRAINT contact_list_members_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.contact_list_members ADD CONSTRAINT contact_list_members_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_escalation_to_id_fk FOREIGN KEY (org, "escalation_to_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_target_id_fk FOREIGN KEY (org, "target_id") REFERENCES nexa.targets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tickets ADD CONSTRAINT tickets_follow_up_of_id_fk FOREIGN KEY (org, "follow_up_of_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.targets ADD CONSTRAINT targets_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa.calendars (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.comments ADD CONSTRAINT comments_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.comments ADD CONSTRAINT comments_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inboxes ADD CONSTRAINT inboxes_sender_id_fk FOREIGN KEY (org, "sender_id") REFERENCES nexa.senders (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inboxes ADD CONSTRAINT inboxes_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_inbox_id_fk FOREIGN KEY (org, "inbox_id") REFERENCES nexa.inboxes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.threads ADD CONSTRAINT threads_suggested_thread_id_fk FOREIGN KEY (org, "suggested_thread_id") REFERENCES nexa.threads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_thread_id_fk FOREIGN KEY (org, "thread_id") REFERENCES nexa.threads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_html_id_fk FOREIGN KEY (org, "html_id") REFERENCES nexa.attachments (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.messages ADD CONSTRAINT messages_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa.mails (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_inbox_id_fk FOREIGN KEY (org, "inbox_id") REFERENCES nexa.inboxes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_message_id_fk FOREIGN KEY (org, "message_id") REFERENCES nexa.messages (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_comment_id_fk FOREIGN KEY (org, "comment_id") REFERENCES nexa.comments (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.inbounds ADD CONSTRAINT inbounds_duplicate_of_id_fk FOREIGN KEY (org, "duplicate_of_id") REFERENCES nexa.inbounds (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.calls ADD CONSTRAINT calls_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notes ADD CONSTRAINT notes_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.meetings ADD CONSTRAINT meetings_organizer_id_fk FOREIGN KEY (org, "organizer_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.attendees ADD CONSTRAINT attendees_meeting_id_fk FOREIGN KEY (org, "meeting_id") REFERENCES nexa.meetings (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.attendees ADD CONSTRAINT attendees_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.attendees ADD CONSTRAINT attendees_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.attendees ADD CONSTRAINT attendees_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.playbook_versions ADD CONSTRAINT playbook_versions_playbook_id_fk FOREIGN KEY (org, "playbook_id") REFERENCES nexa.playbooks (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.playbook_versions ADD CONSTRAINT playbook_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa.deals (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.projects ADD CONSTRAINT projects_playbook_id_fk FOREIGN KEY (org, "playbook_id") REFERENCES nexa.playbooks (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_project_id_fk FOREIGN KEY (org, "project_id") REFERENCES nexa.projects (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_parent_id_fk FOREIGN KEY (org, "parent_id") REFERENCES nexa.tasks (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.tasks ADD CONSTRAINT tasks_completed_by_id_fk FOREIGN KEY (org, "completed_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.task_dependencies ADD CONSTRAINT task_dependencies_task_id_fk FOREIGN KEY (org, "task_id") REFERENCES nexa.tasks (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.task_dependencies ADD CONSTRAINT task_dependencies_depends_on_id_fk FOREIGN KEY (org, "depends_on_id") REFERENCES nexa.tasks (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notifications ADD CONSTRAINT notifications_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notifications ADD CONSTRAINT notifications_note_id_fk FOREIGN KEY (org, "note_id") REFERENCES nexa.notes (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notification_preferences ADD CONSTRAINT notification_preferences_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notification_deliveries ADD CONSTRAINT notification_deliveries_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.notification_windows ADD CONSTRAINT notification_windows_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflows ADD CONSTRAINT workflows_runs_as_id_fk FOREIGN KEY (org, "runs_as_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflow_versions ADD CONSTRAINT workflow_versions_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa.workflows (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflow_versions ADD CONSTRAINT workflow_versions_runs_as_id_fk FOREIGN KEY (org, "runs_as_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflow_versions ADD CONSTRAINT workflow_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflow_runs ADD CONSTRAINT workflow_runs_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa.workflows (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.workflow_windows ADD CONSTRAINT workflow_windows_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa.workflows (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.templates ADD CONSTRAINT templates_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa.topics (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.template_versions ADD CONSTRAINT template_versions_template_id_fk FOREIGN KEY (org, "template_id") REFERENCES nexa.templates (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.template_versions ADD CONSTRAINT template_versions_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa.topics (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.template_versions ADD CONSTRAINT template_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.attachments ADD CONSTRAINT attachments_by_id_fk FOREIGN KEY (org, "by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.consents ADD CONSTRAINT consents_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa.topics (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.suppressions ADD CONSTRAINT suppressions_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa.topics (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.mails ADD CONSTRAINT mails_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa.topics (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.mails ADD CONSTRAINT mails_sender_id_fk FOREIGN KEY (org, "sender_id") REFERENCES nexa.senders (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.mails ADD CONSTRAINT mails_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa.leads (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.mails ADD CONSTRAINT mails_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.mails ADD CONSTRAINT mails_template_version_id_fk FOREIGN KEY (org, "template_version_id") REFERENCES nexa.template_versions (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.provider_events ADD CONSTRAINT provider_events_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa.mails (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_release_id_fk FOREIGN KEY (org, "release_id") REFERENCES nexa.releases (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_on_behalf_of_id_fk FOREIGN KEY (org, "on_behalf_of_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.release_tickets ADD CONSTRAINT release_tickets_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa.mails (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bugs ADD CONSTRAINT bugs_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bugs ADD CONSTRAINT bugs_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bugs ADD CONSTRAINT bugs_fixed_in_id_fk FOREIGN KEY (org, "fixed_in_id") REFERENCES nexa.releases (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bugs ADD CONSTRAINT bugs_duplicate_of_id_fk FOREIGN KEY (org, "duplicate_of_id") REFERENCES nexa.bugs (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bug_tickets ADD CONSTRAINT bug_tickets_bug_id_fk FOREIGN KEY (org, "bug_id") REFERENCES nexa.bugs (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bug_tickets ADD CONSTRAINT bug_tickets_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.bug_tickets ADD CONSTRAINT bug_tickets_linked_by_id_fk FOREIGN KEY (org, "linked_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.feature_requests ADD CONSTRAINT feature_requests_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa.feature_requests (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.feature_requests ADD CONSTRAINT feature_requests_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.feature_requests ADD CONSTRAINT feature_requests_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.feature_requests ADD CONSTRAINT feature_requests_shipped_in_id_fk FOREIGN KEY (org, "shipped_in_id") REFERENCES nexa.releases (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.votes ADD CONSTRAINT votes_feature_request_id_fk FOREIGN KEY (org, "feature_request_id") REFERENCES nexa.feature_requests (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.votes ADD CONSTRAINT votes_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa.contacts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.votes ADD CONSTRAINT votes_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa.tickets (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.account_signals ADD CONSTRAINT account_signals_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.alerts ADD CONSTRAINT alerts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa.accounts (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.alerts ADD CONSTRAINT alerts_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.alerts ADD CONSTRAINT alerts_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa.groups (org, "id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE nexa.alerts ADD CONSTRAINT alerts_acknowledged_by_id_fk FOREIGN KEY (org, "acknowledged_by_id") REFERENCES nexa.users (org, "id") DEFERRABLE INITIALLY DEFERRED;
INSERT INTO nexa.schema_version (version) VALUES (2) ON CONFLICT DO NOTHING;
