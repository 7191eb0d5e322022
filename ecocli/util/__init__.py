"""What any program could use: value classes, digests, UUIDs, non-blocking reads, worker processes."""
