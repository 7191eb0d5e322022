"""Results as text, tables, charts, Markdown, HTML and CSV. The only package that rounds."""
