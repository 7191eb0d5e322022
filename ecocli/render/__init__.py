"""Results for people and programs. The only place that rounds."""
