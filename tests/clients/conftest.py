"""The programs are for environments of their own, which have what they import."""

collect_ignore = ["programs"]
