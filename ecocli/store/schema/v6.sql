-- Whose machine computed, how long its phases took, and the energy that was measured.
ALTER TABLE "calls" ADD COLUMN "hosting" TEXT;
ALTER TABLE "calls" ADD COLUMN "host" TEXT;
ALTER TABLE "calls" ADD COLUMN "hardware" TEXT;
ALTER TABLE "calls" ADD COLUMN "load_ms" REAL;
ALTER TABLE "calls" ADD COLUMN "prompt_ms" REAL;
ALTER TABLE "calls" ADD COLUMN "generation_ms" REAL;
ALTER TABLE "calls" ADD COLUMN "measured_wh" REAL;
ALTER TABLE "calls" ADD COLUMN "measured_boundary" TEXT;
ALTER TABLE "calls" ADD COLUMN "measured_by" TEXT;
