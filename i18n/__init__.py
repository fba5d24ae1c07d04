"""Every word that is not in a course."""
