"""What suppliers of AI services say of their own emissions: exports of Google Cloud, AWS and Microsoft to figures."""
