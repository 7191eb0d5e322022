-- Who recorded. The secret itself is never stored.
CREATE TABLE "keys" (
   "id" INTEGER PRIMARY KEY,
   "name" TEXT NOT NULL,
   "hash" TEXT NOT NULL,
   "salt" TEXT NOT NULL,
   "last4" TEXT NOT NULL,
   "scopes" TEXT NOT NULL,
   "created_at_ms" INTEGER NOT NULL,
   "expires_at_ms" INTEGER,
   "revoked_at_ms" INTEGER
) STRICT;
-- a revoked key leaves its name free
CREATE UNIQUE INDEX keys_active_name ON keys (name) WHERE revoked_at_ms IS NULL;

-- Factors, constants and matches that many calls share, stored once per content.
CREATE TABLE "bases" (
   "id" INTEGER PRIMARY KEY,
   "digest" TEXT NOT NULL,
   "content" TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX bases_digest ON bases (digest);

-- One row per call: what was reported, then the result that history shows. NULL is unknown.
CREATE TABLE "calls" (
   "id" INTEGER PRIMARY KEY,
   "provider" TEXT NOT NULL,
   "provider_name" TEXT NOT NULL,
   "call_id" TEXT NOT NULL,
   "key_id" INTEGER REFERENCES "keys"("id"),
   "source" TEXT NOT NULL,
   "format" TEXT NOT NULL,
   "model" TEXT,
   "region" TEXT,
   "started_at_ms" INTEGER NOT NULL,
   "first_token_at_ms" INTEGER,
   "ended_at_ms" INTEGER,
   "recorded_at_ms" INTEGER NOT NULL,
   "input_tokens" INTEGER NOT NULL,
   "output_tokens" INTEGER NOT NULL,
   "reasoning_tokens" INTEGER,
   "cached_tokens" INTEGER,
   "cache_write_tokens" INTEGER,
   "is_estimated" INTEGER NOT NULL,
   "estimation_method" TEXT,
   "encoding" TEXT,
   "tags" TEXT NOT NULL,
   "reading_assumptions" TEXT,
   "model_id" TEXT,
   "final_region" TEXT NOT NULL,
   "calculation_method" TEXT NOT NULL,
   "assumptions" TEXT,
   "basis_id" INTEGER NOT NULL REFERENCES "bases"("id"),
   "computed_at_ms" INTEGER NOT NULL,
   "accelerator_energy_wh_low" REAL NOT NULL,
   "accelerator_energy_wh" REAL NOT NULL,
   "accelerator_energy_wh_high" REAL NOT NULL,
   "it_energy_wh_low" REAL NOT NULL,
   "it_energy_wh" REAL NOT NULL,
   "it_energy_wh_high" REAL NOT NULL,
   "facility_energy_wh_low" REAL NOT NULL,
   "facility_energy_wh" REAL NOT NULL,
   "facility_energy_wh_high" REAL NOT NULL,
   "co2_g_low" REAL NOT NULL,
   "co2_g" REAL NOT NULL,
   "co2_g_high" REAL NOT NULL,
   "embodied_co2_g_low" REAL NOT NULL,
   "embodied_co2_g" REAL NOT NULL,
   "embodied_co2_g_high" REAL NOT NULL,
   "water_onsite_ml_low" REAL NOT NULL,
   "water_onsite_ml" REAL NOT NULL,
   "water_onsite_ml_high" REAL NOT NULL,
   "water_offsite_ml_low" REAL NOT NULL,
   "water_offsite_ml" REAL NOT NULL,
   "water_offsite_ml_high" REAL NOT NULL,
   "water_ml_low" REAL NOT NULL,
   "water_ml" REAL NOT NULL,
   "water_ml_high" REAL NOT NULL,
   "tree_days_low" REAL NOT NULL,
   "tree_days" REAL NOT NULL,
   "tree_days_high" REAL NOT NULL,
   "market_co2_g" REAL,
   "inferred_reasoning_tokens_low" REAL,
   "inferred_reasoning_tokens" REAL,
   "inferred_reasoning_tokens_high" REAL,
   "dominant_factor" TEXT NOT NULL
) STRICT;
-- the id first: `eco explain ID` knows no provider
CREATE UNIQUE INDEX calls_identity ON calls (call_id, provider);
-- every index ends with the row's id, so this one alone yields (started_at_ms, id) in order
CREATE INDEX calls_started_at_ms ON calls (started_at_ms);

-- Results that a newer computation took the place of.
CREATE TABLE "past_results" (
   "id" INTEGER PRIMARY KEY,
   "call" INTEGER NOT NULL REFERENCES "calls"("id"),
   "model_id" TEXT,
   "final_region" TEXT NOT NULL,
   "calculation_method" TEXT NOT NULL,
   "assumptions" TEXT,
   "basis_id" INTEGER NOT NULL REFERENCES "bases"("id"),
   "computed_at_ms" INTEGER NOT NULL,
   "accelerator_energy_wh_low" REAL NOT NULL,
   "accelerator_energy_wh" REAL NOT NULL,
   "accelerator_energy_wh_high" REAL NOT NULL,
   "it_energy_wh_low" REAL NOT NULL,
   "it_energy_wh" REAL NOT NULL,
   "it_energy_wh_high" REAL NOT NULL,
   "facility_energy_wh_low" REAL NOT NULL,
   "facility_energy_wh" REAL NOT NULL,
   "facility_energy_wh_high" REAL NOT NULL,
   "co2_g_low" REAL NOT NULL,
   "co2_g" REAL NOT NULL,
   "co2_g_high" REAL NOT NULL,
   "embodied_co2_g_low" REAL NOT NULL,
   "embodied_co2_g" REAL NOT NULL,
   "embodied_co2_g_high" REAL NOT NULL,
   "water_onsite_ml_low" REAL NOT NULL,
   "water_onsite_ml" REAL NOT NULL,
   "water_onsite_ml_high" REAL NOT NULL,
   "water_offsite_ml_low" REAL NOT NULL,
   "water_offsite_ml" REAL NOT NULL,
   "water_offsite_ml_high" REAL NOT NULL,
   "water_ml_low" REAL NOT NULL,
   "water_ml" REAL NOT NULL,
   "water_ml_high" REAL NOT NULL,
   "tree_days_low" REAL NOT NULL,
   "tree_days" REAL NOT NULL,
   "tree_days_high" REAL NOT NULL,
   "market_co2_g" REAL,
   "inferred_reasoning_tokens_low" REAL,
   "inferred_reasoning_tokens" REAL,
   "inferred_reasoning_tokens_high" REAL,
   "dominant_factor" TEXT NOT NULL
) STRICT;
-- read by call, and looked at whenever a call is deleted
CREATE INDEX past_results_call ON past_results (call);
