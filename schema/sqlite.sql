CREATE TABLE nexa_schema_version (
  version INTEGER NOT NULL,
  CONSTRAINT nexa_schema_version_pk PRIMARY KEY (version)
) STRICT, WITHOUT ROWID;

CREATE TABLE nexa_ledger (
  org BLOB NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  head BLOB NOT NULL,
  CONSTRAINT nexa_ledger_pk PRIMARY KEY (org)
) STRICT, WITHOUT ROWID;

CREATE TABLE nexa_events (
  org BLOB NOT NULL,
  seq INTEGER NOT NULL,
  unit BLOB NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  on_behalf_of TEXT,
  cause TEXT,
  request TEXT,
  command TEXT NOT NULL,
  verb TEXT NOT NULL,
  kind TEXT NOT NULL,
  record BLOB NOT NULL,
  format INTEGER NOT NULL,
  digest BLOB NOT NULL,
  salt BLOB,
  reason TEXT,
  payload TEXT,
  hash BLOB NOT NULL,
  CONSTRAINT nexa_events_pk PRIMARY KEY (org, seq)
) STRICT;
CREATE INDEX nexa_events_record_idx ON nexa_events (org, record, seq);
CREATE INDEX nexa_events_unit_idx ON nexa_events (org, unit, seq);

