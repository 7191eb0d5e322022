"""Energy, carbon and water of AI model calls, each with an honest range."""

__version__ = "0.1.0"
