PRAGMA application_id = 1701015329;
PRAGMA user_version = 15;
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
CREATE UNIQUE INDEX keys_active_name ON keys (name) WHERE revoked_at_ms IS NULL;
CREATE TABLE "bases" (
   "id" INTEGER PRIMARY KEY,
   "digest" TEXT NOT NULL,
   "content" TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX bases_digest ON bases (digest);
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
, "concurrency" REAL, "accelerator" TEXT, "weight_precision" TEXT, "hosting" TEXT, "host" TEXT, "hardware" TEXT, "load_ms" REAL, "prompt_ms" REAL, "generation_ms" REAL, "measured_wh" REAL, "measured_boundary" TEXT, "measured_by" TEXT, "grid_g_per_kwh" REAL, "service_tier" TEXT, "server_tool_calls" TEXT, "run_id" INTEGER REFERENCES "runs"("id"), "control" INTEGER) STRICT;
CREATE UNIQUE INDEX calls_identity ON calls (call_id, provider);
CREATE INDEX calls_started_at_ms ON calls (started_at_ms);
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
, "grid_g_per_kwh" REAL) STRICT;
CREATE INDEX past_results_call ON past_results (call);
CREATE TABLE "imports" (
   "id" INTEGER PRIMARY KEY,
   "source" TEXT NOT NULL,
   "path" TEXT NOT NULL,
   "stamp" TEXT NOT NULL,
   "offset" INTEGER NOT NULL,
   "fingerprint" TEXT NOT NULL,
   "state" TEXT NOT NULL,
   "read_at_ms" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX imports_source_path ON imports (source, path);
CREATE TABLE "budgets" (
   "id" INTEGER PRIMARY KEY,
   "figure" TEXT NOT NULL,
   "period" TEXT NOT NULL,
   "most" REAL NOT NULL,
   "tags" TEXT NOT NULL,
   "created_at_ms" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX budgets_what ON budgets (figure, period, tags);
CREATE TABLE forgotten (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE "forgotten_salt" (
   "id" INTEGER PRIMARY KEY,
   "salt" BLOB NOT NULL
) STRICT;
CREATE TABLE "grid_sources" (
   "id" INTEGER PRIMARY KEY,
   "layout" TEXT NOT NULL,
   "source" TEXT NOT NULL,
   "basis" TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX grid_sources_what ON grid_sources (layout, source, basis);
CREATE TABLE "grid_hours" (
   "zone" TEXT NOT NULL,
   "hour" INTEGER NOT NULL,
   "g_per_kwh" REAL NOT NULL,
   "source" INTEGER NOT NULL REFERENCES "grid_sources"("id"),
   "imported_at_ms" INTEGER NOT NULL,
   PRIMARY KEY ("zone", "hour")
) STRICT, WITHOUT ROWID;
CREATE TABLE "runs" (
   "id" INTEGER PRIMARY KEY AUTOINCREMENT,
   "key_id" INTEGER REFERENCES "keys"("id"),
   "began_at_ms" INTEGER NOT NULL
) STRICT;
CREATE TABLE "withdrawn_calls" (
   "id" INTEGER PRIMARY KEY,
   "kind" TEXT NOT NULL,
   "withdrawn_at_ms" INTEGER NOT NULL,
   "lifted_at_ms" INTEGER,
   "run_id" INTEGER REFERENCES "runs"("id"),
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
   "dominant_factor" TEXT NOT NULL,
   "concurrency" REAL,
   "accelerator" TEXT,
   "weight_precision" TEXT,
   "hosting" TEXT,
   "host" TEXT,
   "hardware" TEXT,
   "load_ms" REAL,
   "prompt_ms" REAL,
   "generation_ms" REAL,
   "measured_wh" REAL,
   "measured_boundary" TEXT,
   "measured_by" TEXT,
   "grid_g_per_kwh" REAL,
   "service_tier" TEXT,
   "server_tool_calls" TEXT
, "control" INTEGER) STRICT;
CREATE INDEX withdrawn_calls_identity ON withdrawn_calls (call_id, provider);
CREATE INDEX withdrawn_calls_started_at_ms ON withdrawn_calls (started_at_ms);
CREATE TABLE "withdrawn_results" (
   "id" INTEGER PRIMARY KEY,
   "call" INTEGER NOT NULL REFERENCES "withdrawn_calls"("id"),
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
   "dominant_factor" TEXT NOT NULL,
   "grid_g_per_kwh" REAL
) STRICT;
CREATE INDEX withdrawn_results_call ON withdrawn_results (call);
CREATE TABLE "forgotten_months" (
   "month" TEXT PRIMARY KEY,
   "calls" INTEGER NOT NULL
) STRICT;
CREATE INDEX keys_last4 ON keys (last4);
CREATE TABLE "locked_reports" (
   "id" INTEGER PRIMARY KEY,
   "start_ms" INTEGER NOT NULL,
   "end_ms" INTEGER NOT NULL,
   "time_zone" TEXT NOT NULL,
   "filters" TEXT NOT NULL,
   "locked_at_ms" INTEGER NOT NULL,
   "locked_by" TEXT NOT NULL,
   "eco_version" TEXT NOT NULL,
   "methods" TEXT NOT NULL,
   "editions" TEXT NOT NULL,
   "calls" INTEGER NOT NULL,
   "last_call" INTEGER NOT NULL,
   "sha256" TEXT NOT NULL,
   "figures" TEXT NOT NULL,
   "organisation" TEXT NOT NULL,
   "instruments" TEXT NOT NULL,
   "lifted_at_ms" INTEGER,
   "lifted_by" TEXT,
   "lifted_why" TEXT
) STRICT;
CREATE UNIQUE INDEX locked_reports_period ON locked_reports (start_ms, end_ms, filters) WHERE lifted_at_ms IS NULL;
CREATE TABLE supplier_figures (
    id INTEGER PRIMARY KEY,
    supplier TEXT NOT NULL,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    place TEXT,
    month TEXT NOT NULL,
    scope TEXT NOT NULL,
    basis TEXT,
    kg REAL NOT NULL,
    model_version TEXT,
    file TEXT NOT NULL,
    imported_at_ms INTEGER NOT NULL,
    replaced_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX supplier_figures_current ON supplier_figures (supplier, account, service, coalesce(place, ''), month, scope, coalesce(basis, '')) WHERE replaced_at_ms IS NULL;
CREATE INDEX supplier_figures_account ON supplier_figures (account, month);
CREATE TABLE "reports" (
   "id" INTEGER PRIMARY KEY,
   "call_id" TEXT NOT NULL,
   "provider" TEXT NOT NULL,
   "signal" TEXT NOT NULL,
   "report_id" TEXT NOT NULL,
   "report_provider" TEXT NOT NULL,
   "started_at_ms" INTEGER NOT NULL,
   "matched_at_ms" INTEGER NOT NULL
, "key_id" INTEGER REFERENCES "keys"("id")) STRICT;
CREATE UNIQUE INDEX reports_identity ON reports (report_id, report_provider);
CREATE INDEX reports_call ON reports (call_id, provider);
CREATE INDEX calls_telemetry ON calls (source, input_tokens, output_tokens, started_at_ms) WHERE format = 'otlp';
CREATE INDEX withdrawn_calls_counts ON withdrawn_calls (source, input_tokens, output_tokens, started_at_ms);
-- rows
INSERT INTO bases (id, digest, content) VALUES (1, '408173c12cd94d8697f63db46ffae0dea4fb3a50298e462461bbfcdfe9743b19', '{"method":"eco-1","data_edition":"2026-11-22/2026-11-22","model":{"id":"openai/gpt-4o","developer":"openai","architecture":"moe","total_params_b":{"value":440.0,"low":200.0,"high":880.0,"unit":"B","source":"EcoLogits 0.11: model data (sizes of closed models are its assumptions). GenAI Impact, 2026 <https://github.com/mlco2/ecologits>","year":2026,"basis":"assumed"},"active_params_b":{"value":45.8,"low":27.6,"high":88.0,"unit":"B","source":"Active share of a closed mixture of experts: geometric mean of EcoLogits'' 17.3 % and of 0.332 * total^0.726, a regression over 44 open ones; low that regression, high 20 %. eco, 2026","year":2026,"basis":"derived"},"kv_bytes_per_token":{"value":102560.05080142466,"low":25640.012700356165,"high":410240.20320569864,"unit":"bytes/token","source":"Regression of KV bytes per token on active parameters over the open mixtures of experts and hybrids of this file. ecocli, 2026","year":2026,"basis":"derived"},"weight_bits":{"value":8.0,"low":5.3,"high":12.0,"unit":"bit","source":"Precisions in which hosts say they serve open models: mostly FP8, some BF16, FP4 on newer hardware. ecocli, 2026 (unchecked)","year":2026,"basis":"assumed"},"reasoning":"no","context_tokens":128000,"modality":["text","vision"],"accelerator":"gpu","size_basis":"estimate"},"model_match":"alias","model_widening":1.0,"site":{"region":"us-openai","provider":"Azure","intensity_g_per_kwh":{"value":389.8,"low":194.9,"high":584.7,"unit":"gCO2e/kWh","source":"mean over US sites of OpenAI, from: Electricity Maps yearly zone means 2025, as packaged in @tgwf/co2 0.19.0. Electricity Maps, 2025 <https://www.npmjs.com/package/@tgwf/co2>","year":2025,"basis":"derived"},"pue":{"value":1.16,"low":1.1,"high":1.3,"unit":"1","source":"Data centre efficiency by geography, fiscal year 2025. Microsoft, 2025 <https://datacenters.microsoft.com/sustainability/efficiency>","year":2025,"basis":"reported"},"wue_site_l_per_kwh":{"value":0.27,"low":0.03,"high":1.8,"unit":"L/kWh","source":"Data centre efficiency by geography, fiscal year 2025. Microsoft, 2025 <https://datacenters.microsoft.com/sustainability/efficiency>","year":2025,"basis":"reported"},"wue_source_l_per_kwh":{"value":3.4811,"low":1.3924400000000001,"high":6.9622,"unit":"L/kWh","source":"mean over US sites of OpenAI, from: Guidance for calculating water use embedded in purchased electricity, appendix 1: US subregions, as republished by SPRUCE. World Resources Institute, 2020 <https://www.wri.org/research/guidance-calculating-water-use-embedded-purchased-electricity>","year":2018,"basis":"derived"},"direct_intensity_g_per_kwh":{"value":332.144,"low":166.072,"high":498.216,"unit":"gCO2e/kWh","source":"mean over US sites of OpenAI, from: eGRID2023 rev2 subregion total output emission rates, CO2e with AR5 GWPs. US EPA, 2025 <https://www.epa.gov/egrid>","year":2023,"basis":"derived"},"country":"USA","notes":["the site is unknown: a mean over US sites of OpenAI","the operator does not say whether its on-site water is withdrawn or consumed"]},"region_match":"PROVIDER_DEFAULT_MIX","calculation_method":"PROVIDER_AVERAGE","constants":{"prefill_coefficient":{"value":0.00184,"low":0.00082,"high":0.0041,"unit":"J/token/10^9/byte","source":"Fit on NVIDIA TensorRT-LLM 1.0 performance overview (see METHODOLOGY.md): 0.00122 at peak throughput, times 1.51, what a typical ML.ENERGY configuration draws over the best one","year":2025,"basis":"derived"},"prefill_sparsity":{"value":0.35,"low":0.203,"high":0.497,"unit":"1","source":"Fit on NVIDIA TensorRT-LLM 1.0 performance overview (see METHODOLOGY.md)","year":2025,"basis":"derived"},"prefill_doubling_position":{"value":40000,"low":20000,"high":100000,"unit":"token","source":"Attention FLOP of open models'' published shapes, which run from 14 000 to 98 000; Epoch AI''s two points imply 50 000","year":2025,"basis":"derived"},"cached_read_ratio":{"value":0.02,"low":0.005,"high":0.1,"unit":"1","source":"Reloading a key-value cache is under 1 % of computing it; 0.10 is the usual price ratio","year":2025,"basis":"assumed"},"decode_floor":{"value":0.0126,"low":0.0015,"high":0.0272,"unit":"J/token","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md)","year":2025,"basis":"derived"},"decode_coefficient":{"value":0.00953,"low":0.00836,"high":0.0112,"unit":"J/token","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md)","year":2025,"basis":"derived"},"serving_configuration":{"value":1.0,"low":0.485,"high":2.62,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): spread of 282 configurations an operator would choose, with the law''s error on series held out","year":2025,"basis":"derived"},"decode_active_exponent":{"value":0.0628,"low":0.005,"high":0.227,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md)","year":2025,"basis":"derived"},"decode_total_exponent":{"value":0.8372,"low":0.6,"high":0.9,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): with the active exponent 0.9, chosen","year":2025,"basis":"derived"},"decode_bits_exponent":{"value":0.3,"low":0.0,"high":1.0,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): ten pairs of BF16 and FP8 weights give 0.26","year":2025,"basis":"derived"},"context_coefficient":{"value":0.264,"low":0.124,"high":0.567,"unit":"J/GB","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md); low and high from TensorRT-LLM","year":2025,"basis":"derived"},"reference_context":{"value":500,"low":500,"high":500,"unit":"token","source":"Context in the tasks that the decode law was fitted on","year":2025,"basis":"derived"},"software_ratio":{"value":1.613,"low":1.41,"high":1.84,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): 2024 over 2025 software on the same GPU","year":2025,"basis":"derived"},"software_middle":{"value":2024.9,"low":2024.4,"high":2025.4,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"software_span":{"value":0.15,"low":0.15,"high":0.15,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"ampere_ratio":{"value":1.134,"low":1.0,"high":1.28,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): A100 over H100, not below 1","year":2025,"basis":"derived"},"ampere_middle":{"value":2024.25,"low":2023.75,"high":2024.75,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"ampere_span":{"value":0.35,"low":0.35,"high":0.35,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"blackwell_ratio":{"value":0.876,"low":0.73,"high":1.0,"unit":"1","source":"Fit on the ML.ENERGY benchmark, versions 2 and 3, https://ml.energy (see METHODOLOGY.md): B200 over H100, not above 1","year":2025,"basis":"derived"},"blackwell_middle":{"value":2026.75,"low":2026.25,"high":2027.25,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"blackwell_span":{"value":0.5,"low":0.5,"high":0.5,"unit":"year","source":"Assumed: when half of all tokens were served by the newer generation","year":2026,"basis":"assumed"},"vintage_first":{"value":2023.0,"low":2023.0,"high":2023.0,"unit":"year","source":"Before it nothing is extrapolated","year":2026,"basis":"assumed"},"vintage_last":{"value":2028.0,"low":2028.0,"high":2028.0,"unit":"year","source":"After it nothing is extrapolated","year":2026,"basis":"assumed"},"host":{"value":1.35,"low":1.2,"high":1.8,"unit":"1","source":"Elsworth et al., arXiv:2508.15734: 0.06 Wh host beside 0.14 Wh accelerator; an H100 server''s specification gives 1.25","year":2025,"basis":"derived"},"idle":{"value":1.1,"low":1.0,"high":1.6,"unit":"1","source":"Elsworth et al., arXiv:2508.15734: 0.02 Wh of 0.22 Wh were provisioned and idle","year":2025,"basis":"derived"},"counted_text":{"value":1.0,"low":0.85,"high":1.2,"unit":"1","source":"Assumed: templates, tools and images that visible text does not show","year":2026,"basis":"assumed"},"other_tokenizer":{"value":1.0,"low":0.75,"high":1.35,"unit":"1","source":"Assumed: spread of token counts of one text between makers'' tokenizers","year":2026,"basis":"assumed"},"embodied_per_it_wh":{"value":0.04,"low":0.02,"high":0.08,"unit":"g/Wh","source":"Manufacture of an 8-GPU server over four to six years at 50-70 % load, as in EcoLogits 0.11.3 and Boavizta","year":2025,"basis":"derived"},"tree_uptake":{"value":60.273972602739725,"low":60.273972602739725,"high":60.273972602739725,"unit":"g/day","source":"European Environment Agency: a mature tree takes up about 22 kg of CO2 a year; used as a fixed convention","year":2021,"basis":"reported"},"queue_s":{"value":0.7,"low":0.26,"high":1.75,"unit":"s","source":"EcoLogits 0.11.3 models.json, median time to first token of 28 models that do not reason (5th and 95th percentile)","year":2026,"basis":"derived"},"prefill_rate":{"value":8000,"low":2000,"high":30000,"unit":"token/s","source":"Assumed: between one node''s published TensorRT-LLM prefill throughput and a single unbatched request","year":2025,"basis":"assumed"},"decode_rate_50b":{"value":67,"low":23,"high":132,"unit":"token/s","source":"Log-linear regression of published decode speeds on active parameters, 99 models in EcoLogits 0.11.3 models.json","year":2026,"basis":"derived"},"decode_rate_exponent":{"value":-0.27,"low":-0.27,"high":-0.27,"unit":"1","source":"the same regression as decode_rate_50b","year":2026,"basis":"derived"}},"assumptions":["the site is unknown: a mean over US sites of OpenAI","the operator does not say whether its on-site water is withdrawn or consumed"]}');
INSERT INTO keys (id, name, hash, salt, last4, scopes, created_at_ms, expires_at_ms, revoked_at_ms) VALUES
  (1, 'Production Key', '', '', 'a1b2', 'record history:read', 1700000000000, NULL, NULL),
  (2, 'Old Key', '', '', 'c3d4', 'record', 1700000000000, 1710000000000, 1705000000000);
INSERT INTO calls (
  id, provider, provider_name, call_id, key_id, source, format, model, region,
  started_at_ms, first_token_at_ms, ended_at_ms, recorded_at_ms,
  input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens,
  is_estimated, estimation_method, encoding, tags, reading_assumptions,
  model_id, final_region, calculation_method, assumptions, basis_id, computed_at_ms,
  accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high,
  it_energy_wh_low, it_energy_wh, it_energy_wh_high,
  facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high,
  co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high,
  water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high,
  water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high,
  market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor
) VALUES
  (1, 'openai', 'OpenAI', 'everything-known', 1, 'claude-code', 'openai-chat', 'gpt-4o-2024-08-06', 'us-east-1',
   1760000000000, 1760000000500, 1760000002000, 1760000003000,
   1000, 500, 40, 100, 20, 1, 'dom_gpt_tokenizer_v1', 'o200k_base', '{"project":"garden","note":"grün \"x\""}', '["a first sentence"]',
   'openai/gpt-4o', 'us-openai', 'PROVIDER_AVERAGE', '["a second sentence"]', 1, 1765000000000,
   0.125, 0.25, 0.5, 0.1875, 0.375, 0.75, 0.25, 0.5, 1.0, 0.0625, 0.125, 0.5, 0.015625, 0.03125, 0.0625,
   0.5, 1.0, 2.0, 0.25, 0.5, 1.0, 0.75, 1.5, 3.0, 0.001, 0.002, 0.008, 0.0625, NULL, NULL, NULL, 'serving configuration'),
  (2, 'openai', 'OpenAI', 'nothing-more', NULL, 'api', 'native', NULL, NULL,
   1750000000000, NULL, NULL, 1750000000000,
   0, 8, NULL, NULL, NULL, 0, NULL, NULL, '{}', NULL,
   NULL, 'us-openai', 'PROVIDER_AVERAGE', NULL, 1, 1750000000000,
   0.5, 1.0, 2.0, 0.75, 1.5, 3.0, 1.0, 2.0, 4.0, 0.25, 0.5, 1.0, 0.0625, 0.125, 0.25,
   1.0, 2.0, 4.0, 0.5, 1.0, 2.0, 1.5, 3.0, 6.0, 0.004, 0.008, 0.016, NULL, 1.0, 2.0, 4.0, 'hidden reasoning');
INSERT INTO past_results (
  id, "call", model_id, final_region, calculation_method, assumptions, basis_id, computed_at_ms,
  accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high,
  it_energy_wh_low, it_energy_wh, it_energy_wh_high,
  facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high,
  co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high,
  water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high,
  water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high,
  market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor
) VALUES
  (1, 1, 'openai/gpt-4o', 'us-openai', 'PROVIDER_AVERAGE', NULL, 1, 1760000003000,
   1.0, 2.0, 4.0, 1.5, 3.0, 6.0, 2.0, 4.0, 8.0, 0.5, 1.0, 4.0, 0.125, 0.25, 0.5,
   4.0, 8.0, 16.0, 2.0, 4.0, 8.0, 6.0, 12.0, 24.0, 0.008, 0.016, 0.064, NULL, NULL, NULL, NULL, 'serving configuration');
INSERT INTO imports (id, source, path, stamp, "offset", fingerprint, state, read_at_ms) VALUES
  (1, 'claude-code', '/home/ann/.claude/projects/garden/s1.jsonl', '512.1760000000000000000.7', 512, 'f00d', '{"sessionId":"s1","line":3}', 1760000003000);
INSERT INTO budgets (id, figure, period, most, tags, created_at_ms) VALUES
  (1, 'co2_g', 'week', 500.0, '{"project":"garden"}', 1760000000000);
-- "gone-for-good" of OpenAI
INSERT INTO forgotten_salt (id, salt) VALUES (1, X'7369787465656e206279746573206f6b');
INSERT INTO forgotten (hash) VALUES (X'f54870d5a7cd6872577ee41af0ece527');
-- how it was served
UPDATE calls SET concurrency = 16.0, accelerator = 'RTX 4090', weight_precision = 'q4_K_M' WHERE call_id = 'everything-known';
-- whose machine, how long, and what was measured
UPDATE calls SET hosting = 'own', host = 'desk.local', hardware = 'desk', load_ms = 250.0, prompt_ms = 500.5, generation_ms = 4000.0,
  measured_wh = 0.25, measured_boundary = 'wall', measured_by = 'a meter' WHERE call_id = 'everything-known';
-- hours of the grid
INSERT INTO grid_sources (id, layout, source, basis) VALUES (1, 'electricity-maps', 'Electricity Maps, hourly carbon intensity (life cycle)', 'lifecycle');
INSERT INTO grid_hours (zone, hour, g_per_kwh, source, imported_at_ms) VALUES ('DE', 488888, 310.5, 1, 1760000003000);
-- the tier, and the provider's own tools
UPDATE calls SET service_tier = 'flex', server_tool_calls = '{"web_search":3}' WHERE call_id = 'everything-known';
-- a call that was undone, and one that was replaced
INSERT INTO runs (id, key_id, began_at_ms) VALUES (1, NULL, 1760000009000);
INSERT INTO withdrawn_calls (id, kind, withdrawn_at_ms, run_id, call_id, provider, provider_name, key_id, started_at_ms, recorded_at_ms, source, format, model, region, first_token_at_ms, ended_at_ms, input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens, is_estimated, estimation_method, encoding, concurrency, accelerator, weight_precision, hosting, host, hardware, load_ms, prompt_ms, generation_ms, measured_wh, measured_boundary, measured_by, tags, reading_assumptions, model_id, final_region, calculation_method, computed_at_ms, assumptions, grid_g_per_kwh, basis_id, accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high, it_energy_wh_low, it_energy_wh, it_energy_wh_high, facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high, co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high, water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high, water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high, market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor) SELECT 1, 'voided', 1760000010000, 1, 'taken-back', provider, provider_name, key_id, started_at_ms, recorded_at_ms, source, format, model, region, first_token_at_ms, ended_at_ms, input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens, is_estimated, estimation_method, encoding, concurrency, accelerator, weight_precision, hosting, host, hardware, load_ms, prompt_ms, generation_ms, measured_wh, measured_boundary, measured_by, tags, reading_assumptions, model_id, final_region, calculation_method, computed_at_ms, assumptions, grid_g_per_kwh, basis_id, accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high, it_energy_wh_low, it_energy_wh, it_energy_wh_high, facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high, co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high, water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high, water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high, market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor FROM calls WHERE call_id = 'nothing-more';
INSERT INTO withdrawn_calls (id, kind, withdrawn_at_ms, call_id, provider, provider_name, key_id, started_at_ms, recorded_at_ms, source, format, model, region, first_token_at_ms, ended_at_ms, input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens, is_estimated, estimation_method, encoding, concurrency, accelerator, weight_precision, hosting, host, hardware, load_ms, prompt_ms, generation_ms, measured_wh, measured_boundary, measured_by, tags, reading_assumptions, model_id, final_region, calculation_method, computed_at_ms, assumptions, grid_g_per_kwh, basis_id, accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high, it_energy_wh_low, it_energy_wh, it_energy_wh_high, facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high, co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high, water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high, water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high, market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor) SELECT 2, 'replaced', 1760000011000, call_id, provider, provider_name, key_id, started_at_ms, recorded_at_ms, source, format, model, region, first_token_at_ms, ended_at_ms, input_tokens, output_tokens, reasoning_tokens, cached_tokens, cache_write_tokens, is_estimated, estimation_method, encoding, concurrency, accelerator, weight_precision, hosting, host, hardware, load_ms, prompt_ms, generation_ms, measured_wh, measured_boundary, measured_by, tags, reading_assumptions, model_id, final_region, calculation_method, computed_at_ms, assumptions, grid_g_per_kwh, basis_id, accelerator_energy_wh_low, accelerator_energy_wh, accelerator_energy_wh_high, it_energy_wh_low, it_energy_wh, it_energy_wh_high, facility_energy_wh_low, facility_energy_wh, facility_energy_wh_high, co2_g_low, co2_g, co2_g_high, embodied_co2_g_low, embodied_co2_g, embodied_co2_g_high, water_onsite_ml_low, water_onsite_ml, water_onsite_ml_high, water_offsite_ml_low, water_offsite_ml, water_offsite_ml_high, water_ml_low, water_ml, water_ml_high, tree_days_low, tree_days, tree_days_high, market_co2_g, inferred_reasoning_tokens_low, inferred_reasoning_tokens, inferred_reasoning_tokens_high, dominant_factor FROM calls WHERE call_id = 'nothing-more';
INSERT INTO forgotten_months (month, calls) VALUES ('2025-10', 1);
-- who controls the machine
UPDATE calls SET control = 1 WHERE call_id = 'everything-known';
-- a report that was locked, and one whose lock was lifted
INSERT INTO locked_reports (id, start_ms, end_ms, time_zone, filters, locked_at_ms, locked_by, eco_version, methods, editions, calls, last_call, sha256, figures, organisation, instruments, lifted_at_ms, lifted_by, lifted_why) VALUES
  (1, 1735689600000, 1767225600000, 'UTC', '{}', 1767600000000, 'Production Key', '0.9.0', '{"eco-1":2}', '{"2026-11-22/2026-11-22":2}', 2, 2, '0000000000000000000000000000000000000000000000000000000000000000',
   '[["gross","total","gCO2e",0.40625]]', '{"name":"Example GmbH"}', '[]', 1767700000000, 'local', 'a call was missing'),
  (2, 1735689600000, 1767225600000, 'UTC', '{}', 1767800000000, 'local', '0.9.0', '{"eco-1":2}', '{"2026-11-22/2026-11-22":2}', 2, 2, '0000000000000000000000000000000000000000000000000000000000000000',
   '[["gross","total","gCO2e",1.40625]]', '{"name":"Example GmbH"}', '[]', NULL, NULL, NULL);
-- what a supplier said of itself, and what it said before
INSERT INTO supplier_figures (id, supplier, account, service, place, month, scope, basis, kg, model_version, file, imported_at_ms, replaced_at_ms) VALUES
  (1, 'aws', '100000000001/100000000002', 'AmazonBedrock', 'us-east-1', '2025-10', 'total', 'location', 9.0, 'v2.0.0', 'carbon.csv', 1767000000000, 1767100000000),
  (2, 'aws', '100000000001/100000000002', 'AmazonBedrock', 'us-east-1', '2025-10', 'total', 'location', 4.0, 'v3.0.0', 'carbon.csv', 1767100000000, NULL);
-- a span that told of a call that another signal had told of
INSERT INTO reports (id, call_id, provider, signal, report_id, report_provider, started_at_ms, matched_at_ms) VALUES (1, 'everything-known', 'openai', 'span', 'abababababababababababababababab:0000000000000001', 'openai', 1760000000000, 1760000009500);
-- the key that a report came with
UPDATE reports SET key_id = 1;
