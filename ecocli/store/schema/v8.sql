-- The service tier, and calls of the provider's own tools: an object of counts by name, as JSON.
ALTER TABLE "calls" ADD COLUMN "service_tier" TEXT;
ALTER TABLE "calls" ADD COLUMN "server_tool_calls" TEXT;