CREATE TABLE nexa_terms (
  org BLOB NOT NULL,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  record BLOB NOT NULL,
  weight INTEGER NOT NULL,
  CONSTRAINT nexa_terms_pk PRIMARY KEY (org, kind, term, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE nexa_indexed_values (
  org BLOB NOT NULL,
  kind TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  record BLOB NOT NULL,
  CONSTRAINT nexa_indexed_values_pk PRIMARY KEY (org, kind, field, value, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE nexa_external_keys (
  org BLOB NOT NULL,
  kind TEXT NOT NULL,
  system TEXT NOT NULL,
  key TEXT NOT NULL,
  record BLOB NOT NULL,
  CONSTRAINT nexa_external_keys_pk PRIMARY KEY (org, kind, system, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX nexa_external_keys_record_idx ON nexa_external_keys (org, kind, record);

CREATE TABLE nexa_receipts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "caller_key" TEXT NOT NULL,
  "command" TEXT NOT NULL,
  "output" TEXT NOT NULL,
  CONSTRAINT nexa_receipts_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_receipts_created_at_idx ON nexa_receipts (org, "created_at", "id");
CREATE UNIQUE INDEX nexa_receipts_caller_key_key ON nexa_receipts (org, "caller_key");

CREATE TABLE nexa_named_units (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "unit" BLOB NOT NULL,
  "command" TEXT NOT NULL,
  "output" TEXT NOT NULL,
  CONSTRAINT nexa_named_units_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE UNIQUE INDEX nexa_named_units_unit_key ON nexa_named_units (org, "unit");

CREATE TABLE nexa_agendas (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "due_at" INTEGER,
  "read_to" INTEGER NOT NULL,
  "consumers" TEXT,
  CONSTRAINT nexa_agendas_pk PRIMARY KEY (org, "id")
) STRICT;

CREATE TABLE nexa_cursors (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "consumer" TEXT NOT NULL,
  "read_to" INTEGER NOT NULL,
  CONSTRAINT nexa_cursors_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE UNIQUE INDEX nexa_cursors_consumer_key ON nexa_cursors (org, "consumer");

CREATE TABLE nexa_timers (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "due_at" INTEGER NOT NULL,
  "slot" TEXT NOT NULL,
  "detail" TEXT,
  CONSTRAINT nexa_timers_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_timers_due_at_idx ON nexa_timers (org, "due_at", "id");
CREATE UNIQUE INDEX nexa_timers_slot_key ON nexa_timers (org, "slot");

CREATE TABLE nexa_failures (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "event" INTEGER,
  "timer" TEXT,
  "due_at" INTEGER,
  "code" TEXT NOT NULL,
  "message" TEXT NOT NULL,
  CONSTRAINT nexa_failures_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_failures_created_at_idx ON nexa_failures (org, "created_at", "id");

CREATE TABLE nexa_fields (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "of_kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "holds" TEXT NOT NULL,
  "indexed" INTEGER NOT NULL,
  "personal" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT nexa_fields_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_fields_holds_check CHECK ("holds" IN ('text', 'number', 'bool', 'date', 'time')),
  CONSTRAINT nexa_fields_indexed_check CHECK ("indexed" IN (0, 1)),
  CONSTRAINT nexa_fields_personal_check CHECK ("personal" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX nexa_fields_of_kind_name_key ON nexa_fields (org, "of_kind", "name");

CREATE TABLE nexa_orgs (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "base_currency" TEXT NOT NULL,
  "address_street" TEXT,
  "address_city" TEXT,
  "address_region" TEXT,
  "address_postal_code" TEXT,
  "address_country" TEXT,
  "time_zone" TEXT NOT NULL,
  "calendar_id" BLOB,
  "rates" TEXT NOT NULL,
  "rates_base" TEXT,
  "rounding" TEXT NOT NULL DEFAULT 'half_up',
  "tax_rounding" TEXT NOT NULL DEFAULT 'per_rate',
  "choices" TEXT NOT NULL,
  "files" TEXT,
  "notification_sender_id" BLOB,
  "mail" TEXT,
  "releases" TEXT,
  CONSTRAINT nexa_orgs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_orgs_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT nexa_orgs_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line')),
  CONSTRAINT nexa_orgs_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa_calendars (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_orgs_notification_sender_id_fk FOREIGN KEY (org, "notification_sender_id") REFERENCES nexa_senders (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_orgs_calendar_id_ref ON nexa_orgs (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE INDEX nexa_orgs_notification_sender_id_ref ON nexa_orgs (org, "notification_sender_id", "id") WHERE "notification_sender_id" IS NOT NULL;

CREATE TABLE nexa_users (
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
CREATE INDEX nexa_users_manager_id_ref ON nexa_users (org, "manager_id", "id") WHERE "manager_id" IS NOT NULL;
CREATE INDEX nexa_users_calendar_id_ref ON nexa_users (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_users_email_key ON nexa_users (org, "email");

CREATE TABLE nexa_groups (
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
CREATE INDEX nexa_groups_calendar_id_ref ON nexa_groups (org, "calendar_id", "id") WHERE "calendar_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_groups_name_folded_key ON nexa_groups (org, "name_folded");

CREATE TABLE nexa_memberships (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "group_id" BLOB NOT NULL,
  "user_id" BLOB NOT NULL,
  CONSTRAINT nexa_memberships_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_memberships_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_memberships_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_memberships_group_id_ref ON nexa_memberships (org, "group_id", "id");
CREATE INDEX nexa_memberships_user_id_ref ON nexa_memberships (org, "user_id", "id");
CREATE UNIQUE INDEX nexa_memberships_group_id_user_id_key ON nexa_memberships (org, "group_id", "user_id");

CREATE TABLE nexa_counters (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "last" INTEGER NOT NULL,
  CONSTRAINT nexa_counters_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE UNIQUE INDEX nexa_counters_name_key ON nexa_counters (org, "name");

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

CREATE TABLE nexa_leads (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "erased_at" INTEGER,
  "merged_into_id" BLOB,
  "first_name" TEXT,
  "first_name_folded" TEXT,
  "last_name" TEXT,
  "last_name_folded" TEXT,
  "email" TEXT,
  "email_open" TEXT,
  "phone" TEXT,
  "other_emails" TEXT,
  "other_phones" TEXT,
  "company" TEXT,
  "company_folded" TEXT,
  "title" TEXT,
  "title_folded" TEXT,
  "industry" TEXT,
  "company_size" TEXT,
  "website" TEXT,
  "website_folded" TEXT,
  "address_street" TEXT,
  "address_city" TEXT,
  "address_region" TEXT,
  "address_postal_code" TEXT,
  "address_country" TEXT,
  "language" TEXT,
  "time_zone" TEXT,
  "source" TEXT,
  "source_folded" TEXT,
  "campaign_id" BLOB,
  "description" TEXT,
  "status" TEXT NOT NULL,
  "status_before" TEXT,
  "lost_reason" TEXT,
  "score" INTEGER NOT NULL,
  "score_reasons" TEXT,
  "engagement" TEXT,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "via_group_id" BLOB,
  "bant_budget_met" INTEGER,
  "bant_budget_evidence" TEXT,
  "bant_budget_at" INTEGER,
  "bant_budget_by_id" BLOB,
  "bant_authority_met" INTEGER,
  "bant_authority_evidence" TEXT,
  "bant_authority_at" INTEGER,
  "bant_authority_by_id" BLOB,
  "bant_need_met" INTEGER,
  "bant_need_evidence" TEXT,
  "bant_need_at" INTEGER,
  "bant_need_by_id" BLOB,
  "bant_timeline_met" INTEGER,
  "bant_timeline_evidence" TEXT,
  "bant_timeline_at" INTEGER,
  "bant_timeline_by_id" BLOB,
  "last_contacted" INTEGER,
  "qualified_at" INTEGER,
  "converted_at" INTEGER,
  "lost_at" INTEGER,
  "known_contact_id" BLOB,
  "previous_lead_id" BLOB,
  "converted_contact_id" BLOB,
  "converted_account_id" BLOB,
  "converted_deal_id" BLOB,
  "not_carried" TEXT,
  "converted_as" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_leads_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_leads_status_check CHECK ("status" IN ('new', 'contacted', 'qualified', 'converted', 'lost')),
  CONSTRAINT nexa_leads_status_before_check CHECK ("status_before" IN ('new', 'contacted', 'qualified', 'converted', 'lost')),
  CONSTRAINT nexa_leads_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_leads_bant_budget_met_check CHECK ("bant_budget_met" IN (0, 1)),
  CONSTRAINT nexa_leads_bant_authority_met_check CHECK ("bant_authority_met" IN (0, 1)),
  CONSTRAINT nexa_leads_bant_need_met_check CHECK ("bant_need_met" IN (0, 1)),
  CONSTRAINT nexa_leads_bant_timeline_met_check CHECK ("bant_timeline_met" IN (0, 1)),
  CONSTRAINT nexa_leads_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa_campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_bant_budget_by_id_fk FOREIGN KEY (org, "bant_budget_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_bant_authority_by_id_fk FOREIGN KEY (org, "bant_authority_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_bant_need_by_id_fk FOREIGN KEY (org, "bant_need_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_bant_timeline_by_id_fk FOREIGN KEY (org, "bant_timeline_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_known_contact_id_fk FOREIGN KEY (org, "known_contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_previous_lead_id_fk FOREIGN KEY (org, "previous_lead_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_converted_contact_id_fk FOREIGN KEY (org, "converted_contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_converted_account_id_fk FOREIGN KEY (org, "converted_account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_leads_converted_deal_id_fk FOREIGN KEY (org, "converted_deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_leads_email_idx ON nexa_leads (org, "email", "id", "deleted_at");
CREATE INDEX nexa_leads_status_assignee_queue_score_idx ON nexa_leads (org, "status", "assignee_queue", "score", "id", "deleted_at");
CREATE INDEX nexa_leads_campaign_id_idx ON nexa_leads (org, "campaign_id", "id", "deleted_at");
CREATE INDEX nexa_leads_score_idx ON nexa_leads (org, "score", "id", "deleted_at");
CREATE INDEX nexa_leads_merged_into_id_ref ON nexa_leads (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX nexa_leads_assignee_user_id_ref ON nexa_leads (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_leads_assignee_group_id_ref ON nexa_leads (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX nexa_leads_via_group_id_ref ON nexa_leads (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX nexa_leads_bant_budget_by_id_ref ON nexa_leads (org, "bant_budget_by_id", "id") WHERE "bant_budget_by_id" IS NOT NULL;
CREATE INDEX nexa_leads_bant_authority_by_id_ref ON nexa_leads (org, "bant_authority_by_id", "id") WHERE "bant_authority_by_id" IS NOT NULL;
CREATE INDEX nexa_leads_bant_need_by_id_ref ON nexa_leads (org, "bant_need_by_id", "id") WHERE "bant_need_by_id" IS NOT NULL;
CREATE INDEX nexa_leads_bant_timeline_by_id_ref ON nexa_leads (org, "bant_timeline_by_id", "id") WHERE "bant_timeline_by_id" IS NOT NULL;
CREATE INDEX nexa_leads_known_contact_id_ref ON nexa_leads (org, "known_contact_id", "id") WHERE "known_contact_id" IS NOT NULL;
CREATE INDEX nexa_leads_previous_lead_id_ref ON nexa_leads (org, "previous_lead_id", "id") WHERE "previous_lead_id" IS NOT NULL;
CREATE INDEX nexa_leads_converted_contact_id_ref ON nexa_leads (org, "converted_contact_id", "id") WHERE "converted_contact_id" IS NOT NULL;
CREATE INDEX nexa_leads_converted_account_id_ref ON nexa_leads (org, "converted_account_id", "id") WHERE "converted_account_id" IS NOT NULL;
CREATE INDEX nexa_leads_converted_deal_id_ref ON nexa_leads (org, "converted_deal_id", "id") WHERE "converted_deal_id" IS NOT NULL;
CREATE INDEX nexa_leads_email_open_key_trash ON nexa_leads (org, "email_open") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_leads_email_open_key ON nexa_leads (org, "email_open") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_scorecards (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "active" INTEGER NOT NULL,
  "rules" TEXT NOT NULL,
  "calibration" TEXT,
  CONSTRAINT nexa_scorecards_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_scorecards_active_check CHECK ("active" IN (0, 1))
) STRICT;
CREATE INDEX nexa_scorecards_name_key_trash ON nexa_scorecards (org, "name") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_scorecards_name_key ON nexa_scorecards (org, "name") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_routings (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "band" TEXT NOT NULL,
  "group_id" BLOB,
  "pick" TEXT NOT NULL,
  "contact_list_id" BLOB,
  "task_title" TEXT,
  "task_due_hours" INTEGER,
  "task_priority" TEXT,
  CONSTRAINT nexa_routings_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_routings_band_check CHECK ("band" IN ('low', 'medium', 'high')),
  CONSTRAINT nexa_routings_pick_check CHECK ("pick" IN ('group', 'round_robin', 'fewest_open')),
  CONSTRAINT nexa_routings_task_priority_check CHECK ("task_priority" IN ('low', 'medium', 'high', 'urgent')),
  CONSTRAINT nexa_routings_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_routings_contact_list_id_fk FOREIGN KEY (org, "contact_list_id") REFERENCES nexa_contact_lists (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_routings_group_id_ref ON nexa_routings (org, "group_id", "id") WHERE "group_id" IS NOT NULL;
CREATE INDEX nexa_routings_contact_list_id_ref ON nexa_routings (org, "contact_list_id", "id") WHERE "contact_list_id" IS NOT NULL;
CREATE INDEX nexa_routings_band_key_trash ON nexa_routings (org, "band") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_routings_band_key ON nexa_routings (org, "band") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_quotes (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "revision" INTEGER NOT NULL,
  "deal_id" BLOB NOT NULL,
  "account_id" BLOB,
  "recipient_id" BLOB,
  "currency" TEXT NOT NULL,
  "price_book_id" BLOB,
  "valid_until" TEXT,
  "expires_at" INTEGER,
  "terms" TEXT,
  "language" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "sent_at" INTEGER,
  "first_viewed_at" INTEGER,
  "accepted_at" INTEGER,
  "accepted_by" TEXT,
  "accepted_tier" TEXT,
  "reason" TEXT,
  "exchange_rate" TEXT,
  "rounding" TEXT NOT NULL,
  "tax_rounding" TEXT NOT NULL,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_quotes_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_quotes_status_check CHECK ("status" IN ('draft', 'sent', 'accepted', 'declined', 'withdrawn', 'superseded', 'expired')),
  CONSTRAINT nexa_quotes_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT nexa_quotes_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line')),
  CONSTRAINT nexa_quotes_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quotes_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quotes_recipient_id_fk FOREIGN KEY (org, "recipient_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quotes_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa_price_books (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_quotes_deal_id_status_idx ON nexa_quotes (org, "deal_id", "status", "id");
CREATE INDEX nexa_quotes_account_id_status_idx ON nexa_quotes (org, "account_id", "status", "id");
CREATE INDEX nexa_quotes_recipient_id_idx ON nexa_quotes (org, "recipient_id", "id");
CREATE INDEX nexa_quotes_price_book_id_idx ON nexa_quotes (org, "price_book_id", "id");
CREATE UNIQUE INDEX nexa_quotes_number_revision_key ON nexa_quotes (org, "number", "revision");

CREATE TABLE nexa_quote_tiers (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "quote_id" BLOB NOT NULL,
  "deal_id" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "recommended" INTEGER NOT NULL,
  "discount" TEXT,
  "discount_amount_amount" INTEGER NOT NULL,
  "discount_amount_currency" TEXT NOT NULL,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  "taxes" TEXT NOT NULL,
  "tax_amount" INTEGER NOT NULL,
  "tax_currency" TEXT NOT NULL,
  "total_amount" INTEGER NOT NULL,
  "total_currency" TEXT NOT NULL,
  "yearly_amount" INTEGER NOT NULL,
  "yearly_currency" TEXT NOT NULL,
  "monthly_amount" INTEGER NOT NULL,
  "monthly_currency" TEXT NOT NULL,
  "contract_value_amount" INTEGER NOT NULL,
  "contract_value_currency" TEXT NOT NULL,
  CONSTRAINT nexa_quote_tiers_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_quote_tiers_recommended_check CHECK ("recommended" IN (0, 1)),
  CONSTRAINT nexa_quote_tiers_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa_quotes (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quote_tiers_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_quote_tiers_quote_id_rank_idx ON nexa_quote_tiers (org, "quote_id", "rank", "id");
CREATE INDEX nexa_quote_tiers_deal_id_idx ON nexa_quote_tiers (org, "deal_id", "id");

CREATE TABLE nexa_quote_lines (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "quote_tier_id" BLOB NOT NULL,
  "deal_id" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "product_id" BLOB,
  "name" TEXT NOT NULL,
  "sku" TEXT,
  "description" TEXT,
  "quantity" INTEGER NOT NULL,
  "unit" TEXT,
  "unit_price_amount" INTEGER NOT NULL,
  "unit_price_currency" TEXT NOT NULL,
  "list_price_amount" INTEGER,
  "list_price_currency" TEXT,
  "slices" TEXT NOT NULL,
  "discount" TEXT,
  "tax_rate" INTEGER,
  "tax_name" TEXT,
  "recurring" TEXT,
  "term_months" INTEGER,
  "service_start" TEXT,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  CONSTRAINT nexa_quote_lines_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_quote_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT nexa_quote_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT nexa_quote_lines_quote_tier_id_fk FOREIGN KEY (org, "quote_tier_id") REFERENCES nexa_quote_tiers (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quote_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quote_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa_products (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_quote_lines_quote_tier_id_rank_idx ON nexa_quote_lines (org, "quote_tier_id", "rank", "id");
CREATE INDEX nexa_quote_lines_product_id_idx ON nexa_quote_lines (org, "product_id", "id");
CREATE INDEX nexa_quote_lines_deal_id_idx ON nexa_quote_lines (org, "deal_id", "id");

CREATE TABLE nexa_quote_copies (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "quote_id" BLOB NOT NULL,
  "deal_id" BLOB NOT NULL,
  "recipient_id" BLOB,
  "html" TEXT,
  "sha256" TEXT NOT NULL,
  CONSTRAINT nexa_quote_copies_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_quote_copies_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa_quotes (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quote_copies_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_quote_copies_recipient_id_fk FOREIGN KEY (org, "recipient_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_quote_copies_quote_id_idx ON nexa_quote_copies (org, "quote_id", "id");
CREATE INDEX nexa_quote_copies_deal_id_idx ON nexa_quote_copies (org, "deal_id", "id");
CREATE INDEX nexa_quote_copies_recipient_id_idx ON nexa_quote_copies (org, "recipient_id", "id");

CREATE TABLE nexa_orders (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT,
  "deal_id" BLOB NOT NULL,
  "deal_open" BLOB,
  "quote_id" BLOB,
  "contract_id" BLOB,
  "account_id" BLOB,
  "status" TEXT NOT NULL,
  "purchase_order" TEXT,
  "ordered_on" TEXT,
  "confirmed_at" INTEGER,
  "fulfilled_at" INTEGER,
  "cancelled_at" INTEGER,
  "cancel_reason" TEXT,
  "currency" TEXT NOT NULL,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  "taxes" TEXT NOT NULL,
  "tax_amount" INTEGER NOT NULL,
  "tax_currency" TEXT NOT NULL,
  "total_amount" INTEGER NOT NULL,
  "total_currency" TEXT NOT NULL,
  "yearly_amount" INTEGER NOT NULL,
  "yearly_currency" TEXT NOT NULL,
  "monthly_amount" INTEGER NOT NULL,
  "monthly_currency" TEXT NOT NULL,
  "contract_value_amount" INTEGER NOT NULL,
  "contract_value_currency" TEXT NOT NULL,
  "exchange_rate" TEXT,
  "rounding" TEXT NOT NULL,
  "tax_rounding" TEXT NOT NULL,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_orders_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_orders_status_check CHECK ("status" IN ('draft', 'confirmed', 'fulfilled', 'cancelled')),
  CONSTRAINT nexa_orders_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT nexa_orders_tax_rounding_check CHECK ("tax_rounding" IN ('per_rate', 'per_line')),
  CONSTRAINT nexa_orders_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_orders_quote_id_fk FOREIGN KEY (org, "quote_id") REFERENCES nexa_quotes (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_orders_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa_contracts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_orders_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_orders_deal_id_idx ON nexa_orders (org, "deal_id", "id");
CREATE INDEX nexa_orders_account_id_status_idx ON nexa_orders (org, "account_id", "status", "id");
CREATE INDEX nexa_orders_quote_id_idx ON nexa_orders (org, "quote_id", "id");
CREATE INDEX nexa_orders_status_ordered_on_idx ON nexa_orders (org, "status", "ordered_on", "id");
CREATE INDEX nexa_orders_contract_id_ref ON nexa_orders (org, "contract_id", "id") WHERE "contract_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_orders_deal_open_key ON nexa_orders (org, "deal_open");
CREATE UNIQUE INDEX nexa_orders_number_key ON nexa_orders (org, "number");

CREATE TABLE nexa_order_lines (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "order_id" BLOB NOT NULL,
  "deal_id" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "product_id" BLOB,
  "name" TEXT NOT NULL,
  "sku" TEXT,
  "description" TEXT,
  "quantity" INTEGER NOT NULL,
  "unit" TEXT,
  "unit_price_amount" INTEGER NOT NULL,
  "unit_price_currency" TEXT NOT NULL,
  "list_price_amount" INTEGER,
  "list_price_currency" TEXT,
  "slices" TEXT NOT NULL,
  "discount" TEXT,
  "tax_rate" INTEGER,
  "tax_name" TEXT,
  "recurring" TEXT,
  "term_months" INTEGER,
  "service_start" TEXT,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  CONSTRAINT nexa_order_lines_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_order_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT nexa_order_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT nexa_order_lines_order_id_fk FOREIGN KEY (org, "order_id") REFERENCES nexa_orders (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_order_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_order_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa_products (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_order_lines_order_id_rank_idx ON nexa_order_lines (org, "order_id", "rank", "id");
CREATE INDEX nexa_order_lines_product_id_idx ON nexa_order_lines (org, "product_id", "id");
CREATE INDEX nexa_order_lines_deal_id_idx ON nexa_order_lines (org, "deal_id", "id");

CREATE TABLE nexa_contracts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "account_id" BLOB,
  "deal_id" BLOB NOT NULL,
  "order_id" BLOB NOT NULL,
  "status" TEXT NOT NULL,
  "start" TEXT NOT NULL,
  "end" TEXT NOT NULL,
  "term_months" INTEGER NOT NULL,
  "ends_at" INTEGER,
  "auto_renew" INTEGER NOT NULL,
  "notice_days" INTEGER NOT NULL,
  "renewal_id" BLOB,
  "cancelled_at" INTEGER,
  "cancel_reason" TEXT,
  "currency" TEXT NOT NULL,
  "yearly_amount" INTEGER NOT NULL,
  "yearly_currency" TEXT NOT NULL,
  "monthly_amount" INTEGER NOT NULL,
  "monthly_currency" TEXT NOT NULL,
  "contract_value_amount" INTEGER NOT NULL,
  "contract_value_currency" TEXT NOT NULL,
  "rounding" TEXT NOT NULL,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_contracts_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_contracts_status_check CHECK ("status" IN ('active', 'renewed', 'ended', 'cancelled')),
  CONSTRAINT nexa_contracts_auto_renew_check CHECK ("auto_renew" IN (0, 1)),
  CONSTRAINT nexa_contracts_rounding_check CHECK ("rounding" IN ('half_up', 'half_even')),
  CONSTRAINT nexa_contracts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contracts_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contracts_order_id_fk FOREIGN KEY (org, "order_id") REFERENCES nexa_orders (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contracts_renewal_id_fk FOREIGN KEY (org, "renewal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_contracts_account_id_status_idx ON nexa_contracts (org, "account_id", "status", "id");
CREATE INDEX nexa_contracts_deal_id_idx ON nexa_contracts (org, "deal_id", "id");
CREATE INDEX nexa_contracts_order_id_idx ON nexa_contracts (org, "order_id", "id");
CREATE INDEX nexa_contracts_status_end_idx ON nexa_contracts (org, "status", "end", "id");
CREATE INDEX nexa_contracts_renewal_id_ref ON nexa_contracts (org, "renewal_id", "id") WHERE "renewal_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_contracts_number_key ON nexa_contracts (org, "number");

CREATE TABLE nexa_contract_lines (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "contract_id" BLOB NOT NULL,
  "deal_id" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "product_id" BLOB,
  "name" TEXT NOT NULL,
  "sku" TEXT,
  "description" TEXT,
  "quantity" INTEGER NOT NULL,
  "unit" TEXT,
  "unit_price_amount" INTEGER NOT NULL,
  "unit_price_currency" TEXT NOT NULL,
  "list_price_amount" INTEGER,
  "list_price_currency" TEXT,
  "slices" TEXT NOT NULL,
  "discount" TEXT,
  "tax_rate" INTEGER,
  "tax_name" TEXT,
  "recurring" TEXT,
  "term_months" INTEGER,
  "service_start" TEXT,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  CONSTRAINT nexa_contract_lines_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_contract_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT nexa_contract_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT nexa_contract_lines_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa_contracts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contract_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contract_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa_products (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_contract_lines_contract_id_rank_idx ON nexa_contract_lines (org, "contract_id", "rank", "id");
CREATE INDEX nexa_contract_lines_product_id_idx ON nexa_contract_lines (org, "product_id", "id");
CREATE INDEX nexa_contract_lines_deal_id_idx ON nexa_contract_lines (org, "deal_id", "id");

CREATE TABLE nexa_contacts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "erased_at" INTEGER,
  "merged_into_id" BLOB,
  "first_name" TEXT,
  "first_name_folded" TEXT,
  "last_name" TEXT,
  "last_name_folded" TEXT,
  "email" TEXT,
  "phone" TEXT,
  "mobile" TEXT,
  "other_emails" TEXT,
  "other_phones" TEXT,
  "title" TEXT,
  "title_folded" TEXT,
  "department" TEXT,
  "department_folded" TEXT,
  "linkedin_url" TEXT,
  "account_id" BLOB,
  "reports_to_id" BLOB,
  "lifecycle_stage" TEXT NOT NULL,
  "lifecycle_stage_rank" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "language" TEXT,
  "time_zone" TEXT,
  "source" TEXT,
  "owner_user_id" BLOB,
  "owner_group_id" BLOB,
  "owner_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "last_activity" INTEGER,
  "description" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_contacts_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_contacts_lifecycle_stage_check CHECK ("lifecycle_stage" IN ('subscriber', 'lead', 'opportunity', 'customer', 'advocate')),
  CONSTRAINT nexa_contacts_status_check CHECK ("status" IN ('active', 'inactive', 'churned')),
  CONSTRAINT nexa_contacts_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL),
  CONSTRAINT nexa_contacts_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contacts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contacts_reports_to_id_fk FOREIGN KEY (org, "reports_to_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contacts_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contacts_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_contacts_owner_queue_created_at_idx ON nexa_contacts (org, "owner_queue", "created_at", "id", "deleted_at");
CREATE INDEX nexa_contacts_account_id_created_at_idx ON nexa_contacts (org, "account_id", "created_at", "id", "deleted_at");
CREATE INDEX nexa_contacts_merged_into_id_ref ON nexa_contacts (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX nexa_contacts_reports_to_id_ref ON nexa_contacts (org, "reports_to_id", "id") WHERE "reports_to_id" IS NOT NULL;
CREATE INDEX nexa_contacts_owner_user_id_ref ON nexa_contacts (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX nexa_contacts_owner_group_id_ref ON nexa_contacts (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX nexa_contacts_email_key_trash ON nexa_contacts (org, "email") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_contacts_email_key ON nexa_contacts (org, "email") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_accounts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "merged_into_id" BLOB,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "account_number" TEXT NOT NULL,
  "industry" TEXT,
  "type" TEXT NOT NULL,
  "tier" TEXT,
  "tier_rank" INTEGER,
  "website" TEXT,
  "website_folded" TEXT,
  "phone" TEXT,
  "employees" INTEGER,
  "annual_revenue_amount" INTEGER,
  "annual_revenue_currency" TEXT,
  "parent_id" BLOB,
  "billing_address_street" TEXT,
  "billing_address_city" TEXT,
  "billing_address_region" TEXT,
  "billing_address_postal_code" TEXT,
  "billing_address_country" TEXT,
  "shipping_address_street" TEXT,
  "shipping_address_city" TEXT,
  "shipping_address_region" TEXT,
  "shipping_address_postal_code" TEXT,
  "shipping_address_country" TEXT,
  "primary_contact_id" BLOB,
  "price_book_id" BLOB,
  "customer_since" TEXT,
  "owner_user_id" BLOB,
  "owner_group_id" BLOB,
  "owner_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "language" TEXT,
  "time_zone" TEXT,
  "description" TEXT,
  "source" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_accounts_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_accounts_type_check CHECK ("type" IN ('prospect', 'customer', 'partner', 'vendor')),
  CONSTRAINT nexa_accounts_tier_check CHECK ("tier" IN ('startup', 'smb', 'mid_market', 'enterprise')),
  CONSTRAINT nexa_accounts_annual_revenue_currency_both CHECK (("annual_revenue_amount" IS NULL) = ("annual_revenue_currency" IS NULL)),
  CONSTRAINT nexa_accounts_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL),
  CONSTRAINT nexa_accounts_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_accounts_parent_id_fk FOREIGN KEY (org, "parent_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_accounts_primary_contact_id_fk FOREIGN KEY (org, "primary_contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_accounts_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa_price_books (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_accounts_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_accounts_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_accounts_owner_queue_created_at_idx ON nexa_accounts (org, "owner_queue", "created_at", "id", "deleted_at");
CREATE INDEX nexa_accounts_merged_into_id_ref ON nexa_accounts (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX nexa_accounts_parent_id_ref ON nexa_accounts (org, "parent_id", "id") WHERE "parent_id" IS NOT NULL;
CREATE INDEX nexa_accounts_primary_contact_id_ref ON nexa_accounts (org, "primary_contact_id", "id") WHERE "primary_contact_id" IS NOT NULL;
CREATE INDEX nexa_accounts_price_book_id_ref ON nexa_accounts (org, "price_book_id", "id") WHERE "price_book_id" IS NOT NULL;
CREATE INDEX nexa_accounts_owner_user_id_ref ON nexa_accounts (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX nexa_accounts_owner_group_id_ref ON nexa_accounts (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX nexa_accounts_account_number_key_trash ON nexa_accounts (org, "account_number") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_accounts_account_number_key ON nexa_accounts (org, "account_number") WHERE "deleted_at" IS NULL;
CREATE INDEX nexa_accounts_name_folded_key_trash ON nexa_accounts (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_accounts_name_folded_key ON nexa_accounts (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_products (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "sku" TEXT,
  "sku_folded" TEXT,
  "description" TEXT,
  "family" TEXT,
  "unit" TEXT,
  "recurring" TEXT,
  "tax_class" TEXT,
  "cost_amount" INTEGER,
  "cost_currency" TEXT,
  "active" INTEGER NOT NULL,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_products_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_products_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT nexa_products_cost_currency_both CHECK (("cost_amount" IS NULL) = ("cost_currency" IS NULL)),
  CONSTRAINT nexa_products_active_check CHECK ("active" IN (0, 1))
) STRICT;
CREATE INDEX nexa_products_name_folded_idx ON nexa_products (org, "name_folded", "id", "deleted_at");
CREATE INDEX nexa_products_sku_folded_key_trash ON nexa_products (org, "sku_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_products_sku_folded_key ON nexa_products (org, "sku_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_price_books (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "currency" TEXT NOT NULL,
  "valid_from" TEXT,
  "valid_until" TEXT,
  "is_default" INTEGER NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_price_books_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_price_books_is_default_check CHECK ("is_default" IN (0, 1))
) STRICT;
CREATE INDEX nexa_price_books_currency_is_default_idx ON nexa_price_books (org, "currency", "is_default", "id", "deleted_at");
CREATE INDEX nexa_price_books_name_folded_key_trash ON nexa_price_books (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_price_books_name_folded_key ON nexa_price_books (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_prices (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "price_book_id" BLOB NOT NULL,
  "product_id" BLOB NOT NULL,
  "tiers" TEXT NOT NULL,
  "mode" TEXT NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_prices_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_prices_mode_check CHECK ("mode" IN ('volume', 'graduated')),
  CONSTRAINT nexa_prices_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa_price_books (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_prices_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa_products (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_prices_product_id_idx ON nexa_prices (org, "product_id", "id", "deleted_at");
CREATE INDEX nexa_prices_price_book_id_ref ON nexa_prices (org, "price_book_id", "id");
CREATE INDEX nexa_prices_price_book_id_product_id_key_trash ON nexa_prices (org, "price_book_id", "product_id") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_prices_price_book_id_product_id_key ON nexa_prices (org, "price_book_id", "product_id") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_tax_rates (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "tax_class" TEXT NOT NULL,
  "country" TEXT NOT NULL,
  "region" TEXT,
  "region_folded" TEXT,
  "rate" INTEGER NOT NULL,
  "valid_from" TEXT NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_tax_rates_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_tax_rates_tax_class_country_valid_from_idx ON nexa_tax_rates (org, "tax_class", "country", "valid_from", "id", "deleted_at");

CREATE TABLE nexa_pipelines (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "is_default" INTEGER NOT NULL,
  "stages" TEXT NOT NULL,
  "amount_from" TEXT NOT NULL DEFAULT 'contract',
  "on_accept" TEXT NOT NULL DEFAULT 'nothing',
  CONSTRAINT nexa_pipelines_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_pipelines_is_default_check CHECK ("is_default" IN (0, 1)),
  CONSTRAINT nexa_pipelines_amount_from_check CHECK ("amount_from" IN ('contract', 'first_year', 'yearly')),
  CONSTRAINT nexa_pipelines_on_accept_check CHECK ("on_accept" IN ('nothing', 'win'))
) STRICT;
CREATE INDEX nexa_pipelines_name_folded_key_trash ON nexa_pipelines (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_pipelines_name_folded_key ON nexa_pipelines (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_deals (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "amount_amount" INTEGER,
  "amount_currency" TEXT,
  "has_lines" INTEGER NOT NULL DEFAULT 0,
  "price_book_id" BLOB,
  "probability" INTEGER NOT NULL,
  "probability_by_hand" INTEGER NOT NULL,
  "category" TEXT NOT NULL DEFAULT 'pipeline',
  "category_by_hand" INTEGER NOT NULL DEFAULT 0,
  "close_date" TEXT,
  "pushed" INTEGER NOT NULL DEFAULT 0,
  "stage" TEXT NOT NULL,
  "pipeline_id" BLOB NOT NULL,
  "status" TEXT NOT NULL,
  "stage_since" INTEGER NOT NULL,
  "rank" TEXT,
  "stage_before_close" TEXT,
  "closed_at" INTEGER,
  "won_reason" TEXT,
  "lost_reason" TEXT,
  "lost_text" TEXT,
  "lost_to" TEXT,
  "account_type_before" TEXT,
  "began_customer" INTEGER NOT NULL DEFAULT 0,
  "type" TEXT NOT NULL,
  "source" TEXT,
  "campaign_id" BLOB,
  "account_id" BLOB,
  "primary_contact_id" BLOB,
  "competitors" TEXT,
  "owner_id" BLOB,
  "contract_id" BLOB,
  "contract_term_months" INTEGER,
  "contract_signed" INTEGER NOT NULL DEFAULT 0,
  "contract_url" TEXT,
  "next_step" TEXT,
  "description" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_deals_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_deals_amount_currency_both CHECK (("amount_amount" IS NULL) = ("amount_currency" IS NULL)),
  CONSTRAINT nexa_deals_has_lines_check CHECK ("has_lines" IN (0, 1)),
  CONSTRAINT nexa_deals_probability_by_hand_check CHECK ("probability_by_hand" IN (0, 1)),
  CONSTRAINT nexa_deals_category_check CHECK ("category" IN ('omitted', 'pipeline', 'best_case', 'commit')),
  CONSTRAINT nexa_deals_category_by_hand_check CHECK ("category_by_hand" IN (0, 1)),
  CONSTRAINT nexa_deals_status_check CHECK ("status" IN ('open', 'won', 'lost')),
  CONSTRAINT nexa_deals_account_type_before_check CHECK ("account_type_before" IN ('prospect', 'customer', 'partner', 'vendor')),
  CONSTRAINT nexa_deals_began_customer_check CHECK ("began_customer" IN (0, 1)),
  CONSTRAINT nexa_deals_type_check CHECK ("type" IN ('new_business', 'upsell', 'renewal', 'cross_sell')),
  CONSTRAINT nexa_deals_contract_signed_check CHECK ("contract_signed" IN (0, 1)),
  CONSTRAINT nexa_deals_price_book_id_fk FOREIGN KEY (org, "price_book_id") REFERENCES nexa_price_books (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_pipeline_id_fk FOREIGN KEY (org, "pipeline_id") REFERENCES nexa_pipelines (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa_campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_primary_contact_id_fk FOREIGN KEY (org, "primary_contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_owner_id_fk FOREIGN KEY (org, "owner_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deals_contract_id_fk FOREIGN KEY (org, "contract_id") REFERENCES nexa_contracts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_deals_status_close_date_idx ON nexa_deals (org, "status", "close_date", "id", "deleted_at");
CREATE INDEX nexa_deals_pipeline_id_stage_idx ON nexa_deals (org, "pipeline_id", "stage", "id", "deleted_at");
CREATE INDEX nexa_deals_pipeline_id_stage_rank_idx ON nexa_deals (org, "pipeline_id", "stage", "rank", "id", "deleted_at");
CREATE INDEX nexa_deals_owner_id_status_close_date_idx ON nexa_deals (org, "owner_id", "status", "close_date", "id", "deleted_at");
CREATE INDEX nexa_deals_account_id_status_idx ON nexa_deals (org, "account_id", "status", "id", "deleted_at");
CREATE INDEX nexa_deals_campaign_id_status_idx ON nexa_deals (org, "campaign_id", "status", "id", "deleted_at");
CREATE INDEX nexa_deals_primary_contact_id_updated_at_idx ON nexa_deals (org, "primary_contact_id", "updated_at", "id", "deleted_at");
CREATE INDEX nexa_deals_price_book_id_ref ON nexa_deals (org, "price_book_id", "id") WHERE "price_book_id" IS NOT NULL;
CREATE INDEX nexa_deals_contract_id_ref ON nexa_deals (org, "contract_id", "id") WHERE "contract_id" IS NOT NULL;

CREATE TABLE nexa_stage_visits (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deal_id" BLOB NOT NULL,
  "pipeline_id" BLOB NOT NULL,
  "stage" TEXT NOT NULL,
  "entered_at" INTEGER NOT NULL,
  "left_at" INTEGER,
  "seconds" INTEGER,
  "next_stage" TEXT,
  "by_id" BLOB,
  "reason" TEXT,
  CONSTRAINT nexa_stage_visits_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_stage_visits_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_stage_visits_pipeline_id_fk FOREIGN KEY (org, "pipeline_id") REFERENCES nexa_pipelines (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_stage_visits_by_id_fk FOREIGN KEY (org, "by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_stage_visits_deal_id_entered_at_idx ON nexa_stage_visits (org, "deal_id", "entered_at", "id");
CREATE INDEX nexa_stage_visits_pipeline_id_stage_entered_at_idx ON nexa_stage_visits (org, "pipeline_id", "stage", "entered_at", "id");
CREATE INDEX nexa_stage_visits_by_id_ref ON nexa_stage_visits (org, "by_id", "id") WHERE "by_id" IS NOT NULL;

CREATE TABLE nexa_deal_contacts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deal_id" BLOB NOT NULL,
  "contact_id" BLOB NOT NULL,
  "role" TEXT NOT NULL,
  CONSTRAINT nexa_deal_contacts_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_deal_contacts_role_check CHECK ("role" IN ('decision_maker', 'champion', 'influencer', 'blocker', 'user', 'billing', 'partner', 'other')),
  CONSTRAINT nexa_deal_contacts_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_deal_contacts_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_deal_contacts_deal_id_ref ON nexa_deal_contacts (org, "deal_id", "id");
CREATE INDEX nexa_deal_contacts_contact_id_ref ON nexa_deal_contacts (org, "contact_id", "id");
CREATE UNIQUE INDEX nexa_deal_contacts_deal_id_contact_id_key ON nexa_deal_contacts (org, "deal_id", "contact_id");

CREATE TABLE nexa_lines (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deal_id" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "product_id" BLOB,
  "name" TEXT NOT NULL,
  "sku" TEXT,
  "description" TEXT,
  "quantity" INTEGER NOT NULL,
  "unit" TEXT,
  "unit_price_amount" INTEGER NOT NULL,
  "unit_price_currency" TEXT NOT NULL,
  "list_price_amount" INTEGER,
  "list_price_currency" TEXT,
  "slices" TEXT NOT NULL,
  "discount" TEXT,
  "tax_rate" INTEGER,
  "tax_name" TEXT,
  "recurring" TEXT,
  "term_months" INTEGER,
  "service_start" TEXT,
  "net_amount" INTEGER NOT NULL,
  "net_currency" TEXT NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_lines_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_lines_list_price_currency_both CHECK (("list_price_amount" IS NULL) = ("list_price_currency" IS NULL)),
  CONSTRAINT nexa_lines_recurring_check CHECK ("recurring" IN ('month', 'quarter', 'half_year', 'year')),
  CONSTRAINT nexa_lines_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_lines_product_id_fk FOREIGN KEY (org, "product_id") REFERENCES nexa_products (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_lines_deal_id_rank_idx ON nexa_lines (org, "deal_id", "rank", "id");
CREATE INDEX nexa_lines_product_id_idx ON nexa_lines (org, "product_id", "id");

CREATE TABLE nexa_campaigns (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "type" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "start_date" TEXT,
  "end_date" TEXT,
  "goal" TEXT,
  "target_audience" TEXT,
  "budget_amount" INTEGER,
  "budget_currency" TEXT,
  "actual_cost_amount" INTEGER,
  "actual_cost_currency" TEXT,
  "owner_user_id" BLOB,
  "owner_group_id" BLOB,
  "owner_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "description" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_campaigns_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_campaigns_status_check CHECK ("status" IN ('planned', 'active', 'completed', 'cancelled')),
  CONSTRAINT nexa_campaigns_budget_currency_both CHECK (("budget_amount" IS NULL) = ("budget_currency" IS NULL)),
  CONSTRAINT nexa_campaigns_actual_cost_currency_both CHECK (("actual_cost_amount" IS NULL) = ("actual_cost_currency" IS NULL)),
  CONSTRAINT nexa_campaigns_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL),
  CONSTRAINT nexa_campaigns_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_campaigns_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_campaigns_status_start_date_idx ON nexa_campaigns (org, "status", "start_date", "id", "deleted_at");
CREATE INDEX nexa_campaigns_owner_user_id_ref ON nexa_campaigns (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX nexa_campaigns_owner_group_id_ref ON nexa_campaigns (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX nexa_campaigns_name_folded_key_trash ON nexa_campaigns (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_campaigns_name_folded_key ON nexa_campaigns (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_campaign_members (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "campaign_id" BLOB NOT NULL,
  "lead_id" BLOB,
  "contact_id" BLOB,
  "joined_at" INTEGER NOT NULL,
  CONSTRAINT nexa_campaign_members_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_campaign_members_campaign_id_fk FOREIGN KEY (org, "campaign_id") REFERENCES nexa_campaigns (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_campaign_members_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_campaign_members_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_campaign_members_campaign_id_ref ON nexa_campaign_members (org, "campaign_id", "id");
CREATE INDEX nexa_campaign_members_lead_id_ref ON nexa_campaign_members (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX nexa_campaign_members_contact_id_ref ON nexa_campaign_members (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_campaign_members_campaign_id_contact_id_key ON nexa_campaign_members (org, "campaign_id", "contact_id");
CREATE UNIQUE INDEX nexa_campaign_members_campaign_id_lead_id_key ON nexa_campaign_members (org, "campaign_id", "lead_id");

CREATE TABLE nexa_contact_lists (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "description" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_contact_lists_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE INDEX nexa_contact_lists_name_folded_key_trash ON nexa_contact_lists (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_contact_lists_name_folded_key ON nexa_contact_lists (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_contact_list_members (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "contact_list_id" BLOB NOT NULL,
  "lead_id" BLOB,
  "contact_id" BLOB,
  "joined_at" INTEGER NOT NULL,
  CONSTRAINT nexa_contact_list_members_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_contact_list_members_contact_list_id_fk FOREIGN KEY (org, "contact_list_id") REFERENCES nexa_contact_lists (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contact_list_members_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_contact_list_members_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_contact_list_members_contact_list_id_ref ON nexa_contact_list_members (org, "contact_list_id", "id");
CREATE INDEX nexa_contact_list_members_lead_id_ref ON nexa_contact_list_members (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX nexa_contact_list_members_contact_id_ref ON nexa_contact_list_members (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_contact_list_members_contact_list_id_contact_id_key ON nexa_contact_list_members (org, "contact_list_id", "contact_id");
CREATE UNIQUE INDEX nexa_contact_list_members_contact_list_id_lead_id_key ON nexa_contact_list_members (org, "contact_list_id", "lead_id");

CREATE TABLE nexa_tickets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "merged_into_id" BLOB,
  "number" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "subject_folded" TEXT NOT NULL,
  "description" TEXT,
  "status" TEXT NOT NULL,
  "priority" TEXT NOT NULL,
  "priority_rank" INTEGER NOT NULL,
  "type" TEXT,
  "severity" TEXT,
  "severity_rank" INTEGER,
  "channel" TEXT,
  "customer_impact" TEXT,
  "contact_id" BLOB,
  "account_id" BLOB,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "via_group_id" BLOB,
  "escalation_to_id" BLOB,
  "escalation_at" INTEGER,
  "escalation_severity" TEXT,
  "escalation_reason" TEXT,
  "pending_until" INTEGER,
  "resolution" TEXT,
  "resolved_at" INTEGER,
  "closed_at" INTEGER,
  "reported_at" INTEGER,
  "acknowledged_at" INTEGER,
  "waiting_since" INTEGER,
  "first_response_at" INTEGER,
  "responded_at" INTEGER,
  "target_id" BLOB,
  "clocks" TEXT,
  "next_due" INTEGER,
  "first_response_due" INTEGER,
  "resolution_due" INTEGER,
  "breached" INTEGER NOT NULL DEFAULT 0,
  "reopened" INTEGER NOT NULL,
  "follow_up_of_id" BLOB,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_tickets_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_tickets_status_check CHECK ("status" IN ('open', 'pending', 'in_progress', 'resolved', 'closed')),
  CONSTRAINT nexa_tickets_priority_check CHECK ("priority" IN ('low', 'medium', 'high', 'critical')),
  CONSTRAINT nexa_tickets_type_check CHECK ("type" IN ('question', 'problem', 'incident', 'bug', 'feature_request', 'task')),
  CONSTRAINT nexa_tickets_severity_check CHECK ("severity" IN ('p4', 'p3', 'p2', 'p1')),
  CONSTRAINT nexa_tickets_channel_check CHECK ("channel" IN ('email', 'chat', 'phone', 'web', 'api')),
  CONSTRAINT nexa_tickets_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_tickets_escalation_severity_check CHECK ("escalation_severity" IN ('p4', 'p3', 'p2', 'p1')),
  CONSTRAINT nexa_tickets_breached_check CHECK ("breached" IN (0, 1)),
  CONSTRAINT nexa_tickets_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_escalation_to_id_fk FOREIGN KEY (org, "escalation_to_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_target_id_fk FOREIGN KEY (org, "target_id") REFERENCES nexa_targets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tickets_follow_up_of_id_fk FOREIGN KEY (org, "follow_up_of_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_tickets_status_assignee_queue_priority_rank_created_at_idx ON nexa_tickets (org, "status", "assignee_queue", "priority_rank", "created_at", "id", "deleted_at");
CREATE INDEX nexa_tickets_contact_id_idx ON nexa_tickets (org, "contact_id", "id", "deleted_at");
CREATE INDEX nexa_tickets_account_id_idx ON nexa_tickets (org, "account_id", "id", "deleted_at");
CREATE INDEX nexa_tickets_next_due_idx ON nexa_tickets (org, "next_due", "id", "deleted_at");
CREATE INDEX nexa_tickets_merged_into_id_ref ON nexa_tickets (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX nexa_tickets_assignee_user_id_ref ON nexa_tickets (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_tickets_assignee_group_id_ref ON nexa_tickets (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX nexa_tickets_via_group_id_ref ON nexa_tickets (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX nexa_tickets_escalation_to_id_ref ON nexa_tickets (org, "escalation_to_id", "id") WHERE "escalation_to_id" IS NOT NULL;
CREATE INDEX nexa_tickets_target_id_ref ON nexa_tickets (org, "target_id", "id") WHERE "target_id" IS NOT NULL;
CREATE INDEX nexa_tickets_follow_up_of_id_ref ON nexa_tickets (org, "follow_up_of_id", "id") WHERE "follow_up_of_id" IS NOT NULL;
CREATE INDEX nexa_tickets_number_key_trash ON nexa_tickets (org, "number") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_tickets_number_key ON nexa_tickets (org, "number") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_targets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "active" INTEGER NOT NULL,
  "filter" TEXT,
  "calendar_id" BLOB,
  "goals" TEXT NOT NULL,
  "near_minutes" INTEGER,
  CONSTRAINT nexa_targets_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_targets_active_check CHECK ("active" IN (0, 1)),
  CONSTRAINT nexa_targets_calendar_id_fk FOREIGN KEY (org, "calendar_id") REFERENCES nexa_calendars (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_targets_calendar_id_idx ON nexa_targets (org, "calendar_id", "id", "deleted_at");
CREATE INDEX nexa_targets_active_idx ON nexa_targets (org, "active", "id", "deleted_at");
CREATE INDEX nexa_targets_name_folded_key_trash ON nexa_targets (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_targets_name_folded_key ON nexa_targets (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_comments (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "ticket_id" BLOB NOT NULL,
  "author_id" BLOB,
  "body" TEXT NOT NULL,
  "audience" TEXT NOT NULL,
  CONSTRAINT nexa_comments_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_comments_audience_check CHECK ("audience" IN ('members', 'admins')),
  CONSTRAINT nexa_comments_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_comments_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_comments_ticket_id_created_at_idx ON nexa_comments (org, "ticket_id", "created_at", "id");
CREATE INDEX nexa_comments_author_id_ref ON nexa_comments (org, "author_id", "id") WHERE "author_id" IS NOT NULL;

CREATE TABLE nexa_inboxes (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "aliases" TEXT NOT NULL,
  "sender_id" BLOB,
  "group_id" BLOB,
  "makes" TEXT NOT NULL,
  "copied" TEXT NOT NULL,
  "automatic" TEXT NOT NULL,
  "acknowledgement" TEXT,
  "relays" TEXT NOT NULL,
  "blocked" TEXT NOT NULL,
  "trusted_servers" TEXT NOT NULL,
  "off" INTEGER NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_inboxes_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_inboxes_makes_check CHECK ("makes" IN ('thread', 'ticket')),
  CONSTRAINT nexa_inboxes_copied_check CHECK ("copied" IN ('propose', 'accept')),
  CONSTRAINT nexa_inboxes_automatic_check CHECK ("automatic" IN ('place', 'hold')),
  CONSTRAINT nexa_inboxes_off_check CHECK ("off" IN (0, 1)),
  CONSTRAINT nexa_inboxes_sender_id_fk FOREIGN KEY (org, "sender_id") REFERENCES nexa_senders (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_inboxes_group_id_fk FOREIGN KEY (org, "group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_inboxes_sender_id_ref ON nexa_inboxes (org, "sender_id", "id") WHERE "sender_id" IS NOT NULL;
CREATE INDEX nexa_inboxes_group_id_ref ON nexa_inboxes (org, "group_id", "id") WHERE "group_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_inboxes_address_key ON nexa_inboxes (org, "address");

CREATE TABLE nexa_threads (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "number" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "channel" TEXT NOT NULL,
  "inbox_id" BLOB,
  "ticket_id" BLOB,
  "contact_id" BLOB,
  "subject" TEXT NOT NULL,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "via_group_id" BLOB,
  "state" TEXT NOT NULL,
  "snoozed_until" INTEGER,
  "spam" INTEGER NOT NULL,
  "automatic" INTEGER NOT NULL,
  "participants" TEXT,
  "waiting_since" INTEGER,
  "last_in" INTEGER,
  "last_out" INTEGER,
  "last_message" BLOB,
  "suggested_thread_id" BLOB,
  CONSTRAINT nexa_threads_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_threads_kind_check CHECK ("kind" IN ('external', 'internal')),
  CONSTRAINT nexa_threads_channel_check CHECK ("channel" IN ('email', 'chat', 'phone', 'web', 'api')),
  CONSTRAINT nexa_threads_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_threads_state_check CHECK ("state" IN ('open', 'snoozed', 'done')),
  CONSTRAINT nexa_threads_spam_check CHECK ("spam" IN (0, 1)),
  CONSTRAINT nexa_threads_automatic_check CHECK ("automatic" IN (0, 1)),
  CONSTRAINT nexa_threads_inbox_id_fk FOREIGN KEY (org, "inbox_id") REFERENCES nexa_inboxes (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_threads_suggested_thread_id_fk FOREIGN KEY (org, "suggested_thread_id") REFERENCES nexa_threads (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_threads_ticket_id_idx ON nexa_threads (org, "ticket_id", "id");
CREATE INDEX nexa_threads_contact_id_idx ON nexa_threads (org, "contact_id", "id");
CREATE INDEX nexa_threads_inbox_id_idx ON nexa_threads (org, "inbox_id", "id");
CREATE INDEX nexa_threads_state_assignee_queue_waiting_since_idx ON nexa_threads (org, "state", "assignee_queue", "waiting_since", "id");
CREATE INDEX nexa_threads_assignee_user_id_ref ON nexa_threads (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_threads_assignee_group_id_ref ON nexa_threads (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX nexa_threads_via_group_id_ref ON nexa_threads (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX nexa_threads_suggested_thread_id_ref ON nexa_threads (org, "suggested_thread_id", "id") WHERE "suggested_thread_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_threads_number_key ON nexa_threads (org, "number");

CREATE TABLE nexa_messages (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "thread_id" BLOB NOT NULL,
  "direction" TEXT NOT NULL,
  "author_id" BLOB,
  "contact_id" BLOB,
  "at" INTEGER NOT NULL,
  "claimed_at" INTEGER,
  "from" TEXT,
  "from_name" TEXT,
  "reply_to" TEXT,
  "to" TEXT,
  "cc" TEXT,
  "bcc" TEXT,
  "subject" TEXT,
  "text" TEXT,
  "reply_end" INTEGER,
  "html_id" BLOB,
  "message_id" TEXT,
  "in_reply_to" TEXT,
  "references" TEXT NOT NULL,
  "digest" TEXT,
  "auto" TEXT NOT NULL,
  "trust" TEXT NOT NULL,
  "placed_by" TEXT NOT NULL,
  "marks" TEXT NOT NULL,
  "mail_id" BLOB,
  "redacted_at" INTEGER,
  "redacted_reason" TEXT,
  CONSTRAINT nexa_messages_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_messages_direction_check CHECK ("direction" IN ('in', 'out', 'note')),
  CONSTRAINT nexa_messages_auto_check CHECK ("auto" IN ('none', 'auto_reply', 'out_of_office', 'list', 'bounce', 'receipt')),
  CONSTRAINT nexa_messages_trust_check CHECK ("trust" IN ('unknown', 'signed', 'known', 'failed')),
  CONSTRAINT nexa_messages_placed_by_check CHECK ("placed_by" IN ('written', 'signed_address', 'references', 'new', 'follow_up', 'hand')),
  CONSTRAINT nexa_messages_thread_id_fk FOREIGN KEY (org, "thread_id") REFERENCES nexa_threads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_messages_author_id_fk FOREIGN KEY (org, "author_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_messages_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_messages_html_id_fk FOREIGN KEY (org, "html_id") REFERENCES nexa_attachments (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_messages_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa_mails (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_messages_thread_id_at_idx ON nexa_messages (org, "thread_id", "at", "id");
CREATE INDEX nexa_messages_contact_id_idx ON nexa_messages (org, "contact_id", "id");
CREATE INDEX nexa_messages_author_id_ref ON nexa_messages (org, "author_id", "id") WHERE "author_id" IS NOT NULL;
CREATE INDEX nexa_messages_html_id_ref ON nexa_messages (org, "html_id", "id") WHERE "html_id" IS NOT NULL;
CREATE INDEX nexa_messages_mail_id_ref ON nexa_messages (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;

CREATE TABLE nexa_message_references (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "key" TEXT NOT NULL,
  "message" BLOB NOT NULL,
  "thread" BLOB NOT NULL,
  "own" INTEGER NOT NULL,
  CONSTRAINT nexa_message_references_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_message_references_own_check CHECK ("own" IN (0, 1))
) STRICT;
CREATE INDEX nexa_message_references_key_idx ON nexa_message_references (org, "key", "id");

CREATE TABLE nexa_inbounds (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "inbox_id" BLOB NOT NULL,
  "envelope" TEXT NOT NULL,
  "sender" TEXT,
  "contact_id" BLOB,
  "sha256" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "digest" TEXT,
  "state" TEXT NOT NULL,
  "reason" TEXT,
  "detail" TEXT,
  "message_id" BLOB,
  "comment_id" BLOB,
  "duplicate_of_id" BLOB,
  "discarded_reason" TEXT,
  "acknowledged" INTEGER NOT NULL,
  CONSTRAINT nexa_inbounds_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_inbounds_state_check CHECK ("state" IN ('held', 'placed', 'duplicate', 'discarded')),
  CONSTRAINT nexa_inbounds_reason_check CHECK ("reason" IN ('unparsable', 'error', 'too_large', 'limit', 'loop', 'spam', 'no_sender', 'bounce_unmatched', 'thread_trashed', 'automatic', 'inbox_off')),
  CONSTRAINT nexa_inbounds_acknowledged_check CHECK ("acknowledged" IN (0, 1)),
  CONSTRAINT nexa_inbounds_inbox_id_fk FOREIGN KEY (org, "inbox_id") REFERENCES nexa_inboxes (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_inbounds_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_inbounds_message_id_fk FOREIGN KEY (org, "message_id") REFERENCES nexa_messages (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_inbounds_comment_id_fk FOREIGN KEY (org, "comment_id") REFERENCES nexa_comments (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_inbounds_duplicate_of_id_fk FOREIGN KEY (org, "duplicate_of_id") REFERENCES nexa_inbounds (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_inbounds_sha256_idx ON nexa_inbounds (org, "sha256", "id");
CREATE INDEX nexa_inbounds_digest_idx ON nexa_inbounds (org, "digest", "id");
CREATE INDEX nexa_inbounds_inbox_id_state_idx ON nexa_inbounds (org, "inbox_id", "state", "id");
CREATE INDEX nexa_inbounds_sender_created_at_idx ON nexa_inbounds (org, "sender", "created_at", "id");
CREATE INDEX nexa_inbounds_contact_id_ref ON nexa_inbounds (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX nexa_inbounds_message_id_ref ON nexa_inbounds (org, "message_id", "id") WHERE "message_id" IS NOT NULL;
CREATE INDEX nexa_inbounds_comment_id_ref ON nexa_inbounds (org, "comment_id", "id") WHERE "comment_id" IS NOT NULL;
CREATE INDEX nexa_inbounds_duplicate_of_id_ref ON nexa_inbounds (org, "duplicate_of_id", "id") WHERE "duplicate_of_id" IS NOT NULL;

CREATE TABLE nexa_calls (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "about" TEXT,
  "direction" TEXT NOT NULL,
  "from" TEXT,
  "to" TEXT,
  "started_at" INTEGER NOT NULL,
  "duration_seconds" INTEGER,
  "outcome" TEXT,
  "summary" TEXT,
  "recording" TEXT,
  "recording_consent" INTEGER NOT NULL,
  "user_id" BLOB,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_calls_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_calls_direction_check CHECK ("direction" IN ('outgoing', 'incoming')),
  CONSTRAINT nexa_calls_outcome_check CHECK ("outcome" IN ('connected', 'voicemail', 'no_answer', 'busy', 'wrong_number', 'cancelled')),
  CONSTRAINT nexa_calls_recording_consent_check CHECK ("recording_consent" IN (0, 1)),
  CONSTRAINT nexa_calls_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_calls_started_at_idx ON nexa_calls (org, "started_at", "id", "deleted_at");
CREATE INDEX nexa_calls_user_id_started_at_idx ON nexa_calls (org, "user_id", "started_at", "id", "deleted_at");

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

CREATE TABLE nexa_meetings (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "title" TEXT NOT NULL,
  "title_folded" TEXT NOT NULL,
  "agenda" TEXT,
  "location" TEXT,
  "join_url" TEXT,
  "organizer_id" BLOB,
  "starts_at" INTEGER,
  "ends_at" INTEGER,
  "start_date" TEXT,
  "end_date" TEXT,
  "availability" TEXT NOT NULL,
  "about" TEXT,
  "status" TEXT NOT NULL,
  "outcome" TEXT,
  "notes" TEXT,
  "next_step" TEXT,
  "cancel_reason" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_meetings_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_meetings_availability_check CHECK ("availability" IN ('busy', 'free')),
  CONSTRAINT nexa_meetings_status_check CHECK ("status" IN ('planned', 'held', 'no_show', 'cancelled')),
  CONSTRAINT nexa_meetings_organizer_id_fk FOREIGN KEY (org, "organizer_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_meetings_status_starts_at_idx ON nexa_meetings (org, "status", "starts_at", "id", "deleted_at");
CREATE INDEX nexa_meetings_organizer_id_starts_at_idx ON nexa_meetings (org, "organizer_id", "starts_at", "id", "deleted_at");

CREATE TABLE nexa_attendees (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "meeting_id" BLOB NOT NULL,
  "user_id" BLOB,
  "contact_id" BLOB,
  "lead_id" BLOB,
  "email" TEXT,
  "name" TEXT,
  "role" TEXT NOT NULL,
  "response" TEXT NOT NULL,
  "responded_at" INTEGER,
  CONSTRAINT nexa_attendees_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_attendees_role_check CHECK ("role" IN ('required', 'optional')),
  CONSTRAINT nexa_attendees_response_check CHECK ("response" IN ('needs_action', 'accepted', 'tentative', 'declined')),
  CONSTRAINT nexa_attendees_meeting_id_fk FOREIGN KEY (org, "meeting_id") REFERENCES nexa_meetings (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_attendees_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_attendees_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_attendees_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_attendees_user_id_response_idx ON nexa_attendees (org, "user_id", "response", "id");
CREATE INDEX nexa_attendees_meeting_id_ref ON nexa_attendees (org, "meeting_id", "id");
CREATE INDEX nexa_attendees_contact_id_ref ON nexa_attendees (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX nexa_attendees_lead_id_ref ON nexa_attendees (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_attendees_meeting_id_email_key ON nexa_attendees (org, "meeting_id", "email");
CREATE UNIQUE INDEX nexa_attendees_meeting_id_lead_id_key ON nexa_attendees (org, "meeting_id", "lead_id");
CREATE UNIQUE INDEX nexa_attendees_meeting_id_contact_id_key ON nexa_attendees (org, "meeting_id", "contact_id");
CREATE UNIQUE INDEX nexa_attendees_meeting_id_user_id_key ON nexa_attendees (org, "meeting_id", "user_id");

CREATE TABLE nexa_playbooks (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "key" TEXT,
  "description" TEXT,
  "project" TEXT NOT NULL,
  "tasks" TEXT NOT NULL,
  "meetings" TEXT NOT NULL,
  "notes" TEXT NOT NULL,
  "on_weekend" TEXT NOT NULL,
  "published" INTEGER,
  "external_keys" TEXT,
  CONSTRAINT nexa_playbooks_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_playbooks_on_weekend_check CHECK ("on_weekend" IN ('keep', 'next', 'previous'))
) STRICT;
CREATE INDEX nexa_playbooks_key_key_trash ON nexa_playbooks (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_playbooks_key_key ON nexa_playbooks (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX nexa_playbooks_name_folded_key_trash ON nexa_playbooks (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_playbooks_name_folded_key ON nexa_playbooks (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_playbook_versions (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "playbook_id" BLOB NOT NULL,
  "number" INTEGER NOT NULL,
  "project" TEXT NOT NULL,
  "tasks" TEXT NOT NULL,
  "meetings" TEXT NOT NULL,
  "notes" TEXT NOT NULL,
  "on_weekend" TEXT NOT NULL,
  "roles" TEXT NOT NULL,
  "publisher_id" BLOB,
  CONSTRAINT nexa_playbook_versions_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_playbook_versions_on_weekend_check CHECK ("on_weekend" IN ('keep', 'next', 'previous')),
  CONSTRAINT nexa_playbook_versions_playbook_id_fk FOREIGN KEY (org, "playbook_id") REFERENCES nexa_playbooks (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_playbook_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_playbook_versions_playbook_id_ref ON nexa_playbook_versions (org, "playbook_id", "id");
CREATE INDEX nexa_playbook_versions_publisher_id_ref ON nexa_playbook_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_playbook_versions_playbook_id_number_key ON nexa_playbook_versions (org, "playbook_id", "number");

CREATE TABLE nexa_projects (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "type" TEXT,
  "description" TEXT,
  "account_id" BLOB,
  "deal_id" BLOB,
  "owner_user_id" BLOB,
  "owner_group_id" BLOB,
  "owner_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "status" TEXT NOT NULL,
  "start_date" TEXT,
  "due_date" TEXT,
  "completed_at" INTEGER,
  "playbook_id" BLOB,
  "playbook_version" INTEGER,
  "roles" TEXT,
  "start_key" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_projects_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_projects_owner_queue_either CHECK ("owner_user_id" IS NULL OR "owner_group_id" IS NULL),
  CONSTRAINT nexa_projects_status_check CHECK ("status" IN ('not_started', 'active', 'on_hold', 'done', 'cancelled')),
  CONSTRAINT nexa_projects_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_projects_deal_id_fk FOREIGN KEY (org, "deal_id") REFERENCES nexa_deals (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_projects_owner_user_id_fk FOREIGN KEY (org, "owner_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_projects_owner_group_id_fk FOREIGN KEY (org, "owner_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_projects_playbook_id_fk FOREIGN KEY (org, "playbook_id") REFERENCES nexa_playbooks (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_projects_status_due_date_idx ON nexa_projects (org, "status", "due_date", "id", "deleted_at");
CREATE INDEX nexa_projects_deal_id_idx ON nexa_projects (org, "deal_id", "id", "deleted_at");
CREATE INDEX nexa_projects_account_id_status_idx ON nexa_projects (org, "account_id", "status", "id", "deleted_at");
CREATE INDEX nexa_projects_owner_user_id_ref ON nexa_projects (org, "owner_user_id", "id") WHERE "owner_user_id" IS NOT NULL;
CREATE INDEX nexa_projects_owner_group_id_ref ON nexa_projects (org, "owner_group_id", "id") WHERE "owner_group_id" IS NOT NULL;
CREATE INDEX nexa_projects_playbook_id_ref ON nexa_projects (org, "playbook_id", "id") WHERE "playbook_id" IS NOT NULL;
CREATE INDEX nexa_projects_playbook_id_start_key_key_trash ON nexa_projects (org, "playbook_id", "start_key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_projects_playbook_id_start_key_key ON nexa_projects (org, "playbook_id", "start_key") WHERE "deleted_at" IS NULL;
CREATE INDEX nexa_projects_playbook_id_deal_id_key_trash ON nexa_projects (org, "playbook_id", "deal_id") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_projects_playbook_id_deal_id_key ON nexa_projects (org, "playbook_id", "deal_id") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_tasks (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "title" TEXT NOT NULL,
  "title_folded" TEXT NOT NULL,
  "description" TEXT,
  "due_at" INTEGER,
  "due_date" TEXT,
  "start_date" TEXT,
  "remind_at" INTEGER,
  "priority" TEXT NOT NULL,
  "priority_rank" INTEGER NOT NULL,
  "status" TEXT NOT NULL,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "via_group_id" BLOB,
  "about_kind" TEXT,
  "about_id" BLOB,
  "about_key" TEXT,
  "about_label" TEXT,
  "about_url" TEXT,
  "project_id" BLOB,
  "step" TEXT,
  "parent_id" BLOB,
  "checklist" TEXT,
  "rank" TEXT,
  "completed_at" INTEGER,
  "completed_by_id" BLOB,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_tasks_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_tasks_priority_check CHECK ("priority" IN ('low', 'medium', 'high', 'urgent')),
  CONSTRAINT nexa_tasks_status_check CHECK ("status" IN ('todo', 'in_progress', 'done', 'cancelled')),
  CONSTRAINT nexa_tasks_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_tasks_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tasks_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tasks_via_group_id_fk FOREIGN KEY (org, "via_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tasks_project_id_fk FOREIGN KEY (org, "project_id") REFERENCES nexa_projects (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tasks_parent_id_fk FOREIGN KEY (org, "parent_id") REFERENCES nexa_tasks (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_tasks_completed_by_id_fk FOREIGN KEY (org, "completed_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_tasks_status_assignee_queue_priority_rank_due_at_idx ON nexa_tasks (org, "status", "assignee_queue", "priority_rank", "due_at", "id", "deleted_at");
CREATE INDEX nexa_tasks_status_rank_idx ON nexa_tasks (org, "status", "rank", "id", "deleted_at");
CREATE INDEX nexa_tasks_about_id_status_idx ON nexa_tasks (org, "about_id", "status", "id", "deleted_at");
CREATE INDEX nexa_tasks_assignee_user_id_ref ON nexa_tasks (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_tasks_assignee_group_id_ref ON nexa_tasks (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX nexa_tasks_via_group_id_ref ON nexa_tasks (org, "via_group_id", "id") WHERE "via_group_id" IS NOT NULL;
CREATE INDEX nexa_tasks_project_id_ref ON nexa_tasks (org, "project_id", "id") WHERE "project_id" IS NOT NULL;
CREATE INDEX nexa_tasks_parent_id_ref ON nexa_tasks (org, "parent_id", "id") WHERE "parent_id" IS NOT NULL;
CREATE INDEX nexa_tasks_completed_by_id_ref ON nexa_tasks (org, "completed_by_id", "id") WHERE "completed_by_id" IS NOT NULL;

CREATE TABLE nexa_task_dependencies (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "task_id" BLOB NOT NULL,
  "depends_on_id" BLOB NOT NULL,
  CONSTRAINT nexa_task_dependencies_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_task_dependencies_task_id_fk FOREIGN KEY (org, "task_id") REFERENCES nexa_tasks (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_task_dependencies_depends_on_id_fk FOREIGN KEY (org, "depends_on_id") REFERENCES nexa_tasks (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_task_dependencies_task_id_ref ON nexa_task_dependencies (org, "task_id", "id");
CREATE INDEX nexa_task_dependencies_depends_on_id_ref ON nexa_task_dependencies (org, "depends_on_id", "id");
CREATE UNIQUE INDEX nexa_task_dependencies_task_id_depends_on_id_key ON nexa_task_dependencies (org, "task_id", "depends_on_id");

CREATE TABLE nexa_notifications (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "user_id" BLOB NOT NULL,
  "reason" TEXT NOT NULL,
  "about_kind" TEXT,
  "about_id" BLOB,
  "about_key" TEXT,
  "about_label" TEXT,
  "about_url" TEXT,
  "note_id" BLOB,
  "message" TEXT,
  "count" INTEGER NOT NULL,
  "by" TEXT,
  "digest" TEXT,
  "due_at" INTEGER,
  "late" INTEGER NOT NULL,
  "inbox" INTEGER NOT NULL DEFAULT 1,
  "read_at" INTEGER,
  CONSTRAINT nexa_notifications_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_notifications_reason_check CHECK ("reason" IN ('assigned', 'reminder', 'mention', 'sender_halted', 'target_near', 'target_breached', 'workflow', 'workflow_halted')),
  CONSTRAINT nexa_notifications_late_check CHECK ("late" IN (0, 1)),
  CONSTRAINT nexa_notifications_inbox_check CHECK ("inbox" IN (0, 1)),
  CONSTRAINT nexa_notifications_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_notifications_note_id_fk FOREIGN KEY (org, "note_id") REFERENCES nexa_notes (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_notifications_user_id_digest_idx ON nexa_notifications (org, "user_id", "digest", "id");
CREATE INDEX nexa_notifications_user_id_created_at_idx ON nexa_notifications (org, "user_id", "created_at", "id");
CREATE INDEX nexa_notifications_about_id_idx ON nexa_notifications (org, "about_id", "id");
CREATE INDEX nexa_notifications_note_id_ref ON nexa_notifications (org, "note_id", "id") WHERE "note_id" IS NOT NULL;

CREATE TABLE nexa_notification_preferences (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "user_id" BLOB NOT NULL,
  "channels" TEXT NOT NULL,
  "quiet" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  CONSTRAINT nexa_notification_preferences_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_notification_preferences_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_notification_preferences_user_id_ref ON nexa_notification_preferences (org, "user_id", "id");
CREATE UNIQUE INDEX nexa_notification_preferences_user_id_key ON nexa_notification_preferences (org, "user_id");

CREATE TABLE nexa_notification_deliveries (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "slot" TEXT NOT NULL,
  "notification" BLOB NOT NULL,
  "user_id" BLOB NOT NULL,
  "channel" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "not_before" INTEGER NOT NULL,
  "state" TEXT NOT NULL,
  "late" INTEGER NOT NULL,
  "message" BLOB,
  "attempts" INTEGER NOT NULL,
  "worker" TEXT,
  "lease_until" INTEGER,
  "problem" TEXT,
  "left_at" INTEGER,
  CONSTRAINT nexa_notification_deliveries_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_notification_deliveries_reason_check CHECK ("reason" IN ('assigned', 'reminder', 'mention', 'sender_halted', 'target_near', 'target_breached', 'workflow', 'workflow_halted')),
  CONSTRAINT nexa_notification_deliveries_state_check CHECK ("state" IN ('waiting', 'claimed', 'left', 'dropped', 'failed')),
  CONSTRAINT nexa_notification_deliveries_late_check CHECK ("late" IN (0, 1)),
  CONSTRAINT nexa_notification_deliveries_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_notification_deliveries_user_id_state_not_before_idx ON nexa_notification_deliveries (org, "user_id", "state", "not_before", "id");
CREATE INDEX nexa_notification_deliveries_channel_state_not_before_idx ON nexa_notification_deliveries (org, "channel", "state", "not_before", "id");
CREATE INDEX nexa_notification_deliveries_message_idx ON nexa_notification_deliveries (org, "message", "id");
CREATE UNIQUE INDEX nexa_notification_deliveries_slot_key ON nexa_notification_deliveries (org, "slot");

CREATE TABLE nexa_notification_windows (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "user_id" BLOB NOT NULL,
  "began_at" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT nexa_notification_windows_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_notification_windows_user_id_fk FOREIGN KEY (org, "user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_notification_windows_user_id_ref ON nexa_notification_windows (org, "user_id", "id");
CREATE UNIQUE INDEX nexa_notification_windows_user_id_key ON nexa_notification_windows (org, "user_id");

CREATE TABLE nexa_workflows (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "key" TEXT,
  "description" TEXT,
  "runs_as_id" BLOB,
  "trigger" TEXT NOT NULL,
  "filter" TEXT NOT NULL,
  "settings" TEXT NOT NULL,
  "steps" TEXT NOT NULL,
  "limits" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "active_since" INTEGER,
  "halted_reason" TEXT,
  "published" INTEGER,
  "external_keys" TEXT,
  CONSTRAINT nexa_workflows_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_workflows_state_check CHECK ("state" IN ('draft', 'active', 'paused', 'halted')),
  CONSTRAINT nexa_workflows_runs_as_id_fk FOREIGN KEY (org, "runs_as_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_workflows_runs_as_id_ref ON nexa_workflows (org, "runs_as_id", "id") WHERE "runs_as_id" IS NOT NULL;
CREATE INDEX nexa_workflows_key_key_trash ON nexa_workflows (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_workflows_key_key ON nexa_workflows (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX nexa_workflows_name_folded_key_trash ON nexa_workflows (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_workflows_name_folded_key ON nexa_workflows (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_workflow_versions (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "workflow_id" BLOB NOT NULL,
  "number" INTEGER NOT NULL,
  "runs_as_id" BLOB NOT NULL,
  "trigger" TEXT NOT NULL,
  "filter" TEXT NOT NULL,
  "settings" TEXT NOT NULL,
  "steps" TEXT NOT NULL,
  "limits" TEXT NOT NULL,
  "publisher_id" BLOB,
  CONSTRAINT nexa_workflow_versions_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_workflow_versions_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa_workflows (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_workflow_versions_runs_as_id_fk FOREIGN KEY (org, "runs_as_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_workflow_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_workflow_versions_workflow_id_ref ON nexa_workflow_versions (org, "workflow_id", "id");
CREATE INDEX nexa_workflow_versions_runs_as_id_ref ON nexa_workflow_versions (org, "runs_as_id", "id");
CREATE INDEX nexa_workflow_versions_publisher_id_ref ON nexa_workflow_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_workflow_versions_workflow_id_number_key ON nexa_workflow_versions (org, "workflow_id", "number");

CREATE TABLE nexa_workflow_runs (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "workflow_id" BLOB NOT NULL,
  "number" INTEGER NOT NULL,
  "slot" TEXT NOT NULL,
  "kind" TEXT,
  "record" BLOB,
  "event" INTEGER,
  "event_to" INTEGER,
  "root" BLOB NOT NULL,
  "depth" INTEGER NOT NULL,
  "chain" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "position" TEXT NOT NULL,
  "turn" INTEGER NOT NULL,
  "attempt" INTEGER NOT NULL,
  "lines" INTEGER NOT NULL,
  "steps" INTEGER NOT NULL,
  "made" TEXT NOT NULL,
  "due_at" INTEGER,
  "ended_at" INTEGER,
  "reason" TEXT,
  "code" TEXT,
  CONSTRAINT nexa_workflow_runs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_workflow_runs_state_check CHECK ("state" IN ('running', 'waiting', 'done', 'failed', 'stopped', 'skipped', 'cancelled')),
  CONSTRAINT nexa_workflow_runs_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa_workflows (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_workflow_runs_workflow_id_state_ended_at_idx ON nexa_workflow_runs (org, "workflow_id", "state", "ended_at", "id");
CREATE INDEX nexa_workflow_runs_chain_idx ON nexa_workflow_runs (org, "chain", "id");
CREATE INDEX nexa_workflow_runs_record_idx ON nexa_workflow_runs (org, "record", "id");
CREATE INDEX nexa_workflow_runs_state_due_at_idx ON nexa_workflow_runs (org, "state", "due_at", "id");
CREATE UNIQUE INDEX nexa_workflow_runs_slot_key ON nexa_workflow_runs (org, "slot");

CREATE TABLE nexa_workflow_step_runs (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "run" BLOB NOT NULL,
  "number" INTEGER NOT NULL,
  "step" TEXT NOT NULL,
  "turn" INTEGER NOT NULL,
  "attempt" INTEGER NOT NULL,
  "state" TEXT NOT NULL,
  "what" TEXT,
  "unit" BLOB,
  "record" BLOB,
  "code" TEXT,
  "message" TEXT,
  CONSTRAINT nexa_workflow_step_runs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_workflow_step_runs_state_check CHECK ("state" IN ('done', 'failed', 'again'))
) STRICT;
CREATE INDEX nexa_workflow_step_runs_run_number_idx ON nexa_workflow_step_runs (org, "run", "number", "id");
CREATE INDEX nexa_workflow_step_runs_unit_idx ON nexa_workflow_step_runs (org, "unit", "id");

CREATE TABLE nexa_workflow_windows (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "workflow_id" BLOB NOT NULL,
  "began_at" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT nexa_workflow_windows_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_workflow_windows_workflow_id_fk FOREIGN KEY (org, "workflow_id") REFERENCES nexa_workflows (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_workflow_windows_workflow_id_ref ON nexa_workflow_windows (org, "workflow_id", "id");
CREATE UNIQUE INDEX nexa_workflow_windows_workflow_id_key ON nexa_workflow_windows (org, "workflow_id");

CREATE TABLE nexa_templates (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "key" TEXT,
  "channel" TEXT NOT NULL,
  "about_kind" TEXT,
  "topic_id" BLOB,
  "default_locale" TEXT NOT NULL,
  "texts" TEXT NOT NULL,
  "variables" TEXT NOT NULL,
  "partials" TEXT NOT NULL,
  "published" INTEGER,
  "archived_at" INTEGER,
  "external_keys" TEXT,
  CONSTRAINT nexa_templates_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_templates_channel_check CHECK ("channel" IN ('email', 'text', 'notification', 'note')),
  CONSTRAINT nexa_templates_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa_topics (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_templates_topic_id_ref ON nexa_templates (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE INDEX nexa_templates_key_key_trash ON nexa_templates (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_templates_key_key ON nexa_templates (org, "key") WHERE "deleted_at" IS NULL;
CREATE INDEX nexa_templates_name_folded_key_trash ON nexa_templates (org, "name_folded") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_templates_name_folded_key ON nexa_templates (org, "name_folded") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_template_versions (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "template_id" BLOB NOT NULL,
  "number" INTEGER NOT NULL,
  "channel" TEXT NOT NULL,
  "about_kind" TEXT,
  "topic_id" BLOB,
  "default_locale" TEXT NOT NULL,
  "texts" TEXT NOT NULL,
  "variables" TEXT NOT NULL,
  "partials" TEXT NOT NULL,
  "reads" TEXT NOT NULL,
  "publisher_id" BLOB,
  CONSTRAINT nexa_template_versions_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_template_versions_channel_check CHECK ("channel" IN ('email', 'text', 'notification', 'note')),
  CONSTRAINT nexa_template_versions_template_id_fk FOREIGN KEY (org, "template_id") REFERENCES nexa_templates (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_template_versions_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa_topics (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_template_versions_publisher_id_fk FOREIGN KEY (org, "publisher_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_template_versions_template_id_ref ON nexa_template_versions (org, "template_id", "id");
CREATE INDEX nexa_template_versions_topic_id_ref ON nexa_template_versions (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE INDEX nexa_template_versions_publisher_id_ref ON nexa_template_versions (org, "publisher_id", "id") WHERE "publisher_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_template_versions_template_id_number_key ON nexa_template_versions (org, "template_id", "number");

CREATE TABLE nexa_blobs (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "key" BLOB NOT NULL,
  "sha256" TEXT,
  "size" INTEGER NOT NULL,
  "type" TEXT,
  "state" TEXT NOT NULL,
  CONSTRAINT nexa_blobs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_blobs_state_check CHECK ("state" IN ('live', 'dying'))
) STRICT;
CREATE INDEX nexa_blobs_state_idx ON nexa_blobs (org, "state", "id");
CREATE UNIQUE INDEX nexa_blobs_sha256_key ON nexa_blobs (org, "sha256");
CREATE UNIQUE INDEX nexa_blobs_key_key ON nexa_blobs (org, "key");

CREATE TABLE nexa_uploads (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "by" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "name_cut" INTEGER NOT NULL,
  "declared_type" TEXT,
  "type" TEXT,
  "size" INTEGER NOT NULL,
  "sha256" TEXT,
  CONSTRAINT nexa_uploads_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_uploads_name_cut_check CHECK ("name_cut" IN (0, 1))
) STRICT;
CREATE INDEX nexa_uploads_sha256_idx ON nexa_uploads (org, "sha256", "id");

CREATE TABLE nexa_attachments (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "about_kind" TEXT NOT NULL,
  "about_id" BLOB,
  "about_key" TEXT,
  "about_label" TEXT,
  "about_url" TEXT,
  "name" TEXT NOT NULL,
  "name_cut" INTEGER NOT NULL,
  "declared_type" TEXT,
  "type" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "sha256" TEXT NOT NULL,
  "by_id" BLOB,
  CONSTRAINT nexa_attachments_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_attachments_name_cut_check CHECK ("name_cut" IN (0, 1)),
  CONSTRAINT nexa_attachments_by_id_fk FOREIGN KEY (org, "by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_attachments_about_id_idx ON nexa_attachments (org, "about_id", "id", "deleted_at");
CREATE INDEX nexa_attachments_sha256_idx ON nexa_attachments (org, "sha256", "id", "deleted_at");
CREATE INDEX nexa_attachments_by_id_ref ON nexa_attachments (org, "by_id", "id") WHERE "by_id" IS NOT NULL;

CREATE TABLE nexa_topics (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "description" TEXT,
  "double_opt_in" INTEGER NOT NULL,
  "external_keys" TEXT,
  CONSTRAINT nexa_topics_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_topics_kind_check CHECK ("kind" IN ('marketing', 'transactional')),
  CONSTRAINT nexa_topics_double_opt_in_check CHECK ("double_opt_in" IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX nexa_topics_key_key ON nexa_topics (org, "key");
CREATE UNIQUE INDEX nexa_topics_name_folded_key ON nexa_topics (org, "name_folded");

CREATE TABLE nexa_consents (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "address" TEXT,
  "address_hash" TEXT NOT NULL,
  "topic_id" BLOB NOT NULL,
  "state" TEXT NOT NULL,
  "basis" TEXT NOT NULL,
  "source" TEXT,
  "text_version" TEXT,
  "evidence" TEXT,
  "at" INTEGER NOT NULL,
  "asked_at" INTEGER,
  CONSTRAINT nexa_consents_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_consents_state_check CHECK ("state" IN ('none', 'pending', 'granted', 'withdrawn')),
  CONSTRAINT nexa_consents_basis_check CHECK ("basis" IN ('opt_in', 'double_opt_in', 'contract', 'legitimate_interest')),
  CONSTRAINT nexa_consents_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa_topics (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_consents_address_hash_idx ON nexa_consents (org, "address_hash", "id");
CREATE INDEX nexa_consents_topic_id_state_idx ON nexa_consents (org, "topic_id", "state", "id");
CREATE UNIQUE INDEX nexa_consents_address_topic_id_key ON nexa_consents (org, "address", "topic_id");

CREATE TABLE nexa_suppressions (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "address_hash" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "topic_id" BLOB,
  "reason" TEXT NOT NULL,
  "slot" TEXT NOT NULL,
  "source" TEXT,
  "by" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "lifted_at" INTEGER,
  "lift_reason" TEXT,
  CONSTRAINT nexa_suppressions_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_suppressions_scope_check CHECK ("scope" IN ('all', 'marketing', 'topic')),
  CONSTRAINT nexa_suppressions_reason_check CHECK ("reason" IN ('unsubscribed', 'complained', 'hard_bounce', 'soft_bounces', 'manual', 'erased')),
  CONSTRAINT nexa_suppressions_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa_topics (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_suppressions_address_hash_idx ON nexa_suppressions (org, "address_hash", "id");
CREATE INDEX nexa_suppressions_topic_id_ref ON nexa_suppressions (org, "topic_id", "id") WHERE "topic_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_suppressions_slot_key ON nexa_suppressions (org, "slot");

CREATE TABLE nexa_senders (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "address" TEXT NOT NULL,
  "reply_to" TEXT,
  "bounce_address" TEXT,
  "per_minute" INTEGER,
  "per_hour" INTEGER,
  "per_day" INTEGER,
  "per_domain" TEXT NOT NULL,
  "verified_at" INTEGER,
  "state" TEXT NOT NULL,
  "halted_reason" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_senders_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_senders_state_check CHECK ("state" IN ('active', 'halted'))
) STRICT;
CREATE UNIQUE INDEX nexa_senders_address_key ON nexa_senders (org, "address");

CREATE TABLE nexa_sending_windows (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "slot" TEXT NOT NULL,
  "began_at" INTEGER NOT NULL,
  "mails" INTEGER NOT NULL,
  "hard_bounces" INTEGER NOT NULL,
  "complaints" INTEGER NOT NULL,
  CONSTRAINT nexa_sending_windows_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE UNIQUE INDEX nexa_sending_windows_slot_key ON nexa_sending_windows (org, "slot");

CREATE TABLE nexa_mails (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "dedup" TEXT NOT NULL,
  "purpose" TEXT NOT NULL,
  "about_kind" TEXT,
  "about_id" BLOB,
  "about_key" TEXT,
  "about_label" TEXT,
  "about_url" TEXT,
  "topic_id" BLOB,
  "marketing" INTEGER NOT NULL,
  "sender_id" BLOB NOT NULL,
  "lead_id" BLOB,
  "contact_id" BLOB,
  "to" TEXT,
  "template_version_id" BLOB,
  "locale" TEXT,
  "time_zone" TEXT,
  "values" TEXT,
  "content" TEXT,
  "correspondence" TEXT,
  "frame" TEXT,
  "message_id" TEXT NOT NULL,
  "not_before" INTEGER NOT NULL,
  "expires_at" INTEGER,
  "state" TEXT NOT NULL,
  "reason" TEXT,
  "stage" TEXT NOT NULL,
  "attempts" INTEGER NOT NULL,
  "put_off" INTEGER NOT NULL,
  "worker" TEXT,
  "claimed_at" INTEGER,
  "lease_until" INTEGER,
  "idempotent" INTEGER NOT NULL,
  "maybe_twice" INTEGER NOT NULL,
  "provider_id" TEXT,
  "code" TEXT,
  "detail" TEXT,
  "handed_over_at" INTEGER,
  "delivered_at" INTEGER,
  "bounced_at" INTEGER,
  "bounce_code" TEXT,
  "complained_at" INTEGER,
  "replied_at" INTEGER,
  CONSTRAINT nexa_mails_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_mails_purpose_check CHECK ("purpose" IN ('person', 'system', 'notification', 'test', 'mass_email', 'sequence', 'workflow')),
  CONSTRAINT nexa_mails_marketing_check CHECK ("marketing" IN (0, 1)),
  CONSTRAINT nexa_mails_state_check CHECK ("state" IN ('planned', 'claimed', 'handed_over', 'failed', 'uncertain', 'skipped', 'cancelled', 'expired')),
  CONSTRAINT nexa_mails_stage_check CHECK ("stage" IN ('open', 'body')),
  CONSTRAINT nexa_mails_idempotent_check CHECK ("idempotent" IN (0, 1)),
  CONSTRAINT nexa_mails_maybe_twice_check CHECK ("maybe_twice" IN (0, 1)),
  CONSTRAINT nexa_mails_topic_id_fk FOREIGN KEY (org, "topic_id") REFERENCES nexa_topics (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_mails_sender_id_fk FOREIGN KEY (org, "sender_id") REFERENCES nexa_senders (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_mails_lead_id_fk FOREIGN KEY (org, "lead_id") REFERENCES nexa_leads (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_mails_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_mails_template_version_id_fk FOREIGN KEY (org, "template_version_id") REFERENCES nexa_template_versions (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_mails_about_id_idx ON nexa_mails (org, "about_id", "id");
CREATE INDEX nexa_mails_state_marketing_not_before_idx ON nexa_mails (org, "state", "marketing", "not_before", "id");
CREATE INDEX nexa_mails_state_not_before_idx ON nexa_mails (org, "state", "not_before", "id");
CREATE INDEX nexa_mails_state_lease_until_idx ON nexa_mails (org, "state", "lease_until", "id");
CREATE INDEX nexa_mails_to_claimed_at_idx ON nexa_mails (org, "to", "claimed_at", "id");
CREATE INDEX nexa_mails_topic_id_idx ON nexa_mails (org, "topic_id", "id");
CREATE INDEX nexa_mails_sender_id_ref ON nexa_mails (org, "sender_id", "id");
CREATE INDEX nexa_mails_lead_id_ref ON nexa_mails (org, "lead_id", "id") WHERE "lead_id" IS NOT NULL;
CREATE INDEX nexa_mails_contact_id_ref ON nexa_mails (org, "contact_id", "id") WHERE "contact_id" IS NOT NULL;
CREATE INDEX nexa_mails_template_version_id_ref ON nexa_mails (org, "template_version_id", "id") WHERE "template_version_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_mails_dedup_key ON nexa_mails (org, "dedup");

CREATE TABLE nexa_mail_secrets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "secret" TEXT NOT NULL,
  CONSTRAINT nexa_mail_secrets_pk PRIMARY KEY (org, "id")
) STRICT;
CREATE UNIQUE INDEX nexa_mail_secrets_name_key ON nexa_mail_secrets (org, "name");

CREATE TABLE nexa_provider_events (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "event_id" TEXT NOT NULL,
  "address_hash" TEXT,
  "class" TEXT,
  "mail_id" BLOB,
  "at" INTEGER NOT NULL,
  CONSTRAINT nexa_provider_events_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_provider_events_class_check CHECK ("class" IN ('hard', 'soft', 'block')),
  CONSTRAINT nexa_provider_events_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa_mails (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_provider_events_address_hash_idx ON nexa_provider_events (org, "address_hash", "id");
CREATE INDEX nexa_provider_events_mail_id_ref ON nexa_provider_events (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_provider_events_event_id_key ON nexa_provider_events (org, "event_id");

CREATE TABLE nexa_releases (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "name_folded" TEXT NOT NULL,
  "product" TEXT,
  "key" TEXT NOT NULL,
  "status" TEXT NOT NULL,
  "type" TEXT,
  "changes" TEXT NOT NULL,
  "features" TEXT,
  "rollout" TEXT,
  "planned_for" TEXT,
  "deployed_at" INTEGER,
  "rolled_back_at" INTEGER,
  "roll_back_reason" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_releases_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_releases_status_check CHECK ("status" IN ('planned', 'deployed', 'rolled_back')),
  CONSTRAINT nexa_releases_type_check CHECK ("type" IN ('major', 'minor', 'patch', 'hotfix'))
) STRICT;
CREATE INDEX nexa_releases_status_deployed_at_idx ON nexa_releases (org, "status", "deployed_at", "id", "deleted_at");
CREATE INDEX nexa_releases_key_key_trash ON nexa_releases (org, "key") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_releases_key_key ON nexa_releases (org, "key") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_release_tickets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "release_id" BLOB NOT NULL,
  "ticket_id" BLOB NOT NULL,
  "outcome" TEXT NOT NULL,
  "on_behalf_of_id" BLOB,
  "contact_id" BLOB,
  "mail_id" BLOB,
  "not_told" TEXT,
  CONSTRAINT nexa_release_tickets_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_release_tickets_outcome_check CHECK ("outcome" IN ('resolved', 'was_resolved', 'closed', 'other_bug_open', 'trashed')),
  CONSTRAINT nexa_release_tickets_release_id_fk FOREIGN KEY (org, "release_id") REFERENCES nexa_releases (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_release_tickets_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_release_tickets_on_behalf_of_id_fk FOREIGN KEY (org, "on_behalf_of_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_release_tickets_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_release_tickets_mail_id_fk FOREIGN KEY (org, "mail_id") REFERENCES nexa_mails (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_release_tickets_ticket_id_idx ON nexa_release_tickets (org, "ticket_id", "id");
CREATE INDEX nexa_release_tickets_contact_id_idx ON nexa_release_tickets (org, "contact_id", "id");
CREATE INDEX nexa_release_tickets_release_id_ref ON nexa_release_tickets (org, "release_id", "id");
CREATE INDEX nexa_release_tickets_on_behalf_of_id_ref ON nexa_release_tickets (org, "on_behalf_of_id", "id") WHERE "on_behalf_of_id" IS NOT NULL;
CREATE INDEX nexa_release_tickets_mail_id_ref ON nexa_release_tickets (org, "mail_id", "id") WHERE "mail_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_release_tickets_release_id_ticket_id_key ON nexa_release_tickets (org, "release_id", "ticket_id");

CREATE TABLE nexa_bugs (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "title" TEXT NOT NULL,
  "title_folded" TEXT NOT NULL,
  "description" TEXT,
  "severity" TEXT,
  "severity_rank" INTEGER,
  "status" TEXT NOT NULL,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "sprint" TEXT,
  "story_points" INTEGER,
  "feature" TEXT,
  "affected_versions" TEXT,
  "workaround" TEXT,
  "customer_impact" TEXT,
  "fixed_in_id" BLOB,
  "released_at" INTEGER,
  "recurred" INTEGER NOT NULL,
  "recurred_at" INTEGER,
  "rejection" TEXT,
  "duplicate_of_id" BLOB,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_bugs_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_bugs_severity_check CHECK ("severity" IN ('p4', 'p3', 'p2', 'p1')),
  CONSTRAINT nexa_bugs_status_check CHECK ("status" IN ('reported', 'confirmed', 'in_progress', 'fixed', 'released', 'wont_fix', 'duplicate', 'not_reproducible')),
  CONSTRAINT nexa_bugs_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_bugs_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_bugs_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_bugs_fixed_in_id_fk FOREIGN KEY (org, "fixed_in_id") REFERENCES nexa_releases (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_bugs_duplicate_of_id_fk FOREIGN KEY (org, "duplicate_of_id") REFERENCES nexa_bugs (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_bugs_status_severity_rank_created_at_idx ON nexa_bugs (org, "status", "severity_rank", "created_at", "id", "deleted_at");
CREATE INDEX nexa_bugs_feature_idx ON nexa_bugs (org, "feature", "id", "deleted_at");
CREATE INDEX nexa_bugs_fixed_in_id_idx ON nexa_bugs (org, "fixed_in_id", "id", "deleted_at");
CREATE INDEX nexa_bugs_duplicate_of_id_idx ON nexa_bugs (org, "duplicate_of_id", "id", "deleted_at");
CREATE INDEX nexa_bugs_assignee_user_id_ref ON nexa_bugs (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_bugs_assignee_group_id_ref ON nexa_bugs (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;

CREATE TABLE nexa_bug_tickets (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "bug_id" BLOB NOT NULL,
  "ticket_id" BLOB NOT NULL,
  "linked_by_id" BLOB,
  "seen_in" TEXT,
  CONSTRAINT nexa_bug_tickets_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_bug_tickets_bug_id_fk FOREIGN KEY (org, "bug_id") REFERENCES nexa_bugs (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_bug_tickets_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_bug_tickets_linked_by_id_fk FOREIGN KEY (org, "linked_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_bug_tickets_ticket_id_idx ON nexa_bug_tickets (org, "ticket_id", "id");
CREATE INDEX nexa_bug_tickets_bug_id_ref ON nexa_bug_tickets (org, "bug_id", "id");
CREATE INDEX nexa_bug_tickets_linked_by_id_ref ON nexa_bug_tickets (org, "linked_by_id", "id") WHERE "linked_by_id" IS NOT NULL;
CREATE UNIQUE INDEX nexa_bug_tickets_bug_id_ticket_id_key ON nexa_bug_tickets (org, "bug_id", "ticket_id");

CREATE TABLE nexa_feature_requests (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "merged_into_id" BLOB,
  "title" TEXT NOT NULL,
  "title_folded" TEXT NOT NULL,
  "description" TEXT,
  "source" TEXT,
  "feature" TEXT,
  "status" TEXT NOT NULL,
  "business_value" TEXT,
  "engineering_effort" TEXT,
  "target_quarter" TEXT,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "shipped_in_id" BLOB,
  "shipped_at" INTEGER,
  "decline_reason" TEXT,
  "tags" TEXT,
  "custom" TEXT,
  "custom_folded" TEXT,
  "external_keys" TEXT,
  CONSTRAINT nexa_feature_requests_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_feature_requests_status_check CHECK ("status" IN ('new', 'planned', 'in_progress', 'shipped', 'declined')),
  CONSTRAINT nexa_feature_requests_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_feature_requests_merged_into_id_fk FOREIGN KEY (org, "merged_into_id") REFERENCES nexa_feature_requests (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_feature_requests_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_feature_requests_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_feature_requests_shipped_in_id_fk FOREIGN KEY (org, "shipped_in_id") REFERENCES nexa_releases (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_feature_requests_status_created_at_idx ON nexa_feature_requests (org, "status", "created_at", "id", "deleted_at");
CREATE INDEX nexa_feature_requests_shipped_in_id_idx ON nexa_feature_requests (org, "shipped_in_id", "id", "deleted_at");
CREATE INDEX nexa_feature_requests_merged_into_id_ref ON nexa_feature_requests (org, "merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX nexa_feature_requests_assignee_user_id_ref ON nexa_feature_requests (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_feature_requests_assignee_group_id_ref ON nexa_feature_requests (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;

CREATE TABLE nexa_votes (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "feature_request_id" BLOB NOT NULL,
  "contact_id" BLOB NOT NULL,
  "ticket_id" BLOB,
  CONSTRAINT nexa_votes_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_votes_feature_request_id_fk FOREIGN KEY (org, "feature_request_id") REFERENCES nexa_feature_requests (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_votes_contact_id_fk FOREIGN KEY (org, "contact_id") REFERENCES nexa_contacts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_votes_ticket_id_fk FOREIGN KEY (org, "ticket_id") REFERENCES nexa_tickets (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_votes_contact_id_idx ON nexa_votes (org, "contact_id", "id");
CREATE INDEX nexa_votes_ticket_id_idx ON nexa_votes (org, "ticket_id", "id");
CREATE INDEX nexa_votes_feature_request_id_ref ON nexa_votes (org, "feature_request_id", "id");
CREATE UNIQUE INDEX nexa_votes_feature_request_id_contact_id_key ON nexa_votes (org, "feature_request_id", "contact_id");

CREATE TABLE nexa_account_signals (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "account_id" BLOB NOT NULL,
  "signal" TEXT NOT NULL,
  "number" INTEGER,
  "word" TEXT,
  "at" INTEGER NOT NULL,
  CONSTRAINT nexa_account_signals_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_account_signals_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_account_signals_account_id_signal_at_idx ON nexa_account_signals (org, "account_id", "signal", "at", "id");

CREATE TABLE nexa_health_cards (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "deleted_at" INTEGER,
  "name" TEXT NOT NULL,
  "active" INTEGER NOT NULL,
  "factors" TEXT NOT NULL,
  "alert_below" INTEGER,
  "valid_days" INTEGER,
  CONSTRAINT nexa_health_cards_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_health_cards_active_check CHECK ("active" IN (0, 1))
) STRICT;
CREATE INDEX nexa_health_cards_name_key_trash ON nexa_health_cards (org, "name") WHERE "deleted_at" IS NOT NULL;
CREATE UNIQUE INDEX nexa_health_cards_name_key ON nexa_health_cards (org, "name") WHERE "deleted_at" IS NULL;

CREATE TABLE nexa_alerts (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "type" TEXT NOT NULL,
  "account_id" BLOB NOT NULL,
  "status" TEXT NOT NULL,
  "message" TEXT NOT NULL,
  "recommendation" TEXT NOT NULL,
  "value" INTEGER NOT NULL,
  "threshold" INTEGER NOT NULL,
  "reasons" TEXT NOT NULL,
  "assignee_user_id" BLOB,
  "assignee_group_id" BLOB,
  "assignee_queue" BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
  "acknowledged_at" INTEGER,
  "acknowledged_by_id" BLOB,
  "resolved_at" INTEGER,
  "resolution" TEXT,
  "muted_until" INTEGER,
  "recovered_at" INTEGER,
  CONSTRAINT nexa_alerts_pk PRIMARY KEY (org, "id"),
  CONSTRAINT nexa_alerts_type_check CHECK ("type" IN ('churn_risk')),
  CONSTRAINT nexa_alerts_status_check CHECK ("status" IN ('open', 'acknowledged', 'resolved')),
  CONSTRAINT nexa_alerts_assignee_queue_either CHECK ("assignee_user_id" IS NULL OR "assignee_group_id" IS NULL),
  CONSTRAINT nexa_alerts_account_id_fk FOREIGN KEY (org, "account_id") REFERENCES nexa_accounts (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_alerts_assignee_user_id_fk FOREIGN KEY (org, "assignee_user_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_alerts_assignee_group_id_fk FOREIGN KEY (org, "assignee_group_id") REFERENCES nexa_groups (org, "id") DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT nexa_alerts_acknowledged_by_id_fk FOREIGN KEY (org, "acknowledged_by_id") REFERENCES nexa_users (org, "id") DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX nexa_alerts_account_id_created_at_idx ON nexa_alerts (org, "account_id", "created_at", "id");
CREATE INDEX nexa_alerts_status_assignee_queue_created_at_idx ON nexa_alerts (org, "status", "assignee_queue", "created_at", "id");
CREATE INDEX nexa_alerts_assignee_user_id_ref ON nexa_alerts (org, "assignee_user_id", "id") WHERE "assignee_user_id" IS NOT NULL;
CREATE INDEX nexa_alerts_assignee_group_id_ref ON nexa_alerts (org, "assignee_group_id", "id") WHERE "assignee_group_id" IS NOT NULL;
CREATE INDEX nexa_alerts_acknowledged_by_id_ref ON nexa_alerts (org, "acknowledged_by_id", "id") WHERE "acknowledged_by_id" IS NOT NULL;

CREATE TABLE nexa_erasures (
  org BLOB NOT NULL,
  "id" BLOB NOT NULL,
  "version" INTEGER NOT NULL,
  "created_at" INTEGER NOT NULL,
  "updated_at" INTEGER NOT NULL,
  "reason" TEXT NOT NULL,
  "records" TEXT NOT NULL,
  "record_count" INTEGER NOT NULL,
  "event_count" INTEGER NOT NULL,
  "answer_count" INTEGER NOT NULL,
  "kept" TEXT NOT NULL,
  "kept_until" INTEGER,
  "digest" TEXT NOT NULL,
  CONSTRAINT nexa_erasures_pk PRIMARY KEY (org, "id")
) STRICT;

INSERT INTO nexa_schema_version (version) VALUES (2) ON CONFLICT DO NOTHING;
