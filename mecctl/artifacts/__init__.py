"""What goes onto machines: pinned in a lock, fetched or built, verified, and kept in a content-addressed cache."""
