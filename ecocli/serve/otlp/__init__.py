"""OTLP over HTTP: what exporters send, and what they are answered, in JSON and in protobuf."""
