-- How the call was served, as far as its caller says: requests in flight per copy of the weights, accelerator, number format of the weights.
ALTER TABLE "calls" ADD COLUMN "concurrency" REAL;
ALTER TABLE "calls" ADD COLUMN "accelerator" TEXT;
ALTER TABLE "calls" ADD COLUMN "weight_precision" TEXT;
