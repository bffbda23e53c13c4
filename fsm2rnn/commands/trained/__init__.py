"""Commands about networks that were trained."""
