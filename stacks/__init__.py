"""Pulumi programs that make a site's API objects; they read the site model and know nothing else of mecctl."""
