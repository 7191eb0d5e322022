"""The greenhouse gas report as plain text, Markdown, HTML and CSV."""
