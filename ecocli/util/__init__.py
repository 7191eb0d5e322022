"""Code that knows nothing of AI calls: value classes, digests, UUIDs, non-blocking reads, pipes and worker processes."""
