"""Writes the zone files of a site's name servers; runs in their pods, with nothing but Python."""
