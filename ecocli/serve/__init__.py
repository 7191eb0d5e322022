"""The store over HTTP: one process that estimates, records and looks back for clients that need no code. Its libraries are the extra `serve`."""
